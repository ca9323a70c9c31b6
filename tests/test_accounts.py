"""Whose account an id is, and by what evidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from kmslint.model.accounts import Accounts, Ownership, collect_evidence
from kmslint.model.arn import UNIQUE_ID, is_own_account_id, parse_arn, split_text
from kmslint.model.policy import Document, Principal, PrincipalType
from kmslint.values import Hole, HoleKind, Text
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
        (partial(evidence, {"AWS": f"arn:aws:iam::{OWN}:root"}), {OWN}, False),
        (partial(evidence, {"AWS": OWN}), {OWN}, False),
        (partial(evidence, {"AWS": f"arn:aws:iam::{OWN}:role/Dev"}), {OWN}, False),
        (partial(evidence, {"AWS": f"arn:aws:sts::{OWN}:assumed-role/Dev/s"}), {OWN}, False),
        (partial(evidence, {"AWS": [OWN, f"arn:aws:iam::{FOREIGN}:role/Dev"]}), {OWN, FOREIGN}, False),
        (partial(evidence, not_principals={"AWS": OWN}), {OWN}, False),
        (partial(evidence, {"AWS": "arn:aws:iam::<own>:root"}), set(), True),
        (partial(evidence, {"AWS": "<own>"}), set(), True),
        (partial(evidence, {"AWS": "arn:aws:iam::<Account>:root"}), {"${Account}"}, False),
        (partial(evidence, "*", {"StringEquals": {"kms:CallerAccount": OWN}}), {OWN}, False),
        (partial(evidence, "*", {"StringEquals": {"AWS:PrincipalAccount": [OWN, FOREIGN]}}), {OWN, FOREIGN}, False),
        (partial(evidence, "*", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:role/x-*"}}), {OWN}, False),
        (partial(evidence, "*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x-*"}}), set(), False),
        (partial(evidence, "*", {"StringEquals": {"kms:CallerAccount": "<own>"}}), set(), True),
        # No evidence: where a service acts, what is no principal, and what is no account.
        (
            partial(evidence, {"Service": "logs.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": FOREIGN}}),
            set(),
            False,
        ),
        (partial(evidence, {"Service": OWN}), set(), False),
        (partial(evidence, {"AWS": "arn:aws:s3:::bucket"}), set(), False),
        (partial(evidence, {"AWS": "12345"}), set(), False),
        (partial(evidence, {"AWS": "<Somebody>"}), set(), False),
        (partial(evidence, "*"), set(), False),
        (partial(evidence, {"AWS": "arn:aws:s3::<own>:bucket"}), set(), False),
        (partial(evidence, {"AWS": f"arn:aws:s3::{OWN}:bucket"}), set(), False),
        (partial(evidence, {"AWS": "<<Somebody>>"}), set(), False),
        (partial(evidence, {"AWS": "arn:aws:iam::a<own>:root"}), {"a${AWS::AccountId}"}, False),
        (
            partial(evidence, "*", {"StringEquals": {"kms:CallerAccount": ["12345", "<<Ids>>", "<Id>", FOREIGN]}}),
            {FOREIGN},
            False,
        ),
        (partial(evidence, "*", {"StringEquals": {"kms:CallerAccount": f"arn:aws:iam::{OWN}:root"}}), set(), False),
        (partial(evidence, "*", {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::<own>:role/x"}}), set(), True),
        (partial(evidence, "*", {"ArnLike": {"aws:SourceArn": f"arn:aws:iam::{OWN}:role/x"}}), set(), False),
        (partial(evidence, "*", {"StringEquals": "<<Tests>>"}), set(), False),
        # Eleven digits are no account, and so no evidence that another is not the own one.
        (partial(evidence, {"AWS": ["arn:aws:iam::11112222333:root", OWN]}), {OWN}, False),
    ],
)
def test_evidence(found: Callable[[], Accounts], ids: set[str], symbolic: bool) -> None:
    evident = found()
    assert (set(evident.ids), evident.symbolic) == (ids, SYMBOLIC if symbolic else frozenset())


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


THIRD = "777788889999"
PROVIDERS = (("aws.east", words(FOREIGN)), ("aws.west", words(THIRD)), ("aws.same", words(OWN)))
FOREIGN_ONES = PROVIDERS[:2]


@pytest.mark.parametrize(
    ("accounts", "scope", "configured", "related"),
    [
        (Accounts(words(OWN), providers=PROVIDERS), "aws.east", FOREIGN, {OWN, THIRD}),
        (Accounts(words(OWN), providers=FOREIGN_ONES), "aws.east", FOREIGN, {OWN, THIRD}),
        (Accounts(words(OWN), providers=PROVIDERS), "aws.same", OWN, {FOREIGN, THIRD}),
        (Accounts(words(OWN), providers=PROVIDERS), "aws.other", None, {OWN, FOREIGN, THIRD}),
        (Accounts(None, providers=FOREIGN_ONES), "aws.east", FOREIGN, {THIRD}),
        (Accounts(words(OWN), providers=PROVIDERS), "", OWN, set()),
    ],
)
def test_the_evidence_for_keys_of_another_provider(
    accounts: Accounts, scope: str, configured: str | None, related: set[str]
) -> None:
    found = accounts.of(scope)
    assert (found.scope, found.configured and str(found.configured)) == (scope, configured)
    assert found.related == related
    assert {found.ownership(words(one)) for one in related} <= {Ownership.UNATTRIBUTED}
    if configured is not None:
        assert found.ownership(words(configured)) is Ownership.OWN


@pytest.mark.parametrize(
    ("scope", "symbolic", "ownership"),
    [
        ("", "", Ownership.PRESUMED_FOREIGN),
        ("", "aws.east", Ownership.UNATTRIBUTED),
        ("aws.east", "aws.east", Ownership.PRESUMED_FOREIGN),
    ],
)
def test_who_else_is_named_as_the_own_account(scope: str, symbolic: str, ownership: Ownership) -> None:
    """An id beside it is another, if it is the own account of the same provider."""
    assert Accounts(symbolic=frozenset({symbolic}), scope=scope).ownership(words(OWN)) is ownership


def test_the_own_account_by_its_scope() -> None:
    def own(resource: str) -> Text:
        hole = Hole(HoleKind.OWN_ACCOUNT, "data.aws_caller_identity.east.account_id", "aws.east", resource)
        return Text(("arn:aws:iam::", hole, ":root"), HERE)

    def principals(*named: Text) -> Document:
        whole = document([{"Effect": "Allow", "Principal": {"AWS": OWN}}])
        found = tuple(Principal(PrincipalType.AWS, one) for one in named)
        return whole._replace(statements=(whole.statements[0]._replace(principals=found),))

    configured = words(FOREIGN)
    assert collect_evidence([principals(own(""))], configured) == Accounts(configured, frozenset({"aws.east"}))
    # The ARN of a resource tells nothing of how its author names the account.
    assert collect_evidence([principals(own("aws_iam_role.a"))], None) == Accounts()


def test_what_would_follow_if_no_id_were_the_own_account() -> None:
    accounts = Accounts(ids=frozenset({OWN})).otherwise()
    assert accounts.ownership(words(OWN)) is Ownership.FOREIGN
    assert accounts.ownership(words(THIRD)) is Ownership.UNATTRIBUTED
    assert accounts == Accounts(foreign=frozenset({OWN}))


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
        ("arn:aws:iam::111122223333", None),
        ("arn:aws:s3:::bucket", ["aws", "s3", "", "", "bucket"]),
        ("arn:aws:s3:::", ["aws", "s3", "", "", ""]),
        ("aws:arn:s3:::bucket", None),
        ("arn:aws:iam::<own>:role/a:b", ["aws", "iam", "", "${AWS::AccountId}", "role/a:b"]),
        ("arn:aws:iam::1<rest>:role/x", ["aws", "iam", "", "1${rest}", "role/x"]),
        ("ARN:aws:iam::1:root", None),
        ("", None),
    ],
)  # fmt: skip
def test_parse_arn(spelt: str, parts: list[str] | None) -> None:
    arn = parse_arn(words(spelt))
    assert (None if arn is None else list(map(str, arn))) == parts


def test_an_empty_part_of_an_arn_is_an_empty_text() -> None:
    parts = words("aws"), words("s3"), words(""), words(""), words("bucket")
    assert parse_arn(words("arn:aws:s3:::bucket")) == parts


@pytest.mark.parametrize(
    ("spelt", "most", "pieces"),
    [
        ("a:<X>b:c:d", 2, ["a", "<X>b", "c:d"]),
        ("a:b:c", 3, ["a", "b", "c"]),
        ("a:b:c", 1, ["a", "b:c"]),
        ("a:b", 0, ["a:b"]),
        ("a:<X>:b:c", 1, ["a", "<X>:b:c"]),
        ("a<X>:b", 1, ["a<X>", "b"]),
        (":<X>:", 5, ["", "<X>", ""]),
        ("<X><Y>", 5, ["<X><Y>"]),
        ("", 5, [""]),
    ],
)
def test_split_text_keeps_what_is_behind_the_last_separator(spelt: str, most: int, pieces: list[str]) -> None:
    assert split_text(words(spelt), ":", most) == list(map(words, pieces))


@pytest.mark.parametrize(
    ("spelt", "own"), [("<own>", True), ("<Account>", False), ("1<own>", False), (OWN, False), ("", False)]
)
def test_the_id_of_the_own_account(spelt: str, own: bool) -> None:
    assert is_own_account_id(words(spelt)) is own


@pytest.mark.parametrize("prefix", ["AIDA", "AROA", "AIPA", "ANPA", "ABIA", "ACCA", "ASCA", "APKA", "AGPA"])
def test_what_iam_leaves_of_a_deleted_principal(prefix: str) -> None:
    assert UNIQUE_ID.match(f"{prefix}EXAMPLEID123")
    assert not UNIQUE_ID.match(f"{prefix}EXAMPLEID12")
    assert not UNIQUE_ID.match(f"{prefix}EXAMPLEID123\n")
    assert not UNIQUE_ID.match(f"{prefix[:3]}XEXAMPLEID123")
