"""Permissions on keys of which a permissions boundary leaves nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

import pytest

from kmslint.access.boundaries import Blocked, blocked_by_boundary
from kmslint.model.estate import Estate, Grant, Identity, IdentityKind, IdentityPolicy, Key, KeyPolicy, Language
from kmslint.model.estate import PolicyOrigin as Origin
from plain_policies import HERE, KEY, OWN, Plain, accounts_of, document, identity_with, value, words

THIS_KEY = "arn:aws:kms:eu-west-1:<own>:key/<key>"
DEV = f"arn:aws:iam::{OWN}:role/Dev"
DELEGATES: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}
READS: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": THIS_KEY}
STORAGE: dict[str, Plain] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
MFA: dict[str, Plain] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
EVERYTHING: dict[str, Plain] = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def blocked(
    identity: Identity, *key_policy: Plain, grants: tuple[Grant, ...] = (), groups: tuple[Identity, ...] = ()
) -> list[Blocked]:
    key = KEY._replace(policy=KeyPolicy(Origin.EXPLICIT, HERE, document(list(key_policy))))
    return list(blocked_by_boundary(estate(key, identity, grants, groups)))


def estate(key: Key, identity: Identity, grants: tuple[Grant, ...], groups: tuple[Identity, ...]) -> Estate:
    made = (identity, *groups)
    return Estate("x", Language.TERRAFORM, (key,), identities=made, grants=grants, accounts=accounts_of())


def entries(found: list[Blocked]) -> list[tuple[str, list[str]]]:
    return [(one.policy.address if one.policy else "key policy", list(map(str, one.entries))) for one in found]


@pytest.mark.parametrize(
    ("permission", "boundary", "expected"),
    [
        (READS, [STORAGE], ["kms:Decrypt"]),
        (READS, [EVERYTHING], []),
        ({**READS, "Action": ["kms:Decrypt", "kms:Sign"]}, [{**EVERYTHING, "Action": "kms:Sign"}], ["kms:Decrypt"]),
        # A part of what an entry names is left.
        ({**READS, "Action": "kms:*"}, [{**EVERYTHING, "Action": "kms:Sign"}], []),
        # What names no action on a key is about something else, or nobody knows about what.
        ({**READS, "Action": ["s3:GetObject", "kms:ListKeys", "<Action>"]}, [STORAGE], []),
        # A Deny is intent, also one that holds in some requests; and no permission.
        (READS, [EVERYTHING, {**EVERYTHING, "Effect": "Deny"}], []),
        (READS, [{**STORAGE}, {**EVERYTHING, "Effect": "Deny", "Action": "<Action>"}], []),
        (READS, [STORAGE, {**EVERYTHING, **MFA, "Effect": "Deny"}], []),
        ({**READS, "Effect": "Deny"}, [STORAGE], []),
        # It is about keys in general, or about another one.
        ({**READS, "Resource": "*"}, [STORAGE], []),
        ({**READS, "Resource": "arn:aws:kms:eu-west-1:<own>:key/<other key>"}, [STORAGE], []),
        # What the boundary says is not known, or hangs on something.
        (READS, [STORAGE, {"if": "C", "then": EVERYTHING, "else": None}], []),
        (READS, ["<<Statement>>"], []),
    ],
)
def test_what_a_boundary_leaves_of_an_iam_policy(permission: Plain, boundary: Plain, expected: list[str]) -> None:
    found = blocked(identity_with([permission], boundary), DELEGATES)
    assert entries(found) == ([("Policy", expected)] if expected else [])
    assert {one.boundary.address for one in found} <= {"Boundary"}


def test_without_a_boundary_nothing_is_blocked() -> None:
    assert blocked(identity_with([READS]), DELEGATES) == []


def test_of_a_boundary_that_is_not_seen_nothing_is_said() -> None:
    holder = identity_with([READS])._replace(boundary=IdentityPolicy("Boundary", HERE, None))
    assert blocked(holder, DELEGATES) == []


@pytest.mark.parametrize(
    ("statement", "is_blocked"),
    [
        ({**DELEGATES, "Principal": {"AWS": DEV}}, True),
        ({**DELEGATES, "Principal": {"AWS": [f"arn:aws:iam::{OWN}:role/Ops", DEV]}}, True),
        ({**DELEGATES, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Ops"}}, False),
        # By the name of a user no boundary limits it, and neither it does whom a Deny names.
        ({**DELEGATES, "Principal": "*"}, False),
        ({**DELEGATES, "Effect": "Deny", "Principal": {"AWS": DEV}}, False),
        ({**DELEGATES, "Effect": "Deny", "Principal": None, "NotPrincipal": {"AWS": [DEV, OWN]}}, False),
    ],
)
def test_what_a_boundary_leaves_of_a_key_policy(statement: dict[str, Plain], is_blocked: bool) -> None:
    found = blocked(identity_with([], [STORAGE]), {**statement, "Action": "kms:Decrypt"})
    assert entries(found) == ([("key policy", ["kms:Decrypt"])] if is_blocked else [])


def test_only_the_permission_itself_is_blocked() -> None:
    """Not a Deny beside it, nor what others have."""
    deny: Plain = {**READS, **MFA, "Effect": "Deny"}
    besides: list[Plain] = [
        {**DELEGATES, **MFA, "Effect": "Deny", "Principal": {"AWS": DEV}, "Action": "kms:Decrypt"},
        {**DELEGATES, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Ops"}, "Action": "kms:Decrypt"},
        {"Effect": "Allow", "NotPrincipal": {"AWS": DEV}, "Action": "kms:Decrypt", "Resource": "*"},
    ]
    for key_policy in ([DELEGATES], [DELEGATES, besides[0]], [DELEGATES, besides[1]]):
        assert entries(blocked(identity_with([READS, deny], [STORAGE]), *key_policy)) == [("Policy", ["kms:Decrypt"])]
    assert blocked(identity_with([READS], [STORAGE]), DELEGATES, besides[2]) == []


def test_what_the_key_policy_does_not_let_iam_give_is_no_matter_of_the_boundary() -> None:
    assert blocked(identity_with([READS], [STORAGE]), {**DELEGATES, "Action": "kms:Encrypt"}) == []
    hangs: Plain = {"if": "C", "then": DELEGATES, "else": None}
    assert blocked(identity_with([READS], [STORAGE]), hangs) == []


def test_a_policy_of_a_group_is_blocked_as_ones_own() -> None:
    group = identity_with([READS], kind=IdentityKind.GROUP)._replace(
        address="Group", arn=words("arn:aws:iam::x:group/G")
    )
    user = identity_with([], [STORAGE], IdentityKind.USER)._replace(
        arn=words(f"arn:aws:iam::{OWN}:user/Ann"), groups=("Group",)
    )
    assert entries(blocked(user, DELEGATES, groups=(group,))) == [("Policy", ["kms:Decrypt"])]
    unseen = group._replace(policies=(IdentityPolicy("Unseen", HERE, None), *group.policies))
    assert entries(blocked(user, DELEGATES, groups=(unseen,))) == []


def test_what_a_grant_gives_besides_a_boundary_does_not_certainly_take() -> None:
    grant = Grant("G", HERE, value("<key>"), words(DEV), value(["Decrypt"]), constrained=False)
    assert blocked(identity_with([READS], [STORAGE]), DELEGATES, grants=(grant,)) == []


def test_of_a_key_policy_that_is_not_seen_nothing_is_said() -> None:
    key = KEY._replace(policy=KeyPolicy(Origin.EXPLICIT, HERE, None))
    assert list(blocked_by_boundary(estate(key, identity_with([READS], [STORAGE]), (), ()))) == []
