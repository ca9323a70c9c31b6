"""Condition operators: whether one value of a request is one of those that a policy lists.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import operator as comparison
import re
from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from kmslint.access.moments import moment
from kmslint.access.namesakes import like
from kmslint.access.situation import Situation, account_is
from kmslint.access.variables import has_variables, substitute
from kmslint.model.arn import Arn, parse_arn, split_text
from kmslint.model.policy import Element
from kmslint.values import Text, Unknown
from kmslint.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of
from kmslint.wildcard import covers, equal, fold, unquote

_ACCOUNT_KEYS: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})
_SEGMENTS: Final = 6
_PARTITIONS: Final = frozenset({"aws", "aws-cn", "aws-us-gov"})
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?\Z")


class Family(Enum):
    """What an operator compares."""

    STRING = "String"
    ARN = "Arn"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    IP_ADDRESS = "IpAddress"
    NULL = "Null"


Compare = Callable[[float, float], bool]


class Operator(NamedTuple):
    """An operator without quantifier and IfExists; a negated one is the positive one, negated."""

    family: Family
    negated: bool = False
    wildcards: bool = False
    ignore_case: bool = False
    compare: Compare = comparison.eq
    """Of numbers and moments: the request's value against the policy's."""


def _ordered(family: Family) -> dict[str, Operator]:
    name = family.value
    return {
        f"{name}Equals": Operator(family),
        f"{name}NotEquals": Operator(family, negated=True),
        f"{name}LessThan": Operator(family, compare=comparison.lt),
        f"{name}LessThanEquals": Operator(family, compare=comparison.le),
        f"{name}GreaterThan": Operator(family, compare=comparison.gt),
        f"{name}GreaterThanEquals": Operator(family, compare=comparison.ge),
    }


_BASE: Final = {
    "StringEquals": Operator(Family.STRING),
    "StringNotEquals": Operator(Family.STRING, negated=True),
    "StringEqualsIgnoreCase": Operator(Family.STRING, ignore_case=True),
    "StringNotEqualsIgnoreCase": Operator(Family.STRING, negated=True, ignore_case=True),
    "StringLike": Operator(Family.STRING, wildcards=True),
    "StringNotLike": Operator(Family.STRING, negated=True, wildcards=True),
    "ArnEquals": Operator(Family.ARN, wildcards=True),
    "ArnLike": Operator(Family.ARN, wildcards=True),
    "ArnNotEquals": Operator(Family.ARN, negated=True, wildcards=True),
    "ArnNotLike": Operator(Family.ARN, negated=True, wildcards=True),
    **_ordered(Family.NUMERIC),
    **_ordered(Family.DATE),
    "Bool": Operator(Family.BOOL, ignore_case=True),
    "BinaryEquals": Operator(Family.BINARY),
    "IpAddress": Operator(Family.IP_ADDRESS),
    "NotIpAddress": Operator(Family.IP_ADDRESS, negated=True),
    "Null": Operator(Family.NULL),
}


def base_operator(name: str) -> Operator | None:
    """The operator of that name; None if AWS has none of that name."""
    return _BASE.get(name)


def is_acceptable(operator: Operator, wanted: Element) -> bool:
    """Whether AWS takes the value for this operator: a number for a numeric one, and so on."""
    literal = wanted.literal if isinstance(wanted, Text) else None
    if literal is None:
        return True
    if operator.family is Family.NULL:
        return fold(literal) in ("true", "false")
    if operator.family is Family.NUMERIC:
        return _number(literal) is not None
    if operator.family is Family.DATE:
        return moment(literal) is not None
    return operator.family is not Family.IP_ADDRESS or _is_network(literal)


def holds(
    operator: Operator,
    wanted: tuple[Element, ...],
    value: Text,
    situation: Situation,
    key: str,
    literal_variables: bool,
) -> Verdict:
    """Whether the value is one of those wanted, before any negation."""
    if operator.family in (Family.STRING, Family.ARN) and not situation.caller.is_stranger:
        wanted = like(wanted, value)
    key = fold(key)
    return any_of(_one(operator, each, value, situation, key, literal_variables) for each in wanted)


def _one(
    operator: Operator, wanted: Element, value: Text, situation: Situation, key: str, literal_variables: bool
) -> Verdict:
    if isinstance(wanted, Unknown):
        return UNKNOWN
    pattern: Text | None = wanted
    if not literal_variables and has_variables(wanted):
        if operator.family not in (Family.STRING, Family.ARN):
            return UNKNOWN  # AWS has variables for these two families only, and does not say what others make of them
        pattern = substitute(wanted, situation)
    if pattern is None:
        return NO  # a variable without a value equals nothing
    if operator.family not in (Family.STRING, Family.ARN):
        return _of_other_family(operator, pattern, value)
    if not situation.is_one_request:
        if key in _ACCOUNT_KEYS and operator.family is Family.STRING:
            return _account(pattern, situation, operator)
        if key == "aws:principalarn":
            return _principal_arn(pattern, value, situation, operator)
        if key == "aws:principalorgid" and not operator.wildcards:
            return NO  # whoever may be in any organisation is in one that no value names
    return _text(operator, pattern, value)


def _text(operator: Operator, pattern: Text, value: Text) -> Verdict:
    if operator.family is Family.ARN:
        return _arn(pattern, value)
    if operator.wildcards:
        return covers(pattern, value)
    return equal(_plain(pattern), value, operator.ignore_case)


def _plain(text: Text) -> Text:
    """A text that is compared as it stands, with nothing in it quoted."""
    if all(isinstance(part, str) and part.isascii() for part in text.parts):
        return text
    return text._replace(parts=tuple(unquote(part) if isinstance(part, str) else part for part in text.parts))


def _arn(pattern: Text, value: Text) -> Verdict:
    """Segment by segment: a wildcard of ArnLike does not reach beyond a colon; the sixth segment is the rest."""
    wanted, actual = split_text(pattern, ":", 5), split_text(value, ":", 5)
    if len(wanted) != _SEGMENTS or len(actual) != _SEGMENTS or actual[0].literal != "arn":
        known = pattern.literal is not None and value.literal is not None
        return covers(pattern, value) if not known or pattern.literal == "*" else NO
    return all_of(map(covers, wanted, actual))


def _of_other_family(operator: Operator, wanted: Text, value: Text) -> Verdict:
    if operator.family in (Family.BOOL, Family.BINARY):
        return equal(wanted, value, operator.ignore_case)
    if wanted.literal is None or value.literal is None:
        return UNKNOWN
    if operator.family is Family.IP_ADDRESS:
        return _address(wanted.literal, value.literal)
    read = _number if operator.family is Family.NUMERIC else moment
    right, left = read(wanted.literal), read(value.literal)
    return UNKNOWN if left is None or right is None else Verdict.of(operator.compare(left, right))


def _number(literal: str) -> float | None:
    if not _NUMBER.match(literal):
        return None
    return float(literal) if "." in literal else int(literal)


def _is_network(literal: str) -> bool:
    from ipaddress import ip_network  # 2 ms: only where a policy has addresses

    try:
        ip_network(literal, strict=False)
    except ValueError:
        return False
    return True


def _address(network: str, address: str) -> Verdict:
    """Whether the address lies in the network (CIDR notation, or one address)."""
    from ipaddress import ip_address, ip_network

    try:
        return Verdict.of(ip_address(address) in ip_network(network, strict=False))
    except ValueError:
        return UNKNOWN


def _folded(text: Text) -> Text:
    return text._replace(parts=tuple(fold(part) if isinstance(part, str) else part for part in text.parts))


def _principal_arn(pattern: Text, value: Text, situation: Situation, operator: Operator) -> Verdict:
    """An ARN against a pattern, part by part: the account by evidence, the partition by presumption."""
    wanted, actual = parse_arn(pattern), parse_arn(value)
    if wanted is None or actual is None:
        return covers(pattern, value) if operator.wildcards else equal(_plain(pattern), value)
    return all_of(_arn_parts(wanted, actual, situation, operator))


def _account(wanted: Text, situation: Situation, operator: Operator) -> Verdict:
    """An account id, or a pattern of one, against the caller's."""
    literal = wanted.literal or ""
    if "*" not in literal and "?" not in literal:
        return account_is(wanted, situation)
    if not operator.wildcards:
        return NO
    own = situation.accounts.configured if situation.caller.own else None
    return covers(wanted, own or situation.caller.account)


def _arn_parts(wanted: Arn, actual: Arn, situation: Situation, operator: Operator) -> tuple[Verdict, ...]:
    compare = covers if operator.wildcards else equal
    if operator.ignore_case:
        wanted, actual = (Arn(*map(_folded, arn)) for arn in (wanted, actual))
    account = _account(wanted.account, situation, operator) if wanted.account.parts else NO
    partition = wanted.partition.literal
    return (
        YES if partition is None or partition in _PARTITIONS else compare(wanted.partition, actual.partition),
        compare(wanted.service, actual.service),
        compare(wanted.region, actual.region),
        account,
        # Whoever may be anybody may have any name.
        YES if situation.caller.is_stranger else compare(wanted.resource, actual.resource),
    )
