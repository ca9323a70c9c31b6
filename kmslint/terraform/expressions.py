"""HCL expressions -> values. What cannot be known becomes an unknown that is named as the source spells it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kmslint import limits
from kmslint.location import Location
from kmslint.syntax import tree
from kmslint.terraform import file_functions, functions
from kmslint.terraform.access import element_of, member_of
from kmslint.terraform.attempts import (
    Attempt,
    Doubts,
    first_that_works,
    is_filled_openly,
    is_open,
    may_fail,
    works,
)
from kmslint.terraform.budget import Budget
from kmslint.terraform.calls import Given
from kmslint.terraform.choices import distribute
from kmslint.terraform.conditionals import Branch, conditional
from kmslint.terraform.files import Files
from kmslint.terraform.iteration import Evaluate, list_for, map_for, name_of
from kmslint.terraform.kinds import ObjectFields, TupleItems, Untyped, has_length, in_order, retyped
from kmslint.terraform.list_functions import chained
from kmslint.terraform.operations import binary, unary
from kmslint.terraform.rendering import Rendering
from kmslint.terraform.scalars import number
from kmslint.terraform.scope import Scope, failure_for, hole_for, out_of_bounds, unknown_for
from kmslint.terraform.shapes import Failure, as_list, is_instance
from kmslint.terraform.splats import Step, nested, splat, unwound
from kmslint.terraform.templates import template
from kmslint.terraform.types import is_settled, type_of, weight
from kmslint.values import ANY_TEXT, Choice, Encoded, Field, Fields, Hole, Items, Null, Text, Unknown, Value, text

__all__ = ["Evaluator", "Names", "Step"]

_HEAVY = {tree.For: 3, tree.Splat: 3, tree.Template: 2, tree.Call: 2, tree.Conditional: 2}
"""Levels of nesting that a node counts for: what evaluating it takes of the interpreter's stack."""

_NEVER_REFUSED = frozenset({"can", "jsonencode", "nonsensitive", "sensitive", "try"})
"""Functions that take everything, or whose doubts are counted one by one."""

