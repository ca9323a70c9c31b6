"""Operators between values, done for each way open conditions may come out.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

from kmslint.syntax import tree
from kmslint.terraform.arithmetic import calculated
from kmslint.terraform.attempts import fails
from kmslint.terraform.choices import Values, distribute
from kmslint.terraform.equality import equal
from kmslint.terraform.logic import conjunction, disjunction, negation
from kmslint.terraform.scalars import integer, of_bool
from kmslint.terraform.scope import Scope, failure_for, hole_for
from kmslint.terraform.shapes import Failure, is_instance
from kmslint.values import Hole, HoleKind, Unknown, Value, text


def unary(node: tree.Operation, operand: Value, scope: Scope) -> Value:
    """`!operand` and `-operand`."""
    refused = failure_for(node, scope)
    unsure = Unknown(refused.hole, node.at)
    if node.operator == "!":
        return distribute((operand,), lambda one: negation(one[0], refused), unsure)
    zero = text("0", node.at, typed=True)
    # Terraform has a negative zero, and prints it so.
    return distribute(
        (operand,), lambda one: unsure if integer(one[0]) == 0 else calculated("-", zero, one[0], unsure), unsure
    )


def binary(node: tree.Operation, left: Value, right: Value, scope: Scope) -> Value:
    """`left operator right`."""
    refused = failure_for(node, scope)
    unsure = Unknown(refused.hole, node.at)

    def operated(two: Values) -> Value:
        if any(map(fails, two)):
            return refused
        if node.operator == "&&":
            return conjunction(two[0], two[1], refused)
        if node.operator == "||":
            return disjunction(two[0], two[1], refused)
        if node.operator in ("==", "!="):
            return _compared(node, two, scope, refused)
        return calculated(node.operator, two[0], two[1], unsure)

    return distribute((left, right), operated, unsure)


def _compared(node: tree.Operation, two: Values, scope: Scope, refused: Failure) -> Value:
    same = equal(two[0], two[1])
    if same is not None:
        return of_bool(same == (node.operator == "=="), node.at)
    answer = Unknown(_equality(node, two, scope), node.at)
    return answer if node.operator == "==" else negation(answer, refused)


def _equality(node: tree.Operation, two: Values, scope: Scope) -> Hole:
    """The one name for `a == b` and `a != b`, whatever locals lead to `a` and `b`."""
    left, right = (_side(side, value, scope) for side, value in zip((node.left, node.right), two, strict=True))
    owners = dict.fromkeys(owner for _, owner in (left, right) if owner)
    return Hole(HoleKind.EXPRESSION, f"{left[0]} == {right[0]}", ", ".join(owners))


def _side(node: tree.Node | None, value: Value, scope: Scope) -> tuple[str, str]:
    if isinstance(value, Unknown) and not is_instance(value.hole):
        return value.hole.label, value.hole.scope
    if node is None:
        return "", ""
    hole = hole_for(node, scope)
    return hole.label, hole.scope
