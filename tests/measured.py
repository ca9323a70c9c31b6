"""Whether coverage measures the tests: it takes time of its own, and loads modules of its own into every process."""

from __future__ import annotations

import os
import sys

import pytest


def _is_measured() -> bool:
    coverage = sys.modules.get("coverage")
    return coverage is not None and coverage.Coverage.current() is not None


def unmeasured() -> dict[str, str]:
    """The environment of a process that coverage leaves alone: what it costs, loads and opens is its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


in_its_own_time = pytest.mark.skipif(
    _is_measured(), reason="NO TIME WAS COUNTED: coverage, which measures this run, takes as much again"
)
