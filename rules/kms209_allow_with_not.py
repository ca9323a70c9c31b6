"""KMS209: an Allow statement with NotPrincipal or NotAction."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.location import Location
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, Statement

RULE = Rule(
    id="KMS209",
    name="allow-with-not",
    title="An Allow names whom or what it leaves out",
    severity=Severity.HIGH,
    rationale="""\
An Allow with NotAction gives every action but those listed, also the ones AWS will add next year. An Allow
with NotPrincipal would give everybody in every account but those listed; AWS says it is not supported. Both
widen without anybody touching the policy.""",
    remediation="""\
List the principals and the actions that are meant.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
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
          - Sid: Others
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            NotAction: "kms:PutKeyPolicy"
            Resource: "*"
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
          - Sid: Others
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Decrypt", "kms:DescribeKey"]
            Resource: "*"
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
        Sid          = "Others"
        Effect       = "Allow"
        NotPrincipal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Guest" }
        Action       = ["kms:Decrypt", "kms:DescribeKey"]
        Resource     = "*"
      },
    ]
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
        Sid       = "Others"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Decrypt", "kms:DescribeKey"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each Allow of a key policy with NotPrincipal or NotAction."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            for element, at, what, more in _negated(statement):
                message = (
                    f"statement {statement.label} allows {what} but those it lists on {key.address}{when(statement)}: "
                    f"what {element} does not list is allowed, and so is {more}"
                )
                subject = f"Statement[{statement.label}].{element}"
                yield RULE.finding(at, message, key.address, statement=statement, subject=subject)


def _negated(statement: Statement) -> Iterator[tuple[str, Location, str, str]]:
    if statement.effect is not Effect.ALLOW:
        return
    if statement.not_principals is not None:
        at = statement.not_principals[0].at if statement.not_principals else statement.header
        yield "NotPrincipal", at, "everybody", "whoever comes later"
    if statement.not_actions is not None:
        at = statement.not_actions[0].at if statement.not_actions else statement.header
        yield "NotAction", at, "every action", "each action that KMS adds later"
