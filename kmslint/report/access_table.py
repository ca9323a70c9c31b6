"""The table of a key as people see it: who is in it, the footnotes numbered, and how many are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing
from kmslint.access.hanging import accounts_not_told
from kmslint.access.identities import identity_of
from kmslint.access.managers import arn_patterns
from kmslint.access.matrix import USES, Answer, Row
from kmslint.key_access import KeyAccess
from kmslint.model.ways import when_in
from kmslint.report.access_notes import Note, notes_of
from kmslint.report.access_view import Place

COLUMNS: Final = tuple(use.name for use in USES)
_ALWAYS_SHOWN: Final = frozenset({Standing.ROOT_USER, Standing.ADMINISTRATORS})
_BY_NAME: Final = frozenset({Standing.NAMED, Standing.FOREIGN, Standing.SERVICE})
_IN_VAIN: Final = Note("named in the key policy, but no statement that allows anything applies to it")
_UNKNOWN: Final = Answer.UNKNOWN
_PLACES: Final = 3
"""Places that a footnote names."""


class TableCell(NamedTuple):
    """An answer, and the numbers of its footnotes."""

    answer: Answer
    notes: tuple[int, ...]


class TableRow(NamedTuple):
    """A principal and its answers, one for each of `COLUMNS`."""

    label: str
    notes: tuple[int, ...]
    """Of the whole row."""
    cells: tuple[TableCell, ...]


class Table(NamedTuple):
    """The matrix of a key."""

    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]
    """The first has the number 1."""
    remarks: tuple[str, ...]
    """Who has no row here, and what may settle the unknown."""


def shown_rows(one: KeyAccess, everybody: bool) -> tuple[Row, ...]:
    """The rows of a key that people are shown: without those for whom nothing was meant, if not everybody is."""
    if everybody:
        return one.rows
    named = _named(one)
    return tuple(row for row in one.rows if not _is_dull(row, named) and not _is_like_anyone(row, named, one))


def table(one: KeyAccess, everybody: bool) -> Table:
    """The table of a key; with every row, if everybody is shown."""
    rows = shown_rows(one, everybody)
    footnotes = _Footnotes()
    shown = []
    for row in rows:
        of_cells = [notes_of(cell, row.asker, one.key) for cell in row.cells]
        in_vain = row.is_empty and row.asker.standing in _BY_NAME and not any(of_cells)
        there = (Note(f"there only{when_in((row.guards,))}"),) if row.guards else ()
        of_row = footnotes.numbers((*there, *((_IN_VAIN,) if in_vain else ())))
        cells = (
            TableCell(cell.answer, footnotes.numbers(notes)) for cell, notes in zip(row.cells, of_cells, strict=True)
        )
        shown.append(TableRow(row.asker.label, of_row, tuple(cells)))
    return Table(tuple(shown), footnotes.texts(), tuple(_remarks(one, rows)))


class _Footnotes:
    """The footnotes of a table: equal texts share a number, and then all their places stand there."""

    def __init__(self) -> None:
        self._places: dict[str, set[Place]] = {}

    def numbers(self, notes: Iterable[Note]) -> tuple[int, ...]:
        """The numbers of some footnotes, in order."""
        for note in notes:
            self._places.setdefault(note.text, set()).update(note.places)
        order = list(self._places)
        return tuple(sorted(order.index(note.text) + 1 for note in notes))

    def texts(self) -> tuple[str, ...]:
        """All of them with their places; the first has the number 1."""
        return tuple(_with_places(text, sorted(places)) for text, places in self._places.items())


def _with_places(text: str, places: list[Place]) -> str:
    if not places:
        return text
    more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
    return f"{text} ({', '.join(map(str, places[:_PLACES]))}{more})"


def _named(one: KeyAccess) -> frozenset[str]:
    """The addresses of the identities that the key policy names."""
    if one.document is None:
        return frozenset()
    principals = [principal for principal, _ in arn_patterns(one.document)]
    for statement in one.document.statements:
        principals += (*(statement.principals or ()), *(statement.not_principals or ()))
    found = (identity_of(principal, one.estate) for principal in principals)
    return frozenset(identity.address for identity in found if identity is not None)


def _is_meant(row: Row, named: frozenset[str]) -> bool:
    """Whether something was meant for it: the key policy names it, or an IAM policy of it allows something."""
    asker = row.asker
    if asker.standing in _ALWAYS_SHOWN:
        return True
    if asker.identity is None:
        return asker.standing not in (Standing.ANYONE, Standing.ANYBODY)
    return asker.identity.address in named or any(
        reply.decision.others.identity.allowing for cell in row.cells for reply in cell.replies
    )


def _is_dull(row: Row, named: frozenset[str]) -> bool:
    """Whether it may do nothing, and nothing was meant for it."""
    return row.is_empty and not _is_meant(row, named)


def _is_like_anyone(row: Row, named: frozenset[str], one: KeyAccess) -> bool:
    """Whether nothing is known of an identity but what is not known of any identity of the account either."""
    if row.asker.standing is not Standing.IDENTITY or _is_meant(row, named) or row.is_empty:
        return False
    anyone = next((other for other in one.rows if other.asker.standing is Standing.ANYONE), None)
    return anyone is not None and _unknown(row, one) == _unknown(anyone, one)


def _unknown(row: Row, one: KeyAccess) -> list[tuple[Answer, tuple[Note, ...]]] | Asker:
    """Its answers and footnotes, if all that is not a no is unknown; else something that nobody else has."""
    if any(cell.answer in (Answer.YES, Answer.CONDITIONAL) for cell in row.cells):
        return row.asker
    return [(cell.answer, notes_of(cell, row.asker, one.key) if cell.answer is _UNKNOWN else ()) for cell in row.cells]


def _remarks(one: KeyAccess, rows: tuple[Row, ...]) -> Iterator[str]:
    if any(accounts_not_told(cell.best.decision) for row in rows for cell in row.cells if cell.answer is _UNKNOWN):
        yield "--account ID says which account is the key's own, and may settle what is not known"
    if one.document is not None and not one.rows:
        yield "nobody that belongs to this key's template is called so"
    shown = {id(row) for row in rows}
    rest = [row for row in one.rows if id(row) not in shown and row.asker.standing is Standing.IDENTITY]
    empty = sum(row.is_empty for row in rest)
    for number, what in (
        (empty, "may do nothing with it"),
        (len(rest) - empty, "may do, as far as can be seen here, what any identity of the account may"),
    ):
        if number:
            yield f"and {number} more {'principal' if number == 1 else 'principals'} that {what}"
