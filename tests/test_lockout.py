"""Who can still manage a key: every case of fixtures/lockout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

import pytest
import yaml

from cases import FIXTURES
from kmslint.access.delegation import delegates
from kmslint.access.lockout import Lockout, LockoutClass, assess
from kmslint.access.managers import Holder
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.limits import CHOICES
from kmslint.model.accounts import Accounts
from kmslint.model.policy import Document
from kmslint.verdict import YES, Verdict
from plain_policies import KEY, OWN, Plain, accounts_of, document

Data = dict[str, Any]

MEMBERS = {"name", "page", "policy", "account", "lockout", "root user", "administrators", "anyone", "named", "patterns"}


class Case(NamedTuple):
    """A key policy, and what there is to say of it."""

    name: str
    page: str
    document: Document
    accounts: Accounts
    expected: Data

    def __str__(self) -> str:
        return self.name

    def lockout(self) -> Lockout:
        return assess(self.document, KEY, self.accounts)


def read_cases() -> list[Case]:
    data = cast(Data, yaml.safe_load((FIXTURES / "lockout" / "classes.yaml").read_text(encoding="utf-8")))
    return [_case(case, data["pages"]) for case in data["cases"]]


def _case(case: Data, pages: Data) -> Case:
    assert set(case) <= MEMBERS | {"presumed"}, set(case)
    policy = document(case["policy"])
    configured = OWN if case.get("account", OWN) == OWN else None
    return Case(case["name"], pages[case["page"]], policy, accounts_of(policy, configured=configured), case)


CASES = read_cases()


def verdict(written: bool | str) -> Verdict:
    """YAML reads yes and no as booleans."""
    return Verdict(written) if isinstance(written, str) else Verdict.of(written)


def described(holders: Iterable[Holder]) -> dict[str, Verdict]:
    return {str(holder.principal.value): holder.may.some for holder in holders}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_class(case: Case) -> None:
    assert case.lockout().lockout is LockoutClass(case.expected["lockout"])


@pytest.mark.parametrize("case", [case for case in CASES if "root user" in case.expected], ids=str)
def test_callers(case: Case) -> None:
    found = case.lockout()
    verdicts = {"root user": found.root_user, "administrators": found.account_administrators, "anyone": found.anyone}
    for caller, is_allowed in verdicts.items():
        if caller in case.expected:
            assert is_allowed is verdict(case.expected[caller]), caller


@pytest.mark.parametrize("case", [case for case in CASES if {"named", "patterns"} & set(case.expected)], ids=str)
def test_holders(case: Case) -> None:
    found = case.lockout()
    for members, holders in (("named", found.named), ("patterns", found.patterns)):
        if members in case.expected:
            assert described(holders) == {name: verdict(may) for name, may in case.expected[members].items()}


@pytest.mark.parametrize("case", [case for case in CASES if "presumed" in case.expected], ids=str)
def test_a_presumption_is_owned_up_to(case: Case) -> None:
    assert case.lockout().presumed


@pytest.mark.parametrize("case", CASES, ids=str)
def test_delegated_administration_is_no_lockout(case: Case) -> None:
    """Whoever can be made an administrator by IAM can manage the key."""
    if delegates(case.document, KEY, case.accounts, PUT_KEY_POLICY) is YES:
        assert case.lockout().lockout is LockoutClass.NONE


def test_names_are_told_apart_and_pages_are_of_aws() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.page.startswith("https://docs.aws.amazon.com/") for case in CASES)


def test_beyond_the_limit_of_choices_nothing_is_claimed() -> None:
    """One world more than are tried out: with every condition false there is no statement left."""
    account: Plain = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}
    many: list[Plain] = [{"if": f"C{number}", "then": account, "else": None} for number in range(CHOICES + 1)]
    found = assess(document(many), KEY, accounts_of())
    assert found.lockout is LockoutClass.UNKNOWN


def test_where_iam_policies_decide_a_pattern_adds_nobody() -> None:
    reader: Plain = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/Reader*"}},
    }
    account: Plain = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = document([account, reader])
    found = assess(policy, KEY, accounts_of(policy, configured=OWN))
    assert found.lockout is LockoutClass.NONE
    assert found.patterns == ()
