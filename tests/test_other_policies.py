"""What the policies beside the key policy say: IAM policies of an identity and its groups, and what nobody can see.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import pytest

from kmslint.access.decide import decide
from kmslint.access.other_policies import (
    ADMINISTRATOR,
    NOTHING,
    NamedPolicy,
    OtherPolicies,
    identity_policies_say,
    policies_of,
    resource_policies_say,
)
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy
from kmslint.values import ALWAYS as UNGUARDED
from kmslint.values import Guard, Guards, unknown
from kmslint.verdict import ALWAYS, NEVER, SOMETIMES, UNDECIDED, Truth
from plain_policies import HERE, KEY, OWN, Plain, accounts_of, action_of, caller_of, document, words

ALLOW: Plain = {"Sid": "Allow", "Effect": "Allow", "Action": "kms:*", "Resource": "*"}
DENY: Plain = {"Sid": "Deny", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}
S3: Plain = {"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
NO_S3: Plain = {"Sid": "NoS3", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
WITH_MFA: Plain = {
    "Sid": "WithMfa",
    "Effect": "Allow",
    "Action": "kms:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
}
EITHER: Plain = {"Sid": "Either", "Effect": "<Effect>", "Action": "kms:*", "Resource": "*"}
MISSPELT: Plain = {"Sid": "Misspelt", "Effect": "allow", "Action": "kms:*", "Resource": "*"}
HIDDEN: Plain = "<<Statement>>"

ON_A_CONDITION: Guards = frozenset({Guard("IsProduction", True)})

SITUATION = Situation(caller_of("user/Ann"), action_of("kms:Decrypt"), KEY, accounts_of())


def policy(*statements: Plain, guards: Guards = UNGUARDED) -> IdentityPolicy:
    return IdentityPolicy("Policy", HERE, document(list(statements)), guards=guards)


NOT_READ = IdentityPolicy("Policy", HERE, None)


def identity(*policies: IdentityPolicy, kind: IdentityKind = IdentityKind.USER, unseen: bool = False) -> Identity:
    attached = (unknown("SomePolicy", HERE),) if unseen else ()
    return Identity("Ann", kind, HERE, words(f"arn:aws:iam::{OWN}:user/Ann"), policies, attached)


@pytest.mark.parametrize(
    ("policies", "allowed", "denied"),
    [
        ((), NEVER, NEVER),
        ((policy(ALLOW),), ALWAYS, NEVER),
        ((policy(S3),), NEVER, NEVER),
        ((policy(S3), policy(ALLOW)), ALWAYS, NEVER),
        ((policy(ALLOW, DENY),), ALWAYS, ALWAYS),
        ((policy(ALLOW), policy(DENY)), ALWAYS, ALWAYS),
        ((policy(ALLOW, NO_S3),), ALWAYS, NEVER),
        ((policy(WITH_MFA),), SOMETIMES, NEVER),
        ((policy(MISSPELT),), NEVER, NEVER),
        # What cannot be seen may allow and deny anything; a certain statement beside it stays certain.
        ((policy(EITHER),), UNDECIDED, UNDECIDED),
        ((policy(HIDDEN),), UNDECIDED, UNDECIDED),
        ((policy(HIDDEN), policy(ALLOW)), ALWAYS, UNDECIDED),
        ((policy(ALLOW), policy(HIDDEN)), ALWAYS, UNDECIDED),
        ((policy(DENY), policy(HIDDEN)), UNDECIDED, ALWAYS),
        ((NOT_READ,), UNDECIDED, UNDECIDED),
        ((NOT_READ, policy(ALLOW)), ALWAYS, UNDECIDED),
        ((policy(ALLOW, guards=ON_A_CONDITION),), UNDECIDED, NEVER),
        ((policy(DENY, guards=ON_A_CONDITION),), NEVER, UNDECIDED),
        ((policy(S3, guards=ON_A_CONDITION),), NEVER, NEVER),
    ],
)
def test_policies_of_an_identity(policies: tuple[IdentityPolicy, ...], allowed: Truth, denied: Truth) -> None:
    says = policies_of(identity(*policies), SITUATION).identity
    assert (says.allowed, says.denied) == (allowed, denied)


def test_policies_of_its_groups_count() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html"""
    devs = identity(policy(ALLOW), kind=IdentityKind.GROUP)
    banned = identity(policy(DENY), kind=IdentityKind.GROUP)
    says = policies_of(identity(policy(S3)), SITUATION, (devs,)).identity
    assert (says.allowed, says.denied) == (ALWAYS, NEVER)
    says = policies_of(identity(policy(ALLOW)), SITUATION, (devs, banned)).identity
    assert (says.allowed, says.denied) == (ALWAYS, ALWAYS)


