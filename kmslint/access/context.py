"""What a request says of itself: the value of each condition key, as far as caller, action and key decide it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from kmslint.access.caller import FRESH, NOWHERE, OWN_ACCOUNT, Caller, CallerKind
from kmslint.access.situation import Situation
from kmslint.aws.condition_keys import SERVICE_ONLY, carried, unsupported_in_key_policy
from kmslint.model.estate import KeyKind
from kmslint.values import Null, Text, Value, text
from kmslint.wildcard import fold


class Status(Enum):
    """How much is known of a condition key."""

    KNOWN = "known"
    ABSENT = "absent"
    """No request of this caller for this action carries it."""
    CHOSEN = "chosen"
    """The caller may see to it that requests carry it, with a value that nobody named, or that they do not."""
    OPEN = "open"
    """The request decides."""
    UNRESOLVED = "unresolved"
    """It is settled, but the template does not say how."""
    UNSUPPORTED = "unsupported"
    """KMS does not support it in this kind of policy."""


_TYPES: Final = {
    CallerKind.ROOT_USER: "Account",
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
}
_SETTINGS: Final = {
    "kms:keyspec": ("spec", "SYMMETRIC_DEFAULT"),
    "kms:customermasterkeyspec": ("spec", "SYMMETRIC_DEFAULT"),
    "kms:keyusage": ("usage", "ENCRYPT_DECRYPT"),
    "kms:customermasterkeyusage": ("usage", "ENCRYPT_DECRYPT"),
    "kms:keyorigin": ("origin", "AWS_KMS"),
    "kms:multiregion": ("multi_region", "false"),
}
"""Keys that describe the KMS key: the setting they come from, and its default."""
_SERVICE_CALLS: Final = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})
_ORGANISATION: Final = frozenset({"aws:principalorgid", "aws:principalorgpaths"})


def look_up(name: str, situation: Situation) -> tuple[Status, Text | None]:
    """The status of a condition key, and its value where it is KNOWN. Key names are case-insensitive."""
    key = fold(name)
    if situation.in_key_policy and unsupported_in_key_policy(key):
        return Status.UNSUPPORTED, None
    if key in SERVICE_ONLY or key in _SERVICE_CALLS or not carried(key, situation.action.name):
        return Status.ABSENT, None
    stranger = situation.caller.unnamed and not situation.caller.own
    return (_of_stranger(key) if stranger else None) or _of_caller(key, situation.caller) or _of_key(key, situation)


def _of_stranger(key: str) -> tuple[Status, Text | None] | None:
    """What anybody can choose: there are accounts in no organisation, and each has users, roles and a root user."""
    if key in _ORGANISATION:
        return Status.CHOSEN, text(FRESH, NOWHERE)
    return (Status.OPEN, None) if key == "aws:principaltype" else None


def _of_caller(key: str, caller: Caller) -> tuple[Status, Text | None] | None:
    """The keys that follow from who calls; None for the others."""
    if key == "aws:principalarn":
        return (Status.UNRESOLVED, None) if caller.kind is CallerKind.UNRESOLVED else (Status.KNOWN, caller.arn)
    if key in ("aws:principalaccount", "kms:calleraccount"):
        return Status.KNOWN, caller.account
    if key == "aws:principaltype":
        type_ = _TYPES.get(caller.kind)
        return (Status.KNOWN, text(type_, NOWHERE)) if type_ else (Status.OPEN, None)
    if key == "aws:principalisawsservice":
        return Status.KNOWN, text("false", NOWHERE)
    if key == "aws:username" and caller.kind in (CallerKind.ROLE, CallerKind.SESSION, CallerKind.ROOT_USER):
        return Status.ABSENT, None
    return None


def _of_key(key: str, situation: Situation) -> tuple[Status, Text | None]:
    """The keys that describe the KMS key itself, as the template makes it; the others are the request's.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html has the defaults.
    """
    if key == "aws:resourceaccount":
        return Status.KNOWN, OWN_ACCOUNT
    if key not in _SETTINGS or situation.key.kind is not KeyKind.KEY:
        return (Status.UNRESOLVED if key in _SETTINGS else Status.OPEN), None
    name, default = _SETTINGS[key]
    value: Value | None = getattr(situation.key.settings, name)
    if value is None or isinstance(value, Null):
        return Status.KNOWN, text(default, NOWHERE)
    known = isinstance(value, Text) and value.literal is not None
    return (Status.KNOWN, value) if known and isinstance(value, Text) else (Status.UNRESOLVED, None)
