"""The verbs of `format`: one value each, as Terraform prints it.

https://developer.hashicorp.com/terraform/language/functions/format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kmslint.terraform.kinds import Loose
from kmslint.terraform.scalars import as_bool, as_text, integer, is_numeral, number, quoted, to_json
from kmslint.values import ANY_TEXT, Fields, Hole, HoleKind, Items, Null, Part, Text, Unknown, Value

_VERB = re.compile(r"%(?:%|([-+ 0#]*)([1-9][0-9]*)?(?:\.([0-9]*))?(.?))", re.DOTALL)
_EXPLICIT = re.compile(r"%[-+ 0#]*(?:[0-9]+(?:\.[0-9]+)?)?[\[*]")
_WHOLE = frozenset("dxXob")
_WIDEST = 999
"""A width or precision of more digits would build a text of its own accord."""


class RefusedError(Exception):
    """Terraform refuses the pattern or a value of it."""


class Verb(NamedTuple):
    """`%-5.2f`: its letter, and how wide and exact the value is to be."""

    letter: str
    flags: str
    width: int
    precision: int | None

    @property
    def plain(self) -> bool:
        return not self.width and self.precision is None


def filled(pattern: str, values: Iterator[Value], nulls: bool) -> list[Part] | None:
    """The pattern with its verbs filled; None where the result cannot be told. Raises RefusedError.

    `nulls` says that a null among the values is one: `format` makes an unknown value of a null without a type.
    """
    if _EXPLICIT.search(pattern):
        return None
    parts: list[Part] = []
    end = 0
    for match in _VERB.finditer(pattern):
        parts.append(pattern[end : match.start()])
        end = match.end()
        if match[0] == "%%":
            parts.append("%")
            continue
        found = _printed(_verb(match), values, nulls)
        if found is None:
            return None
        parts.extend(found)
    return [*parts, pattern[end:]]


def _verb(match: re.Match[str]) -> Verb:
    digits = (match[2] or "0", match[3] or "0")
    wide = max(map(len, digits)) > len(str(_WIDEST))
    width, precision = (_WIDEST + 1, 0) if wide else map(int, digits)
    return Verb(match[4], match[1], width, None if match[3] is None else precision)


def _printed(verb: Verb, values: Iterator[Value], nulls: bool) -> tuple[Part, ...] | None:
    if verb.letter not in ("v", "s", "q", "t", "f", "e", "E", "g", "G", *_WHOLE):
        raise RefusedError
    value = next(values, None)
    if value is None:
        raise RefusedError
    if isinstance(value, Null) and nulls and verb.letter != "v":
        raise RefusedError
    if isinstance(value, Null) or verb.letter in "eEgG" or max(verb.width, verb.precision or 0) > _WIDEST:
        return _padded("null", verb) if isinstance(value, Null) and nulls else None
    if verb.letter == "v":
        return _any(verb, value)
    if isinstance(value, (Items, Fields)):
        raise RefusedError
    if verb.letter in _WHOLE or verb.letter == "f":
        return _number(verb, value)
    return _truth(value) if verb.letter == "t" else _text(verb, value)


def _any(verb: Verb, value: Value) -> tuple[Part, ...] | None:
    """`%v`: a string as it is, a number in few digits, anything else as JSON."""
    if isinstance(value, (Items, Fields)) or "#" in verb.flags:
        spelt = None if "0" in verb.flags else to_json(value)
        return None if spelt is None else _padded(spelt, verb)
    if isinstance(value, Loose):
        return None if is_numeral(value.literal or "") is not False else _text(verb, value)
    if not isinstance(value, Text) or not value.typed or as_bool(value) is not None:
        return _text(verb._replace(precision=None), value)
    literal = number(value.literal or "")
    return None if literal is None else _padded(_short(literal), verb)


def _short(literal: str) -> str:
    """A number the way Go prints it with `%g`: with an exponent from a million on."""
    sign, digits = ("-", literal[1:]) if literal.startswith("-") else ("", literal)
    whole, _, fraction = digits.partition(".")
    exponent = len(whole) - 1
    mantissa = (whole + fraction).rstrip("0")
    if whole == "0":
        mantissa = fraction.lstrip("0")
        exponent = len(mantissa) - len(fraction) - 1
    if not mantissa or -5 < exponent < 6:
        return literal
    rest = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{sign}{mantissa[0]}{rest}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _number(verb: Verb, value: Value) -> tuple[Part, ...] | None:
    spelt = as_text(value)
    literal = spelt.literal if spelt is not None else None
    if literal is None:
        return _left_open(verb, value) if verb.letter == "d" and verb.plain and not verb.flags else None
    found = number(literal)
    if found is None:
        if is_numeral(literal) is False:
            raise RefusedError
        return None
    if verb.letter == "f":
        return _decimal(verb, found)
    whole = integer(value)
    if whole is None:
        raise RefusedError
    if verb.precision is not None or "#" in verb.flags:
        return None
    return (f"%{verb.flags}{verb.width or ''}{verb.letter}" % whole,) if verb.letter != "b" else _binary(whole, verb)


def _binary(whole: int, verb: Verb) -> tuple[Part, ...] | None:
    return (format(whole, "b"),) if verb.plain and not verb.flags else None


def _decimal(verb: Verb, literal: str) -> tuple[Part, ...] | None:
    """`%f`, rounded half to even; None where that hangs on how Terraform keeps the number in binary."""
    places = 6 if verb.precision is None else verb.precision
    sign, digits = ("-", literal[1:]) if literal.startswith("-") else ("", literal)
    whole, _, fraction = digits.partition(".")
    kept, rest = fraction[:places].ljust(places, "0"), fraction[places:]
    if rest == "5" or verb.flags.strip("-0"):
        return None
    rounded = str(int(whole + kept) + (rest > "5")).rjust(places + 1, "0")
    if sign and not rounded.strip("0"):
        return None
    spelt = f"{rounded[: len(rounded) - places]}.{rounded[len(rounded) - places :]}" if places else rounded
    if "0" in verb.flags:
        # With both flags it hangs on the version of Go that Terraform is made with.
        return None if "-" in verb.flags else (f"{sign}{spelt.rjust(verb.width - len(sign), '0')}",)
    return _padded(sign + spelt, verb)


def _truth(value: Value) -> tuple[Part, ...] | None:
    if isinstance(value, Unknown) or (isinstance(value, Text) and value.literal is None) or isinstance(value, Loose):
        return None
    known = as_bool(value)
    if known is None:
        raise RefusedError
    return ("true" if known else "false",)


def _text(verb: Verb, value: Value) -> tuple[Part, ...] | None:
    """`%s` and `%q`."""
    spelt = as_text(value)
    if spelt is None:
        raise RefusedError
    literal = spelt.literal
    if literal is None:
        if not verb.plain or verb.letter == "q":
            return None
        return _left_open(verb, value) if verb.letter == "v" else spelt.parts
    if verb.precision:  # of 0 Terraform takes no notice
        if not literal.isascii() or "\r" in literal:
            return None
        literal = literal[: verb.precision]
    shown = quoted(literal) if verb.letter == "q" else literal
    return None if shown is None else _padded(shown, verb)


def _left_open(verb: Verb, value: Value) -> tuple[Part, ...]:
    """What nobody knows, as that verb prints it: for a variable that may differ from its text."""
    if isinstance(value, Unknown) and value.hole.kind in ANY_TEXT:
        return (_renamed(value.hole, verb),)
    spelt = as_text(value)
    return () if spelt is None else spelt.parts


def _renamed(hole: Hole, verb: Verb) -> Hole:
    return Hole(HoleKind.EXPRESSION, f'format("%{verb.letter}", {hole.label})', hole.scope)


def _padded(literal: str, verb: Verb) -> tuple[Part, ...] | None:
    """To the width, which counts what readers see as one character."""
    if not verb.width:
        return (literal,)
    if not literal.isascii() or "\r" in literal:
        return None
    pad = literal.ljust if "-" in verb.flags else literal.rjust
    return (pad(verb.width, "0" if "0" in verb.flags else " "),)
