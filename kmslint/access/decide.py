"""The decision on one situation: the order in which AWS asks the policies, and what each may settle.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from kmslint.access.caller import CallerKind
from kmslint.access.grants import Grant, Granted, grants_allow
from kmslint.access.key_policy import SILENT, KeyPolicySays, key_policy_says
from kmslint.access.other_policies import OtherPolicies, Says, doubtful
from kmslint.access.situation import Situation
from kmslint.model.policy import Document
from kmslint.verdict import ALWAYS, NEVER, NO, UNDECIDED, YES, Truth, Verdict, both, either, opposite

_RETIRE_GRANT: Final = "kms:RetireGrant"


class Decision(NamedTuple):
    """In which requests the situation is allowed, and everything that was weighed to say so."""

    allowed: Truth
    situation: Situation
    key_policy: KeyPolicySays
    others: OtherPolicies
    """Those of the other policies that bind the caller."""
    limits: Truth
    """In which requests the permissions boundary and the session policy let through what the caller has."""
    granted: Granted


def decide(document: Document, situation: Situation, others: OtherPolicies, grants: Iterable[Grant] = ()) -> Decision:
    """The decision on a situation, given what the policies beside the key policy say and which grants there are."""
    others = _binding(others, situation)
    says = SILENT if situation.without_key else key_policy_says(document, situation)
    granted = grants_allow(grants, situation)
    limits = _limits(others, situation)
    allowed = both(
        (
            opposite(either((says.denied, others.denied()))),  # a Deny outweighs every Allow,
            both(level.allowed for level in others.scps),  # what has to allow beside everything else comes next,
            others.endpoint.allowed if others.endpoint is not None else ALWAYS,
            _some_way(says, situation, others, limits, granted),  # and then the ways to be allowed.
        )
    )
    return Decision(allowed, situation, says, others, limits, granted)


def _binding(others: OtherPolicies, situation: Situation) -> OtherPolicies:
    """Of the policies beside the key policy, those that bind such a caller, for such an action.

    A service that calls in its own name has no IAM policies and stands in nobody's organisation; RCPs bind it.
    RCPs cannot deny kms:RetireGrant, nor what concerns no key.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
    """
    if situation.caller.kind is CallerKind.SERVICE:
        others = OtherPolicies(Says(NEVER, NEVER), rcps=others.rcps)
    if situation.without_key or situation.action.name == _RETIRE_GRANT:
        others = others._replace(rcps=None)
    if not others.scps and others.rcps is None:
        return others
    return _binding_service_linked(others, situation.caller.service_linked)


def _binding_service_linked(others: OtherPolicies, service_linked: Verdict) -> OtherPolicies:
    """SCPs do not bind service-linked roles; of RCPs it is not certain.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    if service_linked is NO:
        return others
    scps = () if service_linked is YES else tuple(map(_in_doubt, others.scps))
    return others._replace(scps=scps, rcps=None if others.rcps is None else _in_doubt(others.rcps))


def _in_doubt(says: Says) -> Says:
    return says._replace(allowed=either((says.allowed, UNDECIDED)), denied=doubtful(says.denied))


def _limits(others: OtherPolicies, situation: Situation) -> Truth:
    """In which requests boundary and session policy let through what the caller has. A federated user has no more
    than its session policy gives, and without one nothing.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    if situation.caller.kind is CallerKind.FEDERATED and others.session is None:
        return NEVER if situation.is_one_request else UNDECIDED
    return others.limits()


def _some_way(
    says: KeyPolicySays, situation: Situation, others: OtherPolicies, limits: Truth, granted: Granted
) -> Truth:
    """In which requests something allows the action, with everything that this way needs."""
    by_iam = ALWAYS if situation.caller.kind is CallerKind.ROOT_USER else both((others.identity.allowed, limits))
    if situation.without_key:
        return by_iam if situation.caller.own else NEVER
    if situation.action.name == _RETIRE_GRANT:
        # No key policy gives it; by IAM an account may retire its grants, and which are its, no policy says.
        # https://docs.aws.amazon.com/kms/latest/developerguide/grant-manage.html
        return either((granted.allowed, both((by_iam, UNDECIDED))))
    if situation.caller.kind is CallerKind.SERVICE:
        return either((says.directly, granted.allowed))
    by_grant = _by_grant(granted, situation, others, by_iam)
    if not situation.caller.own:
        named = either((says.directly, says.as_role, says.by_account))
        works = ALWAYS if situation.action.cross_account else NEVER
        return either((by_grant, both((named, by_iam, works))))
    return either((says.directly, both((says.as_role, limits)), both((says.by_account, by_iam)), by_grant))


def _by_grant(granted: Granted, situation: Situation, others: OtherPolicies, by_iam: Truth) -> Truth:
    """What a grant gives. Whether a boundary or a session policy limits it, and whether a grantee of another
    account needs IAM besides, AWS does not say.

    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    sure = others.limits() if situation.caller.own else by_iam
    return both((granted.allowed, either((sure, UNDECIDED))))
