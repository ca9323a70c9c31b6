"""KMS405: a unique id where a principal stood: the user or role is gone."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.access.principals import Form, form
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS405",
    name="deleted-principal",
    title="A principal that was deleted",
    severity=Severity.HIGH,
    rationale="""\
AWS stores a named user or role by its unique id. When the principal is deleted, the policy shows the id
(AIDA..., AROA...) in place of the ARN: the statement matches nobody any more, and a new role of the same name
does not bring it back. A policy that still contains such an id is refused when it is deployed.""",
    remediation="""\
Name the principal that is to have the permission by its ARN, or delete the entry.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ),
    silenced_by=(Silence("KMS404", Scope.STATEMENT),),
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
            Principal: {AWS: AROAEXAMPLEID12345678}
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
        Principal = { AWS = "AIDAEXAMPLEID12345678" }
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:user/Ops" }
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
    """One finding for each unique id among the principals of a key policy."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
                if form(principal) is Form.DELETED:
                    message = (
                        f"{principal.value} is the unique id of a principal that was deleted: in statement "
                        f"{statement.label} it stands for nobody, and AWS refuses to deploy the policy of "
                        f"{key.address}{when(statement)}"
                    )
                    subject = f"Statement[{statement.label}].{principal.value}"
                    yield RULE.finding(principal.at, message, key.address, statement=statement, subject=subject)
