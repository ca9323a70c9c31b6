"""KMS222: every identity of the organisation is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names
from kmslint.access.trust import is_trusted_organization
from kmslint.access.wide_grants import Reach, WideGrant, wide_grants
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.rule import Examples, Profile, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS222",
    name="organisation-wide-direct-grant",
    title="Every identity of the organisation is allowed",
    severity=Severity.INFO,
    rationale="""\
Principal "*" with a condition on aws:PrincipalOrgID lets in all accounts of the organisation: in the account of the
key everybody without an IAM policy, in the others whoever is given the permission there, which the account of the
key neither sees nor decides. Accounts that join later are let in as well.""",
    remediation="""\
Name the accounts that need the key, or add kms:ViaService where their callers only come through a service.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    profile=Profile.OFF,
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS202", Scope.STATEMENT),
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
          - Sid: Organisation
            Effect: Allow
            Principal: {AWS: "*"}
            Action: ["kms:Decrypt", "kms:GenerateDataKey"]
            Resource: "*"
            Condition: {StringEquals: {"aws:PrincipalOrgID": o-a1b2c3d4e5}}
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
                aws:PrincipalOrgID: o-a1b2c3d4e5
                kms:ViaService: !Sub s3.${AWS::Region}.amazonaws.com
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
        Sid       = "Organisation"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-a1b2c3d4e5" } }
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
            "aws:PrincipalOrgID" = "o-a1b2c3d4e5"
            "kms:ViaService"     = "s3.eu-west-1.amazonaws.com"
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
    """One finding for each statement that allows everybody in an organisation."""
    grants = wide_grants(estate, Reach.ORGANISATION)
    return (_finding(grant) for grant in grants if not is_trusted_organization(grant.limit, estate))


def _finding(grant: WideGrant) -> Finding:
    key, statement, limit, actions, presumed, ways = grant
    star = next(principal for principal in statement.principals or () if principal.is_star)
    names = enumerate_names(action.name for action in actions)
    even = ", even kms:PutKeyPolicy" if PUT_KEY_POLICY in actions and len(actions) > 1 else ""
    message = (
        f"every account of the organisation may call {names}{even} on {key.address}{when_in(ways)}: statement "
        f"{statement.label} allows principal * within the organisation"
    )
    return RULE.finding(
        star.at,
        message,
        key.address,
        confidence=Confidence.MEDIUM if presumed else Confidence.HIGH,
        related=(Related(limit.at, "keeps only others out"),),
        statement=statement,
        subject=f"Statement[{statement.label}].Principal",
        ways=ways,
    )
