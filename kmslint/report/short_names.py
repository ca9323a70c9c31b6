"""Names as reports write them: a report repeats the name of a resource in each of its findings."""

from __future__ import annotations

from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Outcome
from kmslint.engine.shortened import MOST, shortened


def with_short_names(outcome: Outcome) -> Outcome:
    """The outcome with names as a report writes them."""
    return outcome._replace(
        findings=tuple(map(_with_short_names, outcome.findings)),
        suppressed=tuple(one._replace(finding=_with_short_names(one.finding)) for one in outcome.suppressed),
        problems=tuple(problem._replace(reason=shortened(problem.reason)) for problem in outcome.problems),
        keys=tuple(
            key._replace(address=shortened(key.address), administrators=tuple(map(shortened, key.administrators)))
            for key in outcome.keys
        ),
        internal_errors=tuple(map(shortened, outcome.internal_errors)),
    )


def _with_short_names(finding: Finding) -> Finding:
    """The finding as a report names it: its names shortened too."""
    if max(len(finding.resource), len(finding.subject), len(finding.about)) <= MOST:
        return finding
    return finding._replace(
        resource=shortened(finding.resource), subject=shortened(finding.subject), about=shortened(finding.about)
    )
