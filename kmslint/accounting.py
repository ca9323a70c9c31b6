"""Nothing is passed over in silence: what became of each file, and whether the books of a run balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from kmslint.engine.finding import Finding


class Accounting(NamedTuple):
    """What became of the files of a run, by their paths. What has a problem is told of elsewhere: it is not analysed,
    or not wholly, whatever else is said of it here."""

    candidates: frozenset[str] = frozenset()
    """What may hold keys or permissions."""
    analysed: frozenset[str] = frozenset()
    """What an estate was read from."""
    excluded: frozenset[str] = frozenset()
    """What mentions keys or permissions and is nothing that kmslint judges."""
    beside: frozenset[str] = frozenset()
    """What was read on the way: files that templates include, and that expressions read."""

    def __or__(self, other: Accounting) -> Accounting:
        """Both together."""
        return Accounting(*(one | another for one, another in zip(self, other, strict=True)))


def violations(accounting: Accounting, not_analysed: Set[str], findings: Iterable[Finding]) -> Iterator[str]:
    """Where the books do not balance, which is a bug of kmslint: a candidate of which nothing became, or two things,
    and a finding in what nobody has read."""
    candidates, analysed, excluded, beside = accounting
    for path in sorted(candidates - analysed - excluded - not_analysed):
        yield f"the accounting failed on {path}: it was neither analysed, nor left out, nor told of"
    for path in sorted(excluded & (analysed | not_analysed)):
        yield f"the accounting failed on {path}: it was left out, and it was not"
    for path in sorted((analysed | excluded) - candidates):
        yield f"the accounting failed on {path}: it was no candidate, and it was read"
    for path in sorted({finding.at.path for finding in findings} - candidates - not_analysed - beside):
        yield f"the accounting failed on {path}: a finding is in it, and it was not read"
