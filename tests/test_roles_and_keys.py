"""What roles need of keys for what they are for: by their policies, by what runs with them, and to replicate."""

from __future__ import annotations

from typing import Any

import pytest

from document_estates import estate_of, iam_policy, key_of, role_of
from kmslint.access.lacking import Lacking
from kmslint.access.replications import KeyLacked, NotReplicated, failing_replications
from kmslint.access.role_uses import missing_in_iam, role_uses, roles_by_arn
from kmslint.model.consumers import EventSource, Function, Purpose, Replication, ReplicationRule, Sender, Uses
from kmslint.model.estate import Estate, Grant, Identity, IdentityKind, IdentityPolicy, KeyPolicy, PolicyOrigin
from kmslint.values import ALWAYS, Guard, Guards, Hole, HoleKind, unknown
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, document, value, words
from plain_uses import ACCOUNT, NAME, NOT_C, NOT_D, OTHER_NAME, C, D, Statement, allow, consumer, delivery

ARN = f"arn:aws:iam::{OWN}:role/Dev"
ON_KEY = "arn:<partition>:kms:<region>:<own>:key/<key>"


def iam(action: Plain, resource: Plain = "thing", **more: Plain) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def dev(*statements: Plain) -> Identity:
    """A role whose policy says that."""
    return role_of("Dev", iam_policy(*statements, address="Dev"))


def estate_with(uses: Uses, *roles: Identity, policy: list[Plain] | None = None) -> Estate:
    return estate_of(document([ACCOUNT] if policy is None else policy), identities=roles)._replace(uses=uses)


QUEUE = Uses((consumer(Purpose.QUEUE),))
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
    found = list(role_uses(estate_with(uses, dev(statement))))
    assert [one.need.action for one in found] == needs
    assert all(one.role.address == "Dev" and one.consumer is uses.consumers[0] for one in found)


def test_the_entry_that_covers_the_action_is_named() -> None:
    (found,) = role_uses(estate_with(QUEUE, dev(iam(["sqs:Get*", "sqs:Send*", "sqs:S*"]))))
    assert str(getattr(found.by, "entry", "")) == "sqs:Send*"


def test_an_arn_with_holes_is_what_is_spelt_alike() -> None:
    arn = "arn:<partition>:sqs:<region>:<own>:queue"
    spelt_otherwise = Hole(HoleKind.PARTITION, "data.aws_partition.current.partition")
    name = tuple(
        spelt_otherwise if part == Hole(HoleKind.PARTITION, "AWS::Partition") else part for part in words(arn).parts
    )
    uses = Uses((consumer(Purpose.QUEUE, names=(name,)),))
    assert len(list(role_uses(estate_with(uses, dev(iam("sqs:SendMessage", arn)))))) == 1
    scoped = tuple(part._replace(scope="eu") if isinstance(part, Hole) else part for part in name)
    uses = Uses((consumer(Purpose.QUEUE, names=(scoped,)),))
    assert list(role_uses(estate_with(uses, dev(iam("sqs:SendMessage", arn))))) == []


LOGS = [(Sender.ACCESS_LOGS, 0), (Sender.LOAD_BALANCER_LOGS, 0), (Sender.TRAIL, 0), (Sender.DISTRIBUTION, 1)]


@pytest.mark.parametrize(("sender", "count"), LOGS)
def test_what_aws_writes_to_a_bucket_for_logs_is_encrypted_otherwise(sender: Sender, count: int) -> None:
    bucket = consumer(Purpose.BUCKET, names=(OTHER_NAME, NAME))
    estate = estate_with(Uses((bucket,), (delivery(sender),)), dev(iam("s3:GetObject", "other/*")))
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
        assert list(role_uses(estate_with(uses, identity))) == []


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
    estate = estate_with(uses._replace(consumers=consumers), role)
    return estate._replace(keys=tuple(key._replace(guards=of.get("key", ALWAYS)) for key in estate.keys))


@pytest.mark.parametrize(("of", "told"), GUARDED)
def test_a_use_by_permission_is_there_where_everything_of_it_is(of: dict[str, Guards], told: Guards | None) -> None:
    found = list(role_uses(guarded(of, QUEUE, dev(iam("sqs:SendMessage")))))
    assert [one.guards for one in found] == ([] if told is None else [told])


def test_the_conditions_of_a_statement_count() -> None:
    plain: Plain = {"if": "C", "then": iam("sqs:SendMessage"), "else": None}
    (found,) = role_uses(estate_with(QUEUE, dev(plain)))
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
    assert len(list(role_uses(estate_with(uses, role_of("Dev"))))) == is_use


