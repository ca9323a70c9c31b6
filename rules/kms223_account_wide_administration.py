"""KMS223: every identity of the account may administer the key, without an IAM policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names
from kmslint.access.wide_grants import WideGrant, account_wide_administration
from kmslint.aws.actions import CREATE_GRANT, PUT_KEY_POLICY, Action
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS223",
    name="account-wide-administration",
    title="Every identity of the account may administer the key, without an IAM policy",
    severity=Severity.HIGH,
    rationale="""\
Principal "*" with a condition on the account names every user and role of it, and no IAM policy has to allow them
anything. With kms:PutKeyPolicy each of them may give the key to anybody, in any account; with
kms:ScheduleKeyDeletion or kms:DisableKey each may make unusable what is encrypted under it. One role with a single
weakness is enough, though nobody ever gave it a permission on the key.""",
    remediation="""\
Name the account as the principal (arn:aws:iam::ACCOUNT:root) and leave administration to IAM policies, or name the
administrators; to everybody give at most the use of the key, under kms:ViaService.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account",
        "https://docs.aws.amazon.com/kms/latest/developerguide/grants.html",
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
            Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy"]
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
          - Sid: ThroughEc2
            Effect: Allow
            Principal: {AWS: "*"}
            Action: ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"]
            Resource: "*"
            Condition:
              StringEquals:
                kms:CallerAccount: !Ref AWS::AccountId
                kms:ViaService: !Sub ec2.${AWS::Region}.amazonaws.com
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
        Action    = ["kms:Decrypt", "kms:GenerateDataKey", "kms:PutKeyPolicy"]
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
        Sid       = "ThroughEc2"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:CallerAccount" = data.aws_caller_identity.current.account_id
            "kms:ViaService"    = "ec2.eu-west-1.amazonaws.com"
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
    """One finding for each statement that lets everybody in the account of the key administer it."""
    # To create grants alone is to hand on the use of the key: KMS205 names it.
    return (_finding(one) for one in account_wide_administration(estate) if one.actions != (CREATE_GRANT,))


def _finding(grant: WideGrant) -> Finding:
    key, statement, limit, actions, presumed, ways = grant
    star = next(principal for principal in statement.principals or () if principal.is_star)
    first, *_ = told = sorted(actions, key=_weight)
    names = enumerate_names(action.name for action in told)
    message = (
        f"every user and role of the account may call {names} on {key.address}{when_in(ways)}, even if no IAM policy "
        f"allows it, and so {_consequence(first)}: statement {statement.label} allows principal * within the account"
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


def _weight(action: Action) -> int:
    """Where an action is told: what gives the whole key first."""
    return (PUT_KEY_POLICY, CREATE_GRANT, action).index(action)


def _consequence(action: Action) -> str:
    if action is PUT_KEY_POLICY:
        return "give the key to anybody"
    return "make unusable what it encrypts"
