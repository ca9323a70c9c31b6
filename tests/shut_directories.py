"""A directory that may not be searched, made up: these tests may run as root, who may search all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def shut(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody is told of what is in the directory, nor whether it is there."""
    directory.mkdir()
    inside = str(directory) + os.sep

    def refusing(ask: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def asked(path: Any, *arguments: Any, **more: Any) -> os.stat_result:
            if not isinstance(path, int) and os.fspath(path).startswith(inside):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return ask(path, *arguments, **more)

        return asked

    for name in ("stat", "lstat"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
