"""KMS501: automatic rotation is off for a key that supports it."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.counterpart import Catalogue, Counterpart
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
    counterparts=(
        Counterpart(Catalogue.SECURITY_HUB, ("KMS.4",)),
        Counterpart(Catalogue.CONFIG, ("cmk-backing-key-rotation-enabled",)),
        Counterpart(Catalogue.CONTROL_TOWER, ("CT.KMS.PR.1",)),
        Counterpart(Catalogue.CIS, ("v5.0.0/3.6", "v3.0.0/3.6", "v1.4.0/3.8", "v1.2.0/2.8")),
        Counterpart(Catalogue.CHECKOV, ("CKV_AWS_7",)),
        Counterpart(Catalogue.TRIVY, ("AVD-AWS-0065",)),
        Counterpart(Catalogue.KICS, ("22fbfeac-7b5a-421a-8a27-7a2178bb910b", "1c07bfaf-663c-4f6f-b22b-8e2d481e4df5")),
        Counterpart(Catalogue.CFN_NAG, ("F19",)),
        Counterpart(Catalogue.PROWLER, ("kms_cmk_rotation_enabled",)),
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
