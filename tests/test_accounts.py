"""Whose account an id is, and by what evidence."""

from __future__ import annotations

import pytest

from kmslint.model.accounts import Accounts, Ownership, collect_evidence
from kmslint.model.arn import parse_arn, split_text
from kmslint.values import Hole, HoleKind, Text, text
from plain_policies import FOREIGN, HERE, OWN, Plain, document, words

SYMBOLIC = frozenset({""})


def evidence(principals: Plain = None, condition: Plain = None, not_principals: Plain = None) -> Accounts:
    statement: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    given = {"Principal": principals, "NotPrincipal": not_principals, "Condition": condition}
    statement.update({name: plain for name, plain in given.items() if plain is not None})
    return collect_evidence([document([statement])], None)


@pytest.mark.parametrize(
    ("found", "ids", "symbolic"),
    [
        (evidence({"AWS": f"arn:aws:iam::{OWN}:root"}), {OWN}, False),
        (evidence({"AWS": OWN}), {OWN}, False),
        (evidence({"AWS": f"arn:aws:iam::{OWN}:role/Dev"}), {OWN}, False),
        (evidence({"AWS": f"arn:aws:sts::{OWN}:assumed-role/Dev/s"}), {OWN}, False),
        (evidence({"AWS": [OWN, f"arn:aws:iam::{FOREIGN}:role/Dev"]}), {OWN, FOREIGN}, False),
        (evidence(not_principals={"AWS": OWN}), {OWN}, False),
        (evidence({"AWS": "arn:aws:iam::<own>:root"}), set(), True),
        (evidence({"AWS": "<own>"}), set(), True),
        (evidence({"AWS": "arn:aws:iam::<Account>:root"}), {"${Account}"}, False),
        (evidence("*", {"StringEquals": {"kms:CallerAccount": OWN}}), {OWN}, False),
        (evidence("*", {"StringEquals": {"AWS:PrincipalAccount": [OWN, FOREIGN]}}), {OWN, FOREIGN}, False),
        (evidence("*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/x-*"}}), {OWN}, False),
        (evidence("*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x-*"}}), set(), False),
        (evidence("*", {"StringEquals": {"kms:CallerAccount": "<own>"}}), set(), True),
        # No evidence: where a service acts, what is no principal, and what is no account.
        (evidence({"Service": "logs.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": FOREIGN}}), set(), False),
        (evidence({"Service": OWN}), set(), False),
        (evidence({"AWS": "arn:aws:s3:::bucket"}), set(), False),
        (evidence({"AWS": "12345"}), set(), False),
        (evidence({"AWS": "<Somebody>"}), set(), False),
        (evidence("*"), set(), False),
        # Eleven digits are no account, and so no evidence that another is not the own one.
        (evidence({"AWS": ["arn:aws:iam::11112222333:root", OWN]}), {OWN}, False),
    ],
)
def test_evidence(found: Accounts, ids: set[str], symbolic: bool) -> None:
    assert (set(found.ids), found.symbolic) == (ids, SYMBOLIC if symbolic else frozenset())


@pytest.mark.parametrize(
    ("accounts", "account", "ownership"),
    [
        (Accounts(configured=words(OWN)), OWN, Ownership.OWN),
        (Accounts(configured=words(OWN)), FOREIGN, Ownership.FOREIGN),
        (Accounts(configured=words(OWN)), "<Account>", Ownership.UNATTRIBUTED),
        (Accounts(configured=words(OWN)), "<own>", Ownership.OWN),
        (Accounts(configured=words("<Account>")), "<Account>", Ownership.OWN),
        (Accounts(configured=words("<Account>")), OWN, Ownership.UNATTRIBUTED),
        (Accounts(configured=words(OWN), symbolic=SYMBOLIC, ids=frozenset({FOREIGN})), FOREIGN, Ownership.FOREIGN),
        (Accounts(symbolic=SYMBOLIC), "<own>", Ownership.OWN),
        (Accounts(symbolic=SYMBOLIC, ids=frozenset({OWN})), OWN, Ownership.PRESUMED_FOREIGN),
        (Accounts(symbolic=SYMBOLIC, ids=frozenset({"${Account}"})), "<Account>", Ownership.UNATTRIBUTED),
        (Accounts(ids=frozenset({OWN})), OWN, Ownership.PRESUMED_OWN),
        (Accounts(ids=frozenset({"${Account}"})), "<Account>", Ownership.PRESUMED_OWN),
        (Accounts(ids=frozenset({OWN, FOREIGN})), OWN, Ownership.UNATTRIBUTED),
        (Accounts(ids=frozenset({OWN, FOREIGN})), FOREIGN, Ownership.UNATTRIBUTED),
        (Accounts(ids=frozenset({OWN})), FOREIGN, Ownership.UNATTRIBUTED),
        (Accounts(), OWN, Ownership.UNATTRIBUTED),
        (Accounts(), "<own>", Ownership.OWN),
    ],
)
def test_ownership(accounts: Accounts, account: str, ownership: Ownership) -> None:
    assert accounts.ownership(words(account)) is ownership


def test_the_account_of_another_provider_is_not_the_own_one_for_sure() -> None:
    """The scope of the hole names a provider with other credentials than the default one."""
    other = Text((Hole(HoleKind.OWN_ACCOUNT, "data.aws_caller_identity.east.account_id", "aws.east"),), HERE)
    assert Accounts().ownership(other) is not Ownership.OWN


@pytest.mark.parametrize(
    ("spelt", "parts"),
    [
        ("arn:aws:iam::111122223333:role/a:b", ["aws", "iam", "", "111122223333", "role/a:b"]),
        ("arn:<partition>:kms:<region>:<own>:key/<key>",
         ["${AWS::Partition}", "kms", "${AWS::Region}", "${AWS::AccountId}", "key/${Key}"]),
        ("arn:aws:iam::<own>", None),
        ("<Arn>", None),
        ("arn:aws:iam::1<rest>:role/x", ["aws", "iam", "", "1${rest}", "role/x"]),
        ("ARN:aws:iam::1:root", None),
        ("", None),
    ],
)  # fmt: skip
def test_parse_arn(spelt: str, parts: list[str] | None) -> None:
    arn = parse_arn(words(spelt))
    assert (None if arn is None else list(map(str, arn))) == parts


def test_split_text_keeps_what_is_behind_the_last_separator() -> None:
    assert [str(piece) for piece in split_text(words("a:<X>b:c:d"), ":", 2)] == ["a", "${X}b", "c:d"]
    assert split_text(text("", HERE), ":", 5) == [text("", HERE)]
