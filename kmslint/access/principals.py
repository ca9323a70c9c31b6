"""Whom a Principal element means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Final, NamedTuple

from kmslint.access.caller import CallerKind
from kmslint.access.effort import spend
from kmslint.access.namesakes import namesakes
from kmslint.access.once import once
from kmslint.access.situation import Situation, account_is
from kmslint.model.arn import ACCOUNT_ID, UNIQUE_ID, Arn, is_own_account_id, parse_arn, split_text
from kmslint.model.policy import Effect, Principal, PrincipalType, Statement
from kmslint.values import HoleKind, Text, Unknown
from kmslint.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of, negate
from kmslint.wildcard import equal


class Form(Enum):
    """What a principal is, by its looks."""

    EVERYBODY = "*"
    ACCOUNT = "account"
    ROLE = "role"
    USER = "user"
    SESSION = "session"
    SERVICE = "service"
    DEPLOYER = "deployer"
    """Whoever runs Terraform."""
    RESOURCE = "resource"
    """The ARN of some resource of the estate: one principal, never an account."""
    DELETED = "deleted"
    """A unique id: the user or role is gone."""
    INVALID = "invalid"
    """AWS refuses it: a group, a wildcard in an ARN, a text that is no ARN."""
    OTHER = "other"
    """An identity provider, or a canonical user id: nobody who signs a request to KMS. Federated users do, under the
    ARN of their role or session."""
    OPEN = "open"
    """Cannot be resolved: any of these."""


_WITHOUT_COLON = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION, HoleKind.URL_SUFFIX})


class Meant(NamedTuple):
    """How a Principal element reaches a caller."""

    directly: Verdict
    """By naming it, or everybody: no other policy has to allow it, and none but a Deny limits it."""
    as_role: Verdict
    """By naming the role or user it acts as: a permissions boundary or session policy still limits it."""
    by_account: Verdict
    """By naming its account: the caller's IAM policies decide."""


_arn: Final = once(parse_arn)
"""Every statement is asked about every caller, so that each of them is parsed again and again."""

NOBODY = Meant(NO, NO, NO)
"""It does not reach the caller at all."""


@once
def form(principal: Principal) -> Form:
    """What a principal is."""
    if principal.type in (PrincipalType.FEDERATED, PrincipalType.CANONICAL_USER):
        return Form.OTHER
    if principal.type is PrincipalType.SERVICE:
        return Form.SERVICE
    value = principal.value
    if principal.type is PrincipalType.UNKNOWN or isinstance(value, Unknown):
        return Form.OPEN
    arn = _arn(value)
    if arn is not None:
        return _form_of_arn(arn)
    if is_own_account_id(value):
        return Form.ACCOUNT
    if value.holes:
        return _form_of_hole(value)
    literal = value.literal or ""
    if literal == "*":
        return Form.EVERYBODY
    if ACCOUNT_ID.match(literal):
        return Form.ACCOUNT
    return Form.DELETED if UNIQUE_ID.match(literal) else Form.INVALID


def _form_of_hole(value: Text) -> Form:
    if len(value.parts) > 1:
        # A text with more than a hole that is no ARN, and whose holes hide no colon, never becomes one.
        return Form.INVALID if all(hole.kind in _WITHOUT_COLON for hole in value.holes) else Form.OPEN
    kind = value.holes[0].kind
    return {HoleKind.DEPLOYER: Form.DEPLOYER, HoleKind.RESOURCE: Form.RESOURCE}.get(kind, Form.OPEN)


def _form_of_arn(arn: Arn) -> Form:
    resource, service = str(arn.resource), arn.service.literal
    literals = "".join(part for text in arn for part in text.parts if isinstance(part, str))
    if "*" in literals or "?" in literals:
        return Form.INVALID
    starts_open = bool(arn.resource.parts) and not isinstance(arn.resource.parts[0], str)
    if starts_open or not arn.account.parts:
        return Form.OPEN  # an empty account is one that a variable was to fill in
    if arn.region.parts or (arn.account.literal is not None and not ACCOUNT_ID.match(arn.account.literal)):
        return Form.INVALID
    if service == "iam" and resource == "root":
        return Form.ACCOUNT
    if service == "iam" and resource.startswith("role/") and len(resource) > 5:
        return Form.ROLE
    if service == "iam" and resource.startswith("user/") and len(resource) > 5:
        return Form.USER
    if service == "sts" and resource.startswith(("assumed-role/", "federated-user/")):
        return Form.SESSION
    return Form.OPEN if arn.service.holes else Form.INVALID


