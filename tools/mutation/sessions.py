"""Sessions of pytest in forked processes, which end at the first test that fails."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import hypothesis
import pytest

from mutation.sources import Mutant

EXAMPLES: Final = 15
"""How many examples of a property are tried at most: the same in every run, and a failing one is not shrunk."""
MEMORY: Final = 4 << 30
"""Bytes; a mistake may well fill a list for ever."""
PATIENCE: Final = (2.0, 10.0)
"""A test may take so many CPU seconds, and so many times what it takes without mistakes."""
COLLECTING: Final = 60.0
"""CPU seconds before the first test."""
WAITING: Final = 1200
"""Seconds for everything: a process that waits uses no CPU."""


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    UNREACHED = "reached by no test"
    ERROR = "could not be run"


class Outcome(NamedTuple):
    mutant: Mutant
    fate: Fate
    detail: str
    """The test that failed, or what went wrong."""


class Session:
    """A session of pytest; what becomes of the tests that it has collected is for `body` to say."""

    def __init__(self, body: Callable[[Session, Sequence[pytest.Item]], None]) -> None:
        self.body = body
        self.failed = False
        """Whether a test has failed, or could not be collected."""
        self._error: BaseException | None = None

    def start(self, files: Sequence[str]) -> None:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
            pytest.main(["-qq", "--capture=no", "-p", "no:cacheprovider", *files], plugins=[self])
        if self._error is not None:  # pytest would only print it
            raise self._error

    def first_failure(self, items: Sequence[pytest.Item], seconds: Mapping[str, float]) -> str:
        """The first of the tests that fails; empty if all pass."""
        fixed, factor = PATIENCE
        for item, following in zip(items, [*items[1:], None], strict=False):
            signal.setitimer(signal.ITIMER_PROF, fixed + factor * seconds.get(item.nodeid, fixed))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return item.nodeid
        return ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            _lighten(getattr(item, "obj", None))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.failed = session.testsfailed > 0
        try:
            self.body(self, session.items)
        except BaseException as error:  # noqa: BLE001
            self._error = error
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed


def _lighten(test: object) -> None:
    """Fewer examples for a test of a property. Hypothesis has no public way to say so from outside."""
    function = getattr(test, "__func__", test)
    given = getattr(function, "_hypothesis_internal_use_settings", None)
    if isinstance(given, hypothesis.settings):
        function._hypothesis_internal_use_settings = hypothesis.settings(  # type: ignore[attr-defined]
            given,
            max_examples=min(EXAMPLES, given.max_examples),
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
            database=None,
            derandomize=True,
        )


def fork(work: Callable[[Path], None], directory: Path) -> int:
    """Another process that does the work, silently and within bounds, and ends."""
    process = os.fork()
    if process:
        return process
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(directory)  # where tmp_path is made
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.setitimer(signal.ITIMER_PROF, COLLECTING)  # until the first test sets another
        signal.alarm(WAITING)
        work(directory)
    except BaseException:  # noqa: BLE001
        (directory / "error").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(0)


def put_result(directory: Path, killer: str) -> None:
    """Say which test failed; empty if none did."""
    (directory / "result").write_text(killer, encoding="utf-8")


def _fate(directory: Path, exit_code: int) -> tuple[Fate, str]:
    if exit_code == -signal.SIGPROF:
        return Fate.TIMED_OUT, ""
    if exit_code == -signal.SIGALRM:  # waits for ever, or the machine has too much to do
        return Fate.ERROR, f"no end after {WAITING} seconds"
    if exit_code:
        return Fate.KILLED, f"the process ended with {exit_code}"
    result, error = directory / "result", directory / "error"
    if result.exists():
        killer = result.read_text(encoding="utf-8")
        return (Fate.KILLED, killer) if killer else (Fate.SURVIVED, "")
    return Fate.ERROR, error.read_text(encoding="utf-8") if error.exists() else "no result"


class Children:
    """Forked processes, so many at a time, each with a directory of its own."""

    def __init__(self, scratch: Path, jobs: int) -> None:
        self._scratch = scratch
        self._jobs = jobs
        self._running: dict[int, tuple[Mutant, Path]] = {}
        self._started = 0

    def run(self, mutants: Iterable[Mutant], work: Callable[[Mutant, Path], None]) -> Iterator[Outcome]:
        """What became of each mutant, as soon as that is known."""
        for mutant in mutants:
            self._started += 1
            directory = self._scratch / str(self._started)
            directory.mkdir()
            self._running[fork(partial(work, mutant), directory)] = mutant, directory
            if len(self._running) >= self._jobs:
                yield self._wait()
        while self._running:
            yield self._wait()

    def _wait(self) -> Outcome:
        process, status = os.wait()
        mutant, directory = self._running.pop(process)
        outcome = Outcome(mutant, *_fate(directory, os.waitstatus_to_exitcode(status)))
        shutil.rmtree(directory, ignore_errors=True)
        return outcome
