"""The exit code tells the truth: what a run can come to, in each format, to standard output and to a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from commands import run
from kmslint.report import FORMATS, access_formats

CLEAN = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties: {EnableKeyRotation: true}\n"
PUBLIC = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement: [{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}]
"""
BROKEN = "Resources:\n  Key: {Type: AWS::KMS::Key\n"


class End(NamedTuple):
    """How a run may end."""

    files: dict[str, str]
    options: tuple[str, ...]
    code: int
    break_: Callable[[pytest.MonkeyPatch], None] = lambda _: None


def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kmslint.lint.discover", interrupt)
    monkeypatch.setattr("kmslint.key_access.discover", interrupt, raising=False)


def verdict_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("kmslint.judging.key_verdicts", fail)


def report_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("kmslint.cli.compose", fail)


def full_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)


ENDS = {
    "clean": End({"a.yaml": CLEAN}, (), 0),
    "nothing at all": End({"a.txt": ""}, (), 0),
    "finding": End({"a.yaml": PUBLIC}, (), 1),
    "finding, excused": End({"a.yaml": PUBLIC}, ("--exit-zero",), 0),
    "not analysed": End({"a.yaml": BROKEN}, (), 3),
    "not analysed, excused": End({"a.yaml": BROKEN}, ("--exit-zero", "--fail-on", "never"), 3),
    "finding and not analysed": End({"a.yaml": PUBLIC, "b.yaml": BROKEN}, (), 3),
    "usage": End({"a.yaml": PUBLIC}, ("--nonsense",), 2),
    "no such path": End({"a.yaml": PUBLIC}, ("gone.yaml",), 2),
    "configuration": End({"a.yaml": PUBLIC, ".kmslint.yaml": "nonsense: 1\n"}, (), 2),
    "interrupted": End({"a.yaml": PUBLIC}, (), 130, interrupted),
    "a verdict fails": End({"a.yaml": PUBLIC, "b.yaml": BROKEN}, (), 2, verdict_fails),
    "a report fails": End({"a.yaml": CLEAN}, (), 2, report_fails),
}


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()


@pytest.mark.parametrize("to_file", [False, True], ids=["", "to a file"])
@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("name", ENDS)
def test_a_run_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, format_name: str, to_file: bool
) -> None:
    end = ENDS[name]
    for file, text in end.files.items():
        Path(file).write_text(text, encoding="utf-8")
    end.break_(monkeypatch)
    told = run(capsys, ".", *end.options, "--format", f"{format_name}:report" if to_file else format_name)
    assert told.code == end.code, told.err
    assert "Traceback" not in told.err
    if end.code in (2, 130):
        assert told.err.startswith(("kmslint: ", "Usage: ")) or end.code == 130
    else:
        assert told.err == ""
        assert bool(told.out) != to_file or format_name in ("concise", "github")
        assert os.path.exists("report") == to_file


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(("text", "options"), [(CLEAN, ()), (PUBLIC, ()), (PUBLIC, ("--exit-zero",)), (BROKEN, ())])
def test_a_report_that_is_not_written_is_2(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    format_name: str,
    text: str,
    options: tuple[str, ...],
) -> None:
    """Whatever else the run has come to: neither 0 nor 1."""
    Path("a.yaml").write_text(text, encoding="utf-8")
    Path("report").write_text("old", encoding="utf-8")
    full_file(monkeypatch)
    assert run(capsys, ".", *options, "--format", f"{format_name}:report").code == 2
    assert Path("report").read_text(encoding="utf-8") == "old"
    assert run(capsys, ".", *options, "--format", f"{format_name}:no/such/report").code == 2
    assert run(capsys, ".", *options, "--format", f"{format_name}:/dev/full").code == 2 or (
        format_name in ("concise", "github") and text is CLEAN  # nothing to be written
    )


@pytest.mark.parametrize("format_name", access_formats.FORMATS)
@pytest.mark.parametrize(
    "name", ["clean", "finding", "not analysed", "finding and not analysed", "usage", "no such path"]
)
def test_access_ends(capsys: pytest.CaptureFixture[str], name: str, format_name: str) -> None:
    """Findings are nothing to it."""
    end = ENDS[name]
    for file, text in end.files.items():
        Path(file).write_text(text, encoding="utf-8")
    code = run(capsys, "access", ".", *end.options, "--format", format_name).code
    assert code == (0 if end.code == 1 else end.code)


@pytest.mark.parametrize("format_name", ["text", "json"])
@pytest.mark.parametrize(
    ("key", "files", "code"),
    [
        ("Key", {"a.yaml": PUBLIC}, 0),
        ("Key", {"a.yaml": PUBLIC, "b.yaml": BROKEN}, 3),
        ("Nobody", {"a.yaml": PUBLIC}, 2),
    ],
)
def test_a_question_ends(
    capsys: pytest.CaptureFixture[str], key: str, files: dict[str, str], code: int, format_name: str
) -> None:
    for file, text in files.items():
        Path(file).write_text(text, encoding="utf-8")
    asked = ("arn:aws:iam::444455556666:role/x", "kms:Decrypt", key, ".", "--format", format_name)
    assert run(capsys, "can", *asked).code == code
