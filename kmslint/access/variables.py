"""Policy variables: `${aws:username}` in a Resource or a Condition, and what they come to in a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmslint.access.context import Status, look_up
from kmslint.access.situation import Situation
from kmslint.values import Hole, HoleKind, Part, Text, join
from kmslint.wildcard import quote

_VARIABLE: Final = re.compile(r"[$]\{([^}]*)\}")
_WITH_DEFAULT: Final = re.compile(r"\s*([^,\s]+)\s*,\s*'([^']*)'\s*\Z")
_SPECIAL: Final = frozenset("*?$")


def has_variables(pattern: Text) -> bool:
    """Whether there may be a policy variable in the text."""
    if len(pattern.parts) == 1:
        part = pattern.parts[0]
        return isinstance(part, str) and "${" in part
    return any(isinstance(part, str) and "${" in part for part in pattern.parts)


def policy_variables(pattern: Text) -> Iterator[str]:
    """The policy variables that are spelt in a text."""
    return (f"${{{name}}}" for name in _spelt(pattern) if _is_policy_variable(name))


def leftovers(pattern: Text) -> Iterator[str]:
    """What looks like a variable and is none of a policy: a template's own, that nothing has put its value for."""
    return (f"${{{name}}}" for name in _spelt(pattern) if not _is_policy_variable(name))


def _spelt(pattern: Text) -> Iterator[str]:
    return (name for part in pattern.parts if isinstance(part, str) for name in _VARIABLE.findall(part))


def _is_policy_variable(name: str) -> bool:
    """Whether it may be one: its name has a prefix and a colon; CloudFormation's pseudo parameters have two."""
    named = name.partition(",")[0]
    return name in _SPECIAL or (":" in named and "::" not in named)


def substitute(pattern: Text, situation: Situation) -> Text | None:
    """The pattern with its variables replaced by what the request carries; None if one of them has no value.

    A value is no pattern: its stars and question marks come back quoted, as those of `${*}` and `${?}` do. A variable
    whose value the request decides becomes a hole.
    """
    parts: list[Part] = []
    for part in pattern.parts:
        chunks = _VARIABLE.split(part) if isinstance(part, str) else [part]
        for number, chunk in enumerate(chunks):
            if number % 2 == 0:
                parts.append(chunk)
                continue
            value = _value(str(chunk), situation)
            if value is None:
                return None
            parts.extend(value)
    return join(parts, pattern.at)


def _value(variable: str, situation: Situation) -> tuple[Part, ...] | None:
    """The text that stands in the place of a variable; None if it has none."""
    if variable in _SPECIAL:
        return (quote(variable),)
    defaulted = _WITH_DEFAULT.match(variable)
    name, default = defaulted.groups() if defaulted else (variable.strip(), None)
    status, values = look_up(name, situation)
    if status is Status.ABSENT:
        return None if default is None else (quote(default),)
    if status is not Status.KNOWN or len(values) != 1:
        return (Hole(HoleKind.EXPRESSION, variable, scope="request"),)
    return tuple(quote(part) if isinstance(part, str) else part for part in values[0].parts)
