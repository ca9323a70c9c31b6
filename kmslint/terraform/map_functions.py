"""Terraform's functions on maps and objects. A map that is not known may bring any member, and replace any.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from kmslint import limits
from kmslint.terraform import parameters
from kmslint.terraform.calls import ELEMENTS, Function, Given
from kmslint.terraform.conversions import converted, loosened, mapped
from kmslint.terraform.kinds import ListItems, Loose, MapFields, ObjectFields, TupleItems
from kmslint.terraform.shapes import (
    Absent,
    Failure,
    SetItems,
    Unordered,
    bindings,
    is_shadowed,
    may_be_absent,
    members,
    through,
)
from kmslint.terraform.types import is_sure, type_of
from kmslint.values import Choice, Field, Fields, Items, Null, Part, Text, Unknown, Value, text


def _merge(given: Given) -> Value:
    fields: dict[tuple[Part, ...], Field] = {}
    unseen: list[Unknown] = []
    for value in given.values:
        if isinstance(value, Fields):
            _put(fields, value, tuple(unseen))
            unseen += value.spread
        elif isinstance(value, Unknown):
            unseen.append(value)
            fields = {name: _overridable(field, value) for name, field in fields.items()}
        elif not isinstance(value, Null):
            return given.failure()
    if len(fields) > limits.ELEMENTS:
        return given.beyond("elements")
    return _merged_kind(given.values)(tuple(fields.values()), given.at, tuple(unseen))


def _merged_kind(values: tuple[Value, ...]) -> type[Fields]:
    """Maps of one type give a map, anything else an object."""
    kinds = {type(value) for value in values}
    if ObjectFields in kinds or not values:
        return ObjectFields
    if kinds != {MapFields}:
        return Fields
    merged = {type_of(value) for value in values}
    if not all(map(is_sure, merged)):
        return Fields
    return MapFields if len(merged) == 1 else ObjectFields


def _put(fields: dict[tuple[Part, ...], Field], value: Fields, before: tuple[Unknown, ...]) -> None:
    """Puts the members behind the others: one whose name is not known may stand in the place of any before it.

    `before` is what was merged earlier and may have any members.
    """
    for unseen in value.spread:
        fields.update({name: _overridable(field, unseen) for name, field in fields.items()})
    for field in value.fields:
        name = field.name.parts
        fields[name] = field._replace(value=_instead(field, fields.pop(name, None), before))


def _instead(field: Field, earlier: Field | None, before: tuple[Unknown, ...]) -> Value:
    """The member's value; where it is absent, the earlier one of that name."""

    def filled(value: Value) -> Value:
        if isinstance(value, Choice):
            return value._replace(when_true=filled(value.when_true), when_false=filled(value.when_false))
        if isinstance(value, Absent):
            return _overridable(field, before[-1]).value if earlier is None else earlier.value
        if isinstance(value, Unknown) and value.spread:
            return value if earlier is None else value._replace(spread=may_be_absent(earlier.value))
        return value

    return filled(field.value) if earlier is not None or before else field.value


def _overridable(field: Field, unseen: Unknown) -> Field:
    """The member, where an unknown map may bring another in its place."""
    hole, spread = unseen.hole, may_be_absent(field.value)
    return field._replace(value=Unknown(hole._replace(label=f"{hole.label}.{field.name}"), field.value.at, spread))


def _lookup(given: Given) -> Value:
    value, name = given.values[0], given.literal(1)
    if isinstance(value, Unknown):
        return given.unknown()
    if not isinstance(value, Fields):
        return given.failure()
    default = _default(given, value) if len(given.values) == 3 else None
    if isinstance(default, Failure):
        return default
    if name is None:
        return given.unknown()
    found = value.get(name)
    if found is not None:
        return given.unknown() if may_be_absent(found) or is_shadowed(value, name) else found
    if value.spread or members(value) is None:
        return given.unknown()
    return given.failure() if default is None else default


def _default(given: Given, value: Fields) -> Value:
    """The third argument: of a map it has to be of the type of its elements."""
    default = given.values[2]
    if isinstance(value, ObjectFields):
        return default
    if isinstance(value, MapFields):
        result = converted(default, type_of(value).element, given.failure())
    elif {type_of(field.value) for field in value.fields} == {type_of(default)}:
        return default
    else:
        result = loosened(default, given.failure())
    # As a number `01` is `1`, and as a boolean `true`.
    is_open = isinstance(result, Loose) and not result.typed
    return given.unknown() if is_open else result


