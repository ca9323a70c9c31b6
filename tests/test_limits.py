"""Every bound: an input that breaks it says so and names it, and is analysed once the bound is raised."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from deep_inputs import DEEP
from kmslint import limits
from kmslint.cli import main
from kmslint.lint import lint_text
from kmslint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
CONFIGURED = ".kmslint.yaml"
HEAD = "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n"
OPEN = '{Effect: Allow, Principal: "*", Action: "kms:*", Resource: "*"}'
DENIED = '{Effect: Deny, Principal: "*", Action: "kms:*", Resource: "*", Condition: {Bool: {aws:a: "true"}}}'
KEY = f"{HEAD}      KeyPolicy: {{Statement: [{OPEN}]}}\n"
STATEMENT = '{Effect = "Allow", Principal = "*", Action = "kms:*", Resource = %s}'
MODULE = 'resource "aws_kms_key" "%s" {\n  policy = jsonencode({Statement = [' + STATEMENT % '"*"' + "]})\n}\n"


def policy(resource: str, before: str = "") -> str:
    """A module with a key, by the expression that is its policy's Resource."""
    return (
        before
        + 'resource "aws_kms_key" "k" {\n  policy = jsonencode({Statement = ['
        + STATEMENT % resource
        + "]})\n}\n"
    )


def conditional(count: int) -> str:
    """A template with a statement that hangs on so many conditions at once."""
    parameters = "".join(f"  P{n}: {{Type: String}}\n" for n in range(count))
    conditions = "".join(f"  C{n}: !Equals [!Ref P{n}, a]\n" for n in range(count))
    actions = ", ".join(f'!If [C{n}, "kms:Get{n}", "kms:List{n}"]' for n in range(count))
    join = f"!Join ['', [{actions}]]"
    return (
        f"Parameters:\n{parameters}Conditions:\n{conditions}"
        + HEAD
        + (f'      KeyPolicy: {{Statement: [{{Effect: Allow, Principal: "*", Action: {join}, Resource: "*"}}]}}\n')
    )


class Case(NamedTuple):
    """An input that breaks a bound which is set so low."""

    files: Mapping[str, str]
    low: int
    arguments: tuple[str, ...] = (".",)
    besides: tuple[str, ...] = ()
    """Other bounds that are low all the same."""


def template(text: str, low: int, *besides: str) -> Case:
    return Case({"a.yaml": text}, low, besides=besides)


def module(text: str, low: int, *besides: str, **files: str) -> Case:
    named = {name.replace("__", "/").replace("_", "."): other for name, other in files.items()}
    return Case({"main.tf": text, **named}, low, besides=besides)


PLAN = json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {
    "resources": [{"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k", "values": {}}]}},
    "padding": "x" * 3_000})  # fmt: skip
STACK = "Resources:\n%s"
NESTED = "  S%d: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}\n"
INCLUDED = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: %s}}}"
FETCHED = {
    ".terraform/modules/modules.json": json.dumps(
        {"Modules": [{"Key": key, "Source": "x/kms/aws", "Dir": ".terraform/modules/k"} for key in ("a", "b")]}
    ),
    ".terraform/modules/k/main.tf": MODULE % "k",
}
CALLS = "".join(f'module "{name}" {{\n  source = "x/kms/aws"\n}}\n' for name in "ab")
"""Of two fetched modules, which are the same files."""
BOTH = "".join(f'module "{name}" {{\n  source = "./m"\n}}\n' for name in "ab")
BROKEN = 'b%d "x" {\n  c = [1 +* 2]\n}\n'
SIDS = (
    "".join(f'variable "v{n}" {{}}\n' for n in range(3))
    + 'data "aws_iam_policy_document" "d" {\n'
    + "".join(f'  statement {{\n    sid = var.v{n}\n    actions = ["kms:*"]\n  }}\n' for n in range(3))
    + '}\ndata "aws_iam_policy_document" "e" {\n'
    "  override_policy_documents = [data.aws_iam_policy_document.d.json, data.aws_iam_policy_document.d.json]\n}\n"
    'resource "aws_kms_key" "k" {\n  policy = data.aws_iam_policy_document.e.json\n}\n'
)
IGNORE = "# kmslint: ignore[KMS501] reason=known\n"
BASELINE = json.dumps({"version": 1, "findings": []})
MANY_WAYS = (
    "Parameters:\n"
    + "".join(f"  P{n}: {{Type: String}}\n" for n in range(3))
    + "Conditions:\n"
    + "".join(f"  C{n}: !Equals [!Ref P{n}, a]\n" for n in range(3))
    + HEAD
    + "      KeyPolicy:\n        Statement:\n"
    + "".join(
        f'          - !If [C{n}, {{Effect: Allow, Principal: {{AWS: !Ref P{n}}}, Action: "kms:*", Resource: "*"}}, '
        f'{{Effect: Allow, Principal: "*", Action: "kms:Get*", Resource: "*"}}]\n'
        for n in range(3)
    )
)

