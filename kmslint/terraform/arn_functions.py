"""The functions of the AWS provider, all of them on ARNs.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse
"""

from __future__ import annotations

from kmslint.model.arn import Arn, parse_arn, split_text
from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.joining import Filling, joined
from kmslint.terraform.kinds import ObjectFields
from kmslint.terraform.scalars import as_text
from kmslint.terraform.text_functions import has_no
from kmslint.values import Encoded, Field, Text, Value, join, text

_PATH_DEPTH = 1000


def _whole(given: Given) -> Text | None:
    value = given.values[0]
    return as_text(value) if isinstance(value, (Text, Encoded)) else None


def _parsed(given: Given) -> Arn | None:
    """The ARN, if it is certain where its parts end."""
    whole = _whole(given)
    arn = None if whole is None else parse_arn(whole)
    if arn is None:
        return None
    certain = all(has_no(":", hole) for part in arn[:4] for hole in part.holes)
    return arn if certain else None


def _refused(given: Given) -> Value:
    """Refused if all of the text is known, and it is no ARN."""
    whole = _whole(given)
    return given.unknown() if whole is None or whole.literal is None else given.failure()


def _arn_parse(given: Given) -> Value:
    arn = _parsed(given)
    if arn is None:
        return _refused(given)
    parts = {
        "account_id": arn.account,
        "partition": arn.partition,
        "region": arn.region,
        "resource": arn.resource,
        "service": arn.service,
    }
    return ObjectFields(tuple(Field(text(name, given.at), part) for name, part in parts.items()), given.at)


def _arn_build(given: Given) -> Value:
    colon = text(":", given.at)
    parts = [part for value in given.values for part in (colon, value)]
    return joined([Filling(part, given.at) for part in (text("arn", given.at), *parts)], given.failure())


def _trim_iam_role_path(given: Given) -> Value:
    arn = _parsed(given)
    if arn is None:
        return _refused(given)
    pieces = split_text(arn.resource, "/", _PATH_DEPTH)
    known = (arn.service.literal, arn.region.literal, pieces[0].literal)
    if known != ("iam", "", "role") or len(pieces) < 2:
        return given.failure() if None not in known else given.unknown()
    if len(pieces) > _PATH_DEPTH or not all(has_no("/", hole) for hole in arn.resource.holes):
        return given.unknown()
    colons = [part for one in (arn.partition, arn.service, arn.region, arn.account) for part in (*one.parts, ":")]
    return join(("arn:", *colons, "role/", *pieces[-1].parts), given.at)


_STRING = parameters.string

ARN_FUNCTIONS: dict[str, Function] = {
    "provider::aws::arn_build": Function(_arn_build, (_STRING,) * 5),
    "provider::aws::arn_parse": Function(_arn_parse, (_STRING,)),
    "provider::aws::trim_iam_role_path": Function(_trim_iam_role_path, (_STRING,)),
}
