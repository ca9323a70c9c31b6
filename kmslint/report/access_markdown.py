"""`kmslint access` as GitHub Markdown, for a pull request or a wiki."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.errors import Problem
from kmslint.key_access import Access, KeyAccess
from kmslint.report.access_proofs import BY_GRANT, NOT_ANALYSED, PrincipalProof, could_be_granted, proofs
from kmslint.report.access_table import COLUMNS, Table, TableCell, shown_rows, table
from kmslint.report.access_view import Head, head
from kmslint.report.sanitise import markdown_code, markdown_text, without_commands


def render(access: Access, everybody: bool, proven: bool) -> str:
    """All keys, as in the terminal."""
    lines = [line for one in access.keys for line in _key(one, everybody, proven)] or ["No key was found.", ""]
    if access.problems:
        lines += _problems(access.problems)
    return without_commands("".join(f"{line}\n" for line in lines).rstrip("\n") + "\n")


def _key(one: KeyAccess, everybody: bool, proven: bool) -> Iterator[str]:
    said = head(one)
    yield from (f"## {markdown_code(said.address)}", "", markdown_code(str(said.place)), "")
    yield from _said(said)
    yield ""
    if one.document is None:
        return
    rows = shown_rows(one, everybody)
    seen = table(one, everybody)
    yield from (*_drawn(seen), "") if rows else ()
    notes = [f"{number}. {markdown_text(note)}" for number, note in enumerate(seen.notes, 1)]
    yield from (*notes, "") if notes else ()
    names = [markdown_text(f"{unlisted.name} ({unlisted.place})") for unlisted in said.unlisted]
    remarks = [f"- also named in its policy, and not in the table: {name}" for name in names]
    remarks += [f"- {words}" for words in seen.remarks]
    yield from (*remarks, "") if remarks else ()
    if proven:
        yield from (line for proof in proofs(rows, one) for line in _proof(proof))
        if could_be_granted(rows, one):
            yield from (BY_GRANT, "")


def _said(said: Head) -> Iterator[str]:
    """What stands above the table."""
    yield from (f"- {markdown_text(remark)}" for remark in said.remarks)
    yield from (f"- {name}: {markdown_text(fact)}" for name, fact in said.facts)


def _drawn(seen: Table) -> Iterator[str]:
    """The table. Names are code: nothing else leaves mentions, links and references as they stand."""
    yield f"| | {' | '.join(COLUMNS)} |"
    yield f"| --- |{' --- |' * len(COLUMNS)}"
    for row in seen.rows:
        # In a table a bar ends the cell even within code; the backslash before it does not show there.
        name = markdown_code(row.label).replace("|", "\\|")
        yield f"| {name}{_marks(row.notes)} | {' | '.join(map(_cell, row.cells))} |"


def _cell(cell: TableCell) -> str:
    return f"{cell.answer.value}{_marks(cell.notes)}"


def _marks(notes: tuple[int, ...]) -> str:
    return f" <sup>{', '.join(map(str, notes))}</sup>" if notes else ""


def _proof(proof: PrincipalProof) -> Iterator[str]:
    yield from (f"### {markdown_code(proof.label)}", "")
    for one in proof.proofs:
        yield f"- {markdown_text(f'{one.uses}: {one.sentence}')}"
        yield from (f"  - {markdown_text(f'{each.place} {each.what}')}" for each in one.statements)
        if one.next_step:
            yield f"  - {markdown_text(f'next: {one.next_step}')}"
    yield ""


def _problems(problems: tuple[Problem, ...]) -> Iterator[str]:
    yield from (NOT_ANALYSED, "")
    for problem in problems:
        yield f"- {markdown_text(f'{problem.path}:{problem.line} ({problem.reason})')}"
