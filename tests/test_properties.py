"""What must hold of the evaluator for every policy, whatever it says."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kmslint.access.delegation import delegates
from kmslint.access.lockout import LockoutClass, assess
from kmslint.aws.actions import KEY_ACTIONS, PUT_KEY_POLICY
from kmslint.verdict import NEVER, NO, YES
from plain_policies import FOREIGN, KEY, OWN, accounts_of, document
from random_policies import (
    ACCOUNT,
    ACTION_PATTERNS,
    ACTIONS,
    CALLERS,
    IAM,
    OPEN_REQUESTS,
    POLICIES,
    PRINCIPALS,
    RANK,
    REQUESTS,
    TESTS,
    Policy,
    Request,
    Statement,
    at_most,
    checked,
    listed,
    statements,
)


@checked
@given(POLICIES, statements(st.just("Deny")), REQUESTS)
def test_a_further_deny_adds_no_access(policy: Policy, further: Statement, request: Request) -> None:
    assert at_most(request.allowed([*policy, further]), request.allowed(policy))


@checked
@given(POLICIES, statements(st.just("Allow")), REQUESTS)
def test_a_further_allow_removes_no_access(policy: Policy, further: Statement, request: Request) -> None:
    assert at_most(request.allowed(policy), request.allowed([*policy, further]))


@checked
@given(POLICIES, st.data(), REQUESTS)
def test_the_order_of_statements_does_not_matter(policy: Policy, data: st.DataObject, request: Request) -> None:
    assert request.allowed(data.draw(st.permutations(policy))) == request.allowed(policy)


@checked
@given(POLICIES, REQUESTS)
def test_saying_it_twice_changes_nothing(policy: Policy, request: Request) -> None:
    assert request.allowed([*policy, *policy]) == request.allowed(policy)


@checked
@given(POLICIES, st.sampled_from(["Action", "Resource", "Principal"]), REQUESTS)
def test_one_statement_for_each_entry_is_the_same_policy(policy: Policy, name: str, request: Request) -> None:
    split = [
        {**statement, name: {"AWS": entry} if name == "Principal" else entry}
        for statement in policy
        for entry in listed(statement[name]["AWS"] if name == "Principal" else statement[name])
    ]
    assert request.allowed(split) == request.allowed(policy)


@checked
@given(POLICIES, st.sampled_from(["Action", "Resource"]), REQUESTS)
def test_a_list_is_a_set(policy: Policy, name: str, request: Request) -> None:
    again = [{**statement, name: [*listed(statement[name])[::-1], *listed(statement[name])]} for statement in policy]
    assert request.allowed(again) == request.allowed(policy)


def replaced(policy: Policy, old: str, new: str) -> Policy:
    return [
        {
            **statement,
            "Principal": {"AWS": [new if each == old else each for each in listed(statement["Principal"]["AWS"])]},
        }
        for statement in policy
    ]


@checked
@given(POLICIES, REQUESTS)
def test_a_bare_account_id_is_its_root_arn(policy: Policy, request: Request) -> None:
    assert request.allowed(replaced(policy, OWN, ACCOUNT)) == request.allowed(policy)
    assert request.allowed(replaced(policy, FOREIGN, f"arn:aws:iam::{FOREIGN}:root")) == request.allowed(policy)


@checked
@given(POLICIES, REQUESTS)
def test_the_own_account_may_be_named_or_spelt(policy: Policy, request: Request) -> None:
    assert request.allowed(replaced(policy, OWN, "<own>")) == request.allowed(policy)


@checked
@given(POLICIES, REQUESTS)
def test_actions_are_the_same_in_any_case(policy: Policy, request: Request) -> None:
    loud = [{**statement, "Action": [each.upper() for each in listed(statement["Action"])]} for statement in policy]
    assert request.allowed(loud) == request.allowed(policy)


@checked
@given(POLICIES, st.integers(0, 3), st.sampled_from(TESTS), REQUESTS)
def test_a_further_condition_narrows(policy: Policy, index: int, test: Statement, request: Request) -> None:
    assume(index < len(policy) and "Condition" not in policy[index])
    narrowed = [*policy[:index], {**policy[index], "Condition": test}, *policy[index + 1 :]]
    less, more = request.allowed(narrowed), request.allowed(policy)
    assert at_most(less, more) if policy[index]["Effect"] == "Allow" else at_most(more, less)


@checked
@given(POLICIES, REQUESTS)
def test_the_type_of_the_root_user_only_takes_from_others(policy: Policy, request: Request) -> None:
    """`PrincipalType=Account` on every Allow: the root user keeps what it has, nobody gets more."""
    assume(all("Condition" not in statement for statement in policy))
    only_root = [
        {**statement, "Condition": {"StringEquals": {"aws:PrincipalType": "Account"}}}
        if statement["Effect"] == "Allow"
        else statement
        for statement in policy
    ]
    if request.caller == "root user":
        assert request.allowed(only_root) == request.allowed(policy)
    elif request.caller == "anybody":  # perhaps the root user of its account
        assert at_most(request.allowed(only_root), request.allowed(policy))
    else:
        assert request.allowed(only_root).some is NO


NEITHER: Final = (f"arn:aws:iam::{OWN}:role/Sec", FOREIGN, f"arn:aws:iam::{FOREIGN}:role/Dev")


@checked
@given(st.lists(statements(principals=NEITHER), max_size=4), st.sampled_from(ACTIONS), IAM)
def test_iam_is_nothing_where_the_key_policy_neither_names_nor_delegates(
    policy: Policy, action: str, iam: Policy
) -> None:
    assert Request("role/Dev", action, iam).allowed(policy).some is NO


@checked
@given(POLICIES, REQUESTS, st.sampled_from(ACTION_PATTERNS))
def test_a_deny_of_everybody_leaves_nothing(policy: Policy, request: Request, pattern: str) -> None:
    nothing = {"Effect": "Deny", "Principal": "*", "Action": ["kms:*", pattern], "Resource": "*"}
    assert request.allowed([nothing, *policy]).some is NO


@checked
@given(POLICIES, REQUESTS)
def test_statements_of_other_services_do_not_matter(policy: Policy, request: Request) -> None:
    others = [{"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*"} for effect in ("Allow", "Deny")]
    assert request.allowed([*policy, *others]) == request.allowed(policy)


@checked
@given(POLICIES, st.lists(st.sampled_from(ACTIONS), max_size=3), st.sampled_from(CALLERS))
def test_not_action_is_the_complement(policy: Policy, named: list[str], caller: str) -> None:
    base = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Resource": "*"}
    others = [action.name for action in KEY_ACTIONS if action.name not in named]
    for action in ACTIONS:
        request = Request(caller, action, [])
        assert request.allowed([*policy, {**base, "NotAction": named}]) == request.allowed(
            [*policy, {**base, "Action": others}]
        )


@checked
@given(POLICIES, OPEN_REQUESTS)
def test_every_request_is_some_request(policy: Policy, request: Request) -> None:
    allowed = request.allowed(policy)
    assert RANK[allowed.every] <= RANK[allowed.some]


@checked
@given(POLICIES)
def test_delegated_administration_is_no_lockout(policy: Policy) -> None:
    read = document(policy)
    accounts = accounts_of(read)
    if delegates(read, KEY, accounts, PUT_KEY_POLICY) is YES:
        assert assess(read, KEY, accounts).lockout is LockoutClass.NONE


SEVERITY: Final = (LockoutClass.NONE, LockoutClass.ROOT_ONLY, LockoutClass.DELETABLE_ONLY, LockoutClass.NOBODY)


@checked
@given(POLICIES, statements(st.just("Allow")))
def test_a_further_allow_locks_nobody_out(policy: Policy, further: Statement) -> None:
    read, more = document(policy), document([*policy, further])
    before, after = assess(read, KEY, accounts_of(read)).lockout, assess(more, KEY, accounts_of(more)).lockout
    assume(LockoutClass.UNKNOWN not in (before, after))
    assert SEVERITY.index(after) <= SEVERITY.index(before)


@checked
@given(st.lists(statements(principals=[*PRINCIPALS, "<own>"], resources=["*"]), min_size=1, max_size=3))
def test_that_nobody_is_left_holds_whoever_owns_the_accounts(policy: Policy) -> None:
    read = document(policy)
    assume(assess(read, KEY, accounts_of(read, configured=None)).lockout is LockoutClass.NOBODY)
    for account in (OWN, FOREIGN, "777788889999"):
        assert assess(read, KEY, accounts_of(read, configured=account)).lockout is LockoutClass.NOBODY


def test_the_strategies_reach_both_answers() -> None:
    """A generator that only ever denies would prove nothing."""
    everything = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]
    policies: tuple[Policy, ...] = ([], everything)
    seen = {Request(caller, "kms:Decrypt", []).allowed(policy).some for caller in CALLERS for policy in policies}
    assert seen == {YES, NO}


@pytest.mark.parametrize("caller", CALLERS)
def test_an_empty_policy_allows_nothing(caller: str) -> None:
    for action in ACTIONS:
        assert Request(caller, action, [{"Effect": "Allow", "Action": "*", "Resource": "*"}]).allowed([]) == NEVER