_PER_STEP = 16
"""Values in a value that count as one step where all of them are looked at."""


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

    def __init__(
        self, names: Names, budget: Budget, files: Files | None = None, around: Evaluator | None = None
    ) -> None:
        """`files` are those that expressions may read. Inside a template of its own, `around` is who renders it."""
        self.names = names
        self.budget = budget
        self.files = files
        self.around = around
        self.doubts: Doubts = Doubts() if around is None else around.doubts
        self._variables: dict[int, tuple[Value, Value]] = {}
        self._methods: dict[type[Any], Callable[[Any, Scope], Value]] = {
            tree.Scalar: self._scalar,
            tree.Mapping: self._mapping,
            tree.Sequence: lambda node, scope: TupleItems(
                tuple(self.evaluate(one, scope) for one in node.items), node.at
            ),
            tree.Variable: self._reference,
            tree.Attribute: self._reference,
            tree.Index: self._reference,
            tree.Splat: self._splat,
            tree.Call: self._call,
            tree.Conditional: self._conditional,
            tree.Operation: self._operation,
            tree.For: self._for,
            tree.Template: lambda node, scope: template(node, self.evaluate, scope, budget),
        }

    def evaluate(self, node: tree.Node, scope: Scope) -> Value:
        """The value of an expression."""
        budget = self.budget
        levels = _HEAVY.get(type(node), 1)
        if budget.depth + levels > limits.DEPTH:
            reason = f"an expression nested deeper than {limits.DEPTH} levels"
            return out_of_bounds(limits.named(reason, "depth"), node.at)
        budget.enter(levels)
        try:
            if not budget.take(node.at):
                return budget.exhausted(node.at)
            value = self._methods[type(node)](node, scope)
            return self._attempted(node, value, scope) if scope.attempt else value
        finally:
            budget.leave(levels)

    def _attempted(self, node: tree.Node, value: Value, scope: Scope) -> Value:
        """Inside `try` and `can`: a list or map with an element that is refused is refused itself."""
        if isinstance(node, (tree.Variable, tree.Attribute, tree.Index)) or isinstance(value, Failure):
            return value
        is_sure = isinstance(node, tree.Call) and node.name in _NEVER_REFUSED
        is_filled = isinstance(node, tree.Template) and (is_filled_openly(value) or isinstance(value, Choice))
        if is_filled or (isinstance(value, Unknown) and not is_sure):
            self.doubts.add(scope)
        if not isinstance(value, (Items, Fields)) or not self.budget.take(node.at, _width(value)):
            return value
        elements = value.items if isinstance(value, Items) else tuple(field.value for field in value.fields)
        if isinstance(node, tree.For) and node.grouped:
            elements = tuple(one for group in elements if isinstance(group, Items) for one in group.items)
        is_call = isinstance(node, tree.Call)
        if any(may_fail(one) or (is_call and isinstance(one, Unknown)) for one in elements):
            self.doubts.add(scope)
        if isinstance(value, Fields) and any(is_filled_openly(field.name) for field in value.fields):
            self.doubts.add(scope)
        return next((one for one in elements if isinstance(one, Failure)), value)

    def _scalar(self, node: tree.Scalar, scope: Scope) -> Value:
        if node.style is not tree.Style.PLAIN:
            return _spelt(node)
        if node.text == "null":
            return Untyped(node.at)
        spelt = node.text if node.text in ("true", "false") else number(node.text)
        if spelt is None:
            return unknown_for(node, scope)
        if node.text.startswith("0"):
            self.budget.oddities.look_at_number(node, spelt)
        return text(spelt, node.at, typed=True)

    def _mapping(self, node: tree.Mapping, scope: Scope) -> Value:
        fields: dict[str | int, Field] = {}
        self.budget.oddities.look_at_object(node)
        for index, entry in enumerate(node.entries):
            key = entry.key
            name = _spelt(key) if isinstance(key, tree.Scalar) else name_of(self.evaluate(key, scope), key, scope)
            if name is None:
                return failure_for(node, scope)
            # Terraform keeps the last of several members, and says nothing of it. Names that are not known may differ.
            known = index if name.literal is None else name.literal
            before = fields.pop(known, None)
            if before is not None and isinstance(before.value, Failure):
                return before.value
            fields[known] = Field(name, self.evaluate(entry.value, scope))
        return ObjectFields(tuple(fields.values()), node.at)

    def _reference(self, node: tree.Variable | Step, scope: Scope) -> Value:
        root, steps = unwound(node)
        used = 0
        if not isinstance(root, tree.Variable):
            value = self.evaluate(root, scope)
        elif root.name in scope.names:
            value = scope.names[root.name]
        else:
            value, used = self.names.look_up(root, steps, scope)
            value = self._variable(value) if root.name == "var" else value
        for step in steps[used:]:
            value = self._step(value, step, scope)
        return value._replace(at=node.at) if isinstance(value, Unknown) else value

    def _variable(self, value: Value) -> Value:
        """The value of a variable, which is the same object each time it is looked up."""
        if not isinstance(value, (Untyped, Items, Fields, Choice)):
            return value
        if id(value) not in self._variables:
            self._variables[id(value)] = value, retyped(value)
        return self._variables[id(value)][1]

    def _step(self, value: Value, step: Step, scope: Scope) -> Value:
        refused = failure_for(step, scope)
        if isinstance(step, tree.Index):
            result = element_of(value, self.evaluate(step.key, scope), refused)
        else:
            name = step.name
            unsure = Unknown(refused.hole, refused.at)
            result = distribute((value,), lambda one: self._attribute(one[0], name, refused), unsure)
        if isinstance(result, Unknown) and not _is_attribute(value):
            self.doubts.add(scope)
        return result

    def _attribute(self, value: Value, name: str, refused: Failure) -> Value:
        if isinstance(value, Unknown) and is_instance(value.hole):
            return self.names.attribute(value.hole, name, refused.at)
        return member_of(value, name, refused)

    def _splat(self, node: tree.Splat, scope: Scope) -> Value:
        inner = nested(node)
        if not isinstance(inner, tree.Splat):
            return self.evaluate(inner, scope)
        value = self.evaluate(inner.of, scope)
        is_null = isinstance(value, Null) and not isinstance(value, Untyped)
        is_empty = isinstance(value, Items) and not value.items and not isinstance(value, TupleItems)
        is_unseen = isinstance(value, Unknown) and value.hole.kind in ANY_TEXT
        if is_null or is_unseen or (is_empty and not isinstance(inner.each, tree.Variable)):
            # A null list is refused, other nulls are not; of an empty list Terraform looks at the type.
            self.doubts.add(scope)
        return splat(inner, value, self.evaluate, scope)

    def _call(self, node: tree.Call, scope: Scope) -> Value:
        name = node.name.removeprefix("core::")
        if name in ("try", "can") and not node.spread:
            return self._attempt(name, node, scope)
        values = tuple(self.evaluate(argument, scope) for argument in node.arguments)
        if scope.attempt and name not in _NEVER_REFUSED and _is_doubtful(name, values):
            self.doubts.add(scope)
        given = Given(values, hole_for(node, scope), node.at, self.budget.oddities)
        if not node.spread or not values:
            return self._result(name, given, node, scope)
        *first, last = values
        if isinstance(last, Items) and has_length(last) and in_order(last):
            return self._result(name, given._replace(values=(*first, *last.items)), node, scope)
        if name == "concat" and not first:
            # The lists of a list whose length nobody knows, one after the other.
            return chained(given)
        return given.failure() if isinstance(last, (Text, Null, Fields, Encoded)) else given.unknown()

    def _result(self, name: str, given: Given, node: tree.Call, scope: Scope) -> Value:
        cost = sum(map(_width if name in functions.SHALLOW else _depth, given.values))
        if not self.budget.take(given.at, cost):
            return self.budget.exhausted(given.at)
        return self._of_files(name, given, node, scope) if name in functions.OF_FILES else functions.call(name, given)

    def _of_files(self, name: str, given: Given, node: tree.Call, scope: Scope) -> Value:
        if name not in ("templatefile", "templatestring"):
            return given.unknown() if self.files is None else file_functions.read(name, given, self.files)
        if self.around is not None:
            # Terraform takes neither inside a template.
            return given.failure()
        if name == "templatefile":
            return self.rendering(scope).templatefile(given)
        is_reference = isinstance(node.arguments[0], (tree.Variable, tree.Attribute, tree.Index))
        return self.rendering(scope).templatestring(given) if is_reference else given.failure()

    def rendering(self, scope: Scope) -> Rendering:
        """Renders templates for an expression of that scope."""

        def render(node: tree.Node, inside: Scope, names: Names) -> Value:
            paid = self.budget.take(node.at, (node.at.end - node.at.start) // 64)
            inner = Evaluator(names, self.budget, self.files, self)
            return inner.evaluate(node, inside) if paid else self.budget.exhausted(node.at)

        return Rendering(render, self.names.attribute, self.files, scope)

    def _attempt(self, name: str, node: tree.Call, scope: Scope) -> Value:
        refused, inner = failure_for(node, scope), scope._replace(attempt=True)
        attempts = [self._later_attempt(argument, inner) for argument in node.arguments]
        if name == "try":
            return first_that_works(attempts, refused, lambda: self.doubts.add(scope))
        return works(attempts[0](), refused) if len(attempts) == 1 else refused

    def _later_attempt(self, node: tree.Node, scope: Scope) -> Callable[[], Attempt]:
        """Evaluates an argument of `try` when it is called, and only once; its doubts stay with it."""
        results: list[Attempt] = []

        def attempt() -> Attempt:
            if not results:
                with self.doubts.apart():
                    before = self.doubts.count
                    value = self.evaluate(node, scope)
                    results.append(Attempt(value, self.doubts.count > before))
            return results[0]

        return attempt

    def _conditional(self, node: tree.Conditional, scope: Scope) -> Value:
        """One branch if the condition is known, else a choice between both."""
        branches = self._later(node.when_true, scope), self._later(node.when_false, scope)
        return conditional(node, self.evaluate(node.condition, scope), branches, scope, self.doubts)

    def _operation(self, node: tree.Operation, scope: Scope) -> Value:
        right = self.evaluate(node.right, scope)
        if node.left is None:
            return unary(node, right, scope, self.doubts)
        left = self.evaluate(node.left, scope)
        if not self.budget.take(node.at, _depth(left) + _depth(right)):
            return self.budget.exhausted(node.at)
        return binary(node, left, right, scope, self.doubts)

    def _for(self, node: tree.For, scope: Scope) -> Value:
        collection = self.evaluate(node.of, scope)
        if isinstance(collection, Failure):
            return collection
        if _is_attribute(collection):
            # One resource or module as a whole: it is an object, and never empty.
            return unknown_for(node, scope)
        if scope.attempt and (is_open(collection) or (node.condition and _is_empty(collection))):
            self.doubts.add(scope)
        loop = list_for if node.name is None else map_for
        evaluate = self._watching(node.condition)
        if node.name is None and as_list(collection) is not None:
            # The elements of both lists of a choice, each under the condition.
            return loop(node, collection, evaluate, scope)
        return distribute((collection,), lambda one: loop(node, one[0], evaluate, scope), unknown_for(node, scope))

    def _watching(self, condition: tree.Node | None) -> Evaluate:
        """Evaluates what stands in a loop, and doubts the condition where nobody knows that it is one."""

        def evaluate(node: tree.Node, scope: Scope) -> Value:
            value = self.evaluate(node, scope)
            if node is condition and isinstance(value, Unknown):
                self.doubts.add(scope)
            return value

        return evaluate

    def _later(self, node: tree.Node, scope: Scope) -> Branch:
        """Evaluates when it is called, and only once. What it costs to tell the type of it is paid for."""
        results: dict[bool, Value] = {}

        def value(discarded: bool) -> Value:
            if discarded not in results:
                found = self.evaluate(node, scope._replace(attempt=True) if discarded else scope)
                paid = self.budget.take(node.at, _depth(found))
                results[discarded] = found if paid else self.budget.exhausted(node.at)
            return results[discarded]

        return value


def _spelt(node: tree.Scalar) -> Text:
    literal = node.text
    if not literal.isascii() and not unicodedata.is_normalized("NFC", literal):
        # Terraform keeps texts in this form; where each character stands is lost.
        return text(unicodedata.normalize("NFC", literal), node.at)
    return Text((literal,) if literal else (), node.at, False, (node.excerpt,))


def _is_empty(value: Value) -> bool:
    return (isinstance(value, Items) and not value.items) or (isinstance(value, Fields) and not value.fields)


def _is_doubtful(name: str, values: Sequence[Value]) -> bool:
    """Whether Terraform may refuse the arguments: something in them is not known, or the types of elements are not."""
    if any(is_open(value) or (isinstance(value, Null) and not isinstance(value, Untyped)) for value in values):
        return True
    if name == "coalesce":
        return not all(is_settled(type_of(value)) for value in values)
    if name == "lookup" and len(values) == 3:
        # In a map the default is of the type of the elements.
        return not isinstance(values[0], ObjectFields) and type_of(values[0]).element != type_of(values[2])
    lists = [value for value in values if isinstance(value, (Items, Fields))]
    return name not in functions.SHALLOW and not all(is_settled(type_of(value)) for value in lists)


def _is_attribute(value: Value) -> bool:
    """Whether what is asked of a value is an attribute of a resource, which there certainly is."""
    return isinstance(value, Unknown) and is_instance(value.hole)


def _depth(value: Value) -> int:
    """What it costs to look at all of a value."""
    return weight(value) // _PER_STEP if isinstance(value, (Items, Fields)) else _width(value)


def _width(value: Value) -> int:
    """What a function may have to look through."""
    if isinstance(value, Items):
        return len(value.items)
    if isinstance(value, Fields):
        return len(value.fields)
    return len(value.literal or "") // 64 if isinstance(value, Text) else 1 if isinstance(value, Encoded) else 0
