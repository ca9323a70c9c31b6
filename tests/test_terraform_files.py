"""Files and templates that expressions read: every local of fixtures/terraform/files, against Terraform."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.declarations import declarations
from kmslint.terraform.files import Tree
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.root import Root
from kmslint.terraform.scalars import to_json
from kmslint.terraform.scope import Scope
from kmslint.values import Value
from terraform_matching import fits, read
from terraform_modules import spelt
from terraform_oracle import TERRAFORM, console

MODULE = Path(__file__).parent.parent / "fixtures" / "terraform" / "files"
COMPARED = ("file_", "path_", "template_", "text_")
LEFT_TO_TERRAFORM = {
    "file_directory": "what is no file",
    "file_not_read": "what is no UTF-8 may be something else at the time of the run",
    "template_broken": "what neither reader takes may be a template",
    "template_unpaired": "what neither reader takes may be a template",
}


@cache
def ours() -> dict[str, Value]:
    file = read_hcl(Source("main.tf", (MODULE / "main.tf").read_text(encoding="utf-8")))
    assert file.problems == ()
    names = ModuleNames(declarations([file]), Root(tree=Tree(str(MODULE), (str(MODULE),), ".")))
    declared = {name: twins[0].value for name, twins in names.declared.locals.items() if name.startswith(COMPARED)}
    return {name: names.evaluate(node, Scope()) for name, node in declared.items()}


def test_only_these_are_unknown() -> None:
    assert {name for name, value in ours().items() if to_json(value) is None} == set(LEFT_TO_TERRAFORM)


def test_as_terraform_evaluates_them() -> None:
    if TERRAFORM is None:
        pytest.skip("TERRAFORM IS NOT INSTALLED: no expression was compared with it")
    answer = console(f"jsonencode([{', '.join(f'jsonencode(local.{name})' for name in ours())}])", MODULE)
    theirs = dict(zip(ours(), json.loads(json.loads(answer)), strict=True))
    assert len(theirs) > 100
    assert {name: spelt(value) for name, value in ours().items() if not fits(value, read(theirs[name]))} == {}
