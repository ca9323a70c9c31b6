"""kmslint as a process: started inside a hostile directory, interrupted, or with nobody to read its output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from ended_processes import hear_signals

PUBLIC = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: kms:*, Resource: "*"}
          - {Effect: Allow, Principal: "*", Action: kms:Decrypt, Resource: "*"}
"""
"""One finding of the worst kind: KMS201."""


class Run(NamedTuple):
    """What one process came to."""

    code: int
    out: str
    err: str


def process(*arguments: str, cwd: Path) -> Run:
    """A real process, started as people start it."""
    done = subprocess.run(
        [sys.executable, "-m", "kmslint", *arguments],
        capture_output=True,
        check=False,
        text=True,
        cwd=cwd,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def write(directory: Path, name: str, text: str) -> None:
    (directory / name).write_text(text, encoding="utf-8")


def test_a_module_of_the_tree_is_not_run(tmp_path: Path) -> None:
    """`python -m` puts the working directory first on the path."""
    for name in ("yaml", "click", "kmslint_rules", "json", "re"):
        write(tmp_path, f"{name}.py", "raise SystemExit('the tree was run')\n")
    write(tmp_path, "a.yaml", PUBLIC)
    done = process("-f", "concise", "a.yaml", cwd=tmp_path)
    assert done.code == 1, done.err
    assert "KMS201" in done.out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c(tmp_path: Path) -> None:
    """While standard input is waited for."""
    started = subprocess.Popen(
        [sys.executable, "-m", "kmslint", "--stdin-filename", "a.yaml", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=hear_signals,  # noqa: PLW1509 - nothing here has threads
    )
    assert started.stderr is not None
    time.sleep(3)  # longer than Python takes to start
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out) == (130, "")
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="file descriptors")
@pytest.mark.parametrize(
    ("redirection", "codes"),
    [
        (">&-", {2}),
        ("2>&-", {1}),
        ("<&-", {1}),
        (">/dev/full", {2}),
        ("| true", {2}),
    ],
)
def test_output_that_nobody_takes(tmp_path: Path, redirection: str, codes: set[int]) -> None:
    if redirection == ">/dev/full" and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    write(tmp_path, "a.yaml", PUBLIC)
    command = f'"{sys.executable}" -m kmslint a.yaml {redirection}; echo "code ${{PIPESTATUS[0]:-$?}}" >&2'
    if redirection == "2>&-":
        command = command.replace(">&2", "")
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, text=True, cwd=tmp_path)
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert said.splitlines()[-1] in {f"code {code}" for code in codes}


def test_the_console_script_is_the_same(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", PUBLIC)
    script = Path(sys.executable).with_name("kmslint")
    if not script.exists():
        pytest.skip("not installed")
    command = [str(script), "-f", "concise", "a.yaml"]
    done = subprocess.run(command, capture_output=True, check=False, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == process("-f", "concise", "a.yaml", cwd=tmp_path).out


def test_a_crash_is_an_error_and_harmless(tmp_path: Path) -> None:
    """A bug of ours: the traceback is shown, the stranger's text in its message is not obeyed, and 1 means findings."""
    script = """
import kmslint.cli
def main():
    raise ValueError("line\\n::error::x \\x1b[2J ##[group]")
kmslint.cli.main = main
from kmslint.__main__ import run
run()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert "\x1b" not in done.stderr
    assert r"\x1b[2J" in done.stderr
    assert "\n::error" not in done.stderr
    assert "##[" not in done.stderr


@pytest.mark.parametrize("argument", ["--\x1b[2J##[group]", "\x1b[2J##[group].yaml", "--format=\x1b[2J##[group]"])
def test_an_argument_is_not_obeyed(argument: str, tmp_path: Path) -> None:
    """A hook passes the names of a stranger's files on. Some versions of click leave the sequence out."""
    done = process(argument, ".", cwd=tmp_path)
    assert done.code == 2
    assert "group]" in done.err
    assert "\x1b" not in done.err
    assert "##[" not in done.err
