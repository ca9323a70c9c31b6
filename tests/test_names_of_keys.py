"""By what keys are named: in IAM policies, by the resources that use them, and in other accounts."""

from __future__ import annotations

import pytest

from document_estates import estate_of, iam_policy, key_of, role_of
from kmslint.access.key_forms import wrong_forms
from kmslint.access.key_names import KeyNames
from kmslint.access.key_references import (
    Reference,
    is_half_of_alias_management,
    named_wrong,
    names_alias_action,
    needs_no_permission,
    shown,
)
from kmslint.access.key_use import servable, use_of
from kmslint.access.other_halves import keys_elsewhere, strangers_here
from kmslint.access.strangers import foreign_confidence
from kmslint.access.trust import is_durable, is_trusted, is_trusted_organization
from kmslint.aws.actions import ACTIONS, Group
from kmslint.engine.finding import Confidence
from kmslint.model.consumers import Consumer, Purpose, Uses
from kmslint.model.estate import Alias, Estate, IdentityPolicy, Key, KeyKind, KeySettings
from kmslint.model.policy import Principal, PrincipalType
from kmslint.model.policy import Test as ConditionTest
from kmslint.model.trust import Trust
from kmslint.values import Hole, HoleKind, Null, Text, join, text, unknown
from plain_policies import FOREIGN, HERE, OWN, Plain, accounts_of, document, value, words

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
MULTI = "mrk-1234abcd12ab34cd56ef1234567890ab"
ARN = f"arn:aws:kms:us-east-1:{OWN}:key/{ID}"
ALIAS = f"arn:aws:kms:us-east-1:{OWN}:alias/data"
OF_AWS = f"arn:aws:kms:us-east-1:{OWN}:alias/aws/s3"
OF_KEY = "arn:<partition>:kms:<region>:<own>:key/<key>"


def allow(resource: Plain, action: Plain = "kms:Decrypt", **more: Plain) -> dict[str, Plain]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def estate_with(*statements: Plain, account: str | None = OWN) -> Estate:
    return estate_of(document([allow("*", Principal="*")]), policies=[iam_policy(*statements)], account=account)


WRONG = [
    (ALIAS, Reference.ALIAS, "alias/data"),
    (OF_AWS, Reference.ALIAS, "alias/aws/s3"),
    (ID, Reference.ID, ID),
    (MULTI, Reference.ID, MULTI),
    ("<key>", Reference.ID, "${Key}"),
    ("alias/data", Reference.ALIAS_NAME, "alias/data"),
    ("alias/<Name>", Reference.ALIAS_NAME, "alias/${Name}"),
    (f"arn:aws:kms:us-east-1:{OWN}:{ID}", Reference.ARN_WITHOUT_TYPE, f"arn:aws:kms:us-east-1:{OWN}:{ID}"),
    ("arn:aws:kms:us-east-1:<own>:<key>", Reference.ARN_WITHOUT_TYPE, "arn:aws:kms:us-east-1:${AWS::AccountId}:${Key}"),
]


@pytest.mark.parametrize(("resource", "what", "name"), WRONG)
def test_what_is_no_key(resource: str, what: Reference, name: str) -> None:
    (found,) = named_wrong(estate_with(allow([resource, ARN])))
    assert [(shown(one, kind), kind) for one, kind in found.wrong] == [(name, what)]
    assert list(map(str, found.beside)) == [ARN]
    assert (what.is_no_key, what.is_refused) == (True, what in (Reference.ID, Reference.ALIAS_NAME))


@pytest.mark.parametrize(
    "resource",
    [
        ARN,
        OF_KEY,
        "*",
        "<Somewhere>",
        "<other key>",
        "<<Unknown>>",
        "arn:aws:*:us-east-1:1:alias/data",
        "arn:aws:<Service>:us-east-1:1:alias/data",
        "arn:aws:s3:::alias/data",
        f"{ID}x",
        f"x{ID}",
        "<key>x",
        "",
    ],
)
def test_what_may_be_one(resource: str) -> None:
    assert list(named_wrong(estate_with(allow(resource)))) == []


@pytest.mark.parametrize("resource", ["<<Unknown>>", "arn:aws:*:us-east-1:1:key/a", "arn:aws:<S>:us-east-1:1:a", "*"])
def test_what_may_be_a_key_stands_beside_what_is_none(resource: str) -> None:
    (found,) = named_wrong(estate_with(allow([ALIAS, resource])))
    assert (len(found.wrong), len(found.beside)) == (1, 1)