def test_policies_attached_from_elsewhere_may_do_anything() -> None:
    unseen, devs = identity(unseen=True), identity(policy(ALLOW), kind=IdentityKind.GROUP)
    assert policies_of(unseen, SITUATION).identity[:2] == (UNDECIDED, UNDECIDED)
    assert policies_of(devs, SITUATION, (unseen,)).identity[:2] == (ALWAYS, UNDECIDED)
    assert policies_of(unseen, SITUATION, (devs,)).identity[:2] == (ALWAYS, UNDECIDED)


def test_boundary_says_for_itself() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"""
    others = policies_of(identity(policy(ALLOW))._replace(boundary=policy(S3)), SITUATION)
    assert others.identity.allowed == ALWAYS
    assert others.boundary is not None
    assert others.boundary.allowed == NEVER
    assert others.limits() == NEVER
    assert policies_of(identity(policy(ALLOW)), SITUATION).boundary is None


@pytest.mark.parametrize(
    ("statement", "allowing", "denying"),
    [
        (ALLOW, ["Allow"], []),
        (DENY, [], ["Deny"]),
        (WITH_MFA, ["WithMfa"], []),
        (EITHER, ["Either"], ["Either"]),
        (MISSPELT, [], []),
        (S3, [], []),
        (NO_S3, [], []),
    ],
)
def test_statements_that_apply_are_told(statement: Plain, allowing: list[str], denying: list[str]) -> None:
    says = identity_policies_say([NamedPolicy("Policy", document([S3, statement]))], SITUATION)
    assert [(one.policy, one.statement.sid) for one in says.allowing] == [("Policy", sid) for sid in allowing]
    assert [(one.policy, one.statement.sid) for one in says.denying] == [("Policy", sid) for sid in denying]


@pytest.mark.parametrize(
    ("principal", "denied"),
    [
        ("*", ALWAYS),
        ({"AWS": OWN}, ALWAYS),
        ({"AWS": f"arn:aws:iam::{OWN}:user/Ann"}, ALWAYS),
        ({"AWS": f"arn:aws:iam::{OWN}:user/Bob"}, NEVER),
        ({"Service": "logs.amazonaws.com"}, NEVER),
    ],
)
def test_policies_with_a_principal(principal: Plain, denied: Truth) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"""
    deny: Plain = {"Effect": "Deny", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    says = resource_policies_say([NamedPolicy("rcps[0][0]", document([deny]))], SITUATION)
    assert (says.allowed, says.denied) == (NEVER, denied)


def test_a_deny_of_any_kind_denies() -> None:
    allows = identity_policies_say([NamedPolicy("Policy", document([ALLOW]))], SITUATION)
    denies = identity_policies_say([NamedPolicy("Policy", document([ALLOW, DENY]))], SITUATION)
    assert OtherPolicies(allows, allows, allows, (allows, allows), allows, allows).denied() == NEVER
    for others in (
        OtherPolicies(denies),
        OtherPolicies(allows, boundary=denies),
        OtherPolicies(allows, session=denies),
        OtherPolicies(allows, scps=(allows, denies)),
        OtherPolicies(allows, rcps=denies),
        OtherPolicies(allows, endpoint=denies),
    ):
        assert others.denied() == ALWAYS


def test_an_administrator_and_nobody() -> None:
    """Where the key hands access on to IAM, who has everything there has everything on the key."""
    delegating = document([{"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}])
    assert decide(delegating, SITUATION, ADMINISTRATOR).allowed == ALWAYS
    assert decide(delegating, SITUATION, NOTHING).allowed == NEVER
