"""What roles need of keys for what they are for: by their policies, and by what runs with them."""

from __future__ import annotations

from typing import Any

import pytest

from document_estates import iam_policy, key_of, role_of
from kmslint.access.role_uses import Permission, missing_in_iam, role_uses, roles_by_arn
from kmslint.model.consumers import EventSource, Function, Purpose, Sender, Uses
from kmslint.model.estate import Estate, Identity, IdentityKind
from kmslint.values import ALWAYS, Guards, Hole, HoleKind, unknown
from plain_policies import HERE, OWN, Plain, document, value, words
from plain_uses import (
    ACCOUNT,
    ARN,
    NAME,
    NOT_C,
    NOT_D,
    ON_KEY,
    OTHER_NAME,
    QUEUE,
    SEND,
    C,
    D,
    Statement,
    consumer,
    delivery,
    dev,
    iam,
    with_roles,
)

BUCKET = Uses((consumer(Purpose.BUCKET),))
PERMISSIONS: list[tuple[Uses, Statement, list[str]]] = [
    (QUEUE, iam("sqs:SendMessage"), ["sqs:SendMessage"]),
    (QUEUE, iam("SQS:*"), ["sqs:SendMessage", "sqs:ReceiveMessage"]),
    (QUEUE, iam(["sqs:Get*", "sqs:Rec*", "sqs:R*"]), ["sqs:ReceiveMessage"]),
    (QUEUE, iam("*"), ["sqs:SendMessage", "sqs:ReceiveMessage"]),
    (QUEUE, iam("sqs:DeleteMessage"), []),
    (QUEUE, iam("sqs:SendMessage", "other"), []),
    (QUEUE, iam("sqs:SendMessage", "*"), []),
    (QUEUE, iam("sqs:SendMessage", "<<thing>>"), []),
    (QUEUE, iam("sqs:SendMessage", ["other", "thing"]), ["sqs:SendMessage"]),
    (QUEUE, iam("<<Unknown>>"), []),
    (QUEUE, {**iam("sqs:SendMessage"), "Effect": "Deny"}, []),
    (QUEUE, iam("sqs:SendMessage", Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}}), []),
    (QUEUE, {"Effect": "Allow", "NotAction": "s3:*", "Resource": "thing"}, []),
    (QUEUE, {"Effect": "Allow", "Action": "sqs:*", "NotResource": "thing"}, []),
    # Of a bucket it is the objects that are encrypted.
    (BUCKET, iam("s3:GetObject", "thing/*"), ["s3:GetObject"]),
    (BUCKET, iam("s3:GetObject", "thing/a/b"), ["s3:GetObject"]),
    (BUCKET, iam("s3:GetObject", "arn:aws:s3:::thing/*"), ["s3:GetObject"]),
    (BUCKET, iam("s3:GetObject", "thing"), []),
    (BUCKET, iam("s3:GetObject", "arn:aws:s3:::thing"), []),
    (BUCKET, iam("s3:GetObject", "arn:aws:sqs:::thing/*"), []),
    (QUEUE, iam("sqs:SendMessage", "thing/a"), []),
]


@pytest.mark.parametrize(("uses", "statement", "needs"), PERMISSIONS)
def test_what_a_statement_lets_a_role_do_with_what_is_encrypted(
    uses: Uses, statement: Statement, needs: list[str]
) -> None:
    found = list(role_uses(with_roles(uses, dev(statement))))
    assert [one.need.action for one in found] == needs
    assert all(one.role.address == "Dev" and one.consumer is uses.consumers[0] for one in found)


def test_the_entry_that_covers_the_action_is_named() -> None:
    (found,) = role_uses(with_roles(QUEUE, dev(iam(["sqs:Get*", "sqs:Send*", "sqs:S*"]))))
    policy = found.role.policies[0]
    assert policy.document is not None
    (statement,) = policy.document.statements
    assert found.by == Permission(policy, statement, words("sqs:Send*"))


def test_a_name_that_is_one_hole_is_a_name() -> None:
    hole = unknown("thing", HERE).hole
    uses = Uses((consumer(Purpose.QUEUE, names=((hole,),)),))
    assert len(list(role_uses(with_roles(uses, dev(iam("sqs:SendMessage", "<<thing>>")))))) == 1


def test_an_arn_with_holes_is_what_is_spelt_alike() -> None:
    arn = "arn:<partition>:sqs:<region>:<own>:queue"
    spelt_otherwise = Hole(HoleKind.PARTITION, "data.aws_partition.current.partition")
    name = tuple(
        spelt_otherwise if part == Hole(HoleKind.PARTITION, "AWS::Partition") else part for part in words(arn).parts
    )
    uses = Uses((consumer(Purpose.QUEUE, names=(name,)),))
    assert len(list(role_uses(with_roles(uses, dev(iam("sqs:SendMessage", arn)))))) == 1
    scoped = tuple(part._replace(scope="eu") if isinstance(part, Hole) else part for part in name)
    uses = Uses((consumer(Purpose.QUEUE, names=(scoped,)),))
    assert list(role_uses(with_roles(uses, dev(iam("sqs:SendMessage", arn))))) == []