def test_what_is_of_another_service_is_neither_a_key_nor_wrong() -> None:
    (found,) = named_wrong(estate_with(allow(["arn:aws:s3:::x", ALIAS])))
    assert found.beside == ()
    assert not Reference.OTHER_SERVICE.is_no_key
    assert not Reference.PERHAPS_KEY.is_no_key


@pytest.mark.parametrize(
    ("action", "is_meant"),
    [
        ("kms:Decrypt", True),
        ("KMS:decrypt", True),
        ("kms:*", True),
        ("kms:De*", False),  # kms:DeleteAlias may be meant
        ("kms:CreateAlias", False),
        ("kms:ListKeys", False),
        ("kms:Nothing", False),
        ("*", False),
        ("k*", False),
        ("s3:*", False),
        ("kms:<Action>", False),
        ("<<Unknown>>", False),
    ],
)
def test_which_actions_are_meant_for_keys(action: str, is_meant: bool) -> None:
    found = list(named_wrong(estate_with(allow(ALIAS, ["s3:GetObject", action]))))
    assert [list(map(str, one.actions)) for one in found] == ([[action]] if is_meant else [])


def test_what_is_left_out_names_no_key() -> None:
    assert list(named_wrong(estate_with({"Effect": "Allow", "Action": "kms:Decrypt", "NotResource": ALIAS}))) == []
    unreadable = iam_policy()._replace(document=None)
    assert list(named_wrong(estate_of(policies=[unreadable]))) == []


@pytest.mark.parametrize(
    ("kind", "arn", "is_id"),
    [
        (KeyKind.KEY, OF_KEY, True),
        (KeyKind.EXTERNAL, OF_KEY, True),
        (KeyKind.REPLICA, OF_KEY, True),
        (KeyKind.REPLICA_EXTERNAL, OF_KEY, True),
        (KeyKind.ELSEWHERE, OF_KEY, False),
        (KeyKind.MODULE, OF_KEY, False),
        (KeyKind.KEY, "<key>", False),
        (KeyKind.KEY, "arn:aws:kms:us-east-1:<own>:key/<Id>", False),
        (KeyKind.KEY, "arn:aws:kms:us-east-1:<own>:key/a<key>", False),
        (KeyKind.KEY, "arn:aws:kms:us-east-1:<own>:key/<key><Id>", False),
    ],
)
def test_the_id_of_a_key_that_is_made_here_is_one(kind: KeyKind, arn: str, is_id: bool) -> None:
    estate = estate_with(allow(["<key>", "<Id>", "<key><Id>"]))
    key = estate.keys[0]._replace(kind=kind, arn=words(arn))
    found = [str(one) for each in named_wrong(estate._replace(keys=(key,))) for one, _ in each.wrong]
    assert found == (["${Key}"] if is_id else [])


@pytest.mark.parametrize(
    ("action", "may_be"),
    [
        (["kms:Decrypt"], False),
        (["kms:Decrypt", "kms:CreateAlias"], True),
        (["kms:*"], True),
        (["kms:Decrypt", "<Action>"], True),
        (["<<Unknown>>"], True),
        ([], False),
    ],
)
def test_a_statement_may_be_meant_for_aliases_too(action: Plain, may_be: bool) -> None:
    (statement,) = document([allow(ALIAS, action)]).statements
    assert names_alias_action(statement) is may_be


HALVES = [
    ([allow(ALIAS, "kms:*"), allow(ARN)], True),
    ([allow(ALIAS, "kms:*"), allow(ARN, ["s3:GetObject", "kms:Decrypt"])], True),
    ([allow(ALIAS, "kms:*")], False),
    ([allow(ALIAS, ["kms:*", "kms:Decrypt"]), allow(ARN)], False),
    ([allow(ALIAS, "kms:*"), allow(ARN, "kms:CreateAlias")], False),
    ([allow(ALIAS, "kms:*"), {**allow(ARN), "Effect": "Deny"}], False),
    ([{**allow(ALIAS, "kms:*"), "Effect": "Deny"}, {**allow(ARN), "Effect": "Deny"}], True),
]