def account_of(principal: Principal) -> Text | None:
    """The account id a principal belongs to, if it shows one."""
    if not isinstance(principal.value, Text) or principal.type is not PrincipalType.AWS:
        return None
    arn = _arn(principal.value)
    if arn is not None:
        return arn.account
    return principal.value if form(principal) is Form.ACCOUNT else None


def is_service_linked_role(principal: Principal) -> bool:
    """Whether only an AWS service can be that role.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    """
    return form(principal) is Form.ROLE and ":role/aws-service-role/" in str(principal.value)


def meant(statement: Statement, situation: Situation) -> Meant:
    """How the statement's Principal or NotPrincipal reaches the caller."""
    if statement.not_principals is not None and statement.principals is not None:
        return NOBODY  # AWS takes one or the other
    if statement.not_principals is not None and statement.effect is not Effect.DENY:
        return Meant(UNKNOWN, NO, NO)  # AWS: "not supported"; refused or ignored, it does not say
    if statement.not_principals is not None:
        return Meant(_excluded(statement.not_principals, situation), NO, NO)
    principals = statement.principals or ()
    if len(principals) == 1:
        return reached(principals[0], situation)
    return _any_of(reached(principal, situation) for principal in namesakes(principals, situation.caller))


def _any_of(each: Iterable[Meant]) -> Meant:
    listed = tuple(each)
    spend(len(listed))
    return Meant(
        any_of(one.directly for one in listed),
        any_of(one.as_role for one in listed),
        any_of(one.by_account for one in listed),
    )


def reached(principal: Principal, situation: Situation) -> Meant:
    """How one principal reaches the caller."""
    kind = form(principal)
    if kind is Form.EVERYBODY:
        return Meant(YES, NO, NO)
    if kind is Form.OPEN:
        return Meant(UNKNOWN, NO, UNKNOWN)
    if kind is Form.SERVICE and isinstance(principal.value, Unknown):
        return Meant(UNKNOWN, NO, NO) if situation.caller.kind is CallerKind.SERVICE else NOBODY
    if not isinstance(principal.value, Text) or kind in (Form.OTHER, Form.DELETED, Form.INVALID):
        return NOBODY
    if situation.is_one_request and principal.value.typed:
        return NOBODY  # a number: CloudFormation makes a text of it, KMS refuses it
    if kind is Form.SERVICE:
        return Meant(_is_service(principal.value, situation), NO, NO)
    if situation.caller.kind is CallerKind.SERVICE:
        return NOBODY
    if kind is Form.ACCOUNT:
        return Meant(NO, NO, _is_account(principal, situation))
    named = _is_caller(principal.value, situation)
    acted_as = kind in _ACTED_AS.get(situation.caller.kind, ())
    return Meant(NO, named, NO) if acted_as else Meant(named, NO, NO)


_ACTED_AS: Final = {
    CallerKind.ROLE: (Form.ROLE,),
    CallerKind.SESSION: (Form.ROLE,),
    CallerKind.FEDERATED: (Form.USER,),
}
"""The principals that a boundary or a session policy limits for each kind of caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""


def _is_account(principal: Principal, situation: Situation) -> Verdict:
    """Whether a principal that is an account is the caller's. A bare account id is one in every partition."""
    account = account_of(principal)
    assert account is not None  # by its form
    theirs = _arn(principal.value) if isinstance(principal.value, Text) else None
    if theirs is not None and not _same_partition(theirs, _arn(situation.caller.arn)):
        return NO
    return account_is(account, situation)


def _same_partition(theirs: Arn, mine: Arn | None) -> bool:
    """Whether two ARNs may be of one partition: no template says which one it is deployed to."""
    if mine is None or theirs.partition.literal is None or mine.partition.literal is None:
        return True
    return theirs.partition.literal == mine.partition.literal


