"""`kmslint access`: the matrix of each key, its footnotes and proofs, in every format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from cases import ROOT
from commands import run
from kmslint.access.matrix import USES
from kmslint.report.access_csv import HEADER
from kmslint.report.access_formats import FORMATS

ORDERS = "fixtures/access/orders.yaml"
PATTERNS = ("fixtures/access/patterns.yaml", "fixtures/access/patterns/main.tf")
UNSEEN = "fixtures/access/unseen.yaml"
GRANTS = "fixtures/access/grants"
OWN = ("--account", "111122223333")


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("kmslint.commands.width", lambda: 100)
    monkeypatch.chdir(ROOT)


def written(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The JSON report of a call."""
    return cast("dict[str, Any]", json.loads(run(capsys, "access", "--format", "json", *arguments).out))


def answers(report: dict[str, Any]) -> dict[tuple[str, str, str], str]:
    """Each answer by the name of the key, that of the principal, and the use; in Terraform without the type."""
    return {
        (key["address"].removeprefix("aws_kms_key."), row["principal"].replace("aws_iam_role.", ""), use["use"]): use[
            "answer"
        ]
        for key in report["keys"]
        for row in key["principals"]
        for use in row["uses"]
    }


WHOLE = """\
OrderKey  fixtures/access/orders.yaml:11
  managed by: root user, account administrators; delegates: 11 of 43 actions; kind of policy:
  delegates, root user, direct, service, foreign

                                                  data  sign/                 admin-  change
                              encrypt   decrypt   keys  verify  grant  view   ister   policy  delete
  root user                   no        no        no    no      no     yes    yes 1   yes     no 2
  account administrators      no        no        no    no      no     yes    yes 1   yes     no 2
  role Api                    no        if 3,4    if 4  no      no     no 5   no      no 5    no
  role Report                 no        no 6      no    if 7,8  no     yes 9  no      no 5    no
  role Audit                  no        no        no    no      no     ? 10   ? 1,10  ? 10    no
  account 444455556666        no        yes 3,11  no    no      no     no     no 12   no      no
  service                     if 13,14  if 3,14   no    no      no     no     no      no      no
  logs.us-east-1.amazonaws.c
  om
   1  only kms:GetParametersForImport
   2  denied by statement "KeepKey" of the key policy (fixtures/access/orders.yaml:22)
   3  only kms:Decrypt
   4  only through Amazon S3 in ${AWS::Region} (fixtures/access/orders.yaml:27)
   5  the key policy hands it to the account's IAM policies, and none of this principal allows it
      (fixtures/access/orders.yaml:17)
   6  an inline policy of role Report allows it, but the key policy neither allows it to role Report
      nor lets the account's IAM policies decide (fixtures/access/orders.yaml:15,
      fixtures/access/orders.yaml:69)
   7  only kms:Verify and kms:VerifyMac
   8  only when IsProduction is true (fixtures/access/orders.yaml:46)
   9  only kms:DescribeKey
  10  hangs on the policy parameter AuditPolicy attached to it (fixtures/access/orders.yaml:17)
  11  needs an IAM policy in its own account as well (fixtures/access/orders.yaml:33)
  12  does not work on a key of another account, whatever the policies say
  13  only kms:Encrypt
  14  only when encryption context aws:logs:arn matches arn:aws:logs:us-east-1:*:log-group:orders
      (fixtures/access/orders.yaml:38)
  and 2 more principals that may do nothing with it
"""


def test_the_whole_of_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "access", ORDERS, *OWN) == (0, WHOLE, "")


@pytest.mark.parametrize("path", PATTERNS)
def test_the_four_request_patterns(capsys: pytest.CaptureFixture[str], path: str) -> None:
    """Of https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html, in both languages."""
    found = answers(written(capsys, path))
    assert {key: found[key, "role Dev", "decrypt"] for key in ("Named", "Other", "Delegated", "Unused")} == {
        "Named": "yes",
        "Other": "no",
        "Delegated": "yes",
        "Unused": "no",
    }


def test_both_languages_give_the_same_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    template, module = (answers(written(capsys, path)) for path in PATTERNS)
    assert template == module
    assert len(template) == 4 * 6 * len(USES)


