"""Who asks: what follows from a name, and from the pattern of one."""

from __future__ import annotations

import pytest

from kmslint.access.caller import FRESH, CallerKind, recreatable
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from kmslint.wildcard import equal
from plain_policies import OWN, caller_of, words


@pytest.mark.parametrize(
    ("caller", "verdict"),
    [
        ("role/aws-service-role/s3.amazonaws.com/AWSServiceRoleForS3", YES),
        ("role/AWSServiceRoleForS3", NO),
        ("role/Dev", NO),
        # The ARN of a session does not show the path of its role.
        ("assumed-role/AWSServiceRoleForS3/session", UNKNOWN),
        ("assumed-role/Dev/session", NO),
        ("user/AWSServiceRoleForS3", NO),
        ("root user", NO),
        ("anybody", NO),
        ("s3.amazonaws.com", NO),
    ],
)
def test_service_linked_roles(caller: str, verdict: Verdict) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html"""
    assert caller_of(caller).service_linked is verdict


@pytest.mark.parametrize(
    ("pattern", "arn", "kind"),
    [
        ("arn:aws:iam::<own>:role/Admin*", f"arn:aws:iam::<own>:role/Admin{FRESH}", CallerKind.ROLE),
        ("arn:aws:iam::<own>:user/*/<Name>", f"arn:aws:iam::<own>:user/{FRESH}/<Name>", CallerKind.USER),
        ("arn:aws:iam::<own>:role/Admin", "arn:aws:iam::<own>:role/Admin", CallerKind.ROLE),
    ],
)
def test_whoever_takes_a_name_that_a_pattern_covers(pattern: str, arn: str, kind: CallerKind) -> None:
    """It is nobody whom a Principal element names."""
    caller = recreatable(words(pattern))
    assert (str(caller.arn), caller.kind, caller.unnamed, caller.own) == (str(words(arn)), kind, True, True)


@pytest.mark.parametrize(
    ("caller", "kind", "arn", "account"),
    [
        ("root user", CallerKind.ROOT_USER, "arn:<partition>:iam::<own>:root", "<own>"),
        ("some role", CallerKind.ROLE, f"arn:<partition>:iam::<own>:role/{FRESH}", "<own>"),
        ("some user", CallerKind.USER, f"arn:<partition>:iam::<own>:user/{FRESH}", "<own>"),
        ("anybody", CallerKind.ROLE, f"arn:aws:iam::{FRESH}:role/{FRESH}", FRESH),
        ("assumed-role/Dev/s", CallerKind.SESSION, f"arn:aws:iam::{OWN}:role/Dev", "<own>"),
        ("federated-user/Ann", CallerKind.FEDERATED, f"arn:aws:sts::{OWN}:federated-user/Ann", "<own>"),
    ],
)
def test_what_a_caller_is_called(caller: str, kind: CallerKind, arn: str, account: str) -> None:
    """A session carries the ARN of its role: what a caller is by its own ARN is told beside it."""
    found = caller_of(caller)
    assert found.kind is kind
    assert (found.own, found.unnamed) == (caller != "anybody", caller in ("some role", "some user", "anybody"))
    assert equal(found.arn, words(arn)) is equal(found.account, words(account)) is YES
    assert (str(found.session) if found.session else None) == (
        f"arn:aws:sts::{OWN}:assumed-role/Dev/s" if kind is CallerKind.SESSION else None
    )


def test_a_service_belongs_to_no_account() -> None:
    caller = caller_of("s3.amazonaws.com")
    assert (str(caller.arn), str(caller.account), caller.own, str(caller.service)) == (
        "",
        "",
        False,
        "s3.amazonaws.com",
    )


@pytest.mark.parametrize(("caller", "is_stranger"), [("anybody", True), ("some role", False), ("root user", False)])
def test_who_is_a_stranger(caller: str, is_stranger: bool) -> None:
    assert caller_of(caller).is_stranger is is_stranger
    assert not caller_of("444455556666 role/Dev").is_stranger
