"""What a baseline knows: findings that were there when somebody drew a line, told apart by what they are about."""

from __future__ import annotations

from typing import NamedTuple

from kmslint.engine.finding import Finding
from kmslint.location import Location


class Known(NamedTuple):
    """What a finding is known by, wherever its lines move to."""

    path: str
    """The file that it stands in."""
    resource: str
    rule: str
    subject: str
    """What of the resource it is about. A statement without a Sid has no number there: its content tells."""
    about: str = ""
    """The key it is about, where that is not the resource."""
    seen_from: str = ""
    """The template, or the directory of the root module, that it was found for, unless the path says so."""
    content: str = ""
    """A mark of what its statement says; empty for what is found of no statement."""


class Entry(NamedTuple):
    """One entry of a baseline."""

    known: Known
    reason: str
    times: int = 1
    """How many places of the statement, or of the resource, are known by the same."""
    at: Location | None = None
    """Where the entry stands; None before it is written."""


class Baseline(NamedTuple):
    """What is known before a run."""

    path: str
    """The file, relative to the root."""
    entries: tuple[Entry, ...] = ()


class Comparison(NamedTuple):
    """What a run came to beside a baseline."""

    path: str
    """The baseline, relative to the root."""
    entries: tuple[Entry, ...]
    """Its entries as they would be without what no longer applies."""
    outdated: int
    """How many findings it speaks of that are certainly no more."""
    new: tuple[tuple[Known, Finding], ...]
    """What is found and is not in it, once for each place."""
