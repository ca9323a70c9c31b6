"""KMS306: an IAM policy names its keys by aliases or ids, and so reaches none."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.key_references import (
    NamedWrong,
    Reference,
    is_half_of_alias_management,
    named_wrong,
    needs_no_permission,
    shown,
)
from kmslint.access.naming import enumerate_names, when
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect
from kmslint.values import Text

RULE = Rule(
    id="KMS306",
    name="alias-in-resource",
    title="An IAM policy names an alias or an id where only the ARN of a key serves",
    severity=Severity.HIGH,
    rationale="""\
KMS decides on the ARN of the key, also if the request names it by an alias. In the Resource of a policy the ARN
of an alias means the alias itself: it serves kms:CreateAlias, kms:UpdateAlias and kms:DeleteAlias and no other
action. An Allow of kms:Decrypt on it gives nothing, and a Deny takes nothing away. The bare id of a key, or the
bare name of an alias, is no ARN at all: IAM refuses the whole policy when it is deployed.""",
    remediation="""\
Write the ARN of the key (arn:PARTITION:kms:REGION:ACCOUNT:key/ID). To mean keys by their alias, allow the
account's keys (key/*) under a condition on kms:RequestAlias or kms:ResourceAliases.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html",
    ),
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
            Resource: !Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/data
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
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_alias.data.arn }]
  })
}
""",
        good="""\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "data" {
  name          = "alias/data"
  target_key_id = aws_kms_key.data.key_id
}

resource "aws_iam_policy" "read_data" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_alias.data.target_key_arn }]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement that reaches no key, or that IAM refuses, by the way it names its keys."""
    for named in named_wrong(estate):
        refused = tuple((one, what) for one, what in named.wrong if what.is_refused)
        if refused:
            yield _finding(named, refused, _refused(named, *refused[0]))
        elif not (named.beside or is_half_of_alias_management(named) or needs_no_permission(named, estate)):
            yield _finding(named, named.wrong, _without_effect(named, *named.wrong[0]))


def _refused(named: NamedWrong, element: Text, what: Reference) -> str:
    return (
        f"AWS will refuse the IAM policy of {named.policy.address}{when(named.statement)}: {element} in its Resource "
        f"is {what.value}, and IAM takes only ARNs there"
    )


def _without_effect(named: NamedWrong, element: Text, what: Reference) -> str:
    denies = named.statement.effect is Effect.DENY
    actions = enumerate_names(map(str, named.actions))
    why = (
        "an alias in Resource stands for itself and never for the key behind it"
        if what is Reference.ALIAS
        else "key/ is missing before the id, and no key has such an ARN"
    )
    return (
        f"the IAM policy of {named.policy.address}{when(named.statement)} {'denies' if denies else 'allows'} {actions} "
        f"on {shown(element, what)} and so on no key: {why}"
    )


def _finding(named: NamedWrong, wrong: tuple[tuple[Text, Reference], ...], message: str) -> Finding:
    (first, _), *others = wrong
    return RULE.finding(
        first.at,
        message,
        named.policy.address,
        related=tuple(Related(other.at, f"{what.value}, too") for other, what in others),
        statement=named.statement,
        subject=f"Statement[{named.statement.label}].Resource",
        advice="write the ARN of the key",
    )
