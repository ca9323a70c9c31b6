"""kmslint as a process that is ended at a random moment of its life, and what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from measured import unmeasured

OLD: Final = "old"
REPORT: Final = "report.json"
_FOR_ALL: Final = 120


def hear_signals() -> None:
    """In a process before it starts: what ends one does so, also where a shell has put these tests into the background,
    or `nohup` has."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Ended(NamedTuple):
    """What a process came to that got a signal."""

    after: float
    """Seconds from its start."""
    code: int
    said: str
    report: str
    """What the report holds; empty if there is none."""
    strays: tuple[str, ...]
    """Temporary files that it left."""

    @property
    def in_python_s_own_start(self) -> bool:
        """Python was interrupted before it came to kmslint: nothing of ours can keep it from saying so. It ends with
        1, or by the signal, and sometimes forgets about it."""
        frames = [line for line in self.said.splitlines() if line.lstrip().startswith("File ")]
        ours = os.path.join("kmslint", "")
        return self.report in ("", OLD) and not any(ours in frame.partition(", line")[0] for frame in frames)


class Life(NamedTuple):
    """A call of kmslint on a directory that holds a report."""

    directory: Path
    command: tuple[str, ...]

    def ended(self, after: float, number: int, old: bool = True) -> Ended:
        """One life, with a signal so many seconds after its start."""
        report = self.directory / REPORT
        report.unlink(missing_ok=True)
        if old:
            report.write_text(OLD, encoding="utf-8")
        process = subprocess.Popen(
            self.command,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=unmeasured(),  # what is killed while coverage saves leaves a broken file
            preexec_fn=hear_signals,  # noqa: PLW1509 - nothing here has threads
        )
        time.sleep(after)
        process.send_signal(number)
        out, _ = process.communicate(timeout=_FOR_ALL)
        strays = tuple(sorted(name for name in os.listdir(self.directory) if name.startswith(".kmslint-")))
        for name in strays:
            (self.directory / name).unlink()
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        return Ended(after, process.returncode, out.decode("utf-8", "replace"), text, strays)

    def length(self) -> float:
        """Seconds that a life takes at most of three, if nobody ends it."""
        taken = []
        for _ in range(3):
            start = time.monotonic()
            subprocess.run(self.command, cwd=self.directory, capture_output=True, check=False)
            taken.append(time.monotonic() - start)
        return max(taken)


def random_ends(life: Life, number: int, times: int, seed: int) -> Iterator[Ended]:
    """So many lives, ended at random moments from the first to beyond the last; every other one has an old report."""
    length = life.length()
    random = Random(f"{seed}:{number}")
    for turn in range(times):
        yield life.ended(random.uniform(0, 1.1 * length), number, old=turn % 2 == 0)


def command(*arguments: str) -> tuple[str, ...]:
    """kmslint as its users start it: by its console script, if it is installed."""
    script = Path(sys.executable).with_name("kmslint")
    start = (
        [str(script)] if script.exists() and "KMSLINT_MODULE" not in os.environ else [sys.executable, "-m", "kmslint"]
    )
    return (*start, *arguments)


SIGNALS: Final = {name: getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGKILL") if hasattr(signal, name)}
