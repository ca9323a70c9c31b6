"""KMS001: the verdict on a key hangs on something that cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.delegation import delegates_any
from kmslint.access.lockout import LockoutClass, assess
from kmslint.access.naming import enumerate_names
from kmslint.access.principals import Form, account_of, form
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.accounts import Ownership
from kmslint.model.estate import Estate, Key, PolicyOrigin
from kmslint.model.policy import Document, Effect
from kmslint.values import HoleKind, Unknown
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
    remediation="Give the parameter a default, name the account with --account, or lint where the value is set.",
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
            message = f"what {key.address} allows is not decided: it hangs on {enumerate_names(missing)}"
            yield RULE.finding(key.at, message, key.address, subject="policy")


def _missing(key: Key, estate: Estate) -> list[str]:
    """What the verdict on the key hangs on; empty if there is a verdict."""
    document = key.policy.document
    if key.policy.origin is PolicyOrigin.DEFAULT:
        return []
    if document is None:
        unseen = key.policy.missing
        return [_described(unseen)] if unseen else ["its policy"]
    lockout = assess(document, key, estate.accounts).lockout
    if lockout is not LockoutClass.UNKNOWN and delegates_any(document, key, estate.accounts) is not Verdict.UNKNOWN:
        return []
    return list(_open_parts(document, estate)) or ["a value that cannot be resolved"]


def _open_parts(document: Document, estate: Estate) -> Iterator[str]:
    yield from map(_described, document.unseen)
    yield from (f"whether {condition}" for condition in sorted(document.guards()))
    for statement in document.statements:
        if statement.effect is Effect.UNKNOWN:
            yield f"the Effect of statement {statement.label}"
        for principal in statement.principals or ():
            if form(principal) is Form.OPEN:
                yield f"principal {principal.value}"
            owner = account_of(principal)
            ownership = estate.accounts.ownership(owner) if owner is not None else Ownership.OWN
            if ownership in (Ownership.UNATTRIBUTED, Ownership.PRESUMED_FOREIGN):
                yield f"whose account {owner} is"
        for elements, what in ((statement.actions, "an Action"), (statement.resources, "a Resource")):
            if any(isinstance(element, Unknown) or element.holes for element in elements or ()):
                yield f"{what} of statement {statement.label}"
        if any(isinstance(test, Unknown) for test in statement.conditions):
            yield f"the Condition of statement {statement.label}"


def _described(missing: Unknown) -> str:
    if missing.hole.kind is HoleKind.UNREADABLE:
        return missing.hole.label
    return f"{missing.hole}"