def _keys(given: Given) -> Value:
    value = given.values[0]
    rounds = bindings(value) if isinstance(value, (Fields, Unknown)) else None
    if rounds is None:
        return given.failure()
    if not isinstance(value, Fields):
        return given.unknown()
    names = tuple(_name(key, member) for key, member in rounds)
    return _parts_of(value)(names, given.at)


def _parts_of(fields: Fields) -> type[Items]:
    """What the keys and values of a map come as. Terraform sorts them by key, so all keys have to be known."""
    if len(fields.fields) + len(fields.spread) > 1 and (fields.spread or members(fields) is None):
        return Unordered
    return TupleItems if isinstance(fields, ObjectFields) else ListItems if isinstance(fields, MapFields) else Items


def _name(key: Value, member: Value) -> Value:
    """The name of a member, as uncertain as the member is."""
    if isinstance(key, Unknown):
        return key._replace(spread=True)
    return through(member, lambda _: key)


def _values(given: Given) -> Value:
    value = given.values[0]
    rounds = bindings(value)
    if rounds is None or not isinstance(value, Fields):
        return given.unknown() if isinstance(value, Unknown) else given.failure()
    return _parts_of(value)(tuple(member for _, member in rounds), given.at)


def _zipmap(given: Given) -> Value:
    source = given.values[1]
    if isinstance(source, SetItems) or not isinstance(source, (Items, Unknown)):
        return given.failure()
    names, values = given.certain(0), given.certain(1)
    if names is None or values is None:
        return given.unknown()
    if len(names) != len(values) or any(isinstance(name, Null) for name in names):
        return given.failure()
    fields = [Field(name, value) for name, value in zip(names, values, strict=True) if isinstance(name, Text)]
    if len(fields) < len(names) or any(field.name.literal is None for field in fields):
        return given.unknown()
    kind = ObjectFields if isinstance(source, TupleItems) else MapFields if isinstance(source, ListItems) else Fields
    return kind(tuple(fields), given.at)


def _transpose(given: Given) -> Value:
    value = given.values[0]
    if not isinstance(value, Fields) or value.spread:
        return given.unknown()
    groups: dict[str, list[str]] = {}
    for key, member in value.fields:
        names = _literals(member)
        if key.literal is None or names is None:
            return given.failure() if _has_null(member) else given.unknown()
        for name in names:
            groups.setdefault(name, []).append(key.literal)
    if sum(map(len, groups.values())) > limits.ELEMENTS:
        return given.beyond("elements")
    return MapFields(tuple(_group(name, keys, given) for name, keys in groups.items()), given.at)


def _literals(value: Value) -> list[str] | None:
    """The texts in a list, if all of them are known."""
    if not isinstance(value, Items):
        return None
    texts = [item.literal if isinstance(item, Text) else None for item in value.items]
    known = [literal for literal in texts if literal is not None]
    return known if len(known) == len(texts) else None


def _has_null(value: Value) -> bool:
    return isinstance(value, Null) or (isinstance(value, Items) and any(isinstance(item, Null) for item in value.items))


def _group(name: str, keys: list[str], given: Given) -> Field:
    return Field(text(name, given.at), ListItems(tuple(text(key, given.at) for key in sorted(keys)), given.at))


def _tomap(given: Given) -> Value:
    value = given.values[0]
    if isinstance(value, Null):
        return Null(value.at)
    if isinstance(value, Unknown):
        return value
    return mapped(value, given.failure()) if isinstance(value, Fields) else given.failure()


MAP_FUNCTIONS: dict[str, Function] = {
    "keys": Function(_keys),
    "lookup": Function(_lookup, (parameters.value, parameters.string, parameters.nullable), optional=1),
    "merge": Function(_merge, (), more=parameters.nullable),
    "tomap": Function(_tomap, (parameters.nullable,)),
    "transpose": Function(_transpose, (parameters.lists_by_name,)),
    "values": Function(_values),
    "zipmap": Function(_zipmap, (parameters.strings, parameters.value), decide=ELEMENTS),
}
