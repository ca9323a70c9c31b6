"""What fails inside kmslint, wherever it is: told of, and stopped from taking the rest of a run with it.

The only place that catches whatever comes of a part; what ends the whole run is caught by `cli` and `__main__`. A run
with a crash ends with exit code 2, whatever else it has found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from kmslint.errors import KmslintError, Problem

Found = TypeVar("Found")


class Crashes:
    """The crashes of one run."""

    def __init__(self) -> None:
        self.told: Final[list[str]] = []
        """Each in a sentence."""

    def all_of(self, what: str, where: str, work: Callable[[], Iterable[Found]]) -> tuple[list[Found], bool]:
        """What the work gives, as far as it comes, and whether that is all.

        Raises what is meant to be raised: KmslintError, and the interruption of a run.
        """
        found: list[Found] = []
        try:
            for one in work():
                found.append(one)
        except KmslintError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug in one part must neither hide nor stop the others
            self.told.append(f"{what} failed on {where}: {described(error)}")
            return found, False
        return found, True

    def first_of(self, what: str, where: str, work: Callable[[], Found], otherwise: Found) -> Found:
        """What the work comes to, or what is to be taken if it fails."""
        found, complete = self.all_of(what, where, lambda: (work(),))
        return found[0] if complete else otherwise


def crash_problem(path: str) -> Problem:
    """A file of which nothing, or not all, is judged because of a crash."""
    return Problem(path, "kmslint failed on it: an internal error, which is told of on standard error")


def described(error: Exception) -> str:
    """What happened, and where in kmslint."""
    return f"{type(error).__name__}: {error}{_place(error)}"


def _place(error: Exception) -> str:
    """Where in kmslint it happened, for the report of the bug."""
    frame, place = error.__traceback__, ""
    while frame is not None:
        module = frame.tb_frame.f_globals.get("__name__", "")
        if module.startswith("kmslint.") and module != __name__:
            place = f" ({module}, line {frame.tb_lineno})"
        frame = frame.tb_next
    return place
