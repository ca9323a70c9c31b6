"""KMS203: a role that software takes may administer the key and use it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.full_control import FullControl, full_controls
from kmslint.access.identities import identity_of, software
from kmslint.access.naming import principal_name
from kmslint.access.principals import is_service_linked_role
from kmslint.access.strangers import foreign_confidence
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS203",
    name="kms-star-to-workload",
    title="A workload may do everything with the key",
    severity=Severity.MEDIUM,
    rationale="""\
A role that a service or an identity provider takes runs code, and code gets exploited. With kms:* it can do
far more than encrypt and decrypt: rewrite the key policy, create grants for anybody, or schedule the key for
deletion and with it everything it ever encrypted.""",
    remediation="""\
Give the role the cryptographic actions it calls (kms:Decrypt, kms:GenerateDataKey...), and leave the
administration to a role that people take.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
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
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Api
            Effect: Allow
            Principal: {AWS: !GetAtt Api.Arn}
            Action: "kms:*"
            Resource: "*"
  Api:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
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
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Api
            Effect: Allow
            Principal: {AWS: !GetAtt Api.Arn}
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"]
            Resource: "*"
  Api:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Api"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_role.api.arn }
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
}

resource "aws_iam_role" "api" {
  name = "api"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Api"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_role.api.arn }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_iam_role" "api" {
  name = "api"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each workload that a statement gives the key whole."""
    for control in full_controls(estate):
        identity = identity_of(control.principal, estate)
        foreign = foreign_confidence(control.principal, estate.accounts_of(control.key))
        if is_service_linked_role(control.principal) and foreign is None:
            yield _finding(control, estate, "a service-linked role", ())
        elif identity is not None and software(identity):
            taker = f"which {software(identity)} takes"
            yield _finding(control, estate, taker, (Related(identity.at, "the role"),))


def _finding(control: FullControl, estate: Estate, who: str, related: tuple[Related, ...]) -> Finding:
    statement = control.statement
    message = (
        f"{principal_name(control.principal, estate)}, {who}, may administer {control.key.address} and use it"
        f"{when_in(control.ways)}: statement {statement.label} gives it kms:PutKeyPolicy and {control.use.name} alike"
    )
    return RULE.finding(
        control.principal.at,
        message,
        control.key.address,
        related=related,
        statement=statement,
        subject=f"Statement[{statement.label}].{control.principal.value}",
        ways=control.ways,
    )
