"""The bounds of one run, as the command line gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from kmslint import limits
from kmslint.errors import UsageError


def within_limits(texts: Sequence[str]) -> AbstractContextManager[None]:
    """The bounds of `--limit NAME=N`, as long as it lasts. Raises UsageError for what is none."""
    return limits.within(_given(texts) if texts else {})


def _given(texts: Sequence[str]) -> Mapping[str, int]:
    """The bounds by name; of two for one the last counts."""
    found: dict[str, int] = {}
    for text in texts:
        name, _, value = text.partition("=")
        limit = limits.declared().get(name)
        if limit is None:
            raise UsageError(f"--limit {text}: there is no limit {name!r}{_suggestion(name)}")
        # Of int(), Python itself refuses more than some thousand digits, and takes signs and blanks.
        if not (value.isascii() and value.isdecimal() and 0 < len(value) < 20) or not 0 < int(value) <= limit.ceiling:
            raise UsageError(f"--limit {text}: {name} is a whole number from 1 to {limit.ceiling}")
        found[name] = int(value)
    return found


def _suggestion(name: str) -> str:
    from difflib import get_close_matches  # only where something is wrong

    close = get_close_matches(name.lower().replace("_", "-"), list(limits.declared()), 1)
    return f"; did you mean {close[0]!r}?" if close else "; `kmslint config limits` lists them"
