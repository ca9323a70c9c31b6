"""How a report is to look."""

from typing import NamedTuple


class Options(NamedTuple):
    """What the command line says of the look of a report; only the formats for people heed it."""

    color: bool = False
    verbose: bool = False
    """Show what is otherwise only counted: undecided keys, every place that was not analysed."""
    quiet: bool = False
    """The findings, and no summary after them."""
    suppressed: bool = False
    """Show what is suppressed as well, where the format does not always."""
    statistics: bool = False
    """How often each rule fired, after the findings."""
    width: int = 100
    """Columns of the terminal."""
