"""Tests of a condition that never hold, whoever asks and whatever the request says."""

from __future__ import annotations

from typing import Final

from kmslint.access.condition_values import is_strange
from kmslint.access.conditions import without_key
from kmslint.access.matching import names_action
from kmslint.access.naming import enumerate_names
from kmslint.access.operators import Family, base_operator
from kmslint.access.written import Written, is_of_kms
from kmslint.aws.actions import ACTIONS, KEY_ACTIONS, Action
from kmslint.aws.condition_keys import carried, is_unknown_key_of_kms, kind_of, unsupported_in_key_policy
from kmslint.model.policy import Effect, Test
from kmslint.verdict import NEVER, NO
from kmslint.wildcard import fold

_NOT_FOR_ALL: Final = ("kms:encryptioncontext:", "aws:requesttag/")


def why_impossible(test: Test, written: Written) -> str:
    """Why a test never holds, and what comes of it, in words that follow the name of the statement; else empty."""
    if test.key.literal is None:
        return ""
    key = fold(test.key.literal)
    operator = base_operator(test.operator)
    if operator is None or (operator.family is Family.NULL and test.if_exists):
        name = f"{test.operator}{'IfExists' if test.if_exists else ''}"
        return f"tests {test.key} by {name}, and AWS, which has no such operator, refuses the policy"
    if written.key is not None and test.quantifier == "ForAllValues" and key.startswith(_NOT_FOR_ALL):
        return f"tests {test.key} by ForAllValues, and for that KMS refuses the policy (OverlyPermissiveCondition)"
    dead = without_key(test) == NEVER
    nothing = f"so the statement {written.verb} nothing"
    if is_unknown_key_of_kms(key):
        return f"tests {test.key}, which KMS does not know, {nothing if dead else 'so the test always holds'}"
    if not dead or (written.key is not None and unsupported_in_key_policy(key)):
        return ""
    if is_strange(operator, kind_of(key), test):
        return f"tests {test.key} by {test.operator}, and its value is {kind_of(key).value}, {nothing}"
    named = _named(written)
    if named and not any(carried(key, action.name) for action in named):
        actions = enumerate_names((action.name for action in named), "or")
        return f"tests {test.key}, which no request for {actions} carries, {nothing}"
    return ""


def _named(written: Written) -> tuple[Action, ...]:
    """The actions that a statement may give or take away; empty if there may be others, of other services."""
    statement = written.statement
    if written.key is None:
        entries = statement.actions or ()
        if statement.not_actions is not None or not all(map(is_of_kms, entries)):
            return ()
        return tuple(action for action in ACTIONS if names_action(statement, action) is not NO)
    retiring = (
        () if statement.effect is Effect.ALLOW else tuple(one for one in ACTIONS if one.name == "kms:RetireGrant")
    )
    return tuple(action for action in (*KEY_ACTIONS, *retiring) if names_action(statement, action) is not NO)
