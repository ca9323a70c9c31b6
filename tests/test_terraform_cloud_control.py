"""`awscc_*`: the same keys and identities, whose arguments have other names."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmslint.location import Source
from kmslint.model.estate import KeyKind
from kmslint.syntax.hcl import read_hcl
from terraform_modules import module, reasons, spelt
from test_terraform_identities import described as identity_in_words
from test_terraform_keys import described as key_in_words

FIXTURE = Path(__file__).parent.parent / "fixtures" / "terraform" / "cloud_control.tf"
TEXT = FIXTURE.read_text(encoding="utf-8")
ESTATE = module(TEXT)


def expected() -> dict[str, str]:
    """What the comment above each block of the fixture says, by address."""
    file = read_hcl(Source(FIXTURE.name, TEXT))
    comments = {comment.at.line: comment.text.strip() for comment in file.comments}
    return {
        ".".join(label.text for label in block.labels): comments[block.at.line - 1]
        for block in file.body.blocks
        if block.at.line - 1 in comments
    }


def test_keys() -> None:
    keys = {key.address: key_in_words(key) for key in ESTATE.keys}
    assert keys == {address: words for address, words in expected().items() if "_kms_" in address}


def test_identities() -> None:
    identities = {identity.address: identity_in_words(identity).partition(": ")[2] for identity in ESTATE.identities}
    assert identities == {address: words for address, words in expected().items() if "_iam_" in address}


def test_nothing_is_wrong_with_the_fixture() -> None:
    assert reasons(ESTATE) == []


def test_settings() -> None:
    key = next(key for key in ESTATE.keys if key.address == "awscc_kms_key.written")
    assert [spelt(value) for value in key.settings] == [
        "true",
        '"RSA_2048"',
        '"SIGN_VERIFY"',
        '"AWS_KMS"',
        "nothing",
        "true",
        "false",
        "7",
        "true",
        *["nothing"] * 4,
    ]
    assert key.kind is KeyKind.KEY
    assert str(key.arn) == "arn:${partition}:kms:${region}:${account}:key/${awscc_kms_key.written.key_id}"


def test_replica_and_alias() -> None:
    replica = next(key for key in ESTATE.keys if key.address == "awscc_kms_replica_key.replica")
    assert replica.kind is KeyKind.REPLICA
    (alias,) = ESTATE.aliases
    assert (spelt(alias.name), spelt(alias.key)) == ('"alias/written"', '"${awscc_kms_key.written.key_id}"')


def test_trust_and_arn() -> None:
    role = next(one for one in ESTATE.identities if one.address == "awscc_iam_role.written")
    assert role.trust is not None
    assert str(role.arn) == "arn:${partition}:iam::${account}:role/team/Written"


def test_every_document_is_in_the_estate_once() -> None:
    sids = [str(one.sid) for policy in ESTATE.policies if policy.document for one in policy.document.statements]
    assert sorted(sids) == ["ByResource", "First", "GroupInline", "Managed", "Own", "Second", "UserInline"]


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("awscc_kms_key.k.arn", "arn:${partition}:kms:${region}:${account}:key/${awscc_kms_key.k.key_id}"),
        ("awscc_kms_key.k.id", "${awscc_kms_key.k.key_id}"),
        ("awscc_kms_key.k.key_id", "${awscc_kms_key.k.key_id}"),
        ("awscc_kms_alias.a.id", "alias/a"),
        ("awscc_iam_role.r.arn", "arn:${partition}:iam::${account}:role/R"),
        ("awscc_iam_role.r.id", "R"),
        ("awscc_iam_user.u.arn", "arn:${partition}:iam::${account}:user/${awscc_iam_user.u.user_name}"),
        ("awscc_iam_managed_policy.p.policy_arn", "arn:${partition}:iam::${account}:policy/P"),
        ("awscc_iam_managed_policy.p.id", "arn:${partition}:iam::${account}:policy/P"),
    ],
)
def test_attributes(attribute: str, value: str) -> None:
    text = f"""
resource "awscc_kms_key" "k" {{}}
resource "awscc_kms_alias" "a" {{
  alias_name    = "alias/a"
  target_key_id = awscc_kms_key.k.key_id
}}
resource "awscc_iam_role" "r" {{
  role_name = "R"
}}
resource "awscc_iam_user" "u" {{}}
resource "awscc_iam_managed_policy" "p" {{
  managed_policy_name = "P"
}}
resource "aws_kms_key" "shows" {{
  key_usage = {attribute}
}}
"""
    key = next(key for key in module(text).keys if key.address == "aws_kms_key.shows")
    assert spelt(key.settings.usage) == f'"{value}"'
