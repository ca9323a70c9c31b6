"""What the evaluator is certain of stays so, whatever the template leaves open turns out to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kmslint.access.lockout import LockoutClass, assess
from kmslint.verdict import UNKNOWN, Verdict
from plain_policies import FOREIGN, KEY, OWN, accounts_of, document
from random_policies import (
    ACCOUNT,
    POLICIES,
    PRINCIPALS,
    REQUESTS,
    TESTS,
    Policy,
    Request,
    Statement,
    checked,
    statements,
)

# What a template may leave open, and what it may turn out to be. Fillings hold the values that the statements
# around them speak of, so that they matter.

FILLINGS: Final = {
    "<Principal>": [principal for principal in PRINCIPALS if principal != "*"],
    "<Everybody>": list(PRINCIPALS),
    "<Account>": [OWN, FOREIGN],
    "<Name>": ["Dev", "Sec", "Other"],
    "<Action>": ["kms:Decrypt", "kms:*", "s3:GetObject"],
    "<Verb>": ["Decrypt", "*", "Put*"],
    "<Resource>": ["*", "arn:aws:s3:::bucket"],
    "<Type>": ["Account", "AssumedRole"],
    "<Effect>": ["Allow", "Deny"],
}
OPEN_STATEMENTS: Final = statements(
    st.sampled_from(["Allow", "Allow", "Deny", "<Effect>"]),
    [
        *PRINCIPALS,
        "<Principal>",
        "arn:aws:iam::<Account>:root",
        f"arn:aws:iam::{OWN}:role/<Name>",
        "arn:aws:iam::<Account>:role/Dev",
    ],
    ["kms:*", "kms:Decrypt", "<Action>", "kms:<Verb>"],
    ["*", "<Resource>", "arn:aws:s3:::bucket"],
    [
        *TESTS[:8],
        {"StringEquals": {"aws:PrincipalType": "<Type>"}},
        {"StringNotEquals": {"aws:PrincipalType": ["<Type>", "User"]}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/<Name>"}},
        {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{OWN}:role/<Name>", ACCOUNT]}},
        {"StringEquals": {"kms:CallerAccount": "<Account>"}},
        {"StringNotEquals": {"aws:PrincipalAccount": ["<Account>"]}},
    ],
)
_HOLE: Final = re.compile("|".join(FILLINGS))


def fill(plain: Any, filling: Callable[[str], str]) -> Any:
    """The data with each open place filled, the same place in the same way."""
    if isinstance(plain, str):
        return _HOLE.sub(lambda match: filling(match[0]), plain)
    if isinstance(plain, dict):
        return {name: fill(member, filling) for name, member in plain.items()}
    return [fill(item, filling) for item in plain]


def contradicts(known: Verdict, open_: Verdict) -> bool:
    return open_ is not UNKNOWN and known is not open_


def assert_sound(policy: Policy, request: Request, data: st.DataObject) -> None:
    """Whatever the open places turn out to be, the answer is one that the open policy left possible."""
    allowed = request.allowed(policy)
    fillings = {hole: data.draw(st.sampled_from(values), hole) for hole, values in FILLINGS.items()}
    filled = request.allowed(fill(policy, fillings.__getitem__))
    assert not contradicts(filled.some, allowed.some), (allowed, filled)
    assert not contradicts(filled.every, allowed.every), (allowed, filled)


@settings(checked, max_examples=400)
@given(st.lists(OPEN_STATEMENTS, min_size=1, max_size=3), REQUESTS, st.data())
def test_what_is_certain_stays_so_however_the_template_is_filled(
    policy: Policy, request: Request, data: st.DataObject
) -> None:
    assert_sound(policy, request, data)


@checked
@given(statements(st.just("Allow"), ["<Everybody>"], ["kms:*"], ["*"], [TESTS[0]]), REQUESTS, st.data())
def test_an_open_principal_may_be_everybody(statement: Statement, request: Request, data: st.DataObject) -> None:
    """Also for callers that nobody names."""
    assert_sound([statement], request, data)


@settings(checked, max_examples=300)
@given(st.lists(statements(), min_size=1, max_size=3), st.lists(st.booleans(), min_size=3, max_size=3), REQUESTS)
def test_what_is_certain_stays_so_however_the_conditions_fall(
    policy: Policy, falls: list[bool], request: Request
) -> None:
    choices = [
        {"if": f"C{number}", "then": statement, "else": policy[0] if number else None}
        for number, statement in enumerate(policy)
    ]
    fallen = [choice["then"] if holds else choice["else"] for choice, holds in zip(choices, falls, strict=False)]
    allowed, decided = request.allowed(choices), request.allowed([each for each in fallen if each is not None])
    assert not contradicts(decided.some, allowed.some)
    assert not contradicts(decided.every, allowed.every)


@checked
@given(POLICIES, st.integers(0, 3), REQUESTS)
def test_what_is_certain_stays_so_if_a_statement_is_hidden(policy: Policy, index: int, request: Request) -> None:
    assume(index < len(policy))
    hidden = [*policy[:index], "<<Statement>>", *policy[index + 1 :]]
    allowed, shown = request.allowed(hidden), request.allowed(policy)
    assert not contradicts(shown.some, allowed.some)
    assert not contradicts(shown.every, allowed.every)


@settings(checked, max_examples=300)
@given(st.lists(OPEN_STATEMENTS, min_size=1, max_size=3), st.data())
def test_the_lockout_class_is_certain_only_if_it_stays_so(policy: Policy, data: st.DataObject) -> None:
    read = document(policy)
    found = assess(read, KEY, accounts_of(read)).lockout
    assume(found is not LockoutClass.UNKNOWN)
    fillings = {hole: data.draw(st.sampled_from(values), hole) for hole, values in FILLINGS.items()}
    filled = document(fill(policy, fillings.__getitem__))
    assert assess(filled, KEY, accounts_of(filled)).lockout is found
