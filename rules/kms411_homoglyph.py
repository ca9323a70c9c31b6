"""KMS411: a character in an action or a principal that is not what it looks like."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.lookalikes import Lookalike, as_it_looks, first_lookalike, looks_like_kms
from kmslint.access.naming import when
from kmslint.access.written import Written
from kmslint.engine.finding import Finding, Severity
from kmslint.engine.rule import Examples, Rule
from kmslint.model.estate import Estate
from kmslint.model.policy import Statement
from kmslint.values import Text

RULE = Rule(
    id="KMS411",
    name="homoglyph",
    title="A character is not the one that it looks like",
    severity=Severity.HIGH,
    rationale="""\
Many alphabets have letters that look like those of ASCII, and some characters cannot be seen at all. AWS compares
code points: with a Cyrillic e in it, kms:Decrypt is no action, and the ARN of a role names nobody, though both read
well in a review. What AWS takes up to U+00FF, such as a no-break space, matches nothing in silence; for anything
beyond it refuses the policy. Such characters come from copying out of documents, or from somebody who hides
something.""",
    remediation="""\
Type the action or the ARN anew, in ASCII, and look where the text came from.""",
    references=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
        "https://www.unicode.org/reports/tr39/",
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
            Action: "kms:D\u0435crypt"
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
            Action: "kms:Decrypt"
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
        Action    = "kms:D\u0435crypt"
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
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each action and principal with characters that look like others."""
    for written, text in _texts(estate):
        literal = "".join(part for part in text.parts if isinstance(part, str))
        found = first_lookalike(literal)
        if found is not None:
            yield _finding(written, text, found)


def _texts(estate: Estate) -> Iterator[tuple[Written, Text]]:
    """What is to be looked at: actions and principals of key policies, and actions of KMS in IAM policies."""
    for key, document in estate.key_documents():
        for statement in document.statements:
            named = (*(statement.principals or ()), *(statement.not_principals or ()))
            for element in (*(principal.value for principal in named), *_actions(statement)):
                if isinstance(element, Text):
                    yield Written(statement, key.address, key), element
    for policy in estate.policies:
        for statement in policy.document.statements if policy.document is not None else ():
            for action in _actions(statement):
                if looks_like_kms(str(action)):
                    yield Written(statement, policy.address), action


def _actions(statement: Statement) -> Iterator[Text]:
    entries = (*(statement.actions or ()), *(statement.not_actions or ()))
    return (entry for entry in entries if isinstance(entry, Text))


def _finding(written: Written, text: Text, found: Lookalike) -> Finding:
    statement = written.statement
    refused = ord(found.character) > _LAST_TAKEN
    effect = "AWS refuses the policy for it" if refused else "AWS takes it as it stands and matches nothing with it"
    message = f"{written.name}{when(statement)} has {text}, and in that stands {found}: {effect}"
    return RULE.finding(
        text.at,
        message,
        written.resource,
        statement=statement,
        subject=f"Statement[{statement.label}] {text}",
        advice=f"type {as_it_looks(str(text))} anew",
    )


_LAST_TAKEN = 0xFF
