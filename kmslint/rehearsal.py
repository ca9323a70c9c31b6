"""Work that a stranger may have made risky, tried in a process of its own: there it may crash, or go on for ever.

A library written in C cannot be interrupted, and takes the program along where it fails. What comes of a rehearsal is
only whether it went well: the program then does the work itself, and nothing has to be handed over.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Final, NoReturn

from kmslint import limits

_NO_MEMORY: Final = 3
_WALL_FOR_CPU: Final = 10
"""Seconds that may pass for each one of work: the machine may be busy, and what waits for ever does not work."""
_LONGEST_PAUSE: Final = 0.05
_MEGABYTE: Final = 1 << 20


def is_risky(text: str) -> bool:
    """Whether a text is so long that reading it is rehearsed: ordinary files are not, for a process costs time."""
    return len(text) > limits.UNREHEARSED_CHARACTERS


def rehearse(work: Callable[[], object]) -> str:
    """Why the work cannot be done, if it kills the process that tries, or takes too much of anything; empty if it can.

    What it raises is no matter of this: it will be raised again. Where there can be no such process, nothing is tried.
    """
    if not hasattr(os, "fork") or _has_threads():
        return ""
    try:
        pid = os.fork()
    except OSError:
        return ""
    if pid == 0:
        _perform(work)
    return _verdict(_awaited(pid))


def _has_threads() -> bool:
    """What another thread holds when the process is doubled is never let go of in the double."""
    threading = sys.modules.get("threading")
    return threading is not None and threading.active_count() > 1


def _perform(work: Callable[[], object]) -> NoReturn:
    """In the process of its own: it ends here, and says nothing."""
    code = 0
    try:
        _bound()
        work()
    except MemoryError:
        code = _NO_MEMORY
    finally:
        os._exit(code)


def _bound() -> None:
    import resource  # where there are no such processes, there are no such bounds either

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other one hears of it, and ends this one
    seconds = limits.REHEARSAL_SECONDS
    _lower(resource.RLIMIT_CORE, 0)
    # Counted from the process's own beginning, which is now.
    _lower(resource.RLIMIT_CPU, seconds)
    try:
        with open("/proc/self/statm", "rb") as file:
            held = int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return  # only Linux tells; elsewhere the time alone is bounded
    _lower(resource.RLIMIT_AS, held + limits.REHEARSAL_MEGABYTES * _MEGABYTE)


def _lower(which: int, most: int) -> None:
    import resource

    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _awaited(pid: int) -> int | None:
    """The status that the process ends with; None if it had to be ended."""
    until = time.monotonic() + _WALL_FOR_CPU * limits.REHEARSAL_SECONDS
    pause, ended = 0.001, False
    try:
        while time.monotonic() < until:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                ended = True
                return status
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return None


def _verdict(status: int | None) -> str:
    code = None if status is None else os.waitstatus_to_exitcode(status)
    if code in (None, -signal.SIGXCPU):
        return limits.named(f"takes more than {limits.REHEARSAL_SECONDS} seconds to read", "rehearsal-seconds")
    if code == _NO_MEMORY:
        reason = f"takes more than {limits.REHEARSAL_MEGABYTES} MB of memory to read"
        return limits.named(reason, "rehearsal-megabytes")
    return "" if code == 0 else f"the reader crashes on it ({_called(code)})"


def _called(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"
