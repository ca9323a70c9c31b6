"""`for` expressions: rounds over collections of which parts may not be known.

https://developer.hashicorp.com/terraform/language/expressions/for
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kmslint.syntax import tree
from kmslint.terraform.choices import distribute
from kmslint.terraform.kinds import ObjectFields, TupleItems, in_order
from kmslint.terraform.logic import condition_of
from kmslint.terraform.scalars import as_bool, as_text
from kmslint.terraform.scope import Scope, failure_for, hole_for, round_of, unknown_for
from kmslint.terraform.shapes import (
    Absent,
    Failure,
    Unordered,
    bindings,
    choice,
    is_repeated,
    may_be_absent,
    members,
    through,
)
from kmslint.values import Choice, Field, Fields, Items, Null, Text, Unknown, Value

_WORD = re.compile(r"\w[\w-]*")

Evaluate = Callable[[tree.Node, Scope], Value]


class Round(NamedTuple):
    """One pass through a loop."""

    element: Value
    """As the collection has it: it may be uncertain."""
    key: Value
    scope: Scope
    variable: str

    def run(self, body: Callable[[Scope], Value]) -> Value:
        """The body's value for the element, as uncertain as the element is."""
        return through(self.element, lambda one: body(self._binding(one)))

    def _binding(self, one: Value) -> Scope:
        return self.scope.bind_more({self.variable: one})


def rounds(collection: Value, key_variable: str, value_variable: str, scope: Scope) -> list[Round] | None:
    """The passes through a collection; None if the value certainly is none."""
    bound = bindings(collection)
    if bound is None:
        return None
    return [
        Round(
            element,
            key,
            scope.bind(
                round_of(value_variable, key, index),
                {value_variable: element, **({key_variable: key} if key_variable else {})},
            ),
            value_variable,
        )
        for index, (key, element) in enumerate(bound)
    ]


def goes_in_order(collection: Value) -> bool:
    """Whether Terraform goes through the collection in the order of its rounds here: maps are sorted by key."""
    if isinstance(collection, Items):
        return in_order(collection)
    if isinstance(collection, Fields):
        several = len(collection.fields) + len(collection.spread) > 1
        return not several or (not collection.spread and members(collection) is not None)
    if isinstance(collection, Choice):
        return goes_in_order(collection.when_true) and goes_in_order(collection.when_false)
    return True


def list_for(node: tree.For, collection: Value, evaluate: Evaluate, scope: Scope) -> Value:
    """`[for value in collection : result if condition]`."""
    passes = rounds(collection, node.key_variable, node.value_variable, scope)
    if passes is None or (not passes and _is_refused(node, evaluate, scope)):
        return failure_for(node, scope)
    results = (one.run(lambda inner: _kept(node, evaluate, inner)) for one in passes)
    kept = tuple(result for result in results if not isinstance(result, Absent))
    return TupleItems(kept, node.at) if goes_in_order(collection) else Unordered(kept, node.at)


def _is_refused(node: tree.For, evaluate: Evaluate, scope: Scope) -> bool:
    """Whether the condition is none: Terraform looks at it although there is no element."""
    if node.condition is None:
        return False
    at = node.condition.at
    written = set(_WORD.findall(at.source.text[at.start : at.end]))
    if written & {node.key_variable, node.value_variable}:
        # It may be none only for what there is no element of.
        return False
    condition = evaluate(node.condition, scope)
    return isinstance(condition, (Failure, Null, Items, Fields)) or (
        isinstance(condition, Text) and condition.literal is not None and as_bool(condition) is None
    )


def _kept(node: tree.For, evaluate: Evaluate, scope: Scope) -> Value:
    return passed(node, evaluate, scope, lambda: evaluate(node.result, scope))


def passed(node: tree.For, evaluate: Evaluate, scope: Scope, result: Callable[[], Value]) -> Value:
    """The result of a round, Absent where the `if` says so."""
    if node.condition is None:
        return result()
    condition = evaluate(node.condition, scope)
    return _under(condition, result, node, scope)


