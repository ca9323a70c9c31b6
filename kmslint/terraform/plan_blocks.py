"""Resources of a plan, turned into the blocks that they might be written as.

What Terraform does not know yet stands there as the attribute of the resource that decides it, or as a bare name
that says what is missing; what is sensitive as its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.location import Excerpt, Location
from kmslint.syntax.tree import (
    Argument,
    Attribute,
    Block,
    Body,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Style,
    Variable,
)
from kmslint.terraform.plan_format import Configured, Planned, member
from kmslint.terraform.plan_references import POLICY_LISTS, References, Target
from kmslint.terraform.resource_types import DOCUMENT_MEMBER, KEY_TYPES
from kmslint.values import Json

SENSITIVE = "(sensitive)"
"""Ends the name of what nobody should see."""

_DECIDED = frozenset({"arn", "id", "key_id", *(one.policy for one in KEY_TYPES.values())})
"""Of a key that exists, what AWS says of it. Its other properties are those written, or the provider's defaults."""

_NESTED = {
    "condition": ("test", "variable", "values"),
    "constraints": ("encryption_context_equals",),
    "inline_policy": ("name", "policy"),
    "not_principals": ("type", "identifiers"),
    "principals": ("type", "identifiers"),
    "statement": (),
}
"""What is a block in HCL, and what has to be said of one that is not known."""


class PlannedBlock:
    """Builds the block of one resource."""

    def __init__(self, resource: Planned, configured: Configured | None, references: References) -> None:
        self._resource = resource
        self._expressions = None if configured is None else configured.expressions
        self._references = references

    def block(self) -> Block:
        """The block; its type and labels stand where the plan has the address."""
        resource = self._resource
        kind, type_, name = (
            _name(word, resource.at)
            for word in ("data" if resource.is_data else "resource", resource.type, resource.name)
        )
        body = self._body(resource.values, resource.unknown, resource.sensitive, self._expressions, resource.address)
        return Block(kind, (type_, name), body, resource.at)

    def _body(self, values: Mapping, unknown: Json, sensitive: Json, expressions: Json, path: str) -> Body:
        arguments: list[Argument] = []
        blocks: list[Block] = []
        for name, value in _named(values, unknown):
            missing, hidden = _at(unknown, name.text), _at(sensitive, name.text)
            expression, label = member(expressions, name.text), f"{path}.{name.text}"
            if path == self._resource.address and self._is_left_out(name.text, missing, expression):
                continue
            if name.text not in _NESTED:
                arguments.append(Argument(name, self._value(name.text, value, missing, hidden, expression, label)))
            elif missing is True or hidden is True or not (_fits(missing, value) and _fits(hidden, value)):
                blocks += self._unknown_block(name, label, hidden is True, arguments)
            else:
                blocks += self._blocks(name, value, missing, hidden, expression, label)
        return Body(tuple(arguments), tuple(blocks), values.at)

    def _is_left_out(self, name: str, missing: Json, expression: Json) -> bool:
        """Whether AWS or the provider fills in what nobody has written."""
        is_written = not isinstance(self._expressions, dict) or expression is not None
        if is_written or self._resource.is_data:
            return False
        if name == "inline_policy" and self._references.has_policies_apart(self._resource):
            return True
        return missing is True or (self._resource.type in KEY_TYPES and name not in _DECIDED)

    def _blocks(
        self, name: Scalar, value: Node, unknown: Json, sensitive: Json, expression: Json, path: str
    ) -> Iterator[Block]:
        items = value.items if isinstance(value, Sequence) else (value,)
        for index, item in enumerate(items):
            if isinstance(item, Mapping):
                written = _nth(expression, index, len(items), name.text == "statement")
                label = f"{path}[{index}]"
                body = self._body(item, _nth(unknown, index), _nth(sensitive, index), written, label)
                yield _block(name.text, body, item.at)

    def _unknown_block(self, name: Scalar, label: str, hidden: bool, arguments: list[Argument]) -> Iterator[Block]:
        missing = _missing(label, name.at, hidden)
        if name.text == "statement":
            # As if it were a document of its own, whose statements cannot be seen.
            arguments.append(Argument(_name("source_json", name.at), missing))
            return
        body = Body(tuple(Argument(_name(one, name.at), missing) for one in _NESTED[name.text]), (), name.at)
        yield _block(name.text, body, name.at)

    def _value(self, name: str, value: Node, unknown: Json, sensitive: Json, expression: Json, label: str) -> Node:
        if unknown is True and sensitive is not True:
            target = self._references.one(self._resource, name, expression)
            if target is not None:
                return _reference(target, value.at)
        if isinstance(value, Sequence) and isinstance(unknown, list) and not _holds_true(sensitive):
            inner = DOCUMENT_MEMBER if name in POLICY_LISTS else ""
            count = sum(_is_missing(one, inner) for one in unknown)
            targets = self._references.several(self._resource, name, expression, count)
            if targets and len(unknown) == len(value.items):
                followed = iter(targets)
                items = (
                    _known(item, inner, next(followed)) if _is_missing(missing, inner) else item
                    for item, missing in zip(value.items, unknown, strict=True)
                )
                return value.with_items(items)
        return _merged(value, unknown, sensitive, label)


