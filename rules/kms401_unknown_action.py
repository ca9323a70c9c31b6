"""KMS401: an action that KMS does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.capabilities import certain_actions
from kmslint.access.matching import names_action, names_no_action
from kmslint.access.naming import enumerate_names, when
from kmslint.access.written import Written, is_of_kms, written_statements
from kmslint.aws.actions import matching, nearest
from kmslint.aws.condition_keys import is_condition_key
from kmslint.engine.counterpart import Catalogue, Counterpart
from kmslint.engine.finding import Finding, Related, Severity
from kmslint.engine.rule import Examples, Rule, Scope, Silence
from kmslint.model.estate import Estate
from kmslint.model.policy import Statement, texts
from kmslint.values import Text
from kmslint.verdict import YES

RULE = Rule(
    id="KMS401",
    name="unknown-action",
    title="An action that KMS does not have",
    severity=Severity.MEDIUM,
    rationale="""\
AWS accepts the name of an action that does not exist, and matches no request with it. So a permission that was
meant is missing, or a Deny that was meant denies nothing, and nobody is told. ReEncrypt is two permissions,
kms:ReEncryptFrom on the key that the data is under and kms:ReEncryptTo on the new one; Describe is kms:DescribeKey;
and kms:ViaService or kms:CallerAccount are condition keys, which do nothing in a list of actions. A key policy
decides about its own key alone: actions of other services mean nothing there.""",
    remediation="""\
Write the action as the service authorization reference has it, with a * where several are meant.""",
    references=(
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html",
    ),
    counterparts=(Counterpart(Catalogue.CFN_LINT, ("W3037",)),),
    silenced_by=(
        Silence("KMS404", Scope.STATEMENT),
        Silence("KMS405", Scope.STATEMENT),
        Silence("KMS411", Scope.STATEMENT),
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
            Action: ["kms:Decrypt", "kms:ReEncrypt"]
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
          - Sid: Use
            Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/Team"}
            Action: ["kms:Decrypt", "kms:ReEncrypt*"]
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
        Action    = ["kms:Encrypt", "kms:GenerateDatakeys"]
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
        Action    = ["kms:Encrypt", "kms:GenerateDataKey"]
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each statement with actions that KMS does not have, at the first of them."""
    for written in written_statements(estate):
        unknown = tuple(_unknown(written))
        if unknown:
            yield _finding(written, unknown)


def _unknown(written: Written) -> Iterator[Text]:
    """The entries that are no actions of KMS; of other services' actions those that a key policy cannot allow."""
    for entry in texts(written.statement.actions):
        # An empty text is one that a variable was to fill in.
        if entry.parts and (written.key is not None or is_of_kms(entry)) and names_no_action(entry):
            yield entry
    for entry in texts(written.statement.not_actions):
        if is_of_kms(entry) and names_no_action(entry):
            yield entry


def _finding(written: Written, unknown: tuple[Text, ...]) -> Finding:
    statement, (first, *others) = written.statement, unknown
    lost = _what_is_lost(statement, unknown)
    message = f"{written.name}{when(statement)} names {enumerate_names(map(str, unknown))}: {_why(unknown)}{lost}"
    return RULE.finding(
        first.at,
        message,
        written.resource,
        related=tuple(Related(other.at, f"{other} is none either") for other in others[:_SHOWN]),
        statement=statement,
        subject=f"Statement[{statement.label}].Action",
        advice=_advice(unknown, bool(lost)),
    )


_SHOWN = 4


def _why(unknown: tuple[Text, ...]) -> str:
    several = len(unknown) > 1
    nothing = "so they match no request" if several else "so it matches no request"
    if all(is_condition_key(str(entry)) for entry in unknown):
        which = "these are condition keys and no actions" if several else "that is a condition key and no action"
        return f"{which}, {nothing}"
    if not any(is_of_kms(entry) for entry in unknown):
        return f"a key policy decides about actions of KMS alone, {nothing}"
    return f"KMS has no such {'actions' if several else 'action'}, {nothing}"


def _what_is_lost(statement: Statement, unknown: tuple[Text, ...]) -> str:
    """Says so if nothing is: every action that may have been meant stands in the statement as well, and a
    condition key was meant for none."""
    if statement.not_actions is not None or not certain_actions(statement):
        return ""
    meant = [nearest(str(entry)) for entry in unknown if not is_condition_key(str(entry))]
    if not all(one and _names_all(statement, one) for one in meant):
        return ""
    beside = f": {enumerate_names(meant)} {'stands' if len(set(meant)) == 1 else 'stand'} there too" if meant else ""
    return f", and nothing is missing for that{beside}"


def _names_all(statement: Statement, pattern: str) -> bool:
    return all(names_action(statement, action) is YES for action in matching(pattern))


def _advice(unknown: tuple[Text, ...], nothing_is_lost: bool) -> str:
    """What to write instead, where something is near."""
    if is_condition_key(str(unknown[0])):
        out = "take it out, or " if nothing_is_lost else ""
        return f"{out}write it as a condition key in the Condition of a statement"
    if nothing_is_lost:
        return "take it out"
    meant = nearest(str(unknown[0]))
    return f"if you mean {meant}, write that" if meant else ""
