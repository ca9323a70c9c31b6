"""Files that are written whole or not at all, however a run ends: only SIGKILL leaves something beside them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Final

_UNFINISHED: Final[set[str]] = set()
"""What is to be gone when the run ends."""
_LAST_WISHES: Final = ("SIGTERM", "SIGHUP")
"""Signals that end a process before any `finally`."""


def replace_whole(path: str, data: bytes, mode: int | None = None, ready: Callable[[], None] = lambda: None) -> None:
    """Puts the bytes in the place of a file in one step: a reader sees the old one or the new one, never a part.

    A link is replaced, not followed. `mode` are the permissions of the new file, by default those that the umask
    leaves; `ready` is called before it takes its place, and may raise. Raises OSError; the old file is
    then untouched.
    """
    # In the same directory, because os.replace is one step only within a file system.
    temporary = os.path.join(os.path.dirname(path), f".kmslint-{os.urandom(8).hex()}.tmp")
    private = partial(os.open, mode=0o666 if mode is None else 0o600)
    with _unfinished(temporary):
        with open(temporary, "xb", opener=private) as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        ready()
        os.replace(temporary, path)


def remove_unfinished() -> None:
    """Removes what is not whole yet; for a process that ends at once."""
    for path in tuple(_UNFINISHED):
        try:
            os.unlink(path)
        except OSError:
            continue  # it was not made yet, or is in its place by now


@contextmanager
def _unfinished(path: str) -> Iterator[None]:
    _UNFINISHED.add(path)
    try:
        with _last_wish():
            yield
    finally:
        remove_unfinished()
        _UNFINISHED.discard(path)


@contextmanager
def _last_wish() -> Iterator[None]:
    """While a file is not whole, the signals that end the process remove it first. At any other time they do at once
    what they always do, whatever the process is busy with."""
    import signal  # few runs write files

    def leave(number: int, _frame: FrameType | None) -> None:
        remove_unfinished()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    heard = []
    for name in _LAST_WISHES:
        number = getattr(signal, name, None)  # not on every system
        if number is None or signal.getsignal(number) is not signal.SIG_DFL:
            continue
        try:
            signal.signal(number, leave)
        except ValueError:  # in a thread, where nobody hears signals
            continue
        heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, signal.SIG_DFL)
