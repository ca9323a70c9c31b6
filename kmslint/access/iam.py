"""What the caller's own policies say: identity policies, group policies, the permissions boundary.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from typing import Final, NamedTuple

from kmslint.access.matching import identity_statement_applies
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity, IdentityPolicy
from kmslint.model.policy import Effect
from kmslint.verdict import ALWAYS, NEVER, NO, UNDECIDED, UNKNOWN, Truth, either


class Iam(NamedTuple):
    """In which requests the caller's own policies allow, deny and bound an action on a key."""

    allowed: Truth
    denied: Truth
    bounded: Truth
    """The permissions boundary lets it through; without one it always does."""


ADMINISTRATOR: Final = Iam(ALWAYS, NEVER, ALWAYS)
"""IAM policies that allow everything."""

NOTHING: Final = Iam(NEVER, NEVER, ALWAYS)
"""No IAM policy at all."""


def identity_policies_say(identity: Identity, situation: Situation, groups: tuple[Identity, ...] = ()) -> Iam:
    """What the policies of an identity and of its groups say; those that cannot be seen may allow and deny anything."""
    policies = [policy for owner in (identity, *groups) for policy in owner.policies]
    unseen = any(owner.unseen_policies for owner in (identity, *groups))
    allowed, denied = _say(policies, situation, unseen)
    if identity.boundary is None:
        return Iam(allowed, denied, ALWAYS)
    bounded, denied_by_boundary = _say([identity.boundary], situation, unseen=False)
    return Iam(allowed, either((denied, denied_by_boundary)), bounded)


def _say(policies: list[IdentityPolicy], situation: Situation, unseen: bool) -> tuple[Truth, Truth]:
    allows, denies = [NEVER], [NEVER]
    for policy in policies:
        unseen = unseen or policy.document is None or bool(policy.document.unseen)
        for statement in policy.document.statements if policy.document else ():
            truth = identity_statement_applies(statement, situation)
            if policy.guards or statement.effect is Effect.UNKNOWN:
                truth = doubtful(truth)
            if statement.effect in (Effect.ALLOW, Effect.UNKNOWN):
                allows.append(truth)
            if statement.effect in (Effect.DENY, Effect.UNKNOWN):
                denies.append(truth)
    if unseen:
        allows.append(UNDECIDED)
        denies.append(UNDECIDED)
    return either(allows), either(denies)


def doubtful(truth: Truth) -> Truth:
    """The truth of something that may not be there."""
    return Truth(NO if truth.some is NO else UNKNOWN, NO if truth.every is NO else UNKNOWN)
