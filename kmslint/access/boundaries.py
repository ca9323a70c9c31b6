"""Permissions that a permissions boundary takes away again.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.askers import Asker, identity_asker
from kmslint.access.dead_permissions import entry_naming, named_key_actions, policies_with_groups
from kmslint.access.decide import decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.hinges import may_at_all
from kmslint.access.identities import identity_of
from kmslint.access.situation import Situation
from kmslint.aws.actions import Action
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Identity, IdentityPolicy, Key
from kmslint.model.policy import Document, Effect, Statement, texts
from kmslint.values import Text
from kmslint.verdict import NO, YES


class Blocked(NamedTuple):
    """Actions that one statement allows an identity on one key, and that its boundary does not let through."""

    identity: Identity
    boundary: IdentityPolicy
    key: Key
    policy: IdentityPolicy | None
    """The IAM policy around the statement; None if it stands in the key policy and names the identity."""
    statement: Statement
    entries: tuple[Text, ...]
    """The entries of Action of which the boundary leaves nothing."""


def blocked_by_boundary(estate: Estate) -> Iterator[Blocked]:
    """The permissions on keys that certainly come to nothing, because a boundary leaves them out; a Deny is intent."""
    for identity in estate.identities:
        boundary = identity.boundary
        if boundary is None:
            continue
        asker = identity_asker(identity, estate)
        for key in estate.keys:
            document = key_document(key)
            if document is None:
                continue
            for policy, statement in _permissions(identity, key, document, estate):
                entries = tuple(
                    entry for entry in texts(statement.actions) if _is_blocked(entry, asker, key, document, estate)
                )
                if entries:
                    yield Blocked(identity, boundary, key, policy, statement, entries)


def _permissions(
    identity: Identity, key: Key, document: Document, estate: Estate
) -> Iterator[tuple[IdentityPolicy | None, Statement]]:
    """The Allow statements that name the key in a policy of the identity, or the identity in the key policy."""
    for policy in policies_with_groups(identity, estate):
        for statement in policy.document.statements if policy.document else ():
            if statement.effect is Effect.ALLOW and entry_naming(statement, key, estate) is not None:
                yield policy, statement
    for statement in document.statements:
        if statement.effect is Effect.ALLOW:
            named = (identity_of(principal, estate) for principal in statement.principals or ())
            if any(one is identity for one in named):
                yield None, statement


def _is_blocked(entry: Text, asker: Asker, key: Key, document: Document, estate: Estate) -> bool:
    actions = named_key_actions(entry)
    return bool(actions) and all(_takes_away(action, asker, key, document, estate) for action in actions)


def _takes_away(action: Action, asker: Asker, key: Key, document: Document, estate: Estate) -> bool:
    """Whether the identity has the action without its boundary and has it not with it, whatever the document is."""
    situation = Situation(asker.caller, action, key, estate.accounts_of(key))
    others = asker.others(situation)
    unbounded = others._replace(boundary=None)
    if others.boundary is None or others.boundary.denied.some is not NO:
        return False
    grants = tuple(grants_on(key, estate))
    without = may_at_all(document, lambda world: (decide(world, situation, unbounded, grants),))
    return without is YES and may_at_all(document, lambda world: (decide(world, situation, others, grants),)) is NO
