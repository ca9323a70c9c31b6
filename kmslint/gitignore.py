"""What .gitignore files leave out of a walk. The library behind it is loaded when the first one turns up.

https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kmslint import limits
from kmslint.reading import read_bytes

_STARS = 3
_TO_READ = 1_000
"""Steps that reading a pattern counts for."""

Matcher = Callable[[str], "bool | None"]
"""A relative path, with a slash behind a directory, to: left out, let in again, or not mentioned."""


class GitIgnore:
    """The .gitignore files of a tree, each read when the walk comes to its directory."""

    def __init__(self, root: str, top: str) -> None:
        self.root = root
        self.matchers: dict[str, _Patterns | None] = {}
        self.excess = ""
        """The bound that was broken: from then on nothing is left out."""
        self._steps = 0
        if top != root and self.leaves_out(top, directory=True):
            self.root = top  # it was asked for by name: what leaves it out as a whole does not count

    def leaves_out(self, path: str, directory: bool = False) -> bool:
        """Whether the path is ignored by a .gitignore beside or above it; the nearest one decides."""
        above = os.path.dirname(path)
        while len(above) >= len(self.root):
            matcher = self._matcher(above)
            if matcher is not None:
                relative = os.path.relpath(path, above).replace(os.sep, "/") + ("/" if directory else "")
                if not self._affords(matcher.cost(relative)):
                    return False
                decision = matcher.decide(relative)
                if decision is not None:
                    return decision
            if above == self.root:
                break
            above = os.path.dirname(above)
        return False

    def _matcher(self, directory: str) -> _Patterns | None:
        if directory not in self.matchers:
            file = os.path.join(directory, ".gitignore")
            lines = _lines(file) if os.path.isfile(file) else []
            affords = not lines or self._affords(_TO_READ * len(lines))
            self.matchers[directory] = _read(lines) if lines and affords else None
        return self.matchers[directory]

    def _affords(self, steps: int) -> bool:
        """Whether so many steps more may be taken."""
        self._steps += steps
        if self._steps > limits.GITIGNORE_STEPS and not self.excess:
            reason = f"more than {limits.GITIGNORE_STEPS} steps to see what .gitignore leaves out"
            self.excess = limits.named(reason, "gitignore-steps")
        return not self.excess


class _Patterns(NamedTuple):
    """The patterns of a .gitignore."""

    decide: Matcher
    number: int
    with_two_stars: int
    with_three: int

    def cost(self, path: str) -> int:
        """The steps that a path takes: with several stars in a pattern, a long name is tried at every place."""
        length = len(path)
        return self.number + self.with_two_stars * length // 4 + self.with_three * length**3 // 300


def covering(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the patterns covers a path; a directory ends in a slash. All of them must be patterns."""
    from pathspec import GitIgnoreSpec  # only where there are any

    spec = GitIgnoreSpec.from_lines(patterns)
    return lambda path: bool(spec.check_file(path).include)


def _lines(path: str) -> list[str]:
    try:
        return read_bytes(path).decode("utf-8", "surrogateescape").splitlines()
    except (OSError, ValueError):
        return []  # git passes over an unreadable .gitignore too: more files are looked at, never fewer


def _read(lines: list[str]) -> _Patterns | None:
    from pathspec import GitIgnoreSpec  # 40 ms: only where there is a .gitignore

    if any(line.startswith("!") and _is_too_much(line) for line in lines):
        return None  # without what is let in again, the rest would leave out too much
    used = [line for line in lines if is_pattern(line)]
    spec = GitIgnoreSpec.from_lines(used)
    stars = [line.count("*") for line in used]

    def matcher(relative: str) -> bool | None:
        return spec.check_file(relative).include

    return _Patterns(matcher, len(used), stars.count(2), sum(one > 2 for one in stars))


def is_pattern(line: str) -> bool:
    """Whether a line can be used: what is no pattern git passes over, and with too many stars a stranger could
    keep the library's regular expressions busy for minutes. Either way more files are looked at, never fewer."""
    from pathspec import GitIgnoreSpec  # loaded by now

    if _is_too_much(line):
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


def _is_too_much(line: str) -> bool:
    return line.replace("**/", "").count("*") > _STARS
