"""KMS004: a suppression that cannot be taken for one."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS004",
    name="ignore-malformed",
    title="A suppression that ignores nothing, for it cannot be read",
    severity=Severity.MEDIUM,
    rationale="""\
A suppression that was misspelt would be worse than none if it were passed over: people would believe that what
they see is all there is. An id that does not exist, a missing reason, a day that is none: nothing is ignored by such a
suppression, and it is reported. What could not be analysed (KMS000), and what is wrong with suppressions themselves,
cannot be ignored at all.""",
    remediation="""\
Write it as `kmslint: ignore[KMS101,KMS203] until=2027-03-31 reason`. The day may be left out, the reason may not.""",
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html",
        "https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties",
    ),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: false  # kmslint: ignore[KMS501]
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: false  # kmslint: ignore[KMS501] the material is replaced by hand
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = false # kmslint: ignore[KMS5O1] the material is replaced by hand
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = false # kmslint: ignore[KMS501] the material is replaced by hand
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:  # noqa: ARG001, every rule takes the same
    """Nothing: no estate tells. It is found once all rules have run, where suppressions are weighed."""
    yield from ()
