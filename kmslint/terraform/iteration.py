"""`for` expressions and splats: rounds over collections of which parts may not be known.

https://developer.hashicorp.com/terraform/language/expressions/for
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kmslint.syntax import tree
from kmslint.terraform.logic import condition_of
from kmslint.terraform.scalars import as_text, truth
from kmslint.terraform.scope import Scope, failure_for, round_of, unknown_for
from kmslint.terraform.shapes import (
    Absent,
    Each,
    Failure,
    bindings,
    choice,
    is_instance,
    may_be_absent,
    spliced,
    through,
)
from kmslint.values import Choice, Field, Fields, Items, Null, Text, Unknown, Value

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


def list_for(node: tree.For, collection: Value, evaluate: Evaluate, scope: Scope) -> Value:
    """`[for value in collection : result if condition]`."""
    passes = rounds(collection, node.key_variable, node.value_variable, scope)
    if passes is None:
        return failure_for(node, scope)
    results = (one.run(lambda inner: _kept(node, evaluate, inner)) for one in passes)
    return Items(tuple(result for result in results if not isinstance(result, Absent)), node.at)


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
    known = truth(condition)
    if known is not None:
        return result() if known else Absent(node.at)
    name = condition_of(condition)
    return failure_for(node, scope) if name is None else choice(name, result(), Absent(node.at), node.at)


def map_for(node: tree.For, collection: Value, evaluate: Evaluate, scope: Scope) -> Value:
    """`{for key, value in collection : name => result... if condition}`."""
    passes = rounds(collection, node.key_variable, node.value_variable, scope)
    if passes is None:
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
        return _grouped(fields, unseen, node, scope)
    certain = [str(field.name) for field in fields if not field.name.holes and not may_be_absent(field.value)]
    if len(set(certain)) < len(certain):
        # Two rounds of the same name: Terraform wants `...` behind the result.
        return failure_for(node, scope)
    return Fields(tuple(fields), node.at, tuple(unseen))


def _field(node: tree.For, one: Round, evaluate: Evaluate, several: Unknown) -> Field | Unknown | None:
    """The member of one round; `several` if there may be more than one, None if the filter leaves it out."""
    value = one.run(lambda inner: _kept(node, evaluate, inner))
    if isinstance(value, Absent):
        return None
    if isinstance(value, Each) or node.name is None:
        return several._replace(spread=True)
    name = as_text(evaluate(node.name, one.scope))
    return failure_for(node, one.scope) if name is None else Field(name, value)


def _grouped(fields: list[Field], unseen: list[Unknown], node: tree.For, scope: Scope) -> Value:
    groups: dict[str, list[Value]] = {}
    names: dict[str, Text] = {}
    for name, value in fields:
        if name.literal is None:
            return unknown_for(node, scope)
        groups.setdefault(name.literal, []).append(value)
        names.setdefault(name.literal, name)
    grouped = (Field(names[name], Items(tuple(values), node.at)) for name, values in groups.items())
    return Fields(tuple(grouped), node.at, tuple(unseen))


def splat(node: tree.Splat, value: Value, evaluate: Evaluate, scope: Scope) -> Value:
    """`value[*].rest`: of null no element, of a single value one."""
    if isinstance(value, Null):
        return Items((), node.at)
    elements = _elements(value)
    return Items(tuple(_splat_elements(node, elements, evaluate, scope)), node.at)


def _elements(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Unknown) and is_instance(value.hole):
        return (value,)
    if isinstance(value, Choice) and not may_be_absent(value):
        gone = Absent(value.at)
        return (
            *(choice(value.condition, one, gone, value.at) for one in _elements(value.when_true)),
            *(choice(value.condition, gone, one, value.at) for one in _elements(value.when_false)),
        )
    listed = spliced(value)
    if listed is not None:
        return listed
    return () if isinstance(value, Null) else (value,)


def _splat_elements(node: tree.Splat, elements: tuple[Value, ...], evaluate: Evaluate, scope: Scope) -> Iterator[Value]:
    for index, element in enumerate(elements):
        inner = scope.bind(f"element {index + 1}", {"*": element})
        yield Round(element, element, inner, "*").run(lambda bound: evaluate(node.each, bound))
