"""Who is given a key whole: its administration and its cryptographic use by one statement."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from kmslint.access.caller import named
from kmslint.access.capabilities import administers_and_uses
from kmslint.access.denials import ways_of_allow
from kmslint.access.key_policy import denials
from kmslint.access.matching import names_action
from kmslint.access.once import once
from kmslint.access.principals import Form, form
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation
from kmslint.aws.actions import PUT_KEY_POLICY, Action
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement
from kmslint.model.ways import Ways
from kmslint.values import Text
from kmslint.verdict import NO, YES


class FullControl(NamedTuple):
    """A principal that one statement lets both administer and use a key."""

    key: Key
    statement: Statement
    principal: Principal
    use: Action
    """A cryptographic action among those allowed; kms:Decrypt if it is."""
    ways: Ways
    """Under which open conditions it does."""


@once
def full_controls(estate: Estate) -> tuple[FullControl, ...]:
    """Every principal of every explicit key policy to whom a statement without conditions gives the key whole."""
    return tuple(_full_controls(estate))


def _full_controls(estate: Estate) -> Iterator[FullControl]:
    for key, document in estate.key_documents():
        for statement in document.statements:
            if statement.effect is not Effect.ALLOW or statement.conditions or statement.not_actions is not None:
                continue
            use = administers_and_uses(statement)
            if use is None or means_key(statement, key, estate.accounts_of(key)) is not YES:
                continue
            for principal in statement.principals or ():
                ask = partial(_is_denied, principal, key, estate, use)
                ways = ways_of_allow(statement, document, ask).get(False)
                if ways is not None:
                    yield FullControl(key, statement, principal, use, ways)


def _is_denied(principal: Principal, key: Key, estate: Estate, use: Action, document: Document) -> bool:
    """Whether a Deny takes either half away in every request, or perhaps does."""
    if form(principal) is Form.SERVICE:
        return any(
            _binds_service(statement, principal, use) and means_key(statement, key, estate.accounts_of(key)) is not NO
            for statement in document.statements
        )
    if form(principal) not in (Form.ROLE, Form.USER, Form.RESOURCE) or not isinstance(principal.value, Text):
        return False
    caller = named(principal.value)
    return any(
        denials(document, Situation(caller, action, key, estate.accounts_of(key))).denied.every is not NO
        for action in (PUT_KEY_POLICY, use)
    )


def _binds_service(statement: Statement, service: Principal, use: Action) -> bool:
    """Whether it is a Deny to everybody or to that service: services are bound by both."""
    if statement.effect not in (Effect.DENY, Effect.UNKNOWN) or statement.conditions:
        return False
    meant = any(one.is_star or str(one.value) == str(service.value) for one in statement.principals or ())
    return meant and any(names_action(statement, action) is not NO for action in (PUT_KEY_POLICY, use))
