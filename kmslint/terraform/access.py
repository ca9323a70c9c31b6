"""Members of maps and elements of lists: `value.name`, `value["name"]`, `value[0]`.

https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from kmslint.terraform.choices import distribute
from kmslint.terraform.scalars import as_text, integer
from kmslint.terraform.shapes import Absent, Failure, Unordered, is_shadowed, may_be_absent, members
from kmslint.values import Fields, Hole, Items, Text, Unknown, Value


def member_of(value: Value, name: str, refused: Failure) -> Value:
    """`value.name`; a Failure where there certainly is no such member."""
    if name.isdigit():
        # What Terraform 0.11 wrote for `value[0]`.
        return element_of(value, Text((name,), refused.at, True), refused)
    return distribute((value,), lambda decided: _member(decided[0], name, refused), _unsure(refused))


def element_of(value: Value, key: Value, refused: Failure) -> Value:
    """`value[key]`; a Failure where there certainly is no such element."""
    return distribute(
        (value, key), lambda decided: _element(decided[0], decided[1], refused), _unsure(refused), elements=True
    )


def _unsure(refused: Failure) -> Unknown:
    return Unknown(refused.hole, refused.at)


def _member(value: Value, name: str, refused: Failure) -> Value:
    if isinstance(value, Failure):
        return value
    if isinstance(value, Unknown):
        return _within(value, f".{name}", refused)
    if not isinstance(value, Fields):
        return refused
    found = value.get(name)
    if found is not None:
        unsure = may_be_absent(found) or isinstance(found, Absent) or is_shadowed(value, name)
        return _unsure(refused) if unsure else found
    if value.spread:
        return _within(value.spread[-1], f".{name}", refused) if len(value.spread) == 1 else _unsure(refused)
    return refused if members(value) is not None else _unsure(refused)


def _within(value: Unknown, step: str, refused: Failure) -> Unknown:
    """A part of what is not known is not known either, but has a name of its own."""
    hole = value.hole
    label = f"({hole.label})" if " " in hole.label else hole.label
    return Unknown(hole._replace(label=f"{label}{step}"), refused.at)


def _element(value: Value, key: Value, refused: Failure) -> Value:
    if isinstance(value, Failure) or isinstance(key, Failure):
        return value if isinstance(value, Failure) else key
    name = as_text(key)
    if name is None:
        return refused
    if isinstance(value, Unknown):
        return _within(value, f"[{_spelt(name, key)}]", refused)
    if isinstance(value, Fields):
        return _unsure(refused) if name.literal is None else _member(value, name.literal, refused)
    return _item(value, key, refused) if isinstance(value, Items) else refused


def _spelt(name: Text, key: Value) -> str:
    plain = isinstance(key, Text) and not key.typed and name.literal is not None
    return f'"{name}"' if plain else "".join(part.label if isinstance(part, Hole) else part for part in name.parts)


def _item(items: Items, key: Value, refused: Failure) -> Value:
    index = integer(key)
    if index is None or isinstance(items, Unordered):
        return _unsure(refused)
    before = items.items[: max(index, 0) + 1]
    if any(may_be_absent(item) for item in before):
        return _unsure(refused)
    return items.items[index] if 0 <= index < len(items.items) else refused
