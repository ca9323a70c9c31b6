"""How a key can be lost: who can still manage it tomorrow, in every way its policy can come out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from kmslint.access.decide import decide
from kmslint.access.hinges import hinge_of, truth_in_every_way
from kmslint.access.key_policy import KeyPolicySays
from kmslint.access.managers import Holder, Managers, managers, open_questions
from kmslint.access.once import once
from kmslint.access.worlds import World, explore, told_from
from kmslint.aws.actions import Action
from kmslint.model.accounts import Accounts, Ownership, accounts_in
from kmslint.model.estate import Key
from kmslint.model.policy import Document
from kmslint.model.ways import Ways
from kmslint.values import ALWAYS, Guards
from kmslint.verdict import NO, UNDECIDED, UNKNOWN, YES, Truth, Verdict, agreed, any_of


class LockoutClass(Enum):
    """How a key can be lost, from not at all to already."""

    NONE = "none"
    ROOT_ONLY = "root-only"
    DELETABLE_ONLY = "deletable-only"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class Lockout(NamedTuple):
    """Who may change the key policy, in all the ways that are meant."""

    lockout: LockoutClass
    root_user: Verdict
    """R"""
    account_administrators: Verdict
    """D: an IAM administrator that the policy does not name."""
    anyone: Verdict
    """W: every identity of the account, without any IAM policy."""
    patterns: tuple[Holder, ...]
    """C: those that may, or perhaps may."""
    named: tuple[Holder, ...]
    """N: those that may, or perhaps may."""
    presumed: bool
    """Rests on the presumption that the only account id of the estate is the own one."""

    def holders(self) -> tuple[Holder, ...]:
        """The named principals that may change the policy in all of the ways; else those that may in some."""
        certain = tuple(holder for holder in self.named if holder.may.some is YES)
        return certain or self.named


class Branch(NamedTuple):
    """The ways in which a key policy is of one lockout class."""

    ways: Ways
    """What is enough for it to be of that class; none where only doubts decide it."""
    document: Document
    """The policy as it is in all of these ways; it may still hang on conditions."""
    lockout: Lockout
    untold: tuple[Guards, ...]
    """Outcomes of the same class that only doubts tell from others."""
    hanging: frozenset[str]
    """The conditions that were too many to look at, where the class is not known."""


class _Judged(NamedTuple):
    """The assessment of a document as it stands: what hangs on a condition may be there."""

    lockout: Lockout
    open: tuple[KeyPolicySays, ...]
    """What the key policy says of those that the class hangs on, if it is not known."""


def assess(document: Document, key: Key, accounts: Accounts) -> Lockout:
    """The lockout class of a key with that policy; UNKNOWN too if it is not the same in all its ways."""
    return _assess(document, key, accounts)[0]


def branches(document: Document, key: Key, accounts: Accounts) -> tuple[Branch, ...]:
    """The classes that a key with that policy may be of, each with the conditions for it."""
    return _assess(document, key, accounts)[1]


def branch_of(which: LockoutClass, document: Document, key: Key, accounts: Accounts) -> Branch | None:
    """The ways in which a key with that policy is of that class; None if there are none that can be told."""
    each = branches(document, key, accounts)
    return next((branch for branch in each if branch.lockout.lockout is which and branch.ways), None)


def anybody_may(document: Document, key: Key, accounts: Accounts, action: Action) -> Verdict:
    """Whether somebody of the account may use an action, in every way the document can come out."""
    found = managers(document, key, accounts, truth_in_every_way(document), action)
    return any_of((found.durable, found.root_user, found.deletable))


@once
def _assess(document: Document, key: Key, accounts: Accounts) -> tuple[Lockout, tuple[Branch, ...]]:
    found = explore(
        document, lambda world: _judge(world, key, accounts), lambda world, judged: hinge_of(judged.open, world)
    )
    classes = {judged.lockout.lockout for _, judged in found}
    each = tuple(_branch(one, document, found) for one in LockoutClass if one in classes)
    if not document.guards():
        return each[0].lockout, each
    in_every_way = managers(document, key, accounts, truth_in_every_way(document))
    common = classes.pop() if len(classes) == 1 else LockoutClass.UNKNOWN
    return Lockout(common, *in_every_way, any(judged.lockout.presumed for _, judged in found)), each


def _branch(class_: LockoutClass, document: Document, found: list[tuple[World, _Judged]]) -> Branch:
    """One of the classes, and everything in it taken together."""
    lockouts = [judged.lockout for _, judged in found if judged.lockout.lockout is class_]
    hanging = frozenset(world.hanging for world, judged in found if world.hanging)
    ways, untold = told_from(document, found, lambda judged: judged.lockout.lockout is class_)
    common = frozenset.intersection(*ways) if ways else ALWAYS
    return Branch(ways, document.under(common), _together(lockouts), untold, hanging)


def _together(lockouts: list[Lockout]) -> Lockout:
    """Several ways of one class as one."""
    return Lockout(
        lockouts[0].lockout,
        agreed(one.root_user for one in lockouts),
        agreed(one.account_administrators for one in lockouts),
        agreed(one.anyone for one in lockouts),
        _merged([one.patterns for one in lockouts]),
        _merged([one.named for one in lockouts]),
        any(one.presumed for one in lockouts),
    )


def _merged(each: Iterable[tuple[Holder, ...]]) -> tuple[Holder, ...]:
    """The holders of all ways, each once; one who is not a holder in every way may be one."""
    listed = list(each)
    first: dict[str, Holder] = {}
    truths: dict[str, list[Truth]] = {}
    for holder in (holder for holders in listed for holder in holders):
        name = str(holder.principal.value)
        first.setdefault(name, holder)
        truths.setdefault(name, []).append(holder.may)
    return tuple(
        holder if len(truths[name]) == len(listed) and len(set(truths[name])) == 1 else holder._replace(may=UNDECIDED)
        for name, holder in first.items()
    )


def _judge(document: Document, key: Key, accounts: Accounts) -> _Judged:
    """The assessment as it stands; that nobody is left must hold whichever way a presumed account id falls."""
    found, class_, undecided = _classified(document, key, accounts)
    presumed = _is_presumed(document, accounts)
    if presumed and class_ is LockoutClass.NOBODY:
        _, otherwise, undecided = _classified(document, key, accounts.otherwise())
        class_ = LockoutClass.NOBODY if otherwise is LockoutClass.NOBODY else LockoutClass.UNKNOWN
    return _Judged(Lockout(class_, *found, presumed), undecided)


def _classified(
    document: Document, key: Key, accounts: Accounts
) -> tuple[Managers, LockoutClass, tuple[KeyPolicySays, ...]]:
    found = managers(document, key, accounts, lambda situation, others: decide(document, situation, others).allowed)
    class_ = _class_of(found)
    if class_ is not LockoutClass.UNKNOWN:
        return found, class_, ()
    asked = (decide(document, *question) for question in open_questions(found, document, key, accounts))
    return found, class_, tuple(decision.key_policy for decision in asked if decision.allowed.some is UNKNOWN)


def _class_of(found: Managers) -> LockoutClass:
    if found.durable is not NO:
        return LockoutClass.NONE if found.durable is YES else LockoutClass.UNKNOWN
    if found.root_user is not NO:
        return LockoutClass.ROOT_ONLY if found.root_user is YES else LockoutClass.UNKNOWN
    if found.deletable is not NO:
        return LockoutClass.DELETABLE_ONLY if found.deletable is YES else LockoutClass.UNKNOWN
    return LockoutClass.NOBODY


def _is_presumed(document: Document, accounts: Accounts) -> bool:
    """Whether the document names the one account id that is presumed to be the own one."""
    return any(accounts.ownership(account) is Ownership.PRESUMED_OWN for account in accounts_in((document,)))
