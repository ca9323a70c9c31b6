"""What a key can be used for, by its usage and its spec.

https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-compare.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from kmslint.access.caller import ROOT_USER
from kmslint.access.context import look_up
from kmslint.access.situation import Situation
from kmslint.aws.actions import ACTIONS, PUT_KEY_POLICY, Action, Group
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Key


class KeyUse(NamedTuple):
    """A sort of key, as AWS's documentation calls it, and the actions that it cannot serve."""

    sort: str
    impossible: frozenset[Action]


def _use(sort: str, possible: str) -> KeyUse:
    names = {f"kms:{name}" for name in possible.split()}
    limited = (action for action in ACTIONS if action.group is Group.CRYPTO or action.name == "kms:GetPublicKey")
    return KeyUse(sort, frozenset(action for action in limited if action.name not in names))


_SYMMETRIC: Final = _use(
    "a symmetric encryption key",
    """
    Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair
    GenerateDataKeyPairWithoutPlaintext
    """,
)
_ASYMMETRIC: Final = _use("an asymmetric encryption key", "Encrypt Decrypt ReEncryptFrom ReEncryptTo GetPublicKey")
_BY_USAGE: Final = {
    "SIGN_VERIFY": _use("a key for signatures", "Sign Verify GetPublicKey"),
    "GENERATE_VERIFY_MAC": _use("an HMAC key", "GenerateMac VerifyMac"),
    "KEY_AGREEMENT": _use("a key for key agreement", "DeriveSharedSecret GetPublicKey"),
}


def use_of(key: Key) -> KeyUse | None:
    """What the key is for; None if its settings do not certainly say."""
    usage, spec = _setting("kms:KeyUsage", key), _setting("kms:KeySpec", key)
    if usage != "ENCRYPT_DECRYPT":
        return _BY_USAGE.get(usage)
    if spec == "SYMMETRIC_DEFAULT":
        return _SYMMETRIC
    return _ASYMMETRIC if spec.startswith(("RSA_", "SM2")) else None


def servable(actions: Iterable[Action], key: Key) -> tuple[Action, ...]:
    """Those of the actions that the key can serve; all of them where its settings do not certainly say."""
    use = use_of(key)
    return tuple(action for action in actions if use is None or action not in use.impossible)


def _setting(name: str, key: Key) -> str:
    """What it is; empty where that is not known."""
    _, values = look_up(name, Situation(ROOT_USER, PUT_KEY_POLICY, key, Accounts()))
    return "".join(map(str, values))
