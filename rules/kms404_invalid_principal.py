"""KMS404: a principal that is none: AWS refuses the policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.access.principals import Form, form
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.location import Location
from kmslint.model.estate import Estate
from kmslint.model.policy import Principal, Statement
from kmslint.values import Text

RULE = Rule(
    id="KMS404",
    name="invalid-principal",
    title="A principal that AWS does not accept",
    severity=Severity.HIGH,
    rationale="""\
The Principal of a key policy takes an account, a user, a role, a session, a service or "*", and nothing in
between. An ARN with a wildcard inside, a group, an instance profile or a text that is no ARN makes AWS refuse
the whole policy: "Policy contains a statement with one or more invalid principals".""",
    remediation="""\
Name the principal by its full ARN. To mean many by a pattern, allow the account principal under a condition
ArnLike on aws:PrincipalArn; to mean a group, attach the permission to the group in IAM.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://repost.aws/knowledge-center/kms-policy-error-invalid-principals",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("E3512",)),),
    silenced_by=(Silence("KMS409", Scope.STATEMENT), Silence("KMS411", Scope.STATEMENT)),
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
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/app-*"}
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
            Principal: {AWS: !Ref AWS::AccountId}
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {ArnLike: {"aws:PrincipalArn": !Sub "arn:aws:iam::${AWS::AccountId}:role/app-*"}}
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:group/Developers" }
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Developer" }
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
    """One finding for each statement of a key policy with principals that AWS refuses, at the first of them."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            invalid = tuple(_invalid(statement, estate))
            if not invalid:
                continue
            (at, what), *others = invalid
            message = (
                f"AWS will refuse the policy of {key.address}{when(statement)}: in statement {statement.label}, "
                f"{what}, so the key cannot be deployed as written"
            )
            yield RULE.finding(
                at,
                message,
                key.address,
                related=tuple(Related(other, reason) for other, reason in others),
                statement=statement,
                subject=f"Statement[{statement.label}].Principal",
            )


def _invalid(statement: Statement, estate: Estate) -> Iterator[tuple[Location, str]]:
    if not statement.principals and not statement.not_principals and not statement.malformed:
        yield statement.header, "nobody is named, and every statement of a key policy needs a principal"
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        hole = (
            principal.value.holes[0] if form(principal) is Form.RESOURCE and isinstance(principal.value, Text) else None
        )
        if hole is not None and estate.identity(hole.resource) is not None:
            yield principal.at, f"{principal.value} is the name of {hole.resource}, not its ARN"
        if form(principal) is Form.INVALID and not _is_placeholder(principal, statement):
            yield principal.at, _what(principal)
    for flaw in statement.malformed:
        if "Principal" in flaw.what:
            yield flaw.at, flaw.what


def _is_placeholder(principal: Principal, statement: Statement) -> bool:
    """A text such as "" or "undefined" that comes from elsewhere: the default of a variable that is to be set."""
    at = principal.at
    inside = at.source is statement.at.source and statement.at.start <= at.start < statement.at.end
    return not inside and not str(principal.value).startswith("arn:")


def _what(principal: Principal) -> str:
    value = str(principal.value)
    if "*" in value or "?" in value:
        return f"{value} has a wildcard inside, and a principal is either * or one name"
    if ":group/" in value:
        return f"{value} is a group, and a group is no principal"
    if ":instance-profile/" in value or ":instanceprofile/" in value:
        return f"{value} is an instance profile, not the role in it"
    return f"{value or 'an empty text'} is no ARN of an account, user, role or session"
