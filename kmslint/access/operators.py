"""Condition operators on values that are known, or known but for their holes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from kmslint.access.situation import Situation, account_is
from kmslint.model.arn import Arn, parse_arn
from kmslint.model.policy import Element
from kmslint.values import Hole, HoleKind, Part, Text, Unknown, join
from kmslint.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of
from kmslint.wildcard import covers, equal, fold

_VARIABLE: Final = re.compile(r"(\$\{[^}]*\})")
_ACCOUNT_KEYS: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})
_PARTITIONS: Final = frozenset({"aws", "aws-cn", "aws-us-gov"})


class Operator(NamedTuple):
    """An operator without quantifier and IfExists; a negated one is the positive one, negated."""

    name: str
    negated: bool = False
    wildcards: bool = False
    ignore_case: bool = False


_BASE: Final = {
    "StringEquals": Operator("StringEquals"),
    "StringNotEquals": Operator("StringEquals", negated=True),
    "StringEqualsIgnoreCase": Operator("StringEquals", ignore_case=True),
    "StringNotEqualsIgnoreCase": Operator("StringEquals", negated=True, ignore_case=True),
    "StringLike": Operator("StringLike", wildcards=True),
    "StringNotLike": Operator("StringLike", negated=True, wildcards=True),
    "ArnEquals": Operator("ArnLike", wildcards=True),
    "ArnLike": Operator("ArnLike", wildcards=True),
    "ArnNotEquals": Operator("ArnLike", negated=True, wildcards=True),
    "ArnNotLike": Operator("ArnLike", negated=True, wildcards=True),
    "Bool": Operator("Bool", ignore_case=True),
    "Null": Operator("Null"),
    "NumericEquals": Operator("Numeric"),
    "NumericNotEquals": Operator("Numeric", negated=True),
    "NumericLessThan": Operator("Numeric"),
    "NumericLessThanEquals": Operator("Numeric"),
    "NumericGreaterThan": Operator("Numeric"),
    "NumericGreaterThanEquals": Operator("Numeric"),
    "DateEquals": Operator("Date"),
    "DateNotEquals": Operator("Date", negated=True),
    "DateLessThan": Operator("Date"),
    "DateLessThanEquals": Operator("Date"),
    "DateGreaterThan": Operator("Date"),
    "DateGreaterThanEquals": Operator("Date"),
    "IpAddress": Operator("IpAddress"),
    "NotIpAddress": Operator("IpAddress", negated=True),
    "BinaryEquals": Operator("Binary"),
}


def base_operator(name: str) -> Operator | None:
    """The operator of that name; None if AWS has none of that name."""
    return _BASE.get(name)


def holds(
    operator: Operator,
    wanted: Iterable[Element],
    value: Text,
    situation: Situation,
    key: str,
    literal_variables: bool,
) -> Verdict:
    """Whether the value is one of those wanted, before any negation."""
    return any_of(_one(operator, each, value, situation, fold(key), literal_variables) for each in wanted)


def _one(
    operator: Operator, wanted: Element, value: Text, situation: Situation, key: str, literal_variables: bool
) -> Verdict:
    if isinstance(wanted, Unknown):
        return UNKNOWN
    pattern = wanted if literal_variables else with_variables(wanted)
    if key in _ACCOUNT_KEYS and operator.name in ("StringEquals", "StringLike"):
        return _account(pattern, situation, operator)
    if operator.name in ("ArnLike", "StringLike") and key == "aws:principalarn":
        return _principal_arn(pattern, value, situation, operator)
    if operator.wildcards:
        return covers(pattern, value)
    if operator.name in ("StringEquals", "Bool"):
        if key == "aws:principalarn":
            return _principal_arn(pattern, value, situation, operator)
        return equal(pattern, value, operator.ignore_case)
    return UNKNOWN


def with_variables(pattern: Text) -> Text:
    """The pattern with each policy variable as a hole: its value is the request's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if not any(isinstance(part, str) and "${" in part for part in pattern.parts):
        return pattern
    parts: list[Part] = []
    for part in pattern.parts:
        chunks: list[Part] = list(_VARIABLE.split(part)) if isinstance(part, str) else [part]
        parts.extend(_hole(chunk) for chunk in chunks)
    return join(parts, pattern.at)


def _folded(text: Text) -> Text:
    return text._replace(parts=tuple(fold(part) if isinstance(part, str) else part for part in text.parts))


def _hole(chunk: Part) -> Part:
    if isinstance(chunk, str) and _VARIABLE.fullmatch(chunk):
        return Hole(HoleKind.EXPRESSION, chunk[2:-1], scope="request")
    return chunk


def _principal_arn(pattern: Text, value: Text, situation: Situation, operator: Operator) -> Verdict:
    """An ARN against a pattern, part by part: the account by evidence, the partition by presumption."""
    wanted, actual = parse_arn(pattern), parse_arn(value)
    if wanted is None or actual is None:
        return covers(pattern, value) if operator.wildcards else equal(pattern, value)
    return all_of(_arn_parts(wanted, actual, situation, operator))


def _account(wanted: Text, situation: Situation, operator: Operator) -> Verdict:
    """An account id, or a pattern of one, against the caller's."""
    literal = wanted.literal or ""
    if "*" not in literal and "?" not in literal:
        return account_is(wanted, situation)
    if not operator.wildcards:
        return NO
    own = situation.accounts.configured if situation.caller.own else None
    return YES if literal == "*" else covers(wanted, own or situation.caller.account)


def _arn_parts(wanted: Arn, actual: Arn, situation: Situation, operator: Operator) -> tuple[Verdict, ...]:
    compare = covers if operator.wildcards else equal
    if operator.ignore_case:
        wanted, actual = (Arn(*map(_folded, arn)) for arn in (wanted, actual))
    account = _account(wanted.account, situation, operator) if wanted.account.parts else NO
    partition = wanted.partition.literal
    stranger = situation.caller.unnamed and not situation.caller.own
    return (
        YES if partition is None or partition in _PARTITIONS else compare(wanted.partition, actual.partition),
        compare(wanted.service, actual.service),
        compare(wanted.region, actual.region),
        account,
        # Whoever may be anybody may have any name.
        YES if stranger else compare(wanted.resource, actual.resource),
    )
