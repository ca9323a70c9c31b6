"""Why a decision came out as it did: a word that scripts can go by, and the statements that decided.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from kmslint.access.caller import CallerKind
from kmslint.access.decide import Decision
from kmslint.access.other_policies import Deciding, Says
from kmslint.verdict import NO, UNKNOWN, YES, Truth, both, either

KEY_POLICY: Final = "resourcePolicy"
"""What the key policy is called among the policies of a decision."""


class Reason(Enum):
    """Why a decision came out as it did: a code that scripts can go by, and what it means."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Reason:
        """A reason whose value is its code."""
        reason = object.__new__(cls)
        reason._value_ = code
        reason.meaning = meaning
        return reason

    KEY_POLICY_DIRECT = "key-policy-direct", "the key policy allows it to the caller, or to everybody"
    ACCOUNT_DELEGATION = "account-delegation+iam", "the key policy allows it to the account, and IAM to the caller"
    ROOT_USER = "root-user-via-account-principal", "the key policy allows it to the account, and so to its root user"
    CROSS_ACCOUNT = "xacct-key-policy+iam", "the caller is of another account: the key policy and its IAM both allow it"
    SERVICE = "key-policy-service", "the key policy allows it to the service"
    GRANT = "grant", "a grant allows it"
    IAM_ONLY_ACTION = "iam-only-action", "it concerns no key, and IAM allows it"

    KEY_POLICY_DENY = "key-policy-deny", "the key policy denies it"
    IAM_DENY = "iam-deny", "an identity policy denies it"
    BOUNDARY_DENY = "boundary-deny", "the permissions boundary denies it"
    SESSION_DENY = "session-deny", "the session policy denies it"
    SCP_DENY = "scp-deny", "a service control policy denies it"
    RCP_DENY = "rcp-deny", "a resource control policy denies it"
    ENDPOINT_DENY = "vpce-deny", "the policy of the VPC endpoint denies it"

    SCP_NO_ALLOW = "scp-no-allow", "a level of service control policies does not allow it"
    ENDPOINT_NO_ALLOW = "vpce-no-allow", "the policy of the VPC endpoint does not allow it"
    IAM_ONLY_ACTION_NO_IAM = "iam-only-action-no-iam", "it concerns no key, and IAM does not allow it"
    BOUNDARY_LIMITS_ROLE = (
        "boundary-or-session-limits-role-grant",
        "the key policy names the role, whose boundary or session policy does not allow it",
    )
    DELEGATED_BUT_NO_IAM_ALLOW = (
        "delegated-but-no-iam-allow",
        "the key policy allows it to the account, but IAM does not to the caller",
    )
    BOUNDARY = "boundary-or-session", "IAM allows it and may decide, but the boundary or session policy does not"
    IAM_ALLOW_INEFFECTIVE = (
        "iam-allow-ineffective-no-key-policy",
        "IAM allows it, but the key policy allows it neither to the caller nor to the account",
    )
    NOT_CROSS_ACCOUNT = (
        "not-a-cross-account-operation",
        "the caller is of another account, where the action does not work",
    )
    NO_KEY_POLICY = "xacct-no-key-policy", "the caller is of another account, and the key policy allows it to neither"
    FOREIGN_NO_IAM = "xacct-no-iam", "the caller is of another account: the key policy allows it, its IAM does not"
    FOREIGN_BOUNDARY = (
        "xacct-boundary-or-session",
        "the caller is of another account: key policy and IAM allow it, its boundary or session policy does not",
    )
    NONE = "none", "nothing allows it"

    RETIRE_GRANT = (
        "retire-grant",
        "kms:RetireGrant, whatever comes of it: grants alone decide, or the right to retire one's own",
    )
    UNKNOWN = "unknown", "AWS's documentation, or what can be seen, leaves it open"

    @property
    def is_deny(self) -> bool:
        """Whether a Deny statement decided, and not that nothing allows."""
        return self in _DENIES


