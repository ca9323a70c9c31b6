"""Data sources whose answers are known without asking AWS: who and where Terraform runs, and what has a name.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/caller_identity
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.aws.managed_policies import managed_policy_named
from kmslint.model.arn import parse_arn
from kmslint.terraform.arn_formats import DATA_SOURCES
from kmslint.terraform.attributes import Subject, arn_by_name, identity_arn
from kmslint.terraform.key_lookups import looked_up_alias, looked_up_key
from kmslint.values import Hole, HoleKind, Part, Text, Value, join, text


def known(subject: Subject, name: str) -> Value | None:
    """What is known of an attribute; None where only AWS can tell."""
    source = _SOURCES.get(subject.type)
    if source is not None:
        return source(subject, name)
    known_format = DATA_SOURCES.get(subject.type) if name == "arn" else None
    return None if known_format is None else arn_by_name(subject, known_format, HoleKind.EXPRESSION)


def _hole(subject: Subject, kind: HoleKind, name: str, scope: str) -> Text:
    return Text((Hole(kind, f"{subject.address}.{name}", scope),), subject.at)


def _caller_identity(subject: Subject, name: str) -> Value | None:
    if name in ("account_id", "id"):
        return _hole(subject, HoleKind.OWN_ACCOUNT, "account_id", subject.account)
    return _hole(subject, HoleKind.DEPLOYER, "arn", subject.account) if name == "arn" else None


def _session_context(subject: Subject, name: str) -> Value | None:
    """The role behind a session: of the caller's own ARN it is the deployer.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_session_context
    """
    session = subject.argument("arn")
    if not isinstance(session, Text) or name not in ("issuer_arn", "issuer_id", "issuer_name", "session_name"):
        return None
    if any(hole.kind is HoleKind.DEPLOYER for hole in session.holes):
        return _hole(subject, HoleKind.DEPLOYER, name, subject.account)
    arn = parse_arn(session)
    if arn is None or arn.resource.holes:
        return None
    kind, *names = str(arn.resource).split("/")
    if kind != "assumed-role" or len(names) != 2:
        # What is no session of a role is passed through, and has none of the others.
        return session if name == "issuer_arn" else text("", subject.at)
    role, of_session = names
    if name in ("issuer_name", "session_name"):
        return text(role if name == "issuer_name" else of_session, subject.at)
    if name == "issuer_id" or role.startswith(_SERVICE_LINKED):
        return None
    path = Hole(HoleKind.EXPRESSION, f"{subject.address}.path")
    front: tuple[Part, ...] = ("arn:", *arn.partition.parts, ":iam::", *arn.account.parts)
    return join((*front, ":role/", path, role), subject.at)


def _partition(subject: Subject, name: str) -> Value | None:
    if name in ("partition", "id"):
        return _hole(subject, HoleKind.PARTITION, "partition", subject.account)
    return _hole(subject, HoleKind.URL_SUFFIX, "dns_suffix", subject.account) if name == "dns_suffix" else None


def _region(subject: Subject, name: str) -> Value | None:
    if name not in ("name", "id", "region"):
        return None
    given = subject.given("region") or subject.given("name")
    if given is None and subject.given("endpoint") is not None:
        return None
    return given or _hole(subject, HoleKind.REGION, "region", subject.region)


def _identity(subject: Subject, name: str) -> Value | None:
    """A role, user or group by its name: its path only AWS knows, unless the module makes it."""
    argument, kind = _IDENTITIES[subject.type]
    called = subject.given(argument)
    if called is None or (name not in ("arn", argument) and (name, kind) != ("id", "role")):
        return None
    if name != "arn":
        return called
    twin = subject.twin(subject.type, called)
    if twin is not None:
        return identity_arn(twin)
    if kind == "role" and _may_be_service_linked(called):
        return None
    path = Hole(HoleKind.EXPRESSION, f"{subject.address}.path")
    return subject.arn("iam", (), (f"{kind}/", path, *called.parts))


def _may_be_service_linked(role: Text) -> bool:
    """Whether a service may own the role: then it has a path that says so, and is not one among others.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    """
    first = role.parts[0]
    if isinstance(first, Hole):
        return True
    return first.startswith(_SERVICE_LINKED) or (len(role.parts) > 1 and _SERVICE_LINKED.startswith(first))


_SERVICE_LINKED = "AWSServiceRoleFor"


_IDENTITIES = {
    "aws_iam_role": ("name", "role"),
    "aws_iam_user": ("user_name", "user"),
    "aws_iam_group": ("group_name", "group"),
}


def _managed_policy(subject: Subject, name: str) -> Value | None:
    """A policy that exists already; by its name alone it is one of the own account or one of AWS's."""
    arn, called = subject.given("arn"), subject.given("name")
    if name in ("arn", "id"):
        return arn if arn is not None else _policy_arn(subject, called)
    if name == "name" and arn is not None and arn.literal is not None:
        return join((arn.literal.rpartition("/")[2],), subject.at)
    return called if name == "name" else None


