"""KMS111: a Deny statement leaves nothing of an Allow."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.cancelled import Cancelled, cancelled
from kmslint.access.naming import enumerate_names, when
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key

RULE = Rule(
    id="KMS111",
    name="deny-cancels-allow",
    title="A Deny statement leaves nothing of what an Allow gives",
    severity=Severity.HIGH,
    rationale="""\
A Deny wins over every Allow. Here it meets every request that the Allow is for, so nobody may do what the policy
says is allowed. Mostly it was meant to spare somebody: StringNotEquals compares character by character, and a star
in its value stands for nothing but a star (StringNotLike takes patterns). And two Deny statements that spare one
value each spare nobody, for no request has both.""",
    remediation="""\
Write patterns under StringNotLike or ArnNotLike, list all values that are spared in one Deny statement, or take
out the statement that is not meant.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html",
    ),
    silenced_by=(Silence("KMS103", Scope.STATEMENT),),
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
          - Sid: OnlyThroughEndpointA
            Effect: Deny
            Principal: "*"
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringNotEquals: {"aws:SourceVpce": vpce-0abcdef1234567890}}
          - Sid: OnlyThroughEndpointB
            Effect: Deny
            Principal: "*"
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringNotEquals: {"aws:SourceVpce": vpce-0fedcba0987654321}}
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
          - Sid: OnlyThroughTheEndpoints
            Effect: Deny
            Principal: "*"
            Action: "kms:Decrypt"
            Resource: "*"
            Condition: {StringNotEquals: {"aws:SourceVpce": [vpce-0abcdef1234567890, vpce-0fedcba0987654321]}}
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "OnlyThroughEndpoints"
        Effect    = "Deny"
        Principal = "*"
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-*" } }
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "OnlyThroughEndpoints"
        Effect    = "Deny"
        Principal = "*"
        Action    = "kms:Decrypt"
        Resource  = "*"
        Condition = { StringNotLike = { "aws:SourceVpce" = "vpce-*" } }
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each Allow statement of which a Deny leaves nothing for some action."""
    for key, document in estate.key_documents():
        for found in cancelled(document, key, estate):
            yield _finding(found, key)


def _finding(found: Cancelled, key: Key) -> Finding:
    deny, *others = found.reason.denies
    together = f" and {enumerate_names(other.label for other in others)}" if others else ""
    word, verb = ("statements", "deny") if others else ("statement", "denies")
    actions = enumerate_names(action.name for action in found.actions)
    message = (
        f"{word} {deny.label}{together} {verb} {actions} on {key.address}{when(found.allow)} to everybody to whom "
        f"statement {found.allow.label} allows it: {found.reason.words}"
    )
    entries = (Related(entry.at, f"{entry} is allowed here") for entry in found.entries)
    return RULE.finding(
        deny.header,
        message,
        key.address,
        related=(*(Related(other.header, "this Deny has a part in it") for other in others), *entries),
        statement=deny,
        subject=f"Statement[{deny.label}] Statement[{found.allow.label}]",
        ways=(found.allow.guards,),
    )
