"""On which conditions of the template an undecided decision hangs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kmslint.access.decide import Decision, decide
from kmslint.access.key_policy import KeyPolicySays
from kmslint.access.other_policies import OtherPolicies
from kmslint.access.situation import Situation
from kmslint.access.worlds import World, explore
from kmslint.model.policy import Document
from kmslint.verdict import UNKNOWN, YES, Truth, Verdict, agreed, any_of


def undecided(decisions: Iterable[Decision]) -> tuple[KeyPolicySays, ...]:
    """What the key policy says where it is not known whether a decision is a yes in some request; nothing if any is."""
    listed = tuple(decisions)
    if any(decision.allowed.some is YES for decision in listed):
        return ()
    return tuple(decision.key_policy for decision in listed if decision.allowed.some is UNKNOWN)


def hinge_of(undecided_ones: Iterable[KeyPolicySays], document: Document) -> str | None:
    """A condition on which one of these hangs, the first one first, where it is not known what comes of them.

    What takes everything away is settled before what gives something: each then decides alone.
    """
    for says in undecided_ones:
        denying = [one.guards for one, truth in says.denying if truth.every is UNKNOWN]
        allowing = [one.guards for one, _ in says.allowing]
        avoidable = [one.guards for one, _ in says.denying]
        hidden = [part.guards for part in document.unseen]
        for guards in (*denying, *allowing, *avoidable, *hidden):
            if guards:
                return min(guards).condition
    return None


def hinge_in_iam(decision: Decision) -> str | None:
    """A condition on which an undecided decision hangs by the policies beside the key policy."""
    if decision.allowed.some is not UNKNOWN:
        return None
    both_kinds = (decision.others.identity, *(one for one in (decision.others.boundary,) if one is not None))
    for says in both_kinds:
        for one in (*says.denying, *says.allowing):
            if one.guards:  # whether it applies is not known then
                return min(one.guards).condition
    return None


def may_at_all(document: Document, decisions: Callable[[Document], Iterable[Decision]]) -> Verdict:
    """Whether one of the decisions is a yes in some request, if it is so in every way the document can come out."""

    return agreed(verdict for _, verdict in explored(document, decisions))


def explored(document: Document, decisions: Callable[[Document], Iterable[Decision]]) -> list[tuple[World, Verdict]]:
    """Whether one of the decisions is a yes in some request, in every way the document can come out."""

    def ask(world: Document) -> tuple[Decision, ...]:
        return tuple(_until_yes(decisions(world)))

    found = explore(document, ask, lambda world, listed: hinge_of(undecided(listed), world))
    return [(world, any_of(decision.allowed.some for decision in listed)) for world, listed in found]


def truth_in_every_way(document: Document) -> Callable[[Situation, OtherPolicies], Truth]:
    """In which requests situations are allowed, if it is so in every way the document can come out."""

    def truth(situation: Situation, others: OtherPolicies) -> Truth:
        found = explore(
            document,
            lambda world: decide(world, situation, others),
            lambda world, decision: hinge_of(undecided((decision,)), world),
        )
        each = [decision.allowed for _, decision in found]
        return Truth(agreed(one.some for one in each), agreed(one.every for one in each))

    return truth


def _until_yes(decisions: Iterable[Decision]) -> Iterator[Decision]:
    for decision in decisions:
        yield decision
        if decision.allowed.some is YES:
            return