def test_roles_of_one_name_are_left_out() -> None:
    same = role_of("Other")._replace(arn=words(ARN))
    assert list(role_uses(estate_with(BUILD, role_of("Dev"), same))) == []
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
    found = list(role_uses(estate_with(uses, role_of("Dev"))))
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
    (found,) = missing_in_iam(estate_with(Uses(things), dev(*statements)))
    assert [one.consumer.address for one in found.uses] == ["Thing", "Topic"]
    assert [action.name for action in found.actions] == ["kms:Decrypt", "kms:GenerateDataKey"]
    let: Plain = iam("kms:Decrypt", ON_KEY)
    (found,) = missing_in_iam(estate_with(Uses(things), dev(*statements, let)))
    assert [one.consumer.address for one in found.uses] == ["Topic"]
    assert [action.name for action in found.actions] == ["kms:GenerateDataKey"]
    assert list(missing_in_iam(estate_with(Uses(), dev(*statements)))) == []
    assert list(missing_in_iam(estate_with(Uses(things), dev(*statements))._replace(keys=()))) == []


@pytest.mark.parametrize(("action", "is_missing"), [("kms:Decrypt", False), ("kms:DescribeKey", True)])
def test_where_one_of_several_actions_may_do_a_role_lacks_them_that_has_none(action: str, is_missing: bool) -> None:
    assert len(list(missing_in_iam(estate_with(BUILD, dev(iam(action, ON_KEY)))))) == is_missing


NEEDED = ("kms:Decrypt", "kms:GenerateDataKey")
SEND = iam("sqs:SendMessage")


def lacked(role: Identity, policy: list[Plain], delegated: bool, guards: Guards = ALWAYS, **more: Any) -> list[str]:
    """What of two actions a role lacks on a key with that policy."""
    estate = estate_with(QUEUE, role, policy=policy)._replace(**more)
    found = Lacking(estate).actions(estate.identities[0], estate.keys[0], NEEDED, guards, delegated)
    return [action.name.removeprefix("kms:") for action in found]