FILE = 'resource "aws_kms_key" "k" {\n  policy = file("p.json")\n}\n'
IN_PARTS = conditional(3).replace("!Join ['', [", "[").replace("]], Resource", "], Resource")
PARAMETER = "Parameters: {P: {Type: String}}\n" + KEY

CASES = {
    "file-bytes": template(KEY, 50),
    "plan-bytes": Case({"plan.json": PLAN}, 1_000, besides=("file-bytes=500",)),
    "depth": template(KEY + f"Metadata: {'[' * 20}{']' * 20}\n", 15),
    "nodes": template(KEY, 10),
    "merged-pairs": template(KEY + "Metadata:\n  A: &a {b: 1, c: 2}\n  D:\n    <<: *a\n", 1),
    "documents": template(f"---\n{KEY}---\n{KEY}", 1),
    "unreadable-blocks": module("".join(BROKEN % n for n in range(3)) + MODULE % "k", 2),
    "refusals": module('locals {\n  a = 1\n}\nlocals {\n  a = 1\n}\nlocals {\n  a = 1\n}\n' + MODULE % "k", 1),
    "hcl-characters": module(MODULE % "k", 20, "second-reader-characters=10"),
    "second-reader-characters": module(MODULE % "k", 10, "hcl-characters=20"),
    "config-bytes": Case({"a.yaml": KEY, ".kmslint.yaml": "fail-on: never\n"}, 5),
    "config-entries": Case({"a.yaml": KEY, ".kmslint.yaml": "ignore: [KMS501, KMS502]\n"}, 1),
    "config-characters": Case({"a.yaml": KEY, ".kmslint.yaml": "fail-on: never\n"}, 3),
    "gitignore-steps": Case({"a.yaml": KEY, ".git/x": "", ".gitignore": "b\n"}, 1_000),
    "files": Case({"a.yaml": KEY, "b.yaml": "a: 1\n"}, 1),
    "read-file-bytes": module(FILE, 5, p_json='{"Statement": []}'),
    "read-files": module(policy('[file("q.txt"), file("r.txt")]'), 1, q_txt="q", r_txt="r"),
    "loop-nodes": template(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n    - X\n    - [a, b]\n"
        "    - K${X}: {Type: AWS::KMS::Key}\n", 3,
    ),
    "included-characters": Case(
        {"a.yaml": HEAD + f"      KeyPolicy: {INCLUDED % 'p.yaml'}\n", "p.yaml": f"Statement: [{OPEN}]\n"}, 5
    ),
    "parameter-file-bytes": Case({"a.yaml": PARAMETER, "p.json": '{"P": "a"}'}, 5, ("--parameter-file", "p.json", ".")),
    "steps": template(KEY, 5),
    "expression-steps": module(MODULE % "k", 5),
    "text": module(policy('join("", ["0123456789", "0123456789"])'), 15),
    "elements": module(policy('[for n in range(30) : "*"]'), 25),
    "policy-characters": template(KEY, 20),
    "sids": module(SIDS, 1),
    "choices": template(conditional(3), 2),
    "parts": template(IN_PARTS, 1, "choices=1"),
    "decisions": template(f"{HEAD}      KeyPolicy: {{Statement: [{OPEN}, {DENIED}]}}\n", 2),
    "branches": template(MANY_WAYS, 1),
    "fact-steps": template(MANY_WAYS, 1),
    "fact-steps-in-all": template(MANY_WAYS, 1),
    "modules": module(BOTH, 1, m__main_tf=MODULE % "k"),
    "module-depth": module('module "m" {\n  source = "./m"\n}\n', 1,
        m__main_tf='module "n" {\n  source = "../n"\n}\n', n__main_tf=MODULE % "k"),
    "called-characters": Case({"main.tf": CALLS, **FETCHED}, 20),
    "stacks": Case({"a.yaml": STACK % (NESTED % (1, "b.yaml") + NESTED % (2, "b.yaml")), "b.yaml": KEY}, 1),
    "stack-depth": Case(
        {"a.yaml": STACK % (NESTED % (1, "b.yaml")), "b.yaml": STACK % (NESTED % (1, "c.yaml")), "c.yaml": KEY}, 1
    ),
    "nested-characters": Case({"a.yaml": STACK % (NESTED % (1, "b.yaml")), "b.yaml": KEY}, 20),
    "instances": module((MODULE % "k").replace("{\n", "{\n  count = 3\n", 1), 2),
    "repeated-resources": module(BOTH, 1, m__main_tf=MODULE % "k" + MODULE % "l"),
    "ignores": template(IGNORE * 2 + KEY, 1),
    "baseline-bytes": Case({"a.yaml": KEY, "base.json": BASELINE}, 5, ("--baseline", "base.json", ".")),
    "baseline-entries": Case({"a.yaml": KEY}, 1, ("--write-baseline", ".")),
}  # fmt: skip
NOT_NAMED = {
    "hcl-seconds": "its input would take that long: test_syntax_hcl_broken.py",
    "rehearsal-seconds": "so would this one: test_rehearsal.py",
    "rehearsal-megabytes": "test_rehearsal.py",
    "unrehearsed-characters": "test_rehearsal.py",
    "tried": "the parameter is named that was not tried",
    "instances-of-one": "`each` is named, whose instances were not told apart",
}
"""Bounds that are told of in another way."""


