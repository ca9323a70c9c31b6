"""By which statement the root user manages a key, and how messages say on what that rests."""

from __future__ import annotations

import pytest

from kmslint.access.lockout import assess
from kmslint.access.presumption import confidence, presumption
from kmslint.access.root_user import how_only_root, root_user_statement
from kmslint.engine.finding import Confidence
from kmslint.model.estate import Estate, Language
from plain_policies import KEY, OWN, Plain, accounts_of, document

ROOT: dict[str, Plain] = {
    "Sid": "Root",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
MFA: dict[str, Plain] = {**ROOT, "Sid": "Mfa", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
PERHAPS: dict[str, Plain] = {**ROOT, "Sid": "Perhaps", "Principal": {"AWS": "<Somebody>"}}
ROLE: dict[str, Plain] = {**ROOT, "Sid": "Role", "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Dev"}}
USE: dict[str, Plain] = {**ROOT, "Sid": "Use", "Action": "kms:Decrypt"}
DENY: dict[str, Plain] = {**ROOT, "Sid": "Deny", "Effect": "Deny"}


@pytest.mark.parametrize(
    ("statements", "sid"),
    [
        ([ROOT], "Root"),
        ([MFA, ROOT], "Mfa"),
        ([PERHAPS, ROOT], "Root"),
        ([ROLE, USE, PERHAPS], "Perhaps"),
        ([ROLE, USE, ROOT], "Root"),
        ([DENY, PERHAPS, {**PERHAPS, "Sid": "Later"}], "Perhaps"),
    ],
)
def test_the_statement_by_which_the_root_user_manages_a_key(statements: list[Plain], sid: str) -> None:
    policy = document(statements)
    estate = Estate("x", Language.CLOUDFORMATION, (KEY,), accounts=accounts_of(policy))
    assert root_user_statement(policy, KEY, estate).sid == sid


def test_how_a_statement_serves_the_root_user_alone() -> None:
    plain, conditional = document([ROOT, MFA]).statements
    assert how_only_root(plain) == 'statement "Root" allows the account, and a Deny takes it from its users and roles'
    assert how_only_root(conditional) == (
        'statement "Mfa" allows the account under a condition that no user or role meets'
    )


@pytest.mark.parametrize(
    ("configured", "words", "sure"),
    [
        (OWN, "", Confidence.HIGH),
        (None, f" (taking {OWN} to be the key's account)", Confidence.MEDIUM),
    ],
)
def test_what_a_verdict_rests_on(configured: str | None, words: str, sure: Confidence) -> None:
    policy = document([ROOT])
    estate = Estate("x", Language.CLOUDFORMATION, (KEY,), accounts=accounts_of(policy, configured=configured))
    lockout = assess(policy, KEY, estate.accounts)
    assert (presumption(lockout, estate), confidence(lockout)) == (words, sure)
