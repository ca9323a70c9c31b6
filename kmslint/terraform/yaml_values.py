"""YAML as Terraform reads and writes it, as far as no two readers of YAML differ about it.

https://developer.hashicorp.com/terraform/language/functions/yamldecode
"""

from __future__ import annotations

import re

from kmslint import limits
from kmslint.errors import InputError
from kmslint.location import Location, Source
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from kmslint.terraform.kinds import Loose, ObjectFields, TupleItems, Untyped, in_order
from kmslint.terraform.scalars import number, of_bool
from kmslint.terraform.shapes import Absent, is_certain, members
from kmslint.values import Field, Fields, Items, Null, Text, Value, text

_UNLIKE = re.compile(r"<<|(?<![^\s\[{,])[&*!%]|[^\n\x20-\U0010ffff]")
"""Anchors, tags and what else is left to Terraform, wherever it stands."""

_WORDS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,5})?\Z")
_PERHAPS_NUMBER = re.compile(r"[-+.]?[0-9][0-9a-fA-FoxtTzZ_:+. -]*\Z|[-+.]|=\Z|\.?(inf|nan)\Z", re.IGNORECASE)
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_WIDEST = 60
"""Characters of a text that Terraform certainly writes on one line."""


class _UnlikeError(Exception):
    """Something that is left to Terraform."""


def from_yaml(document: str, at: Location) -> Value | None:
    """The value of a document; None where that is left to Terraform."""
    if _UNLIKE.search(document):
        return None
    from kmslint.syntax.yaml import read_yaml  # only for YAML inside a text

    try:
        documents = read_yaml(Source(at.path, document)).documents
        return _value(documents[0], at) if len(documents) == 1 else None
    except (InputError, _UnlikeError):
        return None


def _value(node: Node, at: Location) -> Value:
    if isinstance(node, Sequence):
        return TupleItems(tuple(_value(item, at) for item in node.items), at)
    if isinstance(node, Mapping):
        return _mapping(node, at)
    assert isinstance(node, Scalar)  # YAML has nothing else
    if node.style is not Style.PLAIN:
        return text(node.text, at)
    if node.text in _WORDS:
        known = _WORDS[node.text]
        return Untyped(at) if known is None else of_bool(known, at)
    if _NUMBER.match(node.text):
        spelt = number(node.text)
        if spelt is None:
            raise _UnlikeError
        return text(spelt, at, typed=True)
    if _PERHAPS_NUMBER.match(node.text):
        raise _UnlikeError
    return text(node.text, at)


def _mapping(node: Mapping, at: Location) -> Value:
    fields: list[Field] = []
    for entry in node.entries:
        name = _value(entry.key, at)
        if not isinstance(name, Text) or name.typed:
            raise _UnlikeError
        fields.append(Field(name, _value(entry.value, at)))
    if len({field.name.literal for field in fields}) < len(fields):
        raise _UnlikeError
    return ObjectFields(tuple(fields), at)


def to_yaml(value: Value) -> str | None:
    """The document that `yamlencode` writes, if all of the value is known and none of it needs folding."""
    try:
        if isinstance(value, (Items, Fields)):
            lines = _lines(value, 0)
            return "".join(f"{line}\n" for line in lines)
        spelt = _scalar(value)
        return f"{spelt}\n" if spelt.startswith('"') else f"{spelt}\n...\n"
    except _UnlikeError:
        return None


def _scalar(value: Value) -> str:
    if isinstance(value, Null) and not isinstance(value, Absent):
        return "null"
    literal = value.literal if isinstance(value, Text) else None
    if not isinstance(value, Text) or literal is None or isinstance(value, Loose):
        raise _UnlikeError
    if value.typed:
        return literal
    if not _PLAIN.match(literal) or len(literal) > _WIDEST:
        raise _UnlikeError
    escaped = literal.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _lines(value: Value, depth: int) -> list[str]:
    """A list or map, line by line."""
    if depth > limits.DEPTH // 4:
        raise _UnlikeError
    if isinstance(value, Items):
        if not is_certain(value) or not in_order(value):
            raise _UnlikeError
        return [line for item in value.items for line in _item(item, depth + 1)] or ["[]"]
    named = members(value) if isinstance(value, Fields) and not value.spread else None
    if named is None:
        raise _UnlikeError
    return [line for name in sorted(named) for line in _member(name, named[name].value, depth + 1)] or ["{}"]


def _item(value: Value, depth: int) -> list[str]:
    if not isinstance(value, (Items, Fields)):
        return [f"- {_scalar(value)}"]
    first, *rest = _lines(value, depth)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _member(name: str, value: Value, depth: int) -> list[str]:
    key = _scalar(Text((name,) if name else (), value.at))
    if not isinstance(value, (Items, Fields)):
        return [f"{key}: {_scalar(value)}"]
    lines = _lines(value, depth)
    if lines in (["[]"], ["{}"]):
        return [f"{key}: {lines[0]}"]
    return [f"{key}:", *(line if isinstance(value, Items) else f"  {line}" for line in lines)]
