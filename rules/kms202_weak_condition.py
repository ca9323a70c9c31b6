"""KMS202: a statement allows everybody, and none of its conditions says who."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.exposure import Exposure, exposures
from kmslint.access.naming import enumerate_names
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS202",
    name="weak-condition",
    title="Everybody is allowed under a condition that does not say who",
    severity=Severity.HIGH,
    rationale="""\
A condition beside Principal "*" keeps strangers out only if it tells one caller from another: by account,
organisation, principal or network. kms:ViaService says through which service a request comes, an encryption
context or a tag is chosen by the caller, an ...IfExists operator passes when the key is absent, and a negated
operator lets everybody in but the one it names. Under such conditions every AWS account still may use the key.""",
    remediation="""\
Add a condition that says who: kms:CallerAccount, aws:PrincipalOrgID or aws:PrincipalArn, with a positive
operator and without IfExists.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
    ),
    counterparts=(
        Counterpart(Catalogue.SECURITY_HUB, ("KMS.5",)),
        Counterpart(Catalogue.CONFIG, ("kms-key-policy-no-public-access",)),
        Counterpart(Catalogue.CWE, ("CWE-732",)),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_33",)),
        Counterpart(Catalogue.KICS, ("f6049677-ec4a-43af-8779-5190b6d03cba",)),
        Counterpart(Catalogue.CFN_NAG, ("F76",)),
        Counterpart(Catalogue.PROWLER, ("kms_key_not_publicly_accessible",)),
    ),
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
          - Sid: ThroughS3
            Effect: Allow
            Principal: {AWS: "*"}
            Action: ["kms:Decrypt", "kms:GenerateDataKey"]
            Resource: "*"
            Condition: {StringEquals: {"kms:ViaService": s3.eu-west-1.amazonaws.com}}
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
          - Sid: ThroughS3
            Effect: Allow
            Principal: {AWS: "*"}
            Action: ["kms:Decrypt", "kms:GenerateDataKey"]
            Resource: "*"
            Condition:
              StringEquals:
                kms:ViaService: s3.eu-west-1.amazonaws.com
                kms:CallerAccount: !Ref AWS::AccountId
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
        Sid       = "ThroughS3"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
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
        Sid       = "ThroughS3"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:ViaService"    = "s3.eu-west-1.amazonaws.com"
            "kms:CallerAccount" = data.aws_caller_identity.current.account_id
          }
        }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that reaches everybody in spite of its conditions."""
    for key, document in estate.key_documents():
        for exposure in exposures(document, key, estate.accounts_of(key)):
            if exposure.weak:
                yield _finding(key, exposure)


def _finding(key: Key, exposure: Exposure) -> Finding:
    statement = exposure.statement
    star = next(principal for principal in statement.principals or () if principal.is_star)
    actions = enumerate_names(action.name for action in exposure.actions)
    tests = enumerate_names(map(str, exposure.weak))
    none = "which does not say who" if len(exposure.weak) == 1 else "none of which says who"
    message = (
        f"everybody in every AWS account may call {actions} on {key.address}{when_in(exposure.ways)}: statement "
        f"{statement.label} allows principal * under {tests}, {none}"
    )
    return RULE.finding(
        star.at,
        message,
        key.address,
        related=tuple(Related(test.at, "does not say who") for test in exposure.weak),
        statement=statement,
        subject=f"Statement[{statement.label}].Condition",
        ways=exposure.ways,
    )
