"""The actions of KMS: what somebody may have meant who wrote one that there is not."""

from __future__ import annotations

import pytest

from kmslint.access.caller import NOWHERE
from kmslint.access.matching import names_no_action
from kmslint.aws.actions import nearest
from kmslint.values import HoleKind, text, unknown


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("kms:ReEncrypt", "kms:ReEncrypt*"),
        ("kms:Describe", "kms:Describe*"),
        ("Decrypt", "kms:Decrypt"),
        ("kms:DecryptKey", "kms:Decrypt"),
        ("KMS:GenerateDatakeys", "kms:GenerateDataKey"),
        ("kms:DescribeKeys", "kms:DescribeKey"),
        ("kms:Use", ""),
        ("kms:Descrybe*", ""),
        ("s3:GetObject", ""),
    ],
)
def test_nearest(written: str, meant: str) -> None:
    assert nearest(written) == meant


@pytest.mark.parametrize("written", ["*", "kms:*", "KMS:DECRYPT", "kms:?ecrypt", "k*:Decrypt", "*:Decrypt"])
def test_it_names_an_action(written: str) -> None:
    assert not names_no_action(text(written, NOWHERE))


def test_what_is_not_known_may_be_one() -> None:
    assert not names_no_action(unknown("Action", NOWHERE, HoleKind.PARAMETER))
