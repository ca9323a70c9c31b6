"""Terraform's functions on maps and objects. A map that is not known may bring any member, and replace any.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from kmslint.terraform.calls import ELEMENTS, MANY, Function, Given, certain_items
from kmslint.terraform.scalars import as_text
from kmslint.terraform.shapes import bindings, may_be_absent, members, through
from kmslint.values import Field, Fields, Items, Null, Text, Unknown, Value


def _merge(given: Given) -> Value:
    fields: dict[str, Field] = {}
    unseen: list[Unknown] = []
    nameless: list[Field] = []
    for value in given.values:
        if isinstance(value, Fields):
            nameless += _merged(fields, value)
            unseen += value.spread
        elif isinstance(value, Unknown):
            unseen.append(value)
            fields = {name: _overridable(field, value) for name, field in fields.items()}
        elif not isinstance(value, Null):
            return given.failure()
    return Fields((*fields.values(), *nameless), given.at, tuple(unseen))


def _merged(fields: dict[str, Field], value: Fields) -> list[Field]:
    """Puts the members that have a known name into `fields`; gives back the others."""
    for unseen in value.spread:
        fields.update({name: _overridable(field, unseen) for name, field in fields.items()})
    for field in value.fields:
        if field.name.literal is not None:
            fields[field.name.literal] = field
    return [field for field in value.fields if field.name.literal is None]


def _overridable(field: Field, unseen: Unknown) -> Field:
    hole = unseen.hole
    return field._replace(value=Unknown(hole._replace(label=f"{hole.label}.{field.name}"), field.value.at))


def _lookup(given: Given) -> Value:
    value, name = given.values[0], given.literal(1)
    if not isinstance(value, Fields) or name is None:
        return given.unknown() if isinstance(value, (Fields, Unknown)) else given.failure()
    found = value.get(name)
    if found is not None:
        return given.unknown() if may_be_absent(found) else found
    if value.spread or members(value) is None:
        return given.unknown()
    return given.values[2] if len(given.values) == 3 else given.failure()


def _keys(given: Given) -> Value:
    value = given.values[0]
    rounds = bindings(value) if isinstance(value, (Fields, Unknown)) else None
    if rounds is None:
        return given.failure()
    if isinstance(value, Unknown):
        return given.unknown()
    return Items(tuple(_name(key, member) for key, member in rounds), given.at)


def _name(key: Value, member: Value) -> Value:
    """The name of a member, as uncertain as the member is."""
    if isinstance(member, Unknown) and member.spread and isinstance(key, Unknown):
        return key._replace(spread=True)
    return through(member, lambda _: key)


def _values(given: Given) -> Value:
    value = given.values[0]
    rounds = bindings(value) if isinstance(value, Fields) else None
    if rounds is None:
        return given.unknown() if isinstance(value, Unknown) else given.failure()
    return Items(tuple(member for _, member in rounds), given.at)


def _zipmap(given: Given) -> Value:
    names, values = certain_items(given, 0), certain_items(given, 1)
    if names is None or values is None:
        return given.unknown()
    if len(names.items) != len(values.items):
        return given.failure()
    spelt = [as_text(name) for name in names.items]
    if any(name is None or name.literal is None for name in spelt):
        return given.unknown()
    pairs = zip(spelt, values.items, strict=True)
    return Fields(tuple(Field(name, value) for name, value in pairs if isinstance(name, Text)), given.at)


def _tomap(given: Given) -> Value:
    value = given.values[0]
    if not isinstance(value, (Fields, Unknown, Null)):
        return given.failure()
    if not isinstance(value, Fields):
        return value
    texts = any(isinstance(field.value, Text) and not field.value.typed for field in value.fields)
    return value._replace(fields=tuple(map(_as_text, value.fields))) if texts else value


def _as_text(field: Field) -> Field:
    return field._replace(value=field.value._replace(typed=False)) if isinstance(field.value, Text) else field


MAP_FUNCTIONS: dict[str, Function] = {
    "keys": Function(_keys),
    "lookup": Function(_lookup, 2, 3),
    "merge": Function(_merge, 0, MANY),
    "tomap": Function(_tomap),
    "values": Function(_values),
    "zipmap": Function(_zipmap, 2, 2, ELEMENTS),
}
