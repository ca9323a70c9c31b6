"""Where python-hcl2 may keep the tables of its grammar: a pickle, so only where no stranger can have put it.

Without the cache every process that needs the second reader spends seconds on building the tables.
"""

from __future__ import annotations

import os
import stat

_NOWHERE = os.path.join(os.devnull, "hcl2")
"""Can be neither written nor read: the tables are then built in memory."""


def cache_file() -> str:
    """A file in a folder that belongs to the user alone and is not below the working directory."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(os.path.abspath(home), "kmslint")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        safe = _is_private(folder) and not _is_below(folder, os.getcwd())
    except OSError:
        return _NOWHERE
    return os.path.join(folder, "hcl2-grammar") if safe else _NOWHERE


def _is_private(folder: str) -> bool:
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        return False
    return os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & 0o077)


def _is_below(folder: str, above: str) -> bool:
    above = os.path.join(os.path.realpath(above), "")
    return os.path.join(os.path.realpath(folder), "").startswith(above)
