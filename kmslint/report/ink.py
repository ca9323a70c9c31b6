"""The colours of a terminal."""

from __future__ import annotations

from enum import Enum

from kmslint.engine.finding import Severity


class Ink(Enum):
    """What a piece of text is, as the SGR parameters that show it."""

    CRITICAL = "1;35"
    HIGH = "1;31"
    MEDIUM = "1;33"
    LOW = "36"
    INFO = "34"
    RELATED = "1;34"
    STRONG = "1"
    FAINT = "2"


def paint(text: str, ink: Ink, on: bool) -> str:
    """The text in that ink, if colours are on."""
    return f"\x1b[{ink.value}m{text}\x1b[0m" if on else text


def severity_ink(severity: Severity) -> Ink:
    return Ink[severity.name]
