"""Policies that stand in files beside the module: what is wrong with them is found there."""

from __future__ import annotations

import posixpath
from pathlib import Path

import pytest

from kmslint.lint import lint
from kmslint.location import Source
from kmslint.model.estate import Key
from kmslint.settings import Settings
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.declarations import declarations
from kmslint.terraform.files import Files, Tree
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.root import Root
from kmslint.terraform.scope import Scope
from kmslint.values import Unknown
from terraform_modules import read_module, statements_of

MAIN = """
data "aws_caller_identity" "me" {}
variable "role" {}
locals {
  account = data.aws_caller_identity.me.account_id
}
resource "aws_kms_key" "k" {
  policy = POLICY
}
"""

LITERAL = """{
  "Statement": [
    {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
     "Action": "kms:*", "Resource": "*"},
    {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
  ]
}
"""

LOOP = """{
  "Statement": [
    {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${account}:root"},
     "Action": "kms:*", "Resource": "*"},
%{ for name in names ~}
    {"Sid": "Name",
     "Effect": "Allow", "Principal": ${jsonencode({ AWS = name })}, "Action": "kms:Decrypt", "Resource": "*"},
%{ endfor ~}
%{ if length(names) > 0 ~}
    {"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
%{ endif ~}
  ]
}
"""

FILES = {
    "policies/literal.json": LITERAL,
    "policies/carriage.json": LITERAL.replace("\n", "\r\n"),
    "policies/dollars.json": LITERAL.replace("111122223333", "${account}"),
    "policies/loop.tpl": LOOP,
    "policies/bom.json": f"\ufeff{LITERAL}",
    "policies/broken.json": '{\n  "Statement": [\n    {]\n}\n',
    "policies/list.yaml": "- Sid: Root\n- Sid: All\n",
    "policies/return.json": LITERAL.replace("\n", "\r"),
    "policies/separator.json": LITERAL.replace("All", "A\x1cll"),
    "policies/strip.json": LITERAL.replace("All", "$\n${~ account}"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "module").mkdir()
    return tmp_path


def key(root: Path, policy: str, around: str = "") -> Key:
    file = read_hcl(Source("module/main.tf", MAIN.replace("POLICY", policy) + around))
    assert file.problems == ()
    return read_module("module", [file], Tree(str(root), (str(root),), "module")).keys[0]


def places(found: Key) -> list[tuple[str | None, str, int]]:
    return [(str(one.sid), one.at.path, one.at.line) for one in statements_of(found)]


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ('file("../policies/literal.json")', "literal.json"),
        ('file("${path.module}/../policies/literal.json")', "literal.json"),
        ('"${file("../policies/literal.json")}"', "literal.json"),
        ('file("../policies/carriage.json")', "carriage.json"),
        ('jsonencode(jsondecode(file("../policies/literal.json")))', "literal.json"),
        ('templatefile("../policies/literal.json", {})', "literal.json"),
        ('templatefile("../policies/dollars.json", { account = local.account })', "dollars.json"),
    ],
)
def test_statements_stand_in_the_file(root: Path, policy: str, path: str) -> None:
    assert places(key(root, policy)) == [("Root", f"policies/{path}", 3), ("All", f"policies/{path}", 5)]


def test_what_is_looped_stands_where_it_is_written(root: Path) -> None:
    found = key(root, 'templatefile("../policies/loop.tpl", { account = local.account, names = ["*", var.role] })')
    assert places(found) == [
        ("Root", "policies/loop.tpl", 3),
        ("Name", "policies/loop.tpl", 6),
        ("Name", "policies/loop.tpl", 6),
        ("All", "policies/loop.tpl", 10),
    ]
    assert all(0 <= one.at.start < one.at.end for one in statements_of(found))
    assert str(found.policy.document).count("var.role") > 0


