"""KMS102: only principals that can be deleted may change the key policy."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lockout import Branch, LockoutClass, branch_of
from kmslint.access.managers import Holder
from kmslint.access.naming import enumerate_names, principal_name
from kmslint.access.presumption import confidence, presumption
from kmslint.access.trust import is_durable
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS102",
    name="only-deletable-administrators",
    title="Only principals that can be deleted may change the key policy",
    severity=Severity.HIGH,
    rationale="""\
The key policy names its administrators and not the account. AWS stores a named user or role by its unique
id: when it is deleted, the statement is dead, and a new role of the same name does not bring it back. The
root user, the one principal that cannot be deleted, has no permission on a key unless the policy allows the
account principal. So one deleted role leaves the key unmanageable, and only AWS Support can help. AWS's
safety check does not see this: it asks only whether today's caller can change the policy again.""",
    remediation="""\
Add a statement of its own that allows kms:* to the account principal (arn:aws:iam::ACCOUNT:root), and keep
the named administrators for the daily work. If an administrator is never deleted, name it under
durable-administrators in the configuration.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ),
    silenced_by=(Silence("KMS101", Scope.KEY), Silence("KMS105", Scope.KEY)),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Administrators
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/KeyAdmin"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:ScheduleKeyDeletion"]
            Resource: "*"
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Administrators
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/KeyAdmin"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:ScheduleKeyDeletion"]
            Resource: "*"
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Administrators"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/KeyAdmin" }
      Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:Put*", "kms:ScheduleKeyDeletion"]
      Resource  = "*"
    }]
  })
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
    """One finding for each key whose administrators can all be deleted."""
    for key, document in estate.key_documents():
        branch = branch_of(LockoutClass.DELETABLE_ONLY, document, key, estate.accounts_of(key))
        if branch is not None and not any(is_durable(one.principal, estate) for one in branch.lockout.named):
            yield _finding(key, branch, estate)


def _finding(key: Key, branch: Branch, estate: Estate) -> Finding:
    lockout = branch.lockout
    holders = lockout.holders()
    by_name = {principal_name(holder.principal, estate): holder for holder in reversed(holders)}
    names = list(reversed(by_name))
    message = (
        f"only {enumerate_names(names, 'or')} may call kms:PutKeyPolicy on {key.address}"
        f"{when_in(branch.ways)}{presumption(lockout, estate)}: "
        f"once {'it is' if len(names) == 1 else 'they are'} deleted{_sso(holders)} "
        "nobody can manage the key, the root user included, because nothing lets the account principal do it"
    )
    return RULE.finding(
        holders[0].principal.at,
        message,
        key.address,
        confidence=confidence(lockout),
        related=tuple(Related(by_name[name].principal.at, f"{name} may call it too") for name in names[1:]),
        statement=holders[0].statement,
        subject="KeyPolicy",
        ways=branch.ways,
    )


def _sso(holders: tuple[Holder, ...]) -> str:
    """IAM Identity Center makes its roles anew, under new names.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    if any("AWSReservedSSO_" in str(holder.principal.value) for holder in holders):
        return " (IAM Identity Center replaces its role when the permission set is assigned again)"
    return ""
