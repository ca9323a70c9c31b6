"""What every format of `kmslint access` shows of a key: plain words and places, no values of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing, principal_asker
from kmslint.access.classes import Classification, PolicyClass
from kmslint.access.identities import identity_of
from kmslint.access.lockout import Lockout, LockoutClass
from kmslint.access.matrix import Cell, Row
from kmslint.access.naming import enumerate_names, principal_name
from kmslint.access.open_parts import hole_name
from kmslint.access.principals import Form, account_of, form, is_service_linked_role
from kmslint.access.proof import Evidence, prove
from kmslint.access.reasons import reason_of
from kmslint.access.situation import is_own
from kmslint.aws.actions import KEY_ACTIONS
from kmslint.engine.shortened import shortened
from kmslint.key_access import KeyAccess
from kmslint.location import Location
from kmslint.model.accounts import Ownership, accounts_in
from kmslint.model.estate import Estate, PolicyOrigin
from kmslint.model.policy import Document, Effect, Principal
from kmslint.values import Text, Unknown
from kmslint.verdict import UNKNOWN, YES, Verdict


class Place(NamedTuple):
    """Where something stands."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class StatementView(NamedTuple):
    """A statement, or a grant, that decides."""

    what: str
    place: Place


class ActionView(NamedTuple):
    """What comes of one action."""

    name: str
    answer: str
    reason: str
    conditions: str


class UseView(NamedTuple):
    """What comes of a use, and why: the proof of its most telling action."""

    name: str
    answer: str
    conditions: str
    actions: tuple[ActionView, ...]
    why: str
    statements: tuple[StatementView, ...]
    next_step: str


class Unlisted(NamedTuple):
    """A principal that the key policy names and that has no row."""

    name: str
    place: Place


