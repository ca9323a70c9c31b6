"""Which services need a key, what lets them in, and what stands in their way."""

from __future__ import annotations

import pytest

from document_estates import key_of
from kmslint.access.service_use import missing_services, service_uses
from kmslint.access.source_conditions import unmet_conditions
from kmslint.model.consumers import Purpose, Sender, Uses
from kmslint.model.estate import Grant, KeyPolicy, Language, PolicyOrigin
from kmslint.model.facts import Equals, Facts
from kmslint.values import ALWAYS, Guards, Hole, HoleKind, Value
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, document, value, words
from plain_uses import (
    ACCOUNT,
    NOT_C,
    C,
    D,
    allow,
    consumer,
    delivery,
    estate_with,
)


def service(name: str) -> Plain:
    return {"Service": f"{name}.amazonaws.com"}


NEEDS = [
    (Purpose.LOG_GROUP, None, "logs.REGION.amazonaws.com", "logs.<region>", "Encrypt Decrypt GenerateDataKey"),
    (Purpose.TRAIL, None, "cloudtrail.amazonaws.com", "cloudtrail", "GenerateDataKey"),
    (Purpose.TOPIC, Sender.RULE, "events.amazonaws.com", "events", "GenerateDataKey Decrypt"),
    (Purpose.QUEUE, Sender.SUBSCRIPTION, "sns.amazonaws.com", "sns", "GenerateDataKey Decrypt"),
]


@pytest.mark.parametrize(("purpose", "sender", "who", "name", "needs"), NEEDS)
def test_a_service_that_no_statement_lets_in_lacks_what_it_needs(
    purpose: Purpose, sender: Sender | None, who: str, name: str, needs: str
) -> None:
    uses = Uses((consumer(purpose),), () if sender is None else (delivery(sender),))
    (found,) = missing_services(estate_with(uses))
    assert [one.need.principal for one in found.uses] == [who]
    assert [action.name for action in found.actions] == [f"kms:{one}" for one in needs.split()]
    assert found.named is None
    assert [one.delivery is None for one in found.uses] == [sender is None]
    let_in = allow(service(name), *(f"kms:{one}" for one in needs.split()))
    assert list(missing_services(estate_with(uses, ACCOUNT, let_in))) == []


