"""HCL's templates: literal text between `${...}` and `%{...}`, with escapes, strip markers and indentation resolved.

Both readers hand over what they found as a flat run of literals and tags; this puts it together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Union

from kmslint.errors import InputError, Problem
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.excerpts import ExcerptBuilder, excerpt_between
from kmslint.syntax.hcl_directives import Piece, Tag, pair_up
from kmslint.syntax.tree import Scalar, Style, Template

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.?)|(?:\$\$|%%)\{", re.DOTALL)
_DOUBLED = re.compile(r"(?:\$\$|%%)\{")
_SHORT_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Literal(NamedTuple):
    """Text as the source has it."""

    start: int
    end: int


Token = Union[Literal, Tag]


def build_template(tokens: list[Token], at: Location, style: Style, flush: bool = False) -> Scalar | Template:
    """A quoted string or heredoc: a scalar if nothing in it is computed.

    `flush` is `<<-`: the indentation that all lines share is taken out. Raises InputError for an escape
    that HCL does not have, and where the directives do not pair up.
    """
    by_line = flush or any(isinstance(token, Tag) and (token.strips_before or token.strips_after) for token in tokens)
    pieces = list(_pieces(tokens, at.source, style, by_line and style is Style.BLOCK))
    if by_line:
        pieces = _stripped(pieces)
    if flush:
        pieces = _flushed(pieces)
    pieces = list(_joined(pieces, at.source))
    if not any(isinstance(piece, Tag) for piece in pieces):
        excerpt = pieces[0] if pieces else excerpt_between(at.source, at.start + 1, at.start + 1)
        assert isinstance(excerpt, Excerpt)
        return Scalar(excerpt.text, at, style, excerpt)
    return Template(pair_up(pieces, at), at, style)


def literal_string(source: Source, start: int, end: int) -> Scalar:
    """A string in quotes, between those offsets, in which `${` means nothing: a block's label."""
    at = Location(source, start, end)
    excerpt = _unescaped(source, Literal(start + 1, end - 1), Style.QUOTED)
    return Scalar(excerpt.text, at, Style.QUOTED, excerpt)


def _pieces(tokens: list[Token], source: Source, style: Style, by_line: bool) -> Iterator[Piece]:
    """Literals decoded. Heredocs by line where it matters: a strip marker ends at the line's end."""
    for token in tokens:
        if isinstance(token, Tag):
            yield token
        elif by_line:
            for line in _LINE.finditer(source.text, token.start, token.end):
                yield _unescaped(source, Literal(*line.span()), style)
        elif token.end > token.start:
            yield _unescaped(source, token, style)


def _unescaped(source: Source, literal: Literal, style: Style) -> Excerpt:
    pattern = _ESCAPE if style is Style.QUOTED else _DOUBLED
    found = pattern.search(source.text, *literal)
    if not found:
        return excerpt_between(source, *literal)
    builder = ExcerptBuilder()
    position = literal.start
    while found is not None:
        start, end = found.span()
        builder.add(source.text[position:start], position)
        if found[0].endswith("{"):
            builder.add(found[0][0], start)
            builder.add("{", end - 1)
        else:
            builder.add(_meaning(found, source), start)
        position = end
        found = pattern.search(source.text, position, literal.end)
    builder.add(source.text[position : literal.end], position)
    return builder.finish(source, literal.end)


def _meaning(escape: re.Match[str], source: Source) -> str:
    code = escape[1] or escape[2]
    if code and (number := int(code, 16)) <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
        return chr(number)
    character = _SHORT_ESCAPES.get(escape[3] or "")
    if character is None:
        raise _error("an escape that HCL does not have", Location(source, *escape.span()))
    return character


def _stripped(pieces: list[Piece]) -> list[Piece]:
    """`~` takes the blanks of the literal beside it, within the line."""
    result: list[Piece] = []
    for index, piece in enumerate(pieces):
        if isinstance(piece, Tag):
            result.append(piece)
            continue
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        start, end = 0, len(piece.text)
        if isinstance(before, Tag) and before.strips_after:
            start = end - len(piece.text.lstrip())
        if isinstance(after, Tag) and after.strips_before:
            end = max(start, len(piece.text.rstrip()))
        result.append(_part(piece, start, end))
    return result


def _flushed(pieces: list[Piece]) -> list[Piece]:
    """Takes out the indentation that all lines but the blank ones share. A line that begins with a tag has none."""
    starts = [index for index in range(len(pieces)) if index == 0 or _ends_line(pieces[index - 1])]
    indents: dict[int, int] = {}
    for index in starts:
        piece = pieces[index]
        if isinstance(piece, Tag):
            return pieces
        if piece.text.strip() or not piece.text.endswith("\n"):
            indents[index] = len(piece.text) - len(piece.text.lstrip())
    shared = min(indents.values(), default=0)
    result = list(pieces)
    for index in indents:
        piece = pieces[index]
        assert isinstance(piece, Excerpt)
        result[index] = _part(piece, shared, len(piece.text))
    return result


def _ends_line(piece: Piece) -> bool:
    return isinstance(piece, Excerpt) and piece.text.endswith("\n")


def _part(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    if (start, end) == (0, len(excerpt.text)):
        return excerpt
    return Excerpt(excerpt.source, excerpt.text[start:end], excerpt.offsets[start : end + 1])


def _joined(pieces: list[Piece], source: Source) -> Iterator[Piece]:
    """Neighbouring literals made one, empty ones left out."""
    run: list[Excerpt] = []
    for piece in pieces:
        if isinstance(piece, Excerpt):
            run.append(piece)
            continue
        yield from _one(run, source)
        run = []
        yield piece
    yield from _one(run, source)


def _one(run: list[Excerpt], source: Source) -> Iterator[Excerpt]:
    run = [excerpt for excerpt in run if excerpt.text]
    if len(run) < 2:
        yield from run
        return
    builder = ExcerptBuilder()
    for excerpt in run:
        builder.copy(excerpt, 0, len(excerpt.text))
    yield builder.finish(source, run[-1].offsets[-1])


def _error(reason: str, at: Location) -> InputError:
    return InputError(Problem(at.path, reason, at))
