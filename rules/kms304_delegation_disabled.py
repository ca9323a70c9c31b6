"""KMS304: the key policy names the account for its root user alone, so an IAM policy does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.dead_permissions import dead_permissions
from kmslint.access.naming import enumerate_names
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Test
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS304",
    name="delegation-disabled",
    title="The account is named, but only its root user meets the condition",
    severity=Severity.HIGH,
    rationale="""\
The account principal stands in the key policy, as it does where IAM policies decide. But its condition, such
as aws:PrincipalType = Account, holds for the root user alone: no role and no user meets it, and an Allow in
their IAM policies has no effect on the key. The pattern is meant to do just that; the IAM policy here expects
the opposite.""",
    remediation="""\
Name the identity in the key policy, or take the condition off the account principal's statement if IAM
policies are meant to decide.""",
    references=(
        "https://repost.aws/knowledge-center/kms-prevent-access",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    ),
    silenced_by=(
        Silence("KMS101", Scope.KEY),
        Silence("KMS404", Scope.KEY),
        Silence("KMS103", Scope.KEY),
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
          - Sid: RootOnly
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
            Condition: {StringEquals: {"aws:PrincipalType": Account}}
  Dev:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: decrypt
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["kms:Decrypt", "kms:DescribeKey"]
                Resource: !GetAtt DataKey.Arn
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
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
  Dev:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: decrypt
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["kms:Decrypt", "kms:DescribeKey"]
                Resource: !GetAtt DataKey.Arn
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RootOnly"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalType" = "Account" } }
    }]
  })
}

resource "aws_iam_role" "dev" {
  name = "dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "dev" {
  role = aws_iam_role.dev.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.data.arn }]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_role" "dev" {
  name = "dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "dev" {
  role = aws_iam_role.dev.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.data.arn }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement and key where the account is named for its root user alone."""
    for permission in dead_permissions(estate):
        guard = permission.root_only
        if guard is None:
            continue
        key, who = permission.key.address, permission.identity.label
        actions = enumerate_names(map(str, permission.dead))
        message = (
            f"{who} may not use {key}{when_in(permission.ways)}: its IAM policy allows {actions}, but statement "
            f"{guard.label} of the key policy lets only the account's root user act, so the permission does nothing"
        )
        related = [
            Related(test.at, "only the root user meets this") for test in guard.conditions if isinstance(test, Test)
        ]
        yield RULE.finding(
            permission.dead[0].at,
            message,
            permission.policy.address,
            related=(*related, Related(guard.header, f"the statement of {key}")),
            statement=permission.statement,
            subject=f"{permission.identity.address} {key} {actions}",
            about=key,
            ways=permission.ways,
            advice=f"name {who} in the key policy of {key}, or take the condition off statement {guard.label}",
        )
