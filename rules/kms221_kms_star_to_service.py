"""KMS221: an AWS service may administer the key and use it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.full_control import full_controls
from kmslint.access.naming import principal_name
from kmslint.access.principals import Form, form
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS221",
    name="kms-star-to-service",
    title="An AWS service may do everything with the key",
    severity=Severity.HIGH,
    rationale="""\
A service principal is the service itself, acting for any of its customers. No service needs to change a key
policy: it encrypts, decrypts or makes data keys. kms:* lets whatever reaches the service also administer the
key.""",
    remediation="""\
Give the service the actions its guide asks for, often kms:Decrypt and kms:GenerateDataKey*, with a condition
on aws:SourceAccount or aws:SourceArn where the service supports it.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
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
          - Sid: Delivery
            Effect: Allow
            Principal: {Service: delivery.logs.amazonaws.com}
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
          - Sid: Delivery
            Effect: Allow
            Principal: {Service: delivery.logs.amazonaws.com}
            Action: ["kms:Decrypt", "kms:GenerateDataKey*"]
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
        Sid       = "Delivery"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
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
        Sid       = "Delivery"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each service that a statement gives the key whole."""
    for control in full_controls(estate):
        if form(control.principal) is not Form.SERVICE:
            continue
        statement = control.statement
        message = (
            f"{principal_name(control.principal, estate)} may administer {control.key.address}{when_in(control.ways)}: "
            f"statement {statement.label} gives it {control.use.name} and kms:PutKeyPolicy, "
            "but no service has to change a key policy"
        )
        yield RULE.finding(
            control.principal.at,
            message,
            control.key.address,
            statement=statement,
            subject=f"Statement[{statement.label}].{control.principal.value}",
            ways=control.ways,
        )
