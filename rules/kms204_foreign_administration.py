"""KMS204: a principal of another account is given administrative actions or unlimited grants."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from kmslint.access.capabilities import gives_unlimited_grants, may_be_denied
from kmslint.access.denials import ways_of_allow
from kmslint.access.matching import names_action
from kmslint.access.naming import principal_name
from kmslint.access.resources import means_key
from kmslint.access.strangers import foreign_confidence
from kmslint.access.trust import is_trusted
from kmslint.aws.actions import CREATE_GRANT, PUT_KEY_POLICY
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Confidence, Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement
from kmslint.model.ways import Ways, when_in
from kmslint.verdict import YES

RULE = Rule(
    id="KMS204",
    name="foreign-administration",
    title="Another account is given administration of the key",
    severity=Severity.HIGH,
    rationale="""\
Sharing a key with another account takes its cryptographic actions. kms:CreateGrant without a limit lets the
other account hand the use of the key on to anybody, in any account, for as long as the grant lives, and much
as kms:PutKeyPolicy would. The remaining administrative actions do not work across accounts: there they only
hide what was meant.""",
    remediation="""\
Allow the other account kms:Decrypt, kms:Encrypt, kms:GenerateDataKey* or kms:DescribeKey as needed; if it has
to create grants, add kms:GrantIsForAWSResource or kms:GrantOperations as a condition. An account that
may be given anything is named under trusted-accounts in the configuration.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/grants.html",
    ),
    counterparts=(Counterpart(Catalogue.CWE, ("CWE-732",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
        Silence("KMS209", Scope.STATEMENT),
        Silence("KMS201", Scope.STATEMENT),
        Silence("KMS202", Scope.STATEMENT),
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
        Principal = { AWS = "arn:aws:iam::444455556666:root" }
        Action    = "kms:*"
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
        Principal = { AWS = "arn:aws:iam::444455556666:root" }
        Action    = ["kms:Decrypt", "kms:DescribeKey"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


class _Gift(NamedTuple):
    """What a statement gives that no other account should have, and under which open conditions."""

    what: str
    ways: Ways


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each foreign principal with administrative actions, Deny statements counted."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            if statement.effect is not Effect.ALLOW or means_key(statement, key, estate.accounts_of(key)) is not YES:
                continue
            foreign = [
                one
                for one in statement.principals or ()
                if foreign_confidence(one, estate.accounts_of(key)) and not is_trusted(one, estate)
            ]
            given = ways_of_allow(statement, document, partial(_what, statement)) if foreign else {}
            for principal in foreign:
                for what, ways in given.items():
                    if what:
                        yield _finding(key, statement, principal, _Gift(what, ways), estate)


def _what(statement: Statement, document: Document) -> str:
    """What the statement gives that no other account should have."""
    if statement.not_actions is not None:
        return ""
    if gives_unlimited_grants(statement) and not may_be_denied(CREATE_GRANT, document):
        return "kms:CreateGrant without limits, so it can hand the use of the key on to anybody"
    administers = names_action(statement, PUT_KEY_POLICY) is YES and not statement.conditions
    if administers and not may_be_denied(PUT_KEY_POLICY, document):
        return "kms:PutKeyPolicy, which never works across accounts"
    return ""


def _finding(key: Key, statement: Statement, principal: Principal, gift: _Gift, estate: Estate) -> Finding:
    confidence = foreign_confidence(principal, estate.accounts_of(key)) or Confidence.HIGH
    doubt = ", taken to be another than the key's own," if confidence is Confidence.MEDIUM else ""
    message = (
        f"statement {statement.label} of {key.address}{when_in(gift.ways)} gives {principal_name(principal, estate)}"
        f"{doubt} {gift.what}"
    )
    return RULE.finding(
        principal.at,
        message,
        key.address,
        confidence=confidence,
        statement=statement,
        subject=f"Statement[{statement.label}].{principal.value}",
        ways=gift.ways,
    )
