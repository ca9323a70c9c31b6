"""KMS309: another account is allowed what never works across accounts."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names, principal_name, when
from kmslint.access.resources import means_key
from kmslint.access.strangers import foreign_confidence
from kmslint.aws.actions import KEY_ACTIONS, matching
from kmslint.engine.finding import Confidence, Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Effect, Statement, texts
from kmslint.values import Text
from kmslint.verdict import YES

RULE = Rule(
    id="KMS309",
    name="not-cross-account-action",
    title="Another account is allowed an action that never works across accounts",
    severity=Severity.LOW,
    rationale="""\
Cryptographic operations, grants, kms:DescribeKey, kms:GetPublicKey and kms:GetKeyRotationStatus work on a key of
another account. All other actions do not, whatever both accounts allow: reading the key policy and the tags,
aliases, rotation, enabling, disabling and deleting are for principals of the key's own account.""",
    remediation="""\
Take the action out. If somebody of the other account is to manage the key, let a role of the key's account be
assumed from there.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html",
    ),
    silenced_by=(
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS204", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS404", Scope.STATEMENT),
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
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::444455556666:root"}
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GetKeyPolicy"]
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
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: "arn:aws:iam::444455556666:root"}
            Action: ["kms:Decrypt", "kms:DescribeKey"]
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
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Partner"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::444455556666:role/Reader" }
        Action    = ["kms:Decrypt", "kms:ListResourceTags"]
        Resource  = "*"
      },
    ]
  })
}
""",
        good="""\
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EnableIam"
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Partner"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::444455556666:role/Reader" }
        Action    = ["kms:Decrypt"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement for other accounts alone that names an action which is not for them."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            confidence = _confidence(statement, key, estate)
            actions = tuple(action for action in texts(statement.actions) if _stays_at_home(action))
            if confidence is not None and actions:
                yield _finding(statement, actions, confidence, key, estate)


def _confidence(statement: Statement, key: Key, estate: Estate) -> Confidence | None:
    """How sure it is that an Allow on the key is for other accounts, and for nobody else."""
    accounts = estate.accounts_of(key)
    if statement.effect is not Effect.ALLOW or means_key(statement, key, accounts) is not YES:
        return None
    each = [foreign_confidence(principal, accounts) for principal in statement.principals or ()]
    if not each or None in each:
        return None
    return Confidence.MEDIUM if Confidence.MEDIUM in each else Confidence.HIGH


def _stays_at_home(action: Text) -> bool:
    """Whether an entry of Action names, without a wildcard, one action on keys that does not work across accounts."""
    literal = action.literal
    if literal is None or "*" in literal or "?" in literal:
        return False
    return any(one in KEY_ACTIONS and not one.cross_account for one in matching(literal))


def _finding(
    statement: Statement, actions: tuple[Text, ...], confidence: Confidence, key: Key, estate: Estate
) -> Finding:
    names = enumerate_names(map(str, actions))
    who = enumerate_names(principal_name(principal, estate.seen_by(key)) for principal in statement.principals or ())
    message = (
        f"statement {statement.label} allows {who} {names} on {key.address}{when(statement)}, which never works from "
        "another account"
    )
    return RULE.finding(
        actions[0].at,
        message,
        key.address,
        confidence=confidence,
        related=tuple(Related(action.at, "nor does this") for action in actions[1:]),
        statement=statement,
        subject=f"Statement[{statement.label}].Action",
    )
