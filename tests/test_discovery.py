"""From paths to candidates: what is looked at, what is left out, and what is said of what cannot be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.discovery import discover, discover_text, find_root
from kmslint.errors import UsageError
from kmslint.raw import RawFile
from trees import KEY, MODULE, found, modules, problems, templates, write


@pytest.mark.parametrize(
    ("name", "text", "candidate"),
    [
        ("a.yaml", KEY, True),
        ("a.yml", KEY, True),
        ("a.json", '{"Resources": {"K": {"Type": "AWS::KMS::Key"}}}', True),
        ("a.template", KEY, True),
        ("a.txt", KEY, False),
        ("a.yaml.bak", KEY, False),
        ("a.YAML", KEY, False),
        ("a.yaml", "Type: AWS::IAM::Role\nAction: KMS:Decrypt\n", True),
        ("a.yaml", "Type: AWS::IAM::Role\nAction: s3:GetObject\n", False),
        ("a.yaml", "Type: AWS::Serverless::Function\nPolicies: {KMSDecryptPolicy: {}}\n", True),
        ("a.yaml", "Type: AWS::Serverless::Function\n", False),
        ("a.yaml", "Type: AWS::S3::Bucket\nAction: kms:Decrypt\n", False),
        ("a.yaml", "", False),
        ("plan.json", '{"terraform_version": "1.9.0", "x": "aws_kms_key"}', True),
        ("plan.json", '{"terraform_version": "1.9.0", "x": "aws_s3_bucket"}', False),
    ],
)
def test_which_files_of_a_directory_are_templates(tmp_path: Path, name: str, text: str, candidate: bool) -> None:
    write(tmp_path, name, text=text)
    discovered = found(tmp_path)
    assert templates(discovered) == ([name] if candidate else [])
    assert problems(discovered) == []


@pytest.mark.parametrize(
    "data",
    [
        # The search is for bytes of UTF-8, but the reader knows UTF-16 by its mark.
        pytest.param(b"\xff\xfe" + KEY.encode("utf-16-le"), id="UTF-16"),
        # An escape would be enough to pass the search unseen.
        pytest.param(b'{"Resources": {"K": {"Type": "AWS::K\\u004dS::Key"}}}', id="JSON escape"),
        pytest.param(b'Resources:\n  Key:\n    Type: "AWS\\x3a:KMS::Key"\n', id="YAML escape"),
        # There are more escapes than those, and the word Resources may be spelt with them too.
        pytest.param(b'Resources:\n  Key:\n    Type: "AWS\\U0000003a:KMS::Key"\n', id="long YAML escape"),
        pytest.param(b'Resources:\n  Key:\n    Type: "AWS::K\\\n      MS::Key"\n', id="YAML line break"),
        pytest.param(b'{"Res\\u006furces": {"K": {"Type": "AWS::K\\u004dS::Key"}}}', id="escaped section"),
    ],
)
def test_a_template_that_hides_from_the_search(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "hidden.yaml").write_bytes(data)
    assert templates(found(tmp_path)) == ["hidden.yaml"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main.tf": MODULE}, ["main.tf"]),
        ({"main.tofu": MODULE}, ["main.tofu"]),
        ({"main.tf.json": '{"resource": {"aws_kms_key": {}}}'}, ["main.tf.json"]),
        (
            {"main.tf": MODULE, "variables.tf": "", "terraform.tfvars": "a = 1"},
            ["main.tf", "terraform.tfvars", "variables.tf"],
        ),
        ({"main.tf": MODULE, "a.auto.tfvars": "", "prod.tfvars": "", "README.md": ""}, ["a.auto.tfvars", "main.tf"]),
        ({"main.tf": 'module "k" {\n  source = "terraform-aws-modules/kms/aws"\n}\n'}, ["main.tf"]),
        ({"main.tf.json": '{"module": {"k": {"source": "../kms-key"}}}'}, ["main.tf.json"]),
        ({"iam.tf": 'resource "aws_iam_policy" "p" {}', "actions.tf": '["kms:Decrypt"]'}, ["actions.tf", "iam.tf"]),
        ({"main.tf": 'resource "awscc_kms_key" "k" {}'}, ["main.tf"]),
        ({"main.tf": 'resource "awscc_iam_role" "r" {}  # kms'}, ["main.tf"]),
        ({"iam.tf": 'resource "aws_iam_policy" "p" {}'}, None),
        ({"main.tf": 'resource "aws_s3_bucket" "b" {}'}, None),
        ({"terraform.tfvars": "aws_kms_key = 1"}, None),
    ],
)
def test_which_directories_are_modules(tmp_path: Path, files: dict[str, str], expected: list[str] | None) -> None:
    for name, text in files.items():
        write(tmp_path, name, text=text)
    assert modules(found(tmp_path)) == ([] if expected is None else [(".", expected)])


def test_each_directory_is_its_own_module(tmp_path: Path) -> None:
    write(tmp_path, "b/main.tf", "a/main.tf", "a/c/x.tf", text=MODULE)
    assert modules(found(tmp_path)) == [("a", ["a/main.tf"]), ("a/c", ["a/c/x.tf"]), ("b", ["b/main.tf"])]


def test_directories_that_nobody_wrote_are_skipped(tmp_path: Path) -> None:
    skipped = (".git", ".terraform", ".terragrunt-cache", "node_modules")
    write(
        tmp_path, "deep/a.yaml", *(f"{name}/a.yaml" for name in skipped), *(f"deep/{name}/a.yaml" for name in skipped)
    )
    write(tmp_path, ".github/a.yaml", ".hidden.yaml", "git/a.yaml")
    assert templates(found(tmp_path)) == [".github/a.yaml", ".hidden.yaml", "deep/a.yaml", "git/a.yaml"]


@pytest.mark.parametrize("name", ["notes.txt", "a.yaml", "README"])
def test_a_named_file_is_a_candidate_whatever_it_holds(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, text="nothing of the kind")
    (file,) = found(tmp_path, name).templates
    assert file == RawFile(name, b"nothing of the kind", named=True)


def test_a_named_terraform_file_brings_its_directory(tmp_path: Path) -> None:
    write(tmp_path, "m/main.tf", "m/variables.tf", text="# nothing of the kind\n")
    assert modules(found(tmp_path, "m/main.tf")) == [("m", ["m/main.tf", "m/variables.tf"])]


def test_a_named_file_of_variables_is_read(tmp_path: Path) -> None:
    """Or else the run would be clean without having read anything."""
    write(tmp_path, "prod.tfvars", text="a = 1\n")
    discovered = found(tmp_path, "prod.tfvars")
    assert [file for _, files in modules(discovered) for file in files] == ["prod.tfvars"] or problems(discovered)


def test_files_of_a_change(tmp_path: Path) -> None:
    """What is no template is left alone, what was deleted is no error, and a module counts if it concerns keys."""
    write(tmp_path, "a.yaml", "m/main.tf", "notes.txt")
    write(tmp_path, "b.yaml", "n/main.tf", text="nothing")
    write(tmp_path, "m/main.tf", text=MODULE)
    names = ("a.yaml", "b.yaml", "notes.txt", "gone.yaml", "m/main.tf", "n/main.tf")
    discovered = found(tmp_path, *names, changed=True)
    assert templates(discovered) == ["a.yaml"]
    assert modules(discovered) == [("m", ["m/main.tf"])]
    assert not discovered.templates[0].named


def test_the_same_file_twice_is_read_once_and_stays_named(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    for paths in (("a.yaml", "."), (".", "a.yaml"), ("a.yaml", "./a.yaml", ".")):
        discovered = found(tmp_path, *paths)
        assert [(file.path, file.named) for file in discovered.templates] == [("a.yaml", True), ("b.yaml", False)]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.yaml: no such file or directory"):
        found(tmp_path, "gone.yaml")


def test_a_path_outside_the_root(tmp_path: Path) -> None:
    write(tmp_path, "outside.yaml")
    (tmp_path / "root").mkdir()
    with pytest.raises(UsageError, match="lies outside"):
        discover([str(tmp_path / "outside.yaml")], str(tmp_path / "root"))


def test_a_link_within_the_tree_is_read_under_its_own_name(tmp_path: Path) -> None:
    write(tmp_path, "real/a.txt")
    (tmp_path / "a.yaml").symlink_to("real/a.txt")
    assert templates(found(tmp_path)) == ["a.yaml"]


def test_links_to_directories_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "real/a.yaml")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real/up").symlink_to("..")
    assert templates(found(tmp_path)) == ["real/a.yaml"]


def test_a_directory_with_a_name_like_a_file(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml/b.yaml", "x.tf/c.yaml")
    write(tmp_path, "main.tf", text=MODULE)
    discovered = found(tmp_path)
    assert templates(discovered) == ["a.yaml/b.yaml", "x.tf/c.yaml"]
    assert modules(discovered) == [(".", ["main.tf"])]
    assert problems(discovered) == []


def test_more_files_than_one_run_looks_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES", 3)
    write(tmp_path, "a.txt", "b.txt", "c.txt", "d.yaml")
    assert problems(found(tmp_path)) == [
        (".", "more than 3 files: lint its directories one by one; --limit files=N raises this")
    ]


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no such names")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.yaml")
    write(tmp_path, name)
    assert templates(found(tmp_path)) == [name]


def test_the_root_is_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo/.git").mkdir(parents=True)
    write(tmp_path / "repo", "deep/er/a.yaml")
    write(tmp_path / "plain", "deep/a.yaml")
    assert find_root(str(tmp_path / "repo/deep/er/a.yaml")) == str(tmp_path / "repo")
    assert find_root(str(tmp_path / "repo/deep")) == str(tmp_path / "repo")
    assert find_root(str(tmp_path / "plain/deep/a.yaml")) == str(tmp_path / "plain/deep")
    monkeypatch.chdir(tmp_path / "plain")
    assert find_root("deep/a.yaml") == str(tmp_path / "plain")
    assert find_root("deep") == str(tmp_path / "plain")


@pytest.mark.parametrize(
    ("name", "is_module"),
    [("a.yaml", False), ("-", False), ("main.tf", True), ("m/main.tf", True), ("main.tofu.json", True)],
)
def test_one_text_goes_by_its_name(name: str, is_module: bool) -> None:
    discovered = discover_text(RawFile(name, b"", named=True))
    assert bool(discovered.modules) is is_module
    assert bool(discovered.templates) is not is_module


def test_a_changed_module_brings_the_modules_that_call_it(tmp_path: Path) -> None:
    """What a change comes to shows where the module is called; a root module that is not called stays out."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, "keys/main.tf", text=MODULE)
    write(tmp_path, "between/main.tf", text='module "keys" {\n  source = "../keys"\n}\n')
    write(tmp_path, "live/main.tf", text='module "between" {\n  source = "../between"\n}\n')
    write(tmp_path, "other/main.tf", text=MODULE)
    write(tmp_path, ".terraform/live/main.tf", text='module "keys" {\n  source = "../../keys"\n}\n')
    whole = found(tmp_path, ".")
    changed = found(tmp_path, "keys/main.tf", changed=True)
    assert whole.roots == ("live", "other")
    assert changed.roots == ("live",)
    assert {name for name, _ in modules(changed)} == {"keys", "between", "live"}


def test_what_cannot_be_read_beside_a_change_is_no_matter_of_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "keys/main.tf", text=MODULE)
    write(tmp_path, "other/main.tf", text="x" * (limits.FILE_BYTES + 1))
    assert not problems(found(tmp_path, "keys/main.tf", changed=True))
    assert problems(found(tmp_path, "."))


def test_callers_that_nobody_could_look_for_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "keys/main.tf", "a.txt", "b.txt", "c.txt", text=MODULE)
    monkeypatch.setattr(limits, "FILES", 3)
    assert any(
        "more than 3 files" in str(problem) for problem in problems(found(tmp_path, "keys/main.tf", changed=True))
    )
