"""Modules that `terraform init` has fetched: read through `modules.json`, shown where they are called."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kmslint.engine.outcome import Outcome
from kmslint.installed_modules import installed_modules
from kmslint.lint import lint
from kmslint.settings import Settings

KEY = 'resource "aws_kms_key" "k" {\n  policy = var.policy\n}\nvariable "policy" {\n  default = null\n}\n'
CALL = 'module "kms" {\n  source = "terraform-aws-modules/kms/aws"\n}\n'


def tree(root: Path, files: dict[str, str], *entries: tuple[str, str, str]) -> None:
    """A tree of files, with a list of fetched modules by name, source and directory."""
    listed = [{"Key": key, "Source": source, "Dir": place} for key, source, place in (("", "", "."), *entries)]
    for name, text in {**files, ".terraform/modules/modules.json": json.dumps({"Modules": listed})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(root: Path) -> Outcome:
    return lint([str(root)], Settings(root=str(root)))


def keys(outcome: Outcome) -> list[tuple[str, str, int, str]]:
    return [(key.address, key.path, key.line, key.policy) for key in outcome.keys]


def test_what_is_fetched_is_read_and_shown_at_the_call(tmp_path: Path) -> None:
    files = {"main.tf": f"\n{CALL}", ".terraform/modules/kms/main.tf": KEY}
    tree(tmp_path, files, ("kms", "registry.terraform.io/terraform-aws-modules/kms/aws", ".terraform/modules/kms"))
    outcome = run(tmp_path)
    assert outcome.problems == ()
    assert keys(outcome) == [("module.kms.aws_kms_key.k", "main.tf", 2, "default")]
    (rotation,) = outcome.findings
    assert (rotation.rule_id, rotation.at.path, rotation.at.line) == ("KMS501", "main.tf", 2)
    behind = [(related.at.path, related.at.line) for related in rotation.related]
    assert behind == [(".terraform/modules/kms/main.tf", 1)]


def test_what_is_fetched_counts_before_what_is_known(tmp_path: Path) -> None:
    tree(
        tmp_path,
        {"main.tf": CALL, ".terraform/modules/kms/main.tf": "locals {}\n"},
        ("kms", "x", ".terraform/modules/kms"),
    )
    assert run(tmp_path).keys == ()


def test_modules_inside_fetched_ones(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "a" {\n  source   = "x/kms/aws"\n  for_each = toset(["one", "two"])\n}\n',
        ".terraform/modules/a/main.tf": 'module "b" {\n  source = "y/z/aws"\n}\nmodule "c" {\n  source = "./c"\n}\n',
        ".terraform/modules/a/c/main.tf": KEY,
        ".terraform/modules/a.b/deep/main.tf": KEY,
    }
    entries = (("a", "x/kms/aws", ".terraform/modules/a"), ("a.b", "y/z/aws", ".terraform/modules/a.b/deep"))
    tree(tmp_path, files, *entries, ("a.c", "./c", ".terraform/modules/a/c"))
    outcome = run(tmp_path)
    assert outcome.problems == ()
    assert keys(outcome) == [
        (f'module.a["{instance}"].module.{inner}.aws_kms_key.k', "main.tf", 1, "default")
        for instance, inner in (("one", "b"), ("one", "c"), ("two", "b"), ("two", "c"))
    ]


def test_a_local_module_has_what_is_fetched_for_the_root(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "local" {\n  source = "./local"\n}\n',
        "local/main.tf": 'module "kms" {\n  source = "x/kms/aws"\n}\n',
        ".terraform/modules/local.kms/main.tf": KEY,
    }
    tree(tmp_path, files, ("local", "./local", "local"), ("local.kms", "x", ".terraform/modules/local.kms"))
    outcome = run(tmp_path)
    assert keys(outcome) == [("module.local.module.kms.aws_kms_key.k", "local/main.tf", 1, "default")]


def test_a_fault_in_a_fetched_file_is_told_at_the_call(tmp_path: Path) -> None:
    files = {"main.tf": CALL, ".terraform/modules/kms/main.tf": KEY + '\nresource "aws_kms_key" {\n'}
    tree(tmp_path, files, ("kms", "x", ".terraform/modules/kms"))
    problems = run(tmp_path).problems
    assert {(problem.path, problem.line) for problem in problems} == {("main.tf", 1)}
    assert all(".terraform/modules/kms/main.tf:" in problem.reason for problem in problems)


@pytest.mark.parametrize(
    "place", ["..", "../elsewhere", ".", "local", ".terraform", ".terraform/modules", "/etc", "link"]
)
def test_what_lies_elsewhere_is_refused(tmp_path: Path, place: str) -> None:
    root = tmp_path / "root"
    tree(root, {"main.tf": CALL, "local/main.tf": KEY}, ("kms", "x", place))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "main.tf").write_text(KEY)
    (root / "link").symlink_to(tmp_path / "elsewhere")
    outcome = run(root)
    assert [(problem.path, problem.line, problem.reason) for problem in outcome.problems] == [
        ("main.tf", 1, 'module "kms": .terraform/modules/modules.json leads out of .terraform/modules')
    ]
    assert ("module.kms", "main.tf", 1, "unknown") in keys(outcome)


def test_a_fetched_module_that_links_out_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    tree(root, {"main.tf": CALL}, ("kms", "x", ".terraform/modules/kms"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "main.tf").write_text(KEY)
    (root / ".terraform" / "modules" / "kms").symlink_to(tmp_path / "elsewhere")
    assert [problem.reason for problem in run(root).problems] == [
        'module "kms": .terraform/modules/modules.json leads out of .terraform/modules'
    ]


def test_modules_that_are_not_there_yet_are_not_missed(tmp_path: Path) -> None:
    tree(tmp_path, {"main.tf": CALL}, ("kms", "x", ".terraform/modules/kms"))
    outcome = run(tmp_path)
    assert outcome.problems == ()
    assert keys(outcome) == [("module.kms.aws_kms_key.this[0]", "main.tf", 1, "explicit")]


def test_a_module_that_calls_itself_ends(tmp_path: Path) -> None:
    files = {"main.tf": CALL, ".terraform/modules/kms/main.tf": 'module "kms" {\n  source = "../kms"\n}\n' + KEY}
    tree(tmp_path, files, ("kms", "x", ".terraform/modules/kms"))
    assert [problem.reason for problem in run(tmp_path).problems] == [
        'module "kms": ../kms leads back to a module that it is called from'
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"Modules": {}}',
        '{"Modules": 1}',
        "[" * 100_000,
        '{"Modules": [' * 5_000,
        "\xff",
        "9" * 5_000,
    ],
)
def test_what_is_no_list_of_modules_is_told(tmp_path: Path, text: str) -> None:
    tree(tmp_path, {"main.tf": CALL})
    (tmp_path / ".terraform" / "modules" / "modules.json").write_bytes(text.encode("latin-1"))
    outcome = run(tmp_path)
    assert [(problem.path, problem.reason) for problem in outcome.problems] == [
        (".terraform/modules/modules.json", "is not the list of modules that `terraform init` writes")
    ]
    assert len(outcome.keys) == 1


@pytest.mark.parametrize(
    "entry",
    [
        None,
        1,
        [],
        {},
        {"Key": 1, "Source": "x", "Dir": "."},
        {"Key": "a", "Source": None, "Dir": "."},
        {"Key": "a", "Source": "x", "Dir": "\0"},
        {"Key": "a", "Source": "x", "Dir": "\ud800"},
        {"Key": "a", "Source": "x", "Dir": "x" * 100_000},
        {"Key": "", "Source": "x", "Dir": "."},
    ],
)
def test_entries_of_any_shape_are_survived(tmp_path: Path, entry: object) -> None:
    assert installed_modules(json.dumps({"Modules": [entry]}).encode(), str(tmp_path)) == {}


def test_the_same_fetched_files_are_not_read_without_end(tmp_path: Path) -> None:
    calls = "".join(f'module "kms{number}" {{\n  source = "x/kms/aws"\n}}\n' for number in range(60))
    files = {"main.tf": calls, ".terraform/modules/kms/main.tf": KEY + f"# {'x' * 200_000}\n"}
    tree(tmp_path, files, *((f"kms{number}", "x", ".terraform/modules/kms") for number in range(60)))
    reasons = {problem.reason.partition(": ")[2] for problem in run(tmp_path).problems}
    assert reasons == {"more than 5000000 characters of fetched modules; --limit called-characters=N raises this"}


def test_only_below_the_root_module(tmp_path: Path) -> None:
    """`.terraform` itself is not walked: what nobody calls is nobody's."""
    tree(
        tmp_path,
        {"main.tf": "locals {}\n", ".terraform/modules/kms/main.tf": KEY},
        ("kms", "x", ".terraform/modules/kms"),
    )
    assert run(tmp_path).keys == ()
    assert os.path.isdir(tmp_path / ".terraform")


def test_a_fetched_module_in_json_is_shown_at_the_call(tmp_path: Path) -> None:
    files = {"main.tf": f"\n{CALL}", ".terraform/modules/kms/main.tf.json": '{"resource": {"aws_kms_key": {"k": {}}}}'}
    tree(tmp_path, files, ("kms", "x", ".terraform/modules/kms"))
    outcome = run(tmp_path)
    assert outcome.problems == ()
    assert keys(outcome) == [("module.kms.aws_kms_key.k", "main.tf", 2, "default")]
    (rotation,) = outcome.findings
    behind = [(related.at.path, related.at.line) for related in rotation.related]
    assert behind == [(".terraform/modules/kms/main.tf.json", 1)]