def _is_missing(unknown: Json, inner: str) -> bool:
    """Whether an element is not known; with a member, whether that is all that is not."""
    return unknown == ({inner: True} if inner else True)


def _known(item: Node, inner: str, target: Target) -> Node:
    """The element that is the attribute, or has it as a member."""
    reference = _reference(target, item.at)
    if not inner or not isinstance(item, Mapping):
        return reference
    kept = tuple(entry for entry in item.entries if not (isinstance(entry.key, Scalar) and entry.key.text == inner))
    return item.with_entries((*kept, Entry(_name(inner, item.at), reference)))


def _merged(value: Node, unknown: Json, sensitive: Json, label: str) -> Node:
    """The value with names in the places of what is not known or not to be seen."""
    is_hidden = sensitive is True or not _fits(sensitive, value)
    if is_hidden or unknown is True or not _fits(unknown, value):
        return _missing(label, value.at, is_hidden)
    if isinstance(value, Mapping):
        entries = (
            Entry(name, _merged(one, _at(unknown, name.text), _at(sensitive, name.text), f"{label}.{name.text}"))
            for name, one in _named(value, unknown)
        )
        return value.with_entries(entries)
    if isinstance(value, Sequence):
        items = (
            _merged(one, _nth(unknown, index), _nth(sensitive, index), f"{label}[{index}]")
            for index, one in enumerate(value.items)
        )
        return value.with_items(items)
    return value


def _named(values: Mapping, unknown: Json) -> Iterator[tuple[Scalar, Node]]:
    """The members, and those that only `unknown` tells of."""
    seen = set()
    for entry in values.entries:
        assert isinstance(entry.key, Scalar)  # JSON has no other names
        seen.add(entry.key.text)
        yield entry.key, entry.value
    at = values.at._replace(end=values.at.start + 1)
    for name, missing in unknown.items() if isinstance(unknown, dict) else ():
        if name not in seen and _holds_true(missing):
            yield _name(name, at), _missing(name, at, False)


def _holds_true(data: Json) -> bool:
    if isinstance(data, (dict, list)):
        return any(map(_holds_true, data.values() if isinstance(data, dict) else data))
    return data is True


def _fits(data: Json, value: Node) -> bool:
    """Whether what is marked in `after_unknown` or `after_sensitive` is there to be marked."""
    if isinstance(value, Mapping) and isinstance(data, dict):
        return True
    if isinstance(value, Sequence) and isinstance(data, list) and len(data) == len(value.items):
        return True
    return not _holds_true(data)


def _at(data: Json, name: str) -> Json:
    return True if data is True else member(data, name)


def _nth(data: Json, index: int, count: int | None = None, in_order: bool = False) -> Json:
    """An element; with a count that of a list of as many, if the order tells which it is."""
    if data is True:
        return True
    if not isinstance(data, list) or index >= len(data):
        return None
    if count is not None and (len(data) != count or (count > 1 and not in_order)):
        return None
    return data[index]


def _reference(target: Target, at: Location) -> Attribute:
    return Attribute(Variable(target.address, at), target.attribute, at)


def _missing(label: str, at: Location, hidden: bool) -> Variable:
    return Variable(f"{label} {SENSITIVE if hidden else '(known after apply)'}", at)


def _name(word: str, at: Location) -> Scalar:
    return Scalar(word, at, Style.PLAIN, Excerpt(at.source, word, (at.start,) * (len(word) + 1)))


def _block(kind: str, body: Body, at: Location) -> Block:
    return Block(_name(kind, at._replace(end=min(at.start + 1, at.end))), (), body, at)
