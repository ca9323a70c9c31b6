"""KMS409: an account id without quotes is read as a number, and another number is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kmslint.engine.finding import Finding, Related, Severity, StatementPlace
from kmslint.engine.rule import Examples, Rule
from kmslint.location import Location
from kmslint.model.estate import Estate
from kmslint.model.lost_zeros import LostZero
from kmslint.model.policy import Element, Statement, Test
from kmslint.model.ways import Ways, simplified, when_in
from kmslint.values import Guards, Text

RULE = Rule(
    id="KMS409",
    name="account-id-mangled",
    title="An account id without quotes loses its leading zero",
    severity=Severity.HIGH,
    rationale="""\
An account id has twelve digits, and the first may be a zero. Without quotes it is a number. CloudFormation reads YAML
1.1, where a number that begins with a zero is octal: 012345670123 is deployed as 1402433619. With an 8 or a 9 in it
the id is taken for a floating point number, 012345678901 for 1.2345678901E10. Terraform drops the zero. As a principal
such a number names no account, and AWS refuses the policy; in a condition or an ARN nothing is refused, and the
statement never applies. An id without a leading zero comes out as it is written.""",
    remediation="""\
Write the account id in quotes.""",
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html",
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
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
            Principal: {AWS: !Ref AWS::AccountId}
            Action: "kms:*"
            Resource: "*"
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: 012345670123}
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
            Principal: {AWS: !Ref AWS::AccountId}
            Action: "kms:*"
            Resource: "*"
          - Sid: Partner
            Effect: Allow
            Principal: {AWS: "012345670123"}
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
        Sid       = "Partner"
        Effect    = "Allow"
        Principal = { AWS = 012345678901 }
        Action    = "kms:Decrypt"
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
        Principal = { AWS = "012345678901" }
        Action    = "kms:Decrypt"
        Resource  = "*"
      },
    ]
  })
}
""",
    ),
)


_NUMBER = re.compile(r"(?:\A|:)([0-9]+(?:\.[0-9]+E[0-9]+)?)(?=:|\Z)")
"""All of a text, or the account of an ARN."""

_TELLING = 8
"""Digits by which a number is known again in another place."""


class _Known(NamedTuple):
    """The account ids of an estate."""

    by_place: Mapping[Location, LostZero]
    by_number: Mapping[str, LostZero]
    """By what is deployed; of several that are one the last."""


class _Use(NamedTuple):
    """A place in a statement that an account id has come to."""

    zero: LostZero
    at: Location
    consequence: str
    is_principal: bool


class _Used(NamedTuple):
    """A statement that an account id has come into."""

    use: _Use
    """The first place in it."""
    statement: Statement
    owner: str


def check(estate: Estate) -> Iterator[Finding]:
    """One finding for each account id that has come into statements, at the id; one for each statement whose principal
    it is."""
    zeros = estate.lost_zeros
    telling = {zero.read_as: zero for zero in zeros if len(zero.read_as) >= _TELLING}
    known = _Known({zero.at: zero for zero in zeros}, telling)
    elsewhere: dict[Location, list[_Used]] = {}
    for owner, document in estate.documents() if zeros else ():
        for statement in document.statements:
            uses: dict[Location, _Use] = {}
            for use in _uses(statement, known):
                uses.setdefault(use.zero.at, use)
            for use in uses.values():
                used = _Used(use, statement, owner)
                if use.is_principal:
                    yield _of_principal(used)
                else:
                    elsewhere.setdefault(use.zero.at, []).append(used)
    yield from map(_finding, elsewhere.values())


def _uses(statement: Statement, known: _Known) -> Iterator[_Use]:
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        for zero in _in(principal.value, known):
            yield _Use(zero, principal.at, "names nobody, and AWS refuses the policy", True)
    for element in (*(statement.resources or ()), *(statement.not_resources or ())):
        for zero in _in(element, known):
            yield _Use(zero, element.at, "is about a resource of no account", False)
    for value in (value for test in statement.conditions if isinstance(test, Test) for value in test.values):
        for zero in _in(value, known):
            yield _Use(zero, value.at, "compares with an account that there is not", False)


def _in(value: Element, known: _Known) -> Iterator[LostZero]:
    """The account ids that a text is made with."""
    if value.at in known.by_place:
        yield known.by_place[value.at]
        return
    numbers = _NUMBER.findall(str(value)) if isinstance(value, Text) else []
    yield from (known.by_number[number] for number in numbers if number in known.by_number)


def _of_principal(used: _Used) -> Finding:
    # What a principal is that is none needs no second word, what else is wrong with the statement does.
    statement = used.statement
    around = StatementPlace(statement.at, statement.position, statement.sid or "")
    return _finding((used,))._replace(statement=around)


def _finding(each: Sequence[_Used]) -> Finding:
    """What is to say of one account id, by the first of the statements that it has come into."""
    use, statement, owner = each[0]
    zero, ways = use.zero, simplified(used.statement.guards for used in each)
    message = (
        f"account id {zero.written} has no quotes, {zero.how} and {zero.read_as} is deployed{when_in(ways)}: "
        f"statement {statement.label} of {owner} {use.consequence}"
    )
    related = () if use.at == zero.at else (Related(use.at, f"{zero.read_as} comes to stand here"),)
    others = (
        Related(other.at, f"statement {beside.label} of {whose} {other.consequence}, too{_only(beside.guards, ways)}")
        for other, beside, whose in each[1:]
    )
    return RULE.finding(
        zero.at,
        message,
        owner,
        related=(*related, *dict.fromkeys(others)),
        subject=f"account id {zero.written}",
        ways=ways,
    )


def _only(guards: Guards, ways: Ways) -> str:
    """When a statement is there, if that is not all that has been said."""
    return "" if (guards,) == ways else when_in((guards,))
