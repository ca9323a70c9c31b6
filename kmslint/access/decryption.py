"""Keys under which things are encrypted that nobody can decrypt.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing, askers
from kmslint.access.capabilities import may_be_denied
from kmslint.access.decide import decide
from kmslint.access.estate_grants import grants_on
from kmslint.access.hinges import may_at_all
from kmslint.access.matching import names_action
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, Action
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Statement
from kmslint.values import Null, Text, Value
from kmslint.verdict import NO, YES, Verdict


def _named(*names: str) -> tuple[Action, ...]:
    return tuple(action for action in KEY_ACTIONS if action.name in names)


_ENCRYPTING: Final = _named(
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptTo",
)
_DECRYPTING: Final = _named("kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant")
"""What lets somebody decrypt, be it by a grant that he makes."""


class Sealed(NamedTuple):
    """A statement that lets somebody encrypt under a key with which nobody may decrypt."""

    statement: Statement
    who: Asker
    action: Action


def sealed(document: Document, key: Key, estate: Estate) -> Sealed | None:
    """The first way to encrypt under a key that nobody may decrypt with; None if somebody may, or perhaps may.

    It must be by omission: a Deny of decryption is intent.
    """
    if not _encrypts_and_decrypts(key) or _may_be_granted(key, estate):
        return None
    if any(_is_for_unseen(statement) for statement in document.statements):
        return None
    if any(may_be_denied(action, document) for action in _DECRYPTING):
        return None
    everybody = sorted(askers(document, estate), key=lambda one: one.standing is Standing.ROOT_USER)
    if any(_verdict(one, document, action, key, estate) is not NO for one in everybody for action in _DECRYPTING):
        return None
    return next(_encrypting(everybody, document, key, estate), None)


def _encrypts_and_decrypts(key: Key) -> bool:
    """Whether it is certain that the key is a symmetric one for encryption: public keys encrypt outside of KMS."""
    return _is(key.settings.usage, "ENCRYPT_DECRYPT") and _is(key.settings.spec, "SYMMETRIC_DEFAULT")


def _is(value: Value | None, default: str) -> bool:
    if value is None or isinstance(value, Null):
        return True
    return isinstance(value, Text) and value.literal == default


def _may_be_granted(key: Key, estate: Estate) -> bool:
    operations = {action.name.removeprefix("kms:") for action in _DECRYPTING}
    return any(grant.operations is None or grant.operations & operations for grant in grants_on(key, estate))


def _is_for_unseen(statement: Statement) -> bool:
    """Whether it may let somebody decrypt who is not among the askers: a service whose name is open."""
    decrypts = any(names_action(statement, action) is not NO for action in _DECRYPTING)
    return decrypts and any(not isinstance(one.value, Text) for one in statement.principals or ())


def _verdict(asker: Asker, document: Document, action: Action, key: Key, estate: Estate) -> Verdict:
    """Whether the caller may use the action, in every way the document can come out."""
    situation = Situation(asker.caller, action, key, estate.accounts_of(key))
    return may_at_all(document, lambda world: (decide(world, situation, asker.others(situation)),))


def _encrypting(everybody: Iterable[Asker], document: Document, key: Key, estate: Estate) -> Iterator[Sealed]:
    """Those who may certainly encrypt, with the statement that says so."""
    for asker in everybody:
        for action in _ENCRYPTING:
            if _verdict(asker, document, action, key, estate) is YES:
                situation = Situation(asker.caller, action, key, estate.accounts_of(key))
                allowing = decide(document, situation, asker.others(situation)).key_policy.allowing
                yield from (Sealed(statement, asker, action) for statement, _ in allowing[:1])
