"""`kmslint --help`: every option once, under the heading it belongs to."""

from __future__ import annotations

import click
import pytest

from commands import run
from kmslint.cli import lint_command
from kmslint.grouped_help import GROUPS


def test_every_option_has_a_heading() -> None:
    options = {one.name for one in lint_command.params if isinstance(one, click.Option)} - {"version", "help"}
    grouped = [name for _, names in GROUPS for name in names]
    assert sorted(grouped) == sorted(options)


def test_headings_stand_in_order_and_options_below_them(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "--help").out
    places = [text.index(f"\n{heading}:\n") for heading, _ in GROUPS]
    assert places == sorted(places)
    assert (
        places[0] < text.index("--select") < places[1] < text.index("--account") < places[2] < text.index("--fail-on")
    )
    assert text.index("--version") > text.index("\nOther:\n")
