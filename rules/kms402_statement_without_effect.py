"""KMS402: a statement of the key policy that matches no request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.capabilities import only_without_key
from kmslint.access.exposure import is_public_for_key
from kmslint.access.naming import when
from kmslint.access.principals import Form, form
from kmslint.access.resources import means_key
from kmslint.engine.finding import Confidence, Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.location import Location
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, PrincipalType, Statement
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
give, and one for an identity provider: who signs in through it calls KMS as the role or session that he gets.
CanonicalUser is S3's form of a principal. Others it refuses, and the whole policy with them: a misspelt Effect or
member, a Version that there is not. Somebody wrote the statement to allow or deny something; it does neither.""",
    remediation="""\
Write Resource: "*", which in a key policy means this key; give actions that concern no key in an IAM policy.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html",
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
_THIS_KEY = 'write Resource: "*", which means this key'
_WHO_FIRST = 'name the principals, for everybody could use the key, and only then write Resource: "*"'


class _Reason(NamedTuple):
    """Why a statement matches no request."""

    at: Location
    why: str
    advice: str = ""
    confidence: Confidence = Confidence.HIGH


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that AWS refuses or that matches no request, with the first reason."""
    for key, document in estate.key_documents():
        for flaw in document.malformed:
            ways = (flaw.guards,)
            message = f"AWS will refuse the policy of {key.address}{when_in(ways)}: {flaw.what}"
            yield RULE.finding(flaw.at, message, key.address, subject=flaw.what, advice=flaw.mend or _MEND, ways=ways)
        for statement in document.statements:
            yield from _of_statement(statement, document, key, estate)


def _of_statement(statement: Statement, document: Document, key: Key, estate: Estate) -> Iterator[Finding]:
    refused = next((flaw for flaw in statement.malformed if "Principal" not in flaw.what), None)
    subject = f"Statement[{statement.label}]"
    if refused is not None:
        refusal = f"AWS will refuse the policy of {key.address}{when(statement)}"
        message = f"{refusal}: in statement {statement.label}, {refused.what}"
        yield RULE.finding(refused.at, message, key.address, statement=statement, subject=subject, advice=_MEND)
        return
    reason = _reason(statement, key, estate)
    if reason is not None:
        verb = "denies" if statement.effect is Effect.DENY else "allows"
        message = f"statement {statement.label} {verb} nothing on {key.address}{when(statement)}: {reason.why}"
        is_open = reason.advice == _THIS_KEY and is_public_for_key(statement, document, key, estate.accounts_of(key))
        yield RULE.finding(
            reason.at,
            message,
            key.address,
            confidence=reason.confidence,
            statement=statement,
            subject=subject,
            advice=_WHO_FIRST if is_open else reason.advice,
        )


def _reason(statement: Statement, key: Key, estate: Estate) -> _Reason | None:
    if statement.resources is None and statement.not_resources is None:
        return _Reason(statement.header, "it has no Resource", _THIS_KEY)
    if statement.actions is None and statement.not_actions is None:
        return _Reason(statement.header, "it has no Action", "name the actions that are meant")
    if means_key(statement, key, estate.accounts_of(key)) is NO:
        return _other_resource(statement)
    if only_without_key(statement):
        why = "no key policy can give its actions, only an IAM policy or a grant can"
        return _Reason((statement.actions or ())[0].at, why, "give them in an IAM policy, and take the statement out")
    return _nobody(statement)


def _other_resource(statement: Statement) -> _Reason:
    if statement.not_resources:
        return _Reason(statement.not_resources[0].at, "its NotResource leaves this key out", _THIS_KEY)
    at = statement.resources[0].at if statement.resources else statement.header
    return _Reason(at, "its Resource is not this key", _THIS_KEY)


def _nobody(statement: Statement) -> _Reason | None:
    """Why nobody is named who could call KMS."""
    principals = statement.principals or ()
    if not principals or any(form(principal) is not Form.OTHER for principal in principals):
        return None
    if any(principal.type is PrincipalType.CANONICAL_USER for principal in principals):
        # AWS's pages document it for S3 alone; what KMS does with it they do not say.
        why = "CanonicalUser is S3's form of a principal, which KMS does not document: it names nobody who calls KMS"
        return _Reason(principals[0].at, why, "name the account by its id or ARN, under AWS", Confidence.MEDIUM)
    why = "who signs in through an identity provider calls KMS as the role or session that he gets, not as the provider"
    return _Reason(principals[0].at, why, "name the role that they take on")
