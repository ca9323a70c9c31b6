"""KMS506: no key policy is written, so AWS attaches its own."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Profile, Rule
from kmslint.model.estate import Estate, PolicyOrigin

RULE = Rule(
    id="KMS506",
    name="default-policy",
    title="The key has AWS's default policy",
    severity=Severity.INFO,
    profile=Profile.OFF,
    rationale="""\
Where no key policy is written KMS attaches its default one: a single statement that allows the account everything.
It opens the key to nobody by itself, cannot lock anybody out, and leaves every decision to the IAM policies of the
account. That is a sound choice where IAM policies are kept narrow. It is too little for a key whose users are to be
seen in one place, or that a service is to use in its own name. Terraform leaves the policy as it is when the
argument is taken out of a key that exists.""",
    remediation="""\
Write a key policy that keeps the statement on the account principal and names the users of the key beside it, if
the key's own policy is to say who may use it. Otherwise nothing needs to change.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html",
    ),
    counterparts=(
        Counterpart(Catalogue.CHECKOV, ("CKV2_AWS_64",)),
        Counterpart(Catalogue.KICS, ("7ebc9038-0bde-479a-acc4-6ed7b6758899", "da905474-7454-43c0-b8d2-5756ab951aba")),
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
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
    Statement = [{
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.current.account_id }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key without a policy of its own."""
    for key in estate.keys:
        if key.policy.origin is PolicyOrigin.DEFAULT:
            message = f"{key.address} gets AWS's default policy: only the account's IAM policies decide who may use it"
            yield RULE.finding(key.at, message, key.address, subject="KeyPolicy")
