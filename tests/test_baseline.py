"""A baseline: what is known is not told again however its lines move, what is new is, and nobody's word is taken."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import FIXTURES
from commands import run
from kmslint import limits
from kmslint.baselining import DEFAULT, write_baseline
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.outcome import Outcome
from kmslint.errors import UsageError
from kmslint.lint import lint
from kmslint.report import render
from kmslint.report.options import Options
from kmslint.settings import Settings
from kmslint.suppression.baseline_file import read_baseline
from shut_directories import shut

TODAY = "2026-06-30"
REASON = f"in the baseline of {TODAY}"
HEAD = "Resources:\n  {}:\n    Type: AWS::KMS::Key\n    Properties:\n      EnableKeyRotation: true\n"
POLICY = '      KeyPolicy:\n        Version: "2012-10-17"\n        Statement:\n'
ROOT_STATEMENT = (
    "          - Effect: Allow\n"
    "            Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}\n"
    "            Action: kms:*\n"
    '            Resource: "*"\n'
)
ENTRY = {"path": "a.yaml", "resource": "Key", "rule": "KMS201", "subject": "s", "reason": "known"}


def statement(action: str, sid: str = "") -> str:
    head = f"          - Sid: {sid}\n            Effect: Allow\n" if sid else "          - Effect: Allow\n"
    return f'{head}            Principal: "*"\n            Action: {action}\n            Resource: "*"\n'


def template(*statements: str, key: str = "Key") -> str:
    return HEAD.format(key) + POLICY + ROOT_STATEMENT + "".join(statements)


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="")


def told(root: Path, **options: object) -> Settings:
    base = Settings(root=str(root), today=TODAY, baseline=str(root / DEFAULT))
    return base._replace(**options)  # type: ignore[arg-type]


def check(root: Path, *paths: str, **options: object) -> Outcome:
    return lint([str(root / path) for path in paths or (".",)], told(root, **options))


def accept(root: Path, *paths: str, **options: object) -> list[dict[str, Any]]:
    """Writes the baseline; its entries."""
    write_baseline([str(root / path) for path in paths or (".",)], told(root, **options), Severity.INFO)
    return entries(root)


def entries(root: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((root / DEFAULT).read_text(encoding="utf-8"))["findings"]
    return found


def new(outcome: Outcome) -> list[tuple[str, str]]:
    return [(finding.rule_id, finding.resource) for finding in outcome.findings]


def known(outcome: Outcome) -> int:
    assert all(one.external for one in outcome.suppressed)
    return len(outcome.suppressed)


def shown(finding: Finding) -> tuple[object, ...]:
    return (
        finding.rule_id,
        finding.at.path,
        finding.at.region,
        finding.resource,
        finding.message,
        len(finding.related),
    )


def outdated(outcome: Outcome) -> int:
    assert outcome.baseline is not None
    return outcome.baseline.outdated


def test_everything_that_the_fixtures_have_is_known_once_it_is_written(tmp_path: Path) -> None:
    for name in ("KMS10[15]", "KMS20[12]", "KMS301", "KMS410", "templates"):
        for directory in FIXTURES.glob(name):
            shutil.copytree(directory, tmp_path / directory.name)
    before = lint([str(tmp_path)], told(tmp_path, baseline=None))
    first = accept(tmp_path)
    after = check(tmp_path)
    left = [finding for finding in before.findings if not finding.rule_id.startswith("KMS0")]
    assert [finding.rule_id for finding in after.findings if not finding.rule_id.startswith("KMS0")] == []
    assert [shown(one.finding) for one in after.suppressed] == list(map(shown, left))
    assert outdated(after) == 0
    text = (tmp_path / DEFAULT).read_bytes()
    assert accept(tmp_path) == first
    assert (tmp_path / DEFAULT).read_bytes() == text
    assert first == sorted(first, key=lambda one: (one["path"], one["resource"], one["rule"], one["subject"]))


ACTIONS = st.sampled_from(("kms:Decrypt", "kms:Encrypt", "kms:Encrypt", "[kms:Decrypt, kms:Encrypt]"))
STATEMENTS = st.builds(statement, ACTIONS)
BETWEEN = st.sampled_from(("", "\n", "# a comment\n", "            # another: {\n", "   \n"))


@settings(max_examples=60, deadline=None)
@given(
    before=st.lists(STATEMENTS, min_size=1, max_size=5),
    more=st.lists(STATEMENTS, max_size=3),
    data=st.data(),
)
def test_moved_lines_stay_known_and_what_is_added_is_new(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], more: list[str], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("repository")
    put(root, {"a.yaml": template(*before)})
    accept(root, select=("KMS201",))
    after = data.draw(st.permutations([*before, *more]))
    lines = template(*after).splitlines(keepends=True)
    moved = "".join(data.draw(BETWEEN) + line for line in lines)
    put(root, {"a.yaml": moved})
    outcome = check(root, select=("KMS201",))
    assert (len(outcome.findings), known(outcome), outdated(outcome)) == (len(more), len(before), 0)


@settings(max_examples=40, deadline=None)
@given(
    before=st.lists(STATEMENTS, min_size=1, max_size=5),
    after=st.lists(STATEMENTS, max_size=5),
)
def test_what_is_found_is_known_or_new_and_what_is_known_is_found_or_outdated(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str]
) -> None:
    root = tmp_path_factory.mktemp("repository")
    put(root, {"a.yaml": template(*before)})
    accept(root, select=("KMS201",))
    put(root, {"a.yaml": template(*after)})
    outcome = check(root, select=("KMS201",))
    assert len(outcome.findings) + known(outcome) == len(after)
    assert outdated(outcome) + known(outcome) == len(before)
    accept(root, select=("KMS201",))
    assert sum(entry.get("count", 1) for entry in entries(root)) == len(after)
    assert outdated(check(root, select=("KMS201",))) == 0


@pytest.mark.parametrize("sid", ["", "ReadAll"])
def test_a_statement_that_changes_is_new(tmp_path: Path, sid: str) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt", sid))})
    accept(tmp_path)
    put(tmp_path, {"a.yaml": template(statement("kms:*", sid))})
    outcome = check(tmp_path)
    assert ("KMS201", "Key") in new(outcome)
    assert known(outcome) == 0


MODULE = (
    'data "aws_iam_policy_document" "p" {\n  statement {\n    actions   = ["kms:Decrypt"]\n    resources = ["*"]\n'
    '    principals {\n      type        = "AWS"\n      identifiers = ["*"]\n    }\n  }\n}\n'
)
KEY = (
    'resource "aws_kms_key" "NAME" {\n  enable_key_rotation = true\n  policy = data.aws_iam_policy_document.p.json\n}\n'
)


@pytest.mark.parametrize("name", ["a", "z"])
def test_a_key_that_comes_to_share_a_known_statement_is_new(tmp_path: Path, name: str) -> None:
    """Keys that share a policy are told as one, and which of them is named must not matter."""
    put(tmp_path, {"main.tf": MODULE + KEY.replace("NAME", "m")})
    assert ["in" in entry for entry in accept(tmp_path, select=("KMS201",))] == [False]
    put(tmp_path, {"main.tf": MODULE + KEY.replace("NAME", "m") + KEY.replace("NAME", name)})
    outcome = check(tmp_path, select=("KMS201",))
    assert new(outcome) == [("KMS201", f"aws_kms_key.{name}")]
    assert known(outcome) == 1


def test_a_root_module_that_comes_to_call_a_known_one_is_new_however_it_is_looked_at(tmp_path: Path) -> None:
    call = 'module "k" {\n  source = "../module"\n}\n'
    put(tmp_path, {"module/main.tf": MODULE + KEY.replace("NAME", "m"), "one/main.tf": call})
    assert [entry["in"] for entry in accept(tmp_path, select=("KMS201",))] == ["one"]
    put(tmp_path, {"two/main.tf": call})
    for paths, expected in ((("."), (1, 1)), (("two"), (1, 0)), (("one"), (0, 1))):
        outcome = check(tmp_path, paths, select=("KMS201",))
        assert (len(outcome.findings), known(outcome), outdated(outcome)) == (*expected, 0)


def test_a_module_that_is_looked_at_without_its_callers_is_known(tmp_path: Path) -> None:
    call = 'module "k" {\n  count  = 1\n  source = "../module"\n}\n'
    put(tmp_path, {"module/main.tf": MODULE + KEY.replace("NAME", "m"), "one/main.tf": call})
    assert [entry["resource"] for entry in accept(tmp_path, select=("KMS201",))] == ["module.k[0].aws_kms_key.m"]
    for paths, changed in ((("module",), False), (("module/main.tf",), True)):
        outcome = check(tmp_path, *paths, select=("KMS201",), changed=changed)
        assert (outcome.findings, known(outcome), outdated(outcome)) == ((), 1, 0)
    put(tmp_path, {"module/main.tf": MODULE + KEY.replace("NAME", "m") + KEY.replace("NAME", "n")})
    outcome = check(tmp_path, "module", select=("KMS201",))
    assert (new(outcome), known(outcome)) == ([("KMS201", "aws_kms_key.n")], 1)
    (tmp_path / "one/main.tf").unlink()
    accept(tmp_path, select=("KMS201",))
    outcome = check(tmp_path, select=("KMS201",))
    assert (outcome.findings, known(outcome), outdated(outcome)) == ((), 1, 0)


def test_of_the_same_as_many_are_known_as_there_were(tmp_path: Path) -> None:
    one = statement("kms:Decrypt")
    for before, count in ((1, None), (2, 2)):
        put(tmp_path, {"a.yaml": template(*[one] * before)})
        (entry,) = accept(tmp_path, select=("KMS201",))
        assert entry.get("count") == count
        for after in range(4):
            put(tmp_path, {"a.yaml": template(*[one] * after)})
            outcome = check(tmp_path, select=("KMS201",))
            expected = (max(after - before, 0), min(after, before), max(before - after, 0))
            assert (len(outcome.findings), known(outcome), outdated(outcome)) == expected
    put(tmp_path, {"a.yaml": template(one)})
    (entry,) = accept(tmp_path, select=("KMS201",))
    assert "count" not in entry


def test_a_statement_without_a_name_stays_known_when_another_is_put_above_it(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    assert ["[]" in entry["subject"] for entry in accept(tmp_path, select=("KMS201",))] == [True]
    put(tmp_path, {"a.yaml": template(statement("kms:Encrypt"), statement("kms:Decrypt"))})
    outcome = check(tmp_path, select=("KMS201",))
    assert (len(outcome.findings), known(outcome), outdated(outcome)) == (1, 1, 0)


def test_a_key_of_the_root_module_is_not_known_for_one_of_a_module_that_it_calls(tmp_path: Path) -> None:
    statements = '[{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }]'
    root = f"locals {{\n  p = jsonencode({{ Statement = {statements} }})\n}}\n"
    call = 'module "k" {\n  source = "./m"\n  p = local.p\n}\n'
    key = 'resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n  policy = P.p\n}\n'
    put(tmp_path, {"main.tf": root + call, "m/main.tf": 'variable "p" {}\n' + key.replace("P", "var")})
    assert [entry["resource"] for entry in accept(tmp_path, select=("KMS201",))] == ["module.k.aws_kms_key.k"]
    put(tmp_path, {"main.tf": root + call + key.replace("P", "local")})
    outcome = check(tmp_path, select=("KMS201",))
    assert (new(outcome), known(outcome)) == ([("KMS201", "aws_kms_key.k")], 1)


@pytest.mark.parametrize(
    ("path", "everywhere", "in_one_file"),
    [("", 1, 0), ("/", 0, 0), ("/a.yaml", 0, 0), ("x/y/a.yaml", 1, 0), ("a.yaml", 1, 1)],
)
def test_only_what_was_looked_at_is_outdated(tmp_path: Path, path: str, everywhere: int, in_one_file: int) -> None:
    put(tmp_path, {"a.yaml": template(), DEFAULT: document({**ENTRY, "path": path})})
    assert (outdated(check(tmp_path)), outdated(check(tmp_path, "a.yaml"))) == (everywhere, in_one_file)


OPEN = template(statement("kms:Decrypt")) + "  Other: {Type: AWS::S3::Bucket}\n"
OPENED = "Parameters: {P: {Type: String}}\n"
SWITCHED = "Parameters: {P: {Type: String, Default: no}}\nConditions: {C: !Equals [!Ref P, yes]}\n"
SWITCHED_OFF = SWITCHED + OPEN.replace("AWS::KMS::Key\n", "AWS::KMS::Key\n    Condition: C\n", 1)
GONE = [
    pytest.param({"a.yaml": template()}, {}, 1, id="corrected"),
    pytest.param({"a.yaml": None}, {}, 1, id="a file that is gone"),
    pytest.param({"a.yaml": "Resources: {Other: {Type: AWS::S3::Bucket}}\n"}, {}, 1, id="a key that is gone"),
    pytest.param(
        {"a.yaml": "Resources: {Other: {Type: AWS::S3::Bucket}}\n"}, {"paths": ("a.yaml",)}, 1, id="only that file"
    ),
    pytest.param({"a.yaml": template()}, {"select": ("KMS5",)}, 0, id="the rule did not run"),
    pytest.param({"a.yaml": template()}, {"changed": True}, 0, id="the files of a change"),
    pytest.param({"a.yaml": template() + "  Other: {Type: [}\n"}, {}, 0, id="not to be read"),
    pytest.param(
        {"a.yaml": OPENED + HEAD.format("Key") + "      KeyPolicy: !Ref P\n"},
        {},
        0,
        id="undecided",
    ),
    pytest.param(
        {"a.yaml": OPENED + OPEN.replace('Principal: "*"', "Principal: {AWS: !Ref P}")},
        {},
        1,
        id="another statement, which is open",
    ),
    pytest.param({"a.yaml": OPENED + template() + "          - !Ref P\n"}, {}, 0, id="a statement that is not seen"),
    pytest.param({"a.yaml": SWITCHED_OFF}, {"select": ("KMS5", "KMS2")}, 0, id="switched off by a default"),
    pytest.param({"b.yaml": template(key="B")}, {"paths": ("b.yaml",)}, 0, id="another file"),
    pytest.param({"main.tf": KEY}, {"paths": ("main.tf",)}, 0, id="a module beside it"),
]


@pytest.mark.parametrize(("files", "options", "number"), GONE)
def test_what_no_longer_applies(
    tmp_path: Path, files: dict[str, str | None], options: dict[str, Any], number: int
) -> None:
    put(tmp_path, {"a.yaml": OPEN})
    before = accept(tmp_path, select=("KMS201",))
    for name, text in files.items():
        if text is None:
            (tmp_path / name).unlink()
        else:
            put(tmp_path, {name: text})
    paths = options.get("paths", ())
    options = {name: value for name, value in options.items() if name != "paths"}
    outcome = check(tmp_path, *paths, **options)
    assert outdated(outcome) == number
    assert (f"; {number} in it no longer applies" in render("text", outcome, Options())) == bool(number)
    after = accept(tmp_path, *paths, **options)
    assert [entry for entry in after if entry in before] == ([] if number else before)


def test_a_statement_that_hangs_on_a_parameter_from_now_on_may_be_found_again(tmp_path: Path) -> None:
    given, text = (
        "Parameters: {P: {Type: String, Default: '*'}}\n",
        OPEN.replace('Principal: "*"', "Principal: {AWS: !Ref P}"),
    )
    put(tmp_path, {"a.yaml": given + text})
    before = accept(tmp_path, select=("KMS201",))
    assert [entry["rule"] for entry in before] == ["KMS201"]
    put(tmp_path, {"a.yaml": OPENED + text})
    assert outdated(check(tmp_path, select=("KMS201",))) == 0
    assert accept(tmp_path, select=("KMS201",)) == before


def test_a_key_that_is_undecided_from_now_on_may_be_locked_out_again(tmp_path: Path) -> None:
    closed = statement("kms:Decrypt").replace('"*"', "{AWS: 'arn:aws:iam::111122223333:role/r'}", 1)
    text = HEAD.format("Key") + POLICY
    put(tmp_path, {"a.yaml": text + closed})
    before = accept(tmp_path, select=("KMS101",))
    assert [(entry["rule"], "content" in entry) for entry in before] == [("KMS101", False)]
    opened = statement("kms:*").replace('"*"', "{AWS: !Ref P}", 1)
    put(tmp_path, {"a.yaml": OPENED + text + opened})
    assert outdated(check(tmp_path, select=("KMS101",))) == 0
    other = HEAD.format("Other").removeprefix("Resources:\n") + "      KeyPolicy: !Ref P\n"
    for after in (template(), OPENED + template() + other):
        put(tmp_path, {"a.yaml": after})
        assert outdated(check(tmp_path, select=("KMS101",))) == 1


def test_a_statement_that_is_no_more_is_gone_whatever_else_is_open(tmp_path: Path) -> None:
    text = HEAD.format("Key") + POLICY
    put(tmp_path, {"a.yaml": text + statement("kms:Decrypt")})
    accept(tmp_path, select=("KMS201",))
    put(tmp_path, {"a.yaml": OPENED + text + statement("kms:*").replace('"*"', "{AWS: !Ref P}", 1)})
    assert outdated(check(tmp_path, select=("KMS201",))) == 1


def test_a_module_of_which_a_file_is_named_is_looked_at_whole(tmp_path: Path) -> None:
    put(tmp_path, {"x/main.tf": MODULE + KEY.replace("NAME", "m")})
    accept(tmp_path, select=("KMS201",))
    put(tmp_path, {"x/main.tf": KEY.replace("NAME", "m").replace("data.aws_iam_policy_document.p.json", "null")})
    assert outdated(check(tmp_path, "x/main.tf", select=("KMS201",))) == 1


def test_what_a_broken_module_reads_from_elsewhere_may_be_found_again(tmp_path: Path) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}'
    key = KEY.replace("NAME", "k").replace("data.aws_iam_policy_document.p.json", 'file("../p.json")')
    put(tmp_path, {"x/main.tf": key, "p.json": policy})
    assert [(entry["path"], entry["in"]) for entry in accept(tmp_path, select=("KMS201",))] == [("p.json", "x")]
    put(tmp_path, {"p.json": policy.replace('"*"', '"arn:aws:iam::111122223333:root"', 1)})
    assert outdated(check(tmp_path, select=("KMS201",))) == 1
    put(tmp_path, {"x/b.tf": "}\n"})
    assert outdated(check(tmp_path, select=("KMS201",))) == 0


def test_of_what_is_no_more_only_what_the_rules_of_the_run_found_is_gone(tmp_path: Path) -> None:
    text = template(statement("kms:Decrypt"))
    put(tmp_path, {"a.yaml": text.replace("EnableKeyRotation: true", "EnableKeyRotation: false")})
    assert sorted(entry["rule"] for entry in accept(tmp_path, select=("KMS201", "KMS501"))) == ["KMS201", "KMS501"]
    put(tmp_path, {"a.yaml": template()})
    assert outdated(check(tmp_path, select=("KMS501",))) == 1
    assert [entry["rule"] for entry in accept(tmp_path, select=("KMS501",))] == ["KMS201"]


@pytest.mark.parametrize(("length", "whole"), [(2000, True), (2001, False)])
def test_a_name_that_is_too_long_is_known_by_its_beginning_and_a_mark(tmp_path: Path, length: int, whole: bool) -> None:
    name = "K" * length
    public = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [public]}}}
    put(tmp_path, {"a.json": json.dumps({"Resources": {name: key}})})
    (entry,) = accept(tmp_path, select=("KMS201",))
    assert ((entry["resource"] == name), len(entry["resource"])) == (whole, 2000)
    assert known(check(tmp_path, select=("KMS201",))) == 1


def test_a_module_that_cannot_be_read_in_full_says_nothing_of_what_is_gone(tmp_path: Path) -> None:
    put(tmp_path, {"main.tf": MODULE + KEY.replace("NAME", "m")})
    accept(tmp_path, select=("KMS201",))
    put(tmp_path, {"main.tf": KEY.replace("NAME", "m").replace("data.aws_iam_policy_document.p.json", "null")})
    assert outdated(check(tmp_path)) == 1
    put(tmp_path, {"other.tf": 'resource "aws_kms_key" "n" {\n  policy = [\n}\n'})
    assert outdated(check(tmp_path)) == 0
    assert len(accept(tmp_path, select=("KMS201",))) == 1


ROLE = "Resources:\n  R:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:{}\n"
WRONG = " {Version: 2012-10-17, Statement: [{Effect: Allow, Action: kms:Nonsense, Resource: '*'}]}"


def test_an_iam_policy_that_cannot_be_seen_says_nothing_of_what_is_gone(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": ROLE.format(WRONG)})
    assert len(accept(tmp_path, select=("KMS401",))) == 1
    put(tmp_path, {"a.yaml": OPENED + ROLE.format(" !Ref P") + "  Key: {Type: AWS::KMS::Key}\n"})
    assert outdated(check(tmp_path)) == 0
    put(tmp_path, {"a.yaml": ROLE.format(WRONG.replace("Nonsense", "Decrypt"))})
    assert outdated(check(tmp_path)) == 1


TF_ROLE = """resource "aws_kms_key" "k" {}
resource "aws_iam_role" "r" {
  inline_policy {
    name = "p"
    BODY
  }
}
"""
TF_WRONG = 'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Nonsense", Resource = "*" }] })'


def test_an_inline_policy_without_text_says_nothing_of_what_is_gone(tmp_path: Path) -> None:
    put(tmp_path, {"main.tf": TF_ROLE.replace("BODY", TF_WRONG)})
    assert len(accept(tmp_path, select=("KMS401",))) == 1
    put(tmp_path, {"main.tf": TF_ROLE.replace("BODY", "")})
    assert outdated(check(tmp_path, select=("KMS401",))) == 0


def test_a_rule_that_fails_says_nothing_of_what_is_gone_and_no_baseline_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    before = accept(tmp_path, select=("KMS201",))
    put(tmp_path, {"a.yaml": template()})
    monkeypatch.setattr("kmslint.rules.kms501_rotation_disabled.check", lambda _: 1 / 0)
    outcome = check(tmp_path)
    assert outcome.internal_errors
    assert outdated(outcome) == 0
    with pytest.raises(UsageError, match="a rule failed, so nothing was written"):
        accept(tmp_path)
    assert entries(tmp_path) == before


@pytest.mark.parametrize(("limit", "reason"), [("ENTRIES", "more than 10 entries"), ("BYTES", "more than 10 bytes")])
def test_more_than_would_be_read_again_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, reason: str
) -> None:
    monkeypatch.setattr(limits, f"BASELINE_{limit}", 10)
    if limit == "ENTRIES":
        put(tmp_path, {"a.yaml": template(*(statement("kms:Decrypt", f"S{number}") for number in range(10)))})
        assert len(accept(tmp_path, select=("KMS201",))) == 10
        (tmp_path / DEFAULT).unlink()
    put(tmp_path, {"a.yaml": template(*(statement("kms:Decrypt", f"S{number}") for number in range(11)))})
    with pytest.raises(UsageError, match=reason):
        accept(tmp_path, select=("KMS201",))
    assert not (tmp_path / DEFAULT).exists()


@pytest.mark.parametrize("name", ["p.json", "p.txt"])
def test_a_statement_in_a_file_of_any_name_is_known_by_what_it_says(tmp_path: Path, name: str) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Sid": "%s"}]}'
    key = f'resource "aws_kms_key" "k" {{\n  policy = file("{name}")\n}}\n'
    put(tmp_path, {"main.tf": key, name: policy % "#1//x"})
    accept(tmp_path, select=("KMS201",))
    assert known(check(tmp_path, select=("KMS201",))) == 1
    put(tmp_path, {name: policy.replace(" ", "  ") % "#1//x"})
    assert known(check(tmp_path, select=("KMS201",))) == 1
    put(tmp_path, {name: policy.replace("kms:*", "kms:Decrypt") % "#1//x"})
    assert known(check(tmp_path, select=("KMS201",))) == 0


def test_a_reason_of_ones_own_stays(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    path = tmp_path / DEFAULT
    (entry,) = accept(tmp_path, select=("KMS201",))
    assert entry["reason"] == REASON
    assert set(entry) == {"path", "resource", "rule", "subject", "content", "reason"}
    own = "until the partner has moved: 鍵"
    path.write_text(path.read_text().replace(REASON, own), encoding="utf-8")
    put(tmp_path, {"a.yaml": "\n\n" + template(statement("kms:Decrypt"), statement("kms:Encrypt"))})
    assert sorted(one["reason"] for one in accept(tmp_path, select=("KMS201",))) == [REASON, own]
    (first, second) = check(tmp_path, select=("KMS201",)).suppressed
    assert (first.reason, first.at.path, second.reason) == (own, DEFAULT, REASON)
    assert 4 in {first.at.line, second.at.line}
    assert first.at.line != second.at.line


def test_what_is_not_looked_for_is_not_written_and_what_was_written_stays(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    write_baseline([str(tmp_path)], told(tmp_path, select=("KMS5",)), Severity.INFO)
    assert entries(tmp_path) == []
    accept(tmp_path)
    write_baseline([str(tmp_path)], told(tmp_path, select=("KMS5",)), Severity.CRITICAL)
    assert [entry["rule"] for entry in entries(tmp_path)] == ["KMS201"]


def test_what_was_not_analysed_is_never_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt")), "b.yaml": "AWS::KMS::Key: [\n"})
    path = str(tmp_path / DEFAULT)
    assert run(capsys, str(tmp_path), "--write-baseline", "--baseline", path).code == 3
    assert {entry["rule"] for entry in entries(tmp_path)} == {"KMS201"}
    after = run(capsys, str(tmp_path), "--baseline", path, "-f", "concise")
    assert after.code == 3
    assert "KMS000" in after.out
    assert "KMS201" not in after.out


def test_a_comment_counts_before_the_baseline(tmp_path: Path) -> None:
    comment = "          # kmslint: ignore[KMS201] until=2026-06-30 known\n"
    put(tmp_path, {"a.yaml": template(comment + statement("kms:Decrypt"))})
    assert accept(tmp_path, select=("KMS201",)) == []
    later = check(tmp_path, select=("KMS201", "KMS003"), today="2026-07-01")
    assert [rule for rule, _ in new(later)] == ["KMS003", "KMS201"]


def test_without_ignores_everything_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    accept(tmp_path)
    path = str(tmp_path / DEFAULT)
    assert run(capsys, str(tmp_path), "--baseline", path).code == 0
    assert run(capsys, str(tmp_path), "--baseline", path, "--no-ignores").code == 1


def test_a_baseline_is_no_template(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    accept(tmp_path)
    path = tmp_path / DEFAULT
    path.write_text(path.read_text().replace(REASON, "AWS::KMS::Key has it so; kmslint: ignore[KMS201] x"))
    for options in ({}, {"changed": True}):
        outcome = lint([str(tmp_path), str(tmp_path / "a.yaml")], told(tmp_path, **options))
        assert (outcome.findings, outcome.problems) == ((), ())
    assert lint([str(path)], told(tmp_path, changed=True)).problems == ()


def test_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    path = str(tmp_path / DEFAULT)
    first = run(capsys, str(tmp_path), "--write-baseline", "--baseline", path)
    assert first.err == f"kmslint: {DEFAULT}: 1 entry, 1 of them new\n"
    assert (first.code, first.out) == (
        0,
        "no new findings in 1 key, 0 identities, 1 estate.\n1 finding known from .kmslint-baseline.json.\n",
    )
    (tmp_path / DEFAULT).unlink()
    accept(tmp_path)
    outcome = check(tmp_path)
    report = json.loads(render("json", outcome, Options()))
    (one,) = report["suppressed"]
    assert {name: one[name] for name in ("rule", "reason", "until", "kind")} == {
        "rule": "KMS201",
        "reason": REASON,
        "until": None,
        "kind": "external",
    }
    assert report["summary"]["baseline"] == {"path": DEFAULT, "known": 1, "outdated": 0}
    assert json.loads(render("sarif", outcome, Options()))["runs"][0]["results"] == []
    (result,) = json.loads(render("sarif", outcome, Options(suppressed=True)))["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": REASON}]
    assert f"known ({DEFAULT}:4): {REASON}" in render("text", outcome, Options(suppressed=True))
    assert f"(known: {REASON})\n" in render("concise", outcome, Options(suppressed=True))


def document(*members: object, **more: object) -> str:
    return json.dumps({"version": 1, "findings": list(members), **more}, indent=1)


HOSTILE = [
    pytest.param("[]", "1: not an object", id="a list"),
    pytest.param(document(*[ENTRY] * 10_001), "more than 10000 entries", id="many entries"),
    pytest.param('{"\\u001b]0;x": 1}', 'unknown member "\\x1b]0;x"', id="an escaped one"),
    pytest.param('{"##[error]x": 1}', 'unknown member "##\\x5berror]x"', id="a command"),
    pytest.param(document({**ENTRY, "reason": "\udcff"}), "a lone surrogate", id="half a character"),
]


@pytest.mark.parametrize(("text", "reason"), HOSTILE)
def test_what_is_no_baseline_is_an_error_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt")), DEFAULT: text})
    for option in ((), ("--write-baseline",)):
        result = run(capsys, str(tmp_path), "--baseline", str(tmp_path / DEFAULT), *option)
        assert (result.code, result.out) == (2, "")
        assert reason in result.err
        assert result.err.count("\n") == 1
        assert result.err.rstrip("\n").isprintable()
        assert (tmp_path / DEFAULT).read_text(encoding="utf-8") == text


def test_as_much_as_may_be_in_a_baseline_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BASELINE_ENTRIES", 2)
    long = {**ENTRY, "subject": "x" * 2000, "reason": "鍵" * 1000, "count": 99_999}
    put(tmp_path, {"a.yaml": template(), DEFAULT: document(long, ENTRY)})
    assert outdated(check(tmp_path)) == 100_000
    put(tmp_path, {DEFAULT: document(long, ENTRY, {**ENTRY, "path": "b.yaml"})})
    with pytest.raises(UsageError, match="19: more than 2 entries"):
        check(tmp_path)


def test_a_baseline_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, {"a.yaml": template()})
    result = run(capsys, str(tmp_path), "--baseline", str(tmp_path / "none.json"))
    assert result.code == 2
    assert "no such file" in result.err


@pytest.mark.parametrize("name", ["a.yaml", "notes.json"])
def test_no_other_file_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    put(tmp_path, {"a.yaml": template(), "notes.json": '{"mine": 1}'})
    before = (tmp_path / name).read_bytes()
    assert run(capsys, str(tmp_path), "--write-baseline", "--baseline", str(tmp_path / name)).code == 2
    assert (tmp_path / name).read_bytes() == before


LINKS = [
    pytest.param("repository/" + DEFAULT, "outside.json", id="a link out"),
    pytest.param("repository/" + DEFAULT, "gone.json", id="a link to nothing"),
    pytest.param("repository/" + DEFAULT, "/dev/zero", id="a device"),
    pytest.param("repository/ci", "elsewhere", id="a directory that is a link"),
]


@pytest.mark.parametrize(("link", "target"), LINKS)
def test_nothing_outside_is_read_or_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], link: str, target: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    known_elsewhere = document(ENTRY)
    put(tmp_path, {"repository/a.yaml": template(statement("kms:Decrypt")), "outside.json": known_elsewhere})
    (tmp_path / "repository/.git").mkdir()
    (tmp_path / link).symlink_to(tmp_path / target)
    repository = tmp_path / "repository"
    path = str(tmp_path / link) if link.endswith(".json") else str(tmp_path / link / "b.json")
    for option in ((), ("--write-baseline",)):
        assert run(capsys, str(repository), "--baseline", path, *option).code == 2
    assert (tmp_path / "outside.json").read_text() == known_elsewhere
    assert (tmp_path / link).is_symlink()
    assert not (tmp_path / "gone.json").exists()
    assert os.listdir(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("name", ["b.json", "deeper/b.json"])
def test_what_nobody_may_look_into_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    shut(tmp_path / "shut", monkeypatch)
    path = str(tmp_path / "shut" / name)
    for option, told in ((), f"--baseline {path}"), (("--write-baseline",), f"--write-baseline {path}"):
        result = run(capsys, str(tmp_path), "--baseline", path, *option)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"kmslint: {told}")
        assert result.err.endswith(": permission denied\n")
    assert os.listdir(tmp_path / "shut") == []


def test_of_a_baseline_that_nobody_may_look_for_it_is_not_said_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut(tmp_path / "shut", monkeypatch)
    with pytest.raises(UsageError, match=r"b\.json cannot be read: permission denied"):
        read_baseline(str(tmp_path / "shut" / "b.json"), str(tmp_path), may_lack=True)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": template()})
    os.mkfifo(tmp_path / DEFAULT)
    with pytest.raises(UsageError, match="not a regular file"):
        check(tmp_path)


@pytest.mark.parametrize(
    "options", [("--add-ignore", "known"), ("--no-ignores",), ("--stdin-filename", "a.yaml", "-")], ids=str
)
def test_what_does_not_go_with_writing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    put(tmp_path, {"a.yaml": template(statement("kms:Decrypt"))})
    result = run(capsys, *(() if "-" in options else (str(tmp_path),)), "--write-baseline", *options)
    assert (result.code, result.out) == (2, "")
    assert "--write-baseline" in result.err


def test_what_a_stranger_calls_things_survives(tmp_path: Path) -> None:
    """Names that no JSON holds as they are, and names without end."""
    sids = ("'\\e[2J'", "'::error::'", "x" * 5000, "鍵😀")
    policy = [statement("kms:Decrypt", sid) for sid in sids]
    put(tmp_path, {"a.yaml": template(*policy), "\udcff/b.yaml": template(*policy)})
    listed = accept(tmp_path, select=("KMS201",))
    assert len(listed) == 8
    assert max(len(text) for entry in listed for text in entry.values()) <= limits.BASELINE_TEXT
    assert (tmp_path / DEFAULT).read_bytes().isascii()
    outcome = check(tmp_path, select=("KMS201",))
    assert (outcome.findings, known(outcome), outdated(outcome)) == ((), 8, 0)