LOGS = [(Sender.ACCESS_LOGS, 0), (Sender.LOAD_BALANCER_LOGS, 0), (Sender.TRAIL, 0), (Sender.DISTRIBUTION, 1)]


@pytest.mark.parametrize(("sender", "count"), LOGS)
def test_what_aws_writes_to_a_bucket_for_logs_is_encrypted_otherwise(sender: Sender, count: int) -> None:
    bucket = consumer(Purpose.BUCKET, names=(OTHER_NAME, NAME))
    estate = with_roles(Uses((bucket,), (delivery(sender),)), dev(iam("s3:GetObject", "other/*")))
    assert len(list(role_uses(estate))) == count


def test_users_roles_of_others_and_things_under_no_key_have_no_uses() -> None:
    statement = iam("sqs:SendMessage")
    user = role_of("Ann", iam_policy(statement), kind=IdentityKind.USER)
    for uses, identity in (
        (QUEUE, user),
        (QUEUE, dev(statement)._replace(elsewhere=True)),
        (Uses((consumer(Purpose.QUEUE, "<Elsewhere>"),)), dev(statement)),
        (Uses((consumer(Purpose.TABLE),)), dev(iam("dynamodb:*"))),
        (QUEUE, role_of("Dev", iam_policy()._replace(document=None))),
        (QUEUE, role_of("Dev")),
    ):
        assert list(role_uses(with_roles(uses, identity))) == []


GUARDED: list[tuple[dict[str, Guards], Guards | None]] = [
    ({}, ALWAYS),
    ({"role": C}, ALWAYS),
    ({"key": C}, ALWAYS),
    ({"policy": C}, C),
    ({"consumer": C}, C),
    ({"role": C, "policy": C, "consumer": D}, D),
    ({"role": C, "consumer": NOT_C}, None),
    ({"key": C, "policy": NOT_C}, None),
    ({"key": D, "role": NOT_D}, None),
]


def guarded(of: dict[str, Guards], uses: Uses, role: Identity) -> Estate:
    policies = tuple(one._replace(guards=of.get("policy", ALWAYS)) for one in role.policies)
    role = role._replace(guards=of.get("role", ALWAYS), policies=policies)
    consumers = tuple(one._replace(guards=of.get("consumer", ALWAYS)) for one in uses.consumers)
    estate = with_roles(uses._replace(consumers=consumers), role)
    return estate._replace(keys=tuple(key._replace(guards=of.get("key", ALWAYS)) for key in estate.keys))


@pytest.mark.parametrize(("of", "told"), GUARDED)
def test_a_use_by_permission_is_there_where_everything_of_it_is(of: dict[str, Guards], told: Guards | None) -> None:
    found = list(role_uses(guarded(of, QUEUE, dev(iam("sqs:SendMessage")))))
    assert [one.guards for one in found] == ([] if told is None else [told])


def test_the_conditions_of_a_statement_count() -> None:
    plain: Plain = {"if": "C", "then": iam("sqs:SendMessage"), "else": None}
    (found,) = role_uses(with_roles(QUEUE, dev(plain)))
    assert found.guards == C


BUILD = Uses((consumer(Purpose.BUILD_PROJECT, role=value(ARN)),))


@pytest.mark.parametrize(("of", "told"), [row for row in GUARDED if "policy" not in row[0]])
def test_a_use_by_a_role_of_its_own_is_there_where_everything_of_it_is(
    of: dict[str, Guards], told: Guards | None
) -> None:
    found = list(role_uses(guarded(of, BUILD, role_of("Dev"))))
    assert [one.guards for one in found] == ([] if told is None else [told])
    assert all(one.need.action == "codebuild:StartBuild" for one in found)


@pytest.mark.parametrize(
    ("purpose", "role", "key", "is_use"),
    [
        (Purpose.STATE_MACHINE, ARN, "<key>", True),
        (Purpose.STATE_MACHINE, f"arn:aws:iam::{OWN}:role/Other", "<key>", False),
        (Purpose.STATE_MACHINE, "<<Role>>", "<key>", False),
        (Purpose.STATE_MACHINE, None, "<key>", False),
        (Purpose.STATE_MACHINE, ARN, "<Elsewhere>", False),
        (Purpose.TABLE, ARN, "<key>", False),
    ],
)
def test_what_runs_with_a_role(purpose: Purpose, role: Plain, key: str, is_use: bool) -> None:
    uses = Uses((consumer(purpose, key, role=None if role is None else value(role)),))
    assert len(list(role_uses(with_roles(uses, role_of("Dev"))))) == is_use


