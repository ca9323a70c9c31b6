"""KMS216: an identity can give itself the administration of a key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.escalation import Escalation, escalations
from kmslint.access.naming import enumerate_names
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS216",
    name="path-to-administration",
    title="An identity can give itself the administration of keys",
    severity=Severity.MEDIUM,
    rationale="""\
A key that delegates to the account obeys IAM policies. Whoever may write or attach IAM policies to himself, by
iam:PutRolePolicy or iam:AttachRolePolicy on his own role, can therefore give himself kms:PutKeyPolicy and whatever
else he lacks: the key policy and the IAM policies that are written here do not show it, and two calls are enough.""",
    remediation="""\
Limit the statement to other roles by their path or name, or by a condition (iam:PolicyARN, iam:PermissionsBoundary);
or let the key policy say that only its administrators may change it.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-266",)),),
    silenced_by=(Silence("KMS207", Scope.STATEMENT),),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Deployer:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: deploy
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["iam:CreateRole", "iam:PutRolePolicy"], Resource: "*"}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Deployer:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: "sts:AssumeRole"}
      Policies:
        - PolicyName: deploy
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["iam:CreateRole", "iam:PutRolePolicy"]
                Resource: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/app/*"
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_role" "deployer" {
  name = "deployer"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codebuild.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  role = aws_iam_role.deployer.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["iam:CreateRole", "iam:AttachRolePolicy"], Resource = "*" }]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_role" "deployer" {
  name = "deployer"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codebuild.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  role = aws_iam_role.deployer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["iam:CreateRole", "iam:AttachRolePolicy"]
      Resource = "arn:aws:iam::111122223333:role/app-*"
    }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each identity, with the keys that it can come to administer."""
    return map(_finding, escalations(estate))


def _finding(found: Escalation) -> Finding:
    identity, policy, statement, at, action, keys = found
    names = enumerate_names(key.address for key in keys)
    obeys = "that key obeys" if len(keys) == 1 else "those keys obey"
    message = (
        f"{identity.label} can make itself an administrator of {names}: it may call {action} on itself, and {obeys} "
        f"the IAM policies of the account ({identity.label} -> {action} -> kms:PutKeyPolicy)"
    )
    return RULE.finding(
        at,
        message,
        policy.address if statement is not None else identity.address,
        related=tuple(Related(key.at, "lets IAM policies decide who changes its policy") for key in keys[:3]),
        statement=statement,
        subject=f"{identity.address} {action}",
    )
