"""Completion in a shell: what is offered, and that bash takes the script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cases import ROOT
from commands import run


def offered(words: str) -> list[str]:
    """What bash is offered for the last of some words, each with its kind."""
    environment = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_KMSLINT_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-m", "kmslint"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("kmslint acc", ["file,acc", "plain,access"]),
        ("kmslint --fo", ["plain,--format"]),
        ("kmslint --format sa", ["plain,sarif"]),
        ("kmslint stacks/ --sel", ["plain,--select"]),
        ("kmslint --profile ", ["plain,default", "plain,strict"]),
        ("kmslint explain kms10", [f"plain,KMS10{number}" for number in range(1, 10)]),
        ("kmslint access --ke", ["plain,--key"]),
        ("kmslint --var-file ", ["file,"]),
        ("kmslint fixtures", ["file,fixtures"]),
    ],
)
def test_what_is_offered(words: str, expected: list[str]) -> None:
    found = offered(words)
    if words.endswith("kms10"):
        assert set(found) <= set(expected)
        assert "plain,KMS101" in found
    else:
        assert found == expected


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_takes_the_script(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = run(capsys, "completion", "bash").out
    kmslint = tmp_path / "kmslint"
    kmslint.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kmslint\n')
    kmslint.chmod(0o755)
    ask = (
        'compopt() { :; }; COMP_WORDS=(kmslint rul); COMP_CWORD=1; _kmslint_completion kmslint; echo "${COMPREPLY[*]}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script}\n{ask}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["rules"], done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert "_KMSLINT_COMPLETE" in run(capsys, "completion", shell).out


def test_another_shell_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "completion", "csh")
    assert done.code == 2
    assert "there is one for bash, zsh, fish" in done.err
