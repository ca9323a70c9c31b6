"""How messages name principals, statements and conditions."""

from __future__ import annotations

from kmslint.access.identities import identity_of
from kmslint.access.principals import Form, account_of, form
from kmslint.access.situation import is_own
from kmslint.model.accounts import Ownership
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate
from kmslint.model.policy import Principal, Statement
from kmslint.model.ways import enumerate_names, when_in
from kmslint.values import Guards, Text
from kmslint.verdict import NO, YES

__all__ = ["enumerate_names", "principal_name", "when"]


def principal_name(principal: Principal, estate: Estate) -> str:
    """`role Dev`, `service logs.amazonaws.com`, `account 444455556666`."""
    identity = identity_of(principal, estate)
    if identity is not None:
        return identity.label
    kind = form(principal)
    if kind is Form.EVERYBODY:
        return "everybody"
    if kind is Form.SERVICE:
        return f"service {principal.value}"
    if kind is Form.ACCOUNT:
        account = account_of(principal)
        assert account is not None  # by its form
        own = account.holes and is_own(account, estate.accounts) is YES
        return "the account" if own else f"account {account}"
    if kind in (Form.ROLE, Form.USER, Form.SESSION):
        return _by_arn(principal, kind, estate)
    value = principal.value
    whole = value.holes[0] if isinstance(value, Text) and len(value.parts) == 1 and value.holes else None
    return whole.label if whole is not None else str(value)


def _by_arn(principal: Principal, kind: Form, estate: Estate) -> str:
    assert isinstance(principal.value, Text)  # by its form
    arn = parse_arn(principal.value)
    assert arn is not None
    name = str(arn.resource).partition("/")[2]
    foreign = is_own(arn.account, estate.accounts) is NO or _is_elsewhere(arn.account, estate)
    return f"{kind.value} {name}" + (f" of account {arn.account}" if foreign else "")


def _is_elsewhere(account: Text, estate: Estate) -> bool:
    return estate.accounts.ownership(account) is Ownership.PRESUMED_FOREIGN


def when(statement: Statement) -> str:
    """` when CreateAdminRole is false`, for a statement that is not always there; empty otherwise."""
    return under(statement.guards)


def under(guards: Guards) -> str:
    """The same of anything that is there only if conditions hold."""
    return when_in((guards,))
