"""What is encrypted under keys: what cannot reach it, with whom it is shared in vain, and what is lost with the key."""

from __future__ import annotations

import pytest

from document_estates import estate_of, key_of
from kmslint.access.log_targets import log_targets
from kmslint.access.managed_keys import blocked_by_managed_keys
from kmslint.access.retention import not_retained
from kmslint.access.shared_under_managed_keys import shared_under_managed_keys
from kmslint.engine.finding import Confidence
from kmslint.model.consumers import Purpose, Sender, Uses
from kmslint.model.estate import Estate, KeyKind, KeyPolicy, KeySettings, Language, PolicyOrigin
from kmslint.model.sharing import MANAGED, Managed, Share, Sharing, Thing
from kmslint.values import ALWAYS, Doubt, Guard, Guards
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, document, value, words
from plain_uses import (
    ACCOUNT,
    NAME,
    NOT_C,
    NOT_D,
    OTHER_NAME,
    C,
    D,
    E,
    Statement,
    allow,
    consumer,
    delivery,
    estate_with,
)


def service(name: str) -> Plain:
    return {"Service": f"{name}.amazonaws.com"}


LOGS = Uses((consumer(Purpose.BUCKET),), (delivery(Sender.ACCESS_LOGS),))


@pytest.mark.parametrize(
    ("uses", "statements", "senders"),
    [
        (LOGS, [ACCOUNT], ["Sender"]),
        (LOGS, [allow(service("logging.s3"))], []),
        (Uses(LOGS.consumers, (delivery(Sender.LOAD_BALANCER_LOGS),)), [ACCOUNT], ["Sender"]),
        (Uses(LOGS.consumers, (delivery(Sender.TRAIL),)), [ACCOUNT], []),
        (Uses(LOGS.consumers, (delivery(Sender.ACCESS_LOGS, "other"),)), [ACCOUNT], []),
        (Uses((consumer(Purpose.TABLE),), LOGS.deliveries), [ACCOUNT], []),
        (Uses((consumer(Purpose.BUCKET, "<Elsewhere>"),), LOGS.deliveries), [ACCOUNT], []),
        (Uses((consumer(Purpose.BUCKET, "alias/aws/s3"),), LOGS.deliveries), [ACCOUNT], ["Sender"]),
        (Uses((consumer(Purpose.BUCKET, "<<Unknown>>"),), LOGS.deliveries), [ACCOUNT], []),
        (
            Uses(
                LOGS.consumers, (delivery(Sender.ACCESS_LOGS, address="A"), delivery(Sender.ACCESS_LOGS, address="B"))
            ),
            [ACCOUNT],
            ["A", "B"],
        ),
    ],
)
def test_buckets_whose_key_keeps_logs_out(uses: Uses, statements: list[Plain], senders: list[str]) -> None:
    found = list(log_targets(estate_with(uses, *statements)))
    assert [one.address for target in found for one, _ in target.deliveries] == senders
    assert [one.under_alias_of_s3 for one in found] == [one.key == value("alias/aws/s3") for one in uses.consumers][
        : len(found)
    ]
    assert all(str(one.bucket.address) == "Thing" for one in found)


def test_logs_for_a_bucket_by_two_names_are_told_once_and_hang_on_what_all_of_them_do() -> None:
    bucket = consumer(Purpose.BUCKET, guards=D)._replace(names=(NAME, OTHER_NAME))
    senders = (
        delivery(Sender.ACCESS_LOGS, address="A", guards=C),
        delivery(Sender.ACCESS_LOGS, "other", address="A", guards=C),
        delivery(Sender.ACCESS_LOGS, address="B", guards=C | E),
        delivery(Sender.ACCESS_LOGS, address="F", guards=NOT_D),
    )
    (found,) = log_targets(estate_with(Uses((bucket,), senders)))
    assert [one.address for one, _ in found.deliveries] == ["A", "B"]
    assert found.guards == C | D
    twice = (delivery(Sender.ACCESS_LOGS, guards=C), delivery(Sender.ACCESS_LOGS, guards=NOT_C))
    (found,) = log_targets(estate_with(Uses((bucket,), twice)))
    assert (len(found.deliveries), found.guards) == (2, D)
    key = key_of(document([ACCOUNT]))._replace(guards=NOT_C)
    assert list(log_targets(estate_with(Uses((bucket,), senders[:3]), key=key))) == []
    unseen = KEY._replace(policy=KeyPolicy(PolicyOrigin.UNKNOWN, HERE))
    assert list(log_targets(estate_with(Uses((bucket,), senders), key=unseen))) == []
    assert list(log_targets(estate_with(Uses((bucket,))))) == []


