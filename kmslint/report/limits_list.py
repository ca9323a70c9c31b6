"""`kmslint config limits`: every bound on what an input may cost."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from kmslint.limits import declared
from kmslint.report.json import dumps

_WIDTH: Final = 100


def render_limits() -> str:
    """A paragraph for each."""
    names = max(map(len, declared()))
    defaults = max(len(str(limit.default)) for limit in declared().values())
    lines = []
    for name, limit in declared().items():
        head = f"{name:<{names}}  {limit.default:>{defaults}}  "
        told = wrap(limit.counts, _WIDTH - len(head))
        lines += [f"{head}{told[0]}", *(f"{'':{len(head)}}{line}" for line in told[1:])]
    return "".join(f"{line}\n" for line in lines)


def render_limits_json() -> str:
    """The same as one object."""
    listed = [
        {"name": name, "default": limit.default, "highest": limit.ceiling, "counts": limit.counts}
        for name, limit in declared().items()
    ]
    return dumps({"limits": listed})
