"""KMS407: a key policy that is too long, or has characters that KMS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.access.policy_limits import MAXIMUM_BYTES, least_bytes, refused_characters
from kmslint.access.written import Written, key_statements
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.location import Location
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS407",
    name="policy-rejected",
    title="A key policy that KMS refuses for its length or its characters",
    severity=Severity.HIGH,
    rationale="""\
A key policy is one text of at most 32,768 bytes, a limit that AWS does not raise, and of the characters up to
U+00FF alone. KMS refuses a longer one with LimitExceededException, and one with other characters, such as
typographic dashes and quotation marks, as not of the pattern that it demands. The key is not made, or keeps the
policy that it had.""",
    remediation="""\
Write plain characters. To shorten a policy, name accounts instead of many roles and let IAM policies decide, test
aws:PrincipalArn or aws:PrincipalTag, or give short-lived access by grants.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
    ),
    silenced_by=(Silence("KMS411", Scope.STATEMENT),),
    cloudformation=Examples(
        bad="""\
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
          - Sid: "Use \u2013 the team"
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
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
          - Sid: "Use - the team"
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
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
        Sid       = "Use \u2013 the team"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
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
        Sid       = "Use - the team"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement with characters that KMS refuses, and for each policy that is too long."""
    for written in key_statements(estate):
        found = next(refused_characters(written.statement), None)
        if found is not None:
            yield _finding(written, *found)
    for key, document in estate.key_documents():
        length = least_bytes(document)
        if length > MAXIMUM_BYTES:
            message = (
                f"KMS will refuse the policy of {key.address}: it has at least {length} bytes, and a key policy may "
                f"have {MAXIMUM_BYTES}"
            )
            yield RULE.finding(key.policy.at, message, key.address, subject="length", advice=_SHORTER)


_SHORTER = "name accounts instead of many roles and let IAM policies decide, or test aws:PrincipalArn by a pattern"


def _finding(written: Written, at: Location, character: str) -> Finding:
    statement = written.statement
    message = (
        f"KMS will refuse the policy of {written.resource}{when(statement)}: statement {statement.label} has the "
        f"character U+{ord(character):04X}, and a key policy may have none beyond U+00FF"
    )
    return RULE.finding(
        at, message, written.resource, statement=statement, subject=f"Statement[{statement.label}] characters"
    )
