"""What the spelling of a condition tells: `var.env == "prod"` and `var.env == "dev"` do not both hold.

https://developer.hashicorp.com/terraform/language/expressions/operators#equality-operators
"""

from __future__ import annotations

import re
from typing import Final

from kmslint.model.facts import Equals, Facts, Meaning

_LITERAL: Final = r'(?P<literal>"[^"\\$%]*"|null|true|false|-?[1-9][0-9]*|0)'
_REFERENCE: Final = r"(?:var|local|data|module|terraform)\.[\w-]+(?:\.[\w-]+|\[[0-9]+\])*"
_SUBJECT: Final = rf"(?P<subject>{_REFERENCE}|length\({_REFERENCE}\))"
"""Something of which there is one: no element of a list that stands for all of them, no `each.value`."""
_SCOPE: Final = r"(?P<scope> \([^()]*\))?"
_SPELLINGS: Final = (
    re.compile(rf"{_SUBJECT} == {_LITERAL}{_SCOPE}\Z"),
    re.compile(rf"{_LITERAL} == {_SUBJECT}{_SCOPE}\Z"),
)


class _Spelt:
    """The meanings of conditions, read off them: there is one for each comparison with a literal.

    Literals that are spelt in different ways are different values: those of different types are never equal.
    """

    def get(self, condition: str, /) -> Meaning | None:
        """What the condition means; None if it compares nothing with a literal."""
        for spelling in _SPELLINGS:
            match = spelling.match(condition)
            if match is not None:
                return Equals(f"{match['subject']}{match['scope'] or ''}", match["literal"])
        return None


SPELT: Final = Facts(_Spelt())