MISSING_HALF = """\
Other  fixtures/access/patterns.yaml:16
  managed by: nobody; delegates: nothing; kind of policy: direct

                                    data  sign/                admin-  change
                  encrypt  decrypt  keys  verify  grant  view  ister   policy  delete
  role Dev        no       no 1     no    no      no     no    no      no      no
   1  IAM policy DevDecrypts allows it, but the key policy neither allows it to role Dev nor lets
      the account's IAM policies decide (fixtures/access/patterns.yaml:20,
      fixtures/access/patterns.yaml:62)

  role Dev
    encrypt, data keys, sign/verify, grant, view, administer, change policy, delete: no. the key
    policy does not allow it to role Dev, and no IAM policy of role Dev allows it (1 policy read)
      fixtures/access/patterns.yaml:20  the key policy of Other: no statement of it applies
      next: allow kms:Encrypt, kms:GenerateDataKey, kms:Sign and 5 more to role Dev in the key
      policy of Other; or to the account there, and to role Dev in an IAM policy
    decrypt: no. IAM policy DevDecrypts allows it, but the key policy neither allows it to role Dev
    nor lets the account's IAM policies decide
      fixtures/access/patterns.yaml:62  statement "Decrypt" of IAM policy DevDecrypts
      fixtures/access/patterns.yaml:20  the key policy of Other: no statement of it applies
      next: allow kms:Decrypt to role Dev in the key policy of Other, or to the account there, so
      that IAM policies decide
  A grant could still give it: AWS services and the holders of kms:CreateGrant make grants, and
  those are seen here only where a template makes them.
"""


def test_one_key_and_one_principal_are_proven(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "access", PATTERNS[0], "--key", "Other", "--principal", "role/Dev")
    assert result == (0, MISSING_HALF, "")


def test_a_key_alone_is_proven_for_those_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "access", PATTERNS[1], "--key", "Delegated").out.splitlines()
    assert lines[0] == "aws_kms_key.Delegated  fixtures/access/patterns/main.tf:27"
    assert [line for line in lines if line.startswith("    ") and ": yes." in line] == [
        "    everything: yes. the key policy allows it to the account, and so to its root user",
        "    everything: yes. the key policy hands it to the account's IAM policies, and the IAM policy of an",
        "    decrypt (only kms:Decrypt): yes. the key policy hands it to the account's IAM policies, and IAM",
    ]
    assert '      fixtures/access/patterns/main.tf:62  statement "Decrypt" of IAM policy' in "\n".join(lines)


def test_a_principal_of_one_template_is_not_in_another(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "access", ORDERS, UNSEEN, "--principal", "role Clerk")
    assert result.code == 0
    assert result.out.count("\n  role Clerk") == 2  # in the table, and above the proofs
    assert "Default  fixtures/access/unseen.yaml:29\n" in result.out
    assert "  nobody that belongs to this key's template is called so\n" in result.out


def test_a_principal_that_nothing_names_is_left_open(capsys: pytest.CaptureFixture[str]) -> None:
    (key,) = written(capsys, PATTERNS[0], "--key", "Delegated", "--principal", "role/Elsewhere")["keys"]
    (row,) = key["principals"]
    assert {use["answer"] for use in row["uses"]} == {"unknown"}
    assert row["uses"][0]["why"] == (
        "the key policy of Delegated hands kms:Encrypt to the account's IAM policies, and those of role Elsewhere are "
        "not seen here"
    )


def test_grants(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "access", GRANTS).out
    assert [line for line in out.splitlines() if line.startswith(("  role aws_iam_role", "   1", "   2", "   5"))] == [
        "  role aws_iam_role.worker  no       yes 1,2   yes 2,3  no      no     no    no      no      no",
        "  role aws_iam_role.reader  no       if 1,4,5  no       no      no     no    no      no      no",
        "   1  only kms:Decrypt",
        "   2  by grant aws_kms_grant.worker (fixtures/access/grants/main.tf:18)",
        "   5  by grant aws_kms_grant.reader (fixtures/access/grants/main.tf:24)",
    ]


def test_what_a_grant_may_give_hangs_on_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    granted = (ROOT / GRANTS / "main.tf").read_text(encoding="utf-8").replace('["Decrypt"]', "var.operations")
    (tmp_path / "main.tf").write_text(granted, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "can", "aws_iam_role.reader", "kms:Decrypt", "aws_kms_key.data", ".").out.startswith(
        "not known. whether role aws_iam_role.reader may use kms:Decrypt on aws_kms_key.data hangs on "
        "what grant aws_kms_grant.reader gives\n"
    )


