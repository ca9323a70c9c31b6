"""KMS212: a policy that gives everything gives the keys as well."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.broad_policies import BroadPolicy, broad_policies
from kmslint.access.naming import enumerate_names
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Profile, Rule
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS212",
    name="broad-managed-policy",
    title="A policy that gives everything gives the keys as well",
    severity=Severity.MEDIUM,
    rationale="""\
A key that delegates to the account obeys every IAM policy of it, also those that do not speak of keys.
AdministratorAccess, PowerUserAccess and a statement with Action "*" hold kms:*: whoever has them decrypts with such a
key, rewrites its policy and schedules it for deletion. The pair is what matters: neither the key policy nor the
managed policy shows it alone.""",
    remediation="""\
Give the identity the actions and resources that it needs; or let the key policy name its administrators and users
instead of the account.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html",
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html",
    ),
    counterparts=(
        Counterpart(Catalogue.SECURITY_HUB, ("IAM.1",)),
        Counterpart(Catalogue.CONFIG, ("iam-policy-no-statements-with-admin-access",)),
        Counterpart(Catalogue.CIS, ("v1.4.0/1.16", "v1.2.0/1.22")),
        Counterpart(Catalogue.CWE, ("CWE-266",)),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_1", "CKV_AWS_62", "CKV_AWS_274")),
        Counterpart(Catalogue.CFN_NAG, ("W43", "W44")),
    ),
    profile=Profile.STRICT,
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Job:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Job:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_role" "job" {
  name = "job"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "job" {
  role = aws_iam_role.job.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_role" "job" {
  name = "job"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "job" {
  role = aws_iam_role.job.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each user or role, with the keys that it gets."""
    return map(_finding, broad_policies(estate))


def _finding(found: BroadPolicy) -> Finding:
    identity, policy, statement, at, what, keys = found
    names = enumerate_names(key.address for key in keys)
    obeys = "that key leaves" if len(keys) == 1 else "those keys leave"
    message = (
        f"{identity.label} may use, rewrite and delete {names}: its {what} holds all of KMS, and {obeys} the decision "
        "to the IAM policies of the account"
    )
    return RULE.finding(
        at,
        message,
        identity.address if statement is None else policy.address,
        related=tuple(Related(key.at, "lets IAM policies decide") for key in keys[:3]),
        statement=statement,
        subject=f"{identity.address} {what}",
    )
