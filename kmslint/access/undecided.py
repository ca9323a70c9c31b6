"""What nobody can tell of a key, and what it hangs on."""

from __future__ import annotations

from typing import NamedTuple

from kmslint.access.delegation import delegation
from kmslint.access.lockout import LockoutClass, branches
from kmslint.access.once import once
from kmslint.access.worlds import told_from
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Key
from kmslint.model.policy import Document
from kmslint.model.ways import IN_ANY_CASE, Ways
from kmslint.values import Doubt
from kmslint.verdict import NO, UNKNOWN


class Undecided(NamedTuple):
    """A question on which there is no verdict, in some of the ways a key policy can come out."""

    lockout: bool
    """It is how the key can be lost; else whether IAM policies can give anything on it."""
    ways: Ways
    document: Document
    """The key policy in these ways."""
    conditions: tuple[str, ...]
    """The conditions that it hangs on: those that no author wrote, and those that are too many to look at."""


@once
def undecided(document: Document, key: Key, accounts: Accounts) -> Undecided | None:
    """What there is no verdict on; None if there is one in every way the policy can come out.

    A verdict that is not the same in all branches of a template is one all the same: findings say which.
    """
    return _lockout(document, key, accounts) or _delegation(document, key, accounts)


def _lockout(document: Document, key: Key, accounts: Accounts) -> Undecided | None:
    each = branches(document, key, accounts)
    unknown = next((branch for branch in each if branch.lockout.lockout is LockoutClass.UNKNOWN), None)
    if any(branch.untold for branch in each if branch.lockout.lockout is not LockoutClass.NONE):
        return _undecided(document, IN_ANY_CASE, frozenset(), lockout=True)
    return None if unknown is None else _undecided(unknown.document, unknown.ways, unknown.hanging, lockout=True)


def _delegation(document: Document, key: Key, accounts: Accounts) -> Undecided | None:
    found = delegation(document, key, accounts)
    ways, untold = told_from(document, found, lambda verdict: verdict is UNKNOWN)
    if untold or told_from(document, found, lambda verdict: verdict is NO)[1]:
        return _undecided(document, IN_ANY_CASE, frozenset(), lockout=False)
    if not ways:
        return None
    hanging = frozenset(world.hanging for world, _ in found if world.hanging)  # by which it is unknown
    return _undecided(document.under(frozenset.intersection(*ways)), ways, hanging, lockout=False)


def _undecided(document: Document, ways: Ways, hanging: frozenset[str], lockout: bool) -> Undecided:
    conditions = {guard.condition for guards in document.presence() for guard in guards}
    doubts = {condition for condition in conditions if isinstance(condition, Doubt)}
    return Undecided(lockout, ways, document, tuple(sorted(doubts | hanging)))
