"""What kmslint says of every fixture and example is what was recorded, to the word."""

from __future__ import annotations

from pathlib import Path

import pytest

from recorded_reports import Case, cases, recorded, report_on, titles

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_report_is_as_it_was(case: Case, tmp_path: Path) -> None:
    assert report_on(case, tmp_path) == recorded(case), "read the difference; python tests/recorded_reports.py"


def test_nothing_else_is_recorded() -> None:
    """A recording that is left over from a fixture would hold nothing."""
    assert sorted(titles()) == sorted(case.name for case in CASES)