SHOWN = {
    'file("../policies/bom.json")': "policy text is not JSON",
    'file("../policies/broken.json")': "policy text is not JSON",
    'templatefile("../policies/dollars.json", {})': 'templatefile("../policies/dollars.json"): no variable "account"',
    'templatefile("../policies/dollars.json", var.role)': "account",
    'templatefile("../policies/return.json", {})': "a blank or line end here that HCL reads in a way of its own",
    'templatefile("../policies/separator.json", {})': "a blank or line end here that HCL reads in a way of its own",
    'templatefile("../policies/strip.json", { account = "" })': "a blank or line end here that HCL reads in a way of",
}


@pytest.mark.parametrize(("policy", "reason"), SHOWN.items())
def test_what_cannot_be_read_is_named(root: Path, policy: str, reason: str) -> None:
    found = key(root, policy)
    assert reason in repr(found.policy)


def test_a_broken_policy_is_a_problem_of_its_file(root: Path) -> None:
    policy = MAIN.replace("POLICY", 'file("../policies/broken.json")')
    (root / "module" / "main.tf").write_text(policy, encoding="utf-8")
    outcome = lint([str(root / "module")], Settings(root=str(root)))
    assert [(problem.path, problem.line) for problem in outcome.problems] == [("policies/broken.json", 3)]
    counts = outcome.counts
    assert (counts.candidates, counts.analysed, counts.not_analysed) == (2, 1, 1)


def test_two_renderings_are_two_unknowns(root: Path) -> None:
    """What is computed in a template hangs on what the call gives to it."""
    (root / "module" / "it.tpl").write_text("${upper(it)}", encoding="utf-8")
    calls = "".join(f'  {name} = templatefile("it.tpl", {{ it = var.{name} }})\n' for name in "ab")
    file = read_hcl(Source("module/main.tf", f'variable "a" {{}}\nvariable "b" {{}}\nlocals {{\n{calls}}}\n'))
    names = ModuleNames(declarations([file]), Root(tree=Tree(str(root), (str(root),), "module")), directory="module")
    first, second = (names.evaluate(names.declared.locals[name][0].value, Scope()) for name in "ab")
    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert first.hole.label == second.hole.label == "upper(it)"
    assert not first.hole.same(second.hole)


@pytest.mark.parametrize(
    ("started_in", "module", "printed"),
    [(".", ".", "."), (".", "modules/kms", "modules/kms"), ("env/prod", "modules/kms", "../../modules/kms")],
)
def test_path_of_a_module(root: Path, started_in: str, module: str, printed: str) -> None:
    files = Files(Tree(str(root), (str(root),), started_in), module)
    assert files.path_of_module == printed
    assert posixpath.normpath(files.place(f"{printed}/x.json")) == posixpath.normpath(f"{module}/x.json")


TEMPLATE_FILE = """
data "template_file" "it" {
  template = TEMPLATE
  vars     = VARS
}
"""


@pytest.mark.parametrize(
    ("template", "variables", "place"),
    [
        ('file("../policies/dollars.json")', "{ account = local.account }", ("policies/dollars.json", 3)),
        ('file("../policies/literal.json")', "{}", ("policies/literal.json", 3)),
        ('file("../policies/literal.json")', "null", ("policies/literal.json", 3)),
        (
            '<<EOT\n{"Statement": [\n {"Sid": "Root", "Principal": {"AWS": "$${account}"}}]}\nEOT',
            "{ account = local.account }",
            ("module/main.tf", 14),
        ),
    ],
)
def test_template_file(root: Path, template: str, variables: str, place: tuple[str, int]) -> None:
    around = TEMPLATE_FILE.replace("TEMPLATE", template).replace("VARS", variables)
    found = key(root, "data.template_file.it.rendered", around)
    assert (statements_of(found)[0].at.path, statements_of(found)[0].at.line) == place


def test_template_file_of_terraform_0_11(root: Path) -> None:
    around = (
        'data "template_file" "it" {\n  template = "${file("../policies/dollars.json")}"\n'
        '  vars {\n    account = "${local.account}"\n  }\n}\n'
    )
    found = key(root, '"${data.template_file.it.rendered}"', around)
    assert len(statements_of(found)) == 2
