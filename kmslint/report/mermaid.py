"""A picture of a key in Mermaid, which GitHub draws in Markdown.

A picture of more than 50,000 characters or 500 lines is not drawn: https://mermaid.js.org/config/schema-docs/config.html
One that people can read is far smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.access.matrix import Answer
from kmslint.report.picture import Line, Point, Shape, Way
from kmslint.report.sanitise import mermaid_text

MOST_LINES: Final = 60
MOST_CHARACTERS: Final = 20_000

# Of the shapes those whose borders Mermaid finds by the same way always. It searches for that of others, and where it
# finds none the drawing ends, because of the codes in the label.
_BRACKETS: Final = {
    Shape.PRINCIPAL: ('("', '")'),
    Shape.ALLOW: ('["', '"]'),
    Shape.DENY: ('["', '"]'),
    Shape.GRANT: ('["', '"]'),
    Shape.KEY: ('["', '"]'),
}
_ARROWS: Final = {
    Answer.YES: "-->",
    Answer.CONDITIONAL: "-->",
    Answer.UNKNOWN: "-.->",
    Answer.NO: "--x",
}
# Only borders have a colour, so that the picture serves on a light page and on a dark one.
_CLASSES: Final = (
    "classDef key stroke-width:4px",
    "classDef deny stroke:#bf8700,stroke-width:2px,stroke-dasharray:4 3",
    "classDef found stroke:#d1242f,stroke-width:3px",
)


class Drawn(NamedTuple):
    """A picture, and how many principals it has no room for."""

    text: str
    """Lines of Mermaid; empty if there is nothing to draw."""
    left_out: int


def draw(ways: Sequence[Way]) -> Drawn:
    """The picture of the ways to a key: as many as it has room for, from the first."""
    kept: list[Way] = []
    lines: set[Line] = set()
    text, left_out = "", 0
    for way in ways:
        wider = lines.union(way.lines)
        drawn = _written([*kept, way]) if len(wider) <= MOST_LINES else ""
        if not drawn or len(drawn) > MOST_CHARACTERS:
            left_out += len(way.principals)
            continue
        kept.append(way)
        lines, text = wider, drawn
    return Drawn(text, left_out)


def _written(ways: Sequence[Way]) -> str:
    lines = tuple(dict.fromkeys(line for way in ways for line in way.lines))
    points = tuple(dict.fromkeys(point for line in lines for point in (line.start, line.end)))
    names = {point: f"n{number}" for number, point in enumerate(points, 1)}
    written = (
        "flowchart LR",
        *(f"  {name}{_label(point)}" for point, name in names.items()),
        *(f"  {names[line.start]} {_arrow(line)} {names[line.end]}" for line in lines),
        *(f"  {line}" for line in _classes(names)),
    )
    return "".join(f"{line}\n" for line in written)


def _label(point: Point) -> str:
    opening, closing = _BRACKETS[point.shape]
    lines = [*point.lines, *((", ".join(point.rules),) if point.rules else ())]
    return f"{opening}{'<br/>'.join(map(mermaid_text, lines))}{closing}"


def _arrow(line: Line) -> str:
    arrow = _ARROWS[line.answer]
    return f'{arrow}|"{mermaid_text(line.label)}"|' if line.label else arrow


def _classes(names: dict[Point, str]) -> Iterator[str]:
    yield from _CLASSES
    for shape in (Shape.DENY, Shape.KEY):
        members = [name for point, name in names.items() if point.shape is shape]
        if members:
            yield f"class {','.join(members)} {shape.value}"
    found = [name for point, name in names.items() if point.rules]
    if found:
        yield f"class {','.join(found)} found"
