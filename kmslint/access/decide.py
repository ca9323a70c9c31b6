"""The decision on one situation: key policy first, then what it leaves to IAM.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from enum import Enum
from typing import NamedTuple

from kmslint.access.caller import CallerKind
from kmslint.access.iam import Iam
from kmslint.access.key_policy import KeyPolicySays, key_policy_says
from kmslint.access.situation import Situation
from kmslint.aws.actions import Group
from kmslint.model.policy import Document, Statement
from kmslint.verdict import ALWAYS, NEVER, NO, UNDECIDED, UNKNOWN, YES, Truth, both, either, opposite


class Reason(Enum):
    """Why a decision came out as it did, as a word that scripts can go by."""

    KEY_POLICY_DIRECT = "key-policy-direct"
    ACCOUNT_DELEGATION = "account-delegation+iam"
    ROOT_USER = "root-user-via-account-principal"
    CROSS_ACCOUNT = "xacct-key-policy+iam"
    KEY_POLICY_DENY = "key-policy-deny"
    DELEGATED_BUT_NO_IAM_ALLOW = "delegated-but-no-iam-allow"
    IAM_ALLOW_INEFFECTIVE = "iam-allow-ineffective-no-key-policy"
    NOT_CROSS_ACCOUNT = "not-a-cross-account-operation"
    NO_KEY_POLICY = "xacct-no-key-policy"
    FOREIGN_NO_IAM = "xacct-no-iam"
    IAM_DENY = "iam-deny"
    BOUNDARY_LIMITS_ROLE = "boundary-or-session-limits-role-grant"
    IAM_ONLY_ACTION = "iam-only-action"
    IAM_ONLY_ACTION_NO_IAM = "iam-only-action-no-iam"
    NONE = "none"
    UNKNOWN = "unknown"


class Decision(NamedTuple):
    """Whether the situation is allowed, why, and by which statements of the key policy."""

    allowed: Truth
    reason: Reason
    statements: tuple[Statement, ...]


def decide(document: Document, situation: Situation, iam: Iam) -> Decision:
    """The decision on a situation, given what the caller's own policies say."""
    if situation.action.group is Group.ACCOUNT:
        return _without_key(iam)
    says = key_policy_says(document, situation)
    allowed = both((_granted(says, situation, iam), opposite(says.denied), opposite(iam.denied)))
    if not situation.action.on_key:
        # Of RetireGrant only a grant decides, or IAM by right of the account that made it; grants are not known here.
        allowed = UNDECIDED if both((iam.allowed, opposite(says.denied))).some is not NO else NEVER
    reason = _reason(says, situation, iam, allowed)
    return Decision(allowed, reason, _statements(says, reason))


def _without_key(iam: Iam) -> Decision:
    """An action that concerns no key: IAM alone decides.

    https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
    """
    allowed = both((iam.allowed, opposite(iam.denied), iam.bounded))
    return Decision(allowed, Reason.IAM_ONLY_ACTION if allowed.some is not NO else Reason.IAM_ONLY_ACTION_NO_IAM, ())


def _granted(says: KeyPolicySays, situation: Situation, iam: Iam) -> Truth:
    """Who is allowed before any Deny: by the key policy alone, or by it and IAM together."""
    caller = situation.caller
    by_iam = ALWAYS if caller.kind is CallerKind.ROOT_USER else both((iam.allowed, iam.bounded))
    if not caller.own:
        works = ALWAYS if situation.action.cross_account else NEVER
        return both((either((says.directly, says.by_account)), by_iam, works))
    # A boundary binds a role that the key policy names by its ARN; not a user or a session, nor whom * means.
    bound = caller.kind is CallerKind.ROLE and not any(_names_everybody(statement) for statement in says.naming)
    directly = both((says.directly, iam.bounded)) if bound else says.directly
    return either((directly, both((says.by_account, by_iam))))


def _names_everybody(statement: Statement) -> bool:
    return any(principal.is_star for principal in statement.principals or ())


def _reason(says: KeyPolicySays, situation: Situation, iam: Iam, allowed: Truth) -> Reason:
    if allowed.some is UNKNOWN:
        return Reason.UNKNOWN
    if allowed.some is not NO:
        return _allowing_reason(says, situation)
    if says.denied.every is YES:
        return Reason.KEY_POLICY_DENY
    if iam.denied.every is YES:
        return Reason.IAM_DENY
    if not situation.caller.own:
        return _foreign_reason(says, situation)
    if says.directly.some is not NO:
        return Reason.KEY_POLICY_DENY if says.denied.some is not NO else Reason.BOUNDARY_LIMITS_ROLE
    if says.by_account.some is not NO:
        return Reason.DELEGATED_BUT_NO_IAM_ALLOW
    return Reason.IAM_ALLOW_INEFFECTIVE if iam.allowed.some is not NO else Reason.NONE


def _foreign_reason(says: KeyPolicySays, situation: Situation) -> Reason:
    if not situation.action.cross_account:
        return Reason.NOT_CROSS_ACCOUNT
    return Reason.NO_KEY_POLICY if either((says.directly, says.by_account)).some is NO else Reason.FOREIGN_NO_IAM


def _allowing_reason(says: KeyPolicySays, situation: Situation) -> Reason:
    if not situation.caller.own:
        return Reason.CROSS_ACCOUNT
    if says.directly.some is not NO:
        return Reason.KEY_POLICY_DIRECT
    return Reason.ROOT_USER if situation.caller.kind is CallerKind.ROOT_USER else Reason.ACCOUNT_DELEGATION


def _statements(says: KeyPolicySays, reason: Reason) -> tuple[Statement, ...]:
    """The statements of the key policy that decided."""
    if reason is Reason.KEY_POLICY_DENY:
        return says.denying
    if reason is Reason.KEY_POLICY_DIRECT:
        return says.naming
    return (*says.naming, *(one for one in says.delegating if all(one is not other for other in says.naming)))
