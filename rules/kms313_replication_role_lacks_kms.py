"""KMS313: objects under SSE-KMS are not replicated: nobody asked for it, or the role may not use the keys."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names, under
from kmslint.access.replications import KeyLacked, NotReplicated, failing_replications
from kmslint.aws.role_needs import REPLICA
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS313",
    name="replication-role-lacks-kms",
    title="Objects under SSE-KMS are not replicated",
    severity=Severity.MEDIUM,
    rationale="""\
S3 leaves objects under SSE-KMS out of replication unless the rule says otherwise: SourceSelectionCriteria has to
enable SseKmsEncryptedObjects, and the destination has to name the key for the replicas. Then the role of the
replication needs kms:Decrypt on the key of the source and kms:Encrypt on that of the replicas; that of s3.amazonaws.com
does not count. Without any of these nothing is said when the replication is set up, and the copies are missing when
they are needed.""",
    remediation="""\
Enable SseKmsEncryptedObjects in each rule, set ReplicaKmsKeyID, and allow the role kms:Decrypt on the key of the source
and kms:Encrypt on that of the replicas. The key of another account has to allow the role, too.""",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_SourceSelectionCriteria.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  ReplicaKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Copier:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: replicate
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["s3:ReplicateObject", "s3:GetObjectVersionForReplication"]
                Resource: ["arn:aws:s3:::copies/*", "arn:aws:s3:::orders/*"]
              - {Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt DataKey.Arn}
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: orders
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt DataKey.Arn}
      ReplicationConfiguration:
        Role: !GetAtt Copier.Arn
        Rules:
          - Status: Enabled
            SourceSelectionCriteria: {SseKmsEncryptedObjects: {Status: Enabled}}
            Destination:
              Bucket: arn:aws:s3:::copies
              EncryptionConfiguration: {ReplicaKmsKeyID: !GetAtt ReplicaKey.Arn}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  ReplicaKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Copier:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: replicate
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["s3:ReplicateObject", "s3:GetObjectVersionForReplication"]
                Resource: ["arn:aws:s3:::copies/*", "arn:aws:s3:::orders/*"]
              - {Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt DataKey.Arn}
              - {Effect: Allow, Action: "kms:Encrypt", Resource: !GetAtt ReplicaKey.Arn}
  Orders:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: orders
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt DataKey.Arn}
      ReplicationConfiguration:
        Role: !GetAtt Copier.Arn
        Rules:
          - Status: Enabled
            SourceSelectionCriteria: {SseKmsEncryptedObjects: {Status: Enabled}}
            Destination:
              Bucket: arn:aws:s3:::copies
              EncryptionConfiguration: {ReplicaKmsKeyID: !GetAtt ReplicaKey.Arn}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_key" "replica" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "orders" {
  bucket = "orders"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
  bucket = aws_s3_bucket.orders.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_iam_role" "copier" {
  name = "copier"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "copier" {
  role = aws_iam_role.copier.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.data.arn },
      { Effect = "Allow", Action = "kms:Encrypt", Resource = aws_kms_key.replica.arn },
    ]
  })
}

resource "aws_s3_bucket_replication_configuration" "orders" {
  bucket = aws_s3_bucket.orders.id
  role   = aws_iam_role.copier.arn
  rule {
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::copies"
    }
  }
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_key" "replica" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "orders" {
  bucket = "orders"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "orders" {
  bucket = aws_s3_bucket.orders.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_iam_role" "copier" {
  name = "copier"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "copier" {
  role = aws_iam_role.copier.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.data.arn },
      { Effect = "Allow", Action = "kms:Encrypt", Resource = aws_kms_key.replica.arn },
    ]
  })
}

resource "aws_s3_bucket_replication_configuration" "orders" {
  bucket = aws_s3_bucket.orders.id
  role   = aws_iam_role.copier.arn
  rule {
    status = "Enabled"
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
    destination {
      bucket = "arn:aws:s3:::copies"
      encryption_configuration {
        replica_kms_key_id = aws_kms_key.replica.arn
      }
    }
  }
}
""",
    ),
    silenced_by=(
        Silence("KMS101", Scope.KEY),
        Silence("KMS404", Scope.KEY),
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each rule of a replication and what is wrong with it."""
    for failure in failing_replications(estate):
        yield _not_asked(failure) if isinstance(failure, NotReplicated) else _lacks(failure)


def _not_asked(failure: NotReplicated) -> Finding:
    bucket = failure.source
    message = (
        f"replication {failure.replication.address} leaves out what is encrypted{under(failure.guards)}: bucket "
        f"{bucket.address} encrypts by SSE-KMS, and S3 replicates such objects only where SourceSelectionCriteria "
        "enables SseKmsEncryptedObjects"
    )
    return RULE.finding(
        failure.rule.at,
        message,
        failure.replication.address,
        related=(Related(bucket.key_at, f"{bucket.address} encrypts by SSE-KMS"),),
        subject="SourceSelectionCriteria",
        about=failure.key.address if failure.key is not None else "",
        advice="enable SseKmsEncryptedObjects in the rule, name the key for the replicas, and allow the role both keys",
    )


def _lacks(failure: KeyLacked) -> Finding:
    key, role = failure.key.address, failure.role
    actions = enumerate_names(action.name for action in failure.actions)
    what = "encrypts the replicas" if failure.need is REPLICA else "encrypts the bucket that is replicated"
    message = (
        f"{role.label} may not use {key}{under(failure.guards)}: it replicates objects under SSE-KMS, and needs "
        f"{actions} on the key that {what}, but no policy allows that, so the objects are not replicated"
    )
    return RULE.finding(
        failure.rule.at,
        message,
        failure.replication.address,
        related=(Related(role.at, "the role of the replication"), Related(failure.key.at, f"the key that {what}")),
        subject=f"{role.address} {key} {actions}",
        about=key,
        advice=f"allow {role.label} {actions} on {key}",
    )
