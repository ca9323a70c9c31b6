"""KMS502: less than 30 days between the deletion of a key and its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Profile, Rule
from kmslint.model.estate import Estate
from kmslint.values import Text

RULE = Rule(
    id="KMS502",
    name="short-deletion-window",
    title="The key waits less than 30 days before it is deleted",
    severity=Severity.LOW,
    profile=Profile.OFF,
    rationale="""\
A deleted key is gone for good, and with it all that was encrypted under it. KMS therefore waits before it deletes
one, 7 to 30 days, and the deletion can be cancelled until then. The longer the time, the surer somebody still
notices that the key was needed; 30 days is the default.""",
    remediation="""\
Take PendingWindowInDays (CloudFormation) or deletion_window_in_days (Terraform) out, or set it to 30.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      PendingWindowInDays: 7
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      PendingWindowInDays: 30
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation     = true
  deletion_window_in_days = 30
}
""",
    ),
)

_DAYS = 30
_NUMBER = re.compile(r"[0-9]{1,3}\Z")


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key with a shorter waiting period."""
    for key in estate.keys:
        window = key.settings.deletion_window
        days = window.literal if isinstance(window, Text) else None
        if window is not None and days is not None and _NUMBER.match(days) and int(days) < _DAYS:
            message = (
                f"once its deletion is scheduled, {key.address} and all that is encrypted under it is lost after "
                f"{days} days: KMS would wait {_DAYS}"
            )
            yield RULE.finding(window.at, message, key.address, subject="deletion window")