class Head(NamedTuple):
    """What is said of a key above its table."""

    address: str
    place: Place
    policy: str
    """`explicit`, `default` or `unknown`."""
    missing: str
    """What cannot be resolved, of an unknown policy."""
    guards: tuple[str, ...]
    """What must hold for there to be the key at all."""
    classes: tuple[str, ...]
    classes_unknown: tuple[str, ...]
    """The classes of which it is not known whether they hold."""
    lockout: str
    managed_by: str
    delegated: tuple[str, ...]
    delegates: str
    """`everything`, `6 of 46 actions`, `nothing`, `not known`."""
    unlisted: tuple[Unlisted, ...]
    presumed: str
    """The account id that is taken for the key's own; empty if there is better evidence, or none."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader has to know first: when there is the key, and where its policy is from."""
        there: tuple[str, ...] = (f"there only when {' and '.join(self.guards)}",) if self.guards else ()
        if self.presumed:
            there += (f"{self.presumed} is taken for the key's own account: no other stands in the policies",)
        if self.missing:
            return (*there, f"its policy cannot be seen: {self.missing}")
        default = self.policy == PolicyOrigin.DEFAULT.value
        return (*there, "no policy is written, so AWS gives it the default one") if default else there

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is said of a policy that can be seen, by name."""
        if self.missing:
            return ()
        kinds = ", ".join((*self.classes, *(f"perhaps {name}" for name in self.classes_unknown)))
        facts = (("managed by", self.managed_by), ("delegates", self.delegates))
        return (*facts, ("kind of policy", kinds)) if kinds else facts


_NOT_KNOWN: Final = "not known"
_FEW: Final = 3
"""Actions that are named; of more the number is told."""


def place(at: Location) -> Place:
    """A location, without its column."""
    return Place(at.path, at.line)


def places(evidence: Iterable[Evidence]) -> tuple[Place, ...]:
    """The places of statements, each once, in order."""
    return tuple(sorted({place(one.at) for one in evidence}))


def head(one: KeyAccess) -> Head:
    """What is said of a key as a whole."""
    key, classification = one.key, one.classification
    classes = classification.classes if classification is not None else ()
    return Head(
        key.address,
        place(key.at),
        key.policy.origin.value,
        one.missing,
        tuple(sorted(map(str, key.guards))),
        tuple(which.value for which, verdict in classes if verdict is YES),
        tuple(which.value for which, verdict in classes if verdict is UNKNOWN),
        (classification.lockout.lockout if classification is not None else LockoutClass.UNKNOWN).value,
        _managed_by(classification.lockout, one.estate) if classification is not None else _NOT_KNOWN,
        tuple(action.name for action in classification.delegated) if classification is not None else (),
        _delegates(classification) if classification is not None else _NOT_KNOWN,
        tuple(_unlisted(one.document, one.estate)) if key.policy.origin is PolicyOrigin.EXPLICIT else (),
        _presumed(one),
    )


def _presumed(one: KeyAccess) -> str:
    accounts = one.estate.accounts_of(one.key)
    found = accounts_in((one.document,)) if one.document is not None else ()
    return next((str(each) for each in found if accounts.ownership(each) is Ownership.PRESUMED_OWN), "")


def _managed_by(lockout: Lockout, estate: Estate) -> str:
    """Who may change the key policy, and what becomes of that."""
    abstract = (
        ("root user", lockout.root_user),
        ("account administrators", lockout.account_administrators),
        ("every identity of the account", lockout.anyone),
    )
    names = [name for name, verdict in abstract if verdict is YES]
    holders = [holder for holder in (*lockout.named, *lockout.patterns) if holder.may.some is YES]
    names += dict.fromkeys(principal_name(holder.principal, estate) for holder in holders)
    if lockout.lockout is LockoutClass.NOBODY:
        return "nobody"
    if not names:
        return _NOT_KNOWN
    if lockout.lockout is LockoutClass.DELETABLE_ONLY:
        gone = "it is deleted" if len(names) == 1 else "they are deleted"
        return f"{', '.join(names)}, and nobody once {gone}"
    if lockout.lockout is LockoutClass.ROOT_ONLY and len(names) == 1:
        return "root user alone"
    return ", ".join(names)


def _delegates(classification: Classification) -> str:
    """How much IAM policies of the account can give."""
    verdict = classification.verdict(PolicyClass.DELEGATES)
    if verdict is not YES:
        return "nothing" if verdict is Verdict.NO else _NOT_KNOWN
    names = [action.name for action in classification.delegated]
    if len(names) == len(KEY_ACTIONS):
        return "everything"
    if len(names) <= _FEW:
        return f"only {enumerate_names(names)}"
    return f"{len(names)} of {len(KEY_ACTIONS)} actions"


def _unlisted(document: Document | None, estate: Estate) -> Iterator[Unlisted]:
    """The principals in Allow statements that have no row, because it cannot be told who they are."""
    seen = set()
    for statement in document.statements if document is not None else ():
        for principal in (statement.principals or ()) if statement.effect is not Effect.DENY else ():
            name = _unlisted_name(principal, estate)
            if name and name not in seen:
                seen.add(name)
                yield Unlisted(name, place(statement.header))


def _unlisted_name(principal: Principal, estate: Estate) -> str:
    """What such a principal is called; empty for one that has a row, or that nobody can be."""
    if identity_of(principal, estate) is not None or principal_asker(principal, estate) is not None:
        return ""
    kind, account, value = form(principal), account_of(principal), principal.value
    if is_service_linked_role(principal):
        return f"service-linked {principal_name(principal, estate)}"
    if kind is Form.OPEN:
        return _hole_name(value)
    if kind is Form.ACCOUNT and account is not None and is_own(account, estate.accounts) is UNKNOWN:
        return f"account {account} (perhaps the key's own)"
    return ""


def _hole_name(value: Text | Unknown) -> str:
    if isinstance(value, Unknown):
        return hole_name(value.hole)
    return hole_name(value.holes[0]) if len(value.parts) == 1 and value.holes else str(value)


def arn_of(asker: Asker) -> str | None:
    """The ARN by which somebody is known; None of whoever stands for many, and of services."""
    if asker.identity is not None:
        return str(asker.identity.arn)
    if asker.principal is None or asker.standing is Standing.SERVICE:
        return None
    return str(asker.principal.value)


def use_views(row: Row, one: KeyAccess) -> tuple[UseView, ...]:
    """All uses of a row with their proofs."""
    return tuple(_use_view(cell, row.asker, one) for cell in row.cells)


def _use_view(cell: Cell, asker: Asker, one: KeyAccess) -> UseView:
    proof = prove(cell.best, asker, one.key)
    return UseView(
        cell.use.name,
        cell.answer.value,
        shortened(cell.best.conditions),
        tuple(
            ActionView(
                reply.action.name, reply.answer.value, reason_of(reply.decision).value, shortened(reply.conditions)
            )
            for reply in cell.replies
        ),
        shortened(proof.sentence),
        statement_views(proof.evidence),
        shortened(proof.next_step),
    )


def statement_views(evidence: Iterable[Evidence]) -> tuple[StatementView, ...]:
    """The statements that decide, each once."""
    return tuple(dict.fromkeys(StatementView(shortened(one.what), place(one.at)) for one in evidence))
