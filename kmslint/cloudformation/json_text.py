"""What `Fn::ToJsonString` writes: no blanks, the members in their order.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ToJsonString.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kmslint.values import Encoded, Fields, Hole, HoleKind, Items, Part, Text, Value

_PLAIN = re.compile(r"[\x20-\x7e\n\t]*")
"""Characters that are spelt in one way only."""
_WITHOUT_QUOTES = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION, HoleKind.URL_SUFFIX})
_CERTAIN_STRING = re.compile(r"[A-Za-z][\w*./-]*(?::[\w*./-]+)*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""What YAML may take for something else than a string."""


_MOST = 256
"""Pieces of a text that are worth spelling out: a whole policy is read from the value, not from its text."""


def json_parts(encoded: Encoded) -> tuple[Part, ...] | None:
    """The JSON text of a value; None where it is long, or not certain how it is spelt."""
    try:
        parts = tuple(islice(_value(encoded.value), _MOST + 1))
    except _UncertainError:
        return None
    return parts if len(parts) <= _MOST else None


class _UncertainError(Exception):
    """There is more than one way to spell it."""


def _value(value: Value) -> Iterator[Part]:
    if isinstance(value, Text):
        yield from _string(value)
    elif isinstance(value, Items):
        yield "["
        for index, item in enumerate(value.items):
            yield "," if index else ""
            yield from _value(item)
        yield "]"
    elif isinstance(value, Fields) and not value.spread:
        yield "{"
        for index, field in enumerate(value.fields):
            yield "," if index else ""
            yield from _string(field.name)
            yield ":"
            yield from _value(field.value)
        yield "}"
    else:
        raise _UncertainError


def _string(text: Text) -> Iterator[Part]:
    if text.typed and not _is_string(text):
        raise _UncertainError
    yield '"'
    for part in text.parts:
        if isinstance(part, Hole) and part.kind not in _WITHOUT_QUOTES:
            raise _UncertainError
        if isinstance(part, str) and not _PLAIN.fullmatch(part):
            raise _UncertainError
        yield part if isinstance(part, Hole) else _escaped(part)
    yield '"'


def _is_string(text: Text) -> bool:
    """Whether a text without quotes is certainly none of YAML's or JSON's other scalars."""
    literal = text.literal
    return literal is not None and _CERTAIN_STRING.fullmatch(literal) is not None and literal.lower() not in _WORDS


def _escaped(text: str) -> str:
    for character, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(character, escape)
    return text
