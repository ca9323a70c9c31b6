"""HCL expressions -> values. What cannot be known becomes an unknown that is named as the source spells it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kmslint import limits
from kmslint.location import Location
from kmslint.syntax import tree
from kmslint.terraform import functions
from kmslint.terraform.access import element_of, member_of
from kmslint.terraform.attempts import first_that_works, works
from kmslint.terraform.budget import Budget
from kmslint.terraform.calls import Given
from kmslint.terraform.choices import Values, decided, distribute
from kmslint.terraform.iteration import list_for, map_for, splat
from kmslint.terraform.list_functions import chained
from kmslint.terraform.logic import condition_of
from kmslint.terraform.operations import binary, unary
from kmslint.terraform.scalars import as_text, number, truth
from kmslint.terraform.scope import Scope, failure_for, hole_for, out_of_bounds, unknown_for
from kmslint.terraform.set_functions import set_of
from kmslint.terraform.shapes import Failure, SetItems, choice, is_certain, is_instance
from kmslint.terraform.templates import template
from kmslint.values import Encoded, Field, Fields, Hole, Items, Null, Text, Unknown, Value, text

Step = tree.Attribute | tree.Index

_HEAVY = {tree.For: 3, tree.Splat: 3, tree.Template: 2, tree.Call: 2, tree.Conditional: 2}
"""Levels of nesting that a node counts for: what evaluating it takes of the interpreter's stack."""


class Names(Protocol):
    """Where the names of a module lead."""

    def look_up(self, root: tree.Variable, steps: Sequence[Step], scope: Scope) -> tuple[Value, int]:
        """What a reference names, and how many of its steps that took."""
        ...

    def attribute(self, instance: Hole, name: str, at: Location) -> Value:
        """An attribute of a resource."""
        ...


