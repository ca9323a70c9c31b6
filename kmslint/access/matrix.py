"""Who can do what with a key: a row for everybody who may ask, a column for each kind of use."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from kmslint.access.askers import Asker
from kmslint.access.decide import Decision, decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.grants import Grant
from kmslint.access.hinges import hinge_in_iam, hinge_of, undecided
from kmslint.access.residual import residual
from kmslint.access.situation import Situation
from kmslint.access.worlds import World, explore, told_from
from kmslint.aws.actions import ACTIONS, Action, Group
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document
from kmslint.model.ways import when_in
from kmslint.values import ALWAYS, Guards
from kmslint.verdict import NO, UNKNOWN, YES


class Use(NamedTuple):
    """A column: actions that serve one purpose, the most telling first."""

    name: str
    actions: tuple[Action, ...]


def _use(name: str, *names: str, groups: tuple[Group, ...] = ()) -> Use:
    first = tuple(action for each in names for action in ACTIONS if action.name == f"kms:{each}")
    rest = (action for action in ACTIONS if action.group in groups and action not in first)
    return Use(name, (*first, *rest))


_DATA_KEYS: Final = (
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
)

USES: Final = (
    _use("encrypt", "Encrypt", "ReEncryptTo"),
    _use("decrypt", "Decrypt", "ReEncryptFrom"),
    _use("data keys", *_DATA_KEYS),
    _use("sign/verify", "Sign", "Verify", "GenerateMac", "VerifyMac", "DeriveSharedSecret"),
    _use("grant", "CreateGrant"),
    _use("view", "DescribeKey", "ListGrants", groups=(Group.VIEW,)),
    _use("administer", "EnableKey", "RevokeGrant", groups=(Group.ADMINISTRATION, Group.ALIAS)),
    _use("change policy", "PutKeyPolicy"),
    _use("delete", "ScheduleKeyDeletion", groups=(Group.DESTRUCTIVE,)),
)
"""The columns. Together they are all the actions that a key policy can give."""


class Answer(Enum):
    """What a cell says."""

    YES = "yes"
    CONDITIONAL = "conditional"
    """In some requests."""
    UNKNOWN = "unknown"
    NO = "no"


_RANK: Final = (Answer.YES, Answer.CONDITIONAL, Answer.UNKNOWN, Answer.NO)


class Reply(NamedTuple):
    """What comes of one action."""

    action: Action
    answer: Answer
    decision: Decision
    conditions: str
    """When it is allowed, in words; empty unless it is conditional."""


class Cell(NamedTuple):
    """What comes of the actions of one column: the best of their answers."""

    use: Use
    replies: tuple[Reply, ...]

    @property
    def best(self) -> Reply:
        """The first reply with the best answer."""
        return min(self.replies, key=lambda reply: _RANK.index(reply.answer))

    @property
    def answer(self) -> Answer:
        return self.best.answer

    @property
    def of_that_answer(self) -> tuple[Action, ...]:
        """The actions with the cell's answer."""
        return tuple(reply.action for reply in self.replies if reply.answer is self.answer)


class Row(NamedTuple):
    """What one caller may do with a key."""

    asker: Asker
    cells: tuple[Cell, ...]
    guards: Guards
    """What must hold for the caller to be there beside the key."""

    @property
    def is_empty(self) -> bool:
        """Whether it may do nothing."""
        return all(cell.answer is Answer.NO for cell in self.cells)


def row(document: Document, key: Key, asker: Asker, estate: Estate) -> Row:
    """Everything that a caller may do with a key of that policy."""
    question = _question(document, key, asker, estate)
    return Row(question.asker, tuple(_cell(use, question) for use in USES), _open_guards(asker, document) or ALWAYS)


def is_beside(asker: Asker, document: Document) -> bool:
    """Whether there can be the caller where there is the key of that policy."""
    return _open_guards(asker, document) is not None


def _open_guards(asker: Asker, document: Document) -> Guards | None:
    return ALWAYS if asker.identity is None else document.facts.open_part(asker.identity.guards)


def _cell(use: Use, question: _Question) -> Cell:
    return Cell(use, tuple(_reply(action, question) for action in use.actions))


def reply(document: Document, action: Action, key: Key, asker: Asker, estate: Estate) -> Reply:
    """Whether a caller may use one action, where there is the caller."""
    return _reply(action, _question(document, key, asker, estate))


class _Question(NamedTuple):
    """Who asks for which key."""

    document: Document
    key: Key
    asker: Asker
    accounts: Accounts
    grants: tuple[Grant, ...]


def _question(document: Document, key: Key, asker: Asker, estate: Estate) -> _Question:
    """The question where there are the key and the caller, as far as that tells how conditions came out."""
    there = document.under(_open_guards(asker, document) or ALWAYS)
    return _Question(there, key, asker.settled(there.facts), estate.accounts_of(key), tuple(grants_on(key, estate)))


def _reply(action: Action, question: _Question) -> Reply:
    document, key, asker, accounts, grants = question
    situation = Situation(asker.caller, action, key, accounts)

    def ask(world: Document) -> Decision:
        there = asker if world is document else asker.settled(world.facts)
        return decide(world, situation, there.others(situation), grants)

    def hinge(world: Document, decision: Decision) -> str | None:
        return hinge_of(undecided((decision,)), world) or hinge_in_iam(decision)

    decision = ask(document)
    answer = _answer(decision)
    if answer is Answer.CONDITIONAL:
        return Reply(action, answer, decision, str(residual(decision)))
    if answer is Answer.UNKNOWN:
        return _in_worlds(action, document, decision, explore(document, ask, hinge))
    return Reply(action, answer, decision, "")


def _in_worlds(action: Action, document: Document, open_: Decision, each: list[tuple[World, Decision]]) -> Reply:
    """The reply where conditions of the template decide: it may be the same however they come out."""
    answers = {_answer(decision) for _, decision in each}
    if len(answers) == 1:
        decision, answer = each[0][1], answers.pop()
        return Reply(action, answer, decision, str(residual(decision)) if answer is Answer.CONDITIONAL else "")
    if answers != {Answer.YES, Answer.NO}:
        return Reply(action, Answer.UNKNOWN, open_, "")
    ways, untold = told_from(document, each, lambda decision: _answer(decision) is Answer.YES)
    allowed = next(decision for _, decision in each if _answer(decision) is Answer.YES)
    return Reply(action, Answer.CONDITIONAL, allowed, f"only{when_in((*ways, *untold))}")


def _answer(decision: Decision) -> Answer:
    allowed = decision.allowed
    if allowed.some is YES:
        return Answer.YES if allowed.every is YES else Answer.CONDITIONAL
    return {UNKNOWN: Answer.UNKNOWN, NO: Answer.NO}[allowed.some]
