"""KMS217: the key of an EKS cluster lets only services create grants, and CreateCluster is none."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.cluster_grants import cluster_grants
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS217",
    name="grant-limits-not-usable",
    title="The grant for an EKS cluster cannot be created",
    severity=Severity.MEDIUM,
    rationale="""\
To encrypt its secrets an EKS cluster needs a grant on the key, and whoever calls CreateCluster creates it by his own
permission for kms:CreateGrant. kms:GrantIsForAWSResource, which is right for volumes and databases, is not supported
for CreateCluster: where the only statement that allows kms:CreateGrant demands it, the cluster is not created.""",
    remediation="""\
Let the principal that creates the cluster call kms:CreateGrant without kms:GrantIsForAWSResource;
kms:GranteePrincipal or kms:GrantOperations can limit the grants instead.""",
    references=(
        "https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource",
    ),
    silenced_by=(
        Silence("KMS404", Scope.KEY),
        Silence("KMS402", Scope.STATEMENT),
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  SecretsKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Administer
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
            Resource: "*"
          - Sid: CreateCluster
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deployer"}
            Action: ["kms:CreateGrant", "kms:DescribeKey"]
            Resource: "*"
            Condition: {Bool: {"kms:GrantIsForAWSResource": "true"}}
  Cluster:
    Type: AWS::EKS::Cluster
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/cluster
      ResourcesVpcConfig: {SubnetIds: [subnet-1, subnet-2]}
      EncryptionConfig:
        - {Provider: {KeyArn: !GetAtt SecretsKey.Arn}, Resources: [secrets]}
""",
        good="""\
Resources:
  SecretsKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Administer
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
            Resource: "*"
          - Sid: CreateCluster
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deployer"}
            Action: ["kms:CreateGrant", "kms:DescribeKey"]
            Resource: "*"
            Condition: {StringLike: {"kms:GranteePrincipal": "arn:aws:iam::*:role/cluster"}}
  Cluster:
    Type: AWS::EKS::Cluster
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/cluster
      ResourcesVpcConfig: {SubnetIds: [subnet-1, subnet-2]}
      EncryptionConfig:
        - {Provider: {KeyArn: !GetAtt SecretsKey.Arn}, Resources: [secrets]}
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "secrets" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
        Resource  = "*"
      },
      {
        Sid       = "CreateCluster"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/deployer" }
        Action    = ["kms:CreateGrant", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  })
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "secrets" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
        Resource  = "*"
      },
      {
        Sid       = "CreateCluster"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/deployer" }
        Action    = ["kms:CreateGrant", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { StringLike = { "kms:GranteePrincipal" = "arn:aws:iam::*:role/cluster" } }
      },
    ]
  })
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key of a cluster on which only services may create grants."""
    for key, cluster, statement, test in cluster_grants(estate):
        message = (
            f"{cluster.address} cannot be created with {key.address}: whoever creates it has to create the grant "
            f"himself, and statement {statement.label} allows kms:CreateGrant only to services that do it for others"
        )
        yield RULE.finding(
            test.at,
            message,
            key.address,
            related=(Related(cluster.at, "encrypts its secrets with the key"),),
            statement=statement,
            subject=f"Statement[{statement.label}].Condition",
        )
