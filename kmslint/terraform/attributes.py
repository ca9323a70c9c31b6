"""Attributes of resources that AWS computes: names, ids and ARNs, as far as their shape is known.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kmslint.location import Location
from kmslint.model.arn import split_text
from kmslint.terraform.arn_formats import RESOURCES, ArnFormat
from kmslint.terraform.resource_types import ALIAS_TYPES, KEY_TYPES, NAMED_TYPES
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
    find: Callable[[str, tuple[Part, ...]], list[Subject]]
    """The resources of the module of that type and name."""

    def decided(self, name: str) -> Text | None:
        """An attribute that AWS has decided already: of what exists, a plan knows it."""
        found = self.given(name)
        return None if found is None or found.literal is None else found._replace(at=self.at, pieces=())

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

    def twin(self, type_: str, name: Text, regional: bool = False) -> Subject | None:
        """The resource of the module that is what this data source looks up by its name."""
        found = [
            one
            for one in self.find(type_, name.parts)
            if one.account == self.account and (not regional or one.where() == self.where())
        ]
        return found[0] if len(found) == 1 else None

    def where(self) -> tuple[Part, ...]:
        """The Region: the one given, or that of the provider."""
        given = self.given("region")
        return given.parts if given is not None else (Hole(HoleKind.REGION, "region", self.region),)

    def arn(self, service: str, region: tuple[Part, ...], resource: tuple[Part, ...]) -> Text:
        partition = Hole(HoleKind.PARTITION, "partition", self.account)
        own_account = Hole(HoleKind.OWN_ACCOUNT, "account", self.account, self.address)
        return join(("arn:", partition, f":{service}:", *region, ":", own_account, ":", *resource), self.at)


def computed(subject: Subject, name: str) -> Value | None:
    """An attribute that the arguments or AWS give; None for one that is not known here."""
    if subject.type in KEY_TYPES:
        return _of_key(subject, name)
    if subject.type in NAMED_TYPES:
        return _of_identity(subject, name)
    by_name = _OTHERS.get((subject.type, name))
    if by_name is not None:
        return by_name(subject)
    known_format = RESOURCES.get(subject.type) if name == "arn" else None
    return None if known_format is None else arn_by_name(subject, known_format, HoleKind.RESOURCE)


def arn_by_name(subject: Subject, known: ArnFormat, kind: HoleKind) -> Text | None:
    """The ARN of what has that name; `kind` is that of what AWS makes up. None where the name may be an ARN itself."""
    name = subject.given(known.name)
    if name is None and kind is not HoleKind.RESOURCE:
        return None
    if name is None:
        prefix = subject.given(f"{known.name}_prefix")
        name = join((*(prefix.parts if prefix else ()), subject.own(known.name)), subject.at)
    first = name.parts[0]
    if kind is HoleKind.EXPRESSION and (first.startswith("arn:") if isinstance(first, str) else len(name.parts) == 1):
        return None
    made_up = (known.suffix, Hole(kind, f"{subject.address}.arn", resource=_resource(subject, kind)))
    return subject.arn(known.service, subject.where(), (*_placed(known, name), *(made_up if known.suffix else ())))


def _resource(subject: Subject, kind: HoleKind) -> str:
    return subject.address if kind is HoleKind.RESOURCE else ""


def _placed(known: ArnFormat, name: Text) -> tuple[Part, ...]:
    """The name behind what stands before it. The name of a parameter may begin with the slash itself."""
    first = name.parts[0]
    if known.service != "ssm" or (isinstance(first, str) and not first.startswith("/")):
        return (known.prefix, *name.parts)
    if isinstance(first, Hole):
        with_slash = Hole(HoleKind.EXPRESSION, first.label, f"{first.scope} behind a slash".strip())
        return (known.prefix.rstrip("/"), with_slash, *name.parts[1:])
    return (known.prefix.rstrip("/"), *name.parts)


def _of_key(subject: Subject, name: str) -> Value | None:
    if name in ("id", "key_id"):
        return subject.decided("key_id") or Text((subject.own("key_id"),), subject.at)
    return key_arn(subject) if name == "arn" else None


def key_arn(subject: Subject, key_id: Text | None = None) -> Text:
    """The ARN of a key: of the resource itself, or of the key with that id."""
    decided = subject.decided("arn") if key_id is None else None
    if decided is not None:
        return decided
    parts = (subject.own("key_id"),) if key_id is None else key_id.parts
    return subject.arn("kms", subject.where(), ("key/", *parts))


def identity_arn(subject: Subject) -> Text:
    """The ARN of a role, user, group or managed policy."""
    decided = subject.decided("arn")
    if decided is not None:
        return decided
    path = subject.given("path")
    kind = NAMED_TYPES[subject.type].word
    return subject.arn("iam", (), (kind, *(path.parts if path else ("/",)), *given_name(subject).parts))


def _of_identity(subject: Subject, name: str) -> Value | None:
    named = NAMED_TYPES[subject.type]
    if name == named.arn or (name == "id" and named.id_is_arn):
        return identity_arn(subject)
    return given_name(subject) if name in (named.name, "id") else None


def given_name(subject: Subject) -> Text:
    """The name as written, or a hole behind the prefix as written."""
    argument, argument_of_prefix = _naming(subject.type)
    name = subject.given(argument)
    if name is not None:
        return name
    prefix = subject.given(argument_of_prefix)
    return join((*(prefix.parts if prefix else ()), subject.own(argument)), subject.at)


def _naming(type_: str) -> tuple[str, str]:
    """The arguments that hold the name, and what it begins with."""
    named = NAMED_TYPES.get(type_)
    return (ALIAS_TYPES.get(type_, "name"), "name_prefix") if named is None else (named.name, named.prefix)


def alias_arn(subject: Subject) -> Value:
    return subject.arn("kms", subject.where(), given_name(subject).parts)


def target_key_arn(subject: Subject) -> Text:
    """The ARN of the key that an alias leads to; its argument is an id or an ARN."""
    target = subject.given("target_key_id")
    if target is None:
        return Text((subject.own("target_key_arn"),), subject.at)
    return arn_of_key(subject, target) or Text(
        (Hole(HoleKind.EXPRESSION, f"{subject.address}.target_key_arn"),), subject.at
    )


def target_key_id(subject: Subject) -> Text | None:
    """The id of the key that an alias leads to."""
    target = subject.given("target_key_id")
    return None if target is None or arn_of_key(subject, target) is None else id_of_key(target)


def arn_of_key(subject: Subject, key: Text) -> Text | None:
    """The ARN of a key given by its ARN or its id; None if nobody can tell which of them it is."""
    first = key.parts[0] if key.parts else ""
    if isinstance(first, Hole):
        is_id = first.kind is HoleKind.RESOURCE and first.label.endswith(".key_id") and len(key.parts) == 1
        return key_arn(subject, key) if is_id else None
    if first.startswith("arn:"):
        return key if ":key/" in str(key) else None
    return key_arn(subject, key) if _KEY_ID.match(first) and len(key.parts) == 1 else None


def id_of_key(key: Text) -> Text:
    """The id of a key given by its ARN or its id."""
    return split_text(key, ":key/", 1)[-1]


_KEY_ID = re.compile(r"(mrk-)?[0-9a-f-]{30,36}\Z")
"""https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id"""


def _bucket(subject: Subject) -> Text:
    bucket, prefix = subject.given("bucket"), subject.given("bucket_prefix")
    return bucket or join((*(prefix.parts if prefix else ()), subject.own("bucket")), subject.at)


def _bucket_arn(subject: Subject) -> Value:
    partition = Hole(HoleKind.PARTITION, "partition", subject.account)
    return join(("arn:", partition, ":s3:::", *_bucket(subject).parts), subject.at)


def _bucket_domain(subject: Subject) -> Value:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"""
    return join((*_bucket(subject).parts, ".s3.", subject.own("endpoint")), subject.at)


