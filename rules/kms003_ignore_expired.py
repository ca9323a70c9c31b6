"""KMS003: a suppression whose last day has passed."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS003",
    name="ignore-expired",
    title="A suppression whose last day has passed",
    severity=Severity.MEDIUM,
    rationale="""\
With until= somebody has left a finding as it is up to a day, and promised to come back to it. The day counts to
its end in UTC. After it the finding is reported again, and so is the promise.""",
    remediation="""\
Mend what is found, or look at it again and set another day.""",
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
      EnableKeyRotation: false  # kmslint: ignore[KMS501] until=2021-12-31 the migration ends this year
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: false  # kmslint: ignore[KMS501] until=2999-12-31 the migration ends this year
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  # kmslint: ignore[KMS501] until=2021-12-31 the migration ends this year
  enable_key_rotation = false
}
""",
        good="""\
resource "aws_kms_key" "data" {
  # kmslint: ignore[KMS501] until=2999-12-31 the migration ends this year
  enable_key_rotation = false
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:  # noqa: ARG001, every rule takes the same
    """Nothing: no estate tells. It is found once all rules have run, where suppressions are weighed."""
    yield from ()
