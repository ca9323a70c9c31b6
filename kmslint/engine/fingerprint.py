"""What tells a finding from others across runs: GitHub's hash of its line, and our own that survives moves."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import accumulate
from typing import Final

from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Outcome
from kmslint.engine.precedence import order

_MASK: Final = (1 << 64) - 1
_BASE: Final = 37
_WINDOW: Final = 100
_OUT_OF_WINDOW: Final = pow(_BASE, _WINDOW, 1 << 64)
_END_OF_FILE: Final = 0xFFFF
_LINE_FEED: Final = 10


def own_fingerprints(findings: Iterable[Finding]) -> tuple[str, ...]:
    """For each finding, a hash of rule, path, resource and subject: moving lines about does not change it.

    Findings that share all four are told apart by a number, in their order.
    """
    seen: Counter[str] = Counter()
    fingerprints = []
    for finding in findings:
        digest = _digest(finding.rule_id, finding.at.path, finding.resource, finding.subject)
        seen[digest] += 1
        fingerprints.append(f"{digest}:{seen[digest]}")
    return tuple(fingerprints)


def outcome_fingerprints(outcome: Outcome) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fingerprints of the findings and of the suppressed ones: suppressing one changes none of the others."""
    both = [*outcome.findings, *(one.finding for one in outcome.suppressed)]
    order_of = sorted(range(len(both)), key=lambda place: order(both[place]))
    fingerprints = dict(zip(order_of, own_fingerprints(both[place] for place in order_of), strict=True))
    listed = tuple(fingerprints[place] for place in range(len(both)))
    return listed[: len(outcome.findings)], listed[len(outcome.findings) :]


def _digest(*parts: str) -> str:
    # Lengths, so that no two lists of parts run together to the same text.
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")).hexdigest()


def line_hashes(text: str) -> tuple[str, ...]:
    """For each line, the `primaryLocationLineHash` by which GitHub code scanning knows an alert again.

    A polynomial hash of the 100 UTF-16 code units from the start of the line, blanks and tabs left out,
    and how many lines down to this one have it. GitHub's own upload computes it from the file and warns
    when ours differs (a byte order mark, which `Source` does not keep, makes line 1 differ):
    https://github.com/github/codeql-action/blob/main/src/fingerprints.ts
    """
    units = _code_units(text)
    last_start = len(units)
    units.append(_END_OF_FILE)
    units.extend([0] * (_WINDOW - 1))
    # The hash of a window is the difference of two hashes from the start of the file.
    prefix = array("Q", accumulate(units, lambda known, unit: (known * _BASE + unit) & _MASK, initial=0))
    starts = [0, *(offset + 1 for offset in range(last_start) if units[offset] == _LINE_FEED)]
    seen: Counter[int] = Counter()
    hashes = []
    for start in starts:
        value = (prefix[start + _WINDOW] - prefix[start] * _OUT_OF_WINDOW) & _MASK
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return tuple(hashes)


def _code_units(text: str) -> array[int]:
    """The UTF-16 code units of a text that count: no blanks, no tabs, every line end a line feed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = array("H", text.encode("utf-16-le", "surrogatepass"))
    if sys.byteorder == "big":
        units.byteswap()
    return units
