"""Which statements decide for each principal, use by use: what stands below a table that somebody asked for by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.access.askers import Asker
from kmslint.access.matrix import Answer, Cell, Row
from kmslint.access.proof import evidence, in_short, next_step, prove
from kmslint.engine.shortened import shortened
from kmslint.key_access import KeyAccess
from kmslint.model.estate import Key
from kmslint.report.access_notes import which_actions
from kmslint.report.access_view import StatementView, statement_views

ANSWERS: Final = {
    Answer.YES: "yes.",
    Answer.CONDITIONAL: "yes, under conditions.",
    Answer.UNKNOWN: "not known.",
    Answer.NO: "no.",
}
"""How an answer begins."""

BY_GRANT: Final = (
    "A grant could still give it: AWS services and the holders of kms:CreateGrant make grants, and those are seen "
    "here only where a template makes them."
)

NOT_ANALYSED: Final = "Not analysed, so there may be more keys, and more that allows or denies:"


class UsesProof(NamedTuple):
    """The proof of all uses that have the same one."""

    uses: str
    """`encrypt, decrypt`, or `everything`."""
    sentence: str
    """With the answer before it."""
    statements: tuple[StatementView, ...]
    next_step: str


class PrincipalProof(NamedTuple):
    """The proofs of one row."""

    label: str
    proofs: tuple[UsesProof, ...]


def proofs(rows: Iterable[Row], one: KeyAccess) -> tuple[PrincipalProof, ...]:
    """The proofs of some rows of a key."""
    return tuple(PrincipalProof(row.asker.label, tuple(_of_row(row, one.key))) for row in rows)


def could_be_granted(rows: Iterable[Row], one: KeyAccess) -> bool:
    """Whether a grant that is not seen here could make a yes of some no."""
    return any(prove(cell.best, row.asker, one.key).by_grant for row in rows for cell in row.cells)


def _of_row(row: Row, key: Key) -> Iterator[UsesProof]:
    asker = row.asker
    same: dict[tuple[str, tuple[StatementView, ...]], list[Cell]] = {}
    for cell in row.cells:
        sentence = shortened(f"{ANSWERS[cell.answer]} {in_short(cell.best, asker, key, asker.label)}")
        same.setdefault((sentence, statement_views(evidence(cell.best, asker, key))), []).append(cell)
    for (sentence, statements), cells in same.items():
        names = [_use(cell) for cell in cells]
        whole = len(cells) == len(row.cells) and not any(map(which_actions, cells))
        uses = "everything" if whole else ", ".join(names)
        yield UsesProof(uses, sentence, statements, _next_step(cells, asker, key))


def _use(cell: Cell) -> str:
    which = which_actions(cell)
    return f"{cell.use.name} ({which})" if which else cell.use.name


def _next_step(cells: list[Cell], asker: Asker, key: Key) -> str:
    actions = tuple(cell.best.action.name for cell in cells)
    return shortened(next_step(cells[0].best, asker, key, actions))
