"""kmslint run on many inputs, each in a process of its own with bounds on what it may cost, and watched.

A process that has loaded kmslint once forks for every input: starting Python afresh each time would take most of the
time. `python forked.py` is that process: tasks come in as JSON on standard input, results go out on standard output.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

CPU_SECONDS: Final = 20
"""A process is ended after so many: what it may really take, a test says."""
ADDRESS_SPACE: Final = 1 << 30
WALL_SECONDS: Final = 120
"""For what waits without end; the machine may be busy."""


class Task(NamedTuple):
    """One call of kmslint."""

    directory: str
    """In which it is called."""
    arguments: tuple[str, ...]


class Result(NamedTuple):
    """What became of it."""

    code: int
    """The exit code; negative for a signal."""
    out: str
    err: str
    cpu: float
    """Seconds, in the program and in the system."""
    memory: int
    """The most that it held at once, in bytes."""
    touched: tuple[str, ...]
    """What it did beyond reading below its directory: files, imports, processes, connections."""

    @property
    def said(self) -> str:
        return self.out + self.err


def run_all(tasks: Sequence[Task]) -> list[Result]:
    """The results of all tasks, in their order."""
    half = (len(tasks) + 1) // 2
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(_served, (tasks[:half], tasks[half:]))
    return first + second


def _served(tasks: Sequence[Task]) -> list[Result]:
    from measured import unmeasured  # not in the process that serves: it loads pytest

    environment = {**unmeasured(), "PYTHONPATH": os.pathsep.join([*filter(None, sys.path)])}
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps([[task.directory, list(task.arguments)] for task in tasks]),
        capture_output=True,
        check=False,
        text=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    return [Result(code, out, err, cpu, memory, tuple(touched)) for code, out, err, cpu, memory, touched in found]


def _serve() -> None:
    tasks = [Task(directory, tuple(arguments)) for directory, arguments in json.load(sys.stdin)]
    _warm_up()
    # By its descriptor: what the processes write goes elsewhere.
    results = [_forked(task) for task in tasks]
    json.dump(results, sys.stdout)


def _warm_up() -> None:
    """Load what almost every input needs."""
    import kmslint.cli  # noqa: F401 - it loads the rest
    from kmslint.lint import lint_text
    from kmslint.report import render
    from kmslint.report.options import Options

    for name, text in (
        ("a.yaml", "Resources: {K: {Type: AWS::KMS::Key}}\n"),
        ("a.json", '{"Resources": {"K": {"Type": "AWS::KMS::Key"}}}'),
        ("a.tf", 'resource "aws_kms_key" "k" {\n  policy = jsonencode({})\n}\n'),
        ("a.tf.json", '{"resource": {"aws_kms_key": {"k": {}}}}'),
    ):
        render("text", lint_text(name, text.encode()), Options())


def _forked(task: Task) -> Result:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as watched:
        pid = os.fork()
        if pid == 0:
            _child(task, out.fileno(), err.fileno(), watched.fileno())
        _, status, usage = os.wait4(pid, 0)
        texts = []
        for file in (out, err, watched):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "backslashreplace"))
    return Result(
        os.waitstatus_to_exitcode(status),
        texts[0],
        texts[1],
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * 1024,
        tuple(dict.fromkeys(texts[2].splitlines())),
    )


def _child(task: Task, out: int, err: int, watched: int) -> None:
    """Never comes back."""
    import resource  # not on every system

    from kmslint.__main__ import run

    try:
        os.chdir(task.directory)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (out, 1), (err, 2)):
            os.dup2(source, target)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        signal.alarm(WALL_SECONDS)
        sys.argv = ["kmslint", *task.arguments]
        _watch(task.directory, watched)
        run()
    finally:
        os._exit(99)


def _watch(directory: str, report: int) -> None:
    """From now on, write down what no run may do. https://docs.python.org/3/library/audit_events.html"""
    inside = os.path.realpath(directory)
    import kmslint.rehearsal

    rules = importlib.import_module("kmslint.rules")
    packages = [sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), *kmslint.__path__, *rules.__path__]
    packages += [path for path in sys.path if path and "site-packages" in path]
    searched = tuple(map(os.path.realpath, filter(None, sys.path)))
    ours = tuple(os.path.realpath(path) for path in packages)
    cache = os.path.realpath(
        os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kmslint")
    )
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def below(path: str, places: Iterable[str]) -> bool:
        # `realpath` asks the system of every part of the path; no audit event comes of it.
        real = os.path.realpath(path)
        return any(real == place or real.startswith(place + os.sep) for place in places)

    def is_of_no_concern(event: str, arguments: tuple[object, ...]) -> bool:
        first = arguments[0] if arguments else None
        text = os.fsdecode(first) if isinstance(first, str | bytes) else ""
        if event == "os.fork" or (event == "open" and text == "/proc/self/statm"):
            # What is risky is rehearsed in a process of its own, which measures itself. Nothing else may do so.
            return sys._getframe(2).f_code.co_filename == kmslint.rehearsal.__file__
        if event == "open":
            if isinstance(first, int):
                return True
            writes = isinstance(arguments[2], int) and arguments[2] & writing
            return below(text, (cache,)) if writes else below(text, (inside, cache, *ours)) or text == os.devnull
        if event in ("os.listdir", "os.scandir"):
            return first is None or below(text, (inside, *ours)) or os.path.realpath(text) in searched
        if event == "exec":
            return below(getattr(first, "co_filename", ""), ours) or _is_made_by(sys._getframe(2), ours, below)
        if event == "import":
            return not isinstance(arguments[1], str) or below(arguments[1], ours)
        if event == "os.mkdir":
            return below(text, (cache,))
        return event.partition(".")[0] not in ("subprocess", "socket", "os", "shutil", "ctypes", "pty", "urllib") or (
            event in ("os.putenv", "os.unsetenv")
        )

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if not is_of_no_concern(event, arguments):
            os.write(report, f"{event} {arguments!r}"[:500].replace("\n", " ").encode("utf-8", "replace") + b"\n")

    sys.addaudithook(hook)


def _is_made_by(frame: object, ours: tuple[str, ...], below: object) -> bool:
    """Whether code without a file was made by a library: named tuples are made so."""
    assert callable(below)
    code = getattr(frame, "f_code", None)
    return code is not None and bool(below(code.co_filename, ours) or code.co_filename.startswith("<frozen "))


if __name__ == "__main__":
    _serve()
