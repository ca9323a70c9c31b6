"""KMS308: the permissions boundary of a role takes away what its policies and the key policy give."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.boundaries import Blocked, blocked_by_boundary
from kmslint.access.naming import enumerate_names, when
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS308",
    name="boundary-blocks-key",
    title="A permissions boundary takes away what is allowed on a key",
    severity=Severity.MEDIUM,
    rationale="""\
A permissions boundary gives nothing; it says what the policies of a role or user may give at most. What the
boundary leaves out is denied, although the IAM policy allows it and the key policy leaves the decision to IAM, and
also where the key policy names the role. (A user whom the key policy names is not limited by its boundary, nor is
one session of a role.) Boundaries that list services easily forget KMS, and the error names only the action.""",
    remediation="""\
Add the KMS actions on the key to the permissions boundary, or take the permission out if it is not meant.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: ["s3:*", "logs:*"], Resource: "*"}
  Api:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Ref Boundary
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: data
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*"}
              - {Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt DataKey.Arn}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: ["s3:*", "logs:*", "kms:Decrypt"], Resource: "*"}
  Api:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Ref Boundary
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: data
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*"}
              - {Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt DataKey.Arn}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "logs:*"], Resource = "*" }]
  })
}

resource "aws_iam_role" "api" {
  name                 = "api"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "api" {
  role = aws_iam_role.api.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.data.arn }]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "logs:*", "kms:*"], Resource = "*" }]
  })
}

resource "aws_iam_role" "api" {
  name                 = "api"
  permissions_boundary = aws_iam_policy.boundary.arn
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "api" {
  role = aws_iam_role.api.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.data.arn }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement of which a boundary leaves nothing on a key."""
    for blocked in blocked_by_boundary(estate):
        yield _finding(blocked)


def _finding(blocked: Blocked) -> Finding:
    key, who = blocked.key.address, blocked.identity.label
    actions = enumerate_names(map(str, blocked.entries))
    source = "the key policy" if blocked.policy is None else "its IAM policy"
    message = (
        f"{who} may not use {key}: {source} allows {actions}{when(blocked.statement)}, but the permissions boundary "
        f"{blocked.boundary.address} leaves that out, so the permission does nothing"
    )
    return RULE.finding(
        blocked.entries[0].at,
        message,
        key if blocked.policy is None else blocked.policy.address,
        related=(Related(blocked.boundary.at, f"the boundary of {who}"),),
        statement=blocked.statement,
        subject=f"{blocked.identity.address} {key} {actions}",
        about=key,
        advice=f"allow {actions} on {key} in {blocked.boundary.address}",
    )
