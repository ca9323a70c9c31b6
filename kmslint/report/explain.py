"""A rule's page in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kmslint.engine.rule import Examples, Profile, Rule, Scope
from kmslint.report.cells import fill
from kmslint.report.ink import Ink, paint, severity_ink

_WIDTH: Final = 88

_WHERE: Final = {Scope.STATEMENT: "on the same statement", Scope.KEY: "on the same key"}
_RUNS: Final = {
    Profile.DEFAULT: "by default",
    Profile.STRICT: "with --profile strict, or when selected",
    Profile.OFF: "only when selected",
}


def render_rule(rule: Rule, rules: Sequence[Rule], color: bool) -> str:
    """Everything that is said of a rule: why, how to fix it, examples, references. `rules` are all there are."""
    return "".join(f"{line}\n" for line in _page(rule, rules, color))


def _page(rule: Rule, rules: Sequence[Rule], color: bool) -> Iterator[str]:
    yield paint(f"{rule.id} {rule.name}", Ink.STRONG, color)
    yield rule.title
    severity = paint(rule.severity.value, severity_ink(rule.severity), color)
    yield f"severity {severity}, precision {rule.precision.value}, runs {_RUNS[rule.profile]}"
    yield from _section("Why", _paragraphs(rule.rationale), color)
    yield from _section("How to fix it", _paragraphs(rule.remediation), color)
    if rule.cloudformation:
        yield from _examples("CloudFormation", rule.cloudformation, color)
    if rule.terraform:
        yield from _examples("Terraform", rule.terraform, color)
    related = _related(rule, rules)
    if related:
        yield from _section("Related rules", related, color)
    yield from _section("In other catalogues and tools", _counterparts(rule), color)
    yield from _section("References", [f"  {reference}" for reference in rule.references], color)


def _section(title: str, lines: list[str], color: bool) -> Iterator[str]:
    yield ""
    yield paint(title, Ink.STRONG, color)
    yield from lines


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        lines.extend(["", *fill(paragraph, "  ", _WIDTH)])
    return lines[1:]


def _examples(language: str, examples: Examples, color: bool) -> Iterator[str]:
    for title, code in ((f"Bad, in {language}", examples.bad), (f"Good, in {language}", examples.good)):
        yield from _section(title, [f"  {line}".rstrip() for line in code.strip("\n").split("\n")], color)


def _related(rule: Rule, rules: Sequence[Rule]) -> list[str]:
    """The rules that are told instead of this one, and those instead of which this one is told."""
    named = {one.id: f"{one.id} {one.name}" for one in rules}
    found = [
        f"  {named.get(silence.by, silence.by)}: told instead of {rule.id} {_WHERE[silence.scope]}"
        for silence in rule.silenced_by
    ]
    found += [
        f"  {named[one.id]}: {rule.id} is told instead {_WHERE[silence.scope]}"
        for one in rules
        for silence in one.silenced_by
        if silence.by == rule.id
    ]
    return found


def _counterparts(rule: Rule) -> list[str]:
    """An id a line, the first of a catalogue after its name."""
    width = max((len(each.catalogue.value) for each in rule.counterparts), default=0)
    lines = [
        f"  {'' if position else each.catalogue.value:{width}}  {name}"
        for each in rule.counterparts
        for position, name in enumerate(each.ids)
    ]
    return lines or ["  none known"]
