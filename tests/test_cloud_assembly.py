"""What the CDK says of the stacks of an app, beside the templates that it has made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.settings import Settings
from trees import write

KEY = """{"Parameters": {"Who": {"Type": "String"}}, "Resources": {"Key1A": {
  "Type": "AWS::KMS::Key",
  "Properties": {"EnableKeyRotation": true, "KeyPolicy": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": {"Ref": "Who"}}}]}},
  "Metadata": {"aws:cdk:path": "App/Key/Resource"}}}}"""


def manifest(environment: object = "aws://111122223333/eu-west-1", **properties: object) -> str:
    stack = {"type": "aws:cloudformation:stack", "environment": environment}
    return json.dumps(
        {"artifacts": {"App": {**stack, "properties": {"templateFile": "App.template.json", **properties}}}}
    )


def linted(root: Path) -> Outcome:
    return lint([str(root)], Settings(root=str(root), profile="strict"))


GIVEN = {"parameters": {"Who": "arn:aws:iam::111122223333:root"}}


@pytest.mark.parametrize(
    ("text", "lockout"),
    [
        pytest.param(manifest(**GIVEN), "none", id="own account"),
        pytest.param(manifest("aws://444455556666/eu-west-1", **GIVEN), "nobody", id="another account"),
        pytest.param(manifest("aws://unknown-account/unknown-region", **GIVEN), "none", id="presumed account"),
        pytest.param(manifest(["odd"], **GIVEN), "none", id="odd environment"),
        pytest.param(manifest(), "unknown", id="no parameters"),
        pytest.param(manifest(parameters=["odd"]), "unknown", id="odd parameters"),
        pytest.param(manifest(parameters={"Who": ["odd"]}), "unknown", id="odd value"),
        pytest.param('{"artifacts": {"App": {"type": "cdk:tree", "properties": {}}}}', "unknown", id="no stack"),
        pytest.param('{"artifacts": ["App"], "name": "of a web page"}', "unknown", id="another manifest"),
        pytest.param("[]", "unknown", id="a list"),
    ],
)
def test_a_stack_goes_where_the_manifest_says(tmp_path: Path, text: str, lockout: str) -> None:
    write(tmp_path, "cdk.out/App.template.json", text=KEY)
    write(tmp_path, "cdk.out/manifest.json", text=text)
    outcome = linted(tmp_path)
    assert [key.lockout for key in outcome.keys] == [lockout]
    assert not outcome.problems


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "expected a member"),
        ("\0", "a NUL"),
        ("[", "expected a value"),
        pytest.param('{"AWS::KMS::Key": "\\x65"}', "an escape that JSON does not have", id="YAML, and no template"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_told_of(tmp_path: Path, text: str, reason: str) -> None:
    """Without it nobody knows the account, which decides whether the key is locked."""
    write(tmp_path, "cdk.out/App.template.json", "cdk.out/Other.template.json", text=KEY)
    write(tmp_path, "cdk.out/manifest.json", text=text)
    outcome = linted(tmp_path)
    assert [key.lockout for key in outcome.keys] == ["unknown", "unknown"]
    (problem,) = outcome.problems
    assert problem.path == "cdk.out/manifest.json"
    assert reason in problem.reason
    assert not outcome.internal_errors
    counts = outcome.counts
    assert counts.candidates == counts.analysed + counts.not_analysed + counts.excluded


def test_a_manifest_outside_the_repository_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/manifest.json", text=manifest(**GIVEN))
    (tmp_path / "app/.git").mkdir(parents=True)
    write(tmp_path, "app/cdk.out/App.template.json", text=KEY)
    (tmp_path / "app/cdk.out/manifest.json").symlink_to(tmp_path / "elsewhere/manifest.json")
    outcome = linted(tmp_path / "app")
    assert [key.lockout for key in outcome.keys] == ["unknown"]
    assert [(problem.path, problem.reason) for problem in outcome.problems] == [
        ("cdk.out/manifest.json", "is a link that leads out of the tree")
    ]


def test_a_manifest_that_is_no_file_is_told_of(tmp_path: Path) -> None:
    """Where the template alone is named, nobody has looked at the manifest before."""
    write(tmp_path, "App.template.json", text=KEY)
    (tmp_path / "manifest.json").mkdir()
    outcome = lint([str(tmp_path / "App.template.json")], Settings(root=str(tmp_path)))
    assert [(problem.path, problem.reason) for problem in outcome.problems] == [
        ("manifest.json", "cannot be read: not a regular file")
    ]


def test_templates_that_are_not_the_cdks_have_no_manifest(tmp_path: Path) -> None:
    write(tmp_path, "cdk.out/App.json", text=KEY)
    write(tmp_path, "cdk.out/manifest.json", text=manifest(templateFile="App.json", **GIVEN))
    assert [key.lockout for key in linted(tmp_path).keys] == ["unknown"]


def test_findings_name_the_construct(tmp_path: Path) -> None:
    write(tmp_path, "cdk.out/App.template.json", text=KEY)
    write(tmp_path, "cdk.out/manifest.json", text=manifest())
    (finding,) = linted(tmp_path).findings
    assert (finding.rule_id, finding.resource) == ("KMS001", "Key1A")
    assert finding.message.endswith(" (construct App/Key)")


@pytest.mark.parametrize("path", ['""', '["App/Key/Resource"]'])
def test_a_resource_whose_path_is_not_told_is_no_construct(tmp_path: Path, path: str) -> None:
    write(tmp_path, "cdk.out/App.template.json", text=KEY.replace('"App/Key/Resource"', path))
    (finding,) = linted(tmp_path).findings
    assert "construct" not in finding.message


@pytest.mark.parametrize("ignored", ["cdk.out/\n", ""])
def test_the_output_of_the_cdk_is_read_where_it_is_given(tmp_path: Path, ignored: str) -> None:
    """Repositories leave it out; whoever names it means it."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, ".gitignore", text=ignored)
    write(tmp_path, "cdk.out/App.template.json", text=KEY)
    assert len(linted(tmp_path / "cdk.out").keys) == 1
    assert len(linted(tmp_path).keys) == (0 if ignored else 1)
