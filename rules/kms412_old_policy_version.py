"""KMS412: policy variables in a policy whose version has none."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.access.variables import policy_variables
from kmslint.access.written import Written, written_statements
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Test, texts
from kmslint.values import Text

RULE = Rule(
    id="KMS412",
    name="old-policy-version",
    title="Policy variables in a policy of the old version are literal text",
    severity=Severity.LOW,
    rationale="""\
${aws:username} and its like stand for what a request carries only since the version 2012-10-17 of the policy
language. A policy without Version is one of 2008-10-17, and there they are text like any other: a user whose name
is literally ${aws:username}, whom there is not. An Allow with such a test gives nothing, and a negated test holds
of everybody.""",
    remediation="""\
Write Version: "2012-10-17" at the top of the policy.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("W2511",)),),
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
        Version: "2008-10-17"
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
            Condition: {StringEquals: {"kms:EncryptionContext:user": "${aws:username}"}}
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
            Condition: {StringEquals: {"kms:EncryptionContext:user": "${aws:username}"}}
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2008-10-17"
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
        Condition = { StringEquals = { "kms:EncryptionContext:user" = "$${aws:username}" } }
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
        Condition = { StringEquals = { "kms:EncryptionContext:user" = "$${aws:username}" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement with policy variables in a policy whose version has none, at the first."""
    for written in written_statements(estate):
        if written.statement.literal_variables:
            first = next(_with_variables(written), None)
            if first is not None:
                yield _finding(written, *first)


def _with_variables(written: Written) -> Iterator[tuple[Text, str]]:
    """The texts in which AWS would look for policy variables, and the first variable of each."""
    statement = written.statement
    tests = (test for test in statement.conditions if isinstance(test, Test))
    values = (value for test in tests for value in texts(test.values))
    for text in (*texts(statement.resources), *texts(statement.not_resources), *values):
        for variable in policy_variables(text):
            yield text, variable


def _finding(written: Written, text: Text, variable: str) -> Finding:
    statement = written.statement
    message = (
        f"{written.name}{when(statement)} has {variable}, which is a variable only in a policy of version 2012-10-17: "
        "here it is literal text and stands for nothing in a request"
    )
    return RULE.finding(
        text.at, message, written.resource, statement=statement, subject=f"Statement[{statement.label}] {variable}"
    )
