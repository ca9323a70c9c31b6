"""KMS406: a condition that no request meets."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.impossible_tests import why_impossible
from kmslint.access.naming import when
from kmslint.access.written import written_statements
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Test

RULE = Rule(
    id="KMS406",
    name="condition-never-matches",
    title="A condition that no request meets",
    severity=Severity.MEDIUM,
    rationale="""\
A request carries some condition keys and not others. An encryption context comes with cryptographic operations
and grants, and not with kms:DescribeKey; request tags come with kms:TagResource alone. A positive test of a key
that the request does not carry fails, so a statement whose actions never carry it is dead: the permission is
missing, or the Deny denies nothing. The same comes of a key that KMS does not have, and of an operator for
another kind of value. ForAllValues with an encryption context or a request tag KMS refuses outright, for it would
let in requests without any.""",
    remediation="""\
Put the actions that carry the key into a statement of their own with the condition, and the others into one
without it or with a key that every request carries, such as kms:ViaService or aws:PrincipalArn.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html",
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
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
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:DescribeKey"
            Resource: "*"
            Condition: {StringEquals: {"kms:EncryptionContext:team": "blue"}}
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
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringEquals: {"kms:EncryptionContext:team": "blue"}}
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
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Encrypt", "kms:Decrypt"]
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
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
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:CreateGrant"
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each test that never holds."""
    for written in written_statements(estate):
        statement = written.statement
        for test in statement.conditions:
            why = why_impossible(test, written) if isinstance(test, Test) else ""
            if isinstance(test, Test) and why:
                yield RULE.finding(
                    test.at,
                    f"{written.name}{when(statement)} {why}",
                    written.resource,
                    statement=statement,
                    subject=f"Statement[{statement.label}].Condition {test.operator} {test.key}",
                )
