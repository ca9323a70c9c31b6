"""KMS501: automatic rotation is off for a key that supports it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key, KeyKind
from kmslint.values import Null, Text, Value, boolean

RULE = Rule(
    id="KMS501",
    name="rotation-disabled",
    title="The key is not rotated",
    severity=Severity.LOW,
    rationale="""\
KMS can make new key material every year (or at another interval) under the same key: nothing has to be
re-encrypted, and less data hangs on one piece of material. Only symmetric encryption keys with material from
KMS support it, and it is off unless the template turns it on. Security Hub reports the same as KMS.4.""",
    remediation="""\
Set EnableKeyRotation: true (CloudFormation) or enable_key_rotation = true (Terraform).""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: false
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  SigningKey:
    Type: AWS::KMS::Key
    Properties:
      KeySpec: ECC_NIST_P256
      KeyUsage: SIGN_VERIFY
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  description = "data"
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_key" "signing" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key that could be rotated and is not."""
    for key in estate.keys:
        rotation = key.settings.rotation
        absent = rotation is None or isinstance(rotation, Null)
        if _supports_rotation(key) and (absent or boolean(rotation) is False):
            at = key.at if rotation is None or absent else rotation.at
            how = "nothing turns automatic rotation on" if absent else "automatic rotation is turned off"
            message = f"{key.address} keeps its key material for ever: {how}"
            yield RULE.finding(at, message, key.address, subject="rotation")


def _supports_rotation(key: Key) -> bool:
    """Whether it is certain that the key is symmetric, for encryption, and its material from KMS."""
    settings = key.settings
    return (
        key.kind is KeyKind.KEY
        and _is(settings.spec, "SYMMETRIC_DEFAULT")
        and _is(settings.usage, "ENCRYPT_DECRYPT")
        and _is(settings.origin, "AWS_KMS")
        and (settings.custom_key_store is None or isinstance(settings.custom_key_store, Null))
    )


def _is(value: Value | None, default: str) -> bool:
    """Whether a property is the default one, written or not."""
    if value is None or isinstance(value, Null):
        return True
    return isinstance(value, Text) and value.literal == default
