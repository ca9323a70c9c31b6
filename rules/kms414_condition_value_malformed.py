"""KMS414: a condition on a value that no request can carry."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.condition_values import Flaw, flaws_of
from kmslint.access.naming import enumerate_names, when
from kmslint.access.operators import base_operator
from kmslint.access.written import Written, written_statements
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, Test

RULE = Rule(
    id="KMS414",
    name="condition-value-malformed",
    title="A condition tests for a value that no request can carry",
    severity=Severity.MEDIUM,
    rationale="""\
AWS takes nearly any text as the value of a condition and compares it as it stands. kms:ViaService is always
SERVICE.REGION.amazonaws.com, so s3.amazonaws.com equals none of its values; account ids have 12 digits;
StringEquals and StringNotEquals take * and ? for mere characters; and a ${...} that no template has filled in is
text like any other. An Allow under such a test gives nothing, and a negated test with it always holds.""",
    remediation="""\
Write the value as requests carry it. For a pattern use StringLike or ArnLike; to have ${...} filled in, write it
where the template does that: in Fn::Sub, or in a string of Terraform.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS111", Scope.STATEMENT),
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
            Condition: {StringEquals: {"kms:ViaService": s3.amazonaws.com}}
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
            Condition: {StringEquals: {"kms:ViaService": !Sub "s3.${AWS::Region}.amazonaws.com"}}
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
        Condition = { StringEquals = { "kms:ViaService" = "s3.*.amazonaws.com" } }
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
        Condition = { StringLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each test with values that cannot be met, at the first of them."""
    for written in written_statements(estate):
        for test in written.statement.conditions:
            if isinstance(test, Test):
                flaws = tuple(flaws_of(test, written.statement.literal_variables))
                if flaws:
                    yield _finding(written, test, flaws)


def _finding(written: Written, test: Test, flaws: tuple[Flaw, ...]) -> Finding:
    statement, (first, *others) = written.statement, flaws
    message = (
        f"{written.name}{when(statement)} tests {test.key} by {test.operator} against {first.value}, {first.why}: "
        f"{_consequence(written, test, flaws)}"
    )
    return RULE.finding(
        first.value.at,
        message,
        written.resource,
        related=tuple(Related(other.value.at, f"and {other.value}, {other.why}") for other in others[:_SHOWN]),
        statement=statement,
        subject=f"Statement[{statement.label}].Condition {test.operator} {test.key}",
    )


_SHOWN = 4


def _consequence(written: Written, test: Test, flaws: tuple[Flaw, ...]) -> str:
    if any(flaw.refused for flaw in flaws):
        return "the operator cannot compare it"
    operator = base_operator(test.operator)
    only = len(flaws) == len(test.values)
    if operator is not None and operator.negated:
        always = only and test.quantifier != "ForAnyValue"
        return f"every request has another value, {_always(written)}" if always else "it leaves no request out"
    if not only:
        return "no request has that value"
    if test.if_exists or test.quantifier == "ForAllValues":
        return "no request has that value, so the test holds only where the key is missing"
    return f"no request has that value, so the statement {written.verb} nothing"


def _always(written: Written) -> str:
    """What comes of a test that always holds: a Deny with nothing else in its condition spares no request."""
    statement = written.statement
    if statement.effect is not Effect.DENY or len(statement.conditions) > 1:
        return "so the test always holds"
    everybody = any(one.is_star for one in statement.principals or ())
    actions = enumerate_names(map(str, statement.actions or ())) or "all that it names"
    whom = "everybody" if everybody else "all whom it names" if written.key else "whoever has the policy"
    return f"so the test always holds and the statement denies {actions} to {whom}"
