"""KMS108: whoever runs the deployment could not change the key policy again, so AWS refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.deployer import Refused, refused_policies
from kmslint.access.reasons import Reason, reason_of, statements_of
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS108",
    name="deployment-would-be-refused",
    title="AWS will refuse the key policy, for it shuts out whoever deploys it",
    severity=Severity.HIGH,
    rationale="""\
Unless BypassPolicyLockoutSafetyCheck is set, KMS takes a key policy only from a caller whom that very policy lets call
kms:PutKeyPolicy again: by name, or as the account together with the caller's IAM policies. Otherwise CreateKey and
PutKeyPolicy fail with MalformedPolicyDocumentException, "The new key policy will not allow you to update the key policy
in the future". The deployer is the role that the provider of Terraform takes on, or what --deployer names.""",
    remediation="""\
Let the account's IAM policies decide about kms:PutKeyPolicy (principal arn:aws:iam::ACCOUNT:root), or name the role
that deploys. Do not bypass the check instead: it keeps a key from being locked.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    ),
    silenced_by=(
        Silence("KMS101", Scope.KEY),
        Silence("KMS404", Scope.KEY),
        Silence("KMS103", Scope.KEY),
    ),
    cloudformation=None,
    terraform=Examples(
        bad="""\
provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/deploy"
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:role/KeyAdmin" }
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
}
""",
        good="""\
provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/deploy"
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:role/KeyAdmin" }
        Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)

_BY_IAM: Final = {
    Reason.DELEGATED_BUT_NO_IAM_ALLOW: "the key policy leaves it to IAM, and no IAM policy of {who} allows it",
    Reason.IAM_DENY: "an IAM policy of {who} denies it",
    Reason.BOUNDARY: "the key policy leaves it to IAM, and the permissions boundary of {who} does not allow it",
    Reason.BOUNDARY_LIMITS_ROLE: "the permissions boundary of {who} does not allow it",
    Reason.BOUNDARY_DENY: "the permissions boundary of {who} denies it",
}
_BY_KEY_POLICY: Final = "the key policy neither allows it to {who} nor lets the account's IAM policies decide"


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key whose policy AWS does not take from whoever deploys it."""
    for refused in refused_policies(estate):
        yield _finding(refused)


def _finding(refused: Refused) -> Finding:
    key, who, reason = refused.key, refused.deployer.label, reason_of(refused.decision)
    denying = statements_of(refused.decision) if reason.is_deny else ()
    if reason is Reason.KEY_POLICY_DENY:
        why = f"statement {denying[0].statement.label} of the key policy denies it"
    else:
        why = _BY_IAM.get(reason, _BY_KEY_POLICY).format(who=who)
    message = (
        f"AWS will refuse the policy of {key.address}{when_in(refused.ways)}: {who}, who deploys it, could not call "
        f"kms:PutKeyPolicy again, for {why}"
    )
    related = [Related(one.statement.header, "denies it") for one in denying]
    if refused.arn.at.source.path:
        related.append(Related(refused.arn.at, "Terraform works as this role"))
    return RULE.finding(
        key.policy.at,
        message,
        key.address,
        confidence=Confidence.MEDIUM if reason in _BY_IAM else Confidence.HIGH,
        related=tuple(related),
        subject="KeyPolicy",
        advice=f"let {who} call kms:PutKeyPolicy, by name or through the account's IAM policies",
        ways=refused.ways,
    )
