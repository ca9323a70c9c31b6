"""Attributes of resources that AWS computes: names, ids and ARNs, as far as their shape is known.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kmslint.location import Location
from kmslint.terraform.scalars import as_text
from kmslint.values import Hole, HoleKind, Null, Part, Text, Value, join


class Subject(NamedTuple):
    """The resource an attribute is asked of."""

    address: str
    type: str
    argument: Callable[[str], Value | None]
    at: Location
    account: str
    """The scope of the own account: see `Providers`."""
    region: str
    """The scope of the region: the provider's alias."""

    def own(self, name: str) -> Hole:
        """A piece of text that only AWS decides."""
        return Hole(HoleKind.RESOURCE, f"{self.address}.{name}", resource=self.address)

    def given(self, name: str) -> Text | None:
        """An argument that is a text; None if it is absent, null or empty."""
        value = self.argument(name)
        if value is None or isinstance(value, Null):
            return None
        found = as_text(value)
        if found is None:  # given, but what it comes to is not one text
            return Text((Hole(HoleKind.EXPRESSION, f"{self.address}.{name}"),), self.at)
        return found if found.literal != "" else Text((self.own(name),), self.at)

    def arn(self, service: str, region: tuple[Part, ...], resource: tuple[Part, ...]) -> Text:
        partition = Hole(HoleKind.PARTITION, "partition", self.account)
        own_account = Hole(HoleKind.OWN_ACCOUNT, "account", self.account, self.address)
        return join(("arn:", partition, f":{service}:", *region, ":", own_account, ":", *resource), self.at)


KEY_TYPES = frozenset({"aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key"})


def computed(subject: Subject, name: str) -> Value | None:
    """An attribute that the arguments or AWS give; None for one that is not known here."""
    if subject.type in KEY_TYPES:
        return _of_key(subject, name)
    if subject.type in _IDENTITIES:
        return _of_identity(subject, name)
    by_name = _OTHERS.get((subject.type, name))
    return None if by_name is None else by_name(subject)


def _of_key(subject: Subject, name: str) -> Value | None:
    if name in ("id", "key_id"):
        return Text((subject.own("key_id"),), subject.at)
    return key_arn(subject) if name == "arn" else None


def key_arn(subject: Subject, key_id: Text | None = None) -> Text:
    """The ARN of a key: of the resource itself, or of the key with that id."""
    region = Hole(HoleKind.REGION, "region", subject.region)
    parts = (subject.own("key_id"),) if key_id is None else key_id.parts
    return subject.arn("kms", (region,), ("key/", *parts))


def identity_arn(subject: Subject) -> Text:
    """The ARN of a role, user, group or managed policy."""
    path = subject.given("path")
    kind = _IDENTITIES[subject.type]
    return subject.arn("iam", (), (kind, *(path.parts if path else ("/",)), *given_name(subject).parts))


_IDENTITIES = {"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group", "aws_iam_policy": "policy"}


def _of_identity(subject: Subject, name: str) -> Value | None:
    if name == "arn" or (name == "id" and subject.type == "aws_iam_policy"):
        return identity_arn(subject)
    if name in ("name", "id"):
        return given_name(subject)
    return None


def given_name(subject: Subject) -> Text:
    """The name as written, or a hole behind the prefix as written."""
    name = subject.given("name")
    if name is not None:
        return name
    prefix = subject.given("name_prefix")
    return join((*(prefix.parts if prefix else ()), subject.own("name")), subject.at)


def _alias_arn(subject: Subject) -> Value:
    region = Hole(HoleKind.REGION, "region", subject.region)
    return subject.arn("kms", (region,), given_name(subject).parts)


def _target_key_arn(subject: Subject) -> Value:
    target = subject.given("target_key_id")
    if target is None:
        return Text((subject.own("target_key_arn"),), subject.at)
    return target if str(target).startswith("arn:") else key_arn(subject, target)


def _bucket(subject: Subject) -> Text:
    bucket = subject.given("bucket")
    return Text((subject.own("bucket"),), subject.at) if bucket is None else bucket


def _bucket_arn(subject: Subject) -> Value:
    partition = Hole(HoleKind.PARTITION, "partition", subject.account)
    return join(("arn:", partition, ":s3:::", *_bucket(subject).parts), subject.at)


_OTHERS: dict[tuple[str, str], Callable[[Subject], Value]] = {
    ("aws_kms_alias", "arn"): _alias_arn,
    ("aws_kms_alias", "id"): given_name,
    ("aws_kms_alias", "name"): given_name,
    ("aws_kms_alias", "target_key_arn"): _target_key_arn,
    ("aws_s3_bucket", "arn"): _bucket_arn,
    ("aws_s3_bucket", "bucket"): _bucket,
    ("aws_s3_bucket", "id"): _bucket,
}
