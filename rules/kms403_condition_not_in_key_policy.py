"""KMS403: a condition key that KMS supports in IAM policies only."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.conditions import without_key
from kmslint.access.naming import when
from kmslint.access.written import Written, key_of, key_statements
from kmslint.aws.condition_keys import unsupported_in_key_policy
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Test
from kmslint.verdict import NEVER

RULE = Rule(
    id="KMS403",
    name="condition-not-in-key-policy",
    title="A condition key that does not work in a key policy",
    severity=Severity.MEDIUM,
    rationale="""\
Access by the tags or aliases of a key (ABAC) is decided in IAM policies. KMS supports aws:ResourceTag and
kms:ResourceAliases there only: in a key policy, which belongs to one key anyway, it knows neither. An Allow under
such a test gives nothing, whatever tags the key has, and of a Deny nobody can say when it holds.""",
    remediation="""\
Test the key's tags or aliases in the IAM policies of the identities, and let the key policy hand the actions to the
account; or test in the key policy what belongs to the caller: aws:PrincipalTag, aws:PrincipalArn.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases",
        "https://docs.aws.amazon.com/kms/latest/developerguide/abac.html",
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
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringEquals: {"aws:ResourceTag/team": "blue"}}
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
            Condition: {StringEquals: {"aws:PrincipalTag/team": "blue"}}
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
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { "ForAnyValue:StringEquals" = { "kms:ResourceAliases" = "alias/blue" } }
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
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { StringEquals = { "kms:RequestAlias" = "alias/blue" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each test of a key policy whose key KMS does not support there."""
    for written in key_statements(estate):
        for test in written.statement.conditions:
            if isinstance(test, Test) and unsupported_in_key_policy(key_of(test)):
                yield _finding(written, test)


def _finding(written: Written, test: Test) -> Finding:
    statement = written.statement
    dead = without_key(test) == NEVER
    effect = f"the statement {written.verb} nothing" if dead else "nobody can say when the statement holds"
    message = (
        f"{written.name}{when(statement)} tests {test.key}, which KMS supports in IAM policies and not in key "
        f"policies, so {effect}"
    )
    return RULE.finding(
        test.at,
        message,
        written.resource,
        statement=statement,
        subject=f"Statement[{statement.label}].Condition {test.operator} {test.key}",
        advice=f"test {test.key} in the IAM policies of those who use the key",
    )