UNDER_AWS = [
    (Purpose.TOPIC, "alias/aws/sns", Sender.ALARM, True),
    (Purpose.TOPIC, f"arn:aws:kms:us-east-1:{OWN}:alias/aws/sns", Sender.ALARM, True),
    (Purpose.QUEUE, "alias/aws/sqs", Sender.SUBSCRIPTION, True),
    (Purpose.QUEUE, "alias/aws/sns", Sender.SUBSCRIPTION, False),
    (Purpose.TOPIC, "alias/aws/sns", Sender.SUBSCRIPTION, False),
    (Purpose.TOPIC, "<key>", Sender.ALARM, False),
    (Purpose.BUCKET, "alias/aws/s3", Sender.DISTRIBUTION, False),
    (Purpose.BUCKET, "<key>", Sender.DISTRIBUTION, False),
]


@pytest.mark.parametrize(("purpose", "key", "sender", "is_blocked"), UNDER_AWS)
def test_a_key_of_aws_lets_no_other_service_in(purpose: Purpose, key: str, sender: Sender, is_blocked: bool) -> None:
    found = list(blocked_by_managed_keys(estate_with(Uses((consumer(purpose, key),), (delivery(sender),)))))
    assert [str(one.alias) for one in found] == ([key.rpartition(":")[2]] if is_blocked else [])


def test_what_hangs_on_conditions_under_a_key_of_aws() -> None:
    topic = consumer(Purpose.TOPIC, "alias/aws/sns", guards=D)
    senders = (
        delivery(Sender.ALARM, address="A", guards=C),
        delivery(Sender.RULE, address="B", guards=C | E),
        delivery(Sender.ALARM, address="F", guards=NOT_D),
        delivery(Sender.ALARM, "other", address="G"),
    )
    (found,) = blocked_by_managed_keys(estate_with(Uses((topic,), senders)))
    assert [one.address for one, _ in found.deliveries] == ["A", "B"]
    assert found.guards == C | D
    assert list(blocked_by_managed_keys(estate_with(Uses((topic,), senders[2:])))) == []


LASTING = """backup vault, bucket, output of delivery channel, database, Glue Data Catalog, output of delivery stream,
event data store, file system, output of Glue security configuration, log group, ECR repository, OpenSearch domain,
secret, table, trail, volume, Redshift cluster"""


def test_what_keeps_data_for_long() -> None:
    lasting = {name.strip() for name in LASTING.replace("\n", " ").split(",")}
    for purpose in Purpose:
        found = list(not_retained(estate_with(Uses((consumer(purpose),)))))
        assert bool(found) is (purpose.value in lasting), purpose


TABLE = Uses((consumer(Purpose.TABLE),))
KEPT = [
    (Language.CLOUDFORMATION, KeySettings(), True),
    (Language.CLOUDFORMATION, KeySettings(deletion_policy=value("Delete")), True),
    (Language.CLOUDFORMATION, KeySettings(deletion_policy=value(None)), True),
    (Language.CLOUDFORMATION, KeySettings(deletion_policy=value("retain")), False),
    (Language.CLOUDFORMATION, KeySettings(deletion_policy=value("RetainExceptOnCreate")), False),
    (Language.CLOUDFORMATION, KeySettings(deletion_policy=value("<Policy>")), False),
    (Language.CLOUDFORMATION, KeySettings(deletion_policy=value("<<Policy>>")), False),
    (Language.CLOUDFORMATION, KeySettings(prevent_destroy=value(True)), True),
    (Language.TERRAFORM, KeySettings(), True),
    (Language.TERRAFORM, KeySettings(prevent_destroy=value(False)), True),
    (Language.TERRAFORM, KeySettings(prevent_destroy=value(None)), True),
    (Language.TERRAFORM, KeySettings(prevent_destroy=value(True)), False),
    (Language.TERRAFORM, KeySettings(prevent_destroy=value("<Prevent>")), False),
    (Language.TERRAFORM, KeySettings(deletion_policy=value("Retain")), True),
]


@pytest.mark.parametrize(("language", "settings", "is_lost"), KEPT)
def test_what_keeps_a_key_from_being_deleted(language: Language, settings: KeySettings, is_lost: bool) -> None:
    key = key_of(document([ACCOUNT]), settings=settings)
    found = list(not_retained(estate_with(TABLE, key=key)._replace(language=language)))
    assert [one.key for one in found] == [key] * is_lost
    written = settings.deletion_policy if language is Language.CLOUDFORMATION else settings.prevent_destroy
    assert [one.written for one in found] == [written] * is_lost


@pytest.mark.parametrize(
    ("kind", "is_lost"),
    [
        (KeyKind.KEY, True),
        (KeyKind.EXTERNAL, True),
        (KeyKind.REPLICA, False),
        (KeyKind.REPLICA_EXTERNAL, False),
        (KeyKind.ELSEWHERE, False),
    ],
)
def test_the_material_of_a_replica_lives_on_in_the_other_keys(kind: KeyKind, is_lost: bool) -> None:
    key = key_of(document([ACCOUNT]))._replace(kind=kind)
    assert bool(list(not_retained(estate_with(TABLE, key=key)))) is is_lost


