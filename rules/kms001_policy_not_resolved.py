"""KMS001: the verdict on a key hangs on something that cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names
from kmslint.access.open_parts import hole_name, open_parts
from kmslint.access.undecided import Undecided, undecided
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key, PolicyOrigin
from kmslint.model.ways import IN_ANY_CASE, when_in
from kmslint.values import HoleKind

RULE = Rule(
    id="KMS001",
    name="policy-not-resolved",
    title="The verdict on a key hangs on something that cannot be seen",
    severity=Severity.INFO,
    rationale="""\
kmslint reports what is certain. Where a key policy comes from a parameter that nobody set, from another
stack or from a module that is not here, the key is neither fine nor broken: it is undecided, and the
rules on lockout, exposure and delegation say nothing of it. This entry names what was missing.""",
    remediation="""\
Set what is missing where it can be set: a default for the parameter, --account for the account. What only a
deployment knows stays undecided.""",
    references=("https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",),
    cloudformation=Examples(
        bad="""\
Parameters:
  Administrator: {Type: String}
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref Administrator}, Action: "kms:*", Resource: "*"}
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
variable "policy" {
  type = string
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy              = var.policy
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
    """One finding for each undecided key."""
    for key in estate.keys:
        document = key.policy.document
        if document is not None:
            found = undecided(document, key, estate.accounts_of(key))
            if found is not None:
                yield _in_part(found, key, estate)
        elif key.policy.origin is not PolicyOrigin.DEFAULT:
            unseen = key.policy.missing
            if unseen is not None and unseen.hole.kind in (HoleKind.UNREADABLE, HoleKind.OUT_OF_BOUNDS):
                continue  # KMS000 says why there is no verdict
            missing = hole_name(unseen.hole) if unseen else "its policy"
            message = f"what {key.address} allows is not decided: it hangs on {missing}"
            yield RULE.finding(key.at, message, key.address, subject="policy")


def _in_part(found: Undecided, key: Key, estate: Estate) -> Finding:
    """Of a policy that is here."""
    missing = list(open_parts(found.document, found.conditions, estate.seen_by(key)))
    hanging = enumerate_names(missing) or "a value that cannot be resolved"
    question = "what {} allows" if found.lockout else "whether IAM policies can give anything on {}"
    message = f"{question.format(key.address)}{when_in(found.ways)} is not decided: it hangs on {hanging}"
    return RULE.finding(key.at, message, key.address, subject="policy", ways=found.ways or IN_ANY_CASE)
