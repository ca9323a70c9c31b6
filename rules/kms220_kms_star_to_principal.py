"""KMS220: one user or role may administer the key and use it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.full_control import FullControl, full_controls
from kmslint.access.identities import identity_of, is_own_principal, software
from kmslint.access.naming import principal_name
from kmslint.access.principals import account_of, is_service_linked_role
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Confidence, Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.accounts import Ownership
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS220",
    name="kms-star-to-principal",
    title="One user or role may administer the key and use it",
    severity=Severity.LOW,
    rationale="""\
AWS's own console keeps two lists for a key: administrators, who manage it, and users, who encrypt and decrypt
with it. A principal with kms:* is on both. Whoever takes that role can read what the key protects and can
also change who else may, so nobody stands between the two.""",
    remediation="""\
Give administrators the administrative actions and users the cryptographic ones, in statements of their own.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
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
          - Sid: Team
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: "kms:*"
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
          - Sid: Team
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
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
        Sid       = "Team"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = "kms:*"
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
        Sid       = "Team"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:Update*"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each own user or role, workloads apart, that a statement gives the key whole."""
    for control in full_controls(estate):
        if is_own_principal(control.principal, control.key, estate) and not _is_workload(control, estate):
            yield _finding(control, estate)


def _is_workload(control: FullControl, estate: Estate) -> bool:
    identity = identity_of(control.principal, estate)
    return is_service_linked_role(control.principal) or (identity is not None and bool(software(identity)))


def _finding(control: FullControl, estate: Estate) -> Finding:
    statement = control.statement
    account = account_of(control.principal)
    presumed = account is not None and estate.accounts_of(control.key).ownership(account) is Ownership.PRESUMED_OWN
    message = (
        f"{principal_name(control.principal, estate)} may administer {control.key.address} and use it"
        f"{when_in(control.ways)}: statement {statement.label} gives it kms:PutKeyPolicy and {control.use.name} alike"
    )
    return RULE.finding(
        control.principal.at,
        message,
        control.key.address,
        confidence=Confidence.MEDIUM if presumed else Confidence.HIGH,
        statement=statement,
        subject=f"Statement[{statement.label}].{control.principal.value}",
        ways=control.ways,
    )
