"""Services that use keys without ever calling KMS in their own name, and how they do it.

A service is listed here only if its guide says so; of others nothing follows.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class UsesKeys(NamedTuple):
    """How a service comes to use a key."""

    how: str
    page: str
    """The page of AWS's documentation that says so."""


_EBS: Final = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html"
_BY_SERVICE: Final = {
    "autoscaling": UsesKeys(
        "by its service-linked role, which the key policy has to name",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html",
    ),
    "ec2": UsesKeys("as whoever makes or attaches the volume, and by a grant of theirs", _EBS),
    "elasticfilesystem": UsesKeys(
        "by a grant of whoever makes the file system", "https://docs.aws.amazon.com/efs/latest/ug/EFSKMS.html"
    ),
    "secretsmanager": UsesKeys(
        "as whoever reads or writes the secret",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    ),
    "sqs": UsesKeys(
        "as whoever sends or receives the message",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    ),
}
_NAME: Final = re.compile(r"([a-z0-9-]+)(?:\.[a-z]{2,}(?:-[a-z]+)+-[0-9]+)?\.amazonaws\.com(?:\.cn)?\Z")


def never_calls(principal: str) -> UsesKeys | None:
    """How the service of that name uses keys, if it is certain that it never does so as a service principal."""
    match = _NAME.match(principal)
    return _BY_SERVICE.get(match[1]) if match else None
