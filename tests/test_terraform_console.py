"""Every local of fixtures/terraform/console, against what `terraform console` makes of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.declarations import declarations
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.scalars import to_json
from kmslint.terraform.scope import Scope

MODULE = Path(__file__).parent.parent / "fixtures" / "terraform" / "console"
LEFT_TO_TERRAFORM = {
    "can_regex": "a regular expression",
    "negative_zero": "Terraform prints -0",
    "regexed": "a regular expression",
    "rounded": "Terraform calculates in binary",
}


def ours() -> dict[str, str | None]:
    files = [read_hcl(Source(path.name, path.read_text(encoding="utf-8"))) for path in sorted(MODULE.glob("*.tf*"))]
    assert [problem for file in files for problem in file.problems] == []
    names = ModuleNames(declarations(files))
    return {name: to_json(names.evaluate(twins[0].value, Scope())) for name, twins in names.declared.locals.items()}


def test_only_these_are_unknown() -> None:
    assert {name for name, value in ours().items() if value is None} == set(LEFT_TO_TERRAFORM)


def test_as_terraform_evaluates_them() -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("TERRAFORM IS NOT INSTALLED: no expression was compared with it")
    known = {name: value for name, value in ours().items() if value is not None}
    expression = f"jsonencode([{', '.join(f'jsonencode(local.{name})' for name in known)}])"
    run = subprocess.run(
        [terraform, "console"],
        cwd=MODULE,
        input=expression,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1", "CHECKPOINT_DISABLE": "1"},
        timeout=120,
    )
    # The console prints a string as a literal of its own, which JSON reads too.
    theirs = json.loads(json.loads(run.stdout))
    assert dict(zip(known, theirs, strict=True)) == known
