"""KMS002: a suppression that takes nothing out of the report."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS002",
    name="ignore-unused",
    title="A suppression with nothing left to ignore",
    severity=Severity.LOW,
    rationale="""\
A suppression says that somebody has looked at a finding and left it as it is. Once the finding is gone, it is an
open door: it stays beside the statement, and what is wrong with the next version of that is ignored as well, for a
reason that nobody gave for it. One with content= speaks of the statement as it was; when that changes, the finding
is reported again, and this one says why.

Only what was judged for certain is called unused: rules that ran, in files that were analysed in full, where no
verdict hangs on a value that cannot be seen.""",
    remediation="""\
Take the id out of the brackets, or the whole suppression away.""",
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
      EnableKeyRotation: true  # kmslint: ignore[KMS501] until the migration is over
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
  enable_key_rotation = true # kmslint: ignore[KMS501] until the migration is over
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
