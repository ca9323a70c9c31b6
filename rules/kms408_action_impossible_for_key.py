"""KMS408: an action that a key of its sort cannot serve."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.key_use import KeyUse, use_of
from kmslint.access.naming import enumerate_names, when
from kmslint.access.principals import Form, form
from kmslint.access.written import Written, key_statements
from kmslint.aws.actions import matching
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, texts
from kmslint.values import Text

RULE = Rule(
    id="KMS408",
    name="action-impossible-for-key",
    title="An action that a key of this sort cannot serve",
    severity=Severity.LOW,
    rationale="""\
What a key can do is settled when it is made, by its usage and its spec: a symmetric key encrypts and makes data
keys, an HMAC key makes MACs, a key for signatures signs, and none does the other's work. An action that the key
cannot serve may be allowed, and fails whoever calls it. Either the permission is left from another key, or the
key was made for another use than it is meant for.""",
    remediation="""\
Leave the action out, or make the key with the usage and spec that it needs: neither can be changed later.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-compare.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html",
    ),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS402", Scope.STATEMENT),
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
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Sign", "kms:Verify"]
            Resource: "*"
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      KeySpec: ECC_NIST_P256
      KeyUsage: SIGN_VERIFY
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Sign", "kms:Verify"]
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
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Sign", "kms:Verify"]
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
        Sid       = "Use"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/Team" }
        Action    = ["kms:Encrypt", "kms:Decrypt"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that allows by name what the key cannot serve, at the first such action."""
    for written in key_statements(estate):
        use = None if written.key is None else use_of(written.key)
        if use is None or written.statement.effect is not Effect.ALLOW or _is_delegation(written):
            continue
        impossible = tuple(entry for entry in texts(written.statement.actions) if _is_impossible(entry, use))
        if impossible:
            yield _finding(written, impossible, use)


def _is_delegation(written: Written) -> bool:
    """Whether the actions are handed to accounts, whose IAM policies decide: a list of all there are is no mistake."""
    return all(form(principal) is Form.ACCOUNT for principal in written.statement.principals or ())


def _is_impossible(entry: Text, use: KeyUse) -> bool:
    """Whether an entry names one action, without wildcards, that the key cannot serve."""
    literal = entry.literal
    return literal is not None and not {"*", "?"} & set(literal) and bool(matching(literal) & use.impossible)


def _finding(written: Written, impossible: tuple[Text, ...], use: KeyUse) -> Finding:
    statement = written.statement
    message = (
        f"{written.name}{when(statement)} allows {enumerate_names(map(str, impossible))}, and {written.resource} is "
        f"{use.sort}: it can do no such thing, whoever calls"
    )
    return RULE.finding(
        impossible[0].at,
        message,
        written.resource,
        statement=statement,
        subject=f"Statement[{statement.label}].Action",
    )
