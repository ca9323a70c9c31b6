"""`--add-ignore` writes suppressions that count, and touches nothing else: no byte of a line, no file elsewhere."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import terraform_plans
from cases import FIXTURES
from kmslint.cli import main
from kmslint.engine.finding import Severity
from kmslint.errors import UsageError
from kmslint.ignoring import Written, add_ignores
from kmslint.lint import lint
from kmslint.settings import Settings
from kmslint.suppression.adding import add as write_suppressions
from kmslint.suppression.adding import read_reason
from kmslint.suppression.rewriting import UnwritableError, UnwrittenError, read_own
from shut_directories import shut
from terraform_plans import Change, configured

TEMPLATE = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: kms:Decrypt
            Resource: "*"
"""
FLOW = """\
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [{Effect: Allow,
    Principal: '*', Action: kms:Decrypt, Resource: '*'}]}}}
"""
MODULE = """\
resource "aws_kms_key" "k" {
\tenable_key_rotation = true
\tpolicy = jsonencode({ Statement = [
\t\t{ Effect = "Allow", Principal = "*", Action = "kms:Decrypt", Resource = "*" },
\t\t{ Effect = "Allow", Principal = "*", Action = "kms:Encrypt", Resource = "*" },
\t] })
}"""
HEREDOC = """\
resource "aws_kms_key" "k" {
  policy = <<-EOT
    {"Statement": [{"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}]}
  EOT
}
"""
DATA = """\
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_kms_key" "k" {
  policy = data.aws_iam_policy_document.p.json
}
"""
STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
KEY = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [STATEMENT]}}}
OPTIONS = Settings(select=("KMS201", "KMS501", "KMS002", "KMS003", "KMS004"))


def add(root: Path, reason: str = "we know") -> Written:
    return add_ignores([str(root)], OPTIONS._replace(root=str(root)), reason, Severity.INFO)


def left(root: Path) -> list[str]:
    return [finding.rule_id for finding in lint([str(root)], OPTIONS._replace(root=str(root))).findings]


@pytest.mark.parametrize(("encoding", "ends"), [("utf-8", "\r\n"), ("utf-8-sig", "\n"), ("utf-16", "\r\n")])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", TEMPLATE),
        ("a.yaml", TEMPLATE.rstrip()),
        ("a.yaml", TEMPLATE.replace("Version:", "Id: 鍵 😀\n        Version:")),
        ("a.yaml", FLOW),
        ("a.yaml", FLOW.replace("{KeyPolicy", '{Description: "a\n    b", KeyPolicy')),
        ("a.yaml", "{Resources:\n  {Key: {Type: AWS::KMS::Key}}}\n"),
        ("a.yaml", "Description: |+\n  text\n\n" + TEMPLATE),
        ("main.tf", MODULE),
        ("main.tf", HEREDOC),
        ("main.tf", DATA),
        ("main.tf", 'locals {}\nresource "aws_kms_key" "k" {}'),
    ],
)
def test_lines_are_put_in_and_nothing_else(tmp_path: Path, name: str, text: str, ends: str, encoding: str) -> None:
    old = text.replace("\n", ends).encode(encoding)
    (tmp_path / name).write_bytes(old)
    assert left(tmp_path)
    written = add(tmp_path)
    assert written.files == 1
    assert not written.refused
    new = (tmp_path / name).read_bytes()
    kept = [line for line in new.decode(encoding).split(ends) if "kmslint:" not in line]
    assert ends.join(kept) == old.decode(encoding)
    assert encoding == "utf-8" or new[:2] == old[:2]
    assert left(tmp_path) == []
    assert add(tmp_path) == Written(0, 0, ())
    assert (tmp_path / name).read_bytes() == new
    assert os.listdir(tmp_path) == [name]


