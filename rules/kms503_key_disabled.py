"""KMS503: a key that is made disabled."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate
from kmslint.values import Text, boolean

RULE = Rule(
    id="KMS503",
    name="key-disabled",
    title="The key is disabled",
    severity=Severity.LOW,
    rationale="""\
A disabled key keeps its policy and can be managed, but every cryptographic operation with it fails, whatever the
policy allows. What is encrypted under it cannot be read, and services that hold data keys in memory notice only
when they need the key the next time. Disabling is the way to try what happens before a key is deleted.""",
    remediation="""\
Take Enabled: false (CloudFormation) or is_enabled = false (Terraform) out, or delete the key if nothing needs it.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
    ),
    counterparts=(
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_227",)),
        Counterpart(Catalogue.KICS, ("7350fa23-dcf7-4938-916d-6a60b0c73b50", "2844c749-bd78-4cd1-90e8-b179df827602")),
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      Enabled: false
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      Enabled: true
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
  is_enabled          = false
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key that is disabled."""
    for key in estate.keys:
        enabled = key.settings.enabled
        if isinstance(enabled, Text) and boolean(enabled) is False:
            message = f"{key.address} is disabled: nothing can be encrypted or decrypted with it, whoever is allowed"
            yield RULE.finding(enabled.at, message, key.address, subject="enabled")