class Evaluator:
    """Evaluates expressions within one budget. Nothing raises, whatever the expression."""

    def __init__(self, names: Names, budget: Budget) -> None:
        self.names = names
        self.budget = budget
        self._methods: dict[type[Any], Callable[[Any, Scope], Value]] = {
            tree.Scalar: self._scalar,
            tree.Mapping: self._mapping,
            tree.Sequence: lambda node, scope: Items(tuple(self.evaluate(one, scope) for one in node.items), node.at),
            tree.Variable: self._reference,
            tree.Attribute: self._reference,
            tree.Index: self._reference,
            tree.Splat: lambda node, scope: splat(node, self.evaluate(node.of, scope), self.evaluate, scope),
            tree.Call: self._call,
            tree.Conditional: self._conditional,
            tree.Operation: self._operation,
            tree.For: self._for,
            tree.Template: lambda node, scope: template(node, self.evaluate, scope),
        }

    def evaluate(self, node: tree.Node, scope: Scope) -> Value:
        """The value of an expression."""
        budget = self.budget
        if not budget.take(node.at):
            return budget.exhausted(node.at)
        levels = _HEAVY.get(type(node), 1)
        if budget.depth + levels > limits.DEPTH:
            return out_of_bounds(f"an expression nested deeper than {limits.DEPTH} levels", node.at)
        budget.depth += levels
        try:
            return self._methods[type(node)](node, scope)
        finally:
            budget.depth -= levels

    def _scalar(self, node: tree.Scalar, scope: Scope) -> Value:
        if node.style is not tree.Style.PLAIN:
            return _spelt(node)
        if node.text == "null":
            return Null(node.at)
        spelt = node.text if node.text in ("true", "false") else number(node.text)
        return unknown_for(node, scope) if spelt is None else text(spelt, node.at, typed=True)

    def _mapping(self, node: tree.Mapping, scope: Scope) -> Value:
        fields: list[Field] = []
        for entry in node.entries:
            key = entry.key
            name = _spelt(key) if isinstance(key, tree.Scalar) else as_text(self.evaluate(key, scope))
            if name is None:
                return failure_for(node, scope)
            fields.append(Field(name, self.evaluate(entry.value, scope)))
        return Fields(tuple(fields), node.at)

    def _reference(self, node: tree.Variable | Step, scope: Scope) -> Value:
        root, steps = _unwound(node)
        used = 0
        if not isinstance(root, tree.Variable):
            value = self.evaluate(root, scope)
        elif root.name in scope.names:
            value = scope.names[root.name]
        else:
            value, used = self.names.look_up(root, steps, scope)
        for step in steps[used:]:
            value = self._step(value, step, scope)
        return value._replace(at=node.at) if isinstance(value, Unknown) else value

    def _step(self, value: Value, step: Step, scope: Scope) -> Value:
        refused = failure_for(step, scope)
        if isinstance(step, tree.Index):
            return element_of(value, self.evaluate(step.key, scope), refused)
        name = step.name
        return distribute(
            (value,), lambda one: self._attribute(one[0], name, refused), Unknown(refused.hole, refused.at)
        )

    def _attribute(self, value: Value, name: str, refused: Failure) -> Value:
        if isinstance(value, Unknown) and is_instance(value.hole):
            return self.names.attribute(value.hole, name, refused.at)
        return member_of(value, name, refused)

    def _call(self, node: tree.Call, scope: Scope) -> Value:
        if node.name in ("try", "can") and not node.spread:
            return self._attempt(node, scope._replace(attempt=True))
        values = tuple(self.evaluate(argument, scope) for argument in node.arguments)
        given = Given(values, hole_for(node, scope), node.at)
        if not node.spread or not values:
            return self._result(node.name, given)
        *first, last = values
        if isinstance(last, Items) and is_certain(last):
            return self._result(node.name, given._replace(values=(*first, *last.items)))
        if node.name == "concat" and not first:
            # The lists of a list whose length nobody knows, one after the other.
            return chained(given)
        return given.failure() if isinstance(last, (Text, Null)) else given.unknown()

    def _result(self, name: str, given: Given) -> Value:
        cost = sum(map(_width, given.values))
        return functions.call(name, given) if self.budget.take(given.at, cost) else self.budget.exhausted(given.at)

    def _attempt(self, node: tree.Call, scope: Scope) -> Value:
        refused = failure_for(node, scope)
        if node.name == "try":
            return first_that_works([self._later(argument, scope) for argument in node.arguments], refused)
        return works(self.evaluate(node.arguments[0], scope), refused) if len(node.arguments) == 1 else refused

    def _conditional(self, node: tree.Conditional, scope: Scope) -> Value:
        """One branch if the condition is known, else a choice between both."""
        when_true, when_false = self._later(node.when_true, scope), self._later(node.when_false, scope)

        def chosen(conditions: Values) -> Value:
            known = truth(conditions[0])
            if known is not None:
                taken, other = (when_true, when_false) if known else (when_false, when_true)
                return _of_one_type(taken(), node.when_false if known else node.when_true, other)
            name = condition_of(conditions[0])
            if name is None:
                return failure_for(node, scope)
            return choice(name, decided(when_true(), name, True), decided(when_false(), name, False), node.at)

        return distribute((self.evaluate(node.condition, scope),), chosen, unknown_for(node, scope))

    def _operation(self, node: tree.Operation, scope: Scope) -> Value:
        right = self.evaluate(node.right, scope)
        if node.left is None:
            return unary(node, right, scope)
        return binary(node, self.evaluate(node.left, scope), right, scope)

    def _for(self, node: tree.For, scope: Scope) -> Value:
        collection = self.evaluate(node.of, scope)
        if node.name is None:
            return list_for(node, collection, self.evaluate, scope)
        return distribute(
            (collection,), lambda one: map_for(node, one[0], self.evaluate, scope), unknown_for(node, scope)
        )

    def _later(self, node: tree.Node, scope: Scope) -> Callable[[], Value]:
        """Evaluates when it is called, and only once."""
        results: list[Value] = []

        def value() -> Value:
            if not results:
                results.append(self.evaluate(node, scope))
            return results[0]

        return value


def _spelt(node: tree.Scalar) -> Text:
    return Text((node.text,) if node.text else (), node.at, False, (node.excerpt,))


def _unwound(node: tree.Node) -> tuple[tree.Node, list[Step]]:
    """The root of a reference, and the steps from there."""
    steps: list[Step] = []
    while isinstance(node, (tree.Attribute, tree.Index)):
        steps.append(node)
        node = node.of
    steps.reverse()
    return node, steps


def _of_one_type(value: Value, other: tree.Node, other_value: Callable[[], Value]) -> Value:
    """A number or boolean becomes a string where the other branch of a conditional is one, a list a set."""
    if isinstance(value, Text):
        is_string = isinstance(other, tree.Template) or (
            isinstance(other, tree.Scalar) and other.style is not tree.Style.PLAIN
        )
        return value._replace(typed=False) if is_string else value
    if isinstance(value, Items) and not isinstance(value, SetItems) and isinstance(other_value(), SetItems):
        return set_of(value)
    return value


def _width(value: Value) -> int:
    """What a function may have to look through."""
    if isinstance(value, Items):
        return len(value.items)
    if isinstance(value, Fields):
        return len(value.fields)
    return len(value.literal or "") // 64 if isinstance(value, Text) else 1 if isinstance(value, Encoded) else 0
