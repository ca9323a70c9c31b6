"""Where a suppression that takes nothing out is certainly of no use: all that it speaks of was judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kmslint.suppression.marker import KnownRules
from kmslint.suppression.reading import suppressions_in
from kmslint.suppression.scene import Scene
from kmslint.suppression.seen import Seen
from scenes import scene_of

KNOWN = KnownRules(frozenset({"KMS501"}), ())
HERE = "# kmslint: ignore[KMS501] known"
KEY = 'resource "aws_kms_key" "k" {}\n'
POLICY = 'jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })'

LOCAL = "locals {\n  l = { Statement = [] }\n}\n"


def judged(scene: Scene, undecided: frozenset[tuple[str, str, int]] = frozenset()) -> list[bool]:
    """Of each suppression of the files whether it is known to be of no use."""
    seen = Seen(scene.discovered, scene.estates, undecided)
    return [seen.is_judged(file, one) for file in suppressions_in(scene, KNOWN) for one in file.suppressions]


def block(kind: str, body: str = "", count: str = "1") -> str:
    """A resource that may be left out, with a suppression in it."""
    return f'resource "{kind}" "r" {{\n  {HERE}\n  count = {count}\n  {body}\n}}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (block("aws_kms_key"), True),
        (KEY + block("random_id"), False),
        (KEY + block("random_id").replace("  count = 1\n", ""), True),
        (KEY + block("aws_kms_alias", 'name = "alias/a"\n  target_key_id = aws_kms_key.k.id'), True),
        (KEY + block("aws_kms_grant", "key_id = aws_kms_key.k.id"), True),
        (KEY + block("aws_iam_role", 'assume_role_policy = file("p.json")'), True),
        (KEY + block("aws_iam_policy", 'policy = file("p.json")'), True),
        (KEY + block("aws_kms_key_policy", "key_id = aws_kms_key.k.id\n  policy = jsonencode(local.l)") + LOCAL, True),
        (KEY + block("aws_sqs_queue", "kms_master_key_id = aws_kms_key.k.id"), True),
        (KEY + f'resource "random_id" "r" {{\n  count = 1\n}}\n{HERE}\n', True),
        (block("aws_kms_key", 'policy = file("p.json")'), True),
        ('variable "aws_kms_key" {\n  ' + HERE + "\n}\n", False),
    ],
    ids=[
        *("a key", "what nobody judges", "what is always there", "an alias", "a grant", "a role", "a policy"),
        *("the policy of a key", "a consumer", "nothing around it", "its policy elsewhere", "no keys"),
    ],
)
def test_what_may_be_left_out_is_judged_where_something_of_it_is_seen(
    tmp_path: Path, text: str, expected: bool
) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}]}'
    assert judged(scene_of(tmp_path, {"main.tf": text, "p.json": policy})) == [expected]


def test_what_is_made_of_a_statement_alone_is_judged(tmp_path: Path) -> None:
    """What a document says stands where it is written, and not where it is attached."""
    document = 'data "aws_iam_policy_document" "d" {\n  COUNT\n  # M\n  statement {\n    actions = ["kms:*"]\n  }\n}\n'
    key = 'resource "aws_kms_key" "k" {\n  policy = data.aws_iam_policy_document.d[0].json\n}\n'
    text = document.replace("COUNT", "count = 1").replace("# M", HERE)
    assert judged(scene_of(tmp_path, {"main.tf": key, "d.tf": text})) == [True]
    assert judged(scene_of(tmp_path, {"main.tf": KEY, "d.tf": text})) == [False]


PARAMETER = 'variable "v" {}\n'
MORE = PARAMETER + "locals {\n  m = concat([], var.v)\n}\n"
OFF = 'variable "v" {\n  default = 0\n}\n'


@pytest.mark.parametrize(
    ("text", "undecided", "expected"),
    [
        (block("aws_kms_key", f"policy = {POLICY}", "2"), "", [True]),
        (block("aws_kms_key", f"policy = {POLICY}", "2"), "aws_kms_key.r[0]", [False]),
        (block("aws_kms_key", f"policy = {POLICY}", "2"), "aws_kms_key.s", [True]),
        (block("aws_kms_key", "policy = var.v") + PARAMETER, "aws_kms_key.r[0]", [False]),
        (block("aws_kms_key", f"policy = {POLICY}", "var.v") + OFF, "", [False]),
        (KEY + block("aws_iam_policy", "policy = var.v") + PARAMETER, "", [False]),
        (KEY + block("aws_iam_policy", "policy = jsonencode({ Statement = [var.v] })") + PARAMETER, "", [False]),
        (KEY + block("aws_iam_policy", "policy = jsonencode({ Statement = local.m })") + MORE, "", [False]),
        (KEY + block("aws_iam_policy", f"policy = {POLICY.replace('kms:*', '${var.v}')}") + PARAMETER, "", [False]),
        (block("aws_kms_key", f"policy = {POLICY.replace('kms:*', '${var.v}')}") + PARAMETER, "", [False]),
    ],
    ids=[
        *("decided", "undecided", "another is undecided", "a policy that is not seen", "switched off"),
        *(
            "a policy of IAM that is not seen",
            "a statement that is not seen",
            "one elsewhere",
            "an open statement",
            "and of a key",
        ),
    ],
)
def test_what_is_left_open_may_be_found_some_other_time(
    tmp_path: Path, text: str, undecided: str, expected: list[bool]
) -> None:
    assert judged(scene_of(tmp_path, {"main.tf": text}), frozenset({("main.tf", undecided, 1)})) == expected


PARTS = {
    "k.tf": f'resource "aws_kms_key" "k" {{\n  {HERE}\n}}\n',
    "l.tf": f"locals {{\n  {HERE}\n  l = {{ Statement = local.s }}\n}}\n",
    "p.tf": (
        f'resource "aws_kms_key_policy" "p" {{\n  {HERE}\n  key_id = aws_kms_key.k.id\n'
        "  policy = jsonencode(local.l)\n}\n"
    ),
    "s.tf": (
        f'locals {{\n  {HERE}\n  s = [{{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }}]\n}}\n'
    ),
    "z.tf": f"locals {{\n  {HERE}\n}}\n",
}


@pytest.mark.parametrize(("undecided", "expected"), [("", [True] * 5), ("aws_kms_key.k", [False] * 4 + [True])])
def test_where_a_key_is_undecided_all_that_makes_its_policy_is_open(
    tmp_path: Path, undecided: str, expected: list[bool]
) -> None:
    scene = scene_of(tmp_path, PARTS)
    assert [file.source.path for file in suppressions_in(scene, KNOWN)] == sorted(PARTS)
    assert judged(scene, frozenset({("k.tf", undecided, 1)})) == expected


@pytest.mark.parametrize(("opened", "expected"), [("", [True, True]), ("a.tf", [False, True]), ("b.tf", [True, False])])
def test_what_speaks_of_a_whole_file_is_judged_where_nothing_of_it_is_open(
    tmp_path: Path, opened: str, expected: list[bool]
) -> None:
    whole = HERE.replace("ignore", "ignore-file")
    files = {"a.tf": f"{whole}\n{KEY}", "b.tf": f"{whole}\nlocals {{}}\n", "v.tf": PARAMETER}
    if opened:
        files[opened] += 'resource "aws_iam_policy" "p" {\n  policy = var.v\n}\n'
    assert judged(scene_of(tmp_path, files)) == expected


CALL = 'module "m" {\n  source = "../m"\n}\n'
BACK = 'module "x" {\n  source = "../x"\n}\n'
MARKED = f'resource "aws_kms_key" "k" {{\n  {HERE}\n}}\n'
BROKEN = "}\n"
TEMPLATE = f"Resources:\n  A: {{Type: AWS::KMS::Key}} {HERE}\n"
STACK = "Resources:\n  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./nested.yaml}}\n"
PARENT = TEMPLATE + STACK.removeprefix("Resources:\n")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"x/a.tf": MARKED, "y/a.tf": MARKED}, [True, True]),
        ({"x/a.tf": MARKED, "y/a.tf": MARKED, "x/b.tf": BROKEN}, [False, True]),
        ({"a.tf": MARKED, "y/a.tf": MARKED, "b.tf": BROKEN}, [False, True]),
        ({"m/a.tf": MARKED, "x/a.tf": CALL + MARKED, "x/b.tf": BROKEN}, [False, False]),
        ({"m/a.tf": MARKED, "n/a.tf": MARKED, "x/a.tf": CALL + CALL.replace("m", "n") + BROKEN}, [False, False]),
        ({"m/a.tf": CALL.replace("m", "n"), "n/a.tf": MARKED, "x/a.tf": CALL, "x/b.tf": BROKEN}, [False]),
        ({"a.yaml": TEMPLATE, "b.yaml": TEMPLATE}, [True, True]),
        ({"a.yaml": TEMPLATE + "  B: {Type: AWS::KMS::Key, Properties: []}\n", "b.yaml": TEMPLATE}, [False, True]),
        ({"a.yaml": PARENT, "nested.yaml": TEMPLATE}, [True, True]),
        ({"a.yaml": PARENT + "  B: {Type: AWS::KMS::Key, Properties: []}\n", "nested.yaml": TEMPLATE}, [False, False]),
        ({"a.yaml": PARENT, "nested.yaml": TEMPLATE, "x/b.tf": BROKEN, "x/a.tf": MARKED}, [True, True, False]),
        ({"a.yaml": STACK + HERE, "nested.yaml": TEMPLATE}, [False, True]),
        ({"a.yaml": STACK + HERE, "nested.yaml": TEMPLATE, "a.tf": KEY}, [False, True]),
        ({"a.yaml": TEMPLATE, "a.tf": f'variable "aws_kms_key" {{}} {HERE}\n'}, [False, True]),
    ],
)
def test_nothing_is_judged_that_could_not_be_read_or_that_hangs_on_such_a_part(
    tmp_path: Path, files: Mapping[str, str], expected: list[bool]
) -> None:
    """In the order of their paths. What a broken module calls is given values that are not seen."""
    assert judged(scene_of(tmp_path, files)) == expected
