"""Runs of kmslint in which one operation of the operating system fails, each in a process of its own.

A process that has loaded kmslint once forks for every run. `python faulty.py` is that process: tasks come in as JSON
on standard input, results go out on standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from crashing_program import CrashingProgram
from failing_system import FailingSystem, error_number

CRASH: Final = "crash"


class Faulty(NamedTuple):
    """A run whose nth operation fails; with CRASH for the error, the nth function that it calls."""

    directory: str
    arguments: tuple[str, ...]
    nth: int
    error: str


class Faulted(NamedTuple):
    """What became of it."""

    code: int
    out: str
    err: str
    operations: tuple[str, ...]
    """What the run asked of the operating system, in order."""

    @property
    def said(self) -> str:
        return self.out + self.err


class FaultServer:
    """The process that forks."""

    def __init__(self, directory: str) -> None:
        """`directory` is linted once without a fault, so that no later run has to load anything."""
        from measured import unmeasured  # not in the process that serves: it loads pytest

        environment = {**unmeasured(), "PYTHONPATH": os.pathsep.join([*filter(None, sys.path)])}
        self._process = subprocess.Popen(
            [sys.executable, __file__, directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def run(self, task: Faulty) -> Faulted:
        """One run, to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        code, out, err, operations = json.loads(self._process.stdout.readline())
        return Faulted(code, out, err, tuple(operations))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _serve(directory: str, tasks: Iterator[str], results: int) -> None:
    _warm_up(directory)
    for line in tasks:
        directory, arguments, nth, error = json.loads(line)
        found = _forked(Faulty(directory, tuple(arguments), nth, error))
        os.write(results, (json.dumps(found) + "\n").encode())


def _warm_up(directory: str) -> None:
    """Load what every run needs."""
    import kmslint.cli  # noqa: F401 - it loads the rest
    from kmslint.lint import lint
    from kmslint.report import FORMATS, render
    from kmslint.report.options import Options

    outcome = lint([directory])
    for name in FORMATS:
        render(name, outcome, Options())


def _forked(task: Faulty) -> Faulted:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as asked:
        files = (out, err, asked)
        pid = os.fork()
        if pid == 0:
            _child(task, [file.fileno() for file in files])
        _, status = os.waitpid(pid, 0)
        texts = []
        for file in files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "backslashreplace"))
    return Faulted(os.waitstatus_to_exitcode(status), texts[0], texts[1], tuple(texts[2].splitlines()))


def _child(task: Faulty, files: Sequence[int]) -> None:
    """Never comes back."""
    from kmslint.__main__ import run

    try:
        os.chdir(task.directory)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (files[0], 1), (files[1], 2)):
            os.dup2(source, target)
        sys.argv = ["kmslint", *task.arguments]
        program = CrashingProgram(task.nth) if task.error == CRASH else None
        system = FailingSystem(os.path.realpath(task.directory), 0 if program else task.nth, error_number(task.error))
        asked = system.done if program is None else program.called
        leave = os._exit

        def leave_and_tell(code: int) -> None:
            os.write(files[2], "\n".join(asked).encode("utf-8", "surrogateescape"))
            leave(code)

        os._exit = leave_and_tell  # type: ignore[assignment]
        system.install()
        if program is not None:
            program.install()
        run()
    finally:
        os._exit(99)


if __name__ == "__main__":
    _serve(sys.argv[1], iter(sys.stdin), os.dup(1))
