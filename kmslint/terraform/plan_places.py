"""Where the parts of a planned policy stand in the sources, if those say the same.

The provider writes policies anew: members in another order, one element instead of a list of one. What is known
in the sources must be known alike in the plan; otherwise nothing tells which statement is which.
"""

from __future__ import annotations

from collections.abc import Sequence

from kmslint.location import Location
from kmslint.model.policy_text import decode_json
from kmslint.values import Choice, Encoded, Field, Fields, HoleKind, Items, Null, Text, Unknown, Value


def placed(planned: Value, written: Value | None, block: Location) -> Value:
    """The planned policy, its parts at their places in the sources; all of it at the block if they differ."""
    document = _document(planned)
    if document is None:
        return planned
    found = None if written is None else fitted(planned, written)
    if isinstance(found, Encoded):
        return found
    place = block if found is None else found.at
    return Encoded(at(document, place), place)


def differs(planned: Value, written: Value | None) -> bool:
    """Whether the sources certainly, or perhaps, say something else than the plan."""
    if written is None or isinstance(written, Unknown):
        return False
    return fitted(planned, written) is None


def fitted(planned: Value, written: Value) -> Value | None:
    """The planned value at the places of the written one; None if it cannot be what that comes to."""
    if isinstance(written, Choice):
        return fitted(planned, written.when_true) or fitted(planned, written.when_false)
    if isinstance(written, Unknown):
        return None if written.spread else at(planned, written.at)
    if isinstance(planned, Unknown):
        return planned._replace(at=written.at)
    document = _document(planned)
    if document is not None:
        found = fitted(document, _decoded(written))
        return None if found is None else Encoded(found, written.at)
    if isinstance(planned, Text) and isinstance(written, Text):
        return planned._replace(at=written.at, pieces=()) if _may_be(written, planned) else None
    if isinstance(planned, Fields) and isinstance(written, Fields):
        return _fitted_fields(planned, written)
    if isinstance(planned, Items) or isinstance(written, Items):
        return _fitted_items(planned, written)
    return planned._replace(at=written.at) if isinstance(planned, Null) and isinstance(written, Null) else None


def at(value: Value, place: Location) -> Value:
    """The value with all its parts at one place."""
    if isinstance(value, Text):
        return value._replace(at=place, pieces=())
    if isinstance(value, Fields):
        fields = (Field(_at_text(field.name, place), at(field.value, place)) for field in value.fields)
        return value._replace(fields=tuple(fields), at=place)
    if isinstance(value, Items):
        return value._replace(items=tuple(at(item, place) for item in value.items), at=place)
    return value._replace(at=place)


def _at_text(value: Text, place: Location) -> Text:
    return value._replace(at=place, pieces=())


def _document(planned: Value) -> Value | None:
    """What a planned text spells, if it is a map or a list in JSON."""
    literal = planned.literal if isinstance(planned, Text) else None
    found = _decoded(planned) if literal is not None and literal.lstrip().startswith(("{", "[")) else None
    return found if isinstance(found, (Fields, Items)) else None


def _decoded(value: Value) -> Value:
    """What a text spells; the text itself if that is certainly no JSON."""
    if isinstance(value, Encoded):
        return value.value
    found = decode_json(value) if isinstance(value, Text) and value.parts else value
    return value if isinstance(found, Unknown) and found.hole.kind is HoleKind.UNREADABLE else found


def _may_be(written: Text, planned: Text) -> bool:
    """Whether a text with holes may come to the planned one."""
    known = planned.literal
    if known is None or not written.holes:
        return known is None or known == written.literal
    literals = ["" if not isinstance(part, str) else part for part in written.parts]
    if not (known.startswith(literals[0]) and known.endswith(literals[-1])):
        return False
    position = len(literals[0])
    for literal in literals[1:]:
        position = known.find(literal, position)
        if position < 0:
            return False
        position += len(literal)
    return True


def _fitted_fields(planned: Fields, written: Fields) -> Value | None:
    names = [field.name.literal for field in planned.fields]
    others = {field.name.literal: field for field in written.fields}
    if written.spread or None in others or set(names) != set(others) or len(names) != len(written.fields):
        return None
    fields = []
    for name, field in zip(names, planned.fields, strict=True):
        found = fitted(field.value, others[name].value)
        if found is None:
            return None
        fields.append(Field(_at_text(field.name, others[name].name.at), found))
    return planned._replace(fields=tuple(fields), at=written.at)


def _fitted_items(planned: Value, written: Value) -> Value | None:
    own, others = _elements(planned), _elements(written)
    if len(own) != len(others):
        return None
    found = _matched(own, others) if all(isinstance(one, Text) for one in own) else _in_order(own, others)
    if found is None:
        return None
    return planned._replace(items=tuple(found), at=written.at) if isinstance(planned, Items) else found[0]


def _elements(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Items) else (value,)


def _in_order(own: Sequence[Value], others: Sequence[Value]) -> list[Value] | None:
    found = []
    for one, other in zip(own, others, strict=True):
        match = fitted(one, other)
        if match is None:
            return None
        found.append(match)
    return found


def _matched(own: Sequence[Value], others: Sequence[Value]) -> list[Value] | None:
    """The texts of a list, which the provider may have sorted: first those that are known on both sides."""
    left = dict(enumerate(others))
    known = {other.literal: index for index, other in left.items() if isinstance(other, Text)}
    found: dict[int, Value] = {}
    for index, one in enumerate(own):
        place = known.pop(one.literal, None) if isinstance(one, Text) and one.literal is not None else None
        if place is not None:
            found[index] = at(one, left.pop(place).at)
    for index, one in enumerate(own):
        if index not in found:
            places = ((place, fitted(one, other)) for place, other in left.items())
            place, match = next((pair for pair in places if pair[1] is not None), (-1, None))
            if match is None:
                return None
            found[index] = match
            del left[place]
    return [found[index] for index in range(len(own))]
