"""Who gets past a condition on the attestation of an enclave.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html
"""

from __future__ import annotations

import pytest

from kmslint.access.attestation import attestation_tests, attested_action, bypasses, is_demanded, is_optional
from kmslint.model.estate import Identity, IdentityKind
from plain_estates import ANY, deny, estate_of, key_of, role, to, when
from plain_policies import FOREIGN, OWN, Plain, document

IS_ENCLAVE: dict[str, Plain] = {"StringEqualsIgnoreCase": {"kms:RecipientAttestation:PCR0": "ab"}}
MAY_BE: dict[str, Plain] = {"StringEqualsIfExists": {"kms:RecipientAttestation:PCR0": "ab"}}
ENCLAVE: dict[str, Plain] = {"Condition": IS_ENCLAVE}
OPTIONAL: dict[str, Plain] = {"Condition": MAY_BE}
ASKS = to("Dev", action="kms:Decrypt", **ENCLAVE)
SESSION = f"arn:aws:sts::{OWN}:assumed-role/Dev/enclave"
ANN = f"arn:aws:iam::{OWN}:user/Ann"
STRANGER = f"arn:aws:iam::{FOREIGN}:role/Dev"
IAM = "IAM policies"


def past(*statements: Plain, identities: tuple[Identity, ...] = ()) -> list[str]:
    """The statement by which each principal gets past, by its number."""
    found = bypasses(estate_of(key_of(list(statements)), identities=identities))
    return [IAM if one.past is None else str(one.past.position) for one in found]


@pytest.mark.parametrize(
    ("statements", "ways"),
    [
        ([ASKS], []),
        ([ASKS, to("Other")], []),
        ([ASKS, to("Dev")], ["1"]),
        ([ASKS, to("*", action="kms:Decrypt")], ["1"]),
        ([ASKS, to("Dev", action="kms:Encrypt")], []),
        ([to(ANN, action="kms:Decrypt", **ENCLAVE), to(ANN)], ["1"]),
        ([to("<role Dev>", action="kms:Decrypt", **ENCLAVE), to("<role Dev>")], ["1"]),
        # A session by its role, but not a role by one of its sessions.
        ([to(SESSION, action="kms:Decrypt", **ENCLAVE), to("Dev")], ["1"]),
        ([to(SESSION, action="kms:Decrypt", **ENCLAVE), to(SESSION)], ["1"]),
        ([ASKS, to(SESSION)], []),
        # What the others do in another account cannot be seen, and everybody is nobody in particular.
        ([to(STRANGER, action="kms:Decrypt", **ENCLAVE), to(STRANGER)], []),
        ([to(STRANGER, action="kms:Decrypt", **ENCLAVE), to("*")], []),
        ([to("*", action="kms:Decrypt", **ENCLAVE), to("*")], []),
        ([to("account", action="kms:Decrypt", **ENCLAVE), to("*")], []),
        ([{**ASKS, "Principal": {"Service": "s3.amazonaws.com"}}, to("*")], []),
        ([{"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:Decrypt", "Resource": "*", **ENCLAVE}, to("*")], []),
        # The condition has to be one that somebody can fail, on an action for which there is an attestation.
        ([to("Dev", **OPTIONAL), to("Dev")], []),
        ([to("Dev", action="kms:Encrypt", **ENCLAVE), to("Dev")], []),
        ([{**ASKS, "Resource": "arn:aws:s3:::bucket"}, to("Dev")], []),
        ([{**ASKS, "Condition": {"StringEquals": {"aws:PrincipalTag/a": "b"}}}, to("Dev")], []),
        # The other statement has a condition of its own, or asks for the attestation too.
        ([ASKS, ASKS], []),
        ([ASKS, to("Dev", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], []),
        ([ASKS, to("Dev", Condition="<<Condition>>")], []),
        # A Deny sees to it, whoever it names, and so may what cannot be seen.
        ([ASKS, to("Dev"), deny(to("Other"), **ENCLAVE)], []),
        ([ASKS, to("Dev"), "<<Statement>>"], []),
        ([ASKS, to("Dev"), {**to("Other", **ENCLAVE), "Effect": "<Effect>"}], []),
        ([ASKS, to("Dev"), deny(to("Dev", action="kms:Decrypt"))], []),
        # Where the one is there, the other has to be.
        ([when("A", ASKS), to("Dev")], ["1"]),
        ([when("A", ASKS), when("A", to("Dev"))], ["1"]),
        ([when("A", ASKS), when("B", to("Dev"))], []),
        ([ASKS, to("Dev"), when("B", deny(to("Dev")))], []),
    ],
)
def test_who_gets_past_by_the_key_policy(statements: list[Plain], ways: list[str]) -> None:
    assert past(*statements) == ways


@pytest.mark.parametrize(
    ("identity", "ways"),
    [
        (role("Dev", ANY), [IAM]),
        (role("Dev", {**ANY, "Resource": "arn:aws:s3:::bucket"}), []),
        (role("Other", ANY), []),
        (role("Dev", ANY, kind=IdentityKind.USER), []),
    ],
)
def test_who_gets_past_by_iam(identity: Identity, ways: list[str]) -> None:
    assert past(ASKS, to("account"), identities=(identity,)) == ways


def test_whose_account_is_not_known_has_not_got_past_for_sure() -> None:
    """In another account IAM policies that nobody sees here decide as well."""
    policy = [ASKS, to("Dev"), to(STRANGER, action="kms:DescribeKey")]
    assert list(bypasses(estate_of(key_of(policy)))) != []
    assert list(bypasses(estate_of(key_of(policy), account=None))) == []


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        ("StringEquals", False),
        ("StringEqualsIfExists", True),
        ("StringNotEquals", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
    ],
)
def test_whether_a_request_without_an_attestation_passes(operator: str, answer: bool) -> None:
    (read,) = document([to("Dev", Condition={operator: {"kms:RecipientAttestation:PCR0": "ab"}})]).statements
    assert [is_optional(test) for test in attestation_tests(read)] == [answer]


def test_each_principal_is_judged_by_itself() -> None:
    both = to("Dev", "Other", action=["kms:Encrypt", "kms:Decrypt"], **ENCLAVE)
    (found,) = bypasses(estate_of(key_of([both, to("Other")])))
    assert str(found.principal.value).endswith("role/Other")
    assert found.action.name == "kms:Decrypt"
    assert found.statement.position == 0


def test_the_condition_that_asks_is_the_one_that_is_shown() -> None:
    mixed = to("Dev", action="kms:Decrypt", Condition={**MAY_BE, **IS_ENCLAVE})
    (found,) = bypasses(estate_of(key_of([mixed, to("Dev")])))
    assert found.test.operator == "StringEqualsIgnoreCase"


@pytest.mark.parametrize(
    ("statement", "action"),
    [
        (to("Dev"), "kms:Decrypt"),
        (to("Dev", action=["kms:GenerateRandom", "kms:GenerateDataKey"]), "kms:GenerateDataKey"),
        (to("Dev", action="kms:Encrypt"), None),
        (to("Dev", action="<Action>"), None),
        (deny(to("Dev")), None),
    ],
)
def test_the_action_that_carries_an_attestation(statement: Plain, action: str | None) -> None:
    (read,) = document([statement]).statements
    found = attested_action(read)
    assert (found and found.name) == action


@pytest.mark.parametrize(
    ("statement", "answer"),
    [(deny(to("Other", **OPTIONAL)), True), ("<<Statement>>", True), (ASKS, False), (deny(to("Other")), False)],
)
def test_what_a_deny_may_ask_for(statement: Plain, answer: bool) -> None:
    assert is_demanded(document([statement])) is answer
