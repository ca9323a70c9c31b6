"""The last lines of a report for people: how much was found, in how much, and what was not looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from kmslint.engine.baseline import Comparison
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.outcome import Outcome, SwitchedOff
from kmslint.report.sanitise import safe_text

UNDECIDED: Final = "KMS001"
"""The rule that says which keys could not be decided, and why."""

NOT_ANALYSED: Final = "KMS000"
"""The rule that says what could not be analysed."""

_OPTION: Final = r"--[a-z-]+"
"""Who says something on the command line. A file has its line behind its name, whatever that begins with."""
_PROBLEMS_SHOWN: Final = 5
_RULES_SHOWN: Final = 6


def severities(outcome: Outcome) -> dict[str, Severity]:
    """The severity of each rule, by its id."""
    return {rule.id: rule.severity for rule in outcome.rules}


def said_of_run(outcome: Outcome, quiet: bool, verbose: bool) -> list[str]:
    """The summary; to whoever wants none, only what files hold back and switch off."""
    return [f"{line}." for line in said_by_files(outcome)] if quiet else summary(outcome, verbose)


def summary(outcome: Outcome, verbose: bool) -> list[str]:
    """The sentences, one a line. Undecided keys are counted whichever rules ran and whatever is shown."""
    undecided = [key for key in outcome.keys if key.undecided]
    shown = [finding for finding in outcome.findings if verbose or finding.rule_id != UNDECIDED]
    counts = outcome.counts
    extent = ", ".join(
        (
            _count(len(outcome.keys), "key"),
            _count(counts.identities, "identity", "identities"),
            _count(counts.estates, "estate"),
        )
    )
    lines = [f"{_found(shown, severities(outcome), outcome.baseline is not None)} in {extent}."]
    if not counts.candidates:
        lines = ["No template and no module with keys, or with permissions on keys, was found."]
    if undecided:
        lines[0] += f" {_count(len(undecided), 'key')} undecided{'' if verbose else ' (-v says why)'}."
    lines[0] += "".join(f" {line}." for line in ignored(outcome))
    if outcome.baseline is not None:
        lines.append(f"{_beside_baseline(outcome.baseline, _known(outcome))}.")
    lines.extend(f"{line}." for line in _hidden(outcome))
    lines.extend(f"{line}." for line in switched_off(outcome.switched_off))
    lines.extend(_not_analysed(outcome, verbose))
    return lines


def _beside_baseline(baseline: Comparison, known: int) -> str:
    gone = baseline.outdated
    outdated = f"; {gone} in it no longer appl{'ies' if gone == 1 else 'y'} (--write-baseline drops what does not)"
    return f"{_count(known, 'finding')} known from {safe_text(baseline.path)}{outdated if gone else ''}"


def _known(outcome: Outcome) -> int:
    return sum(one.external for one in outcome.suppressed)


def ignored(outcome: Outcome) -> Iterator[str]:
    """How many findings the files themselves have suppressed; nothing if none."""
    number = len(outcome.suppressed) - _known(outcome)
    if number:
        yield f"{_count(number, 'finding')} ignored with a reason"


def _hidden(outcome: Outcome) -> Iterator[str]:
    if outcome.hidden:
        yield f"{_count(outcome.hidden, 'less severe finding')} not shown (--min-severity)"


def held_back(outcome: Outcome) -> Iterator[str]:
    """What was found and is no finding of the report: a sentence each, without a full stop."""
    yield from ignored(outcome)
    if _known(outcome):
        name = safe_text(outcome.baseline.path) if outcome.baseline is not None else "a baseline"
        yield f"{_count(_known(outcome), 'finding')} known from {name}"
    yield from _hidden(outcome)


def switched_off(each: Sequence[SwitchedOff]) -> Iterator[str]:
    """What was not looked for, and who said so: a sentence each, without a full stop."""
    for one in each:
        named = f": {', '.join(one.rules)}" if len(one.rules) <= _RULES_SHOWN else ""
        paths = f" in {', '.join(map(safe_text, one.paths))}" if one.paths else ""
        left_out = f"; {_count(one.findings, 'finding')} left out" if one.paths else ""
        yield f"{_count(len(one.rules), 'rule')} switched off{paths} by {safe_text(one.by)}{named}{left_out}"


def said_by_files(outcome: Outcome) -> Iterator[str]:
    """What is held back, and what a file has switched off: for reports without a summary. Whoever reads them has typed
    the options, but somebody else may have written the files."""
    yield from held_back(outcome)
    yield from switched_off([one for one in outcome.switched_off if not re.fullmatch(_OPTION, one.by)])


def _found(findings: Sequence[Finding], severity_of: dict[str, Severity], only_new: bool) -> str:
    new = "new " if only_new else ""
    if not findings:
        return f"no {new}findings"
    numbers = Counter(severity_of[finding.rule_id] for finding in findings)
    parts = ", ".join(f"{numbers[severity]} {severity.value}" for severity in Severity if numbers[severity])
    return f"{_count(len(findings), f'{new}finding')} ({parts})"


def _not_analysed(outcome: Outcome, verbose: bool) -> Iterator[str]:
    problems = outcome.problems
    if not problems:
        return
    files = _count(len({problem.path for problem in problems}), "file") + " not analysed in full:"
    places = [f"{safe_text(problem.path)}:{problem.line} ({safe_text(problem.reason)})" for problem in problems]
    if len(places) == 1:
        yield f"{files} {places[0]}."
        return
    kept = places if verbose else places[:_PROBLEMS_SHOWN]
    yield files
    yield from (f"  {place}" for place in kept)
    if len(places) > len(kept):
        yield f"  and {len(places) - len(kept)} more places (-v names them)"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