def _under(condition: Value, result: Callable[[], Value], node: tree.For, scope: Scope) -> Value:
    if isinstance(condition, Choice):
        first = _under(condition.when_true, result, node, scope)
        return choice(condition.condition, first, _under(condition.when_false, result, node, scope), node.at)
    known = as_bool(condition)
    if known is not None:
        return result() if known else Absent(node.at)
    name = condition_of(condition)
    return failure_for(node, scope) if name is None else choice(name, result(), Absent(node.at), node.at)


def map_for(node: tree.For, collection: Value, evaluate: Evaluate, scope: Scope) -> Value:
    """`{for key, value in collection : name => result... if condition}`."""
    passes = rounds(collection, node.key_variable, node.value_variable, scope)
    if passes is None or (not passes and _is_refused(node, evaluate, scope)):
        return failure_for(node, scope)
    fields: list[Field] = []
    unseen: list[Unknown] = []
    for one in passes:
        field = _field(node, one, evaluate, unknown_for(node, scope))
        if isinstance(field, Failure):
            return field
        if isinstance(field, Field):
            fields.append(field)
        elif field is not None:
            unseen.append(field)
    if node.grouped:
        return _grouped(fields, unseen, node, scope, goes_in_order(collection))
    certain = [str(field.name) for field in fields if not field.name.holes and not may_be_absent(field.value)]
    if len(set(certain)) < len(certain):
        # Two rounds of the same name: Terraform wants `...` behind the result.
        return failure_for(node, scope)
    return ObjectFields(tuple(fields), node.at, tuple(unseen))


def name_of(value: Value, node: tree.Node, scope: Scope) -> Text | None:
    """A value as the name of a member; None if it certainly is no text."""
    if isinstance(value, Choice):
        ways = [name_of(way, node, scope) for way in (value.when_true, value.when_false)]
        return None if ways == [None, None] else Text((hole_for(node, scope),), node.at)
    return as_text(value)


def _field(node: tree.For, one: Round, evaluate: Evaluate, several: Unknown) -> Field | Unknown | None:
    """The member of one round; `several` if there may be more than one, None if the filter leaves it out."""
    value = one.run(lambda inner: _kept(node, evaluate, inner))
    if isinstance(value, Absent):
        return None
    if is_repeated(value) or node.name is None:
        return several._replace(spread=True)
    name = name_of(evaluate(node.name, one.scope), node.name, one.scope)
    if name is None:
        # Nobody asks for the name of what is not there.
        return several._replace(spread=True) if may_be_absent(value) else failure_for(node, one.scope)
    return Field(name, value)


def _grouped(fields: list[Field], unseen: list[Unknown], node: tree.For, scope: Scope, ordered: bool) -> Value:
    groups: dict[str, list[Value]] = {}
    names: dict[str, Text] = {}
    for name, value in fields:
        if name.literal is None:
            return unknown_for(node, scope)
        groups.setdefault(name.literal, []).append(value)
        names.setdefault(name.literal, name)
    if unseen and groups:
        # More elements for any group.
        return unknown_for(node, scope)
    kind = TupleItems if ordered else Unordered
    grouped = (
        Field(names[name], _group(kind(tuple(values), node.at), unknown_for(node, scope)))
        for name, values in groups.items()
    )
    return ObjectFields(tuple(grouped), node.at, tuple(unseen))


def _group(group: Items, several: Unknown) -> Value:
    """The elements of one name; Absent where the `if` leaves out all of them."""
    if not all(map(may_be_absent, group.items)):
        return group

    def found(kept: tuple[Value, ...]) -> Value:
        return kept[0] if isinstance(kept[0], Items) and kept[0].items else Absent(group.at)

    return distribute((group,), found, several._replace(spread=True), elements=True)