BOTH = ["Decrypt", "GenerateDataKey"]
BOUNDARY = IdentityPolicy("Boundary", HERE, document([iam("sqs:*", "*")]))
LETS = iam("kms:*", ON_KEY)
LACKED: list[tuple[Identity, list[Plain], list[str], list[str]]] = [
    # the role, the key policy, what it lacks at all, and of that what an IAM policy would give
    (dev(SEND), [ACCOUNT], BOTH, BOTH),
    (dev(SEND, LETS), [ACCOUNT], [], []),
    (dev(SEND, iam("kms:Decrypt", ON_KEY)), [ACCOUNT], ["GenerateDataKey"], ["GenerateDataKey"]),
    (dev(SEND), [], BOTH, []),
    (dev(SEND), [allow({"AWS": ARN})], [], []),
    (dev(SEND), [allow({"AWS": "<Somebody>"})], [], []),
    (dev(SEND), ["<<Statement>>"], [], []),
    (dev(SEND), [ACCOUNT, {**allow({"AWS": ARN}), "Effect": "Deny"}], BOTH, []),
    (dev(SEND), [allow({"AWS": OWN}, "kms:Decrypt")], BOTH, ["Decrypt"]),
    (dev(SEND, {**LETS, "Effect": "Deny"}), [ACCOUNT], BOTH, []),
    (dev(SEND, {**LETS, "Effect": "Deny", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}), [ACCOUNT], BOTH, []),
    (dev(SEND)._replace(boundary=BOUNDARY), [ACCOUNT], BOTH, []),
    (dev(SEND, iam("<Action>", ON_KEY)), [ACCOUNT], [], []),
    (dev(SEND, iam("kms:*", "<Somewhere>")), [ACCOUNT], [], []),
    (dev(SEND)._replace(elsewhere=True), [ACCOUNT], [], []),
    (dev(SEND)._replace(handed_over=True), [ACCOUNT], [], []),
    (dev(SEND)._replace(unseen_policies=(unknown("Policy", HERE),)), [ACCOUNT], [], []),
    (dev(SEND)._replace(arn=words(ARN.replace(OWN, FOREIGN))), [ACCOUNT], [], []),
    (dev(SEND)._replace(arn=words("<Role>")), [ACCOUNT], [], []),
    # One who tries again in his own name, and one who named the key by what is none: told of elsewhere.
    (
        dev(SEND)._replace(trust=document([allow({"Service": "config.amazonaws.com"}, "sts:AssumeRole")])),
        [ACCOUNT],
        [],
        [],
    ),
    (
        dev(SEND)._replace(trust=document([allow({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")])),
        [ACCOUNT],
        BOTH,
        BOTH,
    ),
    (dev(SEND, iam("kms:Decrypt", "alias/data")), [ACCOUNT], ["GenerateDataKey"], ["GenerateDataKey"]),
]


@pytest.mark.parametrize(("role", "policy", "at_all", "by_iam"), LACKED)
def test_what_a_role_certainly_lacks(role: Identity, policy: list[Plain], at_all: list[str], by_iam: list[str]) -> None:
    assert lacked(role, policy, delegated=False) == at_all
    assert lacked(role, policy, delegated=True) == by_iam


def test_what_hangs_on_conditions_is_lacked_where_it_certainly_is() -> None:
    named: Plain = {"if": "C", "then": ACCOUNT, "else": allow({"AWS": ARN})}
    assert lacked(dev(SEND), [named], delegated=False) == []
    assert lacked(dev(SEND), [named], delegated=True, guards=C) == BOTH
    assert lacked(dev(SEND), [named], delegated=False, guards=NOT_C) == []
    assert lacked(dev(SEND), [ACCOUNT], delegated=True, guards=C | NOT_C) == []


def test_a_policy_that_nobody_sees_attached_may_be_attached() -> None:
    loose = iam_policy(iam("kms:Decrypt", ON_KEY), address="Loose")
    role = dev(SEND)
    assert lacked(role, [ACCOUNT], delegated=True, policies=(loose, *role.policies)) == ["GenerateDataKey"]
    idle = iam_policy(iam("s3:*"), address="Loose")
    assert lacked(role, [ACCOUNT], delegated=True, policies=(idle, *role.policies)) == BOTH
    # Attached to another role, it is that role's; and the policy of another that names no key is no excuse.
    wrong = iam_policy(iam("kms:Decrypt", "alias/data"), address="Other")
    other = role_of("Other", wrong)
    assert lacked(role, [ACCOUNT], delegated=True, identities=(role, other), policies=(*role.policies, wrong)) == BOTH


def test_a_grant_may_give_what_no_policy_does() -> None:
    operations: list[Plain] = ["Decrypt"]
    grant = Grant("Grant", HERE, words("<key>"), words(ARN), value(operations), constrained=False)
    assert lacked(dev(SEND), [ACCOUNT], delegated=False, grants=(grant,)) == ["GenerateDataKey"]


def test_a_policy_that_cannot_be_seen_may_give_anything_and_the_default_one_nothing() -> None:
    unseen = KEY._replace(policy=KeyPolicy(PolicyOrigin.UNKNOWN, HERE))
    assert lacked(dev(SEND), [ACCOUNT], delegated=False, keys=(unseen,)) == []
    assert lacked(dev(SEND), [ACCOUNT], delegated=True, keys=(KEY,)) == BOTH


def test_each_answer_is_of_its_own_role_key_and_conditions() -> None:
    able = role_of("Able", iam_policy(SEND, LETS, address="Able"))
    estate = estate_with(QUEUE, dev(SEND), able, policy=[{"if": "C", "then": ACCOUNT, "else": allow({"AWS": ARN})}])
    other = key_of(document([allow({"AWS": ARN})]), "Other")
    lacking, key = Lacking(estate), estate.keys[0]
    poor, rich = estate.identities
    assert len(lacking.actions(poor, key, NEEDED, C, delegated=True)) == 2
    assert lacking.actions(rich, key, NEEDED, C, delegated=True) == ()
    assert lacking.actions(poor, other, NEEDED, C, delegated=True) == ()
    assert lacking.actions(poor, key, NEEDED, NOT_C, delegated=True) == ()
    assert len(lacking.actions(poor, key, NEEDED[:1], C, delegated=False)) == 1


def replication(
    status: Plain, replica_key: Plain, guards: Guards = ALWAYS, rule: Guards = ALWAYS, role: str = ARN
) -> Replication:
    told = None if status is None else value(status)
    key = None if replica_key is None else value(replica_key)
    rules = (ReplicationRule(HERE, told, key, rule),)
    return Replication("Source", HERE, (NAME, NAME), value(role), rules, "", guards)


REPLICATE = iam("s3:ReplicateObject", "*")
REPLICATIONS: list[tuple[Replication, list[Plain], list[str]]] = [
    (replication(None, None), [], ["not asked"]),
    (replication("Enabled", None), [], ["Decrypt"]),
    (replication("Enabled", "<key>"), [], ["Decrypt", "Encrypt"]),
    (replication("Enabled", "<key>"), [LETS], []),
    (replication("Enabled", "<Elsewhere>"), [], ["Decrypt"]),
    (replication("Enabled", "<key>"), [iam("kms:Decrypt", ON_KEY)], ["Encrypt"]),
    # AWS's page does not say that a role with one of these cannot.
    (replication("Enabled", "<key>"), [iam(["kms:Decrypt", "kms:GenerateDataKey"], ON_KEY)], []),
    (replication("Enabled", "<key>"), [iam("kms:ReEncryptTo", ON_KEY)], ["Decrypt"]),
    (replication("Disabled", "<key>"), [], []),
    (replication("<Status>", "<key>"), [], []),
    (replication("<<Status>>", "<key>"), [], []),
    (replication("Enabled", "<key>", role=f"arn:aws:iam::{OWN}:role/Other"), [], []),
    (replication(None, "<key>"), [], ["not asked"]),
]


@pytest.mark.parametrize(("one", "statements", "failures"), REPLICATIONS)
def test_what_keeps_objects_from_being_replicated(
    one: Replication, statements: list[Plain], failures: list[str]
) -> None:
    uses = Uses((consumer(Purpose.BUCKET), consumer(Purpose.TABLE)), replications=(one,))
    found = list(failing_replications(estate_with(uses, dev(REPLICATE, *statements))))
    told = [
        "not asked" if isinstance(each, NotReplicated) else " ".join(action.name for action in each.actions)
        for each in found
    ]
    assert [each.removeprefix("kms:") for each in told] == failures
    assert all(each.key is not None and each.key.address == "Key" for each in found)


@pytest.mark.parametrize(
    ("whole", "rule", "source", "told"),
    [
        (C, D, ALWAYS, C | D),
        (ALWAYS, ALWAYS, C, C),
        (C, NOT_C, ALWAYS, None),
        (ALWAYS, C, NOT_C, None),
    ],
)
def test_a_replication_fails_where_everything_of_it_is_there(
    whole: Guards, rule: Guards, source: Guards, told: Guards | None
) -> None:
    for status in (None, "Enabled"):
        uses = Uses((consumer(Purpose.BUCKET, guards=source),), replications=(replication(status, None, whole, rule),))
        found = list(failing_replications(estate_with(uses, dev(REPLICATE))))
        assert [one.guards for one in found] == ([] if told is None else [told])
    uses = Uses(replications=(replication("Enabled", "<key>", whole, rule),))
    found = list(failing_replications(estate_with(uses, dev(REPLICATE))))
    assert [one.guards for one in found] == ([] if whole | rule == C | NOT_C else [whole | rule])
    assert all(isinstance(one, KeyLacked) and one.role.address == "Dev" for one in found)


def test_what_a_replication_hangs_on_beyond_its_key_and_role() -> None:
    uses = Uses(
        (consumer(Purpose.BUCKET, guards=frozenset({Guard("E", True)})),),
        replications=(replication("Enabled", None, C, D),),
    )
    estate = estate_with(uses, dev(REPLICATE)._replace(guards=C))
    estate = estate._replace(keys=tuple(key._replace(guards=D) for key in estate.keys))
    (found,) = failing_replications(estate)
    assert found.guards == frozenset({Guard("E", True)})


def test_a_bucket_that_is_not_the_source_has_nothing_to_do_with_it() -> None:
    other = consumer(Purpose.BUCKET, names=(OTHER_NAME,))
    user = role_of("Dev", iam_policy(REPLICATE), kind=IdentityKind.USER)._replace(arn=words(ARN))
    assert (
        list(
            failing_replications(
                estate_with(Uses((other,), replications=(replication("Enabled", None),)), dev(REPLICATE))
            )
        )
        == []
    )
    assert (
        list(
            failing_replications(
                estate_with(Uses((consumer(Purpose.BUCKET),), replications=(replication("Enabled", None),)), user)
            )
        )
        == []
    )
    elsewhere = Uses((consumer(Purpose.BUCKET, "<Elsewhere>"),), replications=(replication(None, None),))
    (found,) = failing_replications(estate_with(elsewhere, dev(REPLICATE)))
    assert found.key is None
    enabled = Uses(elsewhere.consumers, replications=(replication("Enabled", None),))
    assert list(failing_replications(estate_with(enabled, dev(REPLICATE)))) == []
