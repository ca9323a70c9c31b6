"""Operators between values, done for each way open conditions may come out.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

from kmslint.syntax import tree
from kmslint.terraform.arithmetic import calculated
from kmslint.terraform.attempts import Doubts, fails
from kmslint.terraform.choices import Values, distribute
from kmslint.terraform.conversions import to_number
from kmslint.terraform.equality import equal
from kmslint.terraform.logic import condition_of, conjunction, disjunction, negation
from kmslint.terraform.scalars import as_bool, integer, of_bool
from kmslint.terraform.scope import Scope, failure_for, hole_for
from kmslint.terraform.shapes import Failure, is_instance
from kmslint.values import Hole, HoleKind, Null, Text, Unknown, Value, text


def unary(node: tree.Operation, operand: Value, scope: Scope, doubts: Doubts) -> Value:
    """`!operand` and `-operand`."""
    refused = failure_for(node, scope)
    unsure = Unknown(refused.hole, node.at)
    _doubt(node, (operand,), scope, doubts)
    if node.operator == "!":
        return distribute((operand,), lambda one: negation(one[0], refused), unsure)
    zero = text("0", node.at)

    def negative(operands: Values) -> Value:
        # Terraform has a negative zero, and prints it so.
        return unsure if integer(operands[0]) == 0 else _arithmetic("-", (zero, operands[0]), refused)

    return distribute((operand,), negative, unsure)


def binary(node: tree.Operation, left: Value, right: Value, scope: Scope, doubts: Doubts) -> Value:
    """`left operator right`."""
    refused = failure_for(node, scope)
    unsure = Unknown(refused.hole, node.at)
    _doubt(node, (left, right), scope, doubts)

    def operated(two: Values) -> Value:
        decisive = {"&&": False, "||": True}.get(node.operator)
        if decisive is not None and as_bool(two[0]) is decisive:
            if as_bool(two[1]) is None and condition_of(two[1]) is None:
                # Refused up to Terraform 1.11.
                doubts.add(scope)
            return of_bool(decisive, node.at)
        if any(map(fails, two)):
            return refused
        if node.operator == "&&":
            return conjunction(two[0], two[1], refused)
        if node.operator == "||":
            return disjunction(two[0], two[1], refused)
        if node.operator in ("==", "!="):
            return _compared(node, two, scope, refused)
        return _arithmetic(node.operator, two, refused)

    return distribute((left, right), operated, unsure)


def _doubt(node: tree.Operation, operands: Values, scope: Scope, doubts: Doubts) -> None:
    """Anything can be compared; other operators want numbers or booleans."""
    if node.operator in ("==", "!="):
        return
    if any(isinstance(one, (Unknown, Null)) or (isinstance(one, Text) and one.literal is None) for one in operands):
        doubts.add(scope)


def _arithmetic(operator: str, operands: Values, refused: Failure) -> Value:
    left, right = (to_number(one, refused) for one in operands)
    if isinstance(left, Failure) or isinstance(right, Failure):
        return refused
    return calculated(operator, left, right, Unknown(refused.hole, refused.at))


def _compared(node: tree.Operation, two: Values, scope: Scope, refused: Failure) -> Value:
    same = equal(two[0], two[1])
    if same is not None:
        return of_bool(same == (node.operator == "=="), node.at)
    answer = Unknown(_equality(node, two, scope), node.at)
    return answer if node.operator == "==" else negation(answer, refused)


def _equality(node: tree.Operation, two: Values, scope: Scope) -> Hole:
    """The one name for `a == b` and `a != b`, whatever locals lead to `a` and `b`."""
    assert node.left is not None  # unary operators compare nothing
    left, right = (_side(side, value, scope) for side, value in zip((node.left, node.right), two, strict=True))
    owners = dict.fromkeys(owner for _, owner in (left, right) if owner)
    return Hole(HoleKind.EXPRESSION, f"{left[0]} == {right[0]}", ", ".join(owners))


def _side(node: tree.Node, value: Value, scope: Scope) -> tuple[str, str]:
    if isinstance(value, Unknown) and not is_instance(value.hole):
        return value.hole.label, value.hole.scope
    hole = hole_for(node, scope)
    return hole.label, hole.scope
