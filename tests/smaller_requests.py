"""A request made small: what is left when nothing more can be dropped without losing what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from request_parts import Json

_KEPT: Final = frozenset(
    {
        *("id", "principal", "action", "resource", "account"),
        *("Version", "Statement", "Effect", "Principal", "NotPrincipal", "AWS", "Service"),
    }
)
"""Members without which a request, a policy or a statement would be another thing."""


def smallest(request: Json, still_wrong: Callable[[Json], bool]) -> Json:
    """The request with all dropped that can be dropped, one part after the other, while it stays wrong."""
    found = True
    while found:
        found = False
        for smaller in _smaller(request):
            if still_wrong(smaller):
                request, found = smaller, True
                break
    return request


def _smaller(request: Json) -> Iterator[Json]:
    """The request without one of its parts, the largest parts first."""
    for path in sorted(_parts(request), key=len):
        copy: Any = json.loads(json.dumps(request))
        inner = copy
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        yield copy


def _parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the parts are: members of maps and elements of lists, down to the last."""
    steps = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
    for step in steps:
        if step not in _KEPT:
            yield (*path, step)
        yield from _parts(value[step], (*path, step))
