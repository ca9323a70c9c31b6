"""KMS001: the verdict on a key hangs on something that cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.delegation import delegates_any
from kmslint.access.lockout import LockoutClass, assess
from kmslint.access.naming import enumerate_names
from kmslint.access.open_parts import hole_name, open_parts
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key, PolicyOrigin
from kmslint.values import HoleKind
from kmslint.verdict import Verdict

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
        missing = _missing(key, estate)
        if missing:
            message = f"{_question(key, estate)} is not decided: it hangs on {enumerate_names(missing)}"
            yield RULE.finding(key.at, message, key.address, subject="policy")


def _question(key: Key, estate: Estate) -> str:
    document = key.policy.document
    if document is None or assess(document, key, estate.accounts_of(key)).lockout is LockoutClass.UNKNOWN:
        return f"what {key.address} allows"
    return f"whether IAM policies can give anything on {key.address}"


def _missing(key: Key, estate: Estate) -> list[str]:
    """What the verdict on the key hangs on; empty if there is a verdict, or if KMS000 says why there is none."""
    document = key.policy.document
    if key.policy.origin is PolicyOrigin.DEFAULT:
        return []
    if document is None:
        unseen = key.policy.missing
        unreadable = unseen is not None and unseen.hole.kind is HoleKind.UNREADABLE
        return [] if unreadable else [hole_name(unseen.hole) if unseen else "its policy"]
    lockout = assess(document, key, estate.accounts_of(key)).lockout
    if (
        lockout is not LockoutClass.UNKNOWN
        and delegates_any(document, key, estate.accounts_of(key)) is not Verdict.UNKNOWN
    ):
        return []
    return list(open_parts(document, estate.seen_by(key))) or ["a value that cannot be resolved"]