@pytest.mark.parametrize(("statements", "is_half"), HALVES)
def test_all_of_kms_on_an_alias_may_be_half_of_managing_it(statements: list[Plain], is_half: bool) -> None:
    found = next(named_wrong(estate_with(*statements)))
    assert is_half_of_alias_management(found) is is_half


NEEDLESS = [
    (allow(OF_AWS), OWN, True),
    (allow([OF_AWS, "arn:aws:kms:us-east-1:<own>:alias/aws/ssm"]), OWN, True),
    (allow([OF_AWS, ALIAS]), OWN, False),
    (allow([OF_AWS, ARN]), OWN, False),
    (allow([OF_AWS, "*"]), OWN, False),
    (allow(OF_AWS, "kms:DescribeKey"), OWN, False),
    (allow(OF_AWS, ["kms:DescribeKey", "kms:Decrypt"]), OWN, True),
    ({**allow(OF_AWS), "Effect": "Deny"}, OWN, False),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:alias/aws/s3"), OWN, False),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:alias/aws/s3"), None, True),  # nobody knows whose it is
    (allow("alias/aws/s3"), OWN, False),
]


@pytest.mark.parametrize(("statement", "account", "is_needless"), NEEDLESS)
def test_the_keys_of_aws_let_in_whoever_comes_through_the_service(
    statement: Plain, account: str | None, is_needless: bool
) -> None:
    estate = estate_with(statement, account=account)
    assert needs_no_permission(next(named_wrong(estate)), estate) is is_needless


def consumer(key: str, purpose: Purpose = Purpose.BUCKET, provider: str = "") -> Consumer:
    return Consumer("Bucket", HERE, purpose, value(key), HERE, (), provider)


OTHER_KEY = key_of(document([]), "OtherKey")._replace(arn=words("arn:<partition>:kms:<region>:<own>:key/<other key>"))
ALIASES = (
    Alias("Alias", HERE, words("alias/data"), words("<key>")),
    Alias("Stray", HERE, words("alias/stray"), words("<Elsewhere>")),
    Alias("First", HERE, words("alias/both"), words("<key>")),
    Alias("Second", HERE, words("alias/both"), words("<other key>")),
    Alias("Again", HERE, words("alias/data"), words("<key>")),
    Alias("Nameless", HERE, None, words("<key>")),
)
CALLED = [
    ("<key>", "Key"),
    (OF_KEY, "Key"),
    ("<other key>", "OtherKey"),
    ("alias/data", "Key"),
    ("arn:<partition>:kms:<region>:<own>:alias/data", "Key"),
    ("arn:aws:kms:<region>:<own>:alias/data", "Key"),
    (f"arn:aws:kms:<region>:{OWN}:alias/data", "Key"),
    (f"arn:aws:kms:<region>:{FOREIGN}:alias/data", None),
    (f"arn:aws:kms:us-east-1:{OWN}:alias/data", None),
    ("alias/both", None),
    ("alias/stray", None),
    ("arn:<partition>:kms:<region>:<own>:alias/none", None),
    ("alias/none", None),
    ("", None),
    ("<<Unknown>>", None),
]


@pytest.mark.parametrize(("name", "address"), CALLED)
def test_the_key_that_a_resource_names(name: str, address: str | None) -> None:
    key = key_of(document([]))
    estate = estate_of()._replace(keys=(key, OTHER_KEY), aliases=ALIASES)
    found = KeyNames(estate).key_of(consumer(name))
    assert (found.address if found is not None else None) == address


def test_every_provider_has_aliases_of_its_own() -> None:
    estate = estate_of()._replace(keys=(key_of(document([])),), aliases=ALIASES)
    names = KeyNames(estate)
    assert names.key_of(consumer("alias/data", provider="eu")) is None
    assert names.key_of(consumer("<key>", provider="eu")) is estate.keys[0]


def test_a_name_that_two_keys_have_is_the_name_of_neither() -> None:
    key = key_of(document([]))
    names = KeyNames(estate_of()._replace(keys=(key, key._replace(address="Other"), key._replace(address="Third"))))
    assert names.key_of(consumer("<key>")) is None


