"""Values of conditions that no request can carry: what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from kmslint.access.once import once
from kmslint.access.operators import Family, Operator, base_operator, is_acceptable
from kmslint.access.variables import has_variables, leftovers
from kmslint.aws.condition_keys import Kind, kind_of
from kmslint.model.arn import ACCOUNT_ID
from kmslint.model.policy import Test
from kmslint.values import HoleKind, Part, Text
from kmslint.wildcard import fold


class Flaw(NamedTuple):
    """A value that a test can never meet."""

    value: Text
    why: str
    """Behind a comma: `which is no account id`."""
    refused: bool = False
    """AWS does not take it for the operator."""


_SPELT: Final = {
    HoleKind.OWN_ACCOUNT: "111122223333",
    HoleKind.PARTITION: "aws",
    HoleKind.REGION: "us-east-1",
    HoleKind.URL_SUFFIX: "amazonaws.com",
}
"""What may stand in the place of a hole; what stands in others is not known."""
_VIA_SERVICE: Final = re.compile(
    r"([a-z0-9-]+\.)+[a-z]{2,}(-[a-z]+)+-[0-9]+\."
    r"(amazonaws\.com(\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)\Z"
)
"""With the domains of all partitions; AWS's page shows the first alone.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
"""
_PLACEHOLDER: Final = re.compile(r"<[A-Za-z][^<>]*>")
_FAMILIES: Final = {
    Family.NUMERIC: "is no number",
    Family.DATE: "is no date",
    Family.IP_ADDRESS: "is no IP address or range in CIDR notation",
    Family.NULL: "is neither true nor false",
}
_STRANGE: Final = {
    Kind.WORD: frozenset({Family.ARN, Family.NUMERIC, Family.DATE, Family.BOOL, Family.IP_ADDRESS}),
    Kind.ACCOUNT: frozenset({Family.ARN, Family.BOOL, Family.IP_ADDRESS}),
    Kind.ARN: frozenset({Family.NUMERIC, Family.DATE, Family.BOOL, Family.IP_ADDRESS}),
    Kind.TRUTH: frozenset({Family.ARN, Family.NUMERIC, Family.DATE, Family.IP_ADDRESS}),
    Kind.NUMBER: frozenset({Family.ARN, Family.BOOL, Family.IP_ADDRESS}),
    Kind.MOMENT: frozenset({Family.ARN, Family.BOOL, Family.IP_ADDRESS}),
    Kind.ADDRESS: frozenset({Family.ARN, Family.NUMERIC, Family.DATE, Family.BOOL}),
}
"""The operators that no value of a kind of key meets: a text operator compares anything, and a date may be a number.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""
_FREE: Final = "kms:encryptioncontext"
"""How the keys begin by which a caller tells KMS whatever it likes."""
_NOT_FREE: Final = ("aws:userid", "aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "aws:tagkeys", "kms:")
"""Keys of any text to which IAM or KMS allows certain letters only, and none of `<`, `>`, `*`, `?` and `$`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""


class Met(Enum):
    """Whether a request that carries the key may have a value that a test lists."""

    NEVER = "never"
    PERHAPS = "perhaps"
    UNTOLD = "untold"
    """AWS refuses the test, or the caller would have to send what nobody means to be sent."""


def met(test: Test, literal_variables: bool, by_service: bool) -> Met:
    """Whether a request may have one of the values; `by_service`: a service makes it, in its own name.

    Of an operator that there is, with some value: what comes of other tests does not hang on the request.
    """
    operator = base_operator(test.operator)
    assert operator is not None
    assert test.values
    if not operator.negated and is_strange(operator, kind_of(fold(str(test.key))), test):
        return Met.NEVER
    flaws = _flaws(test, literal_variables)
    if any(flaw.refused for flaw in flaws):
        return Met.UNTOLD
    if len(flaws) < len(test.values):
        return Met.PERHAPS
    if by_service or not _is_free(fold(str(test.key))):
        return Met.NEVER
    return Met.PERHAPS if operator.negated else Met.UNTOLD


def _is_free(key: str) -> bool:
    """Whether a caller may give the key any value at all."""
    return key.startswith(_FREE) or (kind_of(key) is Kind.ANY and not key.startswith(_NOT_FREE))


@once
def _flaws(test: Test, literal_variables: bool) -> tuple[Flaw, ...]:
    return tuple(flaws_of(test, literal_variables))


def flaws_of(test: Test, literal_variables: bool) -> Iterator[Flaw]:
    """The values of a test that cannot be met, each with what is wrong with it."""
    operator = base_operator(test.operator)
    if operator is None or test.key.literal is None:
        return
    key = fold(test.key.literal)
    for value in test.values:
        if not isinstance(value, Text) or not value.parts:
            continue
        left = tuple(leftovers(value))
        if left:
            yield Flaw(value, f"where {left[0]} is left as it stands")
        elif _PLACEHOLDER.search(str(value)) and not value.holes:
            yield Flaw(value, "which is still to be filled in")
        elif not literal_variables and has_variables(value):
            continue
        elif not is_acceptable(operator, value):
            yield Flaw(value, f"which {_FAMILIES[operator.family]}", refused=True)
        elif operator.family is Family.STRING:
            why = _flaw_of_text(value, key, operator)
            if why:
                yield Flaw(value, why)


def _flaw_of_text(value: Text, key: str, operator: Operator) -> str:
    """What is wrong with a value that is compared as a text; empty if nothing is."""
    written = "".join(part for part in value.parts if isinstance(part, str))
    has_wildcards = "*" in written or "?" in written
    if has_wildcards and operator.wildcards:
        return ""
    if has_wildcards:
        is_name = kind_of(key) is not Kind.ANY or key == "aws:userid" or written.startswith("arn:")
        return "which is a pattern, and the operator takes * and ? as they stand" if is_name else ""
    spelt = _spelt(value)
    if spelt is None or "{{" in spelt:
        return ""
    if kind_of(key) is Kind.ACCOUNT and not ACCOUNT_ID.match(spelt):
        mangled = value.typed and spelt.isdigit()  # a number that was read as one
        return "" if mangled else "which is no account id of 12 digits"
    if key == "kms:viaservice" and not _VIA_SERVICE.match(fold(spelt) if operator.ignore_case else spelt):
        return "which is no SERVICE.REGION.amazonaws.com"
    return ""


def _spelt(value: Text) -> str | None:
    """The value with an example of what its holes stand for; None if that is not known."""
    spelt = ""
    for part in value.parts:
        example = _example(part)
        if example is None:
            return None
        spelt += example
    return spelt


def _example(part: Part) -> str | None:
    return part if isinstance(part, str) else _SPELT.get(part.kind)


def is_strange(operator: Operator, kind: Kind, test: Test) -> bool:
    """Whether an operator, positive and present, compares what a key of that kind never has."""
    if operator.family in _STRANGE.get(kind, ()):
        return not any(str(value) == "*" for value in test.values)
    networks = all(isinstance(value, Text) and "/" in (value.literal or "") for value in test.values)
    return kind is Kind.ADDRESS and operator.family is Family.STRING and networks
