"""KMS402: a statement of the key policy that matches no request."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.capabilities import only_without_key
from kmslint.access.naming import when
from kmslint.access.principals import Form, form
from kmslint.access.resources import means_key
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.location import Location
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Effect, Statement
from kmslint.model.ways import when_in
from kmslint.verdict import NO

RULE = Rule(
    id="KMS402",
    name="statement-without-effect",
    title="A statement of the key policy has no effect",
    severity=Severity.MEDIUM,
    rationale="""\
KMS accepts statements that match no request: one without Resource, one whose Resource is not this key, one
that names only actions without a key (kms:ListKeys, kms:CreateKey) or kms:RetireGrant, which only a grant can
give, and one for federated or canonical users. Others it refuses, and the whole policy with them: a misspelt
Effect or member. Somebody wrote the statement to allow or deny something; it does neither.""",
    remediation="""\
Write Resource: "*", which in a key policy means this key; give actions that concern no key in an IAM policy.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html",
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
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
            Resource: "arn:aws:s3:::bucket/*"
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
        Action    = ["kms:ListKeys", "kms:ListAliases"]
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:DescribeKey"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)

_MEND = "write the element as AWS's policy grammar has it"


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that AWS refuses or that matches no request, with the first reason."""
    for key, document in estate.key_documents():
        for flaw in document.malformed:
            ways = (flaw.guards,)
            message = f"AWS will refuse the policy of {key.address}{when_in(ways)}: {flaw.what}"
            yield RULE.finding(flaw.at, message, key.address, subject=flaw.what, advice=_MEND, ways=ways)
        for statement in document.statements:
            yield from _of_statement(statement, key, estate)


def _of_statement(statement: Statement, key: Key, estate: Estate) -> Iterator[Finding]:
    refused = next((flaw for flaw in statement.malformed if "Principal" not in flaw.what), None)
    subject = f"Statement[{statement.label}]"
    if refused is not None:
        refusal = f"AWS will refuse the policy of {key.address}{when(statement)}"
        message = f"{refusal}: in statement {statement.label}, {refused.what}"
        yield RULE.finding(refused.at, message, key.address, statement=statement, subject=subject, advice=_MEND)
        return
    reason = _reason(statement, key, estate)
    if reason is not None:
        at, why = reason
        verb = "denies" if statement.effect is Effect.DENY else "allows"
        message = f"statement {statement.label} {verb} nothing on {key.address}{when(statement)}: {why}"
        yield RULE.finding(at, message, key.address, statement=statement, subject=subject)


def _reason(statement: Statement, key: Key, estate: Estate) -> tuple[Location, str] | None:
    if statement.resources is None and statement.not_resources is None:
        return statement.header, 'it has no Resource (write "*", which means this key)'
    if statement.actions is None and statement.not_actions is None:
        return statement.header, "it has no Action"
    if means_key(statement, key, estate.accounts_of(key)) is NO:
        return _other_resource(statement)
    if only_without_key(statement):
        elements = statement.actions or ()
        return elements[0].at, "no key policy can give its actions, only an IAM policy or a grant can"
    principals = statement.principals or ()
    if principals and all(form(principal) is Form.OTHER for principal in principals):
        return principals[0].at, "federated and canonical users send no requests to KMS"
    return None


def _other_resource(statement: Statement) -> tuple[Location, str]:
    if statement.not_resources:
        return statement.not_resources[0].at, "its NotResource leaves this key out"
    at = statement.resources[0].at if statement.resources else statement.header
    return at, 'its Resource is not this key (write "*", which means this key)'