def told(case: Case, bounds: Mapping[str, int], capsys: pytest.CaptureFixture[str]) -> tuple[str, int]:
    """What a run with these bounds says, and its exit code."""
    given = [*case.besides, *(f"{name}={value}" for name, value in bounds.items())]
    with pytest.raises(SystemExit) as exit_:
        main([*(part for one in given for part in ("--limit", one)), "-v", "--profile", "strict", *case.arguments])
    out, err = capsys.readouterr()
    assert "internal error" not in err, err
    return out + err, int(exit_.value.code or 0)


def test_every_bound_has_an_input() -> None:
    assert {*CASES, *NOT_NAMED} == set(limits.declared())
    assert not set(CASES) & set(NOT_NAMED)


@pytest.mark.parametrize("name", CASES)
def test_a_bound_is_named_where_it_stops_something(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    for file, text in case.files.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    naming = re.compile(rf"--limit ([a-z-]+=N or )*{name}=N")
    low, code = told(case, {name: case.low}, capsys)
    assert naming.search(" ".join(low.split())), low
    assert code in (2, 3) or "KMS001" in low or "KMS004" in low, low
    high, _ = told(case, {name: limits.declared()[name].default}, capsys)
    assert not naming.search(" ".join(high.split())), high


@cache
def sources() -> list[tuple[Path, ast.Module]]:
    """The program."""
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in (ROOT / "kmslint").rglob("*.py")]


