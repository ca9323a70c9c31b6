"""What a baseline knows is dropped only where it would have been found, were it still there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmslint.engine.baseline import Known
from kmslint.suppression.gone import Gone
from kmslint.suppression.sources import Contents
from scenes import scene_of

KEY = 'resource "aws_kms_key" "k" {}\n'
TEMPLATE = (
    "Parameters: {{P: {{Type: String}}}}\nResources:\n  A: {{Type: AWS::KMS::Key{}}}\n  B: {{Type: AWS::KMS::Key}}\n"
)
PLAIN = TEMPLATE.format("")
MODULES = {"x/main.tf": KEY, "y/main.tf": KEY, "a.yaml": PLAIN, "z/notes.txt": "", "main.tf": KEY}


def known(path: str, resource: str = "R", seen_from: str = "", content: str = "") -> Known:
    return Known(path, resource, "KMS201", "subject", "", seen_from, content)


@pytest.mark.parametrize(
    ("given", "path", "seen_from", "gone"),
    [
        (".", "no.yaml", "", True),
        (".", "no.tf", "", True),
        (".", "x/y/no.tf", "", True),
        ("a.yaml", "a.yaml", "", True),
        ("a.yaml", "no.yaml", "", False),
        ("a.yaml", "p.json", "a.yaml", True),
        ("a.yaml", "a.yaml", "no.yaml", False),
        ("x", "x/main.tf", "", True),
        ("x", "x/no.tf.json", "", True),
        ("x", "x/no.yaml", "", True),
        ("x", "x/y/no.tf", "", True),
        ("x", "p.json", "x", True),
        ("x", "p.json", "", False),
        ("x", "x/p.json", "y", False),
        ("x", "main.tf", "", False),
        ("x", "y/main.tf", "", False),
        ("z", "z/main.tf", "", True),
        ("x/main.tf", "x/no.tf", "", True),
        ("x/main.tf", "x/y/no.tf", "", False),
        ("main.tf", "no.tf", "", True),
        ("x", "/etc/x/main.tf", "", False),
    ],
)
def test_only_what_was_looked_at_is_gone(tmp_path: Path, given: str, path: str, seen_from: str, gone: bool) -> None:
    """A file is looked at by itself or below a given directory; one of Terraform's as a part of its module."""
    scene = scene_of(tmp_path, MODULES, given)
    assert Gone(scene, (), Contents()).is_gone(known(path, seen_from=seen_from)) == gone


@pytest.mark.parametrize(
    ("path", "seen_from", "gone"),
    [
        ("a.yaml", "", True),
        ("p.json", "", True),
        ("p.json", "x", False),
        ("broken.yaml", "a.yaml", False),
        ("m/main.tf", "y", False),
        ("m/deeper/main.tf", "y", False),
        ("y/main.tf", "", True),
    ],
)
def test_nothing_is_gone_of_what_could_not_be_read(tmp_path: Path, path: str, seen_from: str, gone: bool) -> None:
    """The module `x` calls `m`, and of both not all is seen where one file of `m` cannot be read."""
    call = 'module "m" {\n  source = "../m"\n}\n'
    files = {"m/b.tf": "}\n", "m/main.tf": KEY, "x/main.tf": KEY + call, "y/main.tf": KEY, "a.yaml": PLAIN}
    scene = scene_of(tmp_path, {**files, "broken.yaml": "Resources: {A: {Type: AWS::KMS::Key}\n"})
    assert Gone(scene, (), Contents()).is_gone(known(path, seen_from=seen_from)) == gone


PUBLIC = "{Effect: Allow, Principal: '*', Action: kms:Decrypt, Resource: '*'}"
OPEN = "{Effect: Allow, Principal: {AWS: !Ref P}, Action: kms:Decrypt, Resource: '*'}"
POLICY = ", Properties: {{KeyPolicy: {{Statement: [{}]}}}}"
SWITCHED = "Conditions: {{C: !Equals [!Ref P, yes]}}\n" + TEMPLATE.replace("String", "String, Default: no")
IAM = "  I: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: !Ref P}}\n"


