"""The identities of the estate, as principals mean them."""

from __future__ import annotations

from kmslint.access.principals import Form, form
from kmslint.access.situation import is_own
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, Identity, IdentityKind
from kmslint.model.policy import Effect, Principal, PrincipalType
from kmslint.values import HoleKind, Text
from kmslint.verdict import YES
from kmslint.wildcard import equal


def identity_of(principal: Principal, estate: Estate) -> Identity | None:
    """The identity of the estate that a principal certainly is."""
    value = principal.value
    if not isinstance(value, Text):
        return None
    if form(principal) is Form.RESOURCE and value.holes[0].kind is HoleKind.RESOURCE:
        return estate.identity(value.holes[0].resource)
    if form(principal) not in (Form.ROLE, Form.USER):
        return None
    return next((identity for identity in estate.identities if _same(identity, value, estate)), None)


def _same(identity: Identity, value: Text, estate: Estate) -> bool:
    mine, theirs = parse_arn(identity.arn), parse_arn(value)
    if mine is None or theirs is None:
        return False
    return equal(mine.resource, theirs.resource) is YES and is_own(theirs.account, estate.accounts) is YES


def is_workload(identity: Identity) -> bool:
    """Whether it is certain that software takes the role: an AWS service or an identity provider is trusted.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
    """
    if identity.kind is not IdentityKind.ROLE or identity.trust is None:
        return False
    return any(
        principal.type in (PrincipalType.SERVICE, PrincipalType.FEDERATED)
        for statement in identity.trust.statements
        if statement.effect is Effect.ALLOW
        for principal in statement.principals or ()
        if not _is_sign_in(principal)
    )


def _is_sign_in(principal: Principal) -> bool:
    """SAML providers are how people sign in."""
    return principal.type is PrincipalType.FEDERATED and ":saml-provider/" in str(principal.value)
