"""Services that use a key for whichever of their customers asks; and what uses a key at all.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

import pytest

from kmslint.access.confused_deputy import confused_deputies
from kmslint.access.consumers import consumers_of
from kmslint.model.consumers import Consumer, Purpose
from kmslint.model.estate import Alias
from kmslint.values import Null, Value, unknown
from kmslint.verdict import UNKNOWN, YES, Verdict
from plain_estates import deny, estate_of, key_of, to, when
from plain_policies import HERE, KEY, OWN, Plain, words

CONFIG, TRAIL = "config.amazonaws.com", "cloudtrail.amazonaws.com"
LOGS, MORE_LOGS = "logs.eu-west-1.amazonaws.com", "logs.eu-west-2.amazonaws.com"


def serves(*names: str, action: Plain = "kms:Decrypt", **members: Plain) -> dict[str, Plain]:
    return {**to("*", action=action, **members), "Principal": {"Service": list(names)}}


def user(purpose: Purpose, key: str = "<key>") -> Consumer:
    return Consumer(purpose.value, HERE, purpose, words(key), HERE)


def deputies(*statements: Plain, consumers: tuple[Consumer, ...] = ()) -> list[str]:
    """The names of each service that anybody uses the key by, and when."""
    told = []
    for one in confused_deputies(estate_of(key_of(list(statements)), consumers=consumers)):
        ways = "; ".join(sorted(" and ".join(sorted(map(str, way))) for way in one.ways))
        told.append(" ".join([*(str(principal.value) for principal in one.principals), ways]).strip())
    return told


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (serves(CONFIG), [CONFIG]),
        (serves(CONFIG, "guardduty.amazonaws.com"), [CONFIG, "guardduty.amazonaws.com"]),
        (serves(LOGS, CONFIG, MORE_LOGS), [f"{LOGS} {MORE_LOGS}", CONFIG]),
        (serves("logs.<region>.amazonaws.com"), ["logs.${AWS::Region}.amazonaws.com"]),
        (serves(CONFIG, action="kms:CreateGrant"), [CONFIG]),
        (serves(CONFIG, action=["<Action>", "kms:*"]), [CONFIG]),
        # Services of which AWS says no such thing, and who is no service.
        (serves("s3.amazonaws.com", "logs.amazonaws.com", "<<Service>>"), []),
        ({**to("Dev", "*"), "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, []),
        ({**to("*"), "Principal": {"AWS": CONFIG}}, []),
        # It must let the service use the key, for certain.
        (serves(CONFIG, action=["kms:DescribeKey", "kms:PutKeyPolicy"]), []),
        (serves(CONFIG, action="kms:Sign"), []),
        (serves(CONFIG, action="<Action>"), []),
        (deny(serves(CONFIG)), []),
        ({**serves(CONFIG), "Effect": "<Effect>"}, []),
        ({**serves(CONFIG), "Effect": "ALLOW"}, []),
        (serves(CONFIG, Resource="arn:aws:s3:::bucket"), []),
        (serves(CONFIG, Resource="<<Resource>>"), []),
        ({"Effect": "Allow", "Principal": {"Service": CONFIG}, "NotAction": "kms:Encrypt", "Resource": "*"}, []),
        ({"Effect": "Allow", "NotPrincipal": "*", "Action": "kms:Decrypt", "Resource": "*"}, []),
        (when("A", serves(CONFIG)), [f"{CONFIG} A is true"]),
    ],
)
def test_a_service_that_works_for_anybody(statement: Plain, found: list[str]) -> None:
    assert deputies(statement) == found


@pytest.mark.parametrize(
    ("condition", "limits"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"Bool": {"AWS:SecureTransport": "true"}}, False),
        ({"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}, False),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
        ({"StringLike": {"aws:SourceAccount": "*"}}, True),
        *[
            ({"StringEqualsIfExists": {key: "some"}}, True)
            for key in (
                *("AWS:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"),
                *("kms:EncryptionContext:team", "kms:EncryptionContextKeys"),
            )
        ],
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:config:*:{OWN}:*"}}, True),
        ({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, True),
        ({"StringEquals": {"kms:EncryptionContext:team": "blue"}}, True),
        ({"StringEquals": {"kms:CallerAccount": OWN}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceAccount": OWN}}, True),
        ({"StringEquals": {"aws:<Key>": OWN}}, True),
        ("<<Condition>>", True),
    ],
)
def test_what_limits_for_whom_it_works(condition: Plain, limits: bool) -> None:
    assert deputies(serves(CONFIG, Condition=condition)) == ([] if limits else [CONFIG])


NOT_OWN: dict[str, Plain] = {"Condition": {"StringNotEquals": {"aws:SourceAccount": OWN}}}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (deny(to("*")), []),
        (deny(to("*"), **NOT_OWN), []),
        (deny(to("*", action="kms:<Action>")), []),
        ("<<Statement>>", []),
        (deny(to("*", action="kms:Encrypt")), [CONFIG, LOGS]),
        (deny(to("Dev")), [CONFIG, LOGS]),
        (when("A", deny(to("*"))), [f"{CONFIG} A is false", f"{LOGS} A is false"]),
        (when("A", "<<Statement>>"), [f"{CONFIG} A is false", f"{LOGS} A is false"]),
        (when("A", deny(serves(LOGS))), [CONFIG, f"{LOGS} A is false"]),
        (deny(serves(LOGS)), [CONFIG]),
    ],
)
def test_what_a_deny_limits(other: Plain, found: list[str]) -> None:
    assert deputies(serves(CONFIG, LOGS), other) == found


@pytest.mark.parametrize(
    ("consumers", "found"),
    [
        ((), []),
        ((user(Purpose.TRAIL),), [TRAIL]),
        ((user(Purpose.TRAIL), user(Purpose.LOG_GROUP)), [TRAIL]),
        ((user(Purpose.TRAIL), user(Purpose.EVENT_DATA_STORE, "<other key>")), [TRAIL]),
        ((user(Purpose.EVENT_DATA_STORE),), []),
        ((user(Purpose.TRAIL), user(Purpose.EVENT_DATA_STORE)), []),
        ((user(Purpose.TRAIL), user(Purpose.EVENT_DATA_STORE, "<Key>")), []),
        ((user(Purpose.TRAIL, "<Key>"),), []),
        ((user(Purpose.TRAIL, "<Key>"), user(Purpose.TRAIL)), [TRAIL]),
    ],
)
def test_what_holds_for_trails_alone(consumers: tuple[Consumer, ...], found: list[str]) -> None:
    assert deputies(serves(TRAIL, action="kms:GenerateDataKey*"), consumers=consumers) == found


def test_the_resource_is_shown_that_makes_the_difference() -> None:
    consumers = (user(Purpose.TRAIL, "<Key>"), user(Purpose.TRAIL))
    (found,) = confused_deputies(estate_of(key_of([serves(TRAIL, action="kms:*")]), consumers=consumers))
    assert found.consumer is consumers[1]
    assert found.actions[0].name == "kms:Decrypt"
    assert "kms:DescribeKey" not in {action.name for action in found.actions}


@pytest.mark.parametrize(
    ("action", "found"),
    [
        (["kms:Decrypt", "kms:GenerateDataKey"], []),
        (["kms:Decrypt", "kms:GenerateDataKey*"], []),
        (["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], []),
        (["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt"], [TRAIL]),
        ("kms:Decrypt", [TRAIL]),
    ],
)
def test_a_statement_that_aws_writes_without_a_condition(action: Plain, found: list[str]) -> None:
    assert deputies(serves(TRAIL, action=action), consumers=(user(Purpose.TRAIL),)) == found


@pytest.mark.parametrize(
    ("consumers", "found"),
    [
        ((user(Purpose.TOPIC),), []),
        ((user(Purpose.TOPIC), user(Purpose.BUCKET)), [CONFIG]),
        ((user(Purpose.TOPIC), user(Purpose.BUCKET, "<Key>")), []),
        ((user(Purpose.TOPIC, "<Key>"),), [CONFIG]),
        ((user(Purpose.BUCKET),), [CONFIG]),
    ],
)
def test_a_topic_is_not_what_config_is_limited_for(consumers: tuple[Consumer, ...], found: list[str]) -> None:
    assert deputies(serves(CONFIG), consumers=consumers) == found
    assert deputies(serves("ssm.amazonaws.com"), consumers=consumers) == ["ssm.amazonaws.com"]


BY_NAME = Alias("Alias", HERE, words("alias/orders"), words("<key>"))
ELSEWHERE = Alias("Alias", HERE, words("alias/orders"), words("<other key>"))
GENERATED = Alias("Alias", HERE, words("alias/<Name>"), words("<key>"))


@pytest.mark.parametrize(
    ("key", "alias", "verdict"),
    [
        (words("<key>"), BY_NAME, YES),
        (words("<Key>"), BY_NAME, UNKNOWN),
        (unknown("Key", HERE), BY_NAME, UNKNOWN),
        (Null(HERE), BY_NAME, UNKNOWN),
        (words("alias/orders"), BY_NAME, YES),
        (words("<role Alias>"), BY_NAME, YES),
        (words("<role Alias>"), GENERATED, YES),
        (words("alias/<Name>"), GENERATED, UNKNOWN),
        (words("alias/other"), BY_NAME, None),
        (words("alias/orders"), ELSEWHERE, None),
        (words("alias/orders"), BY_NAME._replace(name=None), None),
        (words("alias/orders"), BY_NAME._replace(key=None), UNKNOWN),
        (words("<role Other>"), BY_NAME, None),
        (words("<other key>"), BY_NAME, None),
        (words(f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"), BY_NAME, None),
    ],
)
def test_by_which_names_a_key_is_used(key: Value, alias: Alias, verdict: Verdict | None) -> None:
    consumer = user(Purpose.BUCKET)._replace(key=key)
    estate = estate_of(KEY, consumers=(consumer,))._replace(aliases=(alias,))
    assert list(consumers_of(KEY, estate)) == ([] if verdict is None else [(consumer, verdict)])
