"""What a key policy says by itself: by which way it allows, what it denies, and which statements decide.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.access.decide import decide
from kmslint.access.effort import EffortError, bounded
from kmslint.access.key_policy import KeyPolicySays, denials, key_policy_says
from kmslint.access.other_policies import ADMINISTRATOR
from kmslint.access.situation import Situation
from kmslint.model.policy import Document
from kmslint.values import Guard
from kmslint.verdict import ALWAYS, NEVER, NO, SOMETIMES, UNDECIDED, UNKNOWN, Truth
from plain_policies import KEY, OWN, Plain, accounts_of, action_of, caller_of, document

DEV: Plain = {"AWS": f"arn:aws:iam::{OWN}:role/Dev"}
ACCOUNT: Plain = {"AWS": f"arn:aws:iam::{OWN}:root"}
MFA: Plain = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}

SITUATION = Situation(caller_of("role/Dev"), action_of("kms:Decrypt"), KEY, accounts_of())


def statement(
    sid: str, principal: Plain, effect: str = "Allow", action: str = "kms:*", condition: Plain = None
) -> Plain:
    whole: dict[str, Plain] = {"Sid": sid, "Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    return {**whole, "Condition": condition} if condition else whole


def says(policy: Document) -> KeyPolicySays:
    return key_policy_says(policy, SITUATION)


def ways(policy: Document) -> tuple[Truth, ...]:
    return says(policy)[:4]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ([], (NEVER, NEVER, NEVER, NEVER)),
        ([statement("Dev", DEV)], (NEVER, ALWAYS, NEVER, NEVER)),
        ([statement("Account", ACCOUNT)], (NEVER, NEVER, ALWAYS, NEVER)),
        ([statement("All", "*"), statement("Account", ACCOUNT)], (ALWAYS, NEVER, ALWAYS, NEVER)),
        ([statement("All", "*", condition=MFA)], (SOMETIMES, NEVER, NEVER, NEVER)),
        ([statement("Dev", DEV), statement("No", DEV, "Deny")], (NEVER, ALWAYS, NEVER, ALWAYS)),
        ([statement("Misspelt", DEV, "allow")], (NEVER, NEVER, NEVER, NEVER)),
        # A statement that cannot be seen may name the caller, or its account, and may deny; no role by name.
        (["<<Statement>>"], (UNDECIDED, NEVER, UNDECIDED, UNDECIDED)),
        (["<<Statement>>", statement("Dev", DEV)], (UNDECIDED, ALWAYS, UNDECIDED, UNDECIDED)),
        ([statement("Either", DEV, "<Effect>")], (NEVER, UNDECIDED, NEVER, UNDECIDED)),
        # A Deny on the conditions of the Allow leaves nothing of it; on others it leaves some requests.
        (
            [statement("All", "*", condition=MFA), statement("No", "*", "Deny", condition=MFA)],
            (NEVER, NEVER, NEVER, SOMETIMES),
        ),
        (
            [statement("All", "*"), statement("No", "*", "Deny", condition=MFA)],
            (ALWAYS, NEVER, NEVER, SOMETIMES),
        ),
        (
            [statement("All", "*", condition=MFA), statement("No", "*", "Deny", "kms:Encrypt", condition=MFA)],
            (SOMETIMES, NEVER, NEVER, NEVER),
        ),
        # If it is one.
        (
            [statement("All", "*", condition=MFA), statement("Either", "*", "<Effect>", condition=MFA)],
            (SOMETIMES, NEVER, NEVER, Truth(UNKNOWN, NO)),
        ),
    ],
)
def test_by_which_way(policy: Plain, expected: tuple[Truth, ...]) -> None:
    assert ways(document(policy)) == expected


def test_a_deny_that_may_be_missing_leaves_the_allow_in_doubt() -> None:
    allow, deny = document(
        [statement("All", "*", condition=MFA), statement("No", "*", "Deny", condition=MFA)]
    ).statements
    guarded = deny._replace(guards=frozenset({Guard("IsProduction", True)}))
    policy = document([])._replace(statements=(allow, guarded))
    assert ways(policy) == (Truth(UNKNOWN, NO), NEVER, NEVER, Truth(UNKNOWN, NO))


def test_the_statements_that_decide() -> None:
    policy = document(
        [
            statement("Dev", DEV),
            statement("Account", ACCOUNT),
            statement("Every way", {"AWS": ["*", f"arn:aws:iam::{OWN}:role/Dev", OWN]}),
            statement("Somebody", {"AWS": "<Somebody>"}),
            statement("Sec", {"AWS": f"arn:aws:iam::{OWN}:role/Sec"}),
            statement("Another action", DEV, action="kms:Encrypt"),
            statement("No", DEV, "Deny"),
            statement("Not Sec", {"AWS": f"arn:aws:iam::{OWN}:role/Sec"}, "Deny"),
            statement("Perhaps", DEV, "<Effect>"),
        ]
    )
    found = says(policy)
    allowing = ["Dev", "Account", "Every way", "Somebody", "Perhaps"]
    assert [one.sid for one, _ in found.allowing] == allowing
    assert [one.sid for one, _ in found.denying] == ["No", "Perhaps"]
    assert [one.sid for one, how in found.allowing if how.by_account.some is not NO] == [
        "Account",
        "Every way",
        "Somebody",
    ]


def test_delegation_on_a_condition_is_delegation() -> None:
    policy = document([statement("Account", ACCOUNT, condition=MFA)])
    assert says(policy).by_account == SOMETIMES


def test_statements_on_other_actions_take_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision on the policy, and another for every four of its statements that are passed over."""
    policy = document([statement("Other", DEV, "Deny", "kms:Encrypt")] * 8)
    monkeypatch.setattr(limits, "DECISIONS", 3)
    with bounded():
        denials(policy, SITUATION)
    monkeypatch.setattr(limits, "DECISIONS", 2)
    with bounded(), pytest.raises(EffortError):
        denials(policy, SITUATION)


def test_of_what_concerns_no_key_it_says_nothing() -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html"""
    policy = document([statement("All", "*"), statement("No", "*", "Deny")])
    decision = decide(policy, SITUATION._replace(action=action_of("kms:ListKeys")), ADMINISTRATOR)
    assert decision.allowed == ALWAYS
    assert decision.key_policy == (NEVER, NEVER, NEVER, NEVER, (), ())
