"""A whole SARIF report, held against one that was read by a person: `python tests/test_report_sarif_whole.py` writes
it anew, and the difference wants reading."""

from __future__ import annotations

import sys
from pathlib import Path

from kmslint import __version__
from kmslint.engine.outcome import Suppressed
from kmslint.report import render
from kmslint.report.options import Options
from reports import APP, EVERYTHING, KEYS, OPEN, TWO_HALVES, locate

WHOLE = Path(__file__).resolve().parent.parent / "fixtures/reports/whole.sarif"

LEFT = (
    Suppressed(OPEN, "looked at with [the owner](https://example.org)", "2027-03-31", locate(KEYS, "# 鍵")),
    Suppressed(TWO_HALVES, "in the baseline of 2026-06-30", "", locate(APP, "Resources"), external=True),
)
EVERY_KIND = EVERYTHING._replace(suppressed=LEFT)


def shown() -> str:
    """The report, without the version of kmslint."""
    report = render("sarif", EVERY_KIND, Options(suppressed=True))
    return report.replace(f'ersion": "{__version__}"', 'ersion": "VERSION"').replace(
        f"kmslint@{__version__}", "kmslint"
    )


def test_the_whole_of_a_report() -> None:
    assert shown() == WHOLE.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{WHOLE.write_text(shown(), encoding='utf-8')} characters\n")
