"""What a request says of itself: the value of each condition key, as far as caller, action and key decide it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from kmslint.access.caller import FRESH, NOWHERE, OWN_ACCOUNT, Caller, CallerKind
from kmslint.access.situation import RequestContext, Situation
from kmslint.aws.condition_keys import SERVICE_ONLY, carried, unsupported_in_key_policy
from kmslint.model.arn import split_text
from kmslint.model.estate import Key, KeyKind
from kmslint.values import Null, Text, Value, boolean, text
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
    CallerKind.FEDERATED: "FederatedUser",
}
_OF_CALLER: Final = frozenset({"aws:principalarn", "aws:principalaccount", "kms:calleraccount", "aws:username"})
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


def look_up(name: str, situation: Situation) -> tuple[Status, tuple[Text, ...]]:
    """The status of a condition key, and its values where it is KNOWN. Key names are case-insensitive."""
    key = fold(name)
    if situation.in_key_policy and unsupported_in_key_policy(key):
        return Status.UNSUPPORTED, ()
    if situation.context is not None:
        return _in_request(key, situation.context, situation.caller)
    by_service = situation.caller.kind is CallerKind.SERVICE
    if not carried(key, situation.action.name) or (not by_service and (key in SERVICE_ONLY or key in _SERVICE_CALLS)):
        return Status.ABSENT, ()
    caller = situation.caller
    of_stranger = _of_stranger(key) if caller.is_stranger else None
    status, value = of_stranger or _of_caller(key, caller) or _of_key(key, situation)
    return status, () if value is None else (value,)


def _in_request(key: str, context: RequestContext, caller: Caller) -> tuple[Status, tuple[Text, ...]]:
    """What one request carries: what it is said to, and what follows from who makes it."""
    values = context.values.get(key)
    if values is not None:
        return Status.KNOWN, values
    status, value = _of_caller(key, caller) or (Status.ABSENT, None)
    if status is Status.OPEN:
        return Status.UNRESOLVED, ()
    return status, () if value is None else (value,)


def _of_stranger(key: str) -> tuple[Status, Text | None] | None:
    """What anybody can choose: there are accounts in no organisation, and each has users, roles and a root user."""
    if key in _ORGANISATION:
        return Status.CHOSEN, text(FRESH, NOWHERE)
    return (Status.OPEN, None) if key == "aws:principaltype" else None


def _of_caller(key: str, caller: Caller) -> tuple[Status, Text | None] | None:
    """The keys that follow from who calls; None for the others."""
    if caller.kind is CallerKind.SERVICE:
        return _of_service(key)
    if key == "aws:principalarn":
        return (Status.UNRESOLVED, None) if caller.kind is CallerKind.UNRESOLVED else (Status.KNOWN, caller.arn)
    if key in ("aws:principalaccount", "kms:calleraccount"):
        return Status.KNOWN, caller.account
    if key == "aws:principaltype":
        type_ = _TYPES.get(caller.kind)
        return (Status.KNOWN, text(type_, NOWHERE)) if type_ else (Status.OPEN, None)
    if key == "aws:principalisawsservice":
        return Status.KNOWN, text("false", NOWHERE)
    if key == "aws:username":
        return _user_name(caller)
    return None


def _of_service(key: str) -> tuple[Status, Text | None] | None:
    """A service that calls in its own name belongs to no account and has no tags; its type, AWS does not tell."""
    if key == "aws:principalisawsservice":
        return Status.KNOWN, text("true", NOWHERE)
    if key == "aws:principaltype":
        return Status.UNRESOLVED, None
    absent = key in _OF_CALLER or key in _ORGANISATION or key.startswith("aws:principaltag/")
    return (Status.ABSENT, None) if absent else None


def _user_name(caller: Caller) -> tuple[Status, Text | None] | None:
    """Only users have one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if caller.kind not in (CallerKind.USER, CallerKind.UNRESOLVED):
        return Status.ABSENT, None
    if caller.unnamed or caller.kind is CallerKind.UNRESOLVED:
        return None  # a user of any name can be made
    *_, name = split_text(caller.arn, "/", str(caller.arn).count("/"))
    return Status.KNOWN, name


def _of_key(key: str, situation: Situation) -> tuple[Status, Text | None]:
    """The keys that describe the KMS key itself, as the template makes it; the others are the request's.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html has the defaults.
    """
    if key == "aws:resourceaccount":
        return Status.KNOWN, OWN_ACCOUNT
    asked = situation.key
    if key == "kms:multiregionkeytype":
        return _multi_region_type(asked)
    if key not in _SETTINGS:
        return Status.OPEN, None
    name, default = _SETTINGS[key]
    made = _BY_KIND.get(asked.kind, {})
    if name in made:
        return Status.KNOWN, text(made[name], NOWHERE)
    if asked.kind not in _MADE_HERE:
        return Status.UNRESOLVED, None
    value: Value | None = getattr(asked.settings, name)
    if value is None or isinstance(value, Null):
        return Status.KNOWN, text(default, NOWHERE)
    known = isinstance(value, Text) and value.literal is not None
    return (Status.KNOWN, value) if known and isinstance(value, Text) else (Status.UNRESOLVED, None)


_REPLICA: Final = {"multi_region": "true"}
_EXTERNAL: Final = {"origin": "EXTERNAL", "spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}
_BY_KIND: Final = {
    KeyKind.REPLICA: _REPLICA,
    KeyKind.EXTERNAL: _EXTERNAL,
    KeyKind.REPLICA_EXTERNAL: {**_REPLICA, **_EXTERNAL},
}
"""What follows from the kind of a key; of a replica the rest is as its primary key is.

https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys.html
"""
_MADE_HERE: Final = frozenset({KeyKind.KEY, KeyKind.EXTERNAL})
"""Kinds whose settings stand in the template."""


def _multi_region_type(key: Key) -> tuple[Status, Text | None]:
    """Whether a multi-Region key is the primary one or a replica; other keys have no such type.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-multiregion-key-type
    """
    if key.kind in (KeyKind.REPLICA, KeyKind.REPLICA_EXTERNAL):
        return Status.KNOWN, text("REPLICA", NOWHERE)
    setting = key.settings.multi_region
    known = boolean(setting) if setting is not None and not isinstance(setting, Null) else False
    if key.kind not in _MADE_HERE or known is None:
        return Status.UNRESOLVED, None
    return (Status.KNOWN, text("PRIMARY", NOWHERE)) if known else (Status.ABSENT, None)
