"""What a key policy hands to the account's IAM policies, and what it leaves without effect."""

from __future__ import annotations

from kmslint.access.caller import SOME_ROLE, SOME_USER
from kmslint.access.decide import decide
from kmslint.access.matching import names_action
from kmslint.access.once import once
from kmslint.access.other_policies import ADMINISTRATOR
from kmslint.access.situation import Situation
from kmslint.access.worlds import worlds
from kmslint.aws.actions import KEY_ACTIONS, Action
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Key
from kmslint.model.policy import Document
from kmslint.verdict import NO, Verdict, agreed, any_of


def delegates(document: Document, key: Key, accounts: Accounts, action: Action) -> Verdict:
    """Whether an identity that the policy does not name can be given the action by IAM policies.

    A direct grant to every identity of the account counts: nobody is left out by it.
    """
    return agreed(_delegates(world, key, accounts, action) for world in worlds(document))


@once
def delegates_any(document: Document, key: Key, accounts: Accounts) -> Verdict:
    """The same for at least one action on the key, whichever it is in each way the document can come out."""
    return agreed(_delegates_any(world, key, accounts) for world in worlds(document))


def _delegates_any(document: Document, key: Key, accounts: Accounts) -> Verdict:
    return any_of(
        _delegates(document, key, accounts, action)
        for action in KEY_ACTIONS
        if document.unseen or any(names_action(one, action) is not NO for one in document.statements)
    )


def _delegates(document: Document, key: Key, accounts: Accounts, action: Action) -> Verdict:
    return any_of(
        decide(document, Situation(caller, action, key, accounts), ADMINISTRATOR).allowed.some
        for caller in (SOME_ROLE, SOME_USER)
    )
