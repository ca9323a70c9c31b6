"""KMS305: one half of a permission across accounts stands here, the other half elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.naming import enumerate_names, principal_name, when
from kmslint.access.other_halves import KeyElsewhere, StrangerHere, keys_elsewhere, strangers_here
from kmslint.access.principals import account_of
from kmslint.access.trust import is_trusted
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Profile, Rule, Scope, Silence
from kmslint.model.estate import Estate

RULE = Rule(
    id="KMS305",
    name="other-half-elsewhere",
    title="A permission across accounts needs its other half in the other account",
    severity=Severity.INFO,
    profile=Profile.STRICT,
    rationale="""\
To use a key of another account two policies have to allow it: the key policy in the account of the key, which names
the other account or a principal of it, and an IAM policy in the account of the caller, which names the key by its
ARN. Neither is enough by itself, and each account writes its own. Only one of the two stands here.""",
    remediation="""\
See to it that the other account has its half; the message says what it must allow.""",
    references=("https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html",),
    silenced_by=(
        Silence("KMS204", Scope.STATEMENT),
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
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
            Action: "kms:Decrypt"
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
      Sid       = "EnableIam"
      Effect    = "Allow"
      Principal = { AWS = data.aws_caller_identity.current.account_id }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_policy" "partner" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_policy" "data" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.data.arn }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key of another account in an IAM policy, and each principal of one in a key policy."""
    for elsewhere in keys_elsewhere(estate):
        yield _key(elsewhere)
    for stranger in strangers_here(estate):
        if not is_trusted(stranger.principal, estate):
            yield _principal(stranger, estate)


def _key(found: KeyElsewhere) -> Finding:
    actions = enumerate_names(map(str, found.actions))
    message = (
        f"the IAM policy of {found.policy.address} allows {actions} on a key of account {found.account}"
        f"{when(found.statement)}: that works only if the policy of that key allows it to this account, too"
    )
    return RULE.finding(
        found.resource.at,
        message,
        found.policy.address,
        confidence=found.confidence,
        statement=found.statement,
        subject=f"Statement[{found.statement.label}].Resource {found.resource}",
    )


def _principal(found: StrangerHere, estate: Estate) -> Finding:
    key, statement = found.key, found.statement
    actions = enumerate_names(map(str, found.actions))
    who = principal_name(found.principal, estate.seen_by(key))
    message = (
        f"statement {statement.label} allows {who} {actions} on {key.address}{when(statement)}: that works only if IAM "
        f"policies in account {account_of(found.principal)} allow it, too"
    )
    return RULE.finding(
        found.principal.at,
        message,
        key.address,
        confidence=found.confidence,
        statement=statement,
        subject=f"Statement[{statement.label}].Principal {found.principal.value}",
    )
