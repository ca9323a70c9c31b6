"""The decision on one situation (semantics A1): key policy first, then what it leaves to IAM.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from enum import Enum
from typing import NamedTuple

from kmslint.access.caller import CallerKind
from kmslint.access.matching import applies, identity_statement_applies
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity, IdentityPolicy
from kmslint.model.policy import Document, Effect, Statement
from kmslint.verdict import ALWAYS, NEVER, NO, UNDECIDED, UNKNOWN, Truth, both, either, opposite


class Reason(Enum):
    """Why a decision came out as it did; the words of the `simulate` contract."""

    KEY_POLICY_DIRECT = "key-policy-direct"
    ACCOUNT_DELEGATION = "account-delegation+iam"
    ROOT_USER = "root-user-via-account-principal"
    CROSS_ACCOUNT = "xacct-key-policy+iam"
    KEY_POLICY_DENY = "key-policy-deny"
    DELEGATED_BUT_NO_IAM_ALLOW = "delegated-but-no-iam-allow"
    IAM_ALLOW_INEFFECTIVE = "iam-allow-ineffective-no-key-policy"
    NOT_CROSS_ACCOUNT = "not-a-cross-account-operation"
    NO_KEY_POLICY = "xacct-no-key-policy"
    NONE = "none"
    UNKNOWN = "unknown"


class KeyPolicySays(NamedTuple):
    """What a key policy says of a situation, before IAM is asked."""

    directly: Truth
    """Some Allow names the caller."""
    by_account: Truth
    """Some Allow hands the action to the caller's account."""
    denied: Truth
    allowing: tuple[Statement, ...]
    denying: tuple[Statement, ...]


class Decision(NamedTuple):
    """Whether the situation is allowed, why, and by which statements of the key policy."""

    allowed: Truth
    reason: Reason
    statements: tuple[Statement, ...]


def key_policy_says(document: Document, situation: Situation) -> KeyPolicySays:
    """What the key policy allows and denies; statements that cannot be seen may do both."""
    direct, account, denied = [NEVER], [NEVER], [NEVER]
    allowing, denying = [], []
    for statement in document.statements:
        if statement.effect is Effect.INVALID:
            continue
        application = applies(statement, situation)
        reached = either(application)
        if reached.some is NO:
            continue
        certain = statement.effect is not Effect.UNKNOWN
        if statement.effect is not Effect.DENY:
            direct.append(application.directly if certain else _doubt(application.directly))
            account.append(application.by_account if certain else _doubt(application.by_account))
            allowing.append(statement)
        if statement.effect is not Effect.ALLOW:
            denied.append(reached if certain else _doubt(reached))
            denying.append(statement)
    if document.unseen:
        direct.append(UNDECIDED)
        account.append(UNDECIDED)
        denied.append(UNDECIDED)
    return KeyPolicySays(either(direct), either(account), either(denied), tuple(allowing), tuple(denying))


def _doubt(truth: Truth) -> Truth:
    """The truth of something that may not be there."""
    return NEVER if truth is NEVER else UNDECIDED


def decide(document: Document, situation: Situation, iam: Truth) -> Decision:
    """The decision, where `iam` says in which requests the caller's own policies allow the action."""
    says = key_policy_says(document, situation)
    if situation.caller.own:
        by_account = says.by_account
        if situation.caller.kind is not CallerKind.ROOT_USER:
            by_account = both((says.by_account, iam))
        granted = either((says.directly, by_account))
    else:
        cross_account = ALWAYS if situation.action.cross_account else NEVER
        granted = both((either((says.directly, says.by_account)), iam, cross_account))
    # RetireGrant in a key policy has no effect: only the grant decides.
    if not situation.action.on_key:
        granted = NEVER
    allowed = both((granted, opposite(says.denied)))
    reason = _reason(says, situation, iam, allowed)
    return Decision(allowed, reason, says.denying if reason is Reason.KEY_POLICY_DENY else says.allowing)


def _reason(says: KeyPolicySays, situation: Situation, iam: Truth, allowed: Truth) -> Reason:
    if allowed.some is UNKNOWN:
        return Reason.UNKNOWN
    if allowed.some is not NO:
        return _allowing_reason(says, situation)
    if not situation.caller.own and not situation.action.cross_account:
        return Reason.NOT_CROSS_ACCOUNT
    if says.denied.every is not NO:
        return Reason.KEY_POLICY_DENY
    if not situation.caller.own:
        return Reason.NO_KEY_POLICY
    if says.by_account.some is not NO:
        return Reason.DELEGATED_BUT_NO_IAM_ALLOW
    return Reason.IAM_ALLOW_INEFFECTIVE if iam.some is not NO else Reason.NONE


def _allowing_reason(says: KeyPolicySays, situation: Situation) -> Reason:
    if not situation.caller.own:
        return Reason.CROSS_ACCOUNT
    if says.directly.some is not NO:
        return Reason.KEY_POLICY_DIRECT
    return Reason.ROOT_USER if situation.caller.kind is CallerKind.ROOT_USER else Reason.ACCOUNT_DELEGATION


def identity_policies_say(identity: Identity, situation: Situation, groups: tuple[Identity, ...] = ()) -> Truth:
    """In which requests the policies of an identity allow the action on the key (its key policy aside)."""
    policies = [policy for owner in (identity, *groups) for policy in owner.policies]
    unseen = any(owner.unseen_policies for owner in (identity, *groups))
    allowed = _allowed(policies, situation, unseen)
    if identity.boundary is not None:
        allowed = both((allowed, _allowed([identity.boundary], situation, unseen=False)))
    return allowed


def _allowed(policies: list[IdentityPolicy], situation: Situation, unseen: bool) -> Truth:
    allows, denies = [NEVER], [NEVER]
    for policy in policies:
        unseen = unseen or policy.document is None or bool(policy.document.unseen)
        for statement in policy.document.statements if policy.document else ():
            truth = identity_statement_applies(statement, situation)
            if policy.guards:
                truth = _doubt(truth)
            if statement.effect is Effect.ALLOW:
                allows.append(truth)
            elif statement.effect is Effect.DENY:
                denies.append(truth)
            elif statement.effect is Effect.UNKNOWN:
                unseen = True
    if unseen:
        allows.append(UNDECIDED)
        denies.append(UNDECIDED)
    return both((either(allows), opposite(either(denies))))
