"""KMS104: KMS is told not to check that somebody is left who can change the key policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lockout import LockoutClass, assess
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.values import Text, boolean

RULE = Rule(
    id="KMS104",
    name="lockout-check-bypassed",
    title="The check against locking oneself out of the key is bypassed",
    severity=Severity.MEDIUM,
    rationale="""\
KMS takes a key policy only if it lets whoever attaches it attach another one later. It is the one thing that
stands between a slip in a key policy and a key that nobody can manage, the root user included, until AWS
Support opens it again. With the check bypassed KMS takes any policy, today's and every later one. The one use
for that is a policy which is meant to shut out whoever deploys it.""",
    remediation="""\
Take BypassPolicyLockoutSafetyCheck (CloudFormation) or bypass_policy_lockout_safety_check (Terraform) out. If the
deployment then fails, the policy shuts out the deploying principal: let it, or the account principal, call
kms:PutKeyPolicy.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/controltower/latest/controlreference/ct-kms-pv-3.html",
    ),
    silenced_by=(Silence("KMS101", Scope.KEY),),  # which says that the check is bypassed, too
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      BypassPolicyLockoutSafetyCheck: true
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
  enable_key_rotation                = true
  bypass_policy_lockout_safety_check = true
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation                = true
  bypass_policy_lockout_safety_check = false
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key whose policy is attached without the check."""
    for key in estate.keys:
        bypass = key.settings.bypass_lockout_check
        if isinstance(bypass, Text) and boolean(bypass) is True:
            message = (
                f"the policy of {key.address} is attached without KMS's lockout safety check: "
                f"{_consequence(key, estate)}"
            )
            yield RULE.finding(bypass.at, message, key.address, subject="lockout check")


def _consequence(key: Key, estate: Estate) -> str:
    document = key.policy.document
    lockout = LockoutClass.NONE if document is None else assess(document, key, estate.accounts_of(key)).lockout
    if lockout is LockoutClass.NOBODY:
        return "this one lets nobody change it, and KMS will take it"
    return "KMS will take one that nobody can change any more, be it by a slip"
