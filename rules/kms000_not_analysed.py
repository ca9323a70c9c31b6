"""KMS000: a part of the input could not be read, and so was not judged."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.location import Location, Source
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS000",
    name="not-analysed",
    title="A file, block or policy could not be analysed",
    severity=Severity.HIGH,
    rationale="""\
What kmslint cannot read, it cannot judge: a key in a broken file or block is neither safe nor unsafe,
and a report that passed over it in silence would look clean. The rest of the input was judged as usual,
and the run exits with 3.""",
    remediation="Mend what the message names; the README lists the forms that this version does not read.",
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: '{"Version": "2012-10-17", "Statement": [}'
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
  enable_key_rotation = false
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
    """One finding for each problem."""
    for problem in estate.problems:
        at = problem.at or Location(Source(problem.path, ""), 0, 0)
        yield RULE.finding(at, f"not analysed: {problem.reason}", problem.path, subject=problem.reason)
