"""`kmslint can`: one question, one answer, and its proof."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases import ROOT
from commands import run
from kmslint.access.reasons import Reason
from kmslint.access.sentences import SENTENCES

TEMPLATE = "fixtures/access/patterns.yaml"
MODULE = "fixtures/access/patterns/main.tf"
ORDERS = "fixtures/access/orders.yaml"
OWN = ("--account", "111122223333")
BY_GRANT = (
    "A grant could still give it: AWS services and the holders of kms:CreateGrant make grants, and those are seen here "
    "only where a template makes them.\n"
)


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


FOUR_PATTERNS = [
    pytest.param(
        "role/Dev Decrypt Named",
        TEMPLATE,
        "yes. the key policy of Named allows kms:Decrypt to role Dev directly; no IAM policy is needed\n"
        '  fixtures/access/patterns.yaml:10  statement "Dev" of the key policy of Named\n',
        id="1, CloudFormation",
    ),
    pytest.param(
        "role/Dev Decrypt Other",
        TEMPLATE,
        "no. IAM policy DevDecrypts allows kms:Decrypt, but the key policy of Other neither allows it to role Dev nor "
        "lets the account's IAM policies decide\n"
        '  fixtures/access/patterns.yaml:62  statement "Decrypt" of IAM policy DevDecrypts\n'
        "  fixtures/access/patterns.yaml:20  the key policy of Other: no statement of it applies\n"
        "next: allow kms:Decrypt to role Dev in the key policy of Other, or to the account there, so that IAM policies "
        f"decide\n{BY_GRANT}",
        id="2, CloudFormation",
    ),
    pytest.param(
        "role/Dev Decrypt Delegated",
        TEMPLATE,
        "yes. the key policy of Delegated hands kms:Decrypt to the account's IAM policies, and IAM policy DevDecrypts "
        "allows it\n"
        '  fixtures/access/patterns.yaml:34  statement "Account" of the key policy of Delegated\n'
        '  fixtures/access/patterns.yaml:62  statement "Decrypt" of IAM policy DevDecrypts\n',
        id="3, CloudFormation",
    ),
    pytest.param(
        "role/Dev Decrypt Unused",
        TEMPLATE,
        "no. the key policy of Unused hands kms:Decrypt to the account's IAM policies, and no IAM policy of role Dev "
        "allows it (1 policy read)\n"
        '  fixtures/access/patterns.yaml:34  statement "Account" of the key policy of Unused\n'
        f"next: allow kms:Decrypt on Unused in an IAM policy of role Dev\n{BY_GRANT}",
        id="4, CloudFormation",
    ),
    pytest.param(
        "role/aws_iam_role.Dev Decrypt Named",
        MODULE,
        "yes. the key policy of aws_kms_key.Named allows kms:Decrypt to role aws_iam_role.Dev directly; no IAM policy "
        "is needed\n"
        '  fixtures/access/patterns/main.tf:11  statement "Dev" of the key policy of aws_kms_key.Named\n',
        id="1, Terraform",
    ),
    pytest.param(
        "Dev decrypt aws_kms_key.Other",
        MODULE,
        "no. IAM policy aws_iam_role_policy.DevDecrypts allows kms:Decrypt, but the key policy of aws_kms_key.Other "
        "neither allows it to role aws_iam_role.Dev nor lets the account's IAM policies decide\n"
        '  fixtures/access/patterns/main.tf:62  statement "Decrypt" of IAM policy aws_iam_role_policy.DevDecrypts\n'
        "  fixtures/access/patterns/main.tf:18  the key policy of aws_kms_key.Other: no statement of it applies\n"
        "next: allow kms:Decrypt to role aws_iam_role.Dev in the key policy of aws_kms_key.Other, or to the account "
        f"there, so that IAM policies decide\n{BY_GRANT}",
        id="2, Terraform",
    ),
    pytest.param(
        "aws_iam_role.Dev KMS:DECRYPT Delegated",
        MODULE,
        "yes. the key policy of aws_kms_key.Delegated hands kms:Decrypt to the account's IAM policies, and IAM policy "
        "aws_iam_role_policy.DevDecrypts allows it\n"
        '  fixtures/access/patterns/main.tf:40  statement "Account" of the key policy of aws_kms_key.Delegated\n'
        '  fixtures/access/patterns/main.tf:62  statement "Decrypt" of IAM policy aws_iam_role_policy.DevDecrypts\n',
        id="3, Terraform",
    ),
    pytest.param(
        "role/aws_iam_role.Dev kms:Decrypt Unused",
        MODULE,
        "no. the key policy of aws_kms_key.Unused hands kms:Decrypt to the account's IAM policies, and no IAM policy "
        "of role aws_iam_role.Dev allows it (1 policy read)\n"
        '  fixtures/access/patterns/main.tf:40  statement "Account" of the key policy of aws_kms_key.Unused\n'
        f"next: allow kms:Decrypt on aws_kms_key.Unused in an IAM policy of role aws_iam_role.Dev\n{BY_GRANT}",
        id="4, Terraform",
    ),
]


@pytest.mark.parametrize(("question", "path", "answer"), FOUR_PATTERNS)
def test_the_four_request_patterns(capsys: pytest.CaptureFixture[str], question: str, path: str, answer: str) -> None:
    """Of https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html."""
    assert run(capsys, "can", *question.split(), path) == (0, answer, "")


ORDER_KEY = "of the key policy of OrderKey\n"
ANSWERS = [
    pytest.param(
        ("role/Api", "Decrypt"),
        0,
        "yes, under conditions. the key policy of OrderKey allows kms:Decrypt to role Api directly, only through "
        "Amazon S3 in ${AWS::Region}; no IAM policy is needed\n"
        f'  {ORDERS}:27  statement "Api" {ORDER_KEY}',
        id="under a condition",
    ),
    pytest.param(
        ("role/Report", "kms:Verify"),
        0,
        "yes, under conditions. the key policy of OrderKey allows kms:Verify to role Report directly, only when "
        "IsProduction is true; no IAM policy is needed\n"
        f'  {ORDERS}:46  statement "Report" {ORDER_KEY}',
        id="under a condition of the template",
    ),
    pytest.param(
        ("role/Audit", "DescribeKey"),
        3,
        "not known. whether role Audit may use kms:DescribeKey on OrderKey hangs on the policy parameter AuditPolicy "
        "attached to it\n"
        f'  {ORDERS}:17  statement "Account" {ORDER_KEY}',
        id="not known",
    ),
    pytest.param(
        ("arn:aws:iam::444455556666:root", "Decrypt"),
        0,
        "yes. the key policy of OrderKey allows kms:Decrypt to account 444455556666; an IAM policy in that account has "
        "to allow it too\n"
        f'  {ORDERS}:33  statement "Partner" {ORDER_KEY}',
        id="another account",
    ),
    pytest.param(
        ("arn:aws:iam::444455556666:root", "EnableKey"),
        0,
        "no. kms:EnableKey does not work on a key of another account, whatever the policies say\n"
        f'  {ORDERS}:33  statement "Partner" {ORDER_KEY}'
        "next: let an identity of the key's own account use kms:EnableKey\n",
        id="what does not work across accounts",
    ),
    pytest.param(
        ("logs.us-east-1.amazonaws.com", "Encrypt"),
        0,
        "yes, under conditions. the key policy of OrderKey allows kms:Encrypt to service logs.us-east-1.amazonaws.com, "
        "only when encryption context aws:logs:arn matches arn:aws:logs:us-east-1:*:log-group:orders\n"
        f'  {ORDERS}:38  statement "Logs" {ORDER_KEY}',
        id="a service",
    ),
    pytest.param(
        ("root", "ScheduleKeyDeletion"),
        0,
        "no. the key policy of OrderKey denies kms:ScheduleKeyDeletion to root user, whatever else allows it\n"
        f'  {ORDERS}:22  statement "KeepKey" {ORDER_KEY}',
        id="a Deny",
    ),
    pytest.param(
        ("administrators", "Decrypt"),
        0,
        "no. the key policy of OrderKey does not let the account's IAM policies decide about kms:Decrypt, so those of "
        "an administrator count for nothing\n"
        f"  {ORDERS}:15  the key policy of OrderKey: no statement of it applies\n",
        id="administrators",
    ),
]


@pytest.mark.parametrize(("question", "code", "answer"), ANSWERS)
def test_answers(capsys: pytest.CaptureFixture[str], question: tuple[str, str], code: int, answer: str) -> None:
    assert run(capsys, "can", *question, "OrderKey", ORDERS, *OWN) == (code, answer, "")


@pytest.mark.parametrize(
    ("action", "also"),
    [
        ("kms:ReplicateKey", "kms:CreateKey in the Region of the replica, which only IAM can allow"),
        (
            "kms:UpdatePrimaryRegion",
            "kms:UpdatePrimaryRegion on both keys: the primary key, and the replica that follows it",
        ),
        ("kms:CreateAlias", "kms:CreateAlias on the alias, which only IAM can allow"),
        ("kms:DeleteAlias", "kms:DeleteAlias on the alias, which only IAM can allow"),
        ("kms:UpdateAlias", "kms:UpdateAlias on the other key, and on the alias, which only IAM can allow"),
        ("kms:Decrypt", ""),
    ],
)
def test_what_else_aws_asks_for(capsys: pytest.CaptureFixture[str], action: str, also: str) -> None:
    for principal in ("root", "role/Sec"):
        lines = run(capsys, "can", principal, action, "Delegated", TEMPLATE).out.splitlines()
        assert [line for line in lines if line.startswith("AWS")] == ([f"AWS also asks for {also}."] if also else [])


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "can", "role/Dev", "Decrypt", "Unused", TEMPLATE, "--format", "json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == {
        "principal": "role Dev",
        "action": "kms:Decrypt",
        "key": "Unused",
        "answer": "no",
        "reason": "delegated-but-no-iam-allow",
        "conditions": "",
        "why": (
            "the key policy of Unused hands kms:Decrypt to the account's IAM policies, and no IAM policy of role Dev "
            "allows it (1 policy read)"
        ),
        "statements": [{"what": 'statement "Account" of the key policy of Unused', "path": TEMPLATE, "line": 34}],
        "next": "allow kms:Decrypt on Unused in an IAM policy of role Dev",
        "by_grant": True,
        "also": "",
        "not_analysed": [],
    }


def test_an_account_that_may_be_the_own_one_is_to_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    result = run(capsys, "can", "role/Report", "Decrypt", "OrderKey", ORDERS)
    assert result.code == 3
    assert result.out.startswith(
        "not known. whether role Report may use kms:Decrypt on OrderKey hangs on whether account "
    )
    assert result.out.endswith("\nnext: tell the account of the key with --account\n")


def test_a_policy_that_cannot_be_seen_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    question = ("can", "role/Dev", "Decrypt", "Elsewhere", "fixtures/access/unseen.yaml")
    assert run(capsys, *question) == (3, "not known. the policy of Elsewhere cannot be seen: parameter Policy\n", "")
    report = json.loads(run(capsys, *question, "--format", "json").out)
    assert (report["principal"], report["answer"], report["reason"]) == ("role/Dev", "unknown", "unknown")


def test_an_answer_beside_what_cannot_be_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("key.yaml").write_text("Resources:\n  Key:\n    Type: AWS::KMS::Key\n", encoding="utf-8")
    Path("broken.yaml").write_text("Resources:\n  Key:\n    Type: AWS::KMS::Key\n     - x: [\n", encoding="utf-8")
    result = run(capsys, "can", "root", "Decrypt", "Key", "key.yaml", "broken.yaml")
    assert result.code == 3
    assert result.out.startswith(
        "yes. the key policy of Key allows kms:Decrypt to the account, and so to its root user\n"
    )
    assert "\nnot analysed: broken.yaml:" in result.out
    report = json.loads(run(capsys, "can", "root", "Decrypt", "Key", ".", "--format", "json").out)
    assert (report["answer"], [problem["path"] for problem in report["not_analysed"]]) == ("yes", ["broken.yaml"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "Decrypt", "Named", TEMPLATE), "nobody is called 'nobody'; there are account administrators"),
        (("root", "Decryt", "Named", TEMPLATE), "KMS has no action 'Decryt'; there are kms:Decrypt"),
        (("root", "Decrypt", "Nothing", TEMPLATE), "no key is called 'Nothing'; there are Delegated, Named, Other"),
        (("root", "Decrypt", "Named", "fixtures/access"), "2 keys are called 'Named'"),
        (("root", "Decrypt", "Named", "gone.yaml"), "gone.yaml: no such file or directory"),
        (("root", "Decrypt", "Named"), "Missing argument 'PATH...'"),
        (("root", "Decrypt", "Named", TEMPLATE, "--format", "csv"), "'csv' is not one of 'text', 'json'"),
    ],
)
def test_usage_errors(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    result = run(capsys, "can", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_every_reason_is_told_in_words() -> None:
    assert [reason for reason in Reason if reason not in SENTENCES] == []
