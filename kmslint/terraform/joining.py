"""Pieces of a template joined to one text that still knows where each piece stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kmslint import limits
from kmslint.location import Excerpt, Location
from kmslint.terraform.calls import is_normal
from kmslint.terraform.choices import Values, are_too_many, distribute
from kmslint.terraform.scalars import as_text
from kmslint.terraform.scope import Scope, hole_at, out_of_bounds
from kmslint.terraform.shapes import Failure
from kmslint.values import Choice, Part, Piece, Text, Unknown, Value, join


class Filling(NamedTuple):
    """What an interpolation came to."""

    value: Value
    at: Location


Fragment = Excerpt | Filling


def joined(fragments: Sequence[Fragment], refused: Failure) -> Value:
    """The text of a template; a choice of texts where a filling is one.

    A filling that has no text, such as a list, makes the whole template a Failure.
    """
    values = tuple(fragment.value for fragment in fragments if isinstance(fragment, Filling))
    if are_too_many(values):
        return _plain(fragments, tuple(map(_closed, values)), refused)
    otherwise = Unknown(refused.hole, refused.at)
    return distribute(values, lambda decided: _plain(fragments, decided, refused), otherwise)


def _closed(value: Value) -> Value:
    """A choice that is left open is one hole in the text."""
    if not isinstance(value, Choice):
        return value
    hole = hole_at(value.at, Scope())
    return Unknown(hole._replace(label=limits.named(f"{hole.label} among so many conditions", "choices")), value.at)


def _plain(fragments: Sequence[Fragment], values: Values, refused: Failure) -> Value:
    parts: list[Part] = []
    pieces: list[Piece] = []
    left = iter(values)
    room = limits.TEXT  # of what is too long, nothing need be made
    for fragment in fragments:
        if isinstance(fragment, Excerpt):
            room -= len(fragment.text)
            parts.append(fragment.text)
            pieces.append(fragment)
            continue
        filling = as_text(next(left))
        if filling is None:
            return refused
        room -= sum(len(part) for part in filling.parts if isinstance(part, str))
        if room >= 0 and len(parts) <= limits.ELEMENTS:
            parts.extend(filling.parts)
            pieces.extend(_pieces(filling, fragment.at))
    if room < 0 or len(parts) > limits.ELEMENTS:
        reason = f"a text of more than {limits.TEXT} characters or {limits.ELEMENTS} parts"
        return out_of_bounds(limits.named(reason, "text", "elements"), refused.at)
    whole = join(parts, refused.at, tuple(pieces))
    # Where the parts touch, characters may become one of Unicode's normal form.
    return whole if is_normal(whole) else Unknown(refused.hole, refused.at)


def _pieces(filling: Text, at: Location) -> list[Piece]:
    """A text that was filled in stands, as far as the template goes, where it is filled in.

    What is written there itself, in an `%{if}` or a `%{for}`, keeps its place.
    """
    spelt: Sequence[Part | Piece] = filling.pieces or filling.parts
    moved: list[Piece] = []
    for piece in spelt:
        if isinstance(piece, Excerpt) and _is_inside(piece, at):
            moved.append(piece)
        elif isinstance(piece, (str, Excerpt)):
            literal = piece if isinstance(piece, str) else piece.text
            moved.append(Excerpt(at.source, literal, (at.start,) * (len(literal) + 1)))
        else:
            moved.append(piece)
    return moved


def _is_inside(piece: Excerpt, at: Location) -> bool:
    return piece.source is at.source and at.start <= piece.offsets[0] and piece.offsets[-1] <= at.end
