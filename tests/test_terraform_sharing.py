"""What is encrypted under keys that AWS manages, and the policies that share it with others."""

from __future__ import annotations

import pytest

from kmslint.model.consumers import Name
from kmslint.model.sharing import Sharing
from kmslint.values import Guards, Hole
from terraform_modules import module

AROUND = """
variable "flag" {}
variable "open" {}
locals {
  policy = jsonencode({ Statement = [{ Sid = "Shared" }] })
}
"""
UNDER_AWS = (
    "server_side_encryption_configuration {\nrule {\napply_server_side_encryption_by_default {\n"
    'sse_algorithm = "aws:kms"\n}\n}\n}'
)


def block(type_: str, name: str, *lines: str) -> str:
    return f'resource "{type_}" "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n"


def sharing(text: str) -> Sharing:
    estate = module(f"{AROUND}{text}")
    assert estate.problems == ()
    return estate.sharing


def named(names: tuple[Name, ...]) -> list[str]:
    return ["".join(f"${{{part.label}}}" if isinstance(part, Hole) else part for part in name) for name in names]


def when(guards: Guards) -> str:
    return "".join(f" if {guard}" for guard in sorted(guards))


def shares(text: str) -> list[str]:
    return [f"{one.address}{when(one.guards)}" for one in sharing(text).shares]


@pytest.mark.parametrize(
    ("type_", "lines", "names"),
    [
        ("aws_s3_bucket", ('bucket = "b"', UNDER_AWS), ["b"]),
        (
            "aws_sns_topic",
            ('name = "t"', 'kms_master_key_id = "alias/aws/sns"'),
            ["arn:${partition}:sns:${region}:${account}:t", "${aws_sns_topic.it.id}"],
        ),
        (
            "aws_sqs_queue",
            ('name = "q"', 'kms_master_key_id = "alias/aws/sqs"'),
            ["${aws_sqs_queue.it.id}", "${aws_sqs_queue.it.url}", "arn:${partition}:sqs:${region}:${account}:q"],
        ),
        (
            "aws_secretsmanager_secret",
            ('name = "s"',),
            [
                "${aws_secretsmanager_secret.it.id}",
                "arn:${partition}:secretsmanager:${region}:${account}:secret:s-${aws_secretsmanager_secret.it.arn}",
            ],
        ),
    ],
)
def test_what_may_be_shared_by_its_own_policy(type_: str, lines: tuple[str, ...], names: list[str]) -> None:
    found = sharing(block(type_, "it", *lines, "policy = local.policy"))
    (managed,), (share,) = found.managed, found.shares
    assert (managed.address, share.address) == (f"{type_}.it", f"{type_}.it")
    assert managed.thing is share.thing
    assert set(named(share.names)) == set(names)
    assert [one.sid for one in share.document.statements] == ["Shared"]
    assert (share.account, share.guards, managed.guards) == ("", frozenset(), frozenset())
    assert sharing(block(type_, "it", *lines)).shares == ()
    assert sharing(block(type_, "it", *lines, "policy = null")).shares == ()
    assert sharing(block(type_, "it", *lines, "policy = var.open")).shares == ()


@pytest.mark.parametrize(
    ("line", "managed"),
    [
        ("", [""]),
        ("kms_key_id = null", [""]),
        ('kms_key_id = ""', [""]),
        ('kms_key_id = "alias/aws/secretsmanager"', [""]),
        ('kms_key_id = "alias/mine"', []),
        ("kms_key_id = var.open", []),
        ('kms_key_id = var.flag ? "alias/mine" : null', [" if var.flag is false"]),
        ('count = var.flag ? 1 : 0\nkms_key_id = var.flag ? "alias/mine" : null', []),
        (
            'count = var.flag ? 1 : 0\nkms_key_id = var.open ? "alias/mine" : ""',
            [" if var.flag is true if var.open is false"],
        ),
    ],
)
def test_secrets_under_the_key_of_aws(line: str, managed: list[str]) -> None:
    found = sharing(block("aws_secretsmanager_secret", "s", 'name = "s"', line)).managed
    assert [when(one.guards) for one in found] == managed


def test_places_of_keys_of_secrets() -> None:
    text = block("aws_secretsmanager_secret", "s", 'kms_key_id = "alias/aws/secretsmanager"')
    text += block("aws_secretsmanager_secret", "t")
    places = [one.key_at for one in sharing(text).managed]
    assert [at.source.text[at.start : at.end] for at in places] == [
        '"alias/aws/secretsmanager"',
        'resource "aws_secretsmanager_secret" "t"',
    ]


THINGS = (
    block("aws_s3_bucket", "b", 'bucket = "b"', UNDER_AWS)
    + block("aws_s3_bucket", "other", 'bucket = "other"')
    + block("aws_sns_topic", "t", 'name = "t"', 'kms_master_key_id = "alias/aws/sns"')
    + block("aws_sqs_queue", "q", 'name = "q"', 'kms_master_key_id = "alias/aws/sqs"')
    + block("aws_secretsmanager_secret", "s", 'name = "s"')
)


@pytest.mark.parametrize(
    ("type_", "target", "shared"),
    [
        ("aws_s3_bucket_policy", "bucket = aws_s3_bucket.b.id", [""]),
        ("aws_s3_bucket_policy", "bucket = aws_s3_bucket.b.bucket", [""]),
        ("aws_s3_bucket_policy", 'bucket = "b"', [""]),
        ("aws_s3_bucket_policy", "bucket = aws_s3_bucket.other.id", []),
        ("aws_s3_bucket_policy", "bucket = var.open", []),
        ("aws_s3_bucket_policy", 'bucket = var.flag ? "b" : "other"', [" if var.flag is true"]),
        ("aws_s3_bucket_policy", 'count = var.flag ? 1 : 0\nbucket = "b"', [" if var.flag is true"]),
        ("aws_sns_topic_policy", "arn = aws_sns_topic.t.arn", [""]),
        ("aws_sns_topic_policy", "arn = aws_sqs_queue.q.arn", []),
        ("aws_sqs_queue_policy", "queue_url = aws_sqs_queue.q.id", [""]),
        ("aws_sqs_queue_policy", "queue_url = aws_sqs_queue.q.url", [""]),
        ("aws_secretsmanager_secret_policy", "secret_arn = aws_secretsmanager_secret.s.arn", [""]),
        ("aws_secretsmanager_secret_policy", "secret_arn = aws_secretsmanager_secret.s.id", [""]),
    ],
)
def test_policies_that_stand_apart(type_: str, target: str, shared: list[str]) -> None:
    found = sharing(THINGS + block(type_, "p", target, "policy = local.policy")).shares
    assert [when(one.guards) for one in found] == shared
    assert {one.address.partition("[")[0] for one in found} <= {f"{type_}.p"}
    assert not shared or len(found[0].names) > (type_ == "aws_secretsmanager_secret_policy")


def test_policies_of_what_is_under_other_keys_do_not_matter() -> None:
    policy = block("aws_s3_bucket_policy", "p", 'bucket = "b"', "policy = local.policy")
    assert sharing(policy) == Sharing()
    assert sharing(block("aws_s3_bucket", "b", 'bucket = "b"') + policy) == Sharing()
