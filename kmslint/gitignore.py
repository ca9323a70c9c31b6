"""What .gitignore files leave out of a walk. The library behind it is loaded when the first one turns up.

https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable

from kmslint.reading import read_bytes

_STARS = 3

Matcher = Callable[[str], "bool | None"]
"""A relative path, with a slash behind a directory, to: left out, let in again, or not mentioned."""


class GitIgnore:
    """The .gitignore files of a tree, each read when the walk comes to its directory."""

    def __init__(self, root: str, top: str) -> None:
        self.root = root
        self.matchers: dict[str, Matcher | None] = {}
        if top != root and self.leaves_out(top, directory=True):
            self.root = top  # it was asked for by name: what leaves it out as a whole does not count

    def leaves_out(self, path: str, directory: bool = False) -> bool:
        """Whether the path is ignored by a .gitignore beside or above it; the nearest one decides."""
        above = os.path.dirname(path)
        while len(above) >= len(self.root):
            matcher = self._matcher(above)
            if matcher is not None:
                decision = matcher(os.path.relpath(path, above).replace(os.sep, "/") + ("/" if directory else ""))
                if decision is not None:
                    return decision
            if above == self.root:
                break
            above = os.path.dirname(above)
        return False

    def _matcher(self, directory: str) -> Matcher | None:
        if directory not in self.matchers:
            file = os.path.join(directory, ".gitignore")
            self.matchers[directory] = _read(file) if os.path.isfile(file) else None
        return self.matchers[directory]


def covering(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the patterns covers a path; a directory ends in a slash. All of them must be patterns."""
    from pathspec import GitIgnoreSpec  # only where there are any

    spec = GitIgnoreSpec.from_lines(patterns)
    return lambda path: bool(spec.check_file(path).include)


def _read(path: str) -> Matcher | None:
    from pathspec import GitIgnoreSpec  # 40 ms: only where there is a .gitignore

    try:
        lines = read_bytes(path).decode("utf-8", "surrogateescape").splitlines()
    except (OSError, ValueError):
        return None  # git passes over an unreadable .gitignore too: more files are looked at, never fewer
    if any(line.startswith("!") and _is_too_much(line) for line in lines):
        return None  # without what is let in again, the rest would leave out too much
    spec = GitIgnoreSpec.from_lines(line for line in lines if is_pattern(line))

    def matcher(relative: str) -> bool | None:
        return spec.check_file(relative).include

    return matcher


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
