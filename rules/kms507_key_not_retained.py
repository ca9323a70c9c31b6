"""KMS507: a key that goes with its stack or configuration, and the data under it with the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.naming import enumerate_names
from kmslint.access.retention import NotRetained, not_retained
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Profile, Rule
from kmslint.model.estate import Estate, Language

_NAMED: Final = 2
_SHOWN: Final = 5

RULE = Rule(
    id="KMS507",
    name="key-not-retained",
    title="The key is deleted with its stack or configuration, and data is encrypted under it",
    severity=Severity.LOW,
    profile=Profile.OFF,
    rationale="""\
When a key is deleted, everything that was encrypted under it is lost: the bucket or database itself, if that is kept,
and every snapshot, backup and copy of it. CloudFormation schedules the deletion of a key that is taken out of the
template, or whose stack is deleted, and Terraform that of a key which is taken out or renamed. What CloudFormation
would have to replace it refuses to change, so only DeletionPolicy matters there.""",
    remediation="""\
Write DeletionPolicy: Retain beside the properties of the key (CloudFormation), or lifecycle { prevent_destroy = true }
into it (Terraform). A key that is to go is then deleted by hand, once nothing needs it any more.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html",
        "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("I3011",)),),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt DataKey.Arn}
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    Properties:
      EnableKeyRotation: true
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt DataKey.Arn}
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_db_instance" "orders" {
  identifier        = "orders"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.data.arn
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_db_instance" "orders" {
  identifier        = "orders"
  storage_encrypted = true
  kms_key_id        = aws_kms_key.data.arn
}
""",
    ),
)

_DELETED_BY: Final = {
    Language.CLOUDFORMATION: ("with its stack", "CloudFormation schedules its deletion", "DeletionPolicy: Retain"),
    Language.TERRAFORM: (
        "with its configuration",
        "Terraform schedules its deletion",
        "lifecycle { prevent_destroy = true }",
    ),
}


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key under which data is kept and that nothing keeps."""
    for found in not_retained(estate):
        yield _finding(found, estate.language)


def _finding(found: NotRetained, language: Language) -> Finding:
    key, consumers = found.key, found.consumers
    together, deletes, cure = _DELETED_BY[language]
    names = list(dict.fromkeys(f"{consumer.purpose.value} {consumer.address}" for consumer in consumers))
    kept = enumerate_names(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} others"
    message = (
        f"{key.address} goes {together}: {deletes} when it is taken out, and what {kept} keep"
        f"{'s' if len(names) == 1 else ''} under it can never be read again, snapshots and backups included"
    )
    return RULE.finding(
        key.at if found.written is None else found.written.at,
        message,
        key.address,
        related=tuple(Related(one.key_at, f"{one.purpose.value} {one.address} uses it") for one in consumers[:_SHOWN]),
        subject="deletion",
        advice=f"write {cure} for {key.address}",
        ways=(key.guards,),
    )
