"""KMS303: a service needs the key for a resource, and the key policy does not let it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names, under
from kmslint.access.service_use import MissingService, ServiceUse, missing_services
from kmslint.aws.service_needs import Need
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.consumers import Consumer, Delivery, Purpose, Sender
from kmslint.model.estate import Estate, PolicyOrigin

_SHOWN = 5
_ENCRYPTED = {Purpose.LAUNCH_TEMPLATE: "whose volumes are"}
_DOES = {
    Sender.DISTRIBUTION: "reads",
    Sender.GLUE_CRAWLER: "writes the",
    Sender.GLUE_JOB: "writes the",
    Sender.SCALING_GROUP: "launches instances by",
}
"""What is done with the resource, by those who do not send to it."""

RULE = Rule(
    id="KMS303",
    name="service-not-allowed",
    title="A service has to use the key, and the key policy does not let it",
    severity=Severity.HIGH,
    rationale="""\
Some services use a KMS key in their own name: CloudWatch Logs for a log group, an alarm that publishes to an
encrypted topic, SNS that delivers to an encrypted queue. A service has no IAM policies and belongs to no
account, so a statement for the account principal does nothing for it: only the key policy can let it in. So it is with
the service-linked role by which Auto Scaling launches instances with encrypted volumes: nobody can give that role an
IAM policy. Where the key policy does not let them in, the deployment fails, instances are terminated, or messages are
lost and nobody is told.""",
    remediation="""\
Add a statement to the key policy that allows the service principal what its guide asks for, with a condition on
aws:SourceArn, aws:SourceAccount or the encryption context where the guide has one. EventBridge that publishes to
a topic supports no aws:Source condition.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html",
        "https://docs.aws.amazon.com/glue/latest/dg/encryption-security-configuration.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  LogKey:
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
  AppLogs:
    Type: AWS::Logs::LogGroup
    Properties:
      KmsKeyId: !GetAtt LogKey.Arn
""",
        good="""\
Resources:
  LogKey:
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
          - Sid: Logs
            Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.amazonaws.com"}
            Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
            Resource: "*"
            Condition:
              ArnLike:
                "kms:EncryptionContext:aws:logs:arn": !Sub "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:*"
  AppLogs:
    Type: AWS::Logs::LogGroup
    Properties:
      KmsKeyId: !GetAtt LogKey.Arn
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "alerts" {
  enable_key_rotation = true
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = aws_kms_key.alerts.arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "AWS/Lambda"
  period              = 60
  statistic           = "Sum"
  threshold           = 0
  alarm_actions       = [aws_sns_topic.alerts.arn]
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
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = aws_kms_key.alerts.arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Errors"
  namespace           = "AWS/Lambda"
  period              = 60
  statistic           = "Sum"
  threshold           = 0
  alarm_actions       = [aws_sns_topic.alerts.arn]
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key and service, with the resources that need it."""
    for missing in missing_services(estate):
        yield _finding(missing)


def _finding(missing: MissingService) -> Finding:
    use = missing.uses[0]
    key, need = use.key, use.need
    others = len(missing.uses) - 1
    more = f" (and {others} more like it)" if others else ""
    actions = enumerate_names(action.name for action in missing.actions)
    message = (
        f"{_who(need)} may not use {key.address}{_when(missing)}: {_how(use)}{more}, "
        f"but {_why(missing)} {actions}, so {need.without}"
    )
    statement, principal = missing.named or (None, None)
    return RULE.finding(
        key.at if principal is None else principal.at,
        message,
        key.address,
        related=tuple(Related(_at(each).at, _how(each)) for each in missing.uses[:_SHOWN]),
        statement=statement,
        subject=need.principal,
        advice=f"allow {need.principal} {actions} in the key policy of {key.address}, as {need.page} shows",
    )


def _why(missing: MissingService) -> str:
    use = missing.uses[0]
    if use.key.policy.origin is PolicyOrigin.DEFAULT:
        return f"AWS's default key policy gives no {'role' if use.need.role else 'service'}"
    return f"the key policy does not give the {'role' if use.need.role else 'service'}"


def _who(need: Need) -> str:
    return f"service{'-linked role' if need.role else ''} {need.principal}"


def _when(missing: MissingService) -> str:
    """The conditions that all of the uses hang on."""
    return under(frozenset.intersection(*(use.guards for use in missing.uses)))


def _how(use: ServiceUse) -> str:
    consumer, delivery = use.consumer, use.delivery
    if delivery is None:
        return f"{consumer.purpose.value} {consumer.address} is encrypted with it"
    does = _DOES.get(delivery.sender, "sends to")
    return (
        f"{delivery.sender.value} {delivery.address} {does} {consumer.purpose.value} {consumer.address}, "
        f"{_ENCRYPTED.get(consumer.purpose, 'which is')} encrypted with it"
    )


def _at(use: ServiceUse) -> Consumer | Delivery:
    """The resource that makes the service use the key."""
    return use.delivery or use.consumer