@pytest.mark.parametrize(
    ("text", "undecided", "path", "resource", "gone"),
    [
        (TEMPLATE.format(POLICY.format("!Ref P")), "", "a.yaml", "A", False),
        (TEMPLATE.format(POLICY.format("!Ref P")), "", "a.yaml", "B", False),
        (TEMPLATE.format(POLICY.format("!Ref P")), "", "b.yaml", "A", False),
        (TEMPLATE.format(POLICY.format("!Ref P")), "", "b.yaml", "B", True),
        (TEMPLATE.format(POLICY.format(PUBLIC)), "", "a.yaml", "A", True),
        (SWITCHED.format(", Condition: C"), "", "a.yaml", "A", False),
        (SWITCHED.format(", Condition: C"), "", "a.yaml", "B", True),
        (PLAIN + IAM, "", "a.yaml", "I", False),
        (PLAIN + IAM, "", "a.yaml", "A", True),
        (PLAIN + IAM.replace("!Ref P", f"{{Statement: [{PUBLIC}]}}"), "", "a.yaml", "I", True),
        (TEMPLATE.format(", Properties: {KeyPolicy: !Ref P}"), "A", "a.yaml", "A", False),
        (TEMPLATE.format(", Properties: {KeyPolicy: !Ref P}"), "A", "a.yaml", "B", True),
        (TEMPLATE.format(", Properties: {KeyPolicy: !Ref P}"), "", "a.yaml", "A", True),
        (TEMPLATE.format(POLICY.format(PUBLIC)), "A", "a.yaml", "A", True),
    ],
)
def test_where_more_may_be_than_is_seen_nothing_is_gone(
    tmp_path: Path, text: str, undecided: str, path: str, resource: str, gone: bool
) -> None:
    """Whatever the statement said that was found once: it may be in what is not seen."""
    scene = scene_of(tmp_path, {"a.yaml": text})
    of_run = Gone(scene, {("a.yaml", undecided, 3)}, Contents())
    assert of_run.is_gone(known(path, resource, content="0123456789")) == gone
    for other in ({"subject": resource}, {"about": resource}):
        assert of_run.is_gone(known(path, "R", content="0123456789")._replace(**other)) == gone


def test_what_is_not_seen_may_be_given_in_another_file(tmp_path: Path) -> None:
    key = 'resource "aws_kms_key" "k" {\n  policy = jsonencode({ Statement = local.all })\n}\n'
    given = 'variable "more" {}\nlocals {\n  all = concat([], var.more)\n}\n'
    scene = scene_of(tmp_path, {"main.tf": key, "given.tf": given, "other.tf": ""})
    of_run = Gone(scene, (), Contents())
    assert [of_run.is_gone(known(path)) for path in ("main.tf", "given.tf", "other.tf")] == [False, False, True]


@pytest.mark.parametrize(
    ("said", "undecided", "resource", "content", "gone"),
    [
        (OPEN, "", "A", OPEN, False),
        (OPEN, "", "B", OPEN, False),
        (OPEN, "", "A", PUBLIC, False),
        (OPEN, "", "B", PUBLIC, True),
        (OPEN, "", "A", "", False),
        (OPEN, "", "B", "", True),
        (OPEN, "", "A", "another", True),
        (PUBLIC, "", "A", "", True),
        (PUBLIC, "A", "A", "", False),
        (PUBLIC, "A", "B", "", True),
        (PUBLIC, "A", "A", PUBLIC, False),
        (PUBLIC, "A", "B", PUBLIC, True),
        (PUBLIC, "A", "A", "another", True),
    ],
)
def test_what_is_open_may_be_found_again_by_what_it_says(
    tmp_path: Path, said: str, undecided: str, resource: str, content: str, gone: bool
) -> None:
    """A statement that nobody says any more is gone, whatever is open of the others."""
    text = TEMPLATE.format(POLICY.format(f"{said}, {PUBLIC}"))
    scene, contents = scene_of(tmp_path, {"a.yaml": text}), Contents()
    ((_, document),) = scene.estates[0].documents()
    marks = dict(zip((said, PUBLIC), (contents.mark(one.at) for one in document.statements), strict=True))
    of_run = Gone(scene, {("a.yaml", undecided, 3)}, contents)
    assert of_run.is_gone(known("a.yaml", resource, content=content and marks.get(content, "0123456789"))) == gone
