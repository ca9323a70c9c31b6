"""Keys for the secrets of EKS clusters whose policies keep the cluster from being created.

Whoever calls CreateCluster creates the grant for the cluster himself: kms:GrantIsForAWSResource is not supported there.
https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.consumers import consumers_of
from kmslint.access.estate_grants import grants_on
from kmslint.access.matching import names_action
from kmslint.aws.actions import CREATE_GRANT
from kmslint.model.consumers import Consumer, Purpose
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement, Test
from kmslint.verdict import NO, YES
from kmslint.wildcard import fold


class ClusterGrant(NamedTuple):
    """A cluster, and the statement by which its creator could have created the grant."""

    key: Key
    cluster: Consumer
    statement: Statement
    test: Test
    """The condition that CreateCluster never meets."""


def cluster_grants(estate: Estate) -> Iterator[ClusterGrant]:
    """The clusters with a key on which every kms:CreateGrant has to come from a service."""
    for key, document in estate.key_documents():
        clusters = [
            one for one, verdict in consumers_of(key, estate) if verdict is YES and one.purpose is Purpose.CLUSTER
        ]
        limited = _limited(document) if clusters else []
        if limited and not any(_hands_on(grant.operations) for grant in grants_on(key, estate)):
            yield ClusterGrant(key, clusters[0], *limited[0])


def _limited(document: Document) -> list[tuple[Statement, Test]]:
    """The statements that allow kms:CreateGrant, if all of them demand that a service asks; else none."""
    allows = (one for one in document.statements if one.effect is not Effect.DENY)
    giving = [one for one in allows if names_action(one, CREATE_GRANT) is not NO]
    tests = ((one, test) for one in giving for test in one.conditions if isinstance(test, Test))
    found = [(one, test) for one, test in tests if _is_for_services(test)]
    sure = not document.unseen and len({id(one) for one, _ in found}) == len(giving)
    return found if sure and any(names_action(one, CREATE_GRANT) is YES for one in giving) else []


def _is_for_services(test: Test) -> bool:
    if fold(str(test.key)) != "kms:grantisforawsresource" or test.operator != "Bool":
        return False
    return bool(test.values) and all(fold(str(one)) == "true" for one in test.values)


def _hands_on(operations: frozenset[str] | None) -> bool:
    """Whether a grant lets its grantee create grants, or may."""
    return operations is None or "CreateGrant" in operations
