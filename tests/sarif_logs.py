"""SARIF logs of outcomes, taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kmslint.engine.outcome import Outcome
from kmslint.report import render
from kmslint.report.options import Options


def log_of(result: Outcome) -> dict[str, Any]:
    log = json.loads(render("sarif", result, Options()))
    assert isinstance(log, dict)
    return log


def run_of(result: Outcome) -> dict[str, Any]:
    run = log_of(result)["runs"][0]
    assert isinstance(run, dict)
    return run


def members(value: object, path: str = "$") -> Iterator[tuple[str, str, Any]]:
    """Every member of every object in a log: where it is, its name, its value."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield path, name, member
            yield from members(member, f"{path}.{name}")
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from members(element, f"{path}[{index}]")


def ends(region: dict[str, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])


def around(location: dict[str, Any]) -> bool:
    """Whether the context is larger than the region, as the standard wants it."""
    start, end = ends(location["region"])
    context_start, context_end = ends(location["contextRegion"])
    return context_start <= start and end <= context_end and (context_start, context_end) != (start, end)
