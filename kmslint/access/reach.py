"""Why a statement makes nobody an administrator, in words."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.caller import SOME_ROLE
from kmslint.access.conditions import conditions_hold
from kmslint.access.matching import names_action
from kmslint.access.naming import enumerate_names, principal_name
from kmslint.access.principals import Form, form, is_service_linked_role
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement
from kmslint.model.ways import when_in
from kmslint.verdict import NO

_NOT_ADMINISTRATORS = {
    Form.SERVICE: "AWS services",
    Form.DELETED: "a user or role that is gone",
    Form.INVALID: "a principal that AWS does not accept",
    Form.OTHER: "an identity provider or a canonical user id",
}


def why_without_administrators(document: Document, key: Key, estate: Estate) -> Iterator[tuple[Statement, str]]:
    """For each statement that is not a Deny, why it lets nobody of the account change the key policy."""
    for statement in document.statements:
        if statement.effect is not Effect.DENY:
            yield statement, f"statement {statement.label} {_why(statement, key, estate)}{when_in((statement.guards,))}"


def _why(statement: Statement, key: Key, estate: Estate) -> str:
    without = _without_effect(statement, key, estate)
    if without:
        return f"{without}, and so gives nobody anything"
    if names_action(statement, PUT_KEY_POLICY) is NO:
        return "does not allow kms:PutKeyPolicy"
    reached = _reached(statement, estate)
    if reached:
        return f"reaches only {reached}"
    situation = Situation(SOME_ROLE, PUT_KEY_POLICY, key, estate.accounts_of(key))
    if conditions_hold(statement, situation).some is NO:
        return "has a condition that no request for kms:PutKeyPolicy meets"
    return "reaches nobody who could use it"


def _without_effect(statement: Statement, key: Key, estate: Estate) -> str:
    if statement.effect is Effect.INVALID:
        return "has an Effect that is neither Allow nor Deny"
    if statement.principals is None and statement.not_principals is None:
        return "has no Principal"
    if not statement.resources and statement.not_resources is None:
        return "has no Resource"
    if means_key(statement, key, estate.accounts_of(key)) is NO:
        return (
            "leaves this key out by its NotResource"
            if statement.not_resources
            else "has a Resource that is not this key"
        )
    return ""


def _reached(statement: Statement, estate: Estate) -> str:
    """Whom the statement names, if none of them could be an administrator."""
    names = [_not_administrator(principal, estate) for principal in statement.principals or ()]
    return enumerate_names(names) if all(names) else ""


def _not_administrator(principal: Principal, estate: Estate) -> str:
    if is_service_linked_role(principal):
        return "a service-linked role, as which nobody can act"
    what = _NOT_ADMINISTRATORS.get(form(principal), "")
    name = principal_name(principal, estate) or "an empty text"
    return f"{name} ({what})" if what and form(principal) is not Form.SERVICE else what
