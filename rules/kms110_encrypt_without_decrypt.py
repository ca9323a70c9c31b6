"""KMS110: somebody may encrypt, and nobody may decrypt."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.decryption import Sealed, sealed
from kmslint.access.naming import when
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key

RULE = Rule(
    id="KMS110",
    name="encrypt-without-decrypt",
    title="What is encrypted under the key can be decrypted by nobody",
    severity=Severity.MEDIUM,
    rationale="""\
What is encrypted under a symmetric KMS key leaves its envelope only through KMS, by kms:Decrypt or
kms:ReEncryptFrom. Here the key policy lets somebody encrypt, and gives neither of the two to anybody: not by name,
not through the account's IAM policies, and nobody may make a grant. Data that is written meanwhile stays unreadable
until somebody changes the policy. Data keys, too, come encrypted and have to be decrypted to be used again.""",
    remediation="""\
Allow kms:Decrypt to whoever is to read the data, or to the account principal so that IAM policies can.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    ),
    silenced_by=(
        Silence("KMS101", Scope.KEY),
        Silence("KMS404", Scope.KEY),
        Silence("KMS103", Scope.KEY),
        Silence("KMS111", Scope.KEY),
    ),
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
          - Sid: Administration
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: ["kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion"]
            Resource: "*"
          - Sid: Write
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Writer"}
            Action: ["kms:Encrypt", "kms:GenerateDataKey"]
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
          - Sid: Administration
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: ["kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion"]
            Resource: "*"
          - Sid: Write
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Writer"}
            Action: ["kms:Encrypt", "kms:GenerateDataKey"]
            Resource: "*"
          - Sid: Read
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Reader"}
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
        Sid       = "Administration"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = ["kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion"]
        Resource  = "*"
      },
      {
        Sid       = "Write"
        Effect    = "Allow"
        Principal = { Service = "logs.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:GenerateDataKey"]
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Write"
        Effect    = "Allow"
        Principal = { Service = "logs.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:GenerateDataKey"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key under which somebody may encrypt and nobody decrypt."""
    for key, document in estate.key_documents():
        found = sealed(document, key, estate)
        if found is not None:
            yield _finding(found, key)


def _finding(found: Sealed, key: Key) -> Finding:
    statement = found.statement
    message = (
        f"statement {statement.label}{when(statement)} lets {found.who.label} call {found.action.name} on "
        f"{key.address}, and nothing lets anybody decrypt with it: what is encrypted stays unreadable"
    )
    return RULE.finding(
        statement.header, message, key.address, statement=statement, subject=f"Statement[{statement.label}]"
    )
