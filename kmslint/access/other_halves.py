"""Permissions across accounts, of which one half stands here and the other in the other account.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.dead_permissions import named_key_actions
from kmslint.access.resources import means_key
from kmslint.access.strangers import foreign_confidence
from kmslint.engine.finding import Confidence
from kmslint.model.accounts import Accounts, Ownership
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, IdentityPolicy, Key
from kmslint.model.policy import Effect, Principal, Statement, texts
from kmslint.values import Text
from kmslint.verdict import YES


class KeyElsewhere(NamedTuple):
    """A key of another account that an IAM policy names."""

    policy: IdentityPolicy
    statement: Statement
    resource: Text
    account: Text
    actions: tuple[Text, ...]
    """The entries of Action that may work across accounts."""
    confidence: Confidence


class StrangerHere(NamedTuple):
    """A principal of another account that a key policy names."""

    key: Key
    statement: Statement
    principal: Principal
    actions: tuple[Text, ...]
    confidence: Confidence


def keys_elsewhere(estate: Estate) -> Iterator[KeyElsewhere]:
    """The keys of other accounts that Allow statements of the estate's IAM policies name by their ARN."""
    for policy in estate.policies:
        for statement in policy.document.statements if policy.document else ():
            actions = _across(statement)
            if statement.effect is not Effect.ALLOW or not actions:
                continue
            for resource in texts(statement.resources):
                arn = parse_arn(resource)
                if arn is None or arn.service.literal != "kms" or not str(arn.resource).startswith("key/"):
                    continue
                confidence = _foreign(arn.account, estate.accounts)
                if confidence is not None:
                    yield KeyElsewhere(policy, statement, resource, arn.account, actions, confidence)


def strangers_here(estate: Estate) -> Iterator[StrangerHere]:
    """The principals of other accounts whom Allow statements of key policies name."""
    for key, document in estate.key_documents():
        accounts = estate.accounts_of(key)
        for statement in document.statements:
            actions = _across(statement)
            if statement.effect is not Effect.ALLOW or not actions or means_key(statement, key, accounts) is not YES:
                continue
            for principal in statement.principals or ():
                confidence = foreign_confidence(principal, accounts)
                if confidence is not None:
                    yield StrangerHere(key, statement, principal, actions, confidence)


def _across(statement: Statement) -> tuple[Text, ...]:
    """The entries of Action that name something which works across accounts."""
    entries = texts(statement.actions)
    return tuple(entry for entry in entries if any(action.cross_account for action in named_key_actions(entry)))


def _foreign(account: Text, accounts: Accounts) -> Confidence | None:
    if account.literal is None or not account.literal.isdecimal():
        return None
    ownership = accounts.ownership(account)
    return {Ownership.FOREIGN: Confidence.HIGH, Ownership.PRESUMED_FOREIGN: Confidence.MEDIUM}.get(ownership)
