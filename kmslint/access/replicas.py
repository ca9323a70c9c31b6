"""Who may use a replica and not the key it is made from, or the other way round.

https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing, askers
from kmslint.access.hinges import hinge_of
from kmslint.access.key_policy import KeyPolicySays, key_policy_says
from kmslint.access.situation import Situation
from kmslint.access.worlds import explore
from kmslint.aws.actions import KEY_ACTIONS
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document
from kmslint.verdict import NEVER, NO, UNKNOWN, YES, Verdict, agreed, any_of, both, either, opposite

_DIRECTLY: Final = frozenset({Standing.IDENTITY, Standing.NAMED, Standing.ANYONE})
"""Of whom it counts what the key policy gives by itself: what it leaves to IAM, the administrators stand for."""


class Divergence(NamedTuple):
    """A replica whose policy lets in others than that of its primary key."""

    replica: Key
    primary: Key
    only_replica: tuple[Asker, ...]
    """Those who may use the replica for something, and the primary key for nothing."""
    only_primary: tuple[Asker, ...]


def divergences(estate: Estate) -> Iterator[Divergence]:
    """The replicas and primary keys of the estate with explicit policies that let in different principals.

    Services do not count: they work in one Region, and are named by it.
    """
    for replica in estate.keys:
        primary = estate.primary_of(replica)
        if primary is None or replica.policy.document is None or primary.policy.document is None:
            continue
        if replica.policy.at == primary.policy.at:
            continue
        found = _compared(replica, replica.policy.document, primary, primary.policy.document, estate)
        if found.only_replica or found.only_primary:
            yield found


def _compared(replica: Key, of_replica: Document, primary: Key, of_primary: Document, estate: Estate) -> Divergence:
    everybody = {asker.label: asker for document in (of_primary, of_replica) for asker in askers(document, estate)}
    counted = [asker for asker in everybody.values() if asker.standing is not Standing.SERVICE]
    each = [
        (asker, _gets_in(asker, of_replica, replica, estate), _gets_in(asker, of_primary, primary, estate))
        for asker in counted
    ]
    return Divergence(
        replica,
        primary,
        tuple(asker for asker, here, there in each if here is YES and there is NO),
        tuple(asker for asker, here, there in each if here is NO and there is YES),
    )


def _gets_in(asker: Asker, document: Document, key: Key, estate: Estate) -> Verdict:
    """Whether the key policy lets the caller in for any action at all."""
    situations = [Situation(asker.caller, action, key, estate.accounts_of(key)) for action in KEY_ACTIONS]

    def ask(world: Document) -> tuple[KeyPolicySays, ...]:
        return tuple(key_policy_says(world, situation) for situation in situations)

    def hinge(world: Document, each: tuple[KeyPolicySays, ...]) -> str | None:
        verdicts = [_is_given(asker, says) for says in each]
        is_open = YES not in verdicts
        open_ones = (says for says, verdict in zip(each, verdicts, strict=True) if is_open and verdict is UNKNOWN)
        return hinge_of(open_ones, world)

    found = explore(document, ask, hinge)
    return agreed(any_of(_is_given(asker, says) for says in each) for _, each in found)


def _is_given(asker: Asker, says: KeyPolicySays) -> Verdict:
    by_account = NEVER if asker.standing in _DIRECTLY else says.by_account
    return both((either((says.directly, says.as_role, by_account)), opposite(says.denied))).some
