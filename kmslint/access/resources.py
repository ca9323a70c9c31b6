"""Whether a Resource element means the key.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re

from kmslint.access.once import once
from kmslint.access.situation import Situation, is_own
from kmslint.access.variables import has_variables, substitute
from kmslint.aws.actions import Group
from kmslint.model.accounts import Accounts
from kmslint.model.arn import Arn, parse_arn, split_text
from kmslint.model.estate import Key
from kmslint.model.policy import Element, Statement
from kmslint.values import HoleKind, Text, Unknown, text
from kmslint.verdict import NO, UNKNOWN, YES, Verdict, all_of, any_of, negate
from kmslint.wildcard import covers, glob

_STARS = re.compile(r"\*+")
_INNER_STAR = re.compile(r"\*[^:*]")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]\Z")


def means_resource(statement: Statement, situation: Situation) -> Verdict:
    """Whether the statement's Resource or NotResource covers what is asked for; one with neither, or both, does not."""
    if statement.resources is not None and statement.not_resources is not None:
        return NO
    listed = statement.resources if statement.not_resources is None else statement.not_resources
    verdict = any_of(_covers(element, statement.literal_variables, situation) for element in listed or ())
    return verdict if statement.not_resources is None else negate(verdict)


def means_key(statement: Statement, key: Key, accounts: Accounts) -> Verdict:
    """The same for a key, whoever asks: what a policy variable comes to is not known then."""
    if statement.resources is not None and statement.not_resources is not None:
        return NO
    listed = statement.resources if statement.not_resources is None else statement.not_resources
    verdict = any_of(
        UNKNOWN
        if isinstance(element, Text) and not statement.literal_variables and has_variables(element)
        else names_key(element, key, accounts)
        for element in listed or ()
    )
    return verdict if statement.not_resources is None else negate(verdict)


def _covers(element: Element, literal_variables: bool, situation: Situation) -> Verdict:
    if isinstance(element, Text) and not literal_variables and has_variables(element):
        substituted = substitute(element, situation)
        if substituted is None:
            return NO  # a variable without a value means no resource
        # Variables belong behind the fifth colon; what becomes of one before it, AWS does not say.
        misplaced = any(map(has_variables, split_text(element, ":", 5)[:5]))
        verdict = _is_it(substituted, situation)
        return UNKNOWN if misplaced and verdict is YES else verdict
    return _is_it(element, situation)


def _is_it(element: Element, situation: Situation) -> Verdict:
    """Whether an entry without variables covers what is asked for."""
    if situation.action.group is Group.ACCOUNT:
        return _is_everything(element, situation.accounts)
    if isinstance(element, Text) and situation.key.arn.literal is not None and element.literal is not None:
        return names_arn(element.literal, situation.key.arn.literal)
    return names_key(element, situation.key, situation.accounts)


def _is_everything(element: Element, accounts: Accounts) -> Verdict:
    """Whether an entry serves an action that concerns no key: `*`, or all of KMS in one account.

    https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
    """
    if isinstance(element, Unknown):
        return UNKNOWN
    parts = split_text(element, ":", 5)
    if str(element).endswith("*"):
        parts += [text("*", element.at)] * (6 - len(parts))
    if len(parts) < 6:
        return NO if element.literal is not None else UNKNOWN
    arn, partition, service, region, account, resource = parts
    return all_of(
        (
            covers(arn, text("arn", element.at)),
            Verdict.of(bool(partition.parts)),
            covers(service, text("kms", element.at)),
            Verdict.of(bool(region.parts)),
            _covers_account(account, accounts),
            Verdict.of(resource.literal == "*") if resource.literal is not None else UNKNOWN,
        )
    )


def _covers_account(pattern: Text, accounts: Accounts) -> Verdict:
    """Whether a pattern of account ids covers that of the key."""
    literal = pattern.literal or ""
    if literal == "*":
        return YES
    if "*" not in literal and "?" not in literal:
        return is_own(pattern, accounts)
    return UNKNOWN if accounts.configured is None else covers(pattern, accounts.configured)


def names_arn(pattern: str, arn: str) -> Verdict:
    """Whether a pattern covers a known ARN.

    A star at the end of a segment goes on through the colons behind it; of one in the middle AWS does not say so.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    pattern = _STARS.sub("*", pattern)
    if not glob(pattern, arn):
        return NO
    return YES if not _INNER_STAR.search(pattern) or _covers_within_segments(pattern, arn) else UNKNOWN


def _covers_within_segments(pattern: str, arn: str) -> bool:
    """The same, where a star amid a segment stops at the next colon: all ways through the pattern at once."""
    ways = _past_stars(pattern, {0})
    for character in arn:
        ahead = set()
        for at in ways:
            sign = pattern[at] if at < len(pattern) else ""
            if sign == "*" and (character != ":" or not _INNER_STAR.match(pattern, at)):
                ahead.add(at)
            elif sign in ("?", character):
                ahead.add(at + 1)
        ways = _past_stars(pattern, ahead)
    return len(pattern) in ways


def _past_stars(pattern: str, ways: set[int]) -> set[int]:
    """The places in the pattern, and those behind the stars that begin there: a star may stand for nothing."""
    return {place for at in ways for place in range(at, at + 1 + len(pattern[at:]) - len(pattern[at:].lstrip("*")))}


def names_key(element: Element, key: Key, accounts: Accounts) -> Verdict:
    """Whether one entry covers the key.

    A literal region or partition is taken to be the key's: it stands there because the template is
    deployed there. An alias never stands for its key.
    """
    if isinstance(element, Unknown):
        return _is_hole_of_key(element.hole.resource, key)
    return YES if element.literal == "*" else _names_key(element, key, accounts)


@once
def _names_key(element: Text, key: Key, accounts: Accounts) -> Verdict:
    pattern, own = parse_arn(element), parse_arn(key.arn)
    if pattern is not None and own is not None:
        return all_of(_parts(pattern, own, accounts))
    if len(element.parts) == 1 and element.holes:
        return _is_hole_of_key(element.holes[0].resource, key)
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