BOUND = re.compile("(?<=content=)[0-9a-f]{10}")


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        (
            "a.yaml",
            TEMPLATE.replace("true", "false"),
            ["1:  # kmslint: ignore[KMS501] we know", "8:          # kmslint: ignore[KMS201] content=X we know"],
        ),
        (
            "main.tf",
            MODULE.replace("true", "false"),
            [
                "0:# kmslint: ignore[KMS501] we know",
                "3:\t\t# kmslint: ignore[KMS201] content=X we know",
                "4:\t\t# kmslint: ignore[KMS201] content=X we know",
            ],
        ),
        (
            "main.tf",
            HEREDOC,
            [
                "0:# kmslint: ignore[KMS501] we know",
                "0:# kmslint: ignore[KMS201] statement=All content=X we know",
            ],
        ),
        ("main.tf", DATA, ["1:  # kmslint: ignore[KMS201] content=X we know", "11:# kmslint: ignore[KMS501] we know"]),
    ],
    ids=["yaml", "hcl", "heredoc", "block"],
)
def test_where_suppressions_come_to_stand(tmp_path: Path, name: str, text: str, lines: list[str]) -> None:
    """Each in front of the line with the number, of what is nearest to the finding."""
    (tmp_path / name).write_text(text)
    add(tmp_path)
    found, old = [], 0
    for line in (tmp_path / name).read_text().splitlines():
        if "kmslint:" in line:
            found.append(f"{old}:{BOUND.sub('X', line)}")
        old += "kmslint:" not in line
    assert found == lines


def test_metadata_names_the_statement(tmp_path: Path) -> None:
    statements = [{"Sid": "Read it", **STATEMENT}]
    key = {**KEY, "Properties": {"EnableKeyRotation": True, "KeyPolicy": {"Statement": statements}}}
    (tmp_path / "a.json").write_text(json.dumps({"Resources": {"Key": key}}))
    add(tmp_path)
    (item,) = json.loads((tmp_path / "a.json").read_text())["Resources"]["Key"]["Metadata"]["kmslint"]["ignore"]
    assert BOUND.fullmatch(f"content={item.pop('content')}", len("content="))
    assert item == {"id": "KMS201", "reason": "we know", "statement": "Read it"}


IGNORED: dict[str, Any] = {"kmslint": {"ignore": [{"id": "KMS202", "reason": "not this"}]}}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize(
    "metadata", [None, {}, {"Owner": "us"}, {"kmslint": {}}, {"kmslint": {"ignore": []}}, IGNORED], ids=str
)
def test_metadata(tmp_path: Path, metadata: dict[str, Any] | None, indent: int | str | None) -> None:
    key = KEY if metadata is None else {**KEY, "Metadata": metadata}
    old = json.dumps({"Resources": {"Key": key}}, indent=indent)
    (tmp_path / "a.json").write_text(old, encoding="utf-8")
    add(tmp_path, 'until=2999-12-31 鍵 "quoted" \\ known')
    new = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert comes_from(old, new)
    assert "鍵" in new
    items = json.loads(new)["Resources"]["Key"]["Metadata"]["kmslint"]["ignore"]
    assert [item["id"] for item in items][-2:] == ["KMS501", "KMS201"]
    assert {item["reason"] for item in items[-2:]} == {'鍵 "quoted" \\ known'}
    assert left(tmp_path) == ["KMS002"] * (metadata is IGNORED)


