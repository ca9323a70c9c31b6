"""Keys under which things are encrypted that nobody can decrypt.

https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
"""

from __future__ import annotations

import pytest

from kmslint.access.decryption import sealed
from kmslint.model.estate import Grant, Identity, KeySettings
from kmslint.model.policy import Document
from kmslint.values import Items, Null, Value, unknown
from plain_estates import ANY, deny, estate_of, key_of, role, to, when
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, value, words

ENCRYPTS = to("Dev", action="kms:Encrypt")
BY_IAM = to("account", action="kms:Encrypt")
SERVICE: dict[str, Plain] = {**ENCRYPTS, "Principal": {"Service": "s3.amazonaws.com"}}
NOT_DEV: dict[str, Plain] = {"Effect": "Allow", "NotPrincipal": ENCRYPTS["Principal"], "Resource": "*"}
STRANGER = f"arn:aws:iam::{FOREIGN}:role/Dev"


def shut(
    statements: list[Plain],
    identities: tuple[Identity, ...] = (),
    settings: KeySettings = KEY.settings,
    grants: tuple[Grant, ...] = (),
) -> str | None:
    """Who encrypts, by which action and statement, what nobody decrypts."""
    key = key_of(statements)._replace(settings=settings)
    estate = estate_of(key, identities=identities)._replace(grants=grants)
    assert isinstance(key.policy.document, Document)
    found = sealed(key.policy.document, key, estate)
    return found and f"{found.who.label}: {found.action.name} by {found.statement.position}"


def open_service(action: Plain) -> dict[str, Plain]:
    """A statement for a service whose name is open; and for a group, whom AWS takes for nobody."""
    return {**SERVICE, "Principal": {"Service": "<<Service>>", "AWS": f"arn:aws:iam::{OWN}:group/x"}, "Action": action}


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([ENCRYPTS], "role Dev: kms:Encrypt by 0"),
        ([to("Dev", action="kms:DescribeKey"), SERVICE], "service s3.amazonaws.com: kms:Encrypt by 1"),
        ([to(STRANGER, action="kms:Encrypt")], f"role Dev of account {FOREIGN}: kms:Encrypt by 0"),
        *[
            ([to("Dev", action=f"kms:{name}")], f"role Dev: kms:{name} by 0")
            for name in (
                *("GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"),
                *("GenerateDataKeyWithoutPlaintext", "ReEncryptTo"),
            )
        ],
        # The account's identities come before its root user, whom nobody should need.
        ([BY_IAM], "account administrators: kms:Encrypt by 0"),
        # Nothing is encrypted, certainly, by anybody.
        ([to("Dev", action="kms:DescribeKey")], None),
        ([{**ENCRYPTS, "Effect": "<Effect>"}], None),
        ([when("A", ENCRYPTS)], None),
        ([when("A", ENCRYPTS), SERVICE], "service s3.amazonaws.com: kms:Encrypt by 1"),
        # Somebody decrypts, or may,
        *[
            ([ENCRYPTS, to("Other", action=f"kms:{name}")], None)
            for name in ("Decrypt", "ReEncryptFrom", "CreateGrant")
        ],
        ([ENCRYPTS, to("account", action="kms:Decrypt")], None),
        ([ENCRYPTS, {**SERVICE, "Action": "kms:Decrypt"}], None),
        ([ENCRYPTS, when("A", to("Dev", action="kms:Decrypt"))], None),
        ([ENCRYPTS, "<<Statement>>"], None),
        # be it somebody of whom nothing is known.
        ([ENCRYPTS, to("Dev", "<<Reader>>", action="kms:Decrypt")], None),
        ([BY_IAM, open_service("kms:Decrypt")], None),
        ([BY_IAM, to(f"arn:aws:iam::{OWN}:group/x", action="kms:Decrypt")], "account administrators: kms:Encrypt by 0"),
        ([BY_IAM, open_service(["kms:Describe*", "kms:CreateGrant"])], None),
        ([BY_IAM, open_service("kms:DescribeKey")], "account administrators: kms:Encrypt by 0"),
        ([BY_IAM, to("Dev", action="kms:DescribeKey")], "account administrators: kms:Encrypt by 0"),
        ([ENCRYPTS, {"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:Decrypt"}], "role Dev: kms:Encrypt by 0"),
        ([ENCRYPTS, {**NOT_DEV, "Action": "kms:Decrypt"}], None),
        # A Deny is intent.
        ([ENCRYPTS, deny(to("*", action="kms:Decrypt"))], None),
        ([ENCRYPTS, deny(to("Other", action="kms:CreateGrant"))], None),
        ([ENCRYPTS, deny(to("*", action="kms:DescribeKey"))], "role Dev: kms:Encrypt by 0"),
    ],
)
def test_what_nobody_decrypts(statements: list[Plain], found: str | None) -> None:
    assert shut(statements) == found


def test_iam_policies_decide_where_the_account_is_named() -> None:
    delegated: list[Plain] = [
        to("account", action=["kms:Encrypt", "kms:Decrypt"]),
        deny(to("*", action="kms:ScheduleKeyDeletion")),
    ]
    assert shut(delegated, (role("Dev", ANY),)) is None


@pytest.mark.parametrize(
    ("settings", "is_sealed"),
    [
        (KeySettings(usage=words("ENCRYPT_DECRYPT"), spec=words("SYMMETRIC_DEFAULT")), True),
        (KeySettings(usage=Null(HERE), spec=Null(HERE)), True),
        (KeySettings(usage=words("SIGN_VERIFY")), False),
        (KeySettings(spec=words("RSA_2048")), False),
        (KeySettings(usage=unknown("Usage", HERE)), False),
        (KeySettings(spec=words("<Spec>")), False),
    ],
)
def test_a_public_key_encrypts_outside_of_kms(settings: KeySettings, is_sealed: bool) -> None:
    assert (shut([ENCRYPTS], settings=settings) is not None) is is_sealed


@pytest.mark.parametrize(
    ("key", "operations", "is_sealed"),
    [
        ("<key>", ["Encrypt"], True),
        ("<key>", ["Encrypt", "Decrypt"], False),
        ("<key>", ["ReEncryptFrom"], False),
        ("<key>", ["<Operation>"], False),
        ("<key>", None, False),
        ("<Key>", ["Decrypt"], False),
        ("<other key>", ["Decrypt"], True),
    ],
)
def test_somebody_may_decrypt_by_a_grant(key: str, operations: list[str] | None, is_sealed: bool) -> None:
    listed: Value | None = None if operations is None else value(operations)
    assert listed is None or isinstance(listed, Items)
    grant = Grant("Grant", HERE, words(key), words("arn:aws:iam::111122223333:role/Dev"), listed, constrained=False)
    assert (shut([ENCRYPTS], grants=(grant,)) is not None) is is_sealed
