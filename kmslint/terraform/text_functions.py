"""Terraform's functions on texts. Letters beyond ASCII are left to Terraform: the result is then unknown.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from kmslint import limits
from kmslint.model.arn import split_text
from kmslint.terraform.calls import ELEMENTS, MANY, Function, Given, certain_items
from kmslint.terraform.joining import Filling, joined
from kmslint.terraform.scalars import as_text, integer, of_bool, to_json
from kmslint.values import Encoded, Hole, HoleKind, Items, Part, Text, Unknown, Value, join, text

_VERB = re.compile(r"%(?:(%)|([-+ 0]*)([0-9]*)([svdq])|)")
_WORD_START = re.compile(r"(?<![A-Za-z0-9_])[a-z]")
_NO_SEPARATOR = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION})
_SPACE = " \t\n\v\f\r"


def _simple(change: Callable[..., str], *, texts: int = 1) -> Function:
    """A function of plain texts that gives a text."""

    def body(given: Given) -> Value:
        literals = [_ascii(given, index) for index in range(texts)]
        known = [literal for literal in literals if literal is not None]
        return text(change(*known), given.at) if len(known) == texts else _open(given)

    return Function(body, texts, texts)


def _question(answer: Callable[[str, str], bool]) -> Function:
    def body(given: Given) -> Value:
        whole, part = given.literal(0), given.literal(1)
        return _open(given) if whole is None or part is None else of_bool(answer(whole, part), given.at)

    return Function(body, 2, 2)


def _ascii(given: Given, index: int) -> str | None:
    value = given.values[index]
    literal = to_json(value.value) if isinstance(value, Encoded) else given.literal(index)
    return literal if literal is not None and literal.isascii() else None


def _open(given: Given) -> Value:
    """The result where some argument is not a known text."""
    wrong = any(not isinstance(value, (Text, Unknown, Encoded)) for value in given.values)
    return given.failure() if wrong else given.unknown()


def _format(given: Given) -> Value:
    pattern = given.values[0]
    return _formatted(pattern, given.values[1:], given) if isinstance(pattern, Text) else _open(given)


def _formatted(pattern: Text, values: tuple[Value, ...], given: Given) -> Value:
    """The pattern with its verbs filled; what is not known of it is taken to contain none."""
    parts: list[Part] = []
    left = iter(values)
    for piece in pattern.parts:
        if isinstance(piece, Hole):
            parts.append(piece)
            continue
        filled = _filled_piece(piece, left)
        if filled is None:
            return given.unknown()
        parts += filled
    return given.unknown() if next(left, None) is not None else _bounded(parts, given)


def _filled_piece(piece: str, values: Iterator[Value]) -> list[Part] | None:
    parts: list[Part] = []
    end = 0
    for match in _VERB.finditer(piece):
        parts.append(piece[end : match.start()])
        end = match.end()
        filled = ("%",) if match.group(1) else _verb(match, next(values, None))
        if filled is None:
            return None
        parts.extend(filled)
    return [*parts, piece[end:]]


def _verb(match: re.Match[str], value: Value | None) -> tuple[Part, ...] | None:
    """One verb filled; None for one that is not understood, or that has no value or the wrong one."""
    flags, width, verb = match.group(2), match.group(3), match.group(4)
    if verb is None or value is None:
        return None
    if verb == "d":
        known = integer(value)
        # A width of four digits would build a text of its own accord.
        return (f"%{flags}{width}d" % known,) if known is not None and len(width) < 4 else None
    if verb == "v" and not isinstance(value, Text):
        spelt = to_json(value)
        return None if spelt is None else (spelt,)
    filled = as_text(value)
    if filled is None or flags or width:
        return None
    if verb == "q":
        return (json.dumps(filled.literal, ensure_ascii=False),) if filled.literal is not None else None
    return filled.parts


def _bounded(parts: list[Part], given: Given) -> Value:
    length = sum(len(part) for part in parts if isinstance(part, str))
    return given.unknown() if length > limits.TEXT or len(parts) > limits.ELEMENTS else join(parts, given.at)


def _formatlist(given: Given) -> Value:
    pattern = given.values[0]
    columns = [certain_items(given, index) for index in range(1, len(given.values))]
    lengths = {len(column.items) for column in columns if column is not None}
    if not isinstance(pattern, Text) or len(lengths) != 1:
        return given.failure() if len(lengths) > 1 else given.unknown()
    if any(
        isinstance(value, Unknown) or (column is None and not isinstance(value, Text))
        for value, column in zip(given.values[1:], columns, strict=True)
    ):
        return given.unknown(spread=False)
    return Items(tuple(_formatted(pattern, row, given) for row in _rows(given, columns, lengths.pop())), given.at)


def _rows(given: Given, columns: list[Items | None], length: int) -> Iterator[tuple[Value, ...]]:
    for row in range(length):
        yield tuple(
            value if column is None else column.items[row]
            for value, column in zip(given.values[1:], columns, strict=True)
        )


def _join(given: Given) -> Value:
    separator = given.values[0]
    lists = [certain_items(given, index) for index in range(1, len(given.values))]
    elements = [item for items in lists if items is not None for item in items.items]
    if given.literal(0) is None or any(items is None for items in lists):
        return given.unknown()
    if len(elements) == 1 and isinstance(elements[0], (Text, Encoded, Unknown)):
        # The usual way to get at what may be there once; a policy keeps its structure.
        return as_text(elements[0]) or given.failure() if isinstance(elements[0], Text) else elements[0]
    fragments = [Filling(part, given.at) for element in elements for part in (separator, element)]
    return joined(fragments[1:], given.failure())


def _split(given: Given) -> Value:
    separator, value = given.literal(0), given.values[1]
    if separator is None or not isinstance(value, Text) or not separator:
        return _open(given)
    if any(not _has_no(separator, hole) for hole in value.holes):
        return given.unknown()
    whole = value._replace(typed=False)
    pieces = split_text(whole, separator, limits.ELEMENTS) if value.parts else [whole]
    return Items(tuple(pieces), given.at)


def _has_no(separator: str, hole: Hole) -> bool:
    """Whether the text of the hole cannot contain the separator."""
    name = hole.kind is HoleKind.RESOURCE and hole.label.endswith((".key_id", ".name"))
    return separator in (":", "/") and (name or hole.kind in _NO_SEPARATOR)


def _replace(given: Given) -> Value:
    literals = [given.literal(index) for index in range(3)]
    if None in literals:
        return _open(given)
    whole, old, new = (literal or "" for literal in literals)
    if (len(old) > 1 and old.startswith("/") and old.endswith("/")) or not old:
        # A regular expression in Go's syntax, or a text between all letters.
        return given.unknown()
    if len(whole) + whole.count(old) * len(new) > limits.TEXT:
        return given.unknown()
    return text(whole.replace(old, new), given.at)


def _substr(given: Given) -> Value:
    whole, start, length = _ascii(given, 0), integer(given.values[1]), integer(given.values[2])
    if whole is None or start is None or length is None:
        return _open(given)
    if length < -1:
        return given.failure()
    if start < 0:
        if length == 0:
            # Terraform gives all that follows, which nobody can have meant.
            return given.unknown()
        start = max(start + len(whole), 0)
    return text(whole[start:] if length == -1 else whole[start : start + length], given.at)


def _trimprefix(whole: str, prefix: str) -> str:
    return whole.removeprefix(prefix)


def _trimmed(whole: str, characters: str) -> str:
    return whole.strip(characters) if characters else whole


TEXT_FUNCTIONS: dict[str, Function] = {
    "chomp": _simple(lambda whole: whole.rstrip("\r\n")),
    "endswith": _question(str.endswith),
    "format": Function(_format, most=MANY),
    "formatlist": Function(_formatlist, most=MANY, decide=ELEMENTS),
    "join": Function(_join, 2, MANY, ELEMENTS),
    "lower": _simple(str.lower),
    "replace": Function(_replace, 3, 3),
    "split": Function(_split, 2, 2),
    "startswith": _question(str.startswith),
    "strcontains": _question(lambda whole, part: part in whole),
    "strrev": _simple(lambda whole: whole[::-1]),
    "substr": Function(_substr, 3, 3),
    "title": _simple(lambda whole: _WORD_START.sub(lambda match: match[0].upper(), whole)),
    "trim": _simple(_trimmed, texts=2),
    "trimprefix": _simple(_trimprefix, texts=2),
    "trimspace": _simple(lambda whole: whole.strip(_SPACE)),
    "trimsuffix": _simple(lambda whole, suffix: whole.removesuffix(suffix), texts=2),
    "upper": _simple(str.upper),
}