@pytest.mark.parametrize(
    ("indent", "old", "new"),
    [
        (2, '"Type": "AWS::KMS::Key"\n', '"Type": "AWS::KMS::Key",\n      "Metadata": {"kmslint": {"ignore": [{'),
        ("\t", '"Type": "AWS::KMS::Key"\n', '"Type": "AWS::KMS::Key",\n\t\t\t"Metadata": {"kmslint": {"ignore": [{'),
        (None, '"Type": "AWS::KMS::Key"}', '"Type": "AWS::KMS::Key", "Metadata": {"kmslint": {"ignore": [{'),
    ],
    ids=str,
)
def test_metadata_is_laid_out_as_what_is_there(tmp_path: Path, indent: int | str | None, old: str, new: str) -> None:
    text = json.dumps({"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}, indent=indent)
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    add(tmp_path)
    item = new + '"id": "KMS501", "reason": "we know"}]}}' + old.removeprefix('"Type": "AWS::KMS::Key"')
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == text.replace(old, item)


@pytest.mark.parametrize(
    "metadata", ["ours", ["ours"], {"kmslint": "ours"}, {"kmslint": {"ignore": {"id": "KMS201"}}}], ids=str
)
def test_metadata_that_says_something_else_is_left_alone(tmp_path: Path, metadata: object) -> None:
    old = json.dumps({"Resources": {"Key": {**KEY, "Metadata": metadata}}})
    (tmp_path / "a.json").write_text(old, encoding="utf-8")
    written = add(tmp_path)
    assert written.files == 0
    assert {refused.reason.partition(" holds ")[2] for refused in written.refused} == {"is no place for a suppression"}
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == old


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("comment", [{}, {"//": "ours"}, {"//": ["ours"]}], ids=str)
def test_comment_members(tmp_path: Path, comment: dict[str, object], indent: int | None) -> None:
    policy = '${jsonencode({Statement = [{Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*"}]})}'
    old = json.dumps({"resource": {"aws_kms_key": {"k": {"policy": policy, **comment}, "l": {}}}}, indent=indent)
    (tmp_path / "main.tf.json").write_text(old, encoding="utf-8")
    add(tmp_path)
    assert comes_from(old, (tmp_path / "main.tf.json").read_text(encoding="utf-8"))
    assert left(tmp_path) == []


def comes_from(old: str, new: str) -> bool:
    """Whether the one text is the other with something put in."""
    rest = iter(new)
    return all(character in rest for character in old)


@pytest.mark.parametrize("name", ["KMS201", "KMS301", "KMS501"])
def test_everything_of_the_fixtures_can_be_suppressed(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    shutil.copytree(FIXTURES / name, root)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    options = Settings(root=str(root))
    written = add_ignores([str(root)], options, "we know", Severity.INFO)
    assert not written.refused
    outcome = lint([str(root)], options)
    assert {finding.rule_id for finding in outcome.findings} <= {"KMS001"}
    assert before.keys() == {path for path in root.rglob("*") if path.is_file()}
    for path, old in before.items():
        new = path.read_bytes().decode()
        if path.suffix == ".json":
            assert comes_from(old.decode(), new)
        else:
            lines = new.splitlines(keepends=True)
            assert "".join(line for line in lines if "# kmslint:" not in line) == old.decode()


# --- what is not written ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        *((reason, "it gives no reason") for reason in ("", "  ", "--", "until=2999-01-01")),
        *((reason, "a reason is one line") for reason in ("two\nlines", "a\x1b[0m", "\u202eabc", "\ud800 abc")),
        ("x" * 2_000, "its reason is longer than 1000 characters"),
        ("until=2026-02-30 x", "is not a day"),
        ("unti=1 x", "says nothing here"),
        ("x until=2999-01-01", "stands behind the reason"),
        *((reason, "give a reason, or until=") for reason in ("content=1 x", "statement=A x", "x */")),
        ("x # kmslint: ignore[KMS201] y", "two suppressions in one reason"),
    ],
)
def test_a_reason_that_would_not_be_one(tmp_path: Path, reason: str, fault: str) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    with pytest.raises(UsageError, match=fault):
        add(tmp_path, reason)
    assert (tmp_path / "a.yaml").read_text() == TEMPLATE


def test_links_are_not_followed(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "root" / "elsewhere"
    elsewhere.mkdir(parents=True)
    (elsewhere / "real.txt").write_text(TEMPLATE)
    (root / "link.yaml").symlink_to(elsewhere / "real.txt")
    (root / "linked").symlink_to(elsewhere)
    written = add(root)
    assert [(refused.reason, refused.failed) for refused in written.refused] == [("a symbolic link leads to it", False)]
    assert (elsewhere / "real.txt").read_text() == TEMPLATE
    assert (root / "link.yaml").is_symlink()
    with pytest.raises(UnwritableError):
        read_own(str(root), "linked/real.txt")


@pytest.mark.parametrize(
    "path", ["../outside.yaml", "/etc/passwd", ".git/config", "a/.terraform/b.tf", "no.yaml", ".", "a\0b"]
)
def test_what_is_not_the_users_to_change(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    for one in ("outside.yaml", "root/.git/config", "root/a/.terraform/b.tf"):
        (tmp_path / one).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / one).write_text(TEMPLATE)
    with pytest.raises(UnwritableError):
        read_own(str(root), path)


def test_what_nobody_may_look_into_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shut(tmp_path / "shut", monkeypatch)
    with pytest.raises(UnwrittenError, match=r"^permission denied$"):
        read_own(str(tmp_path), "shut/a.yaml")


def test_a_plan_is_left_alone(tmp_path: Path) -> None:
    plan = terraform_plans.plan(
        [Change("aws_kms_key.k", {"enable_key_rotation": False})], terraform_plans.module(configured("aws_kms_key.k"))
    )
    old = json.dumps(plan)
    (tmp_path / "plan.json").write_text(old)
    written = add(tmp_path)
    assert (written.files, [refused.reason for refused in written.refused]) == (0, ["a plan is made anew each time"])
    assert (tmp_path / "plan.json").read_text() == old


def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    os.chmod(tmp_path / "a.yaml", 0o640)
    assert add(tmp_path).files == 1
    assert (tmp_path / "a.yaml").stat().st_mode & 0o777 == 0o640


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    monkeypatch.setattr("kmslint.suppression.rewriting.read_own", lambda _root, _path: b"something else")
    assert [refused.reason for refused in add(tmp_path).refused] == ["a.yaml: it has changed in the meantime"]
    assert (tmp_path / "a.yaml").read_text() == TEMPLATE
    assert os.listdir(tmp_path) == ["a.yaml"]


def test_a_file_that_has_changed_since_it_was_judged_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    findings = lint([str(tmp_path)], OPTIONS._replace(root=str(tmp_path))).findings
    (tmp_path / "a.yaml").write_text(changed := TEMPLATE.replace("kms:Decrypt", "kms:Encrypt"))
    (refused,) = write_suppressions(str(tmp_path), findings, read_reason("we know")).refused
    assert str(refused) == "a.yaml:10: KMS201: it has changed in the meantime"
    assert (tmp_path / "a.yaml").read_text() == changed


@pytest.mark.parametrize(
    ("function", "reason", "failed"),
    [
        (lambda *_: False, "it may not be written", False),
        (lambda *_: raise_(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))), "a.yaml: no space left on device", True),
    ],
    ids=["access", "replace"],
)
def test_what_cannot_be_written_stays_as_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    function: Callable[..., object],
    reason: str,
    failed: bool,
) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    monkeypatch.setattr(os, request.node.callspec.id, function)
    written = add(tmp_path)
    assert written.files == 0
    assert [(refused.reason, refused.failed) for refused in written.refused] == [(reason, failed)]
    assert (tmp_path / "a.yaml").read_text() == TEMPLATE
    assert os.listdir(tmp_path) == ["a.yaml"]


