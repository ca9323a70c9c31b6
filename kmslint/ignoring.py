"""`--add-ignore`: what a run finds is suppressed in the files, until a run finds nothing more that can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kmslint.discovery import find_root
from kmslint.engine.finding import Finding, Severity
from kmslint.lint import lint
from kmslint.settings import Settings
from kmslint.suppression.adding import Refused, add, read_reason

_ROUNDS = 5
"""Keys that share a policy are told as one: the next of them shows once the first is suppressed."""
_OF_THE_ANALYSIS = "KMS0"
"""What is said of the analysis itself is no state to be accepted."""


class Written(NamedTuple):
    """What was written in all."""

    findings: int
    files: int
    refused: tuple[Refused, ...]


def add_ignores(paths: Sequence[str], settings: Settings, reason: str, severity: Severity) -> Written:
    """Suppresses what is found of that severity or worse. Raises UsageError."""
    words = read_reason(reason)
    root = settings.root or find_root(paths[0])
    count, files = 0, set[str]()
    refused: tuple[Refused, ...] = ()
    tried: set[tuple[object, ...]] = set()
    for _ in range(_ROUNDS):
        outcome = lint(paths, settings._replace(ignores=True))
        wanted: list[Finding] = []
        for finding in outcome.findings:
            statement = finding.statement.at if finding.statement else finding.at
            text = statement.source.text[statement.start : statement.end]
            known = (finding.rule_id, finding.at.path, finding.resource, finding.subject, text)
            is_wanted = outcome.rule(finding.rule_id).severity.rank <= severity.rank
            if is_wanted and not finding.rule_id.startswith(_OF_THE_ANALYSIS) and known not in tried:
                tried.add(known)
                wanted.append(finding)
        if not wanted:
            break
        added = add(root, wanted, words)
        count += added.findings
        files |= added.paths
        refused += added.refused
    return Written(count, len(files), refused)
