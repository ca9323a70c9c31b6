"""Whether a Resource element means the key.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re

from kmslint.access.situation import is_own
from kmslint.model.accounts import Accounts
from kmslint.model.arn import Arn, parse_arn
from kmslint.model.estate import Key
from kmslint.model.policy import Element, Statement
from kmslint.values import HoleKind, Text, Unknown
from kmslint.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of, negate
from kmslint.wildcard import covers

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]\Z")


def means_key(statement: Statement, key: Key, accounts: Accounts) -> Verdict:
    """Whether the statement's Resource or NotResource covers the key; one with neither has no effect."""
    if statement.not_resources is not None:
        return negate(any_of(names_key(element, key, accounts) for element in statement.not_resources))
    return any_of(names_key(element, key, accounts) for element in statement.resources or ())


def names_key(element: Element, key: Key, accounts: Accounts) -> Verdict:
    """Whether one entry covers the key.

    A literal region or partition is taken to be the key's: it stands there because the template is
    deployed there. An alias never stands for its key.
    """
    if isinstance(element, Unknown):
        return _is_hole_of_key(element.hole.resource, key)
    if element.literal == "*":
        return YES
    pattern, own = parse_arn(element), parse_arn(key.arn)
    if pattern is not None and own is not None:
        return all_of(_parts(pattern, own, accounts))
    if len(element.parts) == 1 and element.holes:
        hole = element.holes[0]
        return _is_hole_of_key(hole.resource, key) if hole.kind is HoleKind.RESOURCE else UNKNOWN
    return covers(element, key.arn) if element.literal is None or "*" in element.literal else NO


def _is_hole_of_key(resource: str, key: Key) -> Verdict:
    """An attribute of the key is not its ARN for sure; an attribute of another resource never is."""
    return UNKNOWN if resource in ("", key.address) else NO


def _parts(pattern: Arn, own: Arn, accounts: Accounts) -> tuple[Verdict, ...]:
    return (
        _wildcard_or(pattern.partition, Verdict.of(str(pattern.partition).startswith(("aws", "$")))),
        _wildcard_or(pattern.service, covers(pattern.service, own.service)),
        _wildcard_or(pattern.region, _region(pattern.region)),
        _wildcard_or(pattern.account, is_own(pattern.account, accounts) if pattern.account.parts else NO),
        _resource(pattern.resource, own.resource),
    )


def _resource(pattern: Text, own: Text) -> Verdict:
    literal = pattern.literal
    if literal is not None and literal.startswith("key/") and "*" not in literal and own.holes:
        return UNKNOWN  # a key id written out: perhaps this key's, once it was there
    return covers(pattern, own)


def _wildcard_or(part: Text, verdict: Verdict) -> Verdict:
    literal = part.literal
    if literal == "*":
        return YES
    return UNKNOWN if literal and ("*" in literal or "?" in literal) else verdict


def _region(region: Text) -> Verdict:
    if region.holes:
        return YES if len(region.parts) == 1 and region.holes[0].kind is HoleKind.REGION else UNKNOWN
    return Verdict.of(_REGION.match(region.literal or "") is not None)
