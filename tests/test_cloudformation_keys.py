"""Keys and aliases of a template: policies wherever and however they are written, settings, conditions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kmslint.cloudformation.stack import read_stack
from kmslint.location import Location, Source
from kmslint.model.estate import Estate, Key, PolicyOrigin
from kmslint.model.policy import Statement
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Choice, Guard, Text, Value

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "cloudformation" / "keys.yaml"
SOURCE = Source("keys.yaml", FIXTURE.read_text(encoding="utf-8"))


@cache
def fixture() -> Estate:
    return read_stack(read_yaml(SOURCE).documents[0], SOURCE)


def key(address: str) -> Key:
    return next(key for key in fixture().keys if key.address == address)


def statements(address: str) -> tuple[Statement, ...]:
    document = key(address).policy.document
    assert document is not None
    return document.statements


def place(at: Location) -> str:
    """Line, column, and the text that stands there."""
    return f"{at.region.line}:{at.region.column} {SOURCE.text[at.start : at.end]}"


def test_every_key_is_there_but_the_one_that_is_off_by_default() -> None:
    declared = [
        "Plain",
        "Replica",
        "Block",
        "Substituted",
        "Joined",
        "Quoted",
        "InTest",
        "AtHome",
        "Away",
        "Sometimes",
        "WholePolicyOptional",
        "FromElsewhere",
        "Retained",
        "Regional",
        "Imported",
    ]
    assert [key.address for key in fixture().keys] == declared
    assert fixture().problems == ()


@pytest.mark.parametrize(
    ("address", "kind", "at", "origin"),
    [
        ("Plain", "key", "11:3 Plain", PolicyOrigin.EXPLICIT),
        ("Replica", "replica", "30:3 Replica", PolicyOrigin.DEFAULT),
        ("InTest", "key", "71:3 InTest", PolicyOrigin.DEFAULT),
        ("FromElsewhere", "key", "101:3 FromElsewhere", PolicyOrigin.UNKNOWN),
    ],
)
def test_a_key_stands_at_its_name(address: str, kind: str, at: str, origin: PolicyOrigin) -> None:
    found = key(address)
    assert (found.kind.value, place(found.at), found.policy.origin) == (kind, at, origin)


@pytest.mark.parametrize("address", ["Plain", "Replica"])
def test_the_arn_of_a_key_has_its_id_as_a_hole(address: str) -> None:
    assert (
        str(key(address).arn) == f"arn:${{AWS::Partition}}:kms:${{AWS::Region}}:${{AWS::AccountId}}:key/${{{address}}}"
    )
    assert key(address).arn.holes[-1].resource == address


def test_a_replica_has_the_id_of_its_primary_key() -> None:
    assert str(key("Regional").arn).endswith(
        ":${AWS::Region}:${AWS::AccountId}:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    )
    assert str(key("Imported").arn).endswith(":key/${Imported}")


@pytest.mark.parametrize(
    "primary", ["!If [C, 'arn:aws:kms:eu-west-1:111122223333:key/mrk-1', b]", "", "!Ref Open", "a"]
)
def test_a_replica_of_a_key_that_is_not_known_has_an_id_of_its_own(primary: str) -> None:
    text = (
        "Parameters: {Open: {Type: String}}\nConditions: {C: !Equals [!Ref Open, a]}\nResources:\n"
        f"  R: {{Type: 'AWS::KMS::ReplicaKey', Properties: {{PrimaryKeyArn: {primary}}}}}\n"
    )
    other = Source("t.yaml", text)
    (replica,) = read_stack(read_yaml(other).documents[0], other).keys
    assert str(replica.arn).endswith(":key/${R}")


@pytest.mark.parametrize(("replica", "primary"), [("Replica", "Plain"), ("Regional", None), ("Imported", None)])
def test_the_primary_key_of_a_replica(replica: str, primary: str | None) -> None:
    found = fixture().primary_of(key(replica))
    assert (found.address if found else None) == primary


def test_what_becomes_of_a_key_outside_of_the_stack() -> None:
    settings = key("Retained").settings
    assert isinstance(settings.deletion_policy, Text)
    assert place(settings.deletion_policy.at) == "106:21 Retain"
    assert isinstance(settings.update_replace_policy, Choice)
    assert key("Plain").settings.deletion_policy is None


def test_what_cannot_be_resolved_is_named_where_it_stands() -> None:
    policy = key("FromElsewhere").policy
    assert policy.missing is not None
    assert str(policy.missing) == "${Fn::ImportValue shared-policy}"
    assert place(policy.at) == "103:29 !ImportValue shared-policy"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("rotation", "14:26 true"),
        ("spec", "15:16 SYMMETRIC_DEFAULT"),
        ("usage", "16:17 ENCRYPT_DECRYPT"),
        ("origin", "17:15 AWS_KMS"),
        ("enabled", '19:16 "true"'),
        ("deletion_window", "20:28 7"),
    ],
)
def test_a_setting_keeps_its_place(setting: str, expected: str) -> None:
    value: Value = getattr(key("Plain").settings, setting)
    assert isinstance(value, Text)
    assert place(value.at) == expected


def test_a_setting_may_be_a_choice_or_absent() -> None:
    settings = key("Plain").settings
    assert isinstance(settings.multi_region, Choice)
    assert settings.multi_region.condition == "IsHome"
    assert settings.bypass_lockout_check is None
    assert settings.custom_key_store is None


def test_an_alias_points_at_its_key() -> None:
    (alias,) = fixture().aliases
    assert (alias.address, str(alias.name), str(alias.key)) == ("Alias", "alias/plain", "${Plain}")


@pytest.mark.parametrize(
    ("address", "sid", "header"),
    [
        ("Plain", "Root", "25:18 Root"),
        ("Block", "Block", '42:20 "Block"'),
        ("Substituted", "test", '53:21 "${Environment}"'),
        ("Joined", "Joined", '63:39 "Joined"'),
        ("Quoted", "Quoted", '70:45 \\"Quoted\\"'),
    ],
)
def test_a_statement_stands_where_it_is_written(address: str, sid: str, header: str) -> None:
    (statement,) = statements(address)
    assert statement.sid == sid
    assert place(statement.header) == header


@pytest.mark.parametrize(
    ("address", "principals"),
    [
        ("Block", ['43:34 "arn:aws:iam::111122223333:role/block"']),
        (
            "Substituted",
            ['54:36 "arn:aws:iam::${AWS::AccountId}:role/sub"', '54:79 "arn:aws:iam::444455556666:root"'],
        ),
    ],
)
def test_a_principal_inside_a_text_stands_where_it_is_written(address: str, principals: list[str]) -> None:
    (statement,) = statements(address)
    assert [place(principal.at) for principal in statement.principals or ()] == principals


def test_holes_inside_a_policy_text_are_kept() -> None:
    (substituted,), (joined,) = statements("Substituted"), statements("Joined")
    assert [str(principal.value) for principal in substituted.principals or ()] == [
        "arn:aws:iam::${AWS::AccountId}:role/sub",
        "arn:aws:iam::444455556666:root",
    ]
    assert [str(principal.value) for principal in joined.principals or ()] == ["arn:aws:iam::${AWS::AccountId}:root"]


def test_json_put_into_a_policy_text_is_read() -> None:
    (statement,) = statements("Substituted")
    assert [str(action) for action in statement.actions or ()] == ["kms:Decrypt", "kms:Encrypt"]


@pytest.mark.parametrize(
    ("address", "guards"),
    [
        ("InTest", set()),
        ("AtHome", {Guard("IsHome", True)}),
        ("Away", {Guard("IsHome", False)}),
    ],
)
def test_an_open_condition_guards_its_key(address: str, guards: set[Guard]) -> None:
    assert key(address).guards == guards


def test_inside_a_guarded_key_its_condition_is_settled() -> None:
    (statement,) = statements("AtHome")
    assert (statement.sid, statement.guards) == ("Home", frozenset())


def test_choices_inside_a_policy_guard_statements() -> None:
    found = [
        (statement.sid, set(statement.guards), [str(principal.value) for principal in statement.principals or ()])
        for statement in statements("Sometimes")
    ]
    assert found == [
        ("Always", {Guard("IsHome", True)}, ["arn:aws:iam::111122223333:root"]),
        ("Always", {Guard("IsHome", False)}, []),
        ("OnlyHome", {Guard("IsHome", True)}, []),
    ]


def test_where_the_policy_is_left_out_the_default_one_applies() -> None:
    found = [(statement.sid, set(statement.guards)) for statement in statements("WholePolicyOptional")]
    assert found == [
        ("Written", {Guard("IsHome", True)}),
        ("Enable IAM User Permissions", {Guard("IsHome", False)}),
    ]


def test_a_key_that_is_switched_off_is_read_as_if_it_were_on() -> None:
    text = (
        "Conditions: {Never: !Equals [a, b]}\nResources:\n  K:\n    Type: AWS::KMS::Key\n    Condition: Never\n"
        "    Properties: {KeySpec: RSA_2048, KeyPolicy: {Statement: [{Sid: Away}]}}\n"
    )
    other = Source("t.yaml", text)
    estate = read_stack(read_yaml(other).documents[0], other)
    assert estate.keys == ()
    (off,) = estate.switched_off
    assert str(off.settings.spec) == "RSA_2048"
    assert off.policy.document is not None
    assert [str(statement.sid) for statement in off.policy.document.statements] == ["Away"]
