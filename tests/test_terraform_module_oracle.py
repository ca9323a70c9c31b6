"""Modules that are called, held against what `terraform plan` makes of them.

Terraform's plans of some trees of modules are recorded, and compared in every run; where `terraform` is on the PATH,
new random trees are put to both. `KMSLINT_MODULE_TREES=500` takes that many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import terraform_tree_plans
from cases import FIXTURES, ROOT
from kmslint.terraform.modules import Modules
from kmslint.terraform.names import ModuleNames
from terraform_comparison import Outcome
from terraform_module_comparison import compared, names_of
from terraform_module_trees import Tree
from terraform_modules import spelt
from terraform_oracle import TERRAFORM
from terraform_tree_plans import write

RECORDED = FIXTURES / "terraform" / "recorded_modules.json"
"""Written by `tools/module_trees.py --record`."""
TREES = os.environ.get("KMSLINT_MODULE_TREES", "12")
ROOT_MODULE = "# kmslint reads no root module that does not mention an aws_kms_key.\n"


def names(directory: Path, **files: str) -> ModuleNames:
    """The root module `main` with the modules that it calls, each a file in a directory of its name."""
    texts = {f"{name}/main.tf": text for name, text in files.items() if name != "main"}
    tree = Tree({"main.tf": ROOT_MODULE + files["main"], **texts}, {}, {})
    write(tree, directory)
    return names_of(tree, directory)


def local(names: ModuleNames, name: str) -> str:
    return spelt(names.evaluate(names.declared.locals[name][0].value))


def test_addresses_are_spelt_as_terraform_spells_them(tmp_path: Path) -> None:
    keys = (
        "a\\tb",
        "$${x}",
        "$$${x}",
        "%%{x}",
        "$x",
        "\\u0001",
        "é",
        "b\\\\c",
        "\\u2028",
        'q\\"q',
        "\\n\\r",
        "\\U000e0001",
    )
    written = ", ".join(f'"{key}"' for key in keys)
    found = names(tmp_path, main=f'resource "terraform_data" "d" {{\n  for_each = toset([{written}])\n}}\n')
    addresses = {instance.address for instance in Modules(found).of_type("terraform_data")}
    assert addresses == {f'terraform_data.d["{key}"]' for key in keys}


NOT_CALLED = """
module "none" {
  source = "./m"
  count  = 0
}
module "nobody" {
  source   = "./m"
  for_each = {}
}
locals {
  all      = module.none[*].id
  each     = { for name, one in module.nobody : name => one.id }
  number   = length(module.none) + length(module.nobody)
  fallback = try(module.none[0].id, module.nobody["a"].id, "nothing")
  joined   = join(",", module.none.*.id)
}
"""
ONE_OUTPUT = 'output "id" {\n  value = "x"\n}\n'


def test_a_module_that_is_not_called_has_no_instances(tmp_path: Path) -> None:
    found = names(tmp_path, main=NOT_CALLED, m=ONE_OUTPUT)
    assert local(found, "all") == "[]"
    assert local(found, "each") == "{}"
    assert local(found, "number") == "0"
    assert local(found, "fallback") == '"nothing"'
    assert local(found, "joined") == '""'


CALLED_ONCE = """
variable "name" {
  type = string
}
module "m" {
  source = "./m"
}
locals {
  by_name  = module.m["id"]
  in_loop  = [for name in ["id", "no"] : try(module.m[name], "nothing")]
  number   = try(module.m[0].id, "nothing")
  key      = try(module.m["a"].id, "nothing")
  can      = can(module.m[0])
  unsure   = try(module.m[var.name], "nothing")
}
"""


def test_an_index_of_a_module_that_is_called_once_names_an_output(tmp_path: Path) -> None:
    found = names(tmp_path, main=CALLED_ONCE, m=ONE_OUTPUT)
    assert local(found, "by_name") == '"x"'
    assert local(found, "in_loop") == '["x", "nothing"]'
    assert local(found, "number") == '"nothing"'
    assert local(found, "key") == '"nothing"'
    assert local(found, "can") == "false"
    assert local(found, "unsure") == '${try(module.m[var.name], "nothing")}'


CHOSEN = """
variable "on" {
  type = bool
}
variable "name" {
  type = string
}
module "m" {
  source   = "./m"
  for_each = var.on ? toset(["a", "b"]) : toset([])
  name     = each.key
}
module "both" {
  source   = "./m"
  for_each = var.on ? toset(["a", "b"]) : toset(["a"])
  name     = each.value
}
"""
NAMED = """
variable "name" {}
resource "terraform_data" "d" {
  input = var.name
}
"""


def test_the_elements_of_a_set_that_hangs_on_a_condition_are_told_apart(tmp_path: Path) -> None:
    found = names(tmp_path, main=CHOSEN, m=NAMED)
    instances = {
        instance.address: (spelt(instance.argument("input")), sorted(map(str, instance.guards)))
        for instance in Modules(found).of_type("terraform_data")
    }
    assert instances == {
        'module.m["a"].terraform_data.d': ('"a"', ["var.on is true"]),
        'module.m["b"].terraform_data.d': ('"b"', ["var.on is true"]),
        'module.both["a"].terraform_data.d': ('"a"', []),
        'module.both["b"].terraform_data.d': ('"b"', ["var.on is true"]),
    }


PERHAPS_CALLED = """
variable "on" {
  type = bool
}
module "map" {
  source   = "./m"
  for_each = var.on ? { a = 1, b = 2 } : {}
}
module "set" {
  source   = "./m"
  for_each = var.on ? toset([]) : toset(["a", "b"])
}
resource "terraform_data" "d" {
  for_each = var.on ? { a = 1, b = 2 } : {}
  input    = "x"
}
locals {
  map      = try(module.map["b"].id, "nothing")
  set      = [for key in ["a", "c"] : try(module.set[key].id, "nothing")]
  resource = try(terraform_data.d["a"].input, "nothing")
  can      = can(module.map["b"])
}
"""


def test_try_goes_on_where_an_instance_is_perhaps_not_there(tmp_path: Path) -> None:
    found = names(tmp_path, main=PERHAPS_CALLED, m=ONE_OUTPUT)
    assert local(found, "map") == '(var.on ? "x" : "nothing")'
    assert local(found, "set") == '[(var.on ? "nothing" : "x"), "nothing"]'
    assert local(found, "resource") == '(var.on ? "x" : "nothing")'
    assert local(found, "can") == "(var.on ? true : false)"


@cache
def recorded() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("number", range(len(recorded())))
def test_the_recorded_trees_are_kmslints(number: int, tmp_path: Path) -> None:
    entry = recorded()[number]
    tree = Tree(entry["files"], entry["given"], entry["unset"])
    write(tree, tmp_path)
    found = list(compared(tree, tmp_path, terraform_tree_plans.recorded(entry["plan"])))
    wrong = [one.what for one in found if one.outcome is Outcome.WRONG]
    assert not wrong, "\n".join(wrong)
    if not tree.unset:
        known = [one for one in found if one.outcome is Outcome.EQUAL]
        assert len(known) > len(found) / 2


def test_new_trees_are_terraforms() -> None:
    if TERRAFORM is None:
        pytest.skip("TERRAFORM IS NOT INSTALLED: no random tree of modules was compared with it")
    command = [sys.executable, "tools/module_trees.py", "--trees", TREES, "--seed", "7"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
