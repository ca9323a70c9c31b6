"""Whom a Principal element means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from enum import Enum
from typing import NamedTuple

from kmslint.access.caller import CallerKind
from kmslint.access.situation import Situation, account_is
from kmslint.model.arn import ACCOUNT_ID, UNIQUE_ID, Arn, is_own_account_id, parse_arn, split_text
from kmslint.model.policy import Effect, Principal, PrincipalType, Statement
from kmslint.values import HoleKind, Text, Unknown
from kmslint.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of
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
    """Federated and canonical users: nobody who signs a request to KMS."""
    OPEN = "open"
    """Cannot be resolved: any of these."""


_WITHOUT_COLON = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION, HoleKind.URL_SUFFIX})


class Meant(NamedTuple):
    """How a Principal element reaches a caller."""

    directly: Verdict
    """By naming it, or everybody."""
    by_account: Verdict
    """By naming its account: the caller's IAM policies decide."""


_NOBODY = Meant(NO, NO)


def form(principal: Principal) -> Form:
    """What a principal is."""
    if principal.type in (PrincipalType.FEDERATED, PrincipalType.CANONICAL_USER):
        return Form.OTHER
    if principal.type is PrincipalType.SERVICE:
        return Form.SERVICE
    value = principal.value
    if principal.type is PrincipalType.UNKNOWN or isinstance(value, Unknown):
        return Form.OPEN
    arn = parse_arn(value)
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
    arn = parse_arn(principal.value)
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
    if statement.not_principals is not None and statement.effect is not Effect.DENY:
        return Meant(UNKNOWN, NO)  # AWS: "not supported"; refused or ignored, it does not say
    if statement.not_principals is not None:
        verdict = _excluded(statement.not_principals, situation)
        return Meant(verdict, NO)
    each = [_meant(principal, situation) for principal in statement.principals or ()]
    return Meant(any_of(one.directly for one in each), any_of(one.by_account for one in each))


def _meant(principal: Principal, situation: Situation) -> Meant:
    kind = form(principal)
    if kind is Form.EVERYBODY:
        return Meant(YES, NO)
    if kind is Form.OPEN:
        return Meant(UNKNOWN, UNKNOWN)
    if kind in (Form.OTHER, Form.SERVICE, Form.DELETED, Form.INVALID) or not isinstance(principal.value, Text):
        return _NOBODY
    if kind is Form.ACCOUNT:
        account = account_of(principal)
        return Meant(NO, account_is(account, situation)) if account is not None else _NOBODY
    return Meant(_is_caller(principal.value, situation), NO)


def _is_caller(value: Text, situation: Situation) -> Verdict:
    """Whether a principal with a name of its own is the caller."""
    caller = situation.caller
    if caller.unnamed or caller.kind is CallerKind.ROOT_USER:
        return NO
    mine, theirs = parse_arn(caller.arn), parse_arn(value)
    if mine is None or theirs is None:
        return equal(value, caller.arn)
    if theirs.service.literal == "sts":
        if caller.session is not None or mine.service.literal == "sts":
            return equal(value, caller.session or caller.arn)
        return all_of((account_is(theirs.account, situation), _is_session_of(theirs.resource, mine.resource)))
    if caller.session is not None:
        return all_of((account_is(theirs.account, situation), _is_role_of_session(theirs, mine)))
    return all_of((account_is(theirs.account, situation), equal(theirs.resource, mine.resource)))


def _is_session_of(session: Text, role: Text) -> Verdict:
    """A session's ARN against its role: the role's other sessions are not meant, so never a plain yes."""
    parts = split_text(session, "/", 2)
    if len(parts) != 3 or not str(role).startswith("role/"):
        return NO
    name = split_text(role, "/", str(role).count("/"))[-1]
    return NO if equal(parts[1], name) is NO else UNKNOWN


def _is_role_of_session(theirs: Arn, mine: Arn) -> Verdict:
    """A role's ARN against the role of a session, of which only the name is known, not the path."""
    name = split_text(mine.resource, "/", 1)[1]
    return equal(split_text(theirs.resource, "/", str(theirs.resource).count("/"))[-1], name)


def _excluded(listed: tuple[Principal, ...], situation: Situation) -> Verdict:
    """Whether NotPrincipal means the caller: everybody but those listed.

    To exempt a role its account has to be listed beside it; what happens otherwise depends on the service.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    each = [_meant(principal, situation) for principal in listed]
    named, account = any_of(one.directly for one in each), any_of(one.by_account for one in each)
    if situation.caller.kind is CallerKind.ROOT_USER:
        named = any_of((named, account))
        account = named
    if named is YES:
        return NO if account is YES else UNKNOWN
    return YES if named is NO else UNKNOWN
