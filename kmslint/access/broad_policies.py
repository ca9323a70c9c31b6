"""Identities whose IAM policies say nothing of KMS in particular, and give all of it.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.by_iam import may_with
from kmslint.access.caller import named
from kmslint.access.identities import groups_of
from kmslint.access.other_policies import NOTHING, policies_of
from kmslint.access.situation import Situation
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.location import Location
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Key
from kmslint.model.policy import Statement, texts
from kmslint.verdict import NO, YES

_OF_AWS: Final = (":policy/AdministratorAccess", ":policy/PowerUserAccess")


class BroadPolicy(NamedTuple):
    """A policy of an identity that gives everything, and the keys it gives with it."""

    identity: Identity
    policy: IdentityPolicy
    statement: Statement | None
    """None for a managed policy of AWS."""
    at: Location
    what: str
    """What it is called, or says: `AdministratorAccess`, `Action *`."""
    keys: tuple[Key, ...]


def broad_policies(estate: Estate) -> Iterator[BroadPolicy]:
    """The identities with such a policy, where keys leave it to IAM policies who administers them."""
    for identity in estate.identities:
        if identity.elsewhere or identity.kind is IdentityKind.GROUP:
            continue
        found = next(_of(identity), None)
        if found is None:
            continue
        keys = tuple(key for key in estate.keys if _is_given(key, identity, estate))
        if keys:
            yield found._replace(keys=keys)


def _of(identity: Identity) -> Iterator[BroadPolicy]:
    for policy in identity.policies:
        if policy.managed_by_aws:
            if policy.address.endswith(_OF_AWS):
                yield BroadPolicy(identity, policy, None, policy.at, policy.address.rpartition("/")[2], ())
            continue
        for statement in policy.document.statements if policy.document else ():
            star = next((one for one in texts(statement.actions) if one.literal == "*"), None)
            everywhere = any(one.literal == "*" for one in texts(statement.resources))
            if star and everywhere and not statement.conditions:  # a Deny gives nothing, as is seen when it is asked
                yield BroadPolicy(identity, policy, statement, star.at, "Action *", ())


def _is_given(key: Key, identity: Identity, estate: Estate) -> bool:
    """Whether the identity may change the key policy by its IAM policies alone."""
    situation = Situation(named(identity.arn), PUT_KEY_POLICY, key, estate.accounts_of(key))
    others = policies_of(identity, situation, groups_of(identity, estate))
    return may_with(others, situation) is YES and may_with(NOTHING, situation) is NO
