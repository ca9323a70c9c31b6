"""What becomes of an Allow statement in the ways in which the Deny statements around it can come out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from kmslint.access.worlds import Answer, Ask, ways_by_answer
from kmslint.aws.actions import KEY_ACTIONS, Action
from kmslint.model.policy import Document, Effect, Statement
from kmslint.model.ways import Ways, simplified, together
from kmslint.values import Guards

_DENYING = (Effect.DENY, Effect.UNKNOWN)


def ways_of_allow(statement: Statement, document: Document, ask: Ask[Answer]) -> dict[Answer, Ways]:
    """The answers in the ways the document can come out with that statement, and under which conditions each holds.

    `ask` is given the document as it is where the statement is there; what it answers, only Denies may change.
    """

    def hinge(world: Document, answer: Answer) -> str | None:
        guards = next(_open(world), None)
        return None if guards is None or answer == ask(without_open_denials(world)) else min(guards).condition

    ways = ways_by_answer(document.under(statement.guards), ask, hinge)
    return {answer: together(each, statement.guards) for answer, each in ways.items()}


def actions_of_allow(
    statement: Statement, document: Document, ask: Ask[tuple[Action, ...]]
) -> dict[tuple[Action, ...], Ways]:
    """The same for which actions it gives: those that it gives in all the ways in which it gives any, if there are."""
    given = {actions: ways for actions, ways in ways_of_allow(statement, document, ask).items() if actions}
    always = tuple(action for action in KEY_ACTIONS if given and all(action in actions for actions in given))
    return {always: simplified(chain.from_iterable(given.values()))} if always else given


def _open(document: Document) -> Iterator[Guards]:
    """The conditions of each part that may be there and deny something."""
    listed = [*(one.guards for one in _denies(document)), *(one.guards for one in document.unseen)]
    return (guards for guards in listed if guards)


def _denies(document: Document) -> Iterator[Statement]:
    return (statement for statement in document.statements if statement.effect in _DENYING)


def without_open_denials(document: Document) -> Document:
    """The document where no Deny is there that hangs on a condition."""
    denies = frozenset(map(id, (one for one in _denies(document) if one.guards)))
    return document._replace(
        statements=tuple(one for one in document.statements if id(one) not in denies),
        unseen=tuple(one for one in document.unseen if not one.guards),
    )
