"""ARNs with holes: `arn:partition:service:region:account:resource`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re
from typing import NamedTuple

from kmslint.values import HoleKind, Part, Text, join

ACCOUNT_ID = re.compile(r"[0-9]{12}\Z")
UNIQUE_ID = re.compile(r"(AIDA|AROA|AIPA|ANPA|ABIA|ACCA|ASCA|APKA|AGPA)[A-Z0-9]{12,}\Z")
"""What IAM leaves in a policy where a deleted user or role stood.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""


class Arn(NamedTuple):
    """The six parts of an ARN; each may have holes."""

    partition: Text
    service: Text
    region: Text
    account: Text
    resource: Text
    """All that stands behind the fifth colon: `role/path/Name`, `root`, `key/1234...`."""


def split_text(text: Text, separator: str, maximum: int) -> list[Text]:
    """Split at a separator in the literal pieces, at most `maximum` times. Holes are not looked into."""
    pieces: list[list[Part]] = [[]]
    for part in text.parts:
        if not isinstance(part, str):
            pieces[-1].append(part)
            continue
        chunks = part.split(separator, maximum - (len(pieces) - 1))
        pieces[-1].append(chunks[0])
        pieces.extend([chunk] for chunk in chunks[1:])
    return [join(piece, text.at) for piece in pieces]


def parse_arn(text: Text) -> Arn | None:
    """The parts of an ARN; None if it is not one, or if a hole may hide more than one part."""
    first = text.parts[0] if text.parts else ""
    if not isinstance(first, str) or not first.startswith("arn:"):
        return None
    if len(text.parts) == 1:  # the most there are
        pieces = first.split(":", 5)
        return Arn(*(Text((piece,) if piece else (), text.at) for piece in pieces[1:])) if len(pieces) == 6 else None
    segments = split_text(text, ":", 5)
    return Arn(*segments[1:]) if len(segments) == 6 else None


def is_own_account_id(text: Text) -> bool:
    """Whether the text is nothing but the id of the own account, as `AWS::AccountId` gives it."""
    return len(text.parts) == 1 and not isinstance(text.parts[0], str) and text.parts[0].kind is HoleKind.OWN_ACCOUNT
