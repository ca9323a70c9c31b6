"""Dates in conditions, as seconds since 1970.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
"""

from __future__ import annotations

import re
from typing import Final

_DATE: Final = re.compile(
    r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,9})?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?\Z"
)
_SECONDS: Final = re.compile(r"[0-9]{5,12}(\.[0-9]{1,9})?\Z")


def moment(literal: str) -> float | None:
    """The moment that a date of ISO 8601 as W3C narrows it, or a number of seconds, stands for; None if it is neither.

    A date without a zone is taken to be in UTC; four digits are a year.
    """
    if _SECONDS.match(literal):
        return float(literal)
    match = _DATE.match(literal)
    if match is None:
        return None
    year, month, day, hour, minute, second = (
        int(match[name] or default)
        for name, default in (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))
    )
    from datetime import datetime, timezone  # 3 ms: only where a policy has dates

    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None
    return at - _offset(match["zone"]) + float(match["fraction"] or 0)


def _offset(zone: str | None) -> int:
    """By how many seconds a zone is ahead of UTC."""
    if zone is None or zone == "Z":
        return 0
    ahead = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return ahead if zone[0] == "+" else -ahead
