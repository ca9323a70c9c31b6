"""Who runs the deployment, as the command line says: whether AWS takes the policy from them, and what they may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import run
from kmslint.errors import UsageError
from kmslint.key_access import access, ask
from kmslint.lint import lint
from kmslint.settings import Settings
from trees import write

DEPLOYER = "arn:aws:iam::111122223333:role/ci/deploy"
ADMIN_ONLY = """Parameters:
  Bypass: {Type: String}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Admin
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::111122223333:role/Admin"}
            Action: kms:*
            Resource: "*"
"""
DELEGATING = ADMIN_ONLY.replace('"arn:aws:iam::111122223333:role/Admin"', '!Sub "arn:aws:iam::${AWS::AccountId}:root"')
SERVICE_ONLY = ADMIN_ONLY.replace('AWS: "arn:aws:iam::111122223333:role/Admin"', "Service: sns.amazonaws.com")


def with_bypass(value: str) -> str:
    return ADMIN_ONLY.replace("Properties:", f"Properties:\n      BypassPolicyLockoutSafetyCheck: {value}")


def found(root: Path, template: str, deployer: str | None, account: str | None = None) -> list[tuple[str, str]]:
    write(root, "t.yaml", text=template)
    options = Settings(select=("KMS1",), root=str(root), account=account, deployer=deployer)
    outcome = lint([str(root)], options)
    assert not outcome.internal_errors
    return [(one.rule_id, one.message) for one in outcome.findings if one.rule_id in ("KMS101", "KMS108")]


def test_a_policy_that_shuts_the_deployer_out(tmp_path: Path) -> None:
    ((rule, message),) = found(tmp_path, ADMIN_ONLY, DEPLOYER)
    assert rule == "KMS108"
    assert message == (
        "AWS will refuse the policy of Key: role ci/deploy, who deploys it, could not call kms:PutKeyPolicy again, for "
        "the key policy neither allows it to role ci/deploy nor lets the account's IAM policies decide"
    )


@pytest.mark.parametrize(
    ("template", "deployer"),
    [
        pytest.param(ADMIN_ONLY, None, id="nobody says who it is"),
        pytest.param(ADMIN_ONLY, "arn:aws:iam::111122223333:role/Admin", id="named"),
        pytest.param(with_bypass("true"), DEPLOYER, id="bypass"),
        pytest.param(with_bypass("!Ref Bypass"), DEPLOYER, id="perhaps a bypass"),
        pytest.param(DELEGATING, DEPLOYER, id="delegated"),
        pytest.param(DELEGATING, "arn:aws:iam::111122223333:root", id="the root user"),
    ],
)
def test_a_policy_that_is_taken(template: str, deployer: str | None, tmp_path: Path) -> None:
    assert found(tmp_path, template, deployer) == []


def test_the_root_user_is_shut_out_like_anybody(tmp_path: Path) -> None:
    ((rule, message),) = found(tmp_path, ADMIN_ONLY, "arn:aws:iam::111122223333:root")
    assert rule == "KMS108"
    assert "the root user, who deploys it" in message


def test_that_nobody_can_manage_it_says_more(tmp_path: Path) -> None:
    assert [rule for rule, _ in found(tmp_path, SERVICE_ONLY, DEPLOYER)] == ["KMS101"]


def test_the_deployers_account_is_that_of_the_keys(tmp_path: Path) -> None:
    """`AWS::AccountId` is the account of whoever deploys, and so is the id of it where it is spelt out."""
    spelt = DELEGATING.replace("${AWS::AccountId}", "111122223333")
    assert found(tmp_path, spelt, DEPLOYER) == []
    assert [rule for rule, _ in found(tmp_path, spelt, "arn:aws:iam::444455556666:role/deploy")] == ["KMS101"]
    with pytest.raises(UsageError, match="444455556666"):
        found(tmp_path, spelt, "arn:aws:iam::444455556666:role/deploy", account="111122223333")


def test_a_provider_of_another_account_has_another_deployer(tmp_path: Path) -> None:
    write(
        tmp_path,
        "main.tf",
        text="""provider "aws" {
  alias               = "other"
  allowed_account_ids = ["444455556666"]
}
resource "aws_kms_key" "key" {
  provider = aws.other
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:role/Admin" }, Action = "kms:*", Resource = "*"
    }]
  })
}
""",
    )
    outcome = lint([str(tmp_path)], Settings(select=("KMS108",), root=str(tmp_path), deployer=DEPLOYER))
    assert not outcome.findings
    other = "arn:aws:iam::444455556666:role/deploy"
    outcome = lint([str(tmp_path)], Settings(select=("KMS108",), root=str(tmp_path), deployer=other))
    assert [finding.rule_id for finding in outcome.findings] == ["KMS108"]


def test_questions_about_the_deployer(tmp_path: Path) -> None:
    write(tmp_path, "t.yaml", text=ADMIN_ONLY)
    question = ask("deployer", "kms:PutKeyPolicy", "Key", [str(tmp_path)], Settings(deployer=DEPLOYER))
    assert question.principal == "role ci/deploy"
    (key,) = access([str(tmp_path)], Settings(deployer=DEPLOYER), None, None).keys
    assert "role ci/deploy (deployer)" in [row.asker.label for row in key.rows]
    (key,) = access([str(tmp_path)], Settings(deployer="arn:aws:iam::111122223333:role/Admin"), None, None).keys
    assert [row.asker.label for row in key.rows].count("role Admin") == 1


@pytest.mark.parametrize(
    "arn",
    [
        "deploy",
        "111122223333",
        "arn:aws:sts::111122223333:assumed-role/deploy/ci",
        "arn:aws:iam::1:role/deploy",
        "arn:aws:iam::111122223333:group/deployers",
        "arn:aws:iam::111122223333:role/*",
    ],
)
@pytest.mark.parametrize("command", [(), ("access",), ("can", "deployer", "kms:Decrypt", "Key")])
def test_what_is_no_deployer(
    arn: str, command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "t.yaml", text=ADMIN_ONLY)
    done = run(capsys, *command, "--deployer", arn, str(tmp_path))
    assert done.code == 2
    assert "is not the ARN of a role, a user or a root user" in done.err
