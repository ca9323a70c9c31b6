"""IAM's wildcards: `*` is any text, `?` is any one character; there is nothing else.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import os
import re

from kmslint.values import Hole, HoleKind, Text
from kmslint.verdict import Verdict

_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_WILDCARD = re.compile("[*?]")
_ATOMS = range(0xFFF00, 0xFFFFE)
"""The characters that stand for holes while texts are compared; nobody writes them."""


_QUOTED = {"*": "\ufdd0", "?": "\ufdd1"}
_QUOTE, _UNQUOTE = str.maketrans(_QUOTED), str.maketrans({mark: sign for sign, mark in _QUOTED.items()})


def quote(text: str) -> str:
    """The text as a part of a pattern in which its stars and question marks are mere characters.

    They become two of Unicode's noncharacters, which no policy may hold.
    """
    return text.translate(_QUOTE)


def unquote(text: str) -> str:
    """The text that was quoted."""
    return text.translate(_UNQUOTE)


def fold(text: str) -> str:
    """ASCII letters in lower case. `str.lower` would read the Kelvin sign as k; AWS does not."""
    return text.translate(_FOLD)


def glob(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """Whether the pattern covers the text, in time that grows with the product of both at worst.

    Greedy with one point to go back to: the last star that was passed.
    """
    if ignore_case:
        pattern, text = fold(pattern), fold(text)
    if not pattern.isascii():
        text = quote(text)
    first = _WILDCARD.search(pattern)
    if first is None:
        return pattern == text
    at = position = first.start()
    if pattern[:at] != text[:at]:
        return False
    star = resume = -1
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, position
            at += 1
            if at == len(pattern):
                return True
        elif at < len(pattern) and _same(pattern[at], text[position]):
            at += 1
            position += 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(character == "*" for character in pattern[at:])


def _same(pattern: str, character: str) -> bool:
    return pattern == character or (pattern == "?" and not _is_atom(character))


def covers(pattern: Text, text: Text, ignore_case: bool = False) -> Verdict:
    """Whether the pattern covers the text, whatever their holes turn out to be."""
    known_pattern, known_text = pattern.literal, text.literal
    if known_pattern is not None and known_text is not None:
        return Verdict.of(glob(known_pattern, known_text, ignore_case))
    if not _comparable(pattern, text):
        return Verdict.YES if known_pattern == "*" else Verdict.UNKNOWN
    atoms: list[Hole] = []
    spelt_pattern, spelt_text = _spell(pattern, atoms), _spell(text, atoms)
    if glob(spelt_pattern, spelt_text, ignore_case):
        return Verdict.YES
    literal_pattern = "*" not in spelt_pattern and "?" not in spelt_pattern
    if literal_pattern and _other_resource(spelt_pattern, spelt_text, atoms):
        return Verdict.NO
    return Verdict.NO if _cannot(spelt_pattern, spelt_text, ignore_case) else Verdict.UNKNOWN


def equal(one: Text, other: Text, ignore_case: bool = False) -> Verdict:
    """Whether two texts are the same, whatever their holes turn out to be; `*` is just a character."""
    first, second = one.literal, other.literal
    if first is not None and second is not None:
        return Verdict.of(fold(first) == fold(second) if ignore_case else first == second)
    if not _comparable(one, other):
        return Verdict.UNKNOWN
    atoms: list[Hole] = []
    spelt_one, spelt_other = _spell(one, atoms), _spell(other, atoms)
    if ignore_case:
        spelt_one, spelt_other = fold(spelt_one), fold(spelt_other)
    if spelt_one == spelt_other:
        return Verdict.YES
    ends = _ends(spelt_one, ""), _ends(spelt_other, "")
    differ = _clash(*ends) or _other_resource(spelt_one, spelt_other, atoms)
    return Verdict.NO if differ else Verdict.UNKNOWN


def _comparable(one: Text, other: Text) -> bool:
    """Whether there is a character for each hole, and none of them is written."""
    if len(one.parts) + len(other.parts) > len(_ATOMS):
        return False
    return not any(
        _is_atom(character) for part in (*one.parts, *other.parts) if isinstance(part, str) for character in part
    )


def _is_atom(character: str) -> bool:
    return ord(character) in _ATOMS


def _other_resource(one: str, other: str, atoms: list[Hole]) -> bool:
    """Whether two texts differ just in what AWS makes up for a resource: for another it is never the same,
    and nobody wrote it down before the resource was there."""
    shared = os.path.commonprefix([one, other])
    left, right = one[len(shared) :], other[len(shared) :]
    shared = os.path.commonprefix([left[::-1], right[::-1]])
    left, right = left[: len(left) - len(shared)], right[: len(right) - len(shared)]
    first, second = _generated(left, atoms), _generated(right, atoms)
    if first and second:
        return first != second
    made_for, written = (first, right) if first else (second, left)
    # A name that AWS made up has the resource's own in it, and somebody may have copied it.
    is_literal = bool(written) and not any(map(_is_atom, written))
    return is_literal and made_for not in written


def _generated(text: str, atoms: list[Hole]) -> str:
    """The resource for which AWS makes up the text; empty if it does not."""
    if len(text) != 1 or not _is_atom(text):
        return ""
    hole = atoms[_ATOMS.index(ord(text))]
    return hole.resource if hole.kind is HoleKind.RESOURCE else ""


def _spell(text: Text, atoms: list[Hole]) -> str:
    """The text with each hole as one character; the same hole is the same character."""
    return "".join(part if isinstance(part, str) else _atom(part, atoms) for part in text.parts)


def _atom(hole: Hole, atoms: list[Hole]) -> str:
    for number, known in enumerate(atoms):
        if known.same(hole):
            return chr(_ATOMS[number])
    atoms.append(hole)
    return chr(_ATOMS[len(atoms) - 1])


def _cannot(pattern: str, text: str, ignore_case: bool) -> bool:
    """Whether nothing put into the holes makes the pattern cover the text: sure, but not complete."""
    if ignore_case:
        pattern, text = fold(pattern), fold(text)
    if not any(map(_is_atom, text)):
        open_pattern = "".join("*" if _is_atom(character) else character for character in pattern)
        return not glob(open_pattern, text)
    return _clash(_ends(pattern, "*?"), _ends(text, ""))


def _ends(text: str, wildcards: str) -> tuple[str, str]:
    """What the text certainly begins and ends with."""
    open_at = [offset for offset, character in enumerate(text) if character in wildcards or _is_atom(character)]
    return (text[: open_at[0]], text[open_at[-1] + 1 :]) if open_at else (text, text)


def _clash(one: tuple[str, str], other: tuple[str, str]) -> bool:
    starts = min(len(one[0]), len(other[0]))
    ends = min(len(one[1]), len(other[1]))
    return one[0][:starts] != other[0][:starts] or one[1][len(one[1]) - ends :] != other[1][len(other[1]) - ends :]
