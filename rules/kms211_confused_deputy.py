"""KMS211: a service may use the key whoever it works for."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.confused_deputy import Deputy, confused_deputies
from kmslint.access.naming import enumerate_names
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS211",
    name="confused-deputy",
    title="A service may use the key for the resources of any account",
    severity=Severity.LOW,
    rationale="""\
A service principal is one and the same for all of AWS's customers. If the key policy names it and says no more, the
service may use the key whenever some resource, in whichever account, tells it to: the service is the deputy, and the
key cannot see for whom it acts. For the services that this rule knows, AWS's own key policies have a condition that
tells: aws:SourceAccount, aws:SourceArn, or the encryption context that the service sends.""",
    remediation="""\
Add the condition that AWS's policy for the service has. Where other accounts of the organization send as well,
aws:SourceAccount has to name them all, or aws:SourceOrgID the organization. Do not add it for services that do not
support it: with Amazon EventBridge and an encrypted SNS topic it stops the events.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-441",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS221", Scope.STATEMENT),
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
          - Sid: Config
            Effect: Allow
            Principal: {Service: config.amazonaws.com}
            Action: ["kms:Decrypt", "kms:GenerateDataKey"]
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
          - Sid: Config
            Effect: Allow
            Principal: {Service: config.amazonaws.com}
            Action: ["kms:Decrypt", "kms:GenerateDataKey"]
            Resource: "*"
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
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
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.eu-west-1.amazonaws.com" }
        Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
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
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.eu-west-1.amazonaws.com" }
        Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:*:${data.aws_caller_identity.current.account_id}:*"
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
    """One finding for each service of a statement that AWS's own policy for it would limit."""
    return map(_finding, confused_deputies(estate))


def _finding(deputy: Deputy) -> Finding:
    key, statement, principals, actions, source, consumer, ways = deputy
    first, *others = principals
    names = enumerate_names(action.name for action in actions)
    message = (
        f"service {first.value} may use {key.address} for the resources of any account{when_in(ways)}: statement "
        f"{statement.label} allows {names} and does not say for whom, as "
        f"{enumerate_names(map(_told, source.keys), 'or')} would"
    )
    related = [Related(principal.at, "the same service") for principal in others]
    if consumer is not None:
        related.append(Related(consumer.at, "encrypts with the key"))
    return RULE.finding(
        first.at,
        message,
        key.address,
        related=tuple(related),
        statement=statement,
        subject=f"Statement[{statement.label}].{first.value}",
        ways=ways,
        advice=f"add the condition of AWS's own policy for the service: {source.page}",
    )


def _told(key: str) -> str:
    """A condition key; who writes his own account where others of his organization send shuts these out."""
    return f"{key} (of all accounts that send, or aws:SourceOrgID)" if key == "aws:SourceAccount" else key
