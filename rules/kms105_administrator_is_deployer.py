"""KMS105: the one administrator is whoever happened to deploy the key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lockout import Branch, LockoutClass, branch_of
from kmslint.access.naming import enumerate_names, principal_name
from kmslint.access.presumption import confidence, presumption
from kmslint.access.principals import Form
from kmslint.access.trust import is_durable
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS105",
    name="administrator-is-deployer",
    title="The only administrator is a session, or whoever deployed the key",
    severity=Severity.HIGH,
    rationale="""\
`data.aws_caller_identity.current.arn` is the ARN of whoever runs Terraform at that moment: a person's user,
or one session of a pipeline's role. Written into the key policy as the only administrator, it ties the key to
that user or session. The next run by somebody else rewrites the policy or fails, and when the user or session
is gone nobody can manage the key, not even the root user. A session ARN written out has the same fate.""",
    remediation="""\
Allow kms:* to the account principal (arn:aws:iam::ACCOUNT:root) in a statement of its own, and name a
permanent role for the daily work instead of the caller.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ),
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
          - Sid: Administrator
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:sts::${AWS::AccountId}:assumed-role/Deploy/pipeline"}
            Action: "kms:*"
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
            Principal: {AWS: !Ref AWS::AccountId}
            Action: "kms:*"
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
      Sid       = "Administrator"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.current.arn }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.current.account_id }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
""",
    ),
)

_PASSING = frozenset({Form.DEPLOYER, Form.SESSION})


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key that only deployers and sessions can manage."""
    for key, document in estate.key_documents():
        branch = branch_of(LockoutClass.DELETABLE_ONLY, document, key, estate.accounts_of(key))
        if branch is None or any(is_durable(one.principal, estate) for one in branch.lockout.named):
            continue
        if all(holder.form in _PASSING for holder in branch.lockout.holders()):
            yield _finding(key, branch, estate)


def _finding(key: Key, branch: Branch, estate: Estate) -> Finding:
    lockout, holders = branch.lockout, branch.lockout.holders()
    names = enumerate_names((principal_name(holder.principal, estate) for holder in holders), "or")
    deployer = any(holder.form is Form.DEPLOYER for holder in holders)
    passing = "whoever ran Terraform last" if deployer else "one session of a role, and no other session of it"
    message = (
        f"only {names} may call kms:PutKeyPolicy on {key.address}{when_in(branch.ways)}{presumption(lockout, estate)}, "
        f"which means {passing}: after that nobody can manage the key, the root user included"
    )
    return RULE.finding(
        holders[0].principal.at,
        message,
        key.address,
        confidence=confidence(lockout),
        related=tuple(Related(holder.principal.at, "may call it too") for holder in holders[1:]),
        statement=holders[0].statement,
        subject="KeyPolicy",
        ways=branch.ways,
    )
