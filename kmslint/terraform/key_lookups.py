"""Keys and aliases that data sources look up: those of the module itself are found in it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/kms_key
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/kms_alias
"""

from __future__ import annotations

from kmslint.model.arn import parse_arn
from kmslint.terraform.attributes import Subject, arn_of_key, id_of_key, key_arn, target_key_arn, target_key_id
from kmslint.values import Hole, HoleKind, Text, Value, join


def looked_up_alias(subject: Subject, name: str) -> Value | None:
    """`aws_kms_alias`, by its name."""
    alias = subject.given("name")
    if alias is None:
        return None
    if name in ("arn", "id"):
        return subject.arn("kms", subject.where(), alias.parts)
    if name not in ("target_key_arn", "target_key_id"):
        return None
    return _target(subject, alias, as_arn=name == "target_key_arn")


def looked_up_key(subject: Subject, name: str) -> Value | None:
    """`aws_kms_key` and `aws_kms_public_key`, by the id or ARN of the key or of an alias."""
    key = subject.given("key_id")
    if key is None or name not in ("arn", "id"):
        return None
    spelt, as_arn = str(key), name == "arn"
    if spelt.startswith("alias/"):
        return _target(subject, key, as_arn)
    if spelt.startswith("arn:") and ":alias/" in spelt:
        return _target_of_arn(subject, key, as_arn)
    arn = arn_of_key(subject, key)
    return None if arn is None else (arn if as_arn else id_of_key(arn))


def _target(subject: Subject, alias: Text, as_arn: bool) -> Text | None:
    """The key of an alias: that of the module's own alias, or some key of the account."""
    twin = subject.twin("aws_kms_alias", alias, regional=True)
    if twin is not None:
        return target_key_arn(twin) if as_arn else target_key_id(twin)
    key_id = Text((_unknown_id(subject),), subject.at)
    return key_arn(subject, key_id) if as_arn else key_id


def _target_of_arn(subject: Subject, alias: Text, as_arn: bool) -> Text | None:
    parsed = parse_arn(alias)
    key_id = _unknown_id(subject)
    if not as_arn:
        return Text((key_id,), subject.at)
    if parsed is None:
        return None
    front = ("arn:", *parsed.partition.parts, ":kms:", *parsed.region.parts, ":", *parsed.account.parts)
    return join((*front, ":key/", key_id), subject.at)


def _unknown_id(subject: Subject) -> Hole:
    return Hole(HoleKind.EXPRESSION, f"{subject.address}.target_key_id")
