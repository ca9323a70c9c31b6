"""The words of a suppression: `kmslint: ignore[KMS101,KMS203] until=2027-03-31 reason`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.location import Excerpt, Location
from kmslint.suppression.scene import MARK

LASTING: Final = frozenset({"KMS000", "KMS002", "KMS003", "KMS004"})
"""What says that something was not judged, or is wrong with a suppression, is mended rather than suppressed."""

_BEGIN = re.compile(
    r"(?:\A[\s*!#/]*|(?<=\s)(?:#+|//+)[ \t]*)(?P<name>kmslint)(?:[ \t]*:|[ \t_-]*ignore\b)", re.IGNORECASE
)
_WORDS = re.compile(r"kmslint[ \t]*:[ \t]*(?P<verb>ignore(?:-file)?)[ \t]*\[(?P<ids>[^\[\]]*)\](?P<rest>.*)", re.DOTALL)
_ID = re.compile(r"[^,\s](?:[^,]*[^,\s])?")
_OPTION = re.compile(r'(?P<name>[a-z][a-z-]*)=(?P<value>"[^"]*"|\S*)(?:\s+|\Z)')
_LATE_OPTION = re.compile(r"(?<!\S)(until|statement|content)=")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_OPTIONS: Final = ("until", "statement", "content")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_SHOWN: Final = 40
_FORM: Final = f"it is written `{MARK}: ignore[KMS101] reason`"


class RuleName(NamedTuple):
    """A rule that a suppression names, and where."""

    id: str
    at: Location


class Words(NamedTuple):
    """What a suppression says."""

    rules: tuple[RuleName, ...]
    reason: str
    at: Location
    until: str
    """The last day of it, `2027-03-31`; empty: no end is set."""
    until_at: Location | None
    statement: str
    """The Sid of the only statement that it speaks of."""
    content: str
    """The mark of the only content of a statement that it speaks of."""
    whole_file: bool


class Fault(NamedTuple):
    """A suppression that cannot be taken for one."""

    reason: str
    at: Location


class KnownRules(NamedTuple):
    """The rules there are."""

    ids: Collection[str]
    names: Collection[tuple[str, str]]
    """The name of each, and its id."""


def read_words(excerpt: Excerpt, known: KnownRules) -> Iterator[Words | Fault]:
    """The suppressions in a comment, or in a text that stands for one. Each line is looked at by itself."""
    start = 0
    for line in excerpt.text.splitlines(keepends=True):
        begins = [match.start("name") for match in _BEGIN.finditer(line)]
        for begin, end in pairwise((*begins, len(line))):
            text = line[begin:end].rstrip().rstrip("#/").rstrip() if end < len(line) else line[begin:].rstrip()
            text = text.removesuffix("*/").rstrip()
            yield _read(_Piece(excerpt, start + begin, text), known)
        start += len(line)


class _Piece(NamedTuple):
    """The text of one suppression, and where in the excerpt it begins."""

    excerpt: Excerpt
    start: int
    text: str

    def locate(self, start: int, end: int) -> Location:
        return self.excerpt.locate(self.start + start, self.start + end)

    @property
    def at(self) -> Location:
        return self.locate(0, len(self.text))


def _read(piece: _Piece, known: KnownRules) -> Words | Fault:
    match = _WORDS.match(piece.text)
    if match is None:
        return Fault(f"{_quote(piece.text)} is not a suppression: {_FORM}", piece.at)
    listed = [(found[0], *found.span()) for found in _ID.finditer(piece.text, *match.span("ids"))]
    rules = tuple(RuleName(text, piece.locate(start, end)) for text, start, end in listed)
    fault = fault_of_rules(rules, known, piece.at)
    return fault or _with_options(piece, match, rules)


def _with_options(piece: _Piece, match: re.Match[str], rules: tuple[RuleName, ...]) -> Words | Fault:
    position = match.start("rest")
    position += len(match["rest"]) - len(match["rest"].lstrip(" \t:-"))
    options: dict[str, str] = {}
    until_at: Location | None = None
    while option := _OPTION.match(piece.text, position):
        name, value = option["name"], option["value"].strip('"')
        at = piece.locate(*option.span("value"))
        fault = fault_of_option(name, value, at) or (Fault(f"{name}= stands twice", at) if name in options else None)
        if fault:
            return fault
        options[name] = value
        until_at = at if name == "until" else until_at
        position = option.end()
    reason = piece.text[position:]
    late = _LATE_OPTION.search(reason)
    if late:
        return Fault(f"{late[0]} stands behind the reason, where it does nothing: it belongs before it", piece.at)
    return fault_of_reason(reason, piece.at) or Words(
        rules,
        reason,
        piece.at,
        options.get("until", ""),
        until_at,
        options.get("statement", ""),
        options.get("content", ""),
        match["verb"] == "ignore-file",
    )


def fault_of_rules(rules: tuple[RuleName, ...], known: KnownRules, at: Location) -> Fault | None:
    """What is wrong with the ids of a suppression."""
    if not rules:
        return Fault("it names no rule: a suppression is of the rules that it names", at)
    if len(rules) > limits.IGNORED_RULES:
        return Fault(f"it names more than {limits.IGNORED_RULES} rules", at)
    seen: set[str] = set()
    for rule in rules:
        if rule.id in LASTING:
            return Fault(f"{rule.id} cannot be ignored: what it names has to be mended", rule.at)
        if rule.id not in known.ids:
            return Fault(f"there is no rule {_quote(rule.id)}{_meant(rule.id, known)}", rule.at)
        if rule.id in seen:
            return Fault(f"{rule.id} stands twice", rule.at)
        seen.add(rule.id)
    return None


def _meant(written: str, known: KnownRules) -> str:
    for name, rule_id in known.names:
        if written.upper() == rule_id or written.lower() == name:
            return f"; {rule_id} is meant"
    return ""


def fault_of_option(name: str, value: str, at: Location) -> Fault | None:
    """What is wrong with `until=2027-03-31` and its like."""
    if name not in _OPTIONS:
        return Fault(f"{_quote(name + '=')} says nothing here: until=, statement= and content= do", at)
    if name == "until" and not is_date(value):
        return Fault(f"{_quote(value)} is not a day: until=2027-03-31", at)
    return None if value else Fault(f"{name}= is empty", at)


def hides_characters(text: str) -> bool:
    """Whether there are characters in a text that nobody sees who reads it."""
    return any(unicodedata.category(character) in _UNSEEN for character in text)


def fault_of_reason(reason: str, at: Location) -> Fault | None:
    """What is wrong with the reason of a suppression."""
    if not re.search(r"\w", reason):
        return Fault("it gives no reason: whoever comes next has to know why", at)
    if len(reason) > limits.REASON:
        return Fault(f"its reason is longer than {limits.REASON} characters", at)
    return None


def is_date(text: str) -> bool:
    """Whether it is a day of the calendar, `2027-03-31`."""
    from datetime import date  # only where somebody has set an end

    try:
        return bool(_DATE.match(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _quote(text: str) -> str:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f'"{shown}"'
