"""Identities whose IAM policies make them administrators of keys: at once, or as soon as they like.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

import pytest

from kmslint.access.broad_policies import BroadPolicy, broad_policies
from kmslint.access.escalation import Escalation, escalations
from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy
from kmslint.values import Guard, unknown
from plain_estates import ANY, deny, estate_of, key_of, policy_of, role, role_arn, to, when
from plain_policies import HERE, KEY, OWN, Plain, document, key_with

DELEGATED = [to("account")]
PUTS: dict[str, Plain] = {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}
DECRYPTS: dict[str, Plain] = {**ANY, "Action": "kms:Decrypt"}
IF_A = frozenset({Guard("A", True)})


def climbs(*identities: Identity, policy: Plain = DELEGATED) -> list[Escalation]:
    return list(escalations(estate_of(key_of(policy), identities=identities)))


@pytest.mark.parametrize(
    ("statement", "kind", "action"),
    [
        (PUTS, IdentityKind.ROLE, "iam:PutRolePolicy"),
        ({**PUTS, "Action": "iam:AttachRolePolicy"}, IdentityKind.ROLE, "iam:AttachRolePolicy"),
        ({**PUTS, "Action": "iam:AttachUserPolicy"}, IdentityKind.USER, "iam:AttachUserPolicy"),
        ({**PUTS, "Action": ["s3:*", "IAM:attachrole*"]}, IdentityKind.ROLE, "iam:AttachRolePolicy"),
        ({**PUTS, "Action": "iam:PutUserPolicy"}, IdentityKind.USER, "iam:PutUserPolicy"),
        ({**PUTS, "Action": "iam:*"}, IdentityKind.USER, "iam:PutUserPolicy"),
        ({"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}, IdentityKind.ROLE, "iam:PutRolePolicy"),
        # Not to itself, nor for certain, nor at all.
        ({**PUTS, "Action": "iam:PutUserPolicy"}, IdentityKind.ROLE, None),
        (PUTS, IdentityKind.USER, None),
        ({**PUTS, "Action": "iam:*"}, IdentityKind.GROUP, None),
        ({**PUTS, "Action": "<Action>"}, IdentityKind.ROLE, None),
        ({**PUTS, "Action": ["<Action>", "<<Action>>"], "Resource": role_arn("Dev")}, IdentityKind.ROLE, None),
        ({"Effect": "Allow", "NotAction": ["kms:*", "iam:*"], "Resource": "*"}, IdentityKind.ROLE, None),
        ({"Effect": "Allow", "NotAction": ["kms:*", "<Action>"], "Resource": "*"}, IdentityKind.ROLE, None),
        ({"Effect": "Allow", "Resource": "*"}, IdentityKind.ROLE, None),
        (deny(PUTS), IdentityKind.ROLE, None),
        ({**PUTS, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, IdentityKind.ROLE, None),
        (when("A", PUTS), IdentityKind.ROLE, None),
    ],
)
def test_who_gives_itself_a_policy(statement: Plain, kind: IdentityKind, action: str | None) -> None:
    found = climbs(role("Dev", statement, kind=kind))
    assert [one.action for one in found] == ([] if action is None else [action])


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        (role_arn("Dev"), True),
        (role_arn("*"), True),
        ("arn:aws:iam::*:role/D*", True),
        ([role_arn("Other"), role_arn("Dev")], True),
        (["<<Resource>>", role_arn("Dev")], True),
        (role_arn("Other"), False),
        ("<Resource>", False),
        (None, False),
    ],
)
def test_the_policy_has_to_speak_of_itself(resource: Plain, answer: bool) -> None:
    assert bool(climbs(role("Dev", {**PUTS, "Resource": resource}))) is answer


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([PUTS, deny({**PUTS, "Resource": role_arn("Other")})], []),
        ([PUTS, deny({**PUTS, "Action": "<Action>"})], []),
        ([PUTS, {**PUTS, "Effect": "<Effect>"}], []),
        ([PUTS, deny({**PUTS, "Action": "iam:AttachRolePolicy"})], ["iam:PutRolePolicy"]),
        ([{**PUTS, "Action": "iam:*"}, deny(PUTS)], ["iam:AttachRolePolicy"]),
        ([{**PUTS, "Action": "iam:*"}, deny({**PUTS, "Action": "iam:*"})], []),
    ],
)
def test_a_deny_may_keep_it_from_that(statements: list[Plain], found: list[str]) -> None:
    assert [one.action for one in climbs(role("Dev", *statements))] == found


CLOSED = deny({**ANY, "Action": "kms:PutKeyPolicy"})
"""What keeps somebody from changing key policies, whatever else he is given."""


def placed(identity: Identity) -> Identity:
    """The same with a place for each entry of Action: the first one, the second."""
    (policy,) = identity.policies
    assert policy.document is not None
    statements = []
    for one in policy.document.statements:
        entries = enumerate(one.actions or (), 1)
        actions = tuple(entry._replace(at=HERE._replace(start=number)) for number, entry in entries)
        statements.append(one._replace(actions=actions or None))
    return identity._replace(
        policies=(policy._replace(document=policy.document._replace(statements=tuple(statements))),)
    )


def test_the_statement_is_shown_that_lets_it() -> None:
    (found,) = climbs(placed(role("Dev", DECRYPTS, {**PUTS, "Action": ["s3:*", "iam:PutRolePolicy", "iam:*"]})))
    assert found.statement is not None
    assert (found.statement.position, found.at.start) == (1, 2)
    assert [key.address for key in found.keys] == ["Key"]
    (found,) = climbs(placed(role("Dev", {"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"})))
    assert found.statement is not None
    assert found.at == found.statement.header


@pytest.mark.parametrize(
    ("kind", "action"), [(IdentityKind.ROLE, "iam:PutRolePolicy"), (IdentityKind.USER, "iam:PutUserPolicy")]
)
def test_it_writes_its_inline_policies_anew_without_their_denies(kind: IdentityKind, action: str) -> None:
    (found,) = climbs(role("Dev", {**PUTS, "Action": "iam:*"}, CLOSED, kind=kind))
    assert found.action == action


def test_a_user_climbs_by_its_group() -> None:
    group = role("Team", {**PUTS, "Action": "iam:PutUserPolicy"}, kind=IdentityKind.GROUP)
    user = role("Ann", kind=IdentityKind.USER)._replace(groups=("Team",))
    (found,) = climbs(group, user)
    assert (found.identity.address, found.policy.address) == ("Ann", "Team")
    unseen = group._replace(unseen_policies=(unknown("Policy", HERE),))
    assert climbs(unseen, user) == []


@pytest.mark.parametrize(
    "identity",
    [
        role("Dev", PUTS)._replace(elsewhere=True),
        role("Dev", PUTS)._replace(guards=IF_A),
        role("Dev", PUTS)._replace(boundary=policy_of("Limit", [ANY])),
        role("Dev", PUTS)._replace(unseen_policies=(unknown("Policy", HERE),)),
        role("Dev", PUTS, "<<Statement>>"),
        role("Dev")._replace(policies=(policy_of("Policy", [PUTS]), IdentityPolicy("Unseen", HERE, None))),
        role("Dev")._replace(policies=(policy_of("Policy", [PUTS])._replace(guards=IF_A),)),
        role("Dev"),
        # A policy of its own is not replaced along with those that are written in it.
        role("Dev")._replace(policies=(policy_of("Policy", [PUTS, CLOSED]),)),
        role("Dev")._replace(policies=(policy_of("Policy", [PUTS, when("A", CLOSED)]),)),
        role("Dev", {**PUTS, "Action": "iam:AttachRolePolicy"}, CLOSED),
        # It changes key policies already.
        role("Dev", PUTS, ANY),
        role("Dev", PUTS, {**ANY, "Resource": "<<Resource>>"}),
    ],
)
def test_of_whom_it_is_not_said(identity: Identity) -> None:
    assert climbs(identity) == []


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ([to("account")], 1),
        ([to("account", action="kms:Decrypt")], 0),
        ([to("Admin")], 0),
        ([to("account"), to("Dev")], 0),
        ([when("A", to("account"))], 0),
    ],
)
def test_which_keys_it_reaches(policy: Plain, found: int) -> None:
    assert len(climbs(role("Dev", PUTS), policy=policy)) == found


FULL = IdentityPolicy("arn:aws:iam::aws:policy/IAMFullAccess", HERE, document([{**PUTS, "Action": "iam:*"}]), True)
FULL_OPEN = FULL._replace(document=document([{**PUTS, "Action": "iam:*", "Resource": "<<Resource>>"}]))


@pytest.mark.parametrize(
    ("policy", "answer"),
    [
        (FULL_OPEN, True),
        (FULL_OPEN._replace(guards=IF_A), False),
        (FULL_OPEN._replace(address="arn:aws:iam::aws:policy/IAMReadOnlyAccess"), False),
        (FULL_OPEN._replace(address=f"arn:aws:iam::{OWN}:policy/IAMFullAccess"), False),
    ],
)
def test_a_policy_of_aws_gives_all_of_iam(policy: IdentityPolicy, answer: bool) -> None:
    found = climbs(role("Dev")._replace(policies=(policy,)))
    assert [(one.statement, one.policy, one.action, one.at) for one in found] == (
        [(None, policy, "iam:PutRolePolicy", policy.at)] if answer else []
    )


def broad(*identities: Identity, policy: Plain = DELEGATED) -> list[BroadPolicy]:
    return list(broad_policies(estate_of(key_of(policy), identities=identities)))


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (ANY, True),
        ({**ANY, "Action": ["s3:*", "*"], "Resource": ["arn:aws:s3:::bucket", "*"]}, True),
        ({**ANY, "Action": "kms:*"}, False),
        ({**ANY, "Action": "<Action>"}, False),
        ({**ANY, "Resource": "arn:aws:kms:*"}, False),
        ({**ANY, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}, False),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::bucket"}, False),
    ],
)
def test_a_policy_that_gives_everything(statement: Plain, answer: bool) -> None:
    found = broad(role("Dev", DECRYPTS, statement))
    assert [(one.what, one.statement and one.statement.position) for one in found] == (
        [("Action *", 1)] if answer else []
    )
    assert broad(role("Dev", {**ANY, "Action": "kms:*"}, deny(ANY))) == []


def of_aws(name: str) -> IdentityPolicy:
    return IdentityPolicy(f"arn:aws:iam::aws:policy/{name}", HERE, document([ANY]), managed_by_aws=True)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("AdministratorAccess", ["AdministratorAccess"]),
        ("PowerUserAccess", ["PowerUserAccess"]),
        ("job-function/SystemAdministrator", []),
        ("AdministratorAccess-Amplify", []),
    ],
)
def test_a_policy_of_aws_that_gives_everything(name: str, what: list[str]) -> None:
    found = broad(role("Dev")._replace(policies=(of_aws(name),)))
    assert [one.what for one in found] == what
    assert all(one.statement is None for one in found)


def test_every_policy_of_an_identity_is_looked_at() -> None:
    policies = (of_aws("ReadOnlyAccess"), policy_of("Policy", [ANY]))
    (found,) = broad(role("Dev")._replace(policies=policies))
    assert found.policy.address == "Policy"
    assert found.at.start == (found.statement.actions or ())[0].at.start  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "identity",
    [
        role("Dev", ANY)._replace(elsewhere=True),
        role("Team", ANY, kind=IdentityKind.GROUP),
        role("Dev", ANY)._replace(boundary=policy_of("Limit", [DECRYPTS])),
        role("Dev", ANY, deny({**ANY, "Action": "kms:PutKeyPolicy"})),
        role("Dev", when("A", ANY)),
        role("Dev")._replace(policies=(IdentityPolicy("Unseen", HERE, None), policy_of("Policy", [ANY]))),
    ],
)
def test_who_has_everything_and_not_the_key(identity: Identity) -> None:
    assert broad(identity) == []


@pytest.mark.parametrize(
    ("policy", "answer"),
    [
        ([to("account")], True),
        ([to("Admin")], False),
        ([to("Dev"), to("account")], False),
        ([to("account", action="kms:Decrypt")], False),
        ([when("A", to("account"))], False),
    ],
)
def test_the_key_has_to_leave_it_to_iam(policy: Plain, answer: bool) -> None:
    assert bool(broad(role("Dev", ANY), policy=policy)) is answer


def test_only_the_keys_that_it_gives_are_named() -> None:
    closed = key_of([to("Admin")], key_with()._replace(address="Closed"))
    estate = estate_of(key_of(DELEGATED), closed, KEY._replace(address="Default"), identities=(role("Dev", ANY),))
    (found,) = broad_policies(estate)
    assert [key.address for key in found.keys] == ["Key", "Default"]
