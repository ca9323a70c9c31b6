"""The KMS actions: what each is for, and what KMS allows it to be.

Read from the service authorization reference and the API reference, 2026-09.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
"""

from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from kmslint.wildcard import fold, glob


class Group(Enum):
    """What an action is for."""

    CRYPTO = "cryptographic use"
    POLICY = "key policy"
    DESTRUCTIVE = "making the key unusable"
    ADMINISTRATION = "administration"
    GRANT = "grants"
    VIEW = "viewing"
    ALIAS = "aliases"
    ACCOUNT = "account-wide"
    """No key is concerned: only IAM policies can allow it, on `*`."""
    INTERNAL = "internal"
    """Only AWS's own service-linked role uses it."""


class Action(NamedTuple):
    """A KMS action."""

    name: str
    """With the prefix: `kms:Decrypt`."""
    group: Group
    cross_account: bool
    """Works on a key of another account."""
    grantable: bool
    """May be given by a grant."""

    @property
    def on_key(self) -> bool:
        """Whether a key policy has a say in it. (RetireGrant is decided by the grant alone.)"""
        return self.group not in (Group.ACCOUNT, Group.INTERNAL) and self.name != "kms:RetireGrant"


_NAMES: Final = {
    Group.CRYPTO: """
        Decrypt DeriveSharedSecret Encrypt GenerateDataKey GenerateDataKeyPair
        GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
        ReEncryptFrom ReEncryptTo Sign Verify VerifyMac
    """,
    Group.POLICY: """
        PutKeyPolicy
    """,
    Group.DESTRUCTIVE: """
        DeleteImportedKeyMaterial DisableKey ScheduleKeyDeletion
    """,
    Group.ADMINISTRATION: """
        CancelKeyDeletion DisableKeyRotation EnableKey EnableKeyRotation GetParametersForImport
        ImportKeyMaterial ReplicateKey RotateKeyOnDemand TagResource UntagResource
        UpdateKeyDescription UpdatePrimaryRegion
    """,
    Group.GRANT: """
        CreateGrant ListGrants RetireGrant RevokeGrant
    """,
    Group.VIEW: """
        DescribeKey GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus GetPublicKey ListKeyPolicies
        ListKeyRotations ListResourceTags
    """,
    Group.ALIAS: """
        CreateAlias DeleteAlias UpdateAlias
    """,
    Group.ACCOUNT: """
        CreateKey GenerateRandom ListAliases ListKeys ListRetirableGrants ConnectCustomKeyStore
        CreateCustomKeyStore DeleteCustomKeyStore DescribeCustomKeyStores DisconnectCustomKeyStore
        UpdateCustomKeyStore
    """,
    Group.INTERNAL: """
        SynchronizeMultiRegionKey
    """,
}

_CROSS_ACCOUNT: Final = """
    Decrypt DeriveSharedSecret Encrypt GenerateDataKey GenerateDataKeyPair
    GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
    ReEncryptFrom ReEncryptTo Sign Verify VerifyMac CreateGrant ListGrants RetireGrant
    RevokeGrant DescribeKey GetKeyRotationStatus GetPublicKey
"""

_GRANTABLE: Final = """
    Decrypt DeriveSharedSecret Encrypt GenerateDataKey GenerateDataKeyPair
    GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
    ReEncryptFrom ReEncryptTo Sign Verify VerifyMac CreateGrant RetireGrant DescribeKey
    GetPublicKey
"""

ACTIONS: Final[tuple[Action, ...]] = tuple(
    Action(f"kms:{name}", group, name in _CROSS_ACCOUNT.split(), name in _GRANTABLE.split())
    for group, names in _NAMES.items()
    for name in names.split()
)
KEY_ACTIONS: Final[tuple[Action, ...]] = tuple(action for action in ACTIONS if action.on_key)
"""The actions that a key policy can allow."""

PUT_KEY_POLICY: Final = next(action for action in ACTIONS if action.name == "kms:PutKeyPolicy")
CREATE_GRANT: Final = next(action for action in ACTIONS if action.name == "kms:CreateGrant")

_TELLING: Final = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:Sign",
    "kms:GenerateMac",
    "kms:CreateGrant",
)


def most_telling(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The same actions, those first by which a reader sees what is at stake."""
    telling = [action for name in _TELLING for action in actions if action.name == name]
    return (*telling, *(action for action in actions if action not in telling))


_FOLDED: Final = tuple(fold(action.name) for action in ACTIONS)


# All that the longest policy has room for: one more, asked for in turn, would come to every answer anew.
@lru_cache(maxsize=32_768)
def matching(pattern: str) -> frozenset[Action]:
    """The KMS actions that a literal pattern of an Action element names: `kms:Describe*`, `*`.

    Action names are case-insensitive, in ASCII.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    folded = fold(pattern)
    if "*" not in folded and "?" not in folded:
        return frozenset(action for action, name in zip(ACTIONS, _FOLDED, strict=True) if name == folded)
    return frozenset(action for action, name in zip(ACTIONS, _FOLDED, strict=True) if glob(folded, name))


def nearest(pattern: str) -> str:
    """The action, or the pattern of actions, that a pattern of none may have been meant for; empty if none is near."""
    if matching(f"kms:{pattern}"):
        return f"kms:{pattern}"
    if matching(f"{pattern}*"):
        return f"{pattern}*"
    folded = fold(pattern)
    if "*" in folded or "?" in folded:
        return ""
    edits, name = min((_edits(folded, known), action.name) for known, action in zip(_FOLDED, ACTIONS, strict=True))
    return name if edits <= _LIKELY_EDITS else ""


_LIKELY_EDITS: Final = 3


def _edits(one: str, other: str) -> int:
    """How many letters have to be put in, left out or changed to make one text the other."""
    if abs(len(one) - len(other)) > _LIKELY_EDITS:
        return _LIKELY_EDITS + 1
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], number
        for at, candidate in enumerate(other, 1):
            kept = diagonal if letter == candidate else diagonal + 1
            diagonal, row[at] = row[at], min(kept, row[at] + 1, row[at - 1] + 1)
    return row[-1]