def _policy_arn(subject: Subject, called: Text | None) -> Text | None:
    if called is None:
        return None
    twin = subject.twin("aws_iam_policy", called)
    if twin is not None:
        return identity_arn(twin)
    path = managed_policy_named(called.literal or "")
    partition = Hole(HoleKind.PARTITION, "partition", subject.account)
    # The provider refuses a name that is not unique, and that of AWS is always there.
    return join(("arn:", partition, f":iam::aws:policy/{path}"), subject.at) if path else None


def _arn(subject: Subject, name: str) -> Value | None:
    """The parts of an ARN."""
    given = subject.given("arn")
    parsed = parse_arn(given) if given is not None else None
    return None if parsed is None else {**parsed._asdict()}.get(name)


def _service_principal(subject: Subject, name: str) -> Value | None:
    """In the partitions of China and of governments some services are called otherwise.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/service_principal
    """
    service, region = subject.given("service_name"), subject.given("region")
    if service is None or name not in ("name", "suffix"):
        return None
    if region is not None and (region.literal or "").startswith(_COMMERCIAL):
        suffix: Part = "amazonaws.com"
    else:
        suffix = Hole(HoleKind.EXPRESSION, f"{subject.address}.suffix")
    return join((suffix,) if name == "suffix" else (*service.parts, ".", suffix), subject.at)


_COMMERCIAL = ("af-", "ap-", "ca-", "eu-", "il-", "me-", "mx-", "sa-", "us-east-", "us-west-")


def _account_of_aws(subject: Subject, name: str) -> Value | None:
    """An account of AWS, another one in each Region."""
    account = Hole(HoleKind.EXPRESSION, f"{subject.address}.id")
    if name == "id":
        return Text((account,), subject.at)
    partition = Hole(HoleKind.PARTITION, "partition", subject.account)
    user = "user/logs" if subject.type == "aws_redshift_service_account" else "root"
    return join(("arn:", partition, ":iam::", account, f":{user}"), subject.at) if name == "arn" else None


def _billing_account(subject: Subject, name: str) -> Value | None:
    """https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/billing_service_account"""
    if name == "id":
        return text(_BILLING, subject.at)
    partition = Hole(HoleKind.PARTITION, "partition", subject.account)
    return join(("arn:", partition, f":iam::{_BILLING}:root"), subject.at) if name == "arn" else None


_BILLING = "386209384616"


def _bucket(subject: Subject, name: str) -> Value | None:
    bucket = subject.given("bucket")
    if bucket is None or name not in ("arn", "id", "bucket"):
        return None
    partition = Hole(HoleKind.PARTITION, "partition", subject.account)
    return join(("arn:", partition, ":s3:::", *bucket.parts), subject.at) if name == "arn" else bucket


def _oidc_provider(subject: Subject, name: str) -> Value | None:
    """By its ARN, or by its URL with or without the scheme."""
    arn, url = subject.given("arn"), subject.given("url")
    if name != "arn" or arn is not None or url is None or url.literal is None:
        return arn if name == "arn" else None
    return subject.arn("iam", (), ("oidc-provider/", url.literal.removeprefix("https://")))


_SOURCES: dict[str, Callable[[Subject, str], Value | None]] = {
    "aws_arn": _arn,
    "aws_billing_service_account": _billing_account,
    "aws_caller_identity": _caller_identity,
    "aws_cloudtrail_service_account": _account_of_aws,
    "aws_elb_service_account": _account_of_aws,
    "aws_iam_group": _identity,
    "aws_iam_openid_connect_provider": _oidc_provider,
    "aws_iam_policy": _managed_policy,
    "aws_iam_role": _identity,
    "aws_iam_session_context": _session_context,
    "aws_iam_user": _identity,
    "aws_kms_alias": looked_up_alias,
    "aws_kms_key": looked_up_key,
    "aws_kms_public_key": looked_up_key,
    "aws_partition": _partition,
    "aws_redshift_service_account": _account_of_aws,
    "aws_region": _region,
    "aws_s3_bucket": _bucket,
    "aws_service_principal": _service_principal,
}
