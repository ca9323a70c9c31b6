"""When two names, or two ARNs, certainly mean the same identity or policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

from __future__ import annotations

from kmslint.model.arn import parse_arn
from kmslint.values import Hole, HoleKind, Part, Text

Key = tuple[Part, ...]

_ONE_OF_A_KIND = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION})


def same_name(name: Text) -> Key:
    """What is equal for names that are certainly the same text."""
    return tuple(_plain(part) if isinstance(part, Hole) else part for part in name.parts)


def _plain(hole: Hole) -> Hole:
    return hole._replace(label="", resource="") if hole.kind in _ONE_OF_A_KIND else hole


def same_arn(arn: Text) -> Key:
    """An ARN without its partition, which may be spelt out in one place and not in another."""
    parsed = parse_arn(arn)
    return same_name(arn) if parsed is None else (*same_name(parsed.account), ":", *same_name(parsed.resource))
