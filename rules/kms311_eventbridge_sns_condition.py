"""KMS311: a condition on the source keeps EventBridge from publishing to an encrypted topic."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names, when
from kmslint.access.source_conditions import UnmetCondition, unmet_conditions
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate

_SHOWN = 5

RULE = Rule(
    id="KMS311",
    name="eventbridge-sns-condition",
    title="A condition on the source that EventBridge does not meet when it publishes to an encrypted topic",
    severity=Severity.HIGH,
    rationale="""\
aws:SourceArn and aws:SourceAccount are good practice in statements for services, but not in this one: "Adding the
aws:SourceAccount, aws:SourceArn, and aws:SourceOrgID to a AWS KMS policy is not supported for EventBridge-to-encrypted
topics." The request does not carry them, so the statement allows nothing. The rule runs, the event is lost, and only
the metric FailedInvocations tells.""",
    remediation="""\
Leave the condition out of the key policy's statement for events.amazonaws.com, and put it into the policy of the
topic, where it is supported. kms:EncryptionContext:aws:sns:topicArn limits the key to the topic.""",
    references=(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html",
    ),
    silenced_by=(Silence("KMS404", Scope.STATEMENT), Silence("KMS402", Scope.STATEMENT)),
    cloudformation=Examples(
        bad="""\
Resources:
  AlertKey:
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
          - Sid: Events
            Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: ["kms:GenerateDataKey*", "kms:Decrypt"]
            Resource: "*"
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: !Ref AlertKey
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Id: alerts, Arn: !Ref Alerts}]
""",
        good="""\
Resources:
  AlertKey:
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
          - Sid: Events
            Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: ["kms:GenerateDataKey*", "kms:Decrypt"]
            Resource: "*"
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: !Ref AlertKey
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Id: alerts, Arn: !Ref Alerts}]
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "alerts" {
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
        Sid       = "Events"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
        Resource  = "*"
        Condition = { ArnLike = { "aws:SourceArn" = aws_cloudwatch_event_rule.nightly.arn } }
      },
    ]
  })
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = aws_kms_key.alerts.arn
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_sns_topic.alerts.arn
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "alerts" {
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
        Sid       = "Events"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = aws_kms_key.alerts.arn
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_sns_topic.alerts.arn
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that such a condition leaves without effect for EventBridge."""
    for unmet in unmet_conditions(estate):
        yield _finding(unmet)


def _finding(unmet: UnmetCondition) -> Finding:
    use, statement = unmet.uses[0], unmet.statement
    key, service = use.key.address, use.need.principal
    sender = "" if use.delivery is None else f"rule {use.delivery.address} sends to "
    message = (
        f"service {service} may not use {key}{when(statement)}: statement {statement.label} allows it "
        f"{enumerate_names(action.name for action in unmet.actions)} on a condition on {unmet.test.key}, which is "
        f"not supported for EventBridge, and {sender}{use.consumer.purpose.value} {use.consumer.address}, which is "
        f"encrypted with the key, so {use.need.without}"
    )
    related = (
        Related(each.delivery.at, f"rule {each.delivery.address} sends to {each.consumer.address}")
        for each in unmet.uses[:_SHOWN]
        if each.delivery is not None
    )
    return RULE.finding(
        unmet.test.key.at,
        message,
        key,
        related=tuple(related),
        statement=statement,
        subject=f"Statement[{statement.label}].{unmet.test.key}",
        advice=f"leave {unmet.test.key} out of statement {statement.label}, and put it into the topic's policy",
    )
