"""Conditions: in which of the caller's requests a Condition element holds.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import time
from typing import Final

from kmslint.access import context
from kmslint.access.caller import CallerKind
from kmslint.access.condition_values import Met, met
from kmslint.access.context import Status
from kmslint.access.effort import spend
from kmslint.access.moments import moment
from kmslint.access.operators import Family, Operator, base_operator, holds, is_acceptable
from kmslint.access.situation import Situation
from kmslint.model.arn import parse_arn
from kmslint.model.policy import Element, Statement, Test
from kmslint.values import Text, Unknown
from kmslint.verdict import (
    ALWAYS,
    NEVER,
    SOMETIMES,
    UNDECIDED,
    UNKNOWN,
    Truth,
    Verdict,
    all_of,
    any_of,
    both,
    constant,
    negate,
)
from kmslint.wildcard import fold

_DAY: Final = 24 * 60 * 60
_TIME_KEYS: Final = frozenset({"aws:currenttime", "aws:epochtime"})
_BEFORE: Final = frozenset(
    f"{family}{comparison}" for family in ("Date", "Numeric") for comparison in ("LessThan", "LessThanEquals", "Equals")
)
_AFTER: Final = frozenset(
    f"{family}{comparison}"
    for family in ("Date", "Numeric")
    for comparison in ("GreaterThan", "GreaterThanEquals", "NotEquals")
)


def conditions_hold(statement: Statement, situation: Situation) -> Truth:
    """Whether all conditions of a statement hold, over the requests the caller can make."""
    spend(1 + len(statement.conditions))
    return both(truth_of(test, situation, statement.literal_variables) for test in statement.conditions)


def truth_of(test: Test | Unknown, situation: Situation, literal_variables: bool = False) -> Truth:
    """Whether one test holds."""
    if isinstance(test, Unknown) or test.key.literal is None:
        return _refused(situation)
    operator = base_operator(test.operator)
    if operator is not None and operator.family is Family.NULL and test.if_exists:
        operator = None  # the one operator that AWS has no IfExists for
    if operator is None or (situation.is_one_request and not all(is_acceptable(operator, one) for one in test.values)):
        return _refused(situation)
    if not test.values:
        return UNDECIDED
    status, values = context.look_up(test.key.literal, situation)
    if status is Status.UNSUPPORTED:
        return _unsupported(test, operator)
    if status in (Status.OPEN, Status.UNRESOLVED):
        return _unsaid(test, operator, status, situation, literal_variables)
    if operator.family is Family.NULL:
        return _null(test, status, values)
    if status is Status.ABSENT:
        return _absent(test, operator)
    if _is_name_of_anybody(test, situation):
        return _by_chosen_name(test, operator, values[0], situation, literal_variables)
    present = _present(test, operator, values, situation, literal_variables)
    return _there_or_not(present, test, operator) if status is Status.CHOSEN else constant(present)


def _unsaid(test: Test, operator: Operator, status: Status, situation: Situation, literal_variables: bool) -> Truth:
    """Whether a test holds of a key whose value the request decides, or something that the template does not say."""
    if operator.family is Family.NULL:
        return _null(test, status, ()) if status is Status.OPEN else UNDECIDED
    how = met(test, literal_variables, by_service=situation.caller.kind is CallerKind.SERVICE)
    if how is Met.NEVER:
        return _there_or_not(Verdict.of(operator.negated), test, operator)
    return UNDECIDED if how is Met.UNTOLD or status is Status.UNRESOLVED else _open(test)


def _there_or_not(present: Verdict, test: Test, operator: Operator) -> Truth:
    """Whether a test holds of requests of which some carry the key and some do not."""
    absent = _absent(test, operator)
    return Truth(any_of((present, absent.some)), all_of((present, absent.every)))


def _refused(situation: Situation) -> Truth:
    """What AWS would refuse matches nothing; in a template, more may be meant than can be seen."""
    return NEVER if situation.is_one_request else UNDECIDED


def _present(
    test: Test, operator: Operator, values: tuple[Text, ...], situation: Situation, literal_variables: bool
) -> Verdict:
    """Whether a test holds of the values that a request carries.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    each = []
    for value in values:
        verdict = holds(operator, test.values, value, situation, str(test.key), literal_variables)
        each.append(negate(verdict) if operator.negated else verdict)
    if test.quantifier == "ForAllValues":
        return all_of(each)
    if test.quantifier == "ForAnyValue":
        return any_of(each)
    # Of several values tested as if they were one, and of a key with no value, AWS does not say what comes.
    return each[0] if len(each) == 1 else UNKNOWN