def test_roles_of_one_name_are_left_out() -> None:
    same = role_of("Other")._replace(arn=words(ARN))
    assert list(role_uses(with_roles(BUILD, role_of("Dev"), same))) == []
    third = role_of("Third")
    assert list(roles_by_arn([role_of("Dev"), same, third]).values()) == [third]


def event_source(function: str = "function", source: str = "thing", guards: Guards = ALWAYS) -> EventSource:
    return EventSource("Mapping", HERE, words(function), words(source), guards)


def reading(purpose: Purpose = Purpose.QUEUE, role: Plain = ARN, guards: Guards = ALWAYS, **more: Any) -> Uses:
    function = Function("Function", (words("function").parts, words("arn").parts), value(role), guards)
    return Uses((consumer(purpose),), (), (function,), (event_source(**more),))


READING = [
    (reading(), "sqs:ReceiveMessage"),
    (reading(function="arn"), "sqs:ReceiveMessage"),
    (reading(Purpose.STREAM), "kinesis:GetRecords"),
    (reading(Purpose.TOPIC), None),
    (reading(Purpose.TABLE), None),
    (reading(function="other"), None),
    (reading(source="other"), None),
    (reading(role="<<Role>>"), None),
    (reading(role=f"arn:aws:iam::{OWN}:role/Other"), None),
]


@pytest.mark.parametrize(("uses", "need"), READING)
def test_what_lambda_reads_for_a_function(uses: Uses, need: str | None) -> None:
    found = list(role_uses(with_roles(uses, role_of("Dev"))))
    assert [one.need.action for one in found] == ([] if need is None else [need])


@pytest.mark.parametrize(
    ("function", "source", "of", "told"),
    [
        (C, ALWAYS, {}, C),
        (ALWAYS, C, {}, C),
        (ALWAYS, ALWAYS, {"consumer": C}, C),
        (C, D, {"role": C}, D),
        (C, D, {"key": D}, C),
        (C, NOT_C, {}, None),
        (ALWAYS, NOT_C, {"role": C}, None),
        (C, ALWAYS, {"key": NOT_C}, None),
        (D, ALWAYS, {"consumer": NOT_D}, None),
    ],
)
def test_an_event_source_is_there_where_everything_of_it_is(
    function: Guards, source: Guards, of: dict[str, Guards], told: Guards | None
) -> None:
    uses = Uses(
        (consumer(Purpose.QUEUE),),
        (),
        (Function("Function", (words("function").parts,), value(ARN), function),),
        (event_source(guards=source),),
    )
    found = list(role_uses(guarded(of, uses, role_of("Dev"))))
    assert [one.guards for one in found] == ([] if told is None else [told])


def test_roles_that_may_not_use_the_key_are_told_once_for_each_key() -> None:
    things = (
        consumer(Purpose.QUEUE),
        consumer(Purpose.TOPIC, address="Topic"),
        consumer(Purpose.SECRET, "<Elsewhere>"),
    )
    statements = (iam("sqs:ReceiveMessage"), iam("sns:Publish"), iam("secretsmanager:*"))
    (found,) = missing_in_iam(with_roles(Uses(things), dev(*statements)))
    assert [one.consumer.address for one in found.uses] == ["Thing", "Topic"]
    assert [action.name for action in found.actions] == ["kms:Decrypt", "kms:GenerateDataKey"]
    let: Plain = iam("kms:Decrypt", ON_KEY)
    (found,) = missing_in_iam(with_roles(Uses(things), dev(*statements, let)))
    assert [one.consumer.address for one in found.uses] == ["Topic"]
    assert [action.name for action in found.actions] == ["kms:GenerateDataKey"]
    assert list(missing_in_iam(with_roles(Uses(), dev(*statements)))) == []
    assert list(missing_in_iam(with_roles(Uses(things), dev(*statements))._replace(keys=()))) == []


def test_roles_and_keys_are_told_apart() -> None:
    second = role_of("Second", iam_policy(SEND, address="Second"))
    other = key_of(document([ACCOUNT]), "OtherKey")._replace(arn=words("arn:aws:kms:<region>:<own>:key/<other key>"))
    queues = Uses((consumer(Purpose.QUEUE), consumer(Purpose.QUEUE, "<other key>", address="Other")))
    estate = with_roles(queues, dev(SEND), second)
    found = missing_in_iam(estate._replace(keys=(*estate.keys, other)))
    assert sorted((one.uses[0].role.address, one.uses[0].key.address) for one in found) == [
        ("Dev", "Key"),
        ("Dev", "OtherKey"),
        ("Second", "Key"),
        ("Second", "OtherKey"),
    ]


@pytest.mark.parametrize(("action", "is_missing"), [("kms:Decrypt", False), ("kms:DescribeKey", True)])
def test_where_one_of_several_actions_may_do_a_role_lacks_them_that_has_none(action: str, is_missing: bool) -> None:
    assert len(list(missing_in_iam(with_roles(BUILD, dev(iam(action, ON_KEY)))))) == is_missing
