"""Terraform's functions on times.

https://developer.hashicorp.com/terraform/language/functions/formatdate
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.scalars import of_int
from kmslint.terraform.text_functions import known_text
from kmslint.values import Value, text

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))\Z"
)
_DURATION = re.compile(r"([+-]?)((?:[0-9]{1,15}(?:\.[0-9]{0,3})?(?:ns|us|ms|s|m|h)){1,9})\Z")
_STEP = re.compile(r"([0-9]+(?:\.[0-9]*)?)(ns|us|ms|s|m|h)")
"""Of few decimals, which Go's floating point counts exactly."""

_NANOSECONDS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_LONGEST = 2**58
"""Nanoseconds that a part of a duration may take, so that all of it is one for Go."""

_TOKEN = re.compile(r"'(?:[^']|'')*'|'|([A-Za-z])\1*|[^A-Za-z']+", re.DOTALL)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Time(NamedTuple):
    """A moment as a clock somewhere shows it."""

    day: int
    """As Python counts them: 1 is the first of January of the year 1."""
    nanosecond: int
    """Of the day."""
    offset: int
    """Minutes before or behind UTC."""

    @property
    def date(self) -> tuple[int, int, int]:
        from datetime import date  # slow to import

        found = date.fromordinal(self.day)
        return found.year, found.month, found.day

    @property
    def clock(self) -> tuple[int, int, int]:
        seconds = self.nanosecond // 10**9
        return seconds // 3600, seconds // 60 % 60, seconds % 60

    @property
    def universal(self) -> int:
        """Nanoseconds from the year 1."""
        return (self.day * 1440 - self.offset) * 60 * 10**9 + self.nanosecond

    def zone(self, colon: str) -> str:
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02}{colon}{minutes:02}"


def _time(given: Given, index: int) -> _Time | None:
    """A timestamp; None for one that is not known, or that is left to Terraform to refuse."""
    from datetime import date

    match = _TIME.match(known_text(given, index) or "")
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])).toordinal()
    except ValueError:
        return None
    hour, minute, second = int(match[4]), int(match[5]), int(match[6])
    if hour > 23 or minute > 59 or second > 59:
        return None
    nanosecond = (hour * 3600 + minute * 60 + second) * 10**9 + int((match[7] or "0").ljust(9, "0"))
    offset = int(match[9] or 0) * 60 + int(match[10] or 0)
    return _Time(day, nanosecond, -offset if match[8] == "-" else offset)


def _duration(given: Given, index: int) -> int | None:
    """Nanoseconds, if the duration is spelt as Go spells it and comes out exactly."""
    match = _DURATION.match(known_text(given, index) or "")
    if match is None:
        return None
    total = 0
    for amount, unit in _STEP.findall(match[2]):
        length = Fraction(amount.rstrip(".")) * _NANOSECONDS[unit]
        if length.denominator != 1 or length > _LONGEST:
            return None
        total += int(length)
    return -total if match[1] == "-" else total


def _timeadd(given: Given) -> Value:
    time, duration = _time(given, 0), _duration(given, 1)
    if time is None or duration is None:
        return given.unknown()
    days, nanosecond = divmod(time.nanosecond + duration, 86_400 * 10**9)
    if not 1 <= time.day + days <= 3_652_059:
        return given.unknown()
    later = _Time(time.day + days, nanosecond, time.offset)
    (year, month, day), (hour, minute, second) = later.date, later.clock
    zone = later.zone(":") if later.offset else "Z"
    return text(f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}", given.at)


def _timecmp(given: Given) -> Value:
    first, second = _time(given, 0), _time(given, 1)
    if first is None or second is None:
        return given.unknown()
    return of_int((first.universal > second.universal) - (first.universal < second.universal), given.at)


_TOKENS: dict[str, Callable[[_Time], str]] = {
    "YYYY": lambda time: f"{time.date[0]:04}",
    "YY": lambda time: f"{time.date[0] % 100:02}",
    "MMMM": lambda time: _MONTHS[time.date[1] - 1],
    "MMM": lambda time: _MONTHS[time.date[1] - 1][:3],
    "MM": lambda time: f"{time.date[1]:02}",
    "M": lambda time: f"{time.date[1]}",
    "DD": lambda time: f"{time.date[2]:02}",
    "D": lambda time: f"{time.date[2]}",
    "EEEE": lambda time: _DAYS[(time.day - 1) % 7],
    "EEE": lambda time: _DAYS[(time.day - 1) % 7][:3],
    "hh": lambda time: f"{time.clock[0]:02}",
    "h": lambda time: f"{time.clock[0]}",
    "HH": lambda time: f"{(time.clock[0] + 11) % 12 + 1:02}",
    "H": lambda time: f"{(time.clock[0] + 11) % 12 + 1}",
    "AA": lambda time: "AM" if time.clock[0] < 12 else "PM",
    "aa": lambda time: "am" if time.clock[0] < 12 else "pm",
    "mm": lambda time: f"{time.clock[1]:02}",
    "m": lambda time: f"{time.clock[1]}",
    "ss": lambda time: f"{time.clock[2]:02}",
    "s": lambda time: f"{time.clock[2]}",
    "ZZZZZ": lambda time: time.zone(":"),
    "ZZZZ": lambda time: time.zone(""),
    "ZZZ": lambda time: time.zone("") if time.offset else "UTC",
    "Z": lambda time: time.zone(":") if time.offset else "Z",
}


def _formatdate(given: Given) -> Value:
    pattern, time = known_text(given, 0), _time(given, 1)
    if pattern is None or time is None:
        return given.unknown()
    pieces: list[str] = []
    for match in _TOKEN.finditer(pattern):
        word = match[0]
        if match[1] and word in _TOKENS:
            pieces.append(_TOKENS[word](time))
        elif match[1] or word == "'":
            return given.failure()
        elif word == "''":
            return given.unknown()
        else:
            pieces.append(word[1:-1].replace("''", "'") if word.startswith("'") else word)
    return text("".join(pieces), given.at)


_TWO_STRINGS = (parameters.string, parameters.string)

TIME_FUNCTIONS: dict[str, Function] = {
    "formatdate": Function(_formatdate, _TWO_STRINGS),
    "timeadd": Function(_timeadd, _TWO_STRINGS),
    "timecmp": Function(_timecmp, _TWO_STRINGS),
}
