"""Identities that can make themselves administrators of keys, by giving themselves an IAM policy.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.by_iam import may_with
from kmslint.access.caller import named
from kmslint.access.identities import groups_of
from kmslint.access.other_policies import policies_of
from kmslint.access.situation import Situation
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.location import Location
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Key
from kmslint.model.policy import Effect, Element, Statement
from kmslint.values import Text
from kmslint.verdict import ALWAYS, NO, YES, Verdict, any_of, negate
from kmslint.wildcard import covers, glob

_GIVING: Final = {
    IdentityKind.ROLE: ("iam:PutRolePolicy", "iam:AttachRolePolicy"),
    IdentityKind.USER: ("iam:PutUserPolicy", "iam:AttachUserPolicy"),
}
"""The actions by which somebody gives a policy to an identity of that kind."""
_REPLACING: Final = ("iam:PutRolePolicy", "iam:PutUserPolicy")
"""Those that write an inline policy, be there one of that name or not."""

_FULL_ACCESS: Final = ":aws:policy/IAMFullAccess"
"""AWS's managed policy with iam:* on everything.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/IAMFullAccess.html
"""


class Escalation(NamedTuple):
    """An identity that may give itself any IAM policy, and the keys that it can then administer."""

    identity: Identity
    policy: IdentityPolicy
    statement: Statement | None
    """The statement that lets it; None for a managed policy of AWS."""
    at: Location
    action: str
    keys: tuple[Key, ...]


def escalations(estate: Estate) -> Iterator[Escalation]:
    """The identities that may not change the policies of keys, and can see to it that they may."""
    for identity in estate.identities:
        if identity.kind not in _GIVING or identity.elsewhere or identity.guards or identity.boundary is not None:
            continue
        found = _self_service(identity, estate)
        if found is None:
            continue
        left = _left(identity, found.action)
        keys = tuple(key for key in estate.keys if _is_within_reach(key, identity, left, estate))
        if keys:
            yield found._replace(keys=keys)


def _left(identity: Identity, action: str) -> Identity:
    """The identity with the policies that it cannot write anew: an inline policy is replaced by one of its name.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
    """
    if action not in _REPLACING:
        return identity
    return identity._replace(policies=tuple(one for one in identity.policies if one.address != identity.address))


def _is_within_reach(key: Key, identity: Identity, left: Identity, estate: Estate) -> bool:
    """Whether the identity may not change the key policy, and one more IAM policy would let it: of what is left then,
    no Deny is in the way, nor perhaps one that cannot be seen.
    """
    situation = Situation(named(identity.arn), PUT_KEY_POLICY, key, estate.accounts_of(key))
    groups = groups_of(identity, estate)
    then = policies_of(left, situation, groups)
    with_all = then._replace(identity=then.identity._replace(allowed=ALWAYS))
    now = policies_of(identity, situation, groups)
    return may_with(now, situation) is NO and may_with(with_all, situation) is YES


def _self_service(identity: Identity, estate: Estate) -> Escalation | None:
    """The first statement by which it may give itself a policy; None if there is none, or a Deny perhaps."""
    policies = [policy for owner in (identity, *groups_of(identity, estate)) for policy in owner.policies]
    statements = [(policy, one) for policy in policies if policy.document for one in policy.document.statements]
    for action in _GIVING[identity.kind]:
        if any(one.effect is not Effect.ALLOW and _names(one, action) is not NO for _, one in statements):
            continue
        for policy, statement in statements:
            if _allows(statement, action, identity) and not policy.guards:
                return Escalation(identity, policy, statement, _place(statement, action), action, ())
        full = next(filter(_is_full_access, policies), None)
        if full is not None:
            return Escalation(identity, full, None, full.at, action, ())
    return None


def _is_full_access(policy: IdentityPolicy) -> bool:
    return policy.address.endswith(_FULL_ACCESS) and not policy.guards


def _allows(statement: Statement, action: str, identity: Identity) -> bool:
    if statement.conditions or statement.guards:
        return False
    listed = (one for one in statement.resources or () if isinstance(one, Text))
    return _names(statement, action) is YES and any(covers(one, identity.arn) is YES for one in listed)


def _names(statement: Statement, action: str) -> Verdict:
    """Whether Action or NotAction covers an action of IAM."""
    if statement.not_actions is not None:
        return negate(any_of(_covers(one, action) for one in statement.not_actions))
    return any_of(_covers(one, action) for one in statement.actions or ())


def _covers(element: Element, action: str) -> Verdict:
    if not isinstance(element, Text) or element.literal is None:
        return Verdict.UNKNOWN
    return Verdict.of(glob(element.literal, action, ignore_case=True))


def _place(statement: Statement, action: str) -> Location:
    """The entry that names the action, or the first one that leaves it out."""
    found = (one for one in statement.actions or () if _covers(one, action) is YES)
    return next((one.at for one in found), statement.header)
