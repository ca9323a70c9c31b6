"""The estate: what it tells of its keys, its policies and its accounts."""

from __future__ import annotations

import pytest

from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts
from kmslint.model.arn import is_own_account_id
from kmslint.model.default_policy import key_document
from kmslint.model.estate import (
    Estate,
    Identity,
    IdentityKind,
    IdentityPolicy,
    Key,
    KeyKind,
    KeyPolicy,
    KeySettings,
    Language,
    PolicyOrigin,
    unreadable,
)
from kmslint.model.facts import Facts
from kmslint.model.policy import Document, Effect, Principal, PrincipalType, Statement
from kmslint.model.policy import Test as ConditionTest
from kmslint.values import HoleKind, Text, Value, text, unknown
from plain_policies import FOREIGN, HERE, OWN, document, words

ARN = f"arn:aws:kms:eu-west-1:{OWN}:key/1"


def key(address: str, arn: str = ARN, kind: KeyKind = KeyKind.KEY, primary: Value | None = None) -> Key:
    policy = KeyPolicy(PolicyOrigin.UNKNOWN, HERE)
    return Key(address, kind, HERE, words(arn), policy, KeySettings(primary=primary))


@pytest.mark.parametrize(
    ("primary", "found"),
    [
        (words(ARN), "Key"),
        (words(f"arn:aws:kms:eu-west-1:{OWN}:key/2"), "Imported"),
        (words(f"arn:aws:kms:eu-west-1:{OWN}:key/<Id>"), "Open"),
        (words(f"arn:aws:kms:eu-west-2:{OWN}:key/1"), None),
        (words(f"arn:aws:kms:eu-west-1:{FOREIGN}:key/1"), None),
        # It is made from a key, and from no replica and none that is not here.
        (words(f"arn:aws:kms:eu-west-1:{OWN}:key/3"), None),
        (words(f"arn:aws:kms:eu-west-1:{OWN}:key/4"), None),
        (words("arn:aws:kms:<region>:<own>:key/1"), None),
        (words("<Primary>"), None),
        (words("alias/a"), None),
        (unknown("Primary", HERE), None),
        (None, None),
    ],
)
def test_the_key_that_a_replica_is_made_from(primary: Value | None, found: str | None) -> None:
    keys = (
        key("Nameless", "<Somewhere>"),
        key("Replica", f"arn:aws:kms:eu-west-1:{OWN}:key/3", KeyKind.REPLICA),
        key("ReplicaExternal", f"arn:aws:kms:eu-west-1:{OWN}:key/4", KeyKind.REPLICA_EXTERNAL),
        key("Key"),
        key("Imported", f"arn:aws:kms:eu-west-1:{OWN}:key/2", KeyKind.EXTERNAL),
        key("Open", f"arn:aws:kms:eu-west-1:{OWN}:key/<Id>"),
    )
    made = Estate("t", Language.CLOUDFORMATION, keys).primary_of(key("R", kind=KeyKind.REPLICA, primary=primary))
    assert (made and made.address) == found


def identity(address: str, trust: Document | None, elsewhere: bool = False) -> Identity:
    arn = words(f"arn:aws:iam::{OWN}:role/{address}")
    return Identity(address, IdentityKind.ROLE, HERE, arn, (), trust=trust, elsewhere=elsewhere)


def test_every_policy_that_can_be_read() -> None:
    """A role that another template makes has its trust policy there."""
    one, two, three = (document([{"Sid": sid, "Effect": "Allow"}]) for sid in "abc")
    explicit = key("Key")._replace(policy=KeyPolicy(PolicyOrigin.EXPLICIT, HERE, one))
    estate = Estate(
        "t",
        Language.TERRAFORM,
        (key("Unknown"), explicit),
        identities=(identity("There", three, elsewhere=True), identity("Here", three), identity("Open", None)),
        policies=(IdentityPolicy("Policy", HERE, two), IdentityPolicy("Lost", HERE, None)),
    )
    assert list(estate.key_documents()) == [(explicit, one)]
    assert list(estate.documents()) == [("Key", one), ("Policy", two), ("Here", three)]
    assert estate.identity("Here") == identity("Here", three)
    assert estate.identity("Nobody") is None
    assert identity("Here", None).label == "role Here"


def test_the_own_account_is_that_of_the_key() -> None:
    accounts = Accounts(words(OWN), providers=(("aws.east", words(FOREIGN)),))
    estate = Estate("t", Language.TERRAFORM, accounts=accounts)
    there = key("Key")._replace(account="aws.east")
    assert estate.accounts_of(there).configured == words(FOREIGN)
    assert estate.seen_by(there).accounts == estate.accounts_of(there)
    assert estate.seen_by(key("Key")) == estate


def test_a_file_that_cannot_be_read() -> None:
    at = Location(Source("f", "abc"), 1, 2)
    assert unreadable(Problem("f", "broken", at)) == Estate(
        "f", Language.UNKNOWN, problems=(Problem("f", "broken", at),)
    )
    (found,) = unreadable(Problem("f", "no such file")).problems
    assert found.at is not None
    assert (found.at.source.path, found.at.source.text, found.at.start, found.at.end) == ("f", "", 0, 0)


def test_the_default_policy_hands_the_key_to_the_account() -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""
    facts = Facts()
    origin = KeyPolicy(PolicyOrigin.DEFAULT, HERE, facts=facts)
    found = key_document(key("Key")._replace(policy=origin, account="aws.east"))
    assert found is not None
    assert found.facts is facts
    assert found.version == text("2012-10-17", HERE)
    (statement,) = found.statements
    assert (statement.label, statement.position, statement.effect) == (
        '"Enable IAM User Permissions"',
        0,
        Effect.ALLOW,
    )
    (principal,) = statement.principals or ()
    assert isinstance(principal.value, Text)
    assert is_own_account_id(principal.value)
    assert (principal.type, str(principal.value)) == (PrincipalType.AWS, "${AWS::AccountId}")
    assert (principal.value.holes[0].kind, principal.value.holes[0].scope) == (HoleKind.OWN_ACCOUNT, "aws.east")
    assert (statement.actions, statement.resources) == ((text("kms:*", HERE),), (text("*", HERE),))


def test_what_policy_a_key_has() -> None:
    one = document([])
    assert key_document(key("Key")._replace(policy=KeyPolicy(PolicyOrigin.EXPLICIT, HERE, one))) is one
    assert key_document(key("Key")) is None


@pytest.mark.parametrize(
    ("principal", "is_star"),
    [
        (Principal(PrincipalType.AWS, words("*")), True),
        (Principal(PrincipalType.AWS, words(OWN)), False),
        (Principal(PrincipalType.SERVICE, words("*")), False),
        (Principal(PrincipalType.UNKNOWN, words("*")), False),
        (Principal(PrincipalType.AWS, unknown("*", HERE)), False),
    ],
)
def test_everybody(principal: Principal, is_star: bool) -> None:
    assert principal.is_star is is_star
    assert principal.at is principal.value.at


def test_what_is_not_said_is_not_so() -> None:
    policy, role = IdentityPolicy("P", HERE, None), Identity("R", IdentityKind.ROLE, HERE, words("arn"), ())
    assert (policy.managed_by_aws, policy.attached, role.elsewhere, role.handed_over) == (False,) * 4
    assert not Estate("t", Language.TERRAFORM).in_other_accounts
    assert str(ConditionTest("Bool", words("a"), (), HERE)) == "Bool a "
    nothing = (None,) * 6
    assert not Statement(0, None, Effect.ALLOW, *nothing, (), HERE, HERE).literal_variables
