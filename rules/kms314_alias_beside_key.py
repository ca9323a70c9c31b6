"""KMS314: an IAM policy names an alias that adds nothing: beside a key, or of a key that needs no permission."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.key_references import (
    NamedWrong,
    Reference,
    is_half_of_alias_management,
    named_wrong,
    names_alias_action,
    needs_no_permission,
    shown,
)
from kmslint.access.naming import enumerate_names, when
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect

RULE = Rule(
    id="KMS314",
    name="alias-beside-key",
    title="An alias in an IAM policy adds nothing",
    severity=Severity.LOW,
    rationale="""\
The ARN of an alias in the Resource of a policy means the alias itself, for the three actions that make, change
and delete aliases. For every other action it is without effect: whatever the statement allows, it allows by the
other entries alone. Who believes otherwise will be surprised when the alias is led to another key. Nor is anything
missing where the alias of a key that AWS manages (alias/aws/...) stands alone: the policy of such a key lets in all
who come through its service, and no IAM policy has to allow them anything.""",
    remediation="""\
Take the alias out. If the key behind it is not among the others, write its ARN. A statement for alias/aws/... alone
can go.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html",
    ),
    silenced_by=(Silence("KMS306", Scope.STATEMENT),),
    cloudformation=Examples(
        bad="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  ReadData:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: kms:Decrypt
            Resource:
              - !GetAtt DataKey.Arn
              - !Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/data
""",
        good="""\
Resources:
  DataKey:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
  ReadData:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: kms:Decrypt
            Resource: !GetAtt DataKey.Arn
          - Effect: Allow
            Action: kms:UpdateAlias
            Resource:
              - !GetAtt DataKey.Arn
              - !Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/data
""",
    ),
    terraform=Examples(
        bad="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "data" {
  name          = "alias/data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_iam_policy" "read_data" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = [aws_kms_key.data.arn, aws_kms_alias.data.arn]
    }]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_iam_policy" "read_data" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = aws_kms_key.data.arn
    }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that names aliases beside keys, or those of AWS's own keys alone."""
    for named in named_wrong(estate):
        if needs_no_permission(named, estate) and not is_half_of_alias_management(named):
            yield _for_managed_keys(named)
            continue
        everything = any(str(element) == "*" for element in named.beside)
        if named.beside and not everything and not names_alias_action(named.statement):
            yield _finding(named)


def _finding(named: NamedWrong) -> Finding:
    (first, what), *others = named.wrong
    why = (
        "an alias in Resource stands for itself and never for the key behind it"
        if what is Reference.ALIAS
        else "key/ is missing before the id, and no key has such an ARN"
    )
    message = (
        f"{shown(first, what)} adds nothing to the keys for which the IAM policy of {named.policy.address}"
        f"{when(named.statement)} {'denies' if named.statement.effect is Effect.DENY else 'allows'} "
        f"{enumerate_names(map(str, named.actions))}: {why}"
    )
    return RULE.finding(
        first.at,
        message,
        named.policy.address,
        related=tuple(Related(other.at, "adds nothing either") for other, _ in others),
        statement=named.statement,
        subject=f"Statement[{named.statement.label}].Resource",
    )


def _for_managed_keys(named: NamedWrong) -> Finding:
    (first, _), *others = named.wrong
    aliases = enumerate_names(shown(one, what) for one, what in named.wrong)
    message = (
        f"the IAM policy of {named.policy.address}{when(named.statement)} allows "
        f"{enumerate_names(map(str, named.actions))} on {aliases}, and that adds nothing: AWS's own policy for the key "
        "behind it lets everybody of its account use it through its service, and an alias in Resource stands for "
        "itself"
    )
    alone = len(named.statement.resources or ()) == len(named.wrong)
    return RULE.finding(
        first.at,
        message,
        named.policy.address,
        related=tuple(Related(other.at, "adds nothing either") for other, _ in others),
        statement=named.statement,
        subject=f"Statement[{named.statement.label}].Resource",
        advice=f"take the {'statement' if alone else 'alias'} out: nothing fails without it",
    )
