"""A program of which one function fails: the nth of those of kmslint that it calls."""

from __future__ import annotations

import sys
from types import CodeType, FrameType


class CrashError(Exception):
    """A bug. Nobody expects it."""


class CrashingProgram:
    """What watches the calls of functions."""

    def __init__(self, nth: int) -> None:
        """Of the functions, from 1, the nth one fails when it is first called; with 0 none does."""
        self.nth = nth
        self.called: list[str] = []
        """The functions that were called: `kmslint.lint.lint`."""
        self._seen: set[CodeType] = set()

    def install(self) -> None:
        """Watch from now on."""
        sys.setprofile(self._watch)

    def _watch(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or code in self._seen:
            return
        self._seen.add(code)
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("kmslint") or code.co_name in ("<module>", "<lambda>") or module == "kmslint.__main__":
            return
        self.called.append(f"{module}.{getattr(code, 'co_qualname', code.co_name)}")  # from 3.11 on
        if len(self.called) == self.nth:
            sys.setprofile(None)
            raise CrashError("\x1b[31mbroken")
