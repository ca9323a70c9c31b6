"""A report as a picture: what a terminal shows, as SVG. Each piece of text is fitted to the columns it takes.

tools/readme.py draws the one in the README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from kmslint.report.cells import cell_width

COLUMN: Final = 8.4
LINE: Final = 20
MARGIN: Final = 16
FONT: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PAPER: Final = "#0d1117"
TEXT: Final = "#e6edf3"
INKS: Final = {"31": "#ff7b72", "33": "#d29922", "34": "#79c0ff", "35": "#d2a8ff", "36": "#76e3ea"}
"""The colours of kmslint/report/ink.py."""


class Piece(NamedTuple):
    """Some text of one look."""

    text: str
    codes: tuple[str, ...]

    @property
    def style(self) -> str:
        """Its attributes."""
        ink = next((INKS[code] for code in self.codes if code in INKS), TEXT)
        bold = ' font-weight="bold"' if "1" in self.codes else ""
        faint = ' opacity="0.6"' if "2" in self.codes else ""
        return f'fill="{ink}"{bold}{faint}'


def svg(command: str, output: str, columns: int) -> str:
    """The picture of a command and of what it printed, with its colours as ANSI sequences."""
    lines = [f"\x1b[2m$\x1b[0m {command}", *output.rstrip("\n").split("\n")]
    width = round(2 * MARGIN + columns * COLUMN)
    height = 2 * MARGIN + len(lines) * LINE
    rows = "".join(row for number, line in enumerate(lines) for row in _row(line, MARGIN + (number + 0.72) * LINE))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img">\n<title>{escape(command)}</title>\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>\n'
        f'<g font-family="{FONT}" font-size="14" xml:space="preserve">\n{rows}</g>\n</svg>\n'
    )


def _row(line: str, y: float) -> Iterator[str]:
    column = 0
    for piece in _pieces(line):
        blanks = len(piece.text) - len(piece.text.lstrip(" "))
        shown = piece.text.strip(" ")
        if shown:
            x = MARGIN + (column + blanks) * COLUMN
            length = cell_width(shown) * COLUMN
            place = f'x="{x:.1f}" y="{y:.1f}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"'
            yield f"<text {place} {piece.style}>{escape(shown)}</text>\n"
        column += cell_width(piece.text)


def _pieces(line: str) -> Iterator[Piece]:
    codes: tuple[str, ...] = ()
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        if part.startswith("\x1b"):
            codes = tuple(part[2:-1].split(";"))
        elif part:
            yield Piece(part, codes)
