"""What one run finds out and the next need not: what a test costs, where it comes to, and which test kills a mutant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from mutation.sources import Key

Line = tuple[str, int]
"""A line of a module; its path is below the root."""
Seconds = dict[str, float]
"""What a test costs."""
Lines = dict[str, list[Line]]
"""The lines to which a test comes."""


class Notes:
    """Notes in a directory; without one, nothing is kept."""

    def __init__(self, directory: Path | None, root: Path) -> None:
        self._directory = directory and directory.resolve()
        self._root = root
        if self._directory:
            self._directory.mkdir(parents=True, exist_ok=True)

    def killers(self) -> dict[Key, str]:
        """The test that killed a mutant in an earlier run. It is tried first, never believed."""
        if self._directory is None or not (path := self._directory / "killers").exists():
            return {}
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return {Key(*key): str(test) for *key, test in rows}

    def add_killer(self, mutant: Key, test: str) -> None:
        """Note what killed a mutant, at once: a run may be broken off."""
        if self._directory is not None:
            with (self._directory / "killers").open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps((*mutant, test))}\n")

    def of(self, files: Iterable[str], modules: Collection[str]) -> tuple[Seconds, Lines]:
        """What is known of the tests in files that are as they were, beside everything that they may hang on."""
        seconds: Seconds = {}
        lines: Lines = {}
        for _, path in self._places(files, modules):
            for test, (cost, come_to) in _read(path).items():
                seconds[test], lines[test] = cost, come_to
        return seconds, lines

    def keep(self, files: Iterable[str], modules: Collection[str], seconds: Seconds, lines: Lines) -> None:
        """Write down what the tests of the files did in the modules."""
        for file, path in self._places(files, modules):
            rows = {test: (cost, lines[test]) for test, cost in seconds.items() if test.partition("::")[0] == file}
            path.write_text(json.dumps({**_read(path), **rows}), encoding="utf-8")

    def controlled(self, files: Sequence[str], modules: Collection[str]) -> bool:
        """Whether the tests, as they are, have once passed without a mistake in another order."""
        return (mark := self._mark(files, modules)) is not None and mark.exists()

    def add_control(self, files: Sequence[str], modules: Collection[str]) -> None:
        """Note that they have."""
        if mark := self._mark(files, modules):
            mark.touch()

    def _mark(self, files: Sequence[str], modules: Collection[str]) -> Path | None:
        names = "".join(path.name for _, path in self._places(files, modules))
        return self._directory and self._directory / f"control-{hashlib.sha256(names.encode()).hexdigest()}"

    def _places(self, files: Iterable[str], modules: Collection[str]) -> Iterator[tuple[str, Path]]:
        """A file of tests, and where the notes on it are, in this state of the tree."""
        if self._directory is None:
            return
        around = hashlib.sha256(repr(sorted(modules)).encode())
        for path in sorted(self._around()):
            around.update(path.relative_to(self._root).as_posix().encode() + b"\0" + path.read_bytes())
        for file in files:
            digest = around.copy()
            digest.update(file.encode() + b"\0" + (self._root / file).read_bytes())
            yield file, self._directory / digest.hexdigest()

    def _around(self) -> Iterator[Path]:
        """Whatever a test may hang on, but for the tests themselves."""
        for name in ("kmslint", "rules", "fixtures", "tests"):
            for path in (self._root / name).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts and not path.match("tests/test_*.py"):
                    yield path


def _read(path: Path) -> dict[str, tuple[float, list[Line]]]:
    """What is noted of tests: their costs, and the lines to which they come."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
