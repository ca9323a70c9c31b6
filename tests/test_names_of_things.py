"""What things are called that use keys: buckets by their domains, keys by their aliases, roles that record."""

from __future__ import annotations

import pytest

from kmslint.model.consumers import (
    BUILT,
    SSE_KMS,
    Consumer,
    Delivery,
    Name,
    Purpose,
    Sender,
    name_of,
    with_recorder,
)
from kmslint.model.origins import Origin, bucket_of, readers
from kmslint.model.sharing import MANAGED, Managed, Thing, is_alias, managed_of
from kmslint.values import ALWAYS, Guard, Hole, HoleKind, Null, Value, unknown
from plain_policies import HERE, OWN, words

RECORDER = words(f"arn:aws:iam::{OWN}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")
PROD = frozenset({Guard("Prod", True)})


@pytest.mark.parametrize(
    ("domain", "bucket"),
    [
        (words("logs.s3.eu-west-1.amazonaws.com"), words("logs")),
        (words("<Bucket>.s3.amazonaws.com"), words("<Bucket>")),
        (words("logs.s3-eu-west-1.amazonaws.com"), words("logs")),
        (words("a.s3.b.s3.amazonaws.com"), words("a")),
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
        (words("logs.s3-website-eu-west-1.amazonaws.com"), words("logs.s3-website-eu-west-1.amazonaws.com")),
        (words("logs.s3.website.eu-west-1.amazonaws.com"), words("logs.s3.website.eu-west-1.amazonaws.com")),
        (words("my-website.s3.eu-west-1.my-website"), words("my-website")),
        (words("example.com"), words("example.com")),
        (words("<Domain>"), words("<Domain>")),
        (unknown("Domain", HERE), unknown("Domain", HERE)),
    ],
)
def test_a_bucket_by_its_domain(domain: Value, bucket: Value) -> None:
    assert bucket_of(domain) == bucket


def test_what_cloudfront_reads_in_its_own_name() -> None:
    signing: Name = ("E1",)
    origins = [
        Origin("A", HERE, words("logs.s3.eu-west-1.amazonaws.com"), signing, PROD),
        Origin("B", HERE, words("logs.s3.eu-west-1.amazonaws.com"), ("E2",), ALWAYS),
    ]
    read = Delivery("A", HERE, Sender.DISTRIBUTION, words("logs"), PROD)
    assert list(readers(origins, frozenset({signing}))) == [read]


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (words("alias/aws/s3"), True),
        (words(f"arn:aws:kms:eu-west-1:{OWN}:alias/aws/s3"), True),
        (words("arn:<partition>:kms:<region>:<own>:alias/aws/s3"), True),
        (words("alias/aws/sns"), False),
        (words(f"arn:aws:kms:eu-west-1:{OWN}:alias/mine"), False),
        (words("alias/<Name>"), False),
        (unknown("alias/aws/s3", HERE), False),
    ],
)
def test_a_key_by_its_alias(key: Value, named: bool) -> None:
    assert is_alias(key, "alias/aws/s3") is named


def consumer(purpose: Purpose, key: str = "alias/x", address: str = "A") -> Consumer:
    return Consumer(address, HERE, purpose, words(key), HERE, (("a",),), guards=PROD)


@pytest.mark.parametrize(
    ("purpose", "alias", "thing"),
    [
        (Purpose.BUCKET, "alias/aws/s3", Thing.BUCKET),
        (Purpose.TOPIC, "alias/aws/sns", Thing.TOPIC),
        (Purpose.QUEUE, "alias/aws/sqs", Thing.QUEUE),
        (Purpose.BUCKET, "alias/aws/sns", None),
        (Purpose.TOPIC, "alias/mine", None),
        # Nobody shares these by a policy of their own.
        (Purpose.TABLE, "alias/aws/dynamodb", None),
        (Purpose.TRAIL, "alias/aws/s3", None),
    ],
)
def test_what_is_under_a_key_that_aws_manages(purpose: Purpose, alias: str, thing: Thing | None) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key"""
    found = managed_of(consumer(purpose, alias))
    assert found == (None if thing is None else Managed("A", thing, HERE, (("a",),), PROD))


def test_the_key_that_a_secret_is_under_if_it_names_none() -> None:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
    assert MANAGED[Thing.SECRET] == "alias/aws/secretsmanager"


def test_how_a_value_names_something() -> None:
    hole = Hole(HoleKind.PARAMETER, "x")
    assert name_of(words("a<x>")) == ("a", hole)
    assert name_of(unknown("x", HERE, HoleKind.PARAMETER)) == (hole,)
    assert name_of(Null(HERE)) == name_of(None) == ()


@pytest.mark.parametrize(
    ("roles", "recording"),
    [
        ([RECORDER], True),
        ([RECORDER, RECORDER._replace(typed=True)], True),
        ([], False),
        # Another recorder works with another role, or nobody knows with which.
        ([RECORDER, words(f"arn:aws:iam::{OWN}:role/Mine")], False),
        ([RECORDER, None], False),
        ([unknown("Role", HERE)], False),
        ([unknown(str(RECORDER), HERE)], False),
    ],
)
def test_the_role_by_which_config_delivers(roles: list[Value | None], recording: bool) -> None:
    """https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html"""
    found = with_recorder([consumer(Purpose.CONFIG_DELIVERIES), consumer(Purpose.TOPIC)], roles)
    assert [one.role for one in found] == [RECORDER if recording else None, None]


def test_which_algorithms_need_a_key_and_which_builds_have_an_output() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html"""
    assert {"AES256", "aws:kms", "aws:kms:dsse"} & SSE_KMS == {"aws:kms", "aws:kms:dsse"}
    assert {"NO_ARTIFACTS", "CODEPIPELINE", "S3"} & BUILT == {"CODEPIPELINE", "S3"}
