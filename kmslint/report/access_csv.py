"""`kmslint access` as CSV, for spreadsheets: a line for each key, principal and use."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from kmslint.key_access import Access, KeyAccess
from kmslint.report.access_view import Head, UseView, arn_of, head, use_views
from kmslint.report.sanitise import safe_text, spreadsheet_cell, without_commands

HEADER: Final = (
    "address",
    "path",
    "line",
    "policy",
    "principal",
    "kind",
    "arn",
    "use",
    "answer",
    "conditions",
    "actions",
    "why",
    "statements",
    "next",
)


def render(access: Access) -> str:
    """All keys. One whose policy cannot be seen has a line too, without a principal."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    for one in access.keys:
        writer.writerows([spreadsheet_cell(safe_text(cell)) for cell in line] for line in _lines(one))
    return without_commands(stream.getvalue())


def _lines(one: KeyAccess) -> Iterator[tuple[str, ...]]:
    said = head(one)
    if one.document is None:
        why = f"the policy of {said.address} cannot be seen: {said.missing}"
        yield (*_of_key(said), "", "", "", "", "unknown", "", "", why, "", "")
    for row in one.rows:
        who = (row.asker.label, row.asker.standing.value, arn_of(row.asker) or "")
        yield from ((*_of_key(said), *who, *_of_use(view)) for view in use_views(row, one))


def _of_key(said: Head) -> tuple[str, ...]:
    return said.address, said.place.path, str(said.place.line), said.policy


def _of_use(view: UseView) -> tuple[str, ...]:
    """A use; of its actions those that have the answer."""
    return (
        view.name,
        view.answer,
        view.conditions,
        " ".join(action.name for action in view.actions if action.answer == view.answer),
        view.why,
        "; ".join(f"{one.what} ({one.place})" for one in view.statements),
        view.next_step,
    )
