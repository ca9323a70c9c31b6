"""KMS107: the root user is the only one who can manage the key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lockout import Branch, LockoutClass, branch_of
from kmslint.access.presumption import confidence, presumption
from kmslint.access.root_user import how_only_root, root_user_statement
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key
from kmslint.model.ways import when_in

RULE = Rule(
    id="KMS107",
    name="root-user-sole-administrator",
    title="The root user is the only one who can manage the key",
    severity=Severity.MEDIUM,
    rationale="""\
The account principal is allowed under a condition that only the root user meets, and nobody else is named as
an administrator. Every change of the key policy then needs a sign-in as the root user, which should be kept
for emergencies, and in a member account without root credentials it needs the management account first.""",
    remediation="""\
Name a role that may call kms:PutKeyPolicy, or take the condition off the account principal's statement so
that IAM policies can make administrators.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
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
          - Sid: RootOnly
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
            Condition: {ArnEquals: {"aws:PrincipalArn": !Sub "arn:aws:iam::${AWS::AccountId}:root"}}
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
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
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
      Sid       = "RootOnly"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.current.account_id }
      Action    = "kms:*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalType" = "Account" } }
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
    """One finding for each key that the root user alone can manage."""
    for key, document in estate.key_documents():
        branch = branch_of(LockoutClass.ROOT_ONLY, document, key, estate.accounts_of(key))
        if branch is not None and not branch.lockout.holders():
            yield _finding(key, branch, estate)


def _finding(key: Key, branch: Branch, estate: Estate) -> Finding:
    lockout = branch.lockout
    statement = root_user_statement(branch.document, key, estate)
    message = (
        f"only the root user may call kms:PutKeyPolicy on {key.address}{when_in(branch.ways)}"
        f"{presumption(lockout, estate)}: {how_only_root(statement)}, and nobody is named beside it"
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
