"""Who both changes the policy of a key and uses the key, by statements of their own for each.

https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.caller import named
from kmslint.access.decide import decide
from kmslint.access.full_control import full_controls
from kmslint.access.identities import is_own_principal
from kmslint.access.key_use import servable
from kmslint.access.matching import names_action
from kmslint.access.other_policies import NOTHING
from kmslint.access.principals import is_service_linked_role
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, PUT_KEY_POLICY, Action, Group, most_telling
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement
from kmslint.values import Text
from kmslint.verdict import YES

_USES = most_telling(tuple(action for action in KEY_ACTIONS if action.group is Group.CRYPTO))


class BothHands(NamedTuple):
    """A principal that one statement lets administer a key and another use it."""

    key: Key
    principal: Principal
    """Where the administrative statement names it."""
    statement: Statement
    use: Action
    using: Statement
    used_by: Principal
    """Where the other statement names it."""


def both_hands(estate: Estate) -> Iterator[BothHands]:
    """The users and roles of the account to whom a key policy gives both, unconditionally, by no single statement."""
    whole = {(control.key.address, str(control.principal.value)) for control in full_controls(estate)}
    for key, document in estate.key_documents():
        seen: set[str] = set()
        for statement, principal in _naming(document, (PUT_KEY_POLICY,)):
            name = str(principal.value)
            known = name in seen or (key.address, name) in whole
            if not known and _may(principal, PUT_KEY_POLICY, document, key, estate):
                seen.add(name)
                yield from _with_use(principal, statement, document, key, estate)


def _with_use(
    principal: Principal, statement: Statement, document: Document, key: Key, estate: Estate
) -> Iterator[BothHands]:
    """An administrator by a statement, with another one that gives it the use, if there is one."""
    for using, same in _naming(document, _USES):
        if using is statement or str(same.value) != str(principal.value):
            continue
        for use in servable(_USES, key):
            if names_action(using, use) is YES and _may(same, use, document, key, estate):
                yield BothHands(key, principal, statement, use, using, same)
                return


def _naming(document: Document, actions: tuple[Action, ...]) -> Iterator[tuple[Statement, Principal]]:
    """The principals of the Allow statements that certainly name one of the actions."""
    for statement in document.statements:
        if statement.effect is Effect.ALLOW and any(names_action(statement, action) is YES for action in actions):
            for principal in statement.principals or ():
                yield statement, principal


def _may(principal: Principal, action: Action, document: Document, key: Key, estate: Estate) -> bool:
    """Whether the key policy alone lets a user or role of the account do it, in every request."""
    if is_service_linked_role(principal) or not is_own_principal(principal, key, estate):
        return False
    assert isinstance(principal.value, Text)  # by its form
    situation = Situation(named(principal.value), action, key, estate.accounts_of(key))
    return decide(document, situation, NOTHING).allowed.every is YES
