"""How often each rule fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kmslint.engine.finding import Finding
from kmslint.engine.rule import Rule
from kmslint.report.ink import paint, severity_ink


def statistics(findings: Iterable[Finding], rules: Iterable[Rule], color: bool) -> list[str]:
    """`12  high  KMS301 iam-allow-without-delegation`, for each rule: the worst first, then the most frequent."""
    counts = Counter(finding.rule_id for finding in findings)
    fired = sorted((rule for rule in rules if counts[rule.id]), key=lambda rule: (rule.severity.rank, -counts[rule.id]))
    width = max((len(str(count)) for count in counts.values()), default=1)
    longest = max((len(rule.severity.value) for rule in fired), default=0)
    return [
        f"{counts[rule.id]:>{width}}  {paint(rule.severity.value, severity_ink(rule.severity), color)}"
        f"{' ' * (longest - len(rule.severity.value))}  {rule.id} {rule.name}"
        for rule in fired
    ]