def _is_name_of_anybody(test: Test, situation: Situation) -> bool:
    return situation.caller.is_stranger and fold(str(test.key)) == "aws:principalarn"


def _by_chosen_name(
    test: Test, operator: Operator, value: Text, situation: Situation, literal_variables: bool
) -> Truth:
    """Whether a test of the caller's ARN holds of anybody: in their own account everybody takes the name they like."""
    all_names = tuple(one for one in test.values if isinstance(one, Text) and _covers_all_names(one))
    verdict, whatever = (
        holds(operator, values, value, situation, str(test.key), literal_variables)
        for values in (test.values, all_names)
    )
    if verdict is Verdict.YES and whatever is not Verdict.YES:
        return SOMETIMES
    return constant(negate(verdict) if operator.negated else verdict)


def _covers_all_names(pattern: Text) -> bool:
    arn = parse_arn(pattern)
    return pattern.literal == "*" or (arn is not None and arn.resource.literal == "*")


def without_key(test: Test) -> Truth:
    """Whether a test holds of requests that do not carry its key."""
    operator = base_operator(test.operator)
    if operator is None or not test.values:
        return UNDECIDED
    return _null(test, Status.ABSENT, ()) if operator.family is Family.NULL else _absent(test, operator)


def _absent(test: Test, operator: Operator) -> Truth:
    """The requests never carry the key: the missing-key table.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    if test.quantifier == "ForAnyValue":
        return NEVER
    return ALWAYS if test.if_exists or operator.negated or test.quantifier == "ForAllValues" else NEVER


def _unsupported(test: Test, operator: Operator) -> Truth:
    """KMS does not support the key here. A positive test cannot hold; what a negated one does is not documented."""
    if operator.family is Family.NULL:
        return NEVER if _wanted(test) == {"false"} else UNDECIDED
    return UNDECIDED if _absent(test, operator) is ALWAYS else NEVER


def _wanted(test: Test) -> set[str | None]:
    return {value.literal.lower() if isinstance(value, Text) and value.literal else None for value in test.values}


def _null(test: Test, status: Status, values: tuple[Text, ...]) -> Truth:
    wanted = _wanted(test)
    if wanted == {"true", "false"}:
        return ALWAYS
    if wanted not in ({"true"}, {"false"}) or (status is Status.KNOWN and not values):
        return UNDECIDED
    if status in (Status.OPEN, Status.CHOSEN):
        return SOMETIMES
    return constant(Verdict.of((status is Status.ABSENT) == (wanted == {"true"})))


def _open(test: Test) -> Truth:
    """The request decides; but a moment that has passed does not come back."""
    if fold(str(test.key)) in _TIME_KEYS and len(test.values) == 1:
        return _at_some_time(test.operator, test.values[0])
    if fold(str(test.key)) == "aws:userid" and not all(_begins_open(value) for value in test.values):
        return UNDECIDED  # one user or role by its unique id: who that is, the template does not say
    return SOMETIMES


def _begins_open(value: Element) -> bool:
    return isinstance(value, Text) and str(value).startswith("*")


def _at_some_time(operator: str, value: Element) -> Truth:
    literal = value.literal if isinstance(value, Text) else None
    at = moment(literal) if literal is not None else None
    if at is None or at >= time.time() // _DAY * _DAY:
        return SOMETIMES
    if operator in _BEFORE:
        return NEVER
    return ALWAYS if operator in _AFTER else SOMETIMES
