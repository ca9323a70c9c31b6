"""`replace`, where the text or what is put into it is not all known.

https://developer.hashicorp.com/terraform/language/functions/replace
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.location import Location
from kmslint.values import Hole, HoleKind, Part, Text, join

_DIGITS = frozenset("0123456789")
_NAMES = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyz-")
_ALPHABETS = {HoleKind.OWN_ACCOUNT: _DIGITS, HoleKind.PARTITION: _NAMES, HoleKind.REGION: _NAMES}
"""The characters that may stand for a hole, where that is certain."""


def replaced(whole: Text, old: str, new: Text, at: Location) -> Text | None:
    """The text with every `old` replaced; None where nobody knows where it stands. `old` is not empty."""
    if any(_may_overlap(hole, old) for hole in whole.holes):
        return None
    return join(_parts(whole, old, new), at)


def _may_overlap(hole: Hole, old: str) -> bool:
    """Whether what stands for the hole may hold a piece of the text that is looked for."""
    alphabet = _ALPHABETS.get(hole.kind)
    return alphabet is None or any(character in alphabet for character in old)


def _parts(whole: Text, old: str, new: Text) -> Iterator[Part]:
    for part in whole.parts:
        if isinstance(part, Hole):
            yield part
            continue
        first, *rest = part.split(old)
        yield first
        for piece in rest:
            yield from new.parts
            yield piece
