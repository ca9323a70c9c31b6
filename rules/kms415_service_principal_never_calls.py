"""KMS415: a service principal that never calls KMS."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.access.written import Written, key_statements
from kmslint.aws.callers_of_kms import UsesKeys, never_calls
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Profile, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, PrincipalType
from kmslint.values import Text

RULE = Rule(
    id="KMS415",
    name="service-principal-never-calls",
    title="An AWS service is allowed that never calls KMS in its own name",
    severity=Severity.INFO,
    rationale="""\
Few services call KMS as a service principal. Most use a key on behalf of whoever calls them, whose permissions
then count, or by a grant that was made for them. A statement that allows such a service gives nothing: it does no
harm, and leads those who read it to think that it is what makes the service work.""",
    remediation="""\
Leave the statement out. Allow the actions to the users and roles that use the service, under kms:ViaService if only
through it.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service",
    ),
    profile=Profile.OFF,
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
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
            Principal: {Service: secretsmanager.amazonaws.com}
            Action: "kms:Decrypt"
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
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringEquals: {"kms:ViaService": !Sub "secretsmanager.${AWS::Region}.amazonaws.com"}}
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
        Principal = { Service = "sqs.amazonaws.com" }
        Action    = "kms:Decrypt"
        Resource  = "*"
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
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each such service that a statement allows something."""
    for written in key_statements(estate):
        if written.statement.effect is not Effect.ALLOW:
            continue
        for principal in written.statement.principals or ():
            if principal.type is PrincipalType.SERVICE and isinstance(principal.value, Text):
                uses = never_calls(principal.value.literal or "")
                if uses is not None:
                    yield _finding(written, principal.value, uses)


def _finding(written: Written, service: Text, uses: UsesKeys) -> Finding:
    statement = written.statement
    message = (
        f"{written.name}{when(statement)} allows service {service}, which never calls KMS in its own name: it uses a "
        f"key {uses.how}"
    )
    return RULE.finding(
        service.at,
        message,
        written.resource,
        statement=statement,
        subject=f"Statement[{statement.label}].Principal {service}",
        advice=f"leave it out; {uses.page} says who needs what",
    )
