"""KMS103: a Deny statement takes the last administrator away."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.denials import without_open_denials
from kmslint.access.lockout import LockoutClass, assess, branch_of
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement
from kmslint.model.ways import Ways, when_in

RULE = Rule(
    id="KMS103",
    name="deny-locks-out",
    title="A Deny statement leaves nobody who can manage the key",
    severity=Severity.CRITICAL,
    rationale="""\
An explicit Deny wins over every Allow, for the root user as well. A Deny that is meant to keep others away
and also covers kms:PutKeyPolicy for the administrators themselves leaves nobody who could take it back:
only AWS Support can open the key again. Conditions that requests for kms:PutKeyPolicy never carry, such as
an encryption context, deny it always when their operator is negated.""",
    remediation="""\
Exempt the administrators and the account's root user from the Deny by a condition on aws:PrincipalArn, or
deny only the actions that are meant.""",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
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
          - Sid: EnableIam
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Sid: OnlyItData
            Effect: Deny
            Principal: "*"
            Action: "kms:*"
            Resource: "*"
            Condition: {StringNotEquals: {"kms:EncryptionContext:Dept": IT}}
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
          - Sid: OnlyItData
            Effect: Deny
            Principal: "*"
            Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
            Resource: "*"
            Condition: {StringNotEquals: {"kms:EncryptionContext:Dept": IT}}
""",
    ),
    terraform=Examples(
        bad="""\
data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "EnableIam"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.current.account_id]
    }
  }
  statement {
    sid       = "NobodyDeletes"
    effect    = "Deny"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}
""",
        good="""\
data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "EnableIam"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.current.account_id]
    }
  }
  statement {
    sid       = "NobodyDeletes"
    effect    = "Deny"
    actions   = ["kms:ScheduleKeyDeletion"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}

resource "aws_kms_key" "data" {
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each key that a Deny statement takes from its administrators."""
    for key, document in estate.key_documents():
        branch = branch_of(LockoutClass.NOBODY, document, key, estate.accounts_of(key))
        if branch is not None:
            each = (_guilty(without_open_denials(branch.document.under(way)), key, estate) for way in branch.ways)
            guilty = {statement.at: statement for found in each for statement in found}
            if guilty:
                yield _finding(list(guilty.values()), key, branch.ways)


def _guilty(document: Document, key: Key, estate: Estate) -> list[Statement]:
    """The Deny statements without any one of which somebody could manage the key; all of them, if only together."""
    denies = [statement for statement in document.statements if statement.effect is Effect.DENY]
    alone = [deny for deny in denies if _is_better_without([deny], document, key, estate)]
    return alone or (denies if denies and _is_better_without(denies, document, key, estate) else [])


def _is_better_without(denies: list[Statement], document: Document, key: Key, estate: Estate) -> bool:
    kept = tuple(statement for statement in document.statements if statement not in denies)
    lockout = assess(document._replace(statements=kept), key, estate.accounts_of(key)).lockout
    return lockout not in (LockoutClass.NOBODY, LockoutClass.UNKNOWN)


def _finding(guilty: list[Statement], key: Key, ways: Ways) -> Finding:
    first = guilty[0]
    message = (
        f"statement {first.label} denies kms:PutKeyPolicy on {key.address}{when_in(ways)} to everybody who could "
        "manage the key, the root user included: nobody is left to take the Deny back, only AWS Support"
    )
    related = tuple(Related(deny.header, f"statement {deny.label} has a part in it") for deny in guilty[1:])
    return RULE.finding(
        first.header,
        message,
        key.address,
        related=related,
        statement=first,
        subject=f"Statement[{first.label}]",
        ways=ways,
    )