def test_what_is_lost_with_a_key_is_told_and_what_cannot_be_is_not() -> None:
    tables = (
        consumer(Purpose.TABLE, address="A"),
        consumer(Purpose.BUCKET, address="B", guards=C),
        consumer(Purpose.TABLE, address="G", guards=NOT_C),
        consumer(Purpose.TABLE, "<Elsewhere>", address="E"),
    )
    key = key_of(document([ACCOUNT]))._replace(guards=C)
    idle = key_of(document([ACCOUNT]), "Idle")._replace(arn=words("arn:aws:kms:<region>:<own>:key/<other key>"))
    (found,) = not_retained(estate_with(Uses(tables))._replace(keys=(idle, key)))
    assert [one.address for one in found.consumers] == ["A", "B"]


SHARED = Managed("Thing", Thing.SECRET, HERE, (NAME,))
GET: Statement = allow({"AWS": FOREIGN}, "secretsmanager:GetSecretValue")


def sharing(
    statements: list[Plain],
    thing: Thing = Thing.SECRET,
    managed: Guards = ALWAYS,
    share: Guards = ALWAYS,
    to: str = "thing",
) -> Estate:
    shared = Share("Policy", thing, (words(to).parts,), document(statements), guards=share)
    under = SHARED._replace(thing=thing, guards=managed)
    return estate_of()._replace(sharing=Sharing((under,), (shared,)))


ACTIONS = """
bucket: s3:GetObject s3:GetObjectVersion
SNS topic: sns:Publish
SQS queue: sqs:SendMessage sqs:ReceiveMessage
secret: secretsmanager:GetSecretValue secretsmanager:PutSecretValue
"""


@pytest.mark.parametrize("line", ACTIONS.strip().splitlines())
def test_what_needs_the_key_of_a_shared_thing(line: str) -> None:
    name, actions = line.split(": ")
    (found,) = shared_under_managed_keys(sharing([allow({"AWS": FOREIGN}, "*")], Thing(name)))
    assert [one.actions for one in found.others] == [tuple(actions.split())]
    assert found.alias == MANAGED[Thing(name)]


def deny(principal: Plain = "*", *actions: str, **more: Plain) -> Statement:
    return {**allow(principal, *actions), "Action": list(actions) or "*", "Effect": "Deny", **more}


