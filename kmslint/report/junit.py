"""JUnit's XML, which most CI systems show: a suite for each file, a test for each finding and for each key without one.

A finding is a failure, and what could not be analysed is an error. A key without findings is a test that passed; one
that is undecided is skipped, because what is unknown neither passes nor fails. No time is told, so that equal runs
give equal bytes. Elements and attributes are those of the schema by which Jenkins checks such files:
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
Nothing is left out. GitLab takes files below 30 MB, which some 50,000 findings come to:
https://docs.gitlab.com/ci/testing/unit_test_reports
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Outcome
from kmslint.engine.rule import Rule
from kmslint.report.advice import next_step
from kmslint.report.options import Options
from kmslint.report.sanitise import without_commands, xml_text
from kmslint.report.summary import NOT_ANALYSED, UNDECIDED, said_of_run

_OWN_SUITE: Final = "kmslint"
"""The suite of what belongs to no file."""
_RUN: Final = "all rules ran"


class _Case(NamedTuple):
    """A test."""

    suite: str
    name: str
    """Without lines and columns: readers compare runs by it."""
    result: str = ""
    """`failure`, `error` or `skipped`; empty for one that passed."""
    kind: str = ""
    message: str = ""
    details: tuple[str, ...] = ()


def render(outcome: Outcome, options: Options) -> str:
    """The suites in order of their paths; the last is kmslint's own, with the summary as its output."""
    own = _numbered(list(_of_run(outcome)))
    cases = _numbered(sorted(_cases(outcome), key=lambda case: case.suite))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="kmslint" {_totals([*cases, *own])}>']
    for suite, members in groupby(cases, key=lambda case: case.suite):
        lines.extend(_suite(suite, list(members), ()))
    lines.extend(_suite(_OWN_SUITE, own, said_of_run(outcome, options.quiet, options.verbose)))
    lines.append("</testsuites>")
    return without_commands("".join(f"{line}\n" for line in lines))


def _of_run(outcome: Outcome) -> Iterator[_Case]:
    """Whether kmslint came to its end. A report without any test is an error to some readers."""
    for error in outcome.internal_errors:
        yield _Case(_OWN_SUITE, _RUN, "error", "internal", error, (error,))
    if not outcome.internal_errors:
        yield _Case(_OWN_SUITE, _RUN)


def _cases(outcome: Outcome) -> Iterator[_Case]:
    rules = {rule.id: rule for rule in outcome.rules}
    for problem in outcome.problems:
        place = f"{problem.path}:{problem.line}"
        yield _Case(
            problem.path, NOT_ANALYSED, "error", "not-analysed", problem.reason, (f"{place}: {problem.reason}",)
        )
    findings = [finding for finding in outcome.findings if finding.rule_id != NOT_ANALYSED]
    yield from (_of_finding(finding, rules[finding.rule_id]) for finding in findings)
    named = {name for finding in findings for name in (finding.resource, finding.about)}
    for key in outcome.keys:
        if key.undecided and key.address not in named:
            yield _Case(key.path, f"key {key.address}", "skipped", "", "undecided")
        elif key.address not in named:
            yield _Case(key.path, f"key {key.address}")


def _of_finding(finding: Finding, rule: Rule) -> _Case:
    region = finding.at.region
    name = " ".join(filter(None, (rule.id, rule.name, finding.resource)))
    details = (
        f"{finding.at.path}:{region.line}:{region.column}: {rule.severity.value} {rule.id} {finding.message}",
        *(f"{other.at.path}:{other.at.line}: {other.message}" for other in finding.related),
        f"next: {next_step(finding, rule)}",
    )
    result = "skipped" if rule.id == UNDECIDED else "failure"
    return _Case(finding.at.path, name, result, rule.severity.value, finding.message, details)


def _numbered(cases: Sequence[_Case]) -> list[_Case]:
    """The cases with a number after names that occur again in a suite: of two with one name, readers keep one."""
    taken: set[tuple[str, str]] = set()
    counts: Counter[tuple[str, str]] = Counter()
    numbered = []
    for case in cases:
        written = name = case.suite, case.name
        while name in taken:
            counts[written] += 1
            name = case.suite, f"{case.name} ({counts[written] + 1})"
        taken.add(name)
        numbered.append(case._replace(name=name[1]))
    return numbered


def _totals(cases: Sequence[_Case]) -> str:
    results = Counter(case.result for case in cases)
    return f'tests="{len(cases)}" failures="{results["failure"]}" errors="{results["error"]}"'


def _suite(name: str, cases: Sequence[_Case], said: Sequence[str]) -> Iterator[str]:
    skipped = sum(case.result == "skipped" for case in cases)
    yield f'  <testsuite name="{xml_text(name)}" {_totals(cases)} skipped="{skipped}">'
    for case in cases:
        yield from _case(case)
    if said:
        yield f"    <system-out>{_lines(said)}</system-out>"
    yield "  </testsuite>"


def _case(case: _Case) -> Iterator[str]:
    head = f'<testcase classname="{xml_text(case.suite)}" name="{xml_text(case.name)}"'
    if not case.result:
        yield f"    {head}/>"
        return
    kind = f' type="{case.kind}"' if case.kind else ""
    message = f'message="{xml_text(case.message)}"'
    yield f"    {head}>"
    yield f"      <{case.result}{kind} {message}>{_lines(case.details)}</{case.result}>"
    yield "    </testcase>"


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(map(xml_text, texts))
