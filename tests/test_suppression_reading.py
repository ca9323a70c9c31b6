"""Which files of a run are looked at for suppressions: the user's own, and only those that name kmslint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from kmslint.location import Source
from kmslint.suppression import reading
from kmslint.suppression.marker import KnownRules
from kmslint.suppression.reading import suppressions_in
from kmslint.suppression.scene import Scene, may_suppress
from kmslint.suppression.sources import parse
from scenes import scene_of
from terraform_plans import Change, configured, module, plan

KNOWN = KnownRules(frozenset({"KMS501"}), ())
HERE = "# kmslint: ignore[KMS501] known\n"
KEY = 'resource "aws_kms_key" "k" {}\n'
TEMPLATE = "Resources:\n  A: {Type: AWS::KMS::Key}\n"
LISTED = {"kmslint": {"ignore": [{"id": "KMS501", "reason": "known"}]}}
PLAN = {
    "Metadata": LISTED,
    **plan([Change("aws_kms_key.k", {"enable_key_rotation": False})], module(configured("aws_kms_key.k"))),
}
NESTS = "Resources:\n  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./nested.yaml}}\n"
FETCHED = {
    "main.tf": KEY + 'module "m" {\n  source = "x/y/aws"\n}\n',
    ".terraform/modules/modules.json": json.dumps(
        {
            "Modules": [
                {"Key": "", "Source": "", "Dir": "."},
                {
                    "Key": "m",
                    "Source": "registry.terraform.io/x/y/aws",
                    "Version": "1.0.0",
                    "Dir": ".terraform/modules/m",
                },
            ]
        }
    ),
    ".terraform/modules/m/main.tf": HERE + KEY,
}


def holding(scene: Scene) -> list[str]:
    return [file.source.path for file in suppressions_in(scene, KNOWN)]


@pytest.mark.parametrize(
    ("files", "given", "paths"),
    [
        ({"a.yaml": HERE + TEMPLATE, "b.yaml": TEMPLATE}, ".", ["a.yaml"]),
        ({"z.yaml": HERE + TEMPLATE, "main.tf": HERE + KEY}, ".", ["main.tf", "z.yaml"]),
        ({"a.yaml": "# kmslint: ignore[KMS9] known\n" + TEMPLATE}, ".", ["a.yaml"]),
        ({"a.yaml": "# by kmslint\n" + TEMPLATE}, ".", []),
        ({"a.yaml": f"{HERE}AWS::KMS::Key: {{}}\n"}, ".", []),
        ({"a.yaml": HERE + TEMPLATE + "  B: [\n", "b.tf": HERE + "}\n"}, ".", []),
        ({"a.json": json.dumps(PLAN)}, ".", []),
        ({"a.json": json.dumps({"Metadata": LISTED, "Resources": {"A": {"Type": "AWS::KMS::Key"}}})}, ".", ["a.json"]),
        (FETCHED, ".", []),
        ({**FETCHED, "b.tf": HERE}, ".", ["b.tf"]),
        ({"a.yaml": NESTS, "nested.yaml": HERE + TEMPLATE}, "a.yaml", ["nested.yaml"]),
        ({"a.yaml": NESTS, "nested.yaml": TEMPLATE}, "a.yaml", []),
        ({"a.yaml": NESTS, "nested.yaml": HERE + TEMPLATE}, ".", ["nested.yaml"]),
    ],
    ids=[
        *("one of two", "both languages", "a fault", "a name", "no template", "not to be read", "a plan", "metadata"),
        *("a module of others", "beside one", "nested", "nested and silent", "nested and given"),
    ],
)
def test_which_files_hold_suppressions(tmp_path: Path, files: Mapping[str, str], given: str, paths: list[str]) -> None:
    scene = scene_of(tmp_path, files, given)
    assert holding(scene) == paths
    assert scene.may_suppress() or not paths


def test_what_does_not_name_kmslint_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(source: Source) -> object:
        read.append(source.path)
        return parse(source)

    monkeypatch.setattr(reading, "parse", noted)
    files = {"a.yaml": NESTS, "b.yaml": HERE + TEMPLATE, "main.tf": KEY, "x/main.tf": HERE + KEY}
    assert holding(scene_of(tmp_path, {**files, "nested.yaml": TEMPLATE}, "a.yaml", "b.yaml", "main.tf", "x")) == read
    assert read == ["b.yaml", "x/main.tf"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", False),
        (b"kms lint", False),
        (b"# kmslint", True),
        (b"kmslint: ignore\xff\xfe", True),
        (b"a\xff\xfe", False),
        *(
            (f"\ufeff{HERE}".encode(encoding), True)
            for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
        ),
    ],
)
def test_which_bytes_may_hold_a_suppression(data: bytes, expected: bool) -> None:
    assert may_suppress(data) == expected


@pytest.mark.parametrize(
    ("files", "given", "expected"),
    [
        ({"a.yaml": TEMPLATE, "main.tf": KEY}, ".", False),
        ({"a.yaml": HERE + TEMPLATE, "b.yaml": TEMPLATE, "main.tf": KEY}, ".", True),
        ({"a.yaml": TEMPLATE, "main.tf": KEY, "b.tf": HERE}, ".", True),
        ({"a.yaml": NESTS, "nested.yaml": TEMPLATE}, "a.yaml", False),
        ({"a.yaml": NESTS, "nested.yaml": TEMPLATE + HERE}, "a.yaml", True),
        (
            {
                "a.yaml": NESTS + NESTS.removeprefix("Resources:\n").replace("S:", "T:").replace("nested", "other"),
                "nested.yaml": TEMPLATE + HERE,
                "other.yaml": TEMPLATE,
            },
            "a.yaml",
            True,
        ),
    ],
)
def test_whether_there_may_be_suppressions(
    tmp_path: Path, files: Mapping[str, str], given: str, expected: bool
) -> None:
    assert scene_of(tmp_path, files, given).may_suppress() == expected


@pytest.mark.parametrize(
    "resources",
    [
        "  A: {Type: AWS::KMS::Key}\n  B: {Type: AWS::KMS::Key}\n",
        "  A: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: []}}}\n",
        "  A: {Type: AWS::IAM::Group}\n",
    ],
    ids=["keys", "a policy", "an identity"],
)
def test_a_template_that_is_only_nested_is_found_by_what_is_in_it(tmp_path: Path, resources: str) -> None:
    """Once, and not if it is given as well."""
    files = {"a.yaml": NESTS + "  K: {Type: AWS::KMS::Key}\n", "nested.yaml": f"Resources:\n{resources}"}
    scene = scene_of(tmp_path, files, "a.yaml")
    assert [source.path for source in scene.nested()] == ["nested.yaml"]
    assert not scene.in_part
    both = scene_of(tmp_path, {**files, "main.tf": KEY})
    assert [source.path for source in both.nested()] in (["nested.yaml"], [])
