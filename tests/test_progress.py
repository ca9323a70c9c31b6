"""What a long run tells of itself: on a terminal, after a while, and gone before the report."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from kmslint.console import progress
from kmslint.lint import lint
from kmslint.report.cells import cell_width
from kmslint.report.progress import ProgressLine
from kmslint.watch import Step, unwatched


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class Screen:
    """What a terminal shows of its one line."""

    def __init__(self, written: str) -> None:
        self.line: list[str] = []
        column = 0
        for character in written:
            assert character == "\r" or character.isprintable()
            if character == "\r":
                column = 0
                continue
            self.line[column : column + 1] = [character]
            column += 1
        self.column = column

    @property
    def text(self) -> str:
        return "".join(self.line).rstrip()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day, to be set."""
    now = [100.0]
    monkeypatch.setattr("kmslint.report.progress.time.monotonic", lambda: now[0])
    return now


def step(path: str, number: int = 1) -> Step:
    return Step("reading", number, 20, path)


def test_a_short_run_tells_nothing(clock: list[float]) -> None:
    stream = Terminal()
    line = ProgressLine(stream)
    clock[0] += 0.9
    line.tell(step("a.yaml"))
    line.clear()
    assert stream.getvalue() == ""


def test_a_long_run_has_one_line_that_goes_away(clock: list[float]) -> None:
    stream = Terminal()
    line = ProgressLine(stream)
    clock[0] += 1.1
    line.tell(step("long/path/to/a.yaml"))
    assert Screen(stream.getvalue()).text == "kmslint: reading 1 of 20: long/path/to/a.yaml"
    clock[0] += 0.01
    line.tell(step("too soon"))
    clock[0] += 0.2
    line.tell(step("b.yaml", 2))
    assert Screen(stream.getvalue()).text == "kmslint: reading 2 of 20: b.yaml"
    line.clear()
    assert (Screen(stream.getvalue()).text, Screen(stream.getvalue()).column) == ("", 0)
    length = len(stream.getvalue())
    line.clear()
    assert len(stream.getvalue()) == length


@pytest.mark.parametrize("path", ["a" * 500, "鍵" * 500, "a/\x1b[2J\r\nb\u202e.yaml", "\x1b" * 200])
def test_the_line_fits_and_holds_nothing_that_acts(clock: list[float], path: str) -> None:
    stream = Terminal()
    line = ProgressLine(stream)
    clock[0] += 2
    line.tell(step(path))
    assert cell_width(Screen(stream.getvalue()).text) <= 79


@pytest.mark.parametrize(
    ("quiet", "terminal", "term", "told"),
    [
        (False, True, "xterm", True),
        (True, True, "xterm", False),
        (False, False, "xterm", False),
        (False, True, "dumb", False),
    ],
)
def test_only_a_terminal_is_told(
    monkeypatch: pytest.MonkeyPatch, quiet: bool, terminal: bool, term: str, told: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal() if terminal else io.StringIO())
    monkeypatch.setenv("TERM", term)
    with progress(quiet) as watch:
        assert (watch is not unwatched) is told


def test_the_line_goes_away_when_a_run_is_interrupted(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(KeyboardInterrupt):
        interrupted_run(clock)
    assert stream.getvalue()
    assert Screen(stream.getvalue()).text == ""


def interrupted_run(clock: list[float]) -> None:
    with progress(quiet=False) as watch:
        clock[0] += 2
        watch(step("a.yaml"))
        raise KeyboardInterrupt


def test_each_file_and_each_estate_is_a_step(tmp_path: Path) -> None:
    template = "Resources: {Key: {Type: AWS::KMS::Key}}\n"
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(template, encoding="utf-8")
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text('resource "aws_kms_key" "k" {}\n', encoding="utf-8")
    steps: list[Step] = []
    lint([str(tmp_path)], watch=steps.append)
    assert [(each.what, each.number, each.total) for each in steps] == [
        *(("reading", number, 3) for number in (1, 2, 3)),
        *(("judging", number, 3) for number in (1, 2, 3)),
    ]
    assert {Path(each.path).name for each in steps} == {"a.yaml", "b.yaml", "m"}
