"""Conditional expressions: one of two values, of the one type that both of them have.

https://developer.hashicorp.com/terraform/language/expressions/conditionals
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.syntax import tree
from kmslint.terraform.attempts import Doubts, fails, is_open
from kmslint.terraform.choices import Values, decided, distribute
from kmslint.terraform.conversions import converted
from kmslint.terraform.kinds import ListItems, MapFields, Untyped
from kmslint.terraform.logic import condition_of
from kmslint.terraform.scalars import as_bool
from kmslint.terraform.scope import Scope, failure_for, unknown_for
from kmslint.terraform.shapes import Failure, SetItems, choice, is_certain
from kmslint.terraform.types import ANY, NULL, Type, is_settled, is_sure, type_of
from kmslint.terraform.unification import unified
from kmslint.values import Items, Null, Unknown, Value

_COLLECTIONS = (ListItems, SetItems, MapFields)

Branch = Callable[[bool], Value]
"""Evaluates a branch; with True, only for its type: Terraform does not ask whether the other branch is refused."""


def conditional(
    node: tree.Conditional, condition: Value, branches: tuple[Branch, Branch], scope: Scope, doubts: Doubts
) -> Value:
    """One branch if the condition is known, else a choice between both."""
    when_true, when_false = branches
    refused = failure_for(node, scope)
    if isinstance(condition, Unknown):
        doubts.add(scope)

    def of_one_type(value: Value, other: Type) -> Value:
        if isinstance(value, Untyped):
            return value if other == NULL else Null(value.at)
        wanted = _type_of_both(value, other)
        if wanted is None:
            return refused
        if not (is_settled(wanted) and is_settled(other) and is_settled(type_of(value))):
            doubts.add(scope)
        return converted(value, wanted, refused)

    def discarded_type(branch: Branch, source: tree.Node, own: Value | None = None) -> Type:
        """Of the branch that is not taken: Terraform does not mind if it is refused, but looks at its type."""
        with doubts.apart():
            before = doubts.count
            value = branch(True)
            doubtful = doubts.count > before
        if isinstance(value, Failure) and isinstance(source, tree.Call):
            # What a function refuses has no type. Of anything else Terraform may still know it.
            return NULL
        return _doubtful_type(value, own) if doubtful else type_of(value)

    def chosen(conditions: Values) -> Value:
        known = as_bool(conditions[0])
        if known is not None:
            taken, other = (when_true, when_false) if known else (when_false, when_true)
            value, source = taken(False), (node.when_true, node.when_false)[known]
            return of_one_type(value, discarded_type(other, source, value))
        name = condition_of(conditions[0])
        if name is None:
            return refused
        first, second = when_true(False), when_false(False)
        types = _types_unless_refused(first, second)
        if types is None:
            # One of them may be refused instead, and then Terraform does not ask what its type would be.
            types = discarded_type(when_true, node.when_true), discarded_type(when_false, node.when_false)
        return choice(
            name,
            decided(of_one_type(first, types[1]), name, True),
            decided(of_one_type(second, types[0]), name, False),
            node.at,
        )

    return distribute((condition,), chosen, unknown_for(node, scope))


def _doubtful_type(value: Value, own: Value | None) -> Type:
    """The type of a branch that may be refused: if both are sets, that is certain in any case."""
    alike = type(value) is type(own) and isinstance(value, _COLLECTIONS)
    return Type(type_of(value).kind, (ANY,)) if alike else ANY


def _types_unless_refused(first: Value, second: Value) -> tuple[Type, Type] | None:
    """The types of two branches of which nobody knows which is taken; None if nothing can be of both."""
    types = type_of(first), type_of(second)
    if types[0] == types[1]:
        return types
    if unified(types) is None:
        return None
    return _type_unless_refused(first, types[0]), _type_unless_refused(second, types[1])


def _type_unless_refused(value: Value, type_: Type) -> Type:
    """The type of a branch that is not taken; what a function made has none if Terraform refuses it."""
    uncertain = isinstance(value, Items) and not is_certain(value)
    if isinstance(value, _COLLECTIONS) and (uncertain or is_open(value)):
        return NULL if fails(value) else Type(type_.kind, (ANY,))
    return type_


def _type_of_both(value: Value, other: Type) -> Type | None:
    """What a branch is converted to: to a string where the other is one, to a set where it is a set.

    NULL if there is nothing to convert, None if Terraform refuses the two.
    """
    own = type_of(value)
    if other == NULL:
        return NULL
    wanted = unified([own, other])
    return NULL if own == wanted and is_sure(own) else wanted
