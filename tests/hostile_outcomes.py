"""Outcomes whose every text is a stranger's, made from the types themselves: a new text field is hostile at once.

Each comes with a twin in which every text is harmless and everything else is the same, so that a parser can tell
whether a text has become more than a text.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

from hostile_texts import PIECES
from kmslint.engine.outcome import Counts, Outcome
from kmslint.engine.rule import Rule
from kmslint.location import Location, Source
from reports import RULES

HOSTILE: Final = (
    *PIECES,
    *("\x1b[2J\x1b]0;x\x07", "\x1b]8;;http://a\x1b\\", "\x9b31m", "\r\n::error::a", "\n::add-mask::a", "##[endgroup]"),
    *("\u2029", "\u2066", "\u202d", "\u200f", "\u061c", "\ufe0f", "\U000e0041", "\U000e0100", "\u2062", "\U0001d173"),
    *(
        "javascript:alert(1)",
        "](javascript:a)",
        "[a]: http://b",
        "<img src=x onerror=a>",
        "</td></table>",
        "<svg/onload=a>",
    ),
    *("=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(1)", "\t=1", "\uff1d1", "%0D%0A", "%3A%3A", "{0}", "{1}", "{{", "}}"),
    *(
        "\\u0000",
        "\\",
        "\\n",
        '"',
        "','",
        "]]>",
        "&#10;",
        "NaN",
        "\x00",
        "\udcff\udcfe.yaml",
        "../../etc",
        "C:\\a",
        "//a/b",
    ),
    *("\n| a | b |\n| --- | --- |\n", "\n\n    code", "\n---\n", "\n===\n", "\n> a", "\n* a", "<details>", ":smile:"),
    *("$`a`$", "$$\\href{javascript:a}{b}$$", "GH-1", "octo/cat@abcdef1", "deadbeef" * 5, "mailto:a@b.c", "`a` b`"),
)
"""What acts somewhere."""

_OURS: Final = {
    "Suppressed.until": ("", "2027-03-31"),
    "KeyVerdict.policy": ("explicit", "default", "unknown"),
    "KeyVerdict.delegates": ("yes", "no", "unknown"),
    "KeyVerdict.delegates_admin": ("yes", "no", "unknown"),
    "KeyVerdict.lockout": ("none", "root-only", "deletable-only", "nobody", "unknown"),
    "Finding.rule_id": tuple(rule.id for rule in RULES),
    "SwitchedOff.rules": tuple(rule.id for rule in RULES),
}
"""Fields that hold a word of kmslint's own, whatever stands in a file."""

_ENDS: Final = {"SwitchedOff.by": ":3"}
"""What kmslint itself writes at the end of a text."""

_NOT_MADE: Final = {"Outcome.estates", "Finding.ways", "Comparison.entries", "Comparison.new"}
"""What no report of an outcome writes: the estates, from which pictures are drawn, and what a baseline is made of."""

Spell = Callable[[str], str]
"""Writes a text as it is, or its harmless twin."""


def hostile_text(chance: random.Random) -> str:
    """A few pieces that act somewhere, with any characters between them."""
    pieces = []
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        pieces.append(chance.choice(HOSTILE) if chance.random() < 0.8 else _characters(chance))
    return "".join(pieces)


def _characters(chance: random.Random) -> str:
    highest = chance.choice((0x7F, 0xFF, 0x2100, 0xFFFF, 0x10FFFF))
    return "".join(chr(chance.randint(0, highest)) for _ in range(chance.randint(1, 4)))


class Twins(NamedTuple):
    """An outcome, and the same with harmless texts."""

    hostile: Outcome
    harmless: Outcome


def twins(seed: int, members: int, text: Callable[[random.Random], str] = hostile_text) -> Twins:
    """The outcomes of a seed: so many findings, problems, keys, suppressed findings and the like, each text its own."""
    names: dict[str, str] = {}

    def harmless(written: str) -> str:
        # What is blank or equal decides on the form of some reports, so it stays so.
        return names.setdefault(written, f"t{len(names)}" if written.strip() else written)

    made = [_Maker(random.Random(seed), members, spell, text).outcome() for spell in (str, harmless)]
    return Twins(*made)


class _Maker:
    """Makes values of types. Two with one seed make the same, but for how they spell."""

    def __init__(self, chance: random.Random, members: int, spell: Spell, text: Callable[[random.Random], str]) -> None:
        self._chance = chance
        self._members = members
        self._spell = spell
        self._text = text

    def outcome(self) -> Outcome:
        made: Outcome = self._of_type(Outcome, "", members=self._members)
        return made._replace(rules=RULES)

    def _of_type(self, of: Any, field: str, members: int) -> Any:
        """A value of a type; `field` is where it will stand."""
        if of is str:
            return self._chance.choice(_OURS[field]) if field in _OURS else self._new_text(field)
        if of is Location:
            return self._place()
        if of is Counts:
            return Counts(4, 2, 2, 0, 1, 2)
        if get_origin(of) is tuple:
            (inside, _) = get_args(of)
            return () if inside is Rule else tuple(self._of_type(inside, field, 2) for _ in range(members))
        if get_origin(of) in (Union, UnionType):
            (inside,) = (each for each in get_args(of) if each is not NoneType)
            wanted = self._chance.random() < 0.7
            made = self._of_type(inside, field, members)
            return made if wanted else None
        return self._simple(of)

    def _simple(self, of: Any) -> Any:
        if of is bool:
            return self._chance.random() < 0.5
        if of is int:
            return self._chance.randint(1, 9)
        if issubclass(of, Enum):
            return self._chance.choice(list(of))
        return of(**self._fields(of))

    def _fields(self, of: Any) -> Mapping[str, Any]:
        members = self._members if of is Outcome else 2
        return {
            name: () if f"{of.__name__}.{name}" in _NOT_MADE else self._of_type(hint, f"{of.__name__}.{name}", members)
            for name, hint in get_type_hints(of).items()
        }

    def _new_text(self, field: str) -> str:
        written = self._spell(self._text(self._chance) if self._chance.random() < 0.95 else "")
        return written + _ENDS.get(field, "")

    def _place(self) -> Location:
        """A place in a file with a hostile name and hostile lines; sometimes in one that could not be read."""
        path, before, after = (self._text(self._chance) for _ in range(3))
        readable = self._chance.random() < 0.8
        text = f"{self._spell(before)}\nx: {self._spell(after)}\n" if readable else ""
        start = text.index("x: ") if readable else 0
        return Location(Source(self._spell(path), text), start, start + (4 if readable else 0))
