"""KMS310: a topic or queue under AWS's own key, which no other service may use."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.managed_keys import Blocked, blocked_by_managed_keys
from kmslint.access.naming import enumerate_names, under
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.consumers import Delivery
from kmslint.model.estate import Estate

_SHOWN = 5

RULE = Rule(
    id="KMS310",
    name="aws-managed-key-blocks-service",
    title="A topic or queue is encrypted under a key of AWS's that the service which sends to it may not use",
    severity=Severity.HIGH,
    rationale="""\
Whoever sends to an encrypted topic or queue needs kms:GenerateDataKey and kms:Decrypt on its key. The key policies of
alias/aws/sns and alias/aws/sqs let in the account's own users and roles, and no other service: CloudWatch alarms,
EventBridge, S3 and SNS are denied. AWS manages these keys, so nobody can change that. Nothing is ever delivered, and
nobody is told.""",
    remediation="""\
Encrypt the topic or queue under a key of your own, and allow the service kms:GenerateDataKey* and kms:Decrypt in its
key policy. A queue that holds nothing secret may use SSE-SQS instead, which needs no key.""",
    references=(
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  AppKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: alias/aws/sns
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: Errors
      Namespace: AWS/Lambda
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Period: 60
      Statistic: Sum
      Threshold: 0
      AlarmActions: [!Ref Alerts]
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
          - Sid: Alarms
            Effect: Allow
            Principal: {Service: cloudwatch.amazonaws.com}
            Action: ["kms:GenerateDataKey*", "kms:Decrypt"]
            Resource: "*"
            Condition: {StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
  Alerts:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: !Ref AlertKey
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: Errors
      Namespace: AWS/Lambda
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      Period: 60
      Statistic: Sum
      Threshold: 0
      AlarmActions: [!Ref Alerts]
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "app" {
  enable_key_rotation = true
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = "alias/aws/sqs"
}

resource "aws_sns_topic" "jobs" {
  name = "jobs"
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn = aws_sns_topic.jobs.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.jobs.arn
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "jobs" {
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
        Sid       = "Topic"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.jobs.arn
}

resource "aws_sns_topic" "jobs" {
  name = "jobs"
}

resource "aws_sns_topic_subscription" "jobs" {
  topic_arn = aws_sns_topic.jobs.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.jobs.arn
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each topic or queue, with what sends to it."""
    for blocked in blocked_by_managed_keys(estate):
        yield _finding(blocked)


def _finding(blocked: Blocked) -> Finding:
    consumer = blocked.consumer
    (delivery, need), *others = blocked.deliveries
    more = f" (and {len(others)} more)" if others else ""
    services = enumerate_names([need.principal, *(other.principal for _, other in others)])
    message = (
        f"{_sender(delivery)}{more} cannot send to {consumer.purpose.value} {consumer.address}{under(blocked.guards)}: "
        f"it is encrypted under {blocked.alias}, and the policy of that key, which nobody can change, does not let "
        f"{services} use it, so {need.without}"
    )
    return RULE.finding(
        consumer.key_at,
        message,
        consumer.address,
        related=tuple(Related(each.at, f"{_sender(each)} sends to it") for each, _ in blocked.deliveries[:_SHOWN]),
        subject=blocked.alias,
        advice=f"encrypt {consumer.address} under a key of your own, and let {services} use that",
    )


def _sender(delivery: Delivery) -> str:
    return f"{delivery.sender.value} {delivery.address}"
