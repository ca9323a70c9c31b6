"""A report as it is about to leave."""

from typing import NamedTuple


class Report(NamedTuple):
    """A report, and what it had no room for."""

    text: str
    left_out: int = 0
    """Findings that belong in it and are not in it, because its reader takes no more. It says so itself."""
