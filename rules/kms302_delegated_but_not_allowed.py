"""KMS302: a role needs a key, the key leaves it to IAM, and no IAM policy allows it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names, under
from kmslint.access.role_uses import Missing, Permission, RoleUse, missing_in_iam
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.consumers import Consumer, EventSource, Purpose
from kmslint.model.estate import Estate

_SHOWN = 5

RULE = Rule(
    id="KMS302",
    name="delegated-but-not-allowed",
    title="A role may use what is encrypted, and no policy lets it use the key",
    severity=Severity.MEDIUM,
    rationale="""\
S3, SQS, SNS, Secrets Manager, Parameter Store and Kinesis use the key in the name of whoever calls them. To read an
object or to send a message, a role needs the permission on the bucket or queue and the permission on the key. A
statement in the key policy for the account principal gives no role anything: it lets the account's IAM policies
decide, and where none of them allows the action, it is denied. The error names KMS, often far from here: Lambda that
does not read its queue, a file that is listed and cannot be opened. (DynamoDB, EBS, RDS and the environment of Lambda
functions work by grants, and need no such permission.)""",
    remediation="""\
Allow the role, in one of its IAM policies, the actions on the ARN of the key: kms:Decrypt to read, and
kms:GenerateDataKey to write; SQS and SNS want both from senders. Or name the role in the key policy.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
        "https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
        "https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html",
        "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: !Ref DataKey
  Sender:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Orders.Arn}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: !Ref DataKey
  Sender:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Orders.Arn}
              - Effect: Allow
                Action: ["kms:GenerateDataKey", "kms:Decrypt"]
                Resource: !GetAtt DataKey.Arn
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "data" {
  bucket_prefix = "data"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "reader" {
  role = aws_iam_role.reader.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.data.arn}/*" },
    ]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "data" {
  bucket_prefix = "data"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_iam_role" "reader" {
  name = "reader"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "reader" {
  role = aws_iam_role.reader.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.data.arn}/*" },
      { Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.data.arn },
    ]
  })
}
""",
    ),
    silenced_by=(
        Silence("KMS101", Scope.KEY),
        Silence("KMS306", Scope.STATEMENT),
        Silence("KMS401", Scope.STATEMENT),
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each role and key, with what the role is for."""
    for missing in missing_in_iam(estate):
        yield _finding(missing)


def _finding(missing: Missing) -> Finding:
    use = missing.uses[0]
    key, role, by = use.key.address, use.role, use.by
    actions = enumerate_names(action.name for action in missing.actions)
    used = {each.consumer.address: each for each in missing.uses}
    more = f" (and {len(used) - 1} more)" if len(used) > 1 else ""
    message = (
        f"{role.label} may not use {key}, with which {_target(use)}{more} is encrypted{under(use.guards)}: "
        f"{_reason(missing)}, and the key policy leaves {actions} to IAM, but none of the role's policies allows that, "
        "so the requests are denied"
    )
    return RULE.finding(
        by.entry.at if isinstance(by, Permission) else by.at,
        message,
        by.policy.address if isinstance(by, Permission) else by.address,
        related=tuple(
            Related(each.consumer.key_at, f"{_target(each)} uses it") for each in list(used.values())[:_SHOWN]
        ),
        statement=by.statement if isinstance(by, Permission) else None,
        subject=f"{role.address} {key}",
        about=key,
        advice=f"allow {role.label} {actions} on {key} in one of its policies, as {use.need.page} shows",
    )


def _reason(missing: Missing) -> str:
    """What the role is for: what it may do there, or what is done with it."""
    use = missing.uses[0]
    by = use.by
    if isinstance(by, Consumer):
        return "it runs with the role" if by.purpose is Purpose.STATE_MACHINE else "it is written with the role"
    if isinstance(use.by, EventSource):
        return f"event source mapping {use.by.address} reads it with the role"
    there = (each for each in missing.uses if each.consumer.address == use.consumer.address)
    return f"its policy allows {enumerate_names(each.need.action for each in there)} on it"


def _target(use: RoleUse) -> str:
    return f"{use.consumer.purpose.value} {use.consumer.address}"
