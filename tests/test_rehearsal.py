"""What a reader does to the process that it runs in is no harm to the run: a crash, a hang, a hunger for memory."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kmslint import limits, rehearsal
from kmslint.cli import main
from kmslint.lint import lint_text
from kmslint.settings import Settings
from kmslint.syntax import hcl_first_reader
from kmslint.syntax import yaml as yaml_reader
from kmslint.syntax.hcl_budget import Budget

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="NO READER WAS BROKEN: there are no forked processes")

KEY = 'Resources: {K: {Type: "AWS::KMS::Key"}}\n'
MODULE = 'resource "aws_kms_key" "k" {\n  deletion_window_in_days = 7\n}\n'
SHORT = ("rehearsal-seconds=1", "rehearsal-megabytes=64", "unrehearsed-characters=1000")
LIMITS = [part for one in SHORT for part in ("--limit", one)]


def hang() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(3600)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def gorge() -> None:
    held = []
    while True:
        held.append(bytearray(10_000_000))


FAULTS: dict[str, tuple[Callable[[], None], str]] = {
    "hangs": (hang, "takes more than 1 seconds to read; --limit rehearsal-seconds=N raises this"),
    "waits": (sleep, "takes more than 1 seconds to read; --limit rehearsal-seconds=N raises this"),
    "crashes": (crash, "the reader crashes on it (SIGSEGV)"),
    "gorges": (gorge, "takes more than 64 MB of memory to read; --limit rehearsal-megabytes=N raises this"),
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A risky file and one that is not, of each kind."""
    (tmp_path / "big.yaml").write_text(KEY + "# a long one\n" * 1_000, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(KEY, encoding="utf-8")
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "main.tf").write_text(MODULE + "# a long one\n" * 1_000, encoding="utf-8")
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "main.tf").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rehearsal, "_WALL_FOR_CPU", 3)
    return tmp_path


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("fault", FAULTS)
def test_only_the_risky_file_is_not_read(
    fault: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if fault == "gorges" and sys.platform != "linux":
        pytest.skip("NO MEMORY WAS BOUNDED: only Linux tells how much a process holds")
    happen, reason = FAULTS[fault]
    monkeypatch.setattr(yaml_reader, "_pass_over", lambda _text: happen())
    monkeypatch.setattr(hcl_first_reader, "pass_over", lambda _text, _budget: happen())
    with pytest.raises(SystemExit) as exit_:
        main([*LIMITS, "--format", "json", "."])
    assert exit_.value.code == 3
    report = json.loads(capsys.readouterr().out)
    assert {each["path"]: each["reason"] for each in report["not_analysed"]} == {
        "big.yaml": reason,
        "big/main.tf": reason,
    }
    assert {key["path"] for key in report["keys"]} == {"small.yaml", "small/main.tf"}
    assert {finding["path"] for finding in report["findings"] if finding["rule"] != "KMS000"} == {
        "small.yaml",
        "small/main.tf",
    }


@pytest.mark.usefixtures("tree")
def test_what_goes_well_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*LIMITS, "--format", "json", "."])
    report = json.loads(capsys.readouterr().out)
    assert report["not_analysed"] == []
    assert len(report["keys"]) == 4


@pytest.mark.parametrize("last", ["a: [\n", f"a: {'[' * 200}{']' * 200}\n"], ids=["it ends too early", "too deep"])
def test_what_a_reader_refuses_is_told_as_ever(last: str) -> None:
    text = KEY + "# a long one\n" * 1_000 + last
    reasons = [
        [problem.reason for problem in lint_text("a.yaml", text.encode(), Settings(limits=given)).problems]
        for given in ((), SHORT)
    ]
    assert reasons[0] == reasons[1] != []


def test_an_ordinary_file_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise AssertionError("a process for an ordinary file")

    monkeypatch.setattr(os, "fork", refuse)
    lint_text("a.yaml", (KEY + "# a\n" * 20_000).encode())
    lint_text("a.tf", (MODULE + "# a\n" * 20_000).encode())


def test_without_processes_it_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "too many processes")

    monkeypatch.setattr(os, "fork", refuse)
    assert rehearsal.rehearse(crash) == ""
    monkeypatch.delattr(os, "fork")
    assert rehearsal.rehearse(crash) == ""


def test_no_process_is_left_behind_by_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    with limits.within({"rehearsal-seconds": 1}), pytest.raises(KeyboardInterrupt):
        rehearsal.rehearse(hang)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_the_reader_never_gets_is_not_tried_either(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(hcl_first_reader, "_parsed", lambda text, _budget: tried.append(len(text)))
    for characters in (limits.HCL_CHARACTERS, limits.HCL_CHARACTERS + 1):
        hcl_first_reader.pass_over("a" * characters, Budget())
    assert tried == [limits.HCL_CHARACTERS]
