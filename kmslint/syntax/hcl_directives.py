"""The tags of a template, and how `%{if}` and `%{for}` pair up with `%{endif}` and `%{endfor}`."""

from __future__ import annotations

from typing import NamedTuple, Union

from kmslint.errors import InputError, Problem
from kmslint.location import Excerpt, Location
from kmslint.syntax.tree import Interpolation, Node, TemplateFor, TemplateIf, TemplatePart

NESTING = {"if": 1, "for": 1, "endif": -1, "endfor": -1}
"""How many levels deeper a template is after a directive."""


class Tag(NamedTuple):
    """`${...}` or one `%{...}` of a directive."""

    keyword: str
    """`if`, `else`, `endif`, `for`, `endfor`; empty for an interpolation."""
    at: Location
    strips_before: bool
    strips_after: bool
    expression: Node | None = None
    names: tuple[str, ...] = ()
    """The variables of `for`."""


Piece = Union[Excerpt, Tag]


def pair_up(pieces: list[Piece], at: Location) -> tuple[TemplatePart, ...]:
    """The parts of a template; `at` is the template's place.

    Raises InputError where a directive pairs with no other. Whoever found the tags has bounded how deep
    they nest.
    """
    pairing = _Pairing(pieces, at)
    parts = pairing.parts()
    if pairing.position < len(pieces):
        raise pairing.unpaired()
    return parts


class _Pairing:
    """Takes the pieces one after the other."""

    def __init__(self, pieces: list[Piece], at: Location) -> None:
        self.pieces = pieces
        self.at = at
        self.position = 0

    def parts(self) -> tuple[TemplatePart, ...]:
        """Up to the next tag that closes or divides what was opened before."""
        parts: list[TemplatePart] = []
        while self.position < len(self.pieces) and self.keyword() not in ("else", "endif", "endfor"):
            piece = self.pieces[self.position]
            self.position += 1
            parts.append(self.opened_by(piece) if isinstance(piece, Tag) else piece)
        return tuple(parts)

    def opened_by(self, tag: Tag) -> TemplatePart:
        assert tag.expression is not None
        if not tag.keyword:
            return Interpolation(tag.expression, tag.at)
        if tag.keyword == "for":
            key, value = tag.names if len(tag.names) == 2 else ("", tag.names[0])
            body = self.parts()
            return TemplateFor(key, value, tag.expression, body, self.to("endfor", tag))
        when_true = self.parts()
        when_false: tuple[TemplatePart, ...] = ()
        if self.keyword() == "else":
            self.position += 1
            when_false = self.parts()
        return TemplateIf(tag.expression, when_true, when_false, self.to("endif", tag))

    def keyword(self) -> str:
        piece = self.pieces[self.position] if self.position < len(self.pieces) else None
        return piece.keyword if isinstance(piece, Tag) else ""

    def to(self, keyword: str, opening: Tag) -> Location:
        """From the opening tag to the next one, which has to close it."""
        if self.keyword() != keyword:
            raise self.unpaired()
        closing = self.pieces[self.position]
        self.position += 1
        assert isinstance(closing, Tag)
        return opening.at._replace(end=closing.at.end)

    def unpaired(self) -> InputError:
        piece = self.pieces[self.position] if self.position < len(self.pieces) else None
        at = piece.at if isinstance(piece, Tag) else self.at
        return InputError(Problem(at.path, "a template directive that pairs with no other", at))
