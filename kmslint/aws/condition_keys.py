"""The condition keys of KMS requests: which requests carry them.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from kmslint.wildcard import fold


class Kind(Enum):
    """What the values of a condition key are."""

    WORD = "text"
    """No ARN, number, date, address, `true` or `false`."""
    ACCOUNT = "an account id"
    ARN = "an ARN"
    TRUTH = "true or false"
    NUMBER = "a number"
    MOMENT = "a moment"
    ADDRESS = "an IP address"
    ANY = "any text"


_KINDS: Final = {
    Kind.WORD: """
        kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage kms:DataKeyPairSpec kms:EncryptionAlgorithm
        kms:ExpirationModel kms:GrantConstraintType kms:GranteeServicePrincipal kms:GrantOperations
        kms:KeyAgreementAlgorithm kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MacAlgorithm kms:MessageType
        kms:MultiRegionKeyType kms:PrimaryRegion kms:ReplicaRegion kms:RequestAlias kms:ResourceAliases
        kms:RetiringServicePrincipal kms:SigningAlgorithm kms:ViaService kms:WrappingAlgorithm kms:WrappingKeySpec
        aws:CalledVia aws:CalledViaFirst aws:CalledViaLast aws:PrincipalOrgID aws:PrincipalOrgPaths
        aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:PrincipalType aws:RequestedRegion
        aws:ResourceOrgID aws:ResourceOrgPaths aws:SourceOrgID aws:SourceOrgPaths aws:SourceVpc aws:SourceVpce
    """,
    Kind.ACCOUNT: "kms:CallerAccount aws:PrincipalAccount aws:ResourceAccount aws:SourceAccount",
    Kind.ARN: "kms:GrantConstraintSourceArn aws:PrincipalArn aws:SourceArn",
    Kind.TRUTH: """
        kms:BypassPolicyLockoutSafetyCheck kms:GrantIsForAWSResource kms:MultiRegion kms:ReEncryptOnSameKey
        aws:MultiFactorAuthPresent aws:PrincipalIsAWSService aws:SecureTransport aws:ViaAWSService
    """,
    Kind.NUMBER: """
        kms:RotationPeriodInDays kms:ScheduleKeyDeletionPendingWindowInDays kms:TrailingDaysWithoutKeyUsage
        aws:MultiFactorAuthAge
    """,
    Kind.MOMENT: "kms:ValidTo aws:CurrentTime aws:EpochTime aws:TokenIssueTime",
    Kind.ADDRESS: "aws:SourceIp aws:VpcSourceIp",
    Kind.ANY: """
        kms:EncryptionContext: kms:EncryptionContextKeys kms:GranteePrincipal kms:RecipientAttestation:
        kms:RetiringPrincipal
    """,
}
"""All keys of KMS, and those of AWS's global ones whose values are of one kind.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

_SPELLING: Final = {fold(name): name for names in _KINDS.values() for name in names.split()}
_KIND_BY_KEY: Final = {fold(name): kind for kind, names in _KINDS.items() for name in names.split()}

_CARRIED_BY: Final = {
    "aws:requesttag/*": "TagResource CreateKey",
    "aws:tagkeys": "TagResource UntagResource CreateKey",
    "kms:bypasspolicylockoutsafetycheck": "PutKeyPolicy CreateKey",
    "kms:datakeypairspec": "GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext",
    "kms:encryptionalgorithm": """
        Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
        GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo
    """,
    "kms:encryptioncontext:*": """
        Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
        GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo CreateGrant RetireGrant
    """,
    "kms:encryptioncontextkeys": """
        Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
        GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo CreateGrant RetireGrant
    """,
    "kms:expirationmodel": "ImportKeyMaterial",
    "kms:grantconstraintsourcearn": "CreateGrant",
    "kms:grantconstrainttype": "CreateGrant RetireGrant",
    "kms:grantisforawsresource": "CreateGrant ListGrants RevokeGrant",
    "kms:grantoperations": "CreateGrant",
    "kms:granteeprincipal": "CreateGrant",
    "kms:granteeserviceprincipal": "CreateGrant",
    "kms:keyagreementalgorithm": "DeriveSharedSecret",
    "kms:macalgorithm": "GenerateMac VerifyMac",
    "kms:messagetype": "Sign Verify",
    "kms:primaryregion": "UpdatePrimaryRegion",
    "kms:reencryptonsamekey": "ReEncryptFrom ReEncryptTo",
    "kms:recipientattestation:*": "Decrypt DeriveSharedSecret GenerateDataKey GenerateDataKeyPair GenerateRandom",
    "kms:replicaregion": "ReplicateKey",
    "kms:requestalias": """
        Decrypt DeriveSharedSecret Encrypt GenerateDataKey GenerateDataKeyPair
        GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac
        ReEncryptFrom ReEncryptTo Sign Verify VerifyMac DescribeKey GetPublicKey
    """,
    "kms:retiringprincipal": "CreateGrant",
    "kms:retiringserviceprincipal": "CreateGrant",
    "kms:rotationperiodindays": "EnableKeyRotation",
    "kms:schedulekeydeletionpendingwindowindays": "ScheduleKeyDeletion",
    "kms:signingalgorithm": "Sign Verify",
    "kms:trailingdayswithoutkeyusage": "DisableKey ScheduleKeyDeletion",
    "kms:validto": "ImportKeyMaterial",
    "kms:wrappingalgorithm": "GetParametersForImport",
    "kms:wrappingkeyspec": "GetParametersForImport",
}
"""Keys that only some actions carry; a name that ends in `*` stands for all keys with that beginning."""

_ACTIONS_BY_KEY: Final = {key: frozenset(f"kms:{name}" for name in names.split()) for key, names in _CARRIED_BY.items()}

SERVICE_ONLY: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
"""Keys that only the direct calls of an AWS service carry.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

IAM_ONLY: Final = ("aws:resourcetag/", "kms:resourcealiases")
"""Keys that KMS does not support in key policies (a key that ends in `/` stands for all its names).

https://docs.aws.amazon.com/kms/latest/developerguide/tag-authorization.html
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-resource-aliases
"""


def carried(key: str, action: str) -> bool:
    """Whether a request for the action can carry the key (lower case); keys that are not KMS's own can."""
    actions = _ACTIONS_BY_KEY.get(key)
    if actions is None:
        for prefix in ("kms:encryptioncontext:", "kms:recipientattestation:", "aws:requesttag/"):
            if key.startswith(prefix):
                actions = _ACTIONS_BY_KEY[f"{prefix}*"]
    return actions is None or action in actions


def unsupported_in_key_policy(key: str) -> bool:
    """Whether KMS ignores the key (lower case) in key policies."""
    return any(key == name or (name.endswith("/") and key.startswith(name)) for name in IAM_ONLY)


def kind_of(key: str) -> Kind:
    """What the values of the key (lower case) are."""
    return _KIND_BY_KEY.get(key, Kind.ANY)


def is_condition_key(name: str) -> bool:
    """Whether it is the name of one of the keys that are known here."""
    return fold(name) in _SPELLING


def is_unknown_key_of_kms(key: str) -> bool:
    """Whether the key (lower case) has KMS's prefix, and KMS has no such key."""
    if not key.startswith("kms:"):
        return False
    family, colon, name = key[len("kms:") :].partition(":")
    return f"kms:{family}{colon}" not in _SPELLING or (bool(colon) and not name)
