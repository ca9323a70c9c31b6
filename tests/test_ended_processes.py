"""Whenever a run is ended, the report is the old one, the new one or none, and nothing else is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ended_processes import OLD, REPORT, SIGNALS, Ended, Life, command, hear_signals, random_ends
from hostile_inputs import TEMPLATE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="NO RUN WAS ENDED: this system has no such signals")

TIMES = int(os.environ.get("KMSLINT_ENDS", "5"))
"""Lives that each signal ends."""
SEED = 11
FINISHED = 1
"""The template has a finding."""


def is_whole(ended: Ended) -> bool:
    """Whether the report is one, or the old one, or none."""
    return ended.report in ("", OLD) or json.loads(ended.report)["summary"]["keys"] == 1


def is_as_it_should_be(ended: Ended, number: int) -> bool:
    if not is_whole(ended) or (ended.strays and number != signal.SIGKILL):
        return False
    if ended.code == FINISHED and "KMS201" in ended.said:
        return ended.report not in ("", OLD)
    if number != signal.SIGINT:
        return ended.code == -number and "Traceback" not in ended.said
    if ended.code == 130:
        return "Traceback" not in ended.said
    return ended.in_python_s_own_start


@pytest.mark.parametrize("name", SIGNALS)
def test_ended_at_any_moment(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    life = Life(tmp_path, command("-f", f"json:{REPORT}", "-f", "concise", "a.yaml"))
    ends = list(random_ends(life, SIGNALS[name], TIMES, SEED))
    assert [ended for ended in ends if not is_as_it_should_be(ended, SIGNALS[name])] == []


ENDS_WHILE_IT_WRITES = """
import os, signal, sys
def end(_):
    os.kill(os.getpid(), signal.{name})
    signal.pause()
os.fsync = end
sys.argv = ["kmslint", "-f", "json:{report}", "a.yaml"]
from kmslint.__main__ import run
run()
"""


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", -15), ("SIGHUP", -1), ("SIGINT", 130)])
def test_ended_while_it_writes(name: str, code: int, tmp_path: Path) -> None:
    """No `finally` runs when a process is told to go: what is not whole has to be removed before."""
    (tmp_path / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / REPORT).write_text(OLD, encoding="utf-8")
    script = ENDS_WHILE_IT_WRITES.format(name=name, report=REPORT)
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False, text=True, preexec_fn=hear_signals, timeout=60
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert (tmp_path / REPORT).read_text(encoding="utf-8") == OLD
    assert sorted(os.listdir(tmp_path)) == ["a.yaml", REPORT]


def test_who_ignores_interruptions_is_not_interrupted(tmp_path: Path) -> None:
    """As a process that a shell has put into the background."""
    (tmp_path / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    script = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + ENDS_WHILE_IT_WRITES.format(
        name="SIGINT", report=REPORT
    ).replace("    signal.pause()\n", "")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False, text=True)
    assert done.returncode == FINISHED, done.stderr
    assert json.loads((tmp_path / REPORT).read_text(encoding="utf-8"))
