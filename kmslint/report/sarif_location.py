"""A place as SARIF describes it: the tight region, its text, and what stands around it."""

from __future__ import annotations

from typing import Final

from kmslint.location import Location, Source
from kmslint.report.json import JsonObject
from kmslint.report.sanitise import uri, valid_unicode

ROOT: Final = "%SRCROOT%"
"""What the paths are relative to: GitHub takes it for the checkout."""

_SNIPPET_LENGTH: Final = 4_000
"""A minified template is one line: longer snippets would repeat the file in every result."""


def physical_location(at: Location, around: Location | None = None) -> JsonObject:
    """The place; `around` is the statement it stands in, without which its lines are shown."""
    at, around = at.shown, around.shown if around else None
    region = _region(at.source, at.start, at.end)
    location: JsonObject = {"artifactLocation": artifact(at.path), "region": region}
    context = _context(at, around)
    if context:
        location["contextRegion"] = _region(at.source, *context)
    return location


def artifact(path: str) -> JsonObject:
    """A file, relative to the root where it lies below it."""
    address = uri(path)
    return {"uri": address} if address.startswith("file:") else {"uri": address, "uriBaseId": ROOT}


def _region(source: Source, start: int, end: int) -> JsonObject:
    line, column, end_line, end_column = Location(source, start, end).region
    region: JsonObject = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
    if end - start <= _SNIPPET_LENGTH and source.text:
        region["snippet"] = {"text": valid_unicode(source.shown(start, end))}
    return region


def _context(at: Location, around: Location | None) -> tuple[int, int] | None:
    """The stretch to show around a place. It must be larger than the place itself (SARIF 3.29.5)."""
    whole_lines = _lines(at)
    statement = (around.start, around.end) if around and around.path == at.path else whole_lines
    for start, end in (statement, whole_lines):
        larger = start <= at.start and at.end <= end and end - start > at.end - at.start
        if larger and end - start <= _SNIPPET_LENGTH:
            return start, end
    return None


def _lines(at: Location) -> tuple[int, int]:
    """The lines of a place from their beginning to their end."""
    starts = at.source.line_starts
    region = at.region
    end = starts[region.end_line] if region.end_line < len(starts) else len(at.source.text)
    return starts[region.line - 1], end
