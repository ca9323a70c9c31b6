"""What a key policy hands to the account's IAM policies, and what it leaves without effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.access.caller import SOME_ROLE, SOME_USER
from kmslint.access.decide import Decision, decide
from kmslint.access.hinges import explored, may_at_all
from kmslint.access.matching import names_action
from kmslint.access.once import once
from kmslint.access.other_policies import ADMINISTRATOR
from kmslint.access.situation import Situation
from kmslint.access.worlds import World
from kmslint.aws.actions import KEY_ACTIONS, Action
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Key
from kmslint.model.policy import Document
from kmslint.verdict import NO, Verdict, agreed


def delegates(document: Document, key: Key, accounts: Accounts, action: Action) -> Verdict:
    """Whether an identity that the policy does not name can be given the action by IAM policies.

    A direct grant to every identity of the account counts: nobody is left out by it.
    """
    return may_at_all(document, lambda world: _by_iam(world, key, accounts, (action,)))


def delegates_any(document: Document, key: Key, accounts: Accounts) -> Verdict:
    """The same for at least one action on the key, whichever it is in each way the document can come out."""
    return agreed(verdict for _, verdict in delegation(document, key, accounts))


@once
def delegation(document: Document, key: Key, accounts: Accounts) -> tuple[tuple[World, Verdict], ...]:
    """The same, in every way the document can come out."""
    actions = tuple(_telling_actions(document))
    return tuple(explored(document, lambda world: _by_iam(world, key, accounts, actions)))


def _telling_actions(document: Document) -> Iterable[Action]:
    """The actions that a policy speaks of; of those it makes no difference between, one."""
    told: dict[tuple[object, ...], Action] = {}
    for action in KEY_ACTIONS:
        named = tuple(names_action(one, action) for one in document.statements)
        # Which keys a request carries hangs on the action.
        statements = zip(document.statements, named, strict=True)
        is_alike = not any(one.conditions and verdict is not NO for one, verdict in statements)
        told.setdefault((named, "" if is_alike else action.name), action)
    return told.values()


def _by_iam(document: Document, key: Key, accounts: Accounts, actions: Iterable[Action]) -> Iterator[Decision]:
    return (
        decide(document, Situation(caller, action, key, accounts), ADMINISTRATOR)
        for action in actions
        for caller in (SOME_ROLE, SOME_USER)
    )