VALUE = "secretsmanager:GetSecretValue"
TLS: Plain = {"Bool": {"aws:SecureTransport": "false"}}
BOTH = (VALUE, "secretsmanager:PutSecretValue")
SHARES: list[tuple[list[Plain], list[tuple[str, ...]]]] = [
    ([GET], [(VALUE,)]),
    ([allow({"AWS": FOREIGN}, "SecretsManager:Get*")], [(VALUE,)]),
    ([allow({"AWS": FOREIGN}, "secretsmanager:DescribeSecret")], []),
    ([allow({"AWS": FOREIGN}, "<Action>")], []),
    ([allow({"AWS": OWN}, VALUE)], []),
    ([allow("*", VALUE)], []),
    ([{**GET, "Effect": "Deny"}], []),
    ([GET, allow({"AWS": OWN}, VALUE, Effect="<Effect>")], []),
    ([GET, "<<Statement>>"], []),
    ([{"Effect": "Allow", "NotPrincipal": {"AWS": FOREIGN}, "Action": VALUE, "Resource": "*"}], []),
    # A condition on the caller may mean somebody else; one on the request means the same.
    ([{**GET, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}], []),
    ([{**GET, "Condition": {"StringEquals": {"aws:userid": "a"}}}], []),
    ([{**GET, "Condition": {"StringEquals": {"aws:username": "a"}}}], []),
    ([{**GET, "Condition": {"StringEquals": {"AWS:SourceAccount": OWN}}}], []),
    ([{**GET, "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}], []),
    ([{**GET, "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": "a"}}}], []),
    ([{**GET, "Condition": "<<Condition>>"}], []),
    ([{**GET, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], [(VALUE,)]),
    # What a Deny may take again is not shared, but for how the request is made.
    ([GET, deny()], []),
    ([GET, deny("*", VALUE)], []),
    ([GET, deny("*", "secretsmanager:get*")], []),
    ([GET, deny("*", "secretsmanager:PutSecretValue")], [(VALUE,)]),
    ([GET, deny("*", "<Action>")], []),
    ([GET, deny("*", "<<Unknown>>", "s3:*")], []),
    ([GET, {**deny(), "Action": None, "NotAction": "s3:*"}], []),
    ([GET, deny({"AWS": FOREIGN})], []),
    ([GET, deny({"AWS": f"arn:aws:iam::{FOREIGN}:role/A"})], []),
    ([GET, deny({"AWS": OWN})], [(VALUE,)]),
    ([GET, deny({"AWS": "AROAJQABLZS4A3QDU576Q"})], []),
    ([GET, deny({"AWS": "<<Somebody>>"})], []),
    ([GET, deny({"Service": "logs.amazonaws.com"})], [(VALUE,)]),
    ([GET, deny({"AWS": OWN, "Service": "logs.amazonaws.com"})], [(VALUE,)]),
    ([GET, {**deny(), "Principal": None, "NotPrincipal": {"AWS": FOREIGN}}], []),
    ([GET, deny({"AWS": [OWN, FOREIGN]})], []),
    ([GET, {**deny(), "Principal": "<<Everybody>>"}], []),
    ([deny({"AWS": FOREIGN}, VALUE, Condition=TLS)], []),
    ([GET, deny(Condition=TLS)], [(VALUE,)]),
    ([GET, deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})], [(VALUE,)]),
    ([GET, deny(Condition={"Null": {"s3:x-amz-server-side-encryption": "true"}})], [(VALUE,)]),
    ([GET, deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": OWN}})], []),
    ([GET, deny(Condition="<<Condition>>")], []),
    ([GET, deny(Condition=TLS), deny()], []),
    ([allow({"AWS": FOREIGN}, *BOTH), deny("*", VALUE)], [(BOTH[1],)]),
    ([allow({"AWS": [FOREIGN, f"arn:aws:iam::{FOREIGN}:role/A", OWN]}, *BOTH)], [BOTH, BOTH]),
]


@pytest.mark.parametrize(("statements", "actions"), SHARES)
def test_what_is_shared_with_another_account(statements: list[Plain], actions: list[tuple[str, ...]]) -> None:
    found = shared_under_managed_keys(sharing(statements))
    assert [other.actions for one in found for other in one.others] == actions


CONDITIONS = [
    (ALWAYS, ALWAYS, ALWAYS),
    (C, D, C | D),
    (C, C, C),
    (C, NOT_C, None),
    (ALWAYS, frozenset({Guard(Doubt("X"), True)}), None),
    (frozenset({Guard(Doubt("X"), True)}), frozenset({Guard(Doubt("X"), True)}), frozenset({Guard("X", True)})),
]


@pytest.mark.parametrize(("managed", "share", "told"), CONDITIONS)
def test_both_have_to_be_there_and_no_more_doubt_than_of_the_thing_itself(
    managed: Guards, share: Guards, told: Guards | None
) -> None:
    found = list(shared_under_managed_keys(sharing([GET], managed=managed, share=share)))
    assert [one.guards for one in found] == ([] if told is None else [told])


def test_the_conditions_of_statements_count_as_well() -> None:
    second = allow({"AWS": f"arn:aws:iam::{FOREIGN}:role/A"}, VALUE)
    (found,) = shared_under_managed_keys(
        sharing([{"if": "C", "then": GET, "else": None}, {"if": "D", "then": second, "else": None}], share=E, managed=C)
    )
    assert (found.guards, len(found.others)) == (C | E, 2)
    assert list(shared_under_managed_keys(sharing([{"if": "C", "then": GET, "else": None}], managed=NOT_C))) == []


def test_only_what_is_called_so_and_of_that_kind_is_shared() -> None:
    assert list(shared_under_managed_keys(sharing([GET], to="other"))) == []
    estate = sharing([allow({"AWS": FOREIGN}, "*")])
    (share,) = estate.sharing.shares
    queue = estate.sharing._replace(shares=(share._replace(thing=Thing.QUEUE),))
    assert list(shared_under_managed_keys(estate._replace(sharing=queue))) == []


def test_whose_account_it_is_the_policy_itself_may_say() -> None:
    estate = sharing([allow({"AWS": ["arn:aws:iam::<own>:root", FOREIGN]}, VALUE)])
    unconfigured = estate._replace(accounts=estate_of(account=None).accounts)
    (found,) = shared_under_managed_keys(unconfigured)
    assert [(one.name, one.confidence) for one in found.others] == [(f"account {FOREIGN}", Confidence.MEDIUM)]
    (found,) = shared_under_managed_keys(estate)
    assert [(one.name, one.confidence) for one in found.others] == [(f"account {FOREIGN}", Confidence.HIGH)]
    alone = sharing([GET])._replace(accounts=estate_of(account=None).accounts)
    assert list(shared_under_managed_keys(alone)) == []
    key_policy = document([allow({"AWS": "arn:aws:iam::<own>:root"})])
    (found,) = shared_under_managed_keys(alone._replace(accounts=estate_of(key_policy, account=None).accounts))
    assert [one.confidence for one in found.others] == [Confidence.MEDIUM]
