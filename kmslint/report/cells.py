"""How many columns of a terminal a text takes, and text broken into lines by that measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from unicodedata import category, east_asian_width


def cell_width(text: str) -> int:
    """The columns that a text without control characters takes."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb":
        return 0  # the latter: vowels and finals of Korean, which join the wide consonant before them
    return 2 if east_asian_width(character) in "WF" else 1


def wrap(words: Iterable[str], width: int) -> Iterator[str]:
    """The words in lines of at most that many columns; a longer word has a line of its own."""
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and cell_width(longer) > width:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def fill(text: str, indent: str, width: int, last: str = "") -> list[str]:
    """The lines of a wrapped text, each after the indent; `last` is a last word that may hold blanks."""
    words = [*text.split(), last] if last else text.split()
    return [indent + line for line in wrap(words, max(20, width - cell_width(indent)))]
