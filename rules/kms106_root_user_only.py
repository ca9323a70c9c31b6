"""KMS106: beside named administrators only the root user is left; legitimate, and worth knowing."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lockout import Branch, LockoutClass, branch_of
from kmslint.access.naming import enumerate_names, principal_name
from kmslint.access.presumption import confidence, presumption
from kmslint.access.root_user import how_only_root, root_user_statement
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS106",
    name="root-user-only",
    title="IAM policies give nothing on the key; beside its administrators only the root user can manage it",
    severity=Severity.INFO,
    rationale="""\
A condition such as aws:PrincipalType = Account on the account principal lets the root user act and hands
nothing to IAM policies. AWS re:Post shows it as a way to keep a key from everybody who is not named. If the
named administrators are deleted, the root user can still repair the policy, so the key is not lost. In a
member account whose root credentials were removed they have to be enabled again first, and a service control
policy that denies the root user shuts this last door.""",
    remediation="Nothing needs to change; make sure that the root user of the account can be used in an emergency.",
    references=(
        "https://repost.aws/knowledge-center/kms-prevent-access",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
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
          - Sid: Administrators
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/KeyAdmin"}
            Action: ["kms:Describe*", "kms:Get*", "kms:Put*"]
            Resource: "*"
          - Sid: EnableRootAccessAndPreventPermissionDelegation
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
            Condition: {StringEquals: {"aws:PrincipalType": Account}}
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
data "aws_caller_identity" "current" {}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administrators"
        Effect    = "Allow"
        Principal = { AWS = "${local.account}:role/KeyAdmin" }
        Action    = ["kms:Describe*", "kms:Get*", "kms:Put*"]
        Resource  = "*"
      },
      {
        Sid       = "EnableRootAccessAndPreventPermissionDelegation"
        Effect    = "Allow"
        Principal = { AWS = "${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
        Condition = { StringEquals = { "aws:PrincipalType" = "Account" } }
      },
    ]
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
    """One finding for each key with named administrators whose last resort is the root user."""
    for key, document in estate.key_documents():
        branch = branch_of(LockoutClass.ROOT_ONLY, document, key, estate.accounts_of(key))
        if branch is not None and branch.lockout.holders():
            yield _finding(key, branch, estate)


def _finding(key: Key, branch: Branch, estate: Estate) -> Finding:
    lockout = branch.lockout
    statement = root_user_statement(branch.document, key, estate)
    names = enumerate_names(principal_name(holder.principal, estate) for holder in lockout.holders())
    message = (
        f"beside {names} only the root user may call kms:PutKeyPolicy on {key.address}{when_in(branch.ways)}"
        f"{presumption(lockout, estate)}: {how_only_root(statement)}, so IAM policies make no administrators"
    )
    return RULE.finding(
        statement.header,
        message,
        key.address,
        confidence=confidence(lockout),
        statement=statement,
        subject=f"Statement[{statement.label}]",
        ways=branch.ways,
    )