def test_one_hole_may_be_the_whole_name() -> None:
    hole = Hole(HoleKind.RESOURCE, "module.key.arn", resource="module.key")
    key = key_of(document([]))._replace(arn=join((hole,), HERE))
    estate = estate_of()._replace(keys=(key,), aliases=ALIASES)
    assert KeyNames(estate).key_of(consumer("")._replace(key=unknown("module.key.arn", HERE))) is None
    assert KeyNames(estate).key_of(consumer("")._replace(key=join((hole,), HERE))) is key
    assert KeyNames(estate).key_of(consumer("alias/data")) is None
    of_module = Alias("Module", HERE, words("alias/module"), key.arn)
    names = KeyNames(estate._replace(aliases=(of_module,)))
    assert names.key_of(consumer("alias/module")) is key
    assert names.key_of(consumer("arn:<partition>:kms:<region>:<own>:alias/module")) is None


FORMS = [
    ("<key>", Purpose.LOG_GROUP, "key id", "Key"),
    (ID, Purpose.LOG_GROUP, "key id", None),
    (MULTI, Purpose.LOG_GROUP, "key id", None),
    ("alias/data", Purpose.LOG_GROUP, "alias", "Key"),
    ("alias/<Name>", Purpose.LOG_GROUP, "alias", None),
    (f"{ID}x", Purpose.LOG_GROUP, "", None),
    ("", Purpose.LOG_GROUP, "", None),
    ("<Name>", Purpose.LOG_GROUP, "", None),
    ("<<Unknown>>", Purpose.LOG_GROUP, "", None),
    (OF_KEY, Purpose.LOG_GROUP, "", None),
    (ARN, Purpose.LOG_GROUP, "", None),
    ("<key>", Purpose.BUCKET, "", None),
]


@pytest.mark.parametrize(("name", "purpose", "form", "address"), FORMS)
def test_what_takes_nothing_but_an_arn(name: str, purpose: Purpose, form: str, address: str | None) -> None:
    uses = Uses((consumer("<key>"), consumer(name, purpose)))
    estate = estate_of()._replace(keys=(key_of(document([])),), aliases=ALIASES, uses=uses)
    found = list(wrong_forms(estate))
    assert [(one.form, one.key.address if one.key is not None else None) for one in found] == (
        [(form, address)] if form else []
    )
    assert all(one.page.startswith("https://docs.aws.amazon.com/") for one in found)


ELSEWHERE = [
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:key/{ID}"), OWN, Confidence.HIGH),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:key/*"), OWN, Confidence.HIGH),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:alias/a"), OWN, None),
    (allow(f"arn:aws:s3:us-east-1:{FOREIGN}:key/{ID}"), OWN, None),
    (allow(ARN), OWN, None),
    (allow("arn:aws:kms:us-east-1:*:key/a"), OWN, None),
    (allow("arn:aws:kms:us-east-1:<Account>:key/a"), OWN, None),
    (allow("*"), OWN, None),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:key/{ID}", "kms:D*"), OWN, Confidence.HIGH),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:key/{ID}", "kms:PutKeyPolicy"), OWN, None),
    ({**allow(f"arn:aws:kms:us-east-1:{FOREIGN}:key/{ID}"), "Effect": "Deny"}, OWN, None),
    (allow(f"arn:aws:kms:us-east-1:{FOREIGN}:key/{ID}"), None, None),
]


@pytest.mark.parametrize(("statement", "account", "confidence"), ELSEWHERE)
def test_keys_of_other_accounts(statement: Plain, account: str | None, confidence: Confidence | None) -> None:
    found = list(keys_elsewhere(estate_with(statement, account=account)))
    assert [one.confidence for one in found] == ([] if confidence is None else [confidence])
    assert [str(one.account) for one in found] == [FOREIGN] * len(found)


def test_an_id_beside_the_symbolic_own_account_is_taken_to_be_another() -> None:
    symbolic = document([allow("*", Principal={"AWS": "arn:aws:iam::<own>:root"})])
    iam = iam_policy(allow([f"arn:aws:kms:us-east-1:{FOREIGN}:key/{ID}"], ["kms:Put*", "kms:Decrypt"]))
    (found,) = keys_elsewhere(estate_of(symbolic, policies=[iam], account=None))
    assert (found.confidence, list(map(str, found.actions))) == (Confidence.MEDIUM, ["kms:Decrypt"])
    unreadable: IdentityPolicy = iam._replace(document=None)
    assert list(keys_elsewhere(estate_of(symbolic, policies=[unreadable], account=None))) == []


