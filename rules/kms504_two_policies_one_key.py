"""KMS504: two places set the policy of one key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key, RivalPolicy

RULE = Rule(
    id="KMS504",
    name="two-policies-one-key",
    title="Two places set the policy of one key",
    severity=Severity.HIGH,
    rationale="""\
A key has one policy, and attaching one replaces the whole of the one before. Where the argument of the key and an
aws_kms_key_policy both set it, or two aws_kms_key_policy do, each takes the other's for a change to be undone. What
applies is the one that Terraform applied last, and the next run turns it round: whoever is allowed by one of them
alone has access every other time, be it the administrator.""",
    remediation="""\
Write one policy, in one place, with the statements of both: as the policy of aws_kms_key, or in one
aws_kms_key_policy where the key has to be there first.""",
    references=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
    ),
    cloudformation=None,
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.current.account_id }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_kms_key_policy" "data" {
  key_id = aws_kms_key.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Logs"
      Effect    = "Allow"
      Principal = { Service = "logs.amazonaws.com" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
    }]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_key_policy" "data" {
  key_id = aws_kms_key.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each place that sets the policy of a key after another one."""
    for key in estate.keys:
        for rival in key.policy.rivals:
            yield _finding(key, rival)


def _finding(key: Key, rival: RivalPolicy) -> Finding:
    other = "the key itself" if rival.other_address == key.address else rival.other_address
    guards = rival.guards - key.guards
    when = f" when {enumerate_names(sorted(map(str, guards)))}" if guards else ""
    message = (
        f"{rival.address} and {other} both set the policy of {key.address}{when}: the one that is applied last "
        "replaces the other, and the next run turns it round"
    )
    return RULE.finding(
        rival.at,
        message,
        key.address,
        related=(Related(rival.other_at, "the policy is set here, too"),),
        subject=f"policy {rival.address}",
    )