_DENIES: Final = frozenset(
    {
        Reason.KEY_POLICY_DENY,
        Reason.IAM_DENY,
        Reason.BOUNDARY_DENY,
        Reason.SESSION_DENY,
        Reason.SCP_DENY,
        Reason.RCP_DENY,
        Reason.ENDPOINT_DENY,
    }
)


def reason_of(decision: Decision) -> Reason:
    """Why it came out so. Where several things would each have been enough, the first that AWS looks at."""
    denial = _denial(decision)
    if denial is not None:
        return denial
    if decision.situation.action.name == "kms:RetireGrant" and not _held_up(decision):
        return Reason.RETIRE_GRANT
    if decision.allowed.some is UNKNOWN:
        return Reason.UNKNOWN
    if decision.allowed.some is YES:
        return _way(decision)
    return _held_up(decision) or _missing(decision)


def statements_of(decision: Decision) -> tuple[Deciding, ...]:
    """The statements that decided; of an implicit denial, the half that was there.

    First those of the key policy, then those of the others; of an undecided one, all that have a part in it.
    """
    reason = reason_of(decision)
    if reason.is_deny:
        return _certain(_denying(decision, reason))
    if reason in (Reason.GRANT, Reason.RETIRE_GRANT, Reason.SCP_NO_ALLOW, Reason.ENDPOINT_NO_ALLOW):
        return ()
    if reason is Reason.UNKNOWN:
        every = (*_of_key_policy(decision), *decision.others.identity.allowing, *_denying(decision))
        # By identity: one of unknown Effect may allow and deny, and statements out of a text cannot be hashed.
        return tuple({id(one.statement): one for one in every}.values())
    from_key_policy = _of_key_policy(decision, reason)
    from_iam = decision.others.identity.allowing if reason in _WITH_IAM else ()
    return (*_certain(from_key_policy), *_certain(from_iam))


def _certain(deciding: tuple[Deciding, ...]) -> tuple[Deciding, ...]:
    """Those that certainly apply, in some request at least; if there are none, those that may."""
    return tuple(one for one in deciding if one.applies.some is YES) or deciding


_WITH_IAM: Final = frozenset(
    {
        Reason.ACCOUNT_DELEGATION,
        Reason.CROSS_ACCOUNT,
        Reason.BOUNDARY,
        Reason.FOREIGN_BOUNDARY,
        Reason.IAM_ONLY_ACTION,
        Reason.IAM_ALLOW_INEFFECTIVE,
        Reason.NO_KEY_POLICY,
    }
)


def _denial(decision: Decision) -> Reason | None:
    """The first policy with a Deny in every request."""
    denials = ((Reason.KEY_POLICY_DENY, decision.key_policy.denied), *_other_denials(decision))
    return next((reason for reason, denied in denials if denied.every is YES), None)


def _other_denials(decision: Decision) -> tuple[tuple[Reason, Truth], ...]:
    return tuple((reason, says.denied) for reason, kind in _by_kind(decision) for says in kind)


def _by_kind(decision: Decision) -> tuple[tuple[Reason, tuple[Says, ...]], ...]:
    """The policies beside the key policy, in the order in which their Denies are named."""
    others = decision.others
    optional = {
        Reason.BOUNDARY_DENY: others.boundary,
        Reason.SESSION_DENY: others.session,
    }
    last = {Reason.RCP_DENY: others.rcps, Reason.ENDPOINT_DENY: others.endpoint}
    return (
        (Reason.IAM_DENY, (others.identity,)),
        *((reason, (says,)) for reason, says in optional.items() if says is not None),
        (Reason.SCP_DENY, others.scps),
        *((reason, (says,)) for reason, says in last.items() if says is not None),
    )