STRANGERS = [
    ({"AWS": FOREIGN}, Confidence.HIGH),
    ({"AWS": f"arn:aws:iam::{FOREIGN}:role/A"}, Confidence.HIGH),
    ({"AWS": f"arn:aws:iam::{FOREIGN}:user/A"}, Confidence.HIGH),
    ({"AWS": f"arn:aws:sts::{FOREIGN}:assumed-role/A/s"}, Confidence.HIGH),
    ({"AWS": f"arn:aws:iam::{FOREIGN}:group/A"}, None),
    ({"AWS": OWN}, None),
    ({"AWS": "<Somebody>"}, None),
    ("*", None),
    ({"Service": "logs.amazonaws.com"}, None),
]


@pytest.mark.parametrize(("principal", "confidence"), STRANGERS)
def test_principals_of_other_accounts(principal: Plain, confidence: Confidence | None) -> None:
    policy = document([allow("*", Principal=principal)])
    found = list(strangers_here(estate_of(policy)))
    assert [one.confidence for one in found] == ([] if confidence is None else [confidence])
    (named,) = policy.statements[0].principals or ()
    assert foreign_confidence(named, accounts_of(policy)) is confidence
    for plain in (
        {**allow("*"), "Principal": principal, "Effect": "Deny"},
        allow("arn:aws:s3:::x", Principal=principal),
        allow("*", "kms:PutKeyPolicy", Principal=principal),
        {"Effect": "Allow", "NotPrincipal": principal, "Action": "kms:Decrypt", "Resource": "*"},
    ):
        assert list(strangers_here(estate_of(document([plain])))) == []


def test_a_principal_beside_the_symbolic_own_account_is_taken_to_be_a_stranger() -> None:
    policy = document([allow("*", Principal={"AWS": ["arn:aws:iam::<own>:root", FOREIGN]})])
    accounts = accounts_of(policy, configured=None)
    own, other = policy.statements[0].principals or ()
    assert (foreign_confidence(own, accounts), foreign_confidence(other, accounts)) == (None, Confidence.MEDIUM)


def principal(plain: str) -> Principal:
    return Principal(PrincipalType.AWS, words(plain))


def test_whom_the_user_trusts() -> None:
    estate = estate_of()._replace(trust=Trust(frozenset({FOREIGN})))
    assert is_trusted(principal(FOREIGN), estate)
    assert is_trusted(principal(f"arn:aws:iam::{FOREIGN}:role/A"), estate)
    assert not is_trusted(principal(OWN), estate)
    assert not is_trusted(principal("*"), estate)


ORGANISATIONS = [
    (["o-1"], True),
    (["o-1", "o-2"], True),
    (["o-1/r-a/ou-b/*"], True),
    (["o-1", "o-3"], False),
    (["o-3"], False),
    (["o-1", "<Other>"], False),
    (["<<Unknown>>"], False),
    ([], False),
]


@pytest.mark.parametrize(("values", "is_meant"), ORGANISATIONS)
def test_which_organisations_the_user_trusts(values: list[Plain], is_meant: bool) -> None:
    condition: Plain = {"StringEquals": {"aws:PrincipalOrgID": values}}
    (test,) = document([allow("*", Principal="*", Condition=condition)]).statements[0].conditions
    assert isinstance(test, ConditionTest)
    estate = estate_of()._replace(trust=Trust(organizations=frozenset({"o-1", "o-2"})))
    assert is_trusted_organization(test, estate) is is_meant


DURABLE = [
    ("role/Admin", f"arn:aws:iam::{OWN}:role/Admin", True),
    ("role/Admin", f"arn:aws:iam::{OWN}:role/Other", False),
    ("role/Admin*", f"arn:aws:iam::{OWN}:role/Admin1", True),
    ("user/Admin", f"arn:aws:iam::{OWN}:role/Admin", False),
    ("role/Admin", f"arn:aws:iam::{FOREIGN}:role/Admin", True),
    (f"arn:aws:iam::{OWN}:role/Admin", f"arn:aws:iam::{OWN}:role/Admin", True),
    (f"arn:aws:iam::{OWN}:role/Admin", f"arn:aws:iam::{FOREIGN}:role/Admin", False),
    (f"arn:aws:iam::{OWN}:role/Admin", "arn:aws:iam::<own>:role/Admin", True),
    (f"arn:aws:iam::{FOREIGN}:role/Admin", "arn:aws:iam::<own>:role/Admin", False),
    (f"arn:aws:iam::{FOREIGN}:role/Admin", "arn:aws:iam::<Account>:role/Admin", True),
    ("arn:aws:iam::*:role/Admin", f"arn:aws:iam::{FOREIGN}:role/Admin", True),
    ("role/Admin", "<Somebody>", False),
    ("role/Admin", OWN, False),
]


