"""A line of a source with a stretch of it underlined, fitted to the width of a terminal."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from kmslint.location import Region, Source
from kmslint.report.cells import cell_width
from kmslint.report.sanitise import safe_text

_TAB: Final = 4
_CUT: Final = "..."


class Drawing(NamedTuple):
    """A line as it is shown, and where in it the stretch lies, in columns of the terminal."""

    text: str
    indent: int
    length: int
    """At least 1: an empty stretch is a place between two characters."""


def draw(source: Source, region: Region, width: int) -> Drawing:
    """The first line of the region, cut so that the start of the region is seen within the width."""
    first = region.column - 1
    last = max(first, region.end_column - 1) if region.end_line == region.line else None
    # What lies further from the region than a terminal is wide cannot be shown, and the line of a
    # minified file may be long.
    begin = max(0, first - width)
    line = _part_of_line(source, region.line, begin, first + width)
    cells = _cells(line if last is not None else line.rstrip())
    head, stretch = cells[: first - begin], cells[first - begin : None if last is None else last - begin]
    tail = cells[len(head) + len(stretch) :]
    length = max(1, _width(stretch))
    before = _end_within(head, width - min(length, width // 2) - width // 6, begin > 0)
    indent = cell_width(before)
    text = before + _start_within([*stretch, *tail], width - indent)
    return Drawing(text, indent, min(length, max(1, width - indent)))


def first_line(source: Source, line: int, width: int) -> str:
    """The start of a line of a source, as much as is shown."""
    return _start_within(_cells(_part_of_line(source, line, 0, width + 1)), width)


def _part_of_line(source: Source, line: int, begin: int, end: int) -> str:
    start = source.line_starts[line - 1]
    part = source.shown(start + begin, start + end + 1)
    return re.split(r"[\r\n]", part, maxsplit=1)[0]


def _cells(text: str) -> list[str]:
    """How each character is shown: tabs as blanks, dangerous characters escaped."""
    if text.isascii() and text.isprintable():
        return list(text)
    cells: list[str] = []
    column = 0
    for character in text:
        cell = " " * (_TAB - column % _TAB) if character == "\t" else safe_text(character)
        column += cell_width(cell)
        cells.append(cell)
    return cells


def _width(cells: Iterable[str]) -> int:
    return sum(map(cell_width, cells))


def _start_within(cells: list[str], width: int) -> str:
    if _width(cells) <= width:
        return "".join(cells)
    return "".join(_first_cells(cells, width - len(_CUT))) + _CUT


def _end_within(cells: list[str], width: int, cut: bool) -> str:
    if not cut and _width(cells) <= width:
        return "".join(cells)
    return _CUT + "".join(reversed(_first_cells(reversed(cells), width - len(_CUT))))


def _first_cells(cells: Iterable[str], width: int) -> list[str]:
    kept: list[str] = []
    for cell in cells:
        width -= cell_width(cell)
        if width < 0:
            break
        kept.append(cell)
    return kept
