"""Data sources whose answers are known without asking AWS: who and where Terraform runs.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/caller_identity
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.terraform.attributes import Subject
from kmslint.values import Hole, HoleKind, Text, Value, join


def known(subject: Subject, name: str) -> Value | None:
    """What is known of an attribute; None where only AWS can tell."""
    source = _SOURCES.get(subject.type)
    return None if source is None else source(subject, name)


def _hole(subject: Subject, kind: HoleKind, name: str, scope: str) -> Text:
    return Text((Hole(kind, f"{subject.address}.{name}", scope),), subject.at)


def _caller_identity(subject: Subject, name: str) -> Value | None:
    if name in ("account_id", "id"):
        return _hole(subject, HoleKind.OWN_ACCOUNT, "account_id", subject.account)
    return _hole(subject, HoleKind.DEPLOYER, "arn", subject.account) if name == "arn" else None


def _session_context(subject: Subject, name: str) -> Value | None:
    """The role behind a session: of the caller's own ARN it is the deployer."""
    session = subject.argument("arn")
    deployer = isinstance(session, Text) and any(hole.kind is HoleKind.DEPLOYER for hole in session.holes)
    if not deployer or name not in ("issuer_arn", "issuer_id", "issuer_name", "session_name"):
        return None
    return _hole(subject, HoleKind.DEPLOYER, name, subject.account)


def _partition(subject: Subject, name: str) -> Value | None:
    if name in ("partition", "id"):
        return _hole(subject, HoleKind.PARTITION, "partition", subject.account)
    return _hole(subject, HoleKind.URL_SUFFIX, "dns_suffix", subject.account) if name == "dns_suffix" else None


def _region(subject: Subject, name: str) -> Value | None:
    if name not in ("name", "id", "region"):
        return None
    given = subject.given("region") or subject.given("name")
    return given or _hole(subject, HoleKind.REGION, "region", subject.region)


def _managed_policy(subject: Subject, name: str) -> Value | None:
    """A policy that exists already; by its name alone it is one of the own account or one of AWS's."""
    arn, called = subject.given("arn"), subject.given("name")
    if name == "arn":
        return arn
    if name == "name" and arn is not None and arn.literal is not None:
        return join((arn.literal.rpartition("/")[2],), subject.at)
    return called if name == "name" else None


_SOURCES: dict[str, Callable[[Subject, str], Value | None]] = {
    "aws_caller_identity": _caller_identity,
    "aws_iam_policy": _managed_policy,
    "aws_iam_session_context": _session_context,
    "aws_partition": _partition,
    "aws_region": _region,
}
