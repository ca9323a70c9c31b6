"""KMS205: every identity of the account is allowed, without an IAM policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.capabilities import gives_unlimited_grants
from kmslint.access.naming import enumerate_names
from kmslint.access.wide_grants import Reach, WideGrant, wide_grants
from kmslint.aws.actions import CREATE_GRANT, PUT_KEY_POLICY
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS205",
    name="account-wide-direct-grant",
    title="Every identity of the account is allowed, without an IAM policy",
    severity=Severity.LOW,
    rationale="""\
Principal "*" with a condition on the account names every user and role of it. That is not what the account as a
principal does: it leaves the decision to IAM policies, while "*" decides itself. The role of some function that
reads a queue may then decrypt with this key as well, although nobody ever gave it a permission for it.""",
    remediation="""\
Name the account as the principal (arn:aws:iam::ACCOUNT:root) and give the permission to those who need it in IAM
policies; or add kms:ViaService, where the callers only come through a service.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS202", Scope.STATEMENT),
        Silence("KMS223", Scope.STATEMENT),
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
          - Sid: Account
            Effect: Allow
            Principal: {AWS: "*"}
            Action: ["kms:Decrypt", "kms:GenerateDataKey"]
            Resource: "*"
            Condition: {StringEquals: {"kms:CallerAccount": !Ref AWS::AccountId}}
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
                kms:CallerAccount: !Ref AWS::AccountId
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
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:CallerAccount" = data.aws_caller_identity.current.account_id } }
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
            "kms:CallerAccount" = data.aws_caller_identity.current.account_id
            "kms:ViaService"    = "s3.eu-west-1.amazonaws.com"
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
    """One finding for each statement that allows everybody in the account of the key."""
    return map(_finding, wide_grants(estate, Reach.ACCOUNT))


def _finding(grant: WideGrant) -> Finding:
    key, statement, limit, actions, presumed, ways = grant
    star = next(principal for principal in statement.principals or () if principal.is_star)
    names = enumerate_names(action.name for action in actions)
    worst = (PUT_KEY_POLICY, *((CREATE_GRANT,) if gives_unlimited_grants(statement) else ()))
    told = (one.name for one in worst if one in actions and one.name not in names)
    names += next((f" ({name} among them)" for name in told), "")
    message = (
        f"every user and role of the account may call {names} on {key.address}{when_in(ways)}, even if no IAM policy "
        f"allows it: statement {statement.label} allows principal * within the account"
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