def names_given(tree: ast.Module) -> set[str]:
    """The bounds that it names, as in `limits.named(reason, "nodes")` and `read_bytes(path, "config-bytes")`."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts & set(limits.declared())


def test_every_bound_is_named_somewhere_in_the_program() -> None:
    found = {name for path, tree in sources() if path.name != "limits.py" for name in names_given(tree)}
    assert set(limits.declared()) - found == {"tried", "instances-of-one", "unrehearsed-characters"}


def is_limits(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "limits"


def test_no_bound_is_kept_from_one_run_to_the_next() -> None:
    """A default argument, a constant or a cache that holds one would not hear of another."""
    kept = []
    for path, tree in sources():
        functions = (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda)))
        early = [*(one for node in functions for one in (*node.args.defaults, *node.args.kw_defaults) if one)]
        early += [node.value for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value]
        variables = {name.upper().replace("-", "_") for name in limits.declared()}
        for value in early:
            names = {one.attr for one in ast.walk(value) if isinstance(one, ast.Attribute) and is_limits(one.value)}
            if path.name != "limits.py" and names & variables:
                kept.append(f"{path.name}:{value.lineno}")
        froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and "limits" in str(node.module))
        kept += [f"{path.name}:{node.lineno}" for node in froms if {one.name for one in node.names} & variables]
    assert kept == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nodez=3", "there is no limit 'nodez'; did you mean 'nodes'?"),
        ("MERGED_PAIRS=3", "there is no limit 'MERGED_PAIRS'; did you mean 'merged-pairs'?"),
        ("quux=3", "there is no limit 'quux'; `kmslint config limits` lists them"),
        ("nodes", "nodes is a whole number from 1 to 1000000000"),
        ("nodes=", "nodes is a whole number from 1 to 1000000000"),
        ("nodes=0", "nodes is a whole number from 1 to 1000000000"),
        ("nodes=-5", "nodes is a whole number from 1 to 1000000000"),
        ("nodes=1e3", "nodes is a whole number from 1 to 1000000000"),
        ("nodes=\u0663", "nodes is a whole number from 1 to 1000000000"),
        ("nodes=" + "9" * 5_000, "nodes is a whole number from 1 to 1000000000"),
        ("depth=251", "depth is a whole number from 1 to 250"),
    ],
)
def test_what_is_no_bound(given: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["access"], ["can", "role/A", "kms:Decrypt", "K"]):
        with pytest.raises(SystemExit) as exit_:
            main([*command, "--limit", given, str(ROOT / "fixtures" / "templates" / "orders.yaml")])
        assert exit_.value.code == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("key", ["limit", "limits"])
def test_a_file_cannot_set_a_bound(key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(KEY, encoding="utf-8")
    (tmp_path / CONFIGURED).write_text(f"{key}:\n  nodes: 10\n", encoding="utf-8")
    with pytest.raises(SystemExit) as exit_:
        main([str(tmp_path)])
    assert exit_.value.code == 2
    assert f"{CONFIGURED}:1: only the command line says --limit" in capsys.readouterr().err


def test_a_bound_holds_for_one_run() -> None:
    low = Settings(limits=("nodes=3",))
    assert [problem.reason for problem in lint_text("a.yaml", KEY.encode(), low).problems]
    assert limits.declared()["nodes"].default == limits.NODES
    assert not lint_text("a.yaml", KEY.encode()).problems


def test_what_is_ours_is_read_whatever_bounds_are_set() -> None:
    """The descriptions of modules and the policies of AWS are kept for the next run."""
    call = 'module "k" {\n  source = "terraform-aws-modules/kms/aws"\n  version = "2.0.0"\n}\n'
    small = Settings(limits=("hcl-characters=1", "second-reader-characters=1", "nodes=40", "depth=12"))
    lint_text("main.tf", call.encode(), small)
    assert len(lint_text("main.tf", call.encode()).keys) == 1


def test_at_the_ceiling_it_is_said_so() -> None:
    with limits.within({"depth": limits.declared()["depth"].ceiling}):
        assert limits.named("nested", "depth") == "nested; the limit depth is as high as it can be"


@pytest.mark.parametrize("name", DEEP)
def test_depth_is_safe_up_to_its_ceiling(name: str) -> None:
    """The stack of Python is deep enough for it, whatever nests."""
    path, make = DEEP[name]
    for level in (limits.declared()["depth"].default, limits.declared()["depth"].ceiling):
        settings = Settings(profile="strict", limits=(f"depth={level}",))
        for depth in (level - 8, level, 2 * level):
            outcome = lint_text(path, make(depth).encode(), settings)
            assert not outcome.internal_errors


def test_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["config", "limits"])
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if line[0] != " "] == list(limits.declared())
    with pytest.raises(SystemExit):
        main(["config", "limits", "--format", "json"])
    listed = json.loads(capsys.readouterr().out)["limits"]
    assert {one["name"]: one["default"] for one in listed}["depth"] == 100
