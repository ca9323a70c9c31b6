"""HCL -> located tree. Tree-sitter reads the file; a statement it does not take goes to the second reader, alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.rehearsal import is_risky, rehearse
from kmslint.syntax import hcl_first_reader, hcl_second_reader
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_comments import read_comment
from kmslint.syntax.hcl_either import by_either
from kmslint.syntax.hcl_statements import Span, cut
from kmslint.syntax.hcl_twin import twin
from kmslint.syntax.tree import Argument, Block, Body, HclFile

_LABELS: Final = {"resource": 2, "module": 1}
"""Blocks of a file that make keys, and their labels: no nested block of a provider has such."""


def read_hcl(source: Source) -> HclFile:
    """A `.tf` or `.tfvars` file. What neither reader takes is in `problems`; nothing is raised."""
    text = twin(source.text)
    if is_risky(text):
        failed = rehearse(lambda: _pass_over(text))
        if failed:
            return HclFile(source, Body((), (), Location(source, 0, 0)), (), (Problem(source.path, failed),))
    budget = Budget()
    try:
        body, comments = hcl_first_reader.read_statements(source, text, 0, len(text), budget)
    except InputError:
        budget.nodes = limits.NODES
        return _Salvage(source, text, budget).file()
    comments.sort(key=lambda comment: comment.at.start)
    return HclFile(source, body, tuple(comments), refused(body))


def _pass_over(text: str) -> None:
    """What tree-sitter has to do for the text."""
    for start, end in cut(text, []):
        hcl_first_reader.pass_over(text[start:end], Budget())


def refused(body: Body) -> tuple[Problem, ...]:
    """What both readers take and Terraform does not."""
    return tuple(sorted(islice(_all_refused(body), limits.UNREADABLE_BLOCKS), key=_place))


def _all_refused(body: Body) -> Iterator[Problem]:
    """Arguments that stand in a block a second time, blocks whose brace stands on the next line, and resources and
    modules inside other blocks, where a brace above them is missing."""
    seen: set[str] = set()
    for argument in body.arguments:
        if argument.name.text in seen:
            yield Problem(argument.at.path, f'duplicate argument "{argument.name.text}"', argument.at)
        seen.add(argument.name.text)
    for block in body.blocks:
        header = block.header
        before_body = header.source.text[header.end : block.body.at.start]
        if "\n" in before_body and before_body.strip() == "{":
            yield Problem(header.path, 'the "{" of a block must stand behind its header', header)
        for inner in block.body.blocks:
            if len(inner.labels) == _LABELS.get(inner.type.text):
                reason = f'a {inner.type.text} stands inside the block "{block.type.text}": is a "}}" missing above it?'
                yield Problem(inner.header.path, reason, inner.header)
        yield from _all_refused(block.body)


def _place(problem: Problem) -> int:
    return problem.at.start if problem.at else 0


class _Salvage:
    """Reads a file with something broken in it statement by statement, as far as the limits allow."""

    def __init__(self, source: Source, text: str, budget: Budget) -> None:
        self.source = source
        self.text = text
        self.budget = budget
        self.arguments: list[Argument] = []
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []

    def file(self) -> HclFile:
        comments: list[Span] = []
        for start, end in cut(self.text, comments):
            spent = self.spent()
            if spent:
                self.problem(f"not read from here on: {spent}", start, end)
                break
            try:
                self.take(self.statement(start, end))
            except InputError as error:
                self.problem(f"cannot be read: {error.problem.reason}", start, end)
        body = Body(tuple(self.arguments), tuple(self.blocks), Location(self.source, 0, len(self.source.text)))
        problems = tuple(sorted((*self.problems, *refused(body)), key=_place))
        return HclFile(self.source, body, tuple(read_comment(self.source, *comment) for comment in comments), problems)

    def spent(self) -> str:
        """The limit that has been reached, if any."""
        if len(self.problems) >= limits.UNREADABLE_BLOCKS:
            reason = f"{limits.UNREADABLE_BLOCKS} blocks of the file cannot be read"
            return limits.named(reason, "unreadable-blocks")
        return self.budget.spent()

    def take(self, read: Body) -> None:
        self.arguments += read.arguments
        self.blocks += read.blocks

    def problem(self, reason: str, start: int, end: int) -> None:
        """At the statement's first line."""
        line_end = self.text.find("\n", start, end)
        at = Location(self.source, start, line_end if line_end >= 0 else end)
        self.problems.append(Problem(self.source.path, reason, at))

    def statement(self, start: int, end: int) -> Body:
        """By whichever reader takes it; the first one's complaint if neither does."""
        source, text = self.source, self.text
        return by_either(
            lambda: hcl_first_reader.read_statements(source, text, start, end, self.budget)[0],
            lambda: hcl_second_reader.read_statement(source, text, start, end),
            end - start,
            self.budget,
        )
