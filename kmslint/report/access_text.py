"""`kmslint access` for a terminal: a table for each key, its footnotes, and the proofs of what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from kmslint.access.matrix import Answer
from kmslint.errors import Problem
from kmslint.key_access import Access, KeyAccess
from kmslint.report.access_proofs import BY_GRANT, NOT_ANALYSED, PrincipalProof, could_be_granted, proofs
from kmslint.report.access_table import COLUMNS, Table, TableCell, shown_rows, table
from kmslint.report.access_view import Head, head
from kmslint.report.cells import fill
from kmslint.report.ink import Ink, paint
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, without_commands

_NARROWEST: Final = 80
"""In less the columns of the table have no room; a terminal that is narrower breaks the lines."""
_WORDS: Final = {Answer.YES: "yes", Answer.CONDITIONAL: "if", Answer.UNKNOWN: "?", Answer.NO: "no"}
_STYLES: Final = {Answer.YES: "green", Answer.CONDITIONAL: "yellow", Answer.UNKNOWN: "magenta", Answer.NO: ""}
_HEADS: Final = {
    "data keys": "data\nkeys",
    "sign/verify": "sign/\nverify",
    "administer": "admin-\nister",
    "change policy": "change\npolicy",
}
"""Columns whose names take two lines."""
_INDENT: Final = 2
_GAP: Final = 2
"""Blanks between columns, where there is room."""
_NAME: Final = 14
"""The least columns of a name."""
_GUTTER: Final = 4


def render(access: Access, options: Options, everybody: bool, proven: bool) -> str:
    """All keys; with every row, if everybody is shown; with the proofs of the rows, if they are asked for."""
    options = options._replace(width=max(_NARROWEST, options.width))
    blocks = [_key(one, options, everybody, proven) for one in access.keys] or [iter(["No key was found."])]
    if access.problems:
        blocks.append(_problems(access.problems, options.width))
    return without_commands("\n".join("".join(f"{line}\n" for line in block) for block in blocks))


def _key(one: KeyAccess, options: Options, everybody: bool, proven: bool) -> Iterator[str]:
    said = head(one)
    yield f"{paint(safe_text(said.address), Ink.STRONG, options.color)}  {safe_text(str(said.place))}"
    yield from (line for part in _said(said) for line in fill(safe_text(part), "  ", options.width))
    if one.document is None:
        return
    rows = shown_rows(one, everybody)
    seen = table(one, everybody)
    yield from ("", *_drawn(seen, options)) if rows else ()
    yield from _footnotes(seen, options.width)
    if said.unlisted:
        names = ", ".join(f"{unlisted.name} ({unlisted.place})" for unlisted in said.unlisted)
        yield from fill(safe_text(f"also named in its policy, and not in the table: {names}"), "  ", options.width)
    yield from (f"  {words}" for words in seen.remarks)
    if proven and rows:
        yield ""
        yield from (line for proof in proofs(rows, one) for line in _proof(proof, options))
        if could_be_granted(rows, one):
            yield from fill(BY_GRANT, "  ", options.width)


def _said(said: Head) -> Iterator[str]:
    """What stands above the table."""
    yield from said.remarks
    if said.facts:
        yield "; ".join(f"{name}: {fact}" for name, fact in said.facts)


def _drawn(seen: Table, options: Options) -> list[str]:
    """The table, drawn by rich: it knows how wide CJK characters are, and breaks long names.

    Where it does not fit it is wider than the terminal, which breaks the lines; rich would leave columns out.
    """
    titles = [_HEADS.get(name, name) for name in COLUMNS]
    content = _content_width(seen, titles)
    roomy = options.width - _INDENT - content >= _NAME + _GAP * len(titles)
    gap = _GAP if roomy else 1
    drawn = RichTable(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    drawn.add_column("", overflow="fold", min_width=_NAME)
    for title in titles:
        drawn.add_column(Text(title), no_wrap=True, vertical="top")
    for row in seen.rows:
        drawn.add_row(_with_marks(Text(safe_text(row.label)), row.notes), *map(_cell, row.cells))
    stream = StringIO()
    console = Console(
        file=stream,
        width=max(options.width - _INDENT, content + gap * len(titles) + _NAME),
        force_terminal=options.color,
        color_system="standard" if options.color else None,
        no_color=not options.color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    console.print(drawn)
    return [f"{' ' * _INDENT}{line.rstrip()}" for line in stream.getvalue().split("\n") if line.strip()]


def _content_width(seen: Table, titles: Sequence[str]) -> int:
    """The columns that the answers take, without the gaps between them."""
    answers = zip(*(map(_cell, row.cells) for row in seen.rows), strict=True)
    return sum(
        max(*map(len, title.split("\n")), *(len(cell) for cell in cells))
        for title, cells in zip(titles, answers, strict=True)
    )


def _cell(cell: TableCell) -> Text:
    return _with_marks(Text(_WORDS[cell.answer], style=_STYLES[cell.answer]), cell.notes)


def _with_marks(shown: Text, notes: tuple[int, ...]) -> Text:
    return shown.append(f" {','.join(map(str, notes))}", style="dim") if notes else shown


def _footnotes(seen: Table, width: int) -> Iterator[str]:
    for number, note in enumerate(seen.notes, 1):
        first, *rest = fill(safe_text(note), " " * (_GUTTER + 2), width)
        yield f"{number:>{_GUTTER}}  {first.lstrip()}"
        yield from rest


def _proof(proof: PrincipalProof, options: Options) -> Iterator[str]:
    yield f"  {paint(safe_text(proof.label), Ink.STRONG, options.color)}"
    for one in proof.proofs:
        yield from fill(safe_text(f"{one.uses}: {one.sentence}"), "    ", options.width)
        yield from (f"      {safe_text(f'{statement.place}  {statement.what}')}" for statement in one.statements)
        if one.next_step:
            yield from fill(safe_text(f"next: {one.next_step}"), "      ", options.width)


def _problems(problems: tuple[Problem, ...], width: int) -> Iterator[str]:
    yield NOT_ANALYSED
    for problem in problems:
        yield from fill(safe_text(f"{problem.path}:{problem.line} ({problem.reason})"), "  ", width)
