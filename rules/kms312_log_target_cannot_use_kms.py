"""KMS312: a bucket that receives access logs encrypts by default under a KMS key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.log_targets import LogTarget, log_targets
from kmslint.access.naming import under
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.consumers import Delivery
from kmslint.model.estate import Estate

_SHOWN = 5

RULE = Rule(
    id="KMS312",
    name="log-target-cannot-use-kms",
    title="A bucket for access logs encrypts under a KMS key that the writer of the logs may not use",
    severity=Severity.MEDIUM,
    rationale="""\
S3 server access logs and the access logs of an Application Load Balancer are written by AWS. Of the bucket AWS says
that its default encryption must be SSE-S3, and that "SSE-KMS is not supported". The key policy here does not let the
writer in, and so the logs are lost, and nobody is told. Under alias/aws/s3, which a bucket takes that names no key,
they are no better: S3 looks for that alias in the account of whoever writes, and that is one of AWS's own, so logs
that do arrive can be read by nobody.""",
    remediation="""\
Set the default encryption of the bucket for logs to SSE-S3 (AES256).""",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  LogKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !Ref LogKey}
  Data:
    Type: AWS::S3::Bucket
    Properties:
      LoggingConfiguration: {DestinationBucketName: !Ref Logs, LogFilePrefix: data/}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}
  Data:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !Ref DataKey}
      LoggingConfiguration: {DestinationBucketName: !Ref Logs, LogFilePrefix: data/}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "logs" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "logs"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.logs.arn
    }
  }
}

resource "aws_s3_bucket_logging" "data" {
  bucket        = "data"
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "data/"
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "logs"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_logging" "data" {
  bucket        = "data"
  target_bucket = aws_s3_bucket.logs.id
  target_prefix = "data/"
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each bucket, with what logs to it."""
    for target in log_targets(estate):
        yield _finding(target)


def _finding(target: LogTarget) -> Finding:
    bucket = target.bucket
    (delivery, need), *others = target.deliveries
    more = f" (and {len(others)} more)" if others else ""
    if target.under_alias_of_s3:
        fails = "leaves no logs that the account can read"
        why = "and alias/aws/s3 means a key of the account that writes, which is AWS's"
    else:
        fails = "cannot deliver its logs"
        why = f"and the key does not let {need.principal} in, so {need.without}"
    message = (
        f"{_sender(delivery)}{more} {fails}{under(target.guards)}: the bucket they go to encrypts by SSE-KMS "
        f"({bucket.address}), which AWS does not support for such logs, {why}"
    )
    return RULE.finding(
        bucket.key_at,
        message,
        bucket.address,
        related=tuple(Related(one.at, f"{_sender(one)} logs to it") for one, _ in target.deliveries[:_SHOWN]),
        subject="default encryption",
        advice="set its default encryption to SSE-S3 (AES256)",
    )


def _sender(delivery: Delivery) -> str:
    return f"{delivery.sender.value} {delivery.address}"