def _denying(decision: Decision, reason: Reason | None = None) -> tuple[Deciding, ...]:
    """The denying statements of the policies that a reason names; of all, for none."""
    from_key_policy = tuple(Deciding(KEY_POLICY, *one) for one in decision.key_policy.denying)
    if reason is Reason.KEY_POLICY_DENY:
        return from_key_policy
    rest = tuple(
        one for kind, each in _by_kind(decision) if reason in (None, kind) for says in each for one in says.denying
    )
    return rest if reason is not None else (*from_key_policy, *rest)


def _held_up(decision: Decision) -> Reason | None:
    """What had to allow beside everything else and did not."""
    if any(level.allowed.some is NO for level in decision.others.scps):
        return Reason.SCP_NO_ALLOW
    endpoint = decision.others.endpoint
    return Reason.ENDPOINT_NO_ALLOW if endpoint is not None and endpoint.allowed.some is NO else None


def _way(decision: Decision) -> Reason:
    """By which way the request is allowed."""
    situation, says = decision.situation, decision.key_policy
    if situation.without_key:
        return Reason.IAM_ONLY_ACTION
    if situation.caller.kind is CallerKind.SERVICE:
        return Reason.SERVICE if says.directly.some is YES else Reason.GRANT
    if not situation.caller.own:
        named = either((says.directly, says.as_role, says.by_account))
        return Reason.CROSS_ACCOUNT if named.some is YES else Reason.GRANT  # by IAM as well, and so across accounts
    if either((says.directly, both((says.as_role, decision.limits)))).some is YES:
        return Reason.KEY_POLICY_DIRECT
    if says.by_account.some is not YES or not _has_iam(decision):
        return Reason.GRANT
    return Reason.ROOT_USER if situation.caller.kind is CallerKind.ROOT_USER else Reason.ACCOUNT_DELEGATION


def _has_iam(decision: Decision) -> bool:
    if decision.situation.caller.kind is CallerKind.ROOT_USER:
        return True
    return both((decision.others.identity.allowed, decision.limits)).some is YES


def _missing(decision: Decision) -> Reason:
    """What was missing for the request to be allowed."""
    situation, says, iam = decision.situation, decision.key_policy, decision.others.identity.allowed
    if not situation.caller.own and situation.caller.kind is not CallerKind.SERVICE:
        return _missing_abroad(decision)
    if situation.without_key:
        return Reason.IAM_ONLY_ACTION_NO_IAM if iam.some is NO else Reason.BOUNDARY
    if says.as_role.some is not NO:
        return Reason.BOUNDARY_LIMITS_ROLE
    if says.by_account.some is not NO:
        return Reason.DELEGATED_BUT_NO_IAM_ALLOW if iam.some is NO else Reason.BOUNDARY
    return Reason.IAM_ALLOW_INEFFECTIVE if iam.some is not NO else Reason.NONE


def _missing_abroad(decision: Decision) -> Reason:
    """The same for a caller of another account."""
    says = decision.key_policy
    if not decision.situation.action.cross_account:  # as none is that concerns no key
        return Reason.NOT_CROSS_ACCOUNT
    if either((says.directly, says.as_role, says.by_account)).some is NO:
        return Reason.NO_KEY_POLICY
    return Reason.FOREIGN_NO_IAM if decision.others.identity.allowed.some is NO else Reason.FOREIGN_BOUNDARY


def _of_key_policy(decision: Decision, reason: Reason = Reason.UNKNOWN) -> tuple[Deciding, ...]:
    """The Allow statements of the key policy by which the reason came about."""
    limited = decision.limits.some is NO
    found = []
    for statement, how in decision.key_policy.allowing:
        ways = {
            Reason.KEY_POLICY_DIRECT: (how.directly, *(() if limited else (how.as_role,))),
            Reason.BOUNDARY_LIMITS_ROLE: (how.as_role,),
        }.get(reason, how)  # by any other reason, no other way is open
        truth = either(ways)
        if truth.some is not NO:
            found.append(Deciding(KEY_POLICY, statement, truth))
    return tuple(found)
