"""KMS109: somebody manages the key, and nobody may disable or delete it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.access.capabilities import is_like_managed_key, may_be_denied
from kmslint.access.lockout import Lockout, LockoutClass, anybody_may, assess
from kmslint.access.matching import names_action
from kmslint.access.naming import when
from kmslint.access.presumption import confidence, presumption
from kmslint.aws.actions import KEY_ACTIONS, PUT_KEY_POLICY
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement
from kmslint.verdict import NO, YES

RULE = Rule(
    id="KMS109",
    name="key-cannot-be-retired",
    title="Nobody may disable or delete the key",
    severity=Severity.LOW,
    rationale="""\
Some day a key has to go: its data is gone, or it is in the wrong hands. Here the key policy gives neither
kms:DisableKey nor kms:ScheduleKeyDeletion to anybody of the account, directly or by its IAM policies, so in an
emergency the policy has to be changed before the key can be stopped, and the stack or module that made the key
cannot delete it either. A Deny is taken for intent; here nothing is denied, it is only left out.""",
    remediation="""\
Allow kms:DisableKey, kms:EnableKey and kms:ScheduleKeyDeletion with kms:CancelKeyDeletion to an administrator, or
to the account principal so that IAM policies can.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
    ),
    silenced_by=(
        Silence("KMS101", Scope.KEY),
        Silence("KMS404", Scope.KEY),
        Silence("KMS102", Scope.KEY),
        Silence("KMS103", Scope.KEY),
        Silence("KMS105", Scope.KEY),
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
          - Sid: Administration
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy"]
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
          - Sid: Administration
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey"]
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
      Sid       = "Administration"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = ["kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy"]
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
      Sid       = "Administration"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
""",
    ),
)

_RETIRING: Final = tuple(
    action for action in KEY_ACTIONS if action.name in ("kms:DisableKey", "kms:ScheduleKeyDeletion")
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key that can be managed and, by omission, neither disabled nor deleted."""
    for key, document in estate.key_documents():
        if any(may_be_denied(action, document) for action in _RETIRING) or is_like_managed_key(document):
            continue
        accounts = estate.accounts_of(key)
        lockout = assess(document, key, accounts)
        if lockout.lockout in (LockoutClass.NOBODY, LockoutClass.UNKNOWN):
            continue
        if all(anybody_may(document, key, accounts, action) is NO for action in _RETIRING):
            statement = _managing(document)
            if statement is not None:
                yield _finding(key, statement, lockout, estate)


def _managing(document: Document) -> Statement | None:
    """The first statement that lets somebody change the policy."""
    allows = (statement for statement in document.statements if statement.effect is Effect.ALLOW)
    return next((statement for statement in allows if names_action(statement, PUT_KEY_POLICY) is YES), None)


def _finding(key: Key, statement: Statement, lockout: Lockout, estate: Estate) -> Finding:
    message = (
        f"nobody may call kms:DisableKey or kms:ScheduleKeyDeletion on {key.address}{presumption(lockout, estate)}: "
        f"statement {statement.label}{when(statement)} gives kms:PutKeyPolicy without them, so the key cannot be "
        "stopped or deleted before its policy is changed"
    )
    return RULE.finding(
        statement.header,
        message,
        key.address,
        confidence=confidence(lockout),
        statement=statement,
        subject=f"Statement[{statement.label}]",
    )