@pytest.mark.parametrize(("pattern", "named", "is_meant"), DURABLE)
def test_administrators_whom_nobody_deletes(pattern: str, named: str, is_meant: bool) -> None:
    estate = estate_of()._replace(trust=Trust(administrators=("user/Nobody", pattern)))
    assert is_durable(principal(named), estate) is is_meant


def test_an_administrator_of_the_estate_is_known_by_its_own_name() -> None:
    spelt = role_of("Admin")._replace(arn=words(f"arn:aws:iam::{OWN}:role/Admin"))
    estate = estate_of(identities=[spelt])._replace(trust=Trust(administrators=("role/Admin",)))
    assert is_durable(principal(f"arn:aws:iam::{OWN}:role/Admin"), estate)
    without_account = estate._replace(accounts=accounts_of(configured=None))
    of_other = Trust(administrators=(f"arn:aws:iam::{FOREIGN}:role/Admin",))
    assert is_durable(principal("arn:aws:iam::<own>:role/Admin"), without_account._replace(trust=of_other))
    made_here = estate._replace(identities=(role_of("Admin")._replace(arn=words("arn:aws:iam::<own>:role/Admin")),))
    presumed = accounts_of(document([allow("*", Principal={"AWS": OWN})]), configured=None)
    assert is_durable(
        principal(f"arn:aws:iam::{OWN}:role/Admin"), made_here._replace(accounts=presumed, trust=of_other)
    )
    assert not is_durable(Principal(PrincipalType.AWS, unknown("x", HERE)), estate)


DATA_KEYS = "GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext"
SORTS = [
    (None, None, "a symmetric encryption key", f"Decrypt Encrypt {DATA_KEYS} ReEncryptFrom ReEncryptTo"),
    (
        "ENCRYPT_DECRYPT",
        "RSA_2048",
        "an asymmetric encryption key",
        "Decrypt Encrypt GetPublicKey ReEncryptFrom ReEncryptTo",
    ),
    (
        "ENCRYPT_DECRYPT",
        "SM2",
        "an asymmetric encryption key",
        "Decrypt Encrypt GetPublicKey ReEncryptFrom ReEncryptTo",
    ),
    ("SIGN_VERIFY", "RSA_2048", "a key for signatures", "GetPublicKey Sign Verify"),
    ("GENERATE_VERIFY_MAC", "HMAC_256", "an HMAC key", "GenerateMac VerifyMac"),
    ("KEY_AGREEMENT", "ECC_NIST_P256", "a key for key agreement", "DeriveSharedSecret GetPublicKey"),
]


@pytest.mark.parametrize(("usage", "spec", "sort", "possible"), SORTS)
def test_what_a_sort_of_key_can_serve(usage: str | None, spec: str | None, sort: str, possible: str) -> None:
    key = key_of(document([]), settings=KeySettings(usage=_setting(usage), spec=_setting(spec)))
    found = use_of(key)
    assert found is not None
    assert found.sort == sort
    limited = [action for action in ACTIONS if action.group is Group.CRYPTO or action.name == "kms:GetPublicKey"]
    able = sorted(action.name.removeprefix("kms:") for action in limited if action not in found.impossible)
    assert able == possible.split()
    assert found.impossible <= set(limited)
    assert servable(ACTIONS, key) == tuple(action for action in ACTIONS if action not in found.impossible)


def _setting(plain: str | None) -> Text | Null | None:
    return None if plain is None else text(plain, HERE)


@pytest.mark.parametrize(
    ("usage", "spec"), [("NEW_USAGE", "RSA_2048"), ("ENCRYPT_DECRYPT", "NEW_SPEC"), ("<Usage>", None), (None, "<Spec>")]
)
def test_a_key_of_which_the_sort_is_not_known_can_serve_anything(usage: str | None, spec: str | None) -> None:
    settings = KeySettings(usage=None if usage is None else words(usage), spec=None if spec is None else words(spec))
    key: Key = key_of(document([]), settings=settings)
    assert use_of(key) is None
    assert servable(ACTIONS, key) == ACTIONS
