"""Runs inputs in forked processes, each within bounds: what one of them does to its process is told of it alone."""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import resource
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, redirect_stderr
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from fuzzing.inputs import Input
from fuzzing.judging import Became, judged

CPU_SECONDS: Final = 5.0
"""That one input may take."""
ADDRESS_SPACE: Final = 1_000_000_000
MEMORY: Final = 300_000_000
OWN_MEMORY: Final = 80_000_000
"""What a process holds that has loaded kmslint and this fuzzer."""
"""Bytes that a process may come to hold."""
BATCH: Final = 500
_GARBAGE: Final = 100
"""Inputs between two collections of what holds itself."""
_WARM: Final = 60
"""Inputs that are run for what they load."""
_SHOWN: Final = 600
"""Characters of what is said of a failure."""


class Result(NamedTuple):
    """What one input came to, and what it cost."""

    number: int
    kind: str
    became: str
    findings: int
    seconds: float
    memory: int
    """The most that its process had held by then, in bytes."""
    size: int
    making: float
    """Seconds that it took to make."""
    wrong: tuple[str, ...]


class Task(NamedTuple):
    """Inputs by their numbers, and how they are made."""

    numbers: Sequence[int]
    make: Callable[[int], Input]


def warm_up(make: Callable[[int], Input]) -> None:
    """Load what inputs need, once for all processes: the readers, the rules and the formats."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(redirect_stderr(stack.enter_context(open(os.devnull, "w", encoding="utf-8"))))
        for number in range(_WARM):
            run_one(number, make, place / "t")
    signal.setitimer(signal.ITIMER_PROF, 0)
    gc.collect()
    gc.freeze()


def results(task: Task) -> Iterator[Result]:
    """The results of all inputs, batch by batch. One that ends its process is told of, and the others go on."""
    pending = list(task.numbers)
    while pending:
        batch, pending = pending[:BATCH], pending[BATCH:]
        while batch:
            done, ended = _batch(batch, task.make)
            yield from done
            batch = batch[len(done) :]
            if ended and batch:
                yield Result(batch[0], "", "", 0, CPU_SECONDS, 0, 0, 0.0, (ended,))
                batch = batch[1:]


def _batch(numbers: Sequence[int], make: Callable[[int], Input]) -> tuple[list[Result], str]:
    """What came of the first inputs, and how the process ended if it did before the last."""
    with tempfile.TemporaryFile() as told:
        pid = os.fork()
        if pid == 0:
            try:
                _child(numbers, make, told.fileno())
            finally:
                os._exit(9)  # never the parent's code
        _, status = os.waitpid(pid, 0)
        told.seek(0)
        rows = told.read().decode("utf-8").splitlines()
    done = [Result(*row)._replace(wrong=tuple(row[-1])) for row in map(json.loads, rows)]
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return done, ""
    return done, f"the process ended with {_name(code)}"


def _name(code: int) -> str:
    if code == -signal.SIGPROF:
        return f"SIGPROF: more than {CPU_SECONDS} CPU seconds"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _child(numbers: Sequence[int], make: Callable[[int], Input], told: int) -> None:
    """Never comes back."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    room = ADDRESS_SPACE + _inherited()
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    faulthandler.disable()
    gc.disable()
    place = Path(tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None))  # noqa: S108
    os.chdir(place)
    for done, number in enumerate(numbers):
        result = run_one(number, make, place / "t")
        os.write(told, json.dumps(result).encode() + b"\n")
        if done % _GARBAGE == 0:
            gc.collect()
    shutil.rmtree(place, ignore_errors=True)
    os._exit(0)


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@cache
def _inherited() -> int:
    """What a process held before its first input beyond what kmslint takes by itself: of tests that had run before."""
    return max(0, _most_memory() - OWN_MEMORY)


def run_one(
    number: int, make: Callable[[int], Input], place: Path, says: Callable[[str], None] | None = None
) -> Result:
    """One input, held against everything. `says` is given the traceback of what is raised."""
    start = time.process_time()
    one = make(number)
    begun = time.process_time()
    if one.is_tree:
        write(one, place)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        found = judged(one, number, place if one.is_tree else None)
        became, findings, wrong = found.became.value, found.findings, found.wrong
    except Exception as error:  # noqa: BLE001 - that nothing is raised is what is tried
        if says is not None:
            says(traceback.format_exc())
        became, findings, wrong = "", 0, (f"raised {type(error).__name__}: {error}{_origin(error)}",)
    signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - begun
    if one.is_tree:
        shutil.rmtree(place, ignore_errors=True)
    memory = _most_memory() - _inherited()
    if memory > MEMORY:
        wrong = (*wrong, f"{memory} bytes of memory")
    size = sum(len(file.data) for file in one.files)
    shown = tuple(text[:_SHOWN].encode("ascii", "backslashreplace").decode() for text in wrong)
    return Result(number, one.kind, became, findings, seconds, memory, size, begun - start, shown)


def _origin(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""


def write(one: Input, place: Path) -> None:
    """The files of an input in a directory of their own, which a root of its own makes a tree."""
    (place / ".git").mkdir(parents=True)
    for file in one.files:
        path = place / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)


class Tally:
    """What many inputs came to."""

    def __init__(self) -> None:
        self.inputs = 0
        self.became: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.findings = 0
        self.seconds: Counter[int] = Counter()
        """CPU time in milliseconds."""
        self.cpu = 0.0
        self.making = 0.0
        self.memory = 0
        self.slowest: list[tuple[float, int, str]] = []
        self.wrong: list[Result] = []

    def add(self, result: Result) -> None:
        self.inputs += 1
        self.became[result.became or "failed"] += 1
        self.kinds[result.kind or "?"] += 1
        self.findings += result.findings
        self.seconds[int(result.seconds * 1000)] += 1
        self.cpu += result.seconds
        self.making += result.making
        self.memory = max(self.memory, result.memory)
        self.slowest = sorted([*self.slowest, (result.seconds, result.number, result.kind)], reverse=True)[:5]
        if result.wrong:
            self.wrong.append(result)

    def within(self, share: float) -> float:
        """The seconds that this share of the inputs takes at most."""
        left = share * self.inputs
        for milliseconds in sorted(self.seconds):
            left -= self.seconds[milliseconds]
            if left <= 0:
                return milliseconds / 1000
        return 0.0

    @property
    def ruled_out(self) -> float:
        """The share of inputs in which nothing was judged."""
        idle = self.became[Became.EXCLUDED.value] + self.became[Became.REFUSED.value] + self.became[Became.JUDGED.value]
        return idle / max(self.inputs, 1)