def _is_caller(value: Text, situation: Situation) -> Verdict:
    """Whether a principal with a name of its own is the caller."""
    caller = situation.caller
    if caller.unnamed or caller.kind is CallerKind.ROOT_USER:
        return NO
    mine, theirs = _arn(caller.arn), _arn(value)
    if mine is None or theirs is None:
        return equal(value, caller.arn)
    if not _same_partition(theirs, mine):
        return NO
    return all_of((account_is(theirs.account, situation), _is_name(value, theirs, mine, situation)))


def _is_name(value: Text, theirs: Arn, mine: Arn, situation: Situation) -> Verdict:
    """The same, of the names within one account."""
    caller = situation.caller
    sessions = (CallerKind.SESSION, CallerKind.FEDERATED)
    if theirs.service.literal == "sts":
        if caller.kind in sessions:
            return equal(value, caller.session or caller.arn)
        # A request of the role as such is one of no particular session.
        return NO if situation.is_one_request else _is_session_of(theirs.resource, mine.resource)
    if caller.kind in sessions:
        kind = "user/" if caller.kind is CallerKind.FEDERATED else "role/"
        return _is_last_name(theirs, mine) if str(theirs.resource).startswith(kind) else NO
    return equal(theirs.resource, mine.resource)


def _is_session_of(session: Text, role: Text) -> Verdict:
    """A session's ARN against its role: the role's other sessions are not meant, so never a plain yes."""
    parts = split_text(session, "/", 2)
    if len(parts) != 3 or not str(role).startswith("role/"):
        return NO
    name = split_text(role, "/", str(role).count("/"))[-1]
    return NO if equal(parts[1], name) is NO else UNKNOWN


def _is_last_name(theirs: Arn, mine: Arn) -> Verdict:
    """The ARN of a role or user against that of a session, which shows the name and not the path."""
    name = split_text(mine.resource, "/", 1)[1]
    return equal(split_text(theirs.resource, "/", str(theirs.resource).count("/"))[-1], name)


def _is_service(name: Text, situation: Situation) -> Verdict:
    """Whether a service principal is the calling service.

    Some services have a name for each Region beside the general one; whether the one means the other, only the
    names that the call carries tell.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicenameslist
    """
    mine = situation.caller.service
    if mine is None:
        return NO
    carried = situation.context.values.get("aws:principalservicenameslist", ()) if situation.context else ()
    if any_of(equal(name, own) for own in (mine, *carried)) is YES:
        return YES
    if name.literal is None or mine.literal is None:
        # What differs before the first dot is another service, whatever stands behind it.
        return NO if equal(split_text(name, ".", 1)[0], split_text(mine, ".", 1)[0]) is NO else UNKNOWN
    ours, theirs = _service_and_region(mine.literal), _service_and_region(name.literal)
    if carried or ours is None or theirs is None or ours[0] != theirs[0]:
        return NO
    return NO if ours[1] and theirs[1] else UNKNOWN


def _service_and_region(name: str) -> tuple[str, str] | None:
    """`logs` and `us-east-1` of `logs.us-east-1.amazonaws.com`; the Region is empty in the general name."""
    match = _SERVICE.match(name)
    return (match[1], match[2] or "") if match else None


_SERVICE: Final = re.compile(r"([a-z0-9-]+)(?:\.([a-z]{2}(?:-[a-z]+)+-[0-9]+))?\.amazonaws\.com\Z")


def _excluded(listed: tuple[Principal, ...], situation: Situation) -> Verdict:
    """Whether NotPrincipal means the caller: everybody but those listed.

    To exempt a role its account has to be listed beside it, and of a session the role as well; what happens
    otherwise depends on the service. Nobody with a permissions boundary is ever exempt.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    caller = situation.caller
    if any(principal.is_star for principal in listed):
        return NO
    if caller.bounded and caller.kind not in (CallerKind.ROOT_USER, CallerKind.SERVICE):
        return YES
    named, role, account = _any_of(reached(principal, situation) for principal in namesakes(listed, caller))
    if caller.kind is CallerKind.ROOT_USER:
        return negate(account)
    if caller.kind is CallerKind.SERVICE:
        return negate(named)
    if any_of((named, role)) is NO:
        return YES
    needed = {CallerKind.ROLE: (role, account), CallerKind.SESSION: (named, role, account)}
    return NO if all_of(needed.get(caller.kind, (any_of((named, role)), account))) is YES else UNKNOWN
