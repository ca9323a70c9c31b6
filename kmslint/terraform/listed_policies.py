"""The policies that an `awscc_iam_role`, user or group lists in an argument of its own.

https://registry.terraform.io/providers/hashicorp/awscc/latest/docs/resources/iam_role
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.terraform.access import member_of
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.resource_types import DOCUMENT_MEMBER, IDENTITY_TYPES
from kmslint.terraform.resources import Instance
from kmslint.terraform.shapes import Failure
from kmslint.values import Guards, Hole, HoleKind, Value


def listed_documents(instance: Instance) -> Iterator[tuple[Value, Guards]]:
    """The documents, each with the conditions for it; unknown where an element of the list is."""
    argument = IDENTITY_TYPES[instance.type].inline
    listed = instance.argument(argument) if argument else None
    for policy, among in alternatives(listed, instance.guards):
        missing = Failure(Hole(HoleKind.EXPRESSION, f"{DOCUMENT_MEMBER} of {instance.address}"), policy.at)
        yield member_of(policy, DOCUMENT_MEMBER, missing), among
