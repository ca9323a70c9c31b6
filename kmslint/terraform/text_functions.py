"""Terraform's functions on texts. Letters beyond ASCII are left to Terraform: the result is then unknown.

https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kmslint import limits
from kmslint.model.arn import split_text
from kmslint.terraform import parameters
from kmslint.terraform.calls import ELEMENTS, Function, Given
from kmslint.terraform.formatting import RefusedError, filled
from kmslint.terraform.joining import Filling, joined
from kmslint.terraform.kinds import ListItems, has_length, in_order
from kmslint.terraform.replacing import replaced
from kmslint.terraform.scalars import as_text, is_fraction, of_bool, of_int, to_json
from kmslint.terraform.shapes import Failure, may_be_absent, members
from kmslint.values import Encoded, Fields, Hole, HoleKind, Items, Null, Part, Text, Unknown, Value, join, text

_WORD_START = re.compile(r"(?<![A-Za-z0-9_])[a-z]")
_REGULAR = re.compile(r"/.*/\Z", re.DOTALL)
_NO_SEPARATOR = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION})
_SPACE = " \t\n\v\f\r"
_WIDEST_INDENT = 1000


def simple(change: Callable[..., str], *, texts: int = 1, letters: bool = False) -> Function:
    """A function of plain texts that gives a text; with `letters`, one that looks at what readers see as one letter."""
    read = _letters if letters else ascii_text

    def body(given: Given) -> Value:
        literals = [read(given, index) for index in range(texts)]
        known = [literal for literal in literals if literal is not None]
        return text(change(*known), given.at) if len(known) == texts else given.unknown()

    return Function(body, (parameters.string,) * texts)


def _question(answer: Callable[[str, str], bool]) -> Function:
    def body(given: Given) -> Value:
        whole, part = known_text(given, 0), known_text(given, 1)
        return given.unknown() if whole is None or part is None else of_bool(answer(whole, part), given.at)

    return Function(body, (parameters.string, parameters.string))


def known_text(given: Given, index: int) -> str | None:
    """The text of an argument, if all of it is known."""
    value = given.values[index]
    return to_json(value.value) if isinstance(value, Encoded) else given.literal(index)


def ascii_text(given: Given, index: int) -> str | None:
    """The text of an argument, if all of it is known and plain."""
    literal = known_text(given, index)
    return literal if literal is not None and literal.isascii() else None


def _letters(given: Given, index: int) -> str | None:
    """The text of an argument, if each of its characters stands for itself: a line end of Windows is one letter."""
    literal = ascii_text(given, index)
    return None if literal is None or "\r\n" in literal else literal


def _length(given: Given) -> Value:
    value = given.values[0]
    if isinstance(value, Items):
        return of_int(len(value.items), given.at) if has_length(value) else given.unknown()
    if isinstance(value, Fields):
        named = members(value)
        if named is None or value.spread or any(may_be_absent(field.value) for field in value.fields):
            return given.unknown()
        return of_int(len(named), given.at)
    if isinstance(value, Text) and value.typed:
        return given.failure()
    literal = _letters(given, 0)
    return given.unknown() if literal is None else of_int(len(literal), given.at)


def _format(given: Given) -> Value:
    if given.literal(0) in ("%s", "%v") and len(given.values) == 2:
        value = parameters.string(given.values[1], given.failure())
        if isinstance(value, (Encoded, Text)) and value is given.values[1]:
            return value
    return _formatted(given.values[0], given.values[1:], given)


def _formatted(pattern: Value, values: tuple[Value, ...], given: Given, nulls: bool = False) -> Value:
    """The pattern with its verbs filled; what is not known of it is taken to contain none."""
    if not isinstance(pattern, Text):
        return given.unknown()
    parts: list[Part] = []
    left = iter(values)
    try:
        for piece in pattern.parts:
            found = [piece] if isinstance(piece, Hole) else filled(piece, left, nulls)
            if found is None:
                return given.unknown()
            parts += found
    except RefusedError:
        return given.unknown() if pattern.holes else given.failure()
    if next(left, None) is not None:
        return given.unknown() if pattern.holes else given.failure()
    length = sum(len(part) for part in parts if isinstance(part, str))
    if length > limits.TEXT:
        return given.beyond("text")
    return given.beyond("elements") if len(parts) > limits.ELEMENTS else join(parts, given.at)


def _formatlist(given: Given) -> Value:
    if any(isinstance(value, (Unknown, Null)) for value in given.values[1:]):
        return given.unknown()
    columns = [value if isinstance(value, Items) else None for value in given.values[1:]]
    lists = [column for column in columns if column is not None]
    if not all(has_length(column) and in_order(column) for column in lists):
        return given.unknown()
    lengths = {len(column.items) for column in lists} or {1}
    if len(lengths) > 1:
        return given.failure()
    rows = [_formatted(given.values[0], row, given, nulls=True) for row in _rows(given, columns, lengths.pop())]
    return next((row for row in rows if isinstance(row, Failure)), ListItems(tuple(rows), given.at))


def _rows(given: Given, columns: list[Items | None], length: int) -> Iterator[tuple[Value, ...]]:
    for row in range(length):
        yield tuple(
            value if column is None else column.items[row]
            for value, column in zip(given.values[1:], columns, strict=True)
        )


def _join(given: Given) -> Value:
    separator = given.values[0]
    lists = [given.certain(index) for index in range(1, len(given.values))]
    elements = [item for items in lists if items is not None for item in items]
    if known_text(given, 0) is None or any(items is None for items in lists):
        return given.unknown()
    if any(isinstance(element, Null) for element in elements):
        return given.failure()
    if len(elements) == 1:
        # The usual way to get at what may be there once; a policy keeps its structure.
        return elements[0]
    fragments = [Filling(part, given.at) for element in elements for part in (separator, element)]
    return joined(fragments[1:], given.failure())


def _split(given: Given) -> Value:
    separator, value = known_text(given, 0), given.values[1]
    whole = as_text(value)
    if separator is None or whole is None:
        return given.unknown()
    if not separator:
        literal = ascii_text(given, 1)
        if literal is None:
            return given.unknown()
        if len(literal) > limits.ELEMENTS:
            return given.beyond("elements")
        return ListItems(tuple(text(one, given.at) for one in literal), given.at)
    if any(not has_no(separator, hole) for hole in whole.holes):
        return given.unknown()
    pieces = split_text(whole, separator, limits.ELEMENTS)
    return ListItems(tuple(pieces), given.at) if len(pieces) <= limits.ELEMENTS else given.beyond("elements")


def has_no(separator: str, hole: Hole) -> bool:
    """Whether the text of the hole cannot contain the separator."""
    name = hole.kind is HoleKind.RESOURCE and hole.label.endswith((".key_id", ".name"))
    return separator in (":", "/") and (name or hole.kind in _NO_SEPARATOR)


def _replace(given: Given) -> Value:
    whole, old, new = (known_text(given, index) for index in range(3))
    if old is None or _REGULAR.match(old):
        # Perhaps a regular expression, in Go's syntax.
        return given.unknown()
    if whole is None or new is None:
        return _replace_open(given, old)
    if len(whole) + (whole.count(old) + 1) * len(new) > limits.TEXT:
        return given.beyond("text")
    return text(whole.replace(old, new), given.at)


def _replace_open(given: Given, old: str) -> Value:
    """`replace` where the text or the replacement has holes."""
    whole, new = given.values[0], as_text(given.values[2])
    if not old or not isinstance(whole, Text) or new is None:
        return given.unknown()
    if len(str(whole)) + str(whole).count(old) * (len(str(new)) + len(new.parts)) > limits.TEXT:
        return given.beyond("text")
    return replaced(whole, old, new, given.at) or given.unknown()


def _substr(given: Given) -> Value:
    start, length = given.integer(1), given.integer(2)
    if any(is_fraction(value) for value in given.values[1:]):
        return given.failure()
    whole = _letters(given, 0)
    if whole is None or start is None or length is None:
        return given.unknown()
    if start < 0:
        if length == 0:
            # Terraform gives all that follows, which nobody can have meant.
            return given.unknown()
        start = max(start + len(whole), 0)
    return text(whole[start:] if length < 0 else whole[start : start + length], given.at)


def _indent(given: Given) -> Value:
    spaces, whole = given.integer(0), known_text(given, 1)
    if is_fraction(given.values[0]) or (spaces is not None and spaces < 0):
        return given.failure()
    if spaces is None or whole is None or spaces > _WIDEST_INDENT:
        return given.unknown()
    if len(whole) + whole.count("\n") * spaces > limits.TEXT:
        return given.beyond("text")
    return text(whole.replace("\n", "\n" + " " * spaces), given.at)


_STRING = parameters.string

TEXT_FUNCTIONS: dict[str, Function] = {
    "chomp": simple(lambda whole: whole.rstrip("\r\n")),
    "endswith": _question(str.endswith),
    "format": Function(_format, (_STRING,), more=parameters.nullable),
    "formatlist": Function(_formatlist, (_STRING,), more=parameters.nullable, decide=ELEMENTS),
    "indent": Function(_indent, (parameters.number, _STRING)),
    "join": Function(_join, (_STRING, parameters.strings), more=parameters.strings, decide=ELEMENTS),
    "length": Function(_length, decide=ELEMENTS),
    "lower": simple(str.lower),
    "replace": Function(_replace, (_STRING, _STRING, _STRING)),
    "split": Function(_split, (_STRING, _STRING)),
    "startswith": _question(str.startswith),
    "strcontains": _question(lambda whole, part: part in whole),
    "strrev": simple(lambda whole: whole[::-1], letters=True),
    "substr": Function(_substr, (_STRING, parameters.number, parameters.number)),
    "title": simple(lambda whole: _WORD_START.sub(lambda match: match[0].upper(), whole)),
    "trim": simple(str.strip, texts=2),
    "trimprefix": simple(str.removeprefix, texts=2),
    "trimspace": simple(lambda whole: whole.strip(_SPACE)),
    "trimsuffix": simple(str.removesuffix, texts=2),
    "upper": simple(str.upper),
}