def _by_path(kind: str) -> Callable[[Subject], Value]:
    """The ARN of what IAM keeps under a path."""

    def arn(subject: Subject) -> Value:
        path = subject.given("path")
        return subject.arn("iam", (), (kind, *(path.parts if path else ("/",)), *given_name(subject).parts))

    return arn


def _oidc_provider(subject: Subject) -> Value:
    """Its name is its URL without the scheme."""
    url = subject.given("url")
    first = url.parts[0] if url is not None and url.parts else ""
    if url is None or not isinstance(first, str) or not first.startswith("https://"):
        return Text((subject.own("arn"),), subject.at)
    rest = (first.removeprefix("https://"), *url.parts[1:])
    return subject.arn("iam", (), ("oidc-provider/", *rest))


def _saml_provider(subject: Subject) -> Value:
    return subject.arn("iam", (), ("saml-provider/", *given_name(subject).parts))


def _service_linked_role(subject: Subject) -> Value:
    service = subject.given("aws_service_name")
    parts = (subject.own("aws_service_name"),) if service is None else service.parts
    return subject.arn("iam", (), ("role/aws-service-role/", *parts, "/", subject.own("name")))


_OTHERS: dict[tuple[str, str], Callable[[Subject], Value]] = {
    ("aws_iam_instance_profile", "arn"): _by_path("instance-profile"),
    ("aws_iam_instance_profile", "id"): given_name,
    ("aws_iam_instance_profile", "name"): given_name,
    ("aws_iam_openid_connect_provider", "arn"): _oidc_provider,
    ("aws_iam_saml_provider", "arn"): _saml_provider,
    ("aws_iam_service_linked_role", "arn"): _service_linked_role,
    ("aws_iam_service_linked_role", "id"): _service_linked_role,
    ("aws_kms_alias", "arn"): alias_arn,
    ("aws_kms_alias", "id"): given_name,
    ("aws_kms_alias", "name"): given_name,
    ("aws_kms_alias", "target_key_arn"): target_key_arn,
    ("awscc_kms_alias", "alias_name"): given_name,
    ("awscc_kms_alias", "id"): given_name,
    ("aws_s3_bucket", "arn"): _bucket_arn,
    ("aws_s3_bucket", "bucket"): _bucket,
    ("aws_s3_bucket", "bucket_domain_name"): _bucket_domain,
    ("aws_s3_bucket", "bucket_regional_domain_name"): _bucket_domain,
    ("aws_s3_bucket", "id"): _bucket,
}
