"""Text put together from pieces that stand in different places: what `Fn::Sub` and `Fn::Join` make.

The pieces keep their places, so that a policy spelt across them can be reported where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kmslint import limits
from kmslint.cloudformation.calls import Call
from kmslint.cloudformation.json_text import json_parts
from kmslint.cloudformation.repeated import which_time
from kmslint.location import Excerpt, Location
from kmslint.syntax.tree import Scalar
from kmslint.values import (
    Choice,
    Encoded,
    Hole,
    HoleKind,
    Items,
    Null,
    Part,
    Piece,
    Text,
    Unknown,
    Value,
    conditions_of,
    join,
    specialise,
)

_LABEL = 200


def named_hole(label: str, at: Location) -> Hole:
    """The hole an expression leaves that nobody can work out here.

    Expressions of one stack that are spelt alike leave the same hole; a long one is cut and told apart by its place.
    """
    if len(label) <= _LABEL:
        return Hole(HoleKind.EXPRESSION, label, at.source.stack)
    return Hole(HoleKind.EXPRESSION, f"{label[:_LABEL]}...", _place(at))


def unresolved(name: str, at: Location) -> Unknown:
    """The value of a function that cannot be worked out here: the same where it is spelt alike, if it is short."""
    scope = _place(at)
    if at.end - at.start <= _LABEL:
        written = " ".join(at.source.text[at.start : at.end].split())
        scope = f"{at.source.stack}{written}{which_time(at, written)}"
    return Unknown(Hole(HoleKind.EXPRESSION, name, scope), at)


def out_of_bounds(reason: str, at: Location) -> Unknown:
    """The value of what costs too much to work out; no two are the same."""
    return Unknown(Hole(HoleKind.OUT_OF_BOUNDS, reason, _place(at)), at)


def _place(at: Location) -> str:
    return f"{at.source.stack}{at.source.path} offset {at.start}{which_time(at)}"


def from_elsewhere(call: Call) -> Unknown:
    """The value of a function that is worked out outside of the template.

    Where a file was to be included, the argument is a text that says which.
    """
    included = call.argument if call.name == "Fn::Transform" else None
    return unresolved(included.text if isinstance(included, Scalar) else call.name, call.at)


def as_text(value: Value) -> Text:
    """The value in the place of a text; what is no text becomes a hole."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Encoded):
        return join(_parts(value), value.at, (value,))
    if isinstance(value, Unknown):
        return Text((value.hole,), value.at)
    if isinstance(value, Null):
        return Text((), value.at)
    name = "a list" if isinstance(value, Items) else "Fn::If" if isinstance(value, Choice) else "a map"
    return as_text(unresolved(name, value.at))


def concatenated(texts: Iterable[Text], at: Location) -> Value:
    """The texts one after the other; Unknown if that is longer than a text may be."""
    pieces: list[Piece] = []
    parts: list[Part] = []
    length = 0
    for text in texts:
        for piece in _pieces(text):
            pieces.append(piece)
            spelt = _parts(piece)
            parts += spelt
            length += sum(len(part) if isinstance(part, str) else 1 for part in spelt)
        if length > limits.TEXT or len(pieces) > limits.ELEMENTS:
            reason = f"a text of more than {limits.TEXT} characters or {limits.ELEMENTS} pieces"
            return out_of_bounds(limits.named(reason, "text", "elements"), at)
    return join(parts, at, tuple(pieces))


def relocated(value: Value, at: Location) -> Value:
    """The value as if it stood where it is looked up: that is where it takes effect."""
    if isinstance(value, Items):
        return Items(tuple(relocated(item, at) for item in value.items), at)
    if isinstance(value, Choice):
        when_true, when_false = relocated(value.when_true, at), relocated(value.when_false, at)
        return Choice(value.condition, when_true, when_false, at)
    return value._replace(at=at, pieces=()) if isinstance(value, Text) else value


def over_branches(values: tuple[Value, ...], at: Location, combine: Callable[[tuple[Value, ...]], Value]) -> Value:
    """What `combine` makes of the values in each branch of the choices inside them."""
    conditions = sorted({condition for value in values for condition in conditions_of(value)})
    if len(conditions) > limits.CHOICES:
        return out_of_bounds(limits.named(f"{len(conditions)} conditions in one expression", "choices"), at)
    if not conditions:
        return combine(values)
    when_true, when_false = (
        over_branches(tuple(specialise(value, {conditions[0]: holds}) for value in values), at, combine)
        for holds in (True, False)
    )
    return Choice(conditions[0], when_true, when_false, at)


def _pieces(text: Text) -> Iterable[Piece]:
    if text.pieces:
        return text.pieces
    at = text.at
    return [
        Excerpt(at.source, part, [at.start] * (len(part) + 1)) if isinstance(part, str) else part for part in text.parts
    ]


def _parts(piece: Piece) -> tuple[Part, ...]:
    if isinstance(piece, Excerpt):
        return (piece.text,)
    if isinstance(piece, Hole):
        return (piece,)
    return json_parts(piece) or (unresolved("Fn::ToJsonString", piece.at).hole,)