def test_a_pattern_of_two_conditions_is_one_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern = "arn:aws:iam::111122223333:role/p*"
    allow = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Resource": "*"}
    statements = [
        {**allow, "Action": action, "Condition": {"ArnLike": {"aws:PrincipalArn": pattern}}}
        for action in ("kms:Decrypt", "kms:Encrypt")
    ]
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": statements}}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"Key": key}}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (found,) = written(capsys, "t.json")["keys"]
    rows = [row["principal"] for row in found["principals"]]
    assert [row for row in rows if "aws:PrincipalArn" in row] == [f"{pattern} (aws:PrincipalArn)"]


def test_what_cannot_be_seen_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "access", UNSEEN)
    assert (result.code, result.err) == (0, "")
    elsewhere, somebody, default = result.out.split("\n\n")[0], result.out, result.out[result.out.index("Default") :]
    assert elsewhere == (
        "Elsewhere  fixtures/access/unseen.yaml:11\n"
        "  there only when IsPrimary is true\n"
        "  its policy cannot be seen: parameter Policy"
    )
    assert "   1  hangs on principal parameter Administrator (fixtures/access/unseen.yaml:23)\n" in somebody
    assert (
        "  also named in its policy, and not in the table: parameter Administrator\n"
        "  (fixtures/access/unseen.yaml:23)\n" in somebody
    )
    assert "\n  no policy is written, so AWS gives it the default one\n  managed by: root user, account adm" in default


def test_an_account_that_may_be_the_own_one_is_told_to_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    hint = "  --account ID says which account is the key's own, and may settle what is not known\n"
    assert hint in run(capsys, "access", ORDERS).out
    assert hint not in run(capsys, "access", ORDERS, *OWN).out


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_bytes_every_time(format_name: str) -> None:
    def once(seed: str) -> bytes:
        command = [sys.executable, "-m", "kmslint", "access", "--format", format_name, ORDERS, "--key", "OrderKey"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, capture_output=True, check=True, env=environment).stdout

    assert once("1") == once("2") != b""


@pytest.mark.parametrize("width", [0, 40, 80, 81, 90, 100, 120])
def test_no_column_is_ever_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Rich leaves out what does not fit; here a table that has too many footnotes for 80 columns is wider."""
    monkeypatch.setattr("kmslint.commands.width", lambda: width)
    lines = run(capsys, "access", ORDERS).out.splitlines()
    (heads,) = [line for line in lines if line.endswith(("  delete", " policy delete"))]
    assert heads.split() == ["encrypt", "decrypt", "keys", "verify", "grant", "view", "ister", "policy", "delete"]
    (api,) = [line for line in lines if line.startswith("  role Api")]
    assert api.split()[2:] == ["no", "if", "1,5", "if", "5", "no", "no", "no", "6", "no", "6", "no", "6", "no"]
    table = lines[lines.index(heads) : lines.index(api)]
    assert max(map(len, table)) <= max(84, width)


def test_colours_only_where_they_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in run(capsys, "access", ORDERS).out
    assert "\x1b[32myes" in run(capsys, "access", "--color", "always", ORDERS).out
    assert "\x1b" not in run(capsys, "access", "--color", "always", "--format", "markdown", ORDERS).out


BROKEN = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n     - x: [\n"


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text(BROKEN, encoding="utf-8")
    result = run(capsys, "access", "--format", format_name, "broken.yaml")
    assert result.code == 3
    assert "broken.yaml" in (result.err if format_name == "csv" else result.out)
    assert (result.err == "") == (format_name != "csv")


def test_no_key_at_all(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "access", ".") == (0, "No key was found.\n", "")
    assert run(capsys, "access", "--format", "markdown", ".") == (0, "No key was found.\n", "")
    assert written(capsys, ".")["keys"] == []
    assert run(capsys, "access", "--format", "csv", ".").out == ",".join(HEADER) + "\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.yaml"], "gone.yaml: no such file or directory"),
        ([ORDERS, "--key", "x"], "no key is called 'x'; there are OrderKey"),
        ([ORDERS, "--principal", "x"], "nobody is called 'x'; there are account 444455556666, account administrators"),
        ([ORDERS, "--format", "x"], "'x' is not one of 'text', 'json', 'markdown', 'csv'"),
        ([ORDERS, "--account", "1"], "'1' is not an account id of 12 digits"),
        ([], "Missing argument 'PATH...'"),
    ],
)
def test_usage_errors(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    result = run(capsys, "access", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def lines_with(text: str, words: str) -> Iterator[str]:
    return (line for line in text.splitlines() if words in line)


def test_help_names_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(lines_with(run(capsys, "--help").out, "kmslint access PATH..."))
    assert "--principal" in run(capsys, "access", "--help").out
