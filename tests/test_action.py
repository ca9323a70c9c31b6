"""The GitHub Action: its shell steps, run one by one as a runner runs them, but for the installation."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cases import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
BASH = shutil.which("bash")
INPUT = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")

pytestmark = pytest.mark.skipif(BASH is None, reason="the action's steps are scripts of bash")


class Done(NamedTuple):
    """What a step came to."""

    status: int
    out: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """A runner with a repository, its inputs, and kmslint where the first step installs it."""

    def __init__(self, directory: Path) -> None:
        self.temp = directory / "temp"
        self.repository = directory / "repository"
        scripts = self.temp / "kmslint" / "bin"
        for one in (scripts, self.repository):
            one.mkdir(parents=True)
        kmslint = scripts / "kmslint"
        kmslint.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kmslint "$@"\n')
        kmslint.chmod(kmslint.stat().st_mode | stat.S_IXUSR)

    def run(self, name: str, **inputs: str) -> Done:
        """Run a step as GitHub does: `bash --noprofile --norc -eo pipefail`."""
        step = STEPS[name]
        given = {key: one.get("default", "") for key, one in ACTION["inputs"].items()}
        given |= {key.replace("_", "-"): value for key, value in inputs.items()}
        outputs, summary = self.temp / "outputs", self.temp / "summary"
        for file in (outputs, summary):
            file.write_text("")
        environment = {name: INPUT.sub(lambda match: given[match[1]], value) for name, value in step["env"].items()}
        environment |= {"RUNNER_TEMP": str(self.temp), "GITHUB_OUTPUT": str(outputs)}
        environment |= {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ACTION_PATH": str(ROOT)}
        assert BASH is not None
        done = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.repository,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        found = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
        return Done(done.returncode, done.stdout, found, summary.read_text())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    found = Runner(tmp_path)
    shutil.copy(ROOT / "fixtures/templates/shop.yaml", found.repository)
    return found


def test_findings_are_kept_for_the_last_step(runner: Runner) -> None:
    done = runner.run("Lint")
    assert done.status == 0
    assert done.outputs["exit-code"] == "1"
    assert "KMS102" in done.out
    assert "::error" not in done.out
    sarif = json.loads(Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))
    assert any(result["ruleId"] == "KMS102" for result in sarif["runs"][0]["results"])
    assert "KMS102" in done.summary


def test_without_code_scanning_findings_are_annotations(runner: Runner) -> None:
    assert "::error" in runner.run("Lint", code_scanning="false", summary="false").out


def test_no_summary_where_none_is_wanted(runner: Runner) -> None:
    assert not runner.run("Lint", summary="false").summary


def test_each_line_is_a_path(runner: Runner) -> None:
    (runner.repository / "with blank").mkdir()
    shutil.copy(ROOT / "fixtures/templates/sound.yaml", runner.repository / "with blank")
    assert runner.run("Lint", paths="with blank\n").outputs["exit-code"] == "0"
    assert runner.run("Lint", paths="with blank\nshop.yaml").outputs["exit-code"] == "1"


@pytest.mark.parametrize("name", ["paths", "profile", "fail_on"])
def test_nothing_that_is_given_runs(runner: Runner, name: str) -> None:
    hostile = '$(touch owned)`touch owned`"; touch owned; "'
    done = runner.run("Lint", **{name: hostile})
    assert done.outputs["exit-code"] == "2"
    assert not (runner.repository / "owned").exists()


@pytest.mark.parametrize("status", ["0", "1", "2", "3"])
def test_the_last_step_ends_as_kmslint_did(runner: Runner, status: str) -> None:
    step = STEPS["Report"]
    assert BASH is not None
    done = subprocess.run([BASH, "-eo", "pipefail", "-c", step["run"]], env={"STATUS": status}, check=False)
    assert done.returncode == int(status)
    assert runner.temp.exists()


def test_every_other_action_is_pinned_to_a_commit() -> None:
    files = [ROOT / "action.yml", *(ROOT / ".github/workflows").glob("*.yml")]
    uses = [one for file in files for one in re.findall(r"uses: (\S+)", file.read_text(encoding="utf-8"))]
    assert len(uses) >= 4
    assert all(one == "./" or re.search(r"@[0-9a-f]{40}\Z", one) for one in uses)


def test_no_script_holds_an_expression() -> None:
    assert not [name for name, step in STEPS.items() if "${{" in step.get("run", "")]