RULE = Uses((consumer(Purpose.TOPIC),), (delivery(Sender.RULE),))
USE = ("kms:GenerateDataKey", "kms:Decrypt")
EVENTS = allow(service("events"), *USE)
FROM: Plain = {"StringEquals": {"aws:SourceAccount": OWN}}
NEVER: Plain = {"StringEquals": {"kms:CallerAccount": FOREIGN}}
LETS_IN: list[tuple[list[Plain], list[str], str | None]] = [
    ([EVENTS], [], None),
    ([allow(service("events"), "kms:Decrypt")], ["kms:GenerateDataKey"], "number 1"),
    ([ACCOUNT, allow(service("events"), "kms:Encrypt", Sid="Events")], list(USE), '"Events"'),
    ([allow("*")], [], None),
    ([allow(service("sns"))], list(USE), None),
    # AWS does not say which condition keys each service carries.
    ([{**EVENTS, "Condition": FROM}], [], None),
    ([{**allow("*"), "Condition": {"StringEquals": {"kms:CallerAccount": OWN}}}], list(USE), None),
    ([{**EVENTS, "Condition": {"StringEquals": {"kms:CallerAccount": FOREIGN}}}], [], None),
    (
        [{**EVENTS, "Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}, "Condition": NEVER}],
        [],
        None,
    ),
    ([EVENTS, {**EVENTS, "Effect": "Deny"}], list(USE), "number 1"),
    ([EVENTS, {**EVENTS, "Effect": "Deny", "Condition": FROM}], [], None),
    ([EVENTS, {**allow("*"), "Effect": "Deny"}], list(USE), "number 1"),
    ([{**EVENTS, "Effect": "Deny"}], list(USE), None),
    ([{**EVENTS, "Effect": "<Effect>"}], [], None),
    ([{**EVENTS, "Resource": "arn:aws:s3:::x"}], list(USE), "number 1"),
    ([allow({"Service": "events.amazonaws.com.cn"}, *USE)], [], None),
    ([{**allow({"Service": "events.amazonaws.com.cn"}, *USE), "Effect": "Deny"}], list(USE), None),
    ([allow({"AWS": "<Somebody>"})], [], None),
    (["<<Statement>>"], [], None),
    ([{"if": "C", "then": EVENTS, "else": None}], [], None),
    ([{"if": "C", "then": ACCOUNT, "else": None}], list(USE), None),
    ([allow({"Service": "<Service>"})], [], None),
    ([allow({"AWS": "events.amazonaws.com"})], list(USE), None),
    ([{"Effect": "Allow", "NotPrincipal": {"AWS": FOREIGN}, "Action": "kms:*", "Resource": "*"}], [], None),
]


@pytest.mark.parametrize(("statements", "lacked", "label"), LETS_IN)
def test_what_lets_a_service_in(statements: list[Plain], lacked: list[str], label: str | None) -> None:
    found = list(missing_services(estate_with(RULE, *statements)))
    assert [action.name for one in found for action in one.actions] == lacked
    assert [one.named[0].label if one.named is not None else None for one in found] == ([label] if lacked else [])


def test_the_default_policy_lets_no_service_in_and_one_that_is_not_seen_may() -> None:
    assert len(list(missing_services(estate_with(RULE, key=KEY)))) == 1
    unseen = KEY._replace(policy=KeyPolicy(PolicyOrigin.UNKNOWN, HERE))
    assert list(missing_services(estate_with(RULE, key=unseen))) == []
    assert list(missing_services(estate_with(Uses()))) == []
    assert list(missing_services(estate_with(RULE)._replace(keys=()))) == []


GUARDED = [
    (ALWAYS, ALWAYS, ALWAYS, ALWAYS),
    (C, ALWAYS, ALWAYS, ALWAYS),
    (ALWAYS, C, ALWAYS, C),
    (ALWAYS, ALWAYS, C, C),
    (C, C, D, D),
    (C, NOT_C, ALWAYS, None),
    (ALWAYS, C, NOT_C, None),
    (C, ALWAYS, NOT_C, None),
]


@pytest.mark.parametrize(("of_key", "of_consumer", "of_delivery", "told"), GUARDED)
def test_a_use_is_there_where_everything_of_it_is(
    of_key: Guards, of_consumer: Guards, of_delivery: Guards, told: Guards | None
) -> None:
    uses = Uses((consumer(Purpose.TOPIC, guards=of_consumer),), (delivery(Sender.RULE, guards=of_delivery),))
    estate = estate_with(uses, key=key_of(document([ACCOUNT]))._replace(guards=of_key))
    assert [one.guards for one in service_uses(estate)] == ([] if told is None else [told])


def test_what_is_allowed_where_the_use_is_there_is_not_missing() -> None:
    uses = Uses((consumer(Purpose.TOPIC, guards=C),), (delivery(Sender.RULE),))
    assert list(missing_services(estate_with(uses, {"if": "C", "then": EVENTS, "else": None}))) == []
    assert len(list(missing_services(estate_with(uses, {"if": "C", "then": None, "else": EVENTS})))) == 1


def test_uses_of_one_service_and_key_are_told_together_and_only_those_that_fail() -> None:
    topics = tuple(
        consumer(Purpose.TOPIC, address=f"Topic{one}", guards=guards) for one, guards in enumerate((C, NOT_C, C))
    )
    estate = estate_with(Uses(topics, (delivery(Sender.RULE),)), {"if": "C", "then": None, "else": EVENTS})
    (found,) = missing_services(estate)
    assert [one.consumer.address for one in found.uses] == ["Topic0", "Topic2"]
    assert [action.name for action in found.actions] == list(USE)
    assert len(list(service_uses(estate))) == 3


@pytest.mark.parametrize(
    ("to", "sender", "is_use"),
    [
        ("thing", Sender.RULE, True),
        ("other", Sender.RULE, False),
        ("thing", Sender.TRAIL, False),
        ("<<thing>>", Sender.RULE, False),
    ],
)
def test_what_is_sent_to_a_topic_by_its_name(to: Plain, sender: Sender, is_use: bool) -> None:
    uses = Uses((consumer(Purpose.TOPIC),), (delivery(sender, to),))
    assert len(list(service_uses(estate_with(uses)))) == is_use


def test_a_topic_under_no_key_of_the_estate_is_no_use() -> None:
    uses = Uses(
        (consumer(Purpose.TOPIC, "<Elsewhere>"), consumer(Purpose.LOG_GROUP, "<Elsewhere>")), (delivery(Sender.RULE),)
    )
    assert list(service_uses(estate_with(uses))) == []


LINKED = f"arn:aws:iam::{OWN}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SCALING = Uses((consumer(Purpose.LAUNCH_TEMPLATE),), (delivery(Sender.SCALING_GROUP),))
OF_ROLES: list[tuple[list[Plain], bool]] = [
    ([ACCOUNT], True),
    ([allow({"AWS": LINKED})], False),
    ([allow({"AWS": f"{LINKED}_other"})], False),  # of another group, perhaps of this one
    ([allow({"AWS": LINKED.replace(OWN, FOREIGN)})], False),
    ([allow({"AWS": LINKED.replace(OWN, "<Account>")})], False),
    ([{**allow({"AWS": f"{LINKED}_other"}), "Effect": "Deny"}], True),
    ([allow({"AWS": LINKED}, "kms:Decrypt")], True),
    ([allow(service("autoscaling"))], True),
    ([allow({"AWS": f"arn:aws:iam::{OWN}:role/Other"})], True),
    ([allow({"Service": "autoscaling.amazonaws.com.cn"})], True),
    ([{**allow({"AWS": LINKED}), "Condition": NEVER}], True),
    ([{**allow({"AWS": LINKED, "Service": "autoscaling.amazonaws.com"}), "Condition": NEVER}], True),
    ([allow({"AWS": f"<Prefix>{LINKED.removeprefix('arn:aws:iam')}"})], False),
    ([{"Effect": "Allow", "NotPrincipal": {"AWS": FOREIGN}, "Action": "kms:*", "Resource": "*"}], False),
]


@pytest.mark.parametrize(("statements", "is_missing"), OF_ROLES)
def test_a_service_linked_role_is_let_in_by_its_own_name(statements: list[Plain], is_missing: bool) -> None:
    found = list(missing_services(estate_with(SCALING, *statements)))
    assert len(found) == is_missing
    assert all(one.named is None for one in found)
    assert all(one.uses[0].need.principal == "AWSServiceRoleForAutoScaling" for one in found)


@pytest.mark.parametrize(
    ("grantee", "is_missing"), [(LINKED, False), (f"{LINKED}_other", False), (f"arn:aws:iam::{OWN}:role/A", True)]
)
def test_a_grant_may_let_a_service_linked_role_in(grantee: str, is_missing: bool) -> None:
    operations: list[Plain] = ["Decrypt", "GenerateDataKeyWithoutPlaintext", "CreateGrant"]
    grant = Grant("Grant", HERE, words("<key>"), words(grantee), value(operations), constrained=False)
    estate = estate_with(SCALING)._replace(grants=(grant,), language=Language.TERRAFORM)
    assert len(list(missing_services(estate))) == is_missing


def test_a_service_linked_role_is_one_of_the_account_that_the_template_is_in() -> None:
    key = key_of(document([ACCOUNT]))._replace(provider="eu")
    assert list(service_uses(estate_with(SCALING, key=key))) == []
    same = Uses((consumer(Purpose.LAUNCH_TEMPLATE, provider="eu"),), SCALING.deliveries)
    assert len(list(service_uses(estate_with(same, key=key)))) == 1
    elsewhere = Uses((consumer(Purpose.TOPIC),), (delivery(Sender.RULE),))
    assert len(list(service_uses(estate_with(elsewhere, key=key)))) == 1


CONFIG = f"arn:aws:iam::{OWN}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


@pytest.mark.parametrize(
    ("role", "is_use"),
    [
        (value(CONFIG), True),
        (value(f"arn:aws:iam::{OWN}:role/Own"), False),
        (None, False),
        (value("<<Role>>"), False),
        (value({"if": "C", "then": CONFIG, "else": "x"}), False),
    ],
)
def test_aws_config_uses_the_key_itself_only_where_it_works_with_its_own_role(role: Value | None, is_use: bool) -> None:
    uses = Uses((consumer(Purpose.CONFIG_DELIVERIES, role=role),))
    assert len(list(service_uses(estate_with(uses)))) == is_use


def test_services_and_keys_are_told_apart() -> None:
    other = key_of(document([ACCOUNT]), "OtherKey")._replace(arn=words("arn:aws:kms:<region>:<own>:key/<other key>"))
    topics = (consumer(Purpose.TOPIC), consumer(Purpose.TOPIC, "<other key>"))
    estate = estate_with(Uses(topics, (delivery(Sender.RULE), delivery(Sender.ALARM))))
    found = list(missing_services(estate._replace(keys=(*estate.keys, other))))
    assert sorted((one.uses[0].key.address, one.uses[0].need.principal) for one in found) == [
        ("Key", "cloudwatch.amazonaws.com"),
        ("Key", "events.amazonaws.com"),
        ("OtherKey", "cloudwatch.amazonaws.com"),
        ("OtherKey", "events.amazonaws.com"),
    ]


def test_a_service_of_a_region_is_named_with_it() -> None:
    (use,) = service_uses(estate_with(Uses((consumer(Purpose.LOG_GROUP),))))
    assert use.service.parts == ("logs.", Hole(HoleKind.REGION, "region"), ".amazonaws.com")
    (use,) = service_uses(estate_with(RULE))
    assert use.service.parts == ("events.amazonaws.com",)


def test_a_use_that_is_never_there_is_not_missing() -> None:
    prod_and_dev = Facts({"C": Equals("Env", "prod"), "D": Equals("Env", "dev")}, {})
    uses = Uses((consumer(Purpose.TOPIC, guards=C),), (delivery(Sender.RULE, guards=D),))
    assert len(list(missing_services(estate_with(uses)))) == 1
    key = key_of(document([ACCOUNT]).with_facts(prod_and_dev))
    assert list(missing_services(estate_with(uses, key=key))) == []


ON_SOURCE = {**EVENTS, "Condition": FROM}
CONDITIONS: list[tuple[list[Plain], list[tuple[int, str, list[str]]]]] = [
    ([ON_SOURCE], [(0, "aws:SourceAccount", list(USE))]),
    ([{**EVENTS, "Condition": {"ArnLike": {"AWS:SourceArn": "*"}}}], [(0, "AWS:SourceArn", list(USE))]),
    ([{**EVENTS, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}], [(0, "aws:SourceOrgID", list(USE))]),
    ([ON_SOURCE, EVENTS], []),
    ([ON_SOURCE, ON_SOURCE], [(0, "aws:SourceAccount", list(USE)), (1, "aws:SourceAccount", list(USE))]),
    ([ON_SOURCE, allow(service("events"), "kms:Decrypt")], [(0, "aws:SourceAccount", ["kms:GenerateDataKey"])]),
    ([{**ON_SOURCE, "Action": "kms:Encrypt"}], []),
    ([{**ON_SOURCE, "Effect": "Deny"}], []),
    ([{**ON_SOURCE, "Principal": service("sns")}], []),
    ([{**ON_SOURCE, "Principal": "*"}], []),
    (
        [{**ON_SOURCE, "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}}],
        [(0, "aws:SourceAccount", list(USE))],
    ),
    ([ON_SOURCE, {"Effect": "Allow", "NotPrincipal": {"AWS": FOREIGN}, "Action": "kms:*", "Resource": "*"}], []),
    (
        [{"if": "C", "then": ON_SOURCE, "else": {**EVENTS, "Condition": {"ArnLike": {"aws:SourceArn": "*"}}}}],
        [(0, "aws:SourceAccount", list(USE)), (0, "aws:SourceArn", list(USE))],
    ),
    ([{**EVENTS, "Condition": {"StringEquals": {"aws:SourceVpc": "a"}}}], []),
    ([{**EVENTS, "Condition": {"StringNotEquals": {"aws:SourceAccount": OWN}}}], []),
    ([{**EVENTS, "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": OWN}}}], []),
    ([{**EVENTS, "Condition": {"ForAllValues:StringEquals": {"aws:SourceAccount": OWN}}}], []),
    ([{**EVENTS, "Condition": {"Null": {"aws:SourceAccount": "false"}}}], []),
    ([{**EVENTS, "Condition": "<<Condition>>"}], []),
    (
        [{**EVENTS, "Condition": {"StringEquals": {"aws:SourceAccount": OWN, "aws:SourceOrgID": "o-1"}}}],
        [(0, "aws:SourceAccount", list(USE))],
    ),
]


@pytest.mark.parametrize(("statements", "unmet"), CONDITIONS)
def test_conditions_that_eventbridge_does_not_meet(
    statements: list[Plain], unmet: list[tuple[int, str, list[str]]]
) -> None:
    found = unmet_conditions(estate_with(RULE, *statements))
    assert [
        (one.statement.position, str(one.test.key), [action.name for action in one.actions]) for one in found
    ] == unmet


def test_only_rules_that_send_to_topics_are_concerned() -> None:
    for uses in (
        Uses((consumer(Purpose.QUEUE),), RULE.deliveries),
        Uses(RULE.consumers, (delivery(Sender.ALARM),)),
        Uses((consumer(Purpose.EVENT_BUS),), RULE.deliveries),
    ):
        assert list(unmet_conditions(estate_with(uses, ON_SOURCE))) == []
    alarm = Uses(RULE.consumers, (delivery(Sender.ALARM),))
    assert list(unmet_conditions(estate_with(alarm, {**ON_SOURCE, "Principal": service("cloudwatch")}))) == []
    unseen = KEY._replace(policy=KeyPolicy(PolicyOrigin.UNKNOWN, HERE))
    assert list(unmet_conditions(estate_with(RULE, key=unseen))) == []


def test_each_statement_is_told_once_with_the_rules_that_it_keeps_out() -> None:
    senders = (
        delivery(Sender.RULE, address="A", guards=C),
        delivery(Sender.RULE, address="B", guards=NOT_C),
        delivery(Sender.RULE, address="E", guards=C),
    )
    estate = estate_with(Uses(RULE.consumers, senders), ON_SOURCE, {"if": "C", "then": None, "else": EVENTS})
    (found,) = unmet_conditions(estate)
    assert [one.delivery.address for one in found.uses if one.delivery is not None] == ["A", "E"]