def raise_(error: OSError) -> None:
    raise error


def test_many_keys_that_share_a_policy_take_several_runs(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps({"Statement": [STATEMENT]}))
    key = 'resource "aws_kms_key" "k{}" {{\n  enable_key_rotation = true\n  policy = file("p.json")\n}}\n'
    (tmp_path / "main.tf").write_text("".join(map(key.format, range(7))))
    assert [add(tmp_path).findings, add(tmp_path).findings, add(tmp_path).findings] == [5, 2, 0]
    assert left(tmp_path) == []


def test_a_refusal_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "real.txt").write_text(TEMPLATE)
    (tmp_path / "a.yaml").symlink_to("real.txt")
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--select", "KMS201", "--add-ignore", "we know"])
    assert "not ignored: a.yaml:10: KMS201: a symbolic link leads to it" in capsys.readouterr().err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    arguments = [str(tmp_path / "a.yaml"), "--select", "KMS201"]

    def code(*more: str) -> object:
        with pytest.raises(SystemExit) as exit_:
            main([*arguments, *more])
        return exit_.value.code

    assert code() == 1
    assert code("--add-ignore", "everybody may read it", "--min-severity", "critical") == 0
    assert "1 finding ignored in 1 file" in capsys.readouterr().err
    assert code() == 0
    assert code("--add-ignore", "") == 2
    with pytest.raises(SystemExit) as exit_:
        main(["-", "--stdin-filename", "a.yaml", "--add-ignore", "x"])
    assert exit_.value.code == 2
