"""One run of the tests without any mistake: what they cost, and to which lines they come."""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple

import pytest

from mutation.notes import Line, Notes
from mutation.sessions import Session, fork
from mutation.sources import Mutant

_TOOL: Final = 4
"""A number that no other tool has."""


class Scouted(NamedTuple):
    """What the tests do without any mistake."""

    seconds: dict[str, float]
    """By test."""
    failed: str
    """A test that fails even so; empty if none does."""
    tests: dict[Line, list[str]]
    """The tests that come to a line."""
    early: set[Line]
    """The lines come to before any test is run."""
    modules: list[str]
    """What is imported from outside the tree."""
    foreign: list[str]
    """Files of the package that are not of the tree."""

    def reaching(self, mutant: Mutant) -> set[str]:
        """The tests that come to the mistake."""
        return {test for line in mutant.lines for test in self.tests.get((mutant.module, line), ())}

    def changes_early(self, mutant: Mutant) -> bool:
        """Whether the mistake may be noticed before any test is run."""
        return not mutant.bodies or any((mutant.module, line) in self.early for line in mutant.lines)


def scout(
    root: Path, package: str, files: Sequence[str], modules: Collection[str], scratch: Path, notes: Notes
) -> Scouted:
    """Run the tests in another process, and watch what they do in the modules. What is noted already is not run."""
    watched = {str(root / module): module for module in modules}
    process = fork(lambda directory: _watch(root, package, files, watched, directory, notes), scratch)
    os.waitpid(process, 0)
    seen, error = scratch / "seen.json", scratch / "error"
    if not seen.exists():
        sys.exit(error.read_text(encoding="utf-8") if error.exists() else "the tests cannot be collected")
    seconds, failed, lines, early, imported, foreign = json.loads(seen.read_text(encoding="utf-8"))
    tests: dict[Line, list[str]] = {}
    for test, its_lines in lines.items():
        for module, line in its_lines:
            tests.setdefault((module, line), []).append(test)
    return Scouted(seconds, failed, tests, {(module, line) for module, line in early}, imported, foreign)


def _watch(
    root: Path, package: str, files: Sequence[str], watched: dict[str, str], directory: Path, notes: Notes
) -> None:
    seconds, lines = notes.of(files, watched.values())
    noted = set(seconds)

    def body(session: Session, items: Sequence[pytest.Item]) -> None:
        for module in watched.values():  # what they do as they are imported comes before any test
            importlib.import_module(module.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        before = sorted(early)
        failed = "a test cannot be collected" if session.failed else ""
        imported = 0
        caches: list[_lru_cache_wrapper[Any]] = []
        present = {item.nodeid for item in items}
        for gone in noted - present:
            del seconds[gone], lines[gone]
        for item in () if failed else (item for item in items if item.nodeid not in noted):
            if imported != len(sys.modules):
                imported, caches = len(sys.modules), list(_caches(root))
            for cache in caches:  # no test must profit from what another has worked out
                cache.cache_clear()
            began = time.process_time()
            with _lines(watched) as come_to:
                failed = failed or session.first_failure([item], {})
            seconds[item.nodeid] = time.process_time() - began
            lines[item.nodeid] = sorted(come_to)
        if not failed:
            notes.keep(files, watched.values(), seconds, lines)
        seen = seconds, failed, lines, before, *_imported(root, package)
        (directory / "seen.json").write_text(json.dumps(seen), encoding="utf-8")

    with _lines(watched) as early:
        Session(body).start(files)


@contextmanager
def _lines(watched: dict[str, str]) -> Iterator[set[Line]]:
    """The lines that are come to meanwhile."""
    come_to: set[Line] = set()
    if sys.version_info >= (3, 12):  # twice as fast as the other

        def at_line(code: CodeType, line: int) -> object:
            if code.co_filename in watched:
                come_to.add((watched[code.co_filename], line))
            return sys.monitoring.DISABLE  # once is enough

        if sys.monitoring.get_tool(_TOOL) is None:
            sys.monitoring.use_tool_id(_TOOL, "mutants")
        sys.monitoring.register_callback(_TOOL, sys.monitoring.events.LINE, at_line)
        sys.monitoring.set_events(_TOOL, sys.monitoring.events.LINE)
        sys.monitoring.restart_events()
        yield come_to
        sys.monitoring.set_events(_TOOL, 0)
    else:

        def trace(frame: FrameType, event: str, _argument: object) -> Any:
            if frame.f_code.co_filename not in watched:
                return None
            if event == "line":
                come_to.add((watched[frame.f_code.co_filename], frame.f_lineno))
            return trace

        sys.settrace(trace)
        yield come_to
        sys.settrace(None)


def _caches(root: Path) -> Iterator[_lru_cache_wrapper[Any]]:
    """The caches of the tree's functions."""
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper):
            code = getattr(each.__wrapped__, "__code__", None)
            if code is not None and code.co_filename.startswith(f"{root}{os.sep}"):
                yield each


def _imported(root: Path, package: str) -> tuple[list[str], list[str]]:
    """The modules from outside the tree, and those of the package that should not be."""
    files = {name: str(getattr(module, "__file__", None) or "") for name, module in sys.modules.items()}
    outside = {name: file for name, file in files.items() if file and not file.startswith(f"{root}{os.sep}")}
    foreign = [file for name, file in outside.items() if name.partition(".")[0] == package]
    return [name for name in outside if name.partition(".")[0] != package], foreign
