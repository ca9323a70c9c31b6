"""KMS404: a principal that is none: AWS refuses the policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.access.refused import refused_principals
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

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
            invalid = tuple(refused_principals(statement, estate))
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
