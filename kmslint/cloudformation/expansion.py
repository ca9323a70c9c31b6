"""What AWS writes into a template before it reads it, as far as that is known here: local files and loops."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from kmslint.cloudformation.calls import LOOP
from kmslint.cloudformation.growth import Growth
from kmslint.cloudformation.intrinsics import Evaluator, Surroundings
from kmslint.cloudformation.library import Library
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.repeated import as_written
from kmslint.cloudformation.template import Template, members, read_template
from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.tree import Entry, Mapping, Node
from kmslint.values import ALWAYS

_KNOWN_TO_LISTS = ("Parameters", "Mappings", "Conditions")


class Expanded(NamedTuple):
    """A template as AWS reads it."""

    document: Node
    problems: tuple[Problem, ...]


def read_expanded(document: Node, source: Source, inputs: Inputs, library: Library | None, growth: Growth) -> Template:
    """The sections of a template with local files included and loops written out.

    What cannot be done is left, or a problem. Without a library no other file is read.
    """
    whole = expanded(document, source, inputs, library, growth)
    template = read_template(whole.document, source)
    return template._replace(problems=tuple(dict.fromkeys((*whole.problems, *template.problems))))


def expanded(document: Node, source: Source, inputs: Inputs, library: Library | None, growth: Growth) -> Expanded:
    """The same, not yet read."""
    if not isinstance(document, Mapping):
        return Expanded(document, ())
    text = source.text
    if "AWS::Include" in text:
        from kmslint.cloudformation.includes import Includes  # few templates do

        includes = Includes(source, library, growth)
        document, text = includes.expanded(document), text + includes.text
    if LOOP not in text:
        return Expanded(document, ())
    return _Expansion(source, inputs, growth).expanded(document)


class _Expansion:
    """The loops of one template, and what their lists are made of."""

    def __init__(self, source: Source, inputs: Inputs, growth: Growth) -> None:
        self._source = source
        self._inputs = inputs
        self._growth = growth
        self._problems: list[Problem] = []

    def expanded(self, document: Mapping) -> Expanded:
        """The template without its loops."""
        from kmslint.cloudformation.loops import SECTIONS, Loops, first_without_transform  # few templates have any

        unprepared = first_without_transform(document)
        if unprepared is not None:
            self._report(f"{unprepared.text} without the transform AWS::LanguageExtensions", unprepared.at)
        parameters = document.get("Parameters")
        names = members(parameters) if isinstance(parameters, Mapping) else ()
        loops = Loops(frozenset(name for name, _ in names), self._report, self._growth.makes)
        for name in SECTIONS:
            section = document.get(name)
            if isinstance(section, Mapping) and not section.tag:
                evaluator = self._evaluator(document)
                done = loops.written_out(section, name, partial(evaluator.evaluate_under, ALWAYS))
                document = _with_section(document, section, done)
                self._problems += evaluator.problems
        return Expanded(document, tuple(dict.fromkeys(self._problems)))

    def _evaluator(self, document: Mapping) -> Evaluator:
        """What evaluates the lists: parameters, mappings and conditions, no resources."""
        known = tuple(entry for name, entry in members(document) if name in _KNOWN_TO_LISTS)
        nothing = Mapping((), document.at)
        resources = (entry._replace(value=nothing) for name, entry in members(document) if name == "Resources")
        template = read_template(document.with_entries((*known, *resources)), self._source)
        return Evaluator(template, self._source.path, self._inputs, Surroundings(self._growth.budget))

    def _report(self, reason: str, at: Location) -> None:
        self._problems.append(Problem(at.path, reason, as_written(at)))


def _with_section(document: Mapping, before: Mapping, after: Mapping) -> Mapping:
    entries = (Entry(entry.key, after) if entry.value is before else entry for entry in document.entries)
    return document.with_entries(entries)
