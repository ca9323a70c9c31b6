"""KMS419: two statements of one key policy with the same Sid."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import when
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Statement

RULE = Rule(
    id="KMS419",
    name="duplicate-sid",
    title="Two statements of a policy have the same Sid",
    severity=Severity.LOW,
    rationale="""\
A Sid names one statement of a policy, and IAM demands that it be unique there. AWS's own checks of a policy
call a second one an error, and whoever goes by the Sid, a person who reads a finding or a tool that replaces one
statement, takes the one for the other.""",
    remediation="""\
Give the second statement a Sid of its own, or leave it out: it is optional.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
        "https://repost.aws/knowledge-center/kms-policy-error-invalid-principals",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("E3512",)),),
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
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Encrypt"
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
          - Sid: Read
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Decrypt"
            Resource: "*"
          - Sid: Write
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:Encrypt"
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
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
      {
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:Encrypt"
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
        Sid       = "Read"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
      {
        Sid       = "Write"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:Encrypt"
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement whose Sid an earlier one has that is there together with it."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            first = _earlier(statement, document)
            if first is not None:
                yield _finding(first, statement, key)


def _earlier(statement: Statement, document: Document) -> Statement | None:
    """The first statement with the same Sid that stands before it in one of the ways the policy can come out."""
    for other in document.statements:
        if other.sid == statement.sid and other.position < statement.position and _together(other, statement):
            return other if statement.sid and "${" not in statement.sid else None
    return None


def _together(one: Statement, other: Statement) -> bool:
    decided = {guard.condition: guard.holds for guard in one.guards}
    return all(decided.get(guard.condition, guard.holds) == guard.holds for guard in other.guards)


def _finding(first: Statement, second: Statement, key: Key) -> Finding:
    message = (
        f"two statements of the key policy of {key.address}{when(second)} have the Sid {second.label}: whoever goes by "
        "it takes the one for the other"
    )
    return RULE.finding(
        second.header,
        message,
        key.address,
        related=(Related(first.header, "the first one"),),
        statement=second,
        subject=f"Statement[{second.label}].Sid",
    )
