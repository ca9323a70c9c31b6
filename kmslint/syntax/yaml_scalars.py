"""Ties the text of a YAML scalar to the source: which offset each decoded character comes from."""

from __future__ import annotations

import re

from kmslint.location import Excerpt, Source
from kmslint.syntax.excerpts import ExcerptBuilder, excerpt_between

_LINE_END = "(?:\r\n|[\r\n\x85\u2028\u2029])"
_BLANKS_AND_BREAKS = " \t\r\n\x85\u2028\u2029"
_BLANK = f"[{_BLANKS_AND_BREAKS}]"
_BREAK = re.compile(_LINE_END)
_BLANKS = re.compile(f"{_BLANK}*")
_BREAK_IN_TEXT = re.compile("[\n\u2028\u2029]")
_PROPERTIES = re.compile(rf"(?:(?:!<[^>]*>|[!&][^\s,\[\]{{}}]*)(?:{_BLANK}|#[^\r\n]*)*)*")
_FOLD = f"[ \t]*{_LINE_END}{_BLANK}*"
_SINGLE_QUOTED_PIECE = re.compile(rf"(?P<fold>{_FOLD})|(?P<escape>'')|(?P<plain>[ \t]+|[^'\s]+|[^'])")
_DOUBLE_QUOTED_PIECE = re.compile(
    rf"(?P<fold>{_FOLD})|\\(?P<join>{_LINE_END}{_BLANK}*)"
    r"|\\(?P<escape>x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)"
    r"|(?P<plain>[ \t]+|[^\\\s]+|[^\\])"
)
_QUOTED = {"'": _SINGLE_QUOTED_PIECE, '"': _DOUBLE_QUOTED_PIECE}
_BLOCK = ("|", ">")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def scalar_excerpt(source: Source, start: int, end: int, style: str, value: str) -> Excerpt:
    """The excerpt of a scalar that libyaml found between two offsets (tag and anchor included).

    Exact for everything that stands on one line, for quoted scalars and for literal blocks; in folded
    text every character but the blanks is exact.
    """
    closing = end - 1 if style in _QUOTED else end
    opening = closing - len(value)
    if source.text.startswith(value, opening) and (style not in _QUOTED or _is_verbatim(source, opening, value, style)):
        return excerpt_between(source, opening, closing)
    start = header_end(source.text, start, end) if style in _BLOCK else content_start(source.text, start, end)
    if style in _QUOTED:
        start += 1
        excerpt = _quoted(source, start, closing, _QUOTED[style])
    elif style == "|":
        excerpt = _literal(source, start, value)
    else:
        return _aligned(source, start, end, value)
    return excerpt if excerpt.text == value else _aligned(source, start, end, value)


def _is_verbatim(source: Source, opening: int, value: str, quote: str) -> bool:
    return quote not in value and source.text[opening - 1] == quote


def content_start(text: str, start: int, end: int) -> int:
    """Behind tag and anchor, and the comments between them."""
    properties = _PROPERTIES.match(text, start, end)
    return properties.end() if properties else start


def header_end(text: str, start: int, end: int) -> int:
    """Where the first line of a block scalar begins: after the line of its `|` or `>`."""
    line_end = _BREAK.search(text, content_start(text, start, end), end)
    return line_end.end() if line_end else end


def _literal(source: Source, start: int, value: str) -> Excerpt:
    """A decoded line is what is left of its line in the source behind the indentation."""
    builder = ExcerptBuilder()
    *lines, last = _BREAK_IN_TEXT.split(value)
    for line in lines:
        line_end = _BREAK.search(source.text, start)
        stop, following = line_end.span() if line_end else (len(source.text), len(source.text))
        builder.add(source.text[stop - len(line) : stop], stop - len(line))
        builder.add(value[builder.length], stop)
        start = following
    if last:
        line_end = _BREAK.search(source.text, start)
        start = line_end.start() if line_end else len(source.text)
        builder.add(source.text[start - len(last) : start], start - len(last))
    return builder.finish(source, start)


def _quoted(source: Source, start: int, end: int, piece: re.Pattern[str]) -> Excerpt:
    builder = ExcerptBuilder()
    for match in piece.finditer(source.text, start, end):
        if match.lastgroup == "fold":
            builder.add(_folded(match["fold"]), match.start())
        elif match.lastgroup == "escape":
            builder.add(_escaped(match["escape"]), match.start())
        elif match.lastgroup == "plain":
            builder.add(match[0], match.start())
    return builder.finish(source, end)


def _folded(blanks: str) -> str:
    """The first line break is dropped, or is a blank if it is the only one; Unicode's own breaks stay."""
    first, *others = (found if found in "\u2028\u2029" else "\n" for found in _BREAK.findall(blanks))
    rest = "".join(others)
    return first + rest if first != "\n" else rest or " "


def _escaped(escape: str) -> str:
    if escape == "''":
        return "'"
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _ESCAPES.get(escape, escape)


def _aligned(source: Source, start: int, end: int, value: str) -> Excerpt:
    """Folding changes nothing but blanks: every other character is the next one in the source that is not blank."""
    text = source.text
    position = start
    offsets: list[int] = []
    for character in value:
        if character not in _BLANKS_AND_BREAKS:
            blanks = _BLANKS.match(text, position, end)
            position = blanks.end() if blanks else position
        offsets.append(min(position, end))
        position += 1
    offsets.append(min(position, end))
    return Excerpt(source, value, tuple(offsets))
