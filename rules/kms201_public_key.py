"""KMS201: a statement allows everybody, in every AWS account."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.exposure import Exposure, exposures
from kmslint.access.naming import enumerate_names
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS201",
    name="public-key",
    title="Every AWS account may use the key",
    severity=Severity.CRITICAL,
    rationale="""\
Principal "*" in a key policy means every identity of every AWS account. Those of the key's own account need
no IAM policy at all; those of another account need one in their own account, and they write it themselves.
Whoever gets hold of a ciphertext, an encrypted snapshot or an object can then read it.""",
    remediation="""\
Name the account principal, or the roles that need the key. If it has to be "*", add a condition that says
who: aws:PrincipalOrgID, kms:CallerAccount or aws:PrincipalArn.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ),
    counterparts=(
        Counterpart(Catalogue.SECURITY_HUB, ("KMS.5",)),
        Counterpart(Catalogue.CONFIG, ("kms-key-policy-no-public-access",)),
        Counterpart(Catalogue.CWE, ("CWE-732",)),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_33", "CKV_AWS_283")),
        Counterpart(
            Catalogue.KICS,
            (
                "7ebc9038-0bde-479a-acc4-6ed7b6758899",
                "da905474-7454-43c0-b8d2-5756ab951aba",
                "f6049677-ec4a-43af-8779-5190b6d03cba",
            ),
        ),
        Counterpart(Catalogue.CFN_NAG, ("F76",)),
        Counterpart(Catalogue.PROWLER, ("kms_key_not_publicly_accessible",)),
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
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
            Principal: "*"
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"]
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
            Principal: "*"
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"]
            Resource: "*"
            Condition: {StringEquals: {"aws:PrincipalOrgID": o-a1b2c3d4e5}}
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
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
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
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that reaches everybody and has no condition."""
    for key, document in estate.key_documents():
        for exposure in exposures(document, key, estate.accounts_of(key)):
            if not exposure.statement.conditions:
                yield _finding(key, exposure)


def _finding(key: Key, exposure: Exposure) -> Finding:
    statement = exposure.statement
    star = next(principal for principal in statement.principals or () if principal.is_star)
    actions = enumerate_names(action.name for action in exposure.actions)
    message = (
        f"everybody in every AWS account may call {actions} on {key.address}{when_in(exposure.ways)}: statement "
        f"{statement.label} allows principal * and no condition says who"
    )
    return RULE.finding(
        star.at,
        message,
        key.address,
        statement=statement,
        subject=f"Statement[{statement.label}].Principal",
        ways=exposure.ways,
    )
