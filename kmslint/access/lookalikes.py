"""Characters that look like ASCII, or like nothing, and are not what they look like.

https://www.unicode.org/reports/tr39/ has the whole list of confusable characters; these are those of the scripts that
keyboards have, and what is pasted along unseen.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from kmslint.wildcard import fold

_CYRILLIC: Final = """
    043Ak 043Cm 0430a 0435e 043Eo 0440p 0441c 0443y 0445x 0456i 0458j 0455s 04BBh 0501d 051Bq 051Dw 044Cb 0410A
    0412B 0415E 041AK 041CM 041DH 041EO 0420P 0421C 0422T 0423Y 0425X 0406I 0408J 0405S
"""
_GREEK: Final = """
    03BFo 03B1a 03BDv 03B9i 03BAk 03C1p 03C5u 0391A 0392B 0395E 0396Z 0397H 0399I 039AK 039CM 039DN
    039FO 03A1P 03A4T 03A5Y 03A7X
"""
_SIGNS: Final = "212AK 2010- 2011- 2012- 2013- 2212- 2217* 2236: A789: 2215/ 2044/"
"""Code points and what they look like."""
_UNSEEN: Final = "00A0 00AD 180E 200B 200C 200D 2060 FEFF 202A 202B 202C 202D 202E"
_FULLWIDTH: Final = 0xFEE0
"""By how much the code points of full-width letters and signs are above those of ASCII."""


class Lookalike(NamedTuple):
    """A character that is not what it looks like."""

    character: str
    looks: str
    """What it looks like; empty if it is not seen at all."""

    def __str__(self) -> str:
        code = f"U+{ord(self.character):04X}"
        return f"{code}, which looks like {self.looks}" if self.looks else f"{code}, which nobody sees"


@lru_cache(maxsize=1)
def _looks() -> dict[str, str]:
    """Each such character and what it looks like; made when a text is not ASCII, which few are."""
    written = f"{_CYRILLIC} {_GREEK} {_SIGNS}".split()
    wide = {chr(code + _FULLWIDTH): chr(code) for code in range(0x21, 0x7F)}
    unseen = {chr(int(code, 16)): "" for code in _UNSEEN.split()}
    return {**wide, **unseen, **{chr(int(token[:4], 16)): token[4] for token in written}}


def first_lookalike(text: str) -> Lookalike | None:
    """The first such character of a text; None if it has none, or letters of another script beside them."""
    strange = [] if text.isascii() else [character for character in text if not character.isascii()]
    if not strange or not all(character in _looks() for character in strange):
        return None
    return Lookalike(strange[0], _looks()[strange[0]])


def as_it_looks(text: str) -> str:
    """The text in ASCII, as far as its characters look like that."""
    return text if text.isascii() else "".join(_looks().get(character, character) for character in text)


def looks_like_kms(action: str) -> bool:
    """Whether an entry of Action reads as one of KMS."""
    return fold(as_it_looks(action)).startswith("kms:")
