"""What GitHub takes of a SARIF file, and which results are kept where there are more.

https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
It refuses a run with more than 25,000 results and keeps the 5,000 that are most severe; of the 1,000 locations that a
result may have it keeps 100, and of 20 tags 10. It refuses a file that has more than 10 MB when gzip has compressed it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.engine.finding import Confidence, Finding, Severity
from kmslint.engine.rule import Rule
from kmslint.location import Location
from kmslint.report.json import JsonObject

RESULTS: Final = 5_000
LOCATIONS: Final = 100
"""Of one result, its own among them."""
TAGS: Final = 10
COMPRESSED_BYTES: Final = 9_000_000
"""Of the results. Rules and notifications come to a twentieth of what is left."""
BYTES: Final = 60_000_000
"""Of the results before they are compressed: what a reader has to hold, and this writer before it knows."""
_TIGHTER: Final = 0.95

LEFT_OUT: Final = Rule(
    id="results-left-out",
    name="results-left-out",
    title="The report does not hold every finding",
    severity=Severity.HIGH,
    rationale="GitHub keeps the 5,000 most severe results of a run, and refuses a file of more than 10 MB (compressed)."
    " So the least severe findings are left out of this report, and the run ends with exit code 3.",
    remediation="Correct what is found, or keep it in a baseline. The format json holds every finding.",
    references=(
        "https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning",
    ),
    cloudformation=None,
    terraform=None,
)
"""What the result that tells of others belongs to; only there where it is needed."""


class Measured(NamedTuple):
    """A result, and the room it takes."""

    place: int
    """Among all results."""
    result: JsonObject
    encoded: bytes


def fitting(results: Iterable[tuple[int, JsonObject]]) -> list[JsonObject]:
    """Of results that come worst first, those that fit, in order of their places."""
    kept = list(_measured(results))
    while sum(len(each.encoded) for each in kept) > COMPRESSED_BYTES:
        size = _compressed(each.encoded for each in sorted(kept, key=lambda each: each.place))
        if size <= COMPRESSED_BYTES:
            break
        kept = kept[: int(len(kept) * _TIGHTER * COMPRESSED_BYTES / size)]
    return [each.result for each in sorted(kept, key=lambda each: each.place)]


def _measured(results: Iterable[tuple[int, JsonObject]]) -> Iterator[Measured]:
    room = BYTES
    for place, result in results:
        encoded = json.dumps(result).encode()
        room -= len(encoded)
        if room < 0:
            return
        yield Measured(place, result, encoded)


def _compressed(parts: Iterable[bytes]) -> int:
    """How long the parts are together when they are compressed."""
    compressor = zlib.compressobj()
    return sum(len(compressor.compress(part)) for part in parts) + len(compressor.flush())


def notice(at: Location, left_out: int, suppressed: int) -> Finding:
    """The finding that stands for those that are left out, at the place of the first of them."""
    return Finding(LEFT_OUT.id, at, f"{left_out_sentence(left_out, suppressed)}, from here on", "", Confidence.HIGH)


def left_out_sentence(left_out: int, suppressed: int) -> str:
    """How many findings are left out; without a full stop."""
    count = "1 finding is" if left_out == 1 else f"{left_out} findings are"
    which = f", {suppressed} of them suppressed" if suppressed else ""
    return f"{count} left out of this report{which}, the least severe of all, because GitHub takes no more"
