"""KMS307: something is shared with another account and encrypted under a key of AWS's, which that cannot use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.naming import enumerate_names, under
from kmslint.access.shared_under_managed_keys import Shared, shared_under_managed_keys
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.sharing import Thing

_NAMED: Final = 2
_SHOWN: Final = 5

RULE = Rule(
    id="KMS307",
    name="aws-managed-key-shared",
    title="What is shared with another account is encrypted under a key of AWS's that the account can never use",
    severity=Severity.MEDIUM,
    rationale="""\
Who reads an object or a secret, or sends to an encrypted topic or queue, needs its key as well. The key policies of
alias/aws/s3, alias/aws/secretsmanager, alias/aws/sns and alias/aws/sqs let in the users and roles of their own account
and nobody else, and AWS manages them, so nobody can change that. The policy of the bucket or secret then gives another
account a permission that it can never use.""",
    remediation="""\
Encrypt it under a key of your own, whose policy allows the other account kms:Decrypt (and kms:GenerateDataKey where it
sends or writes), and have the other account allow that in its IAM policies too. What is encrypted already has to be
written again.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    ),
    silenced_by=(Silence("KMS310", Scope.KEY),),
    cloudformation=Examples(
        bad="""\
Resources:
  AppKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Token:
    Type: AWS::SecretsManager::Secret
    Properties:
      GenerateSecretString: {}
  Partner:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref Token
      ResourcePolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Owner
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/App"}
            Action: secretsmanager:GetSecretValue
            Resource: "*"
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::444455556666:role/Partner"}
            Action: secretsmanager:GetSecretValue
            Resource: "*"
""",
        good="""\
Resources:
  AppKey:
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
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::444455556666:role/Partner"}
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringEquals: {"kms:ViaService": !Sub "secretsmanager.${AWS::Region}.amazonaws.com"}}
  Token:
    Type: AWS::SecretsManager::Secret
    Properties:
      KmsKeyId: !GetAtt AppKey.Arn
      GenerateSecretString: {}
  Partner:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref Token
      ResourcePolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::444455556666:role/Partner"}
            Action: secretsmanager:GetSecretValue
            Resource: "*"
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "reports" {
  bucket = "example-reports"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  bucket = aws_s3_bucket.reports.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "Read"
      Effect = "Allow"
      Principal = {
        AWS = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root", "arn:aws:iam::444455556666:root"]
      }
      Action   = "s3:GetObject"
      Resource = "${aws_s3_bucket.reports.arn}/*"
    }]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "app" {
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
        Sid       = "Read"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::444455556666:root" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}

resource "aws_s3_bucket" "reports" {
  bucket = "example-reports"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.app.arn
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  bucket = aws_s3_bucket.reports.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Read"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::444455556666:root" }
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.reports.arn}/*"
    }]
  })
}
""",
    ),
)

_UNDER_IT: Final = {
    Thing.BUCKET: "what is written to it without another key is encrypted under",
    Thing.TOPIC: "it is encrypted under",
    Thing.QUEUE: "it is encrypted under",
    Thing.SECRET: "it is encrypted under",
}
_IN_VAIN: Final = {
    Thing.BUCKET: "these objects stay unreadable there",
    Thing.TOPIC: "every message is refused",
    Thing.QUEUE: "every such call is denied",
    Thing.SECRET: "every such call is denied",
}


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each thing under a key of AWS's, with everybody of another account that it is shared with."""
    for shared in shared_under_managed_keys(estate):
        yield _finding(shared)


def _finding(shared: Shared) -> Finding:
    managed, (first, *_) = shared.managed, shared.others
    presumed = all(other.confidence is Confidence.MEDIUM for other in shared.others)
    names = list(dict.fromkeys(other.name for other in shared.others))
    who = enumerate_names(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} others"
    doubt = ", taken to be outside the own account," if presumed else ""
    message = (
        f"{who}{doubt} may call {enumerate_names(first.actions)} on {managed.thing.value} {managed.address}"
        f"{under(shared.guards)}, but {_UNDER_IT[managed.thing]} {shared.alias}, whose policy lets in no other account "
        f"and cannot be changed, so {_IN_VAIN[managed.thing]}"
    )
    return RULE.finding(
        managed.key_at,
        message,
        managed.address,
        confidence=Confidence.MEDIUM if presumed else Confidence.HIGH,
        related=tuple(
            Related(other.principal.at, f"statement {other.statement.label} lets in {other.name}")
            for other in shared.others[:_SHOWN]
        ),
        subject=shared.alias,
        advice=f"encrypt {managed.address} under a key of your own, and let {who} use that",
        ways=(shared.guards,),
    )
