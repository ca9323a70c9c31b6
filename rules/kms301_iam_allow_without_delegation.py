"""KMS301: an identity is allowed what the key policy neither gives it nor leaves to IAM."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.dead_permissions import DeadPermission, dead_permissions
from kmslint.access.naming import enumerate_names, principal_name
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS301",
    name="iam-allow-without-delegation",
    title="An IAM policy allows what the key policy never lets IAM decide",
    severity=Severity.HIGH,
    rationale="""\
For most resources an Allow in the identity's IAM policy is enough. Not for a KMS key: until the key policy
names the account principal, "IAM policies that allow permissions have no effect". Here the key policy names
neither the identity nor the account for the action, so the request is denied, whatever IAM says. It is
delegated action by action: a statement that allows the account kms:Encrypt leaves kms:Decrypt without effect.""",
    remediation="""\
Name the identity in the key policy, or let IAM decide by allowing the actions to the account principal
(arn:aws:iam::ACCOUNT:root).""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
    ),
    silenced_by=(
        Silence("KMS304", Scope.STATEMENT),
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
          - Sid: Sec
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Sec"}
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
      Sid       = "Sec"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Sec" }
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
    """One finding for each statement and key where the key policy leaves the identity out."""
    for permission in dead_permissions(estate):
        if permission.root_only is None:
            yield _finding(permission, estate)


def _finding(permission: DeadPermission, estate: Estate) -> Finding:
    key, who = permission.key.address, permission.identity.label
    actions = enumerate_names(map(str, permission.dead))
    message = (
        f"{who} may not use {key}{when_in(permission.ways)}: its IAM policy allows {actions}, but for that the key "
        f"policy neither names {who} nor lets its IAM policies decide, so the permission does nothing"
    )
    related = [
        Related(principal.at, f"{key} names {principal_name(principal, estate)} here")
        for statement in permission.document.statements
        if statement.effect is Effect.ALLOW
        for principal in statement.principals or ()
    ]
    return RULE.finding(
        permission.dead[0].at,
        message,
        permission.policy.address,
        related=tuple(related[:3]),
        statement=permission.statement,
        subject=f"{permission.identity.address} {key} {actions}",
        about=key,
        ways=permission.ways,
        advice=f"name {who} in the key policy of {key}, or allow the actions there to the account principal",
    )
