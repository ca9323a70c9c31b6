"""Clusters for which nobody can create the grant that CreateCluster needs.

https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
"""

from __future__ import annotations

import pytest

from kmslint.access.cluster_grants import cluster_grants
from kmslint.model.consumers import Consumer, Purpose
from kmslint.model.estate import Grant
from plain_estates import deny, estate_of, key_of, to
from plain_policies import HERE, KEY, Plain, value, words

FOR_SERVICES: dict[str, Plain] = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
LIMITED = to("account", action="kms:CreateGrant", Condition=FOR_SERVICES)
CLUSTER = Consumer("Cluster", HERE, Purpose.CLUSTER, words("<key>"), HERE)


def shut(statements: list[Plain], consumer: Consumer = CLUSTER, grants: tuple[Grant, ...] = ()) -> list[int]:
    """The statements that could have let somebody create the grant."""
    estate = estate_of(key_of(statements), consumers=(consumer,))._replace(grants=grants)
    found = list(cluster_grants(estate))
    assert all(one.cluster is consumer and one.test.operator == "Bool" for one in found)
    return [one.statement.position for one in found]


def asking(operator: str, key: str, wanted: Plain) -> list[Plain]:
    return [{**LIMITED, "Condition": {operator: {key: wanted}}}]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([LIMITED], [0]),
        ([LIMITED, LIMITED], [0]),
        ([deny(to("*", action="kms:CreateGrant")), LIMITED], [1]),
        ([to("Admin", action="kms:PutKeyPolicy"), LIMITED], [1]),
        ([{**LIMITED, "Condition": {**FOR_SERVICES, "StringEquals": {"kms:CallerAccount": "1"}}}], [0]),
        ([LIMITED, {**LIMITED, "Action": "<Action>"}], [0]),
        (asking("Bool", "KMS:GrantIsForAwsResource", "True"), [0]),
        # Some other grant can be created, or may be.
        ([LIMITED, to("Admin")], []),
        ([LIMITED, to("Admin", action="<Action>")], []),
        ([LIMITED, {**to("Admin"), "Effect": "<Effect>"}], []),
        ([LIMITED, "<<Statement>>"], []),
        (asking("Bool", "kms:GrantIsForAWSResource", "false"), []),
        (asking("Bool", "kms:GrantIsForAWSResource", ["true", "false"]), []),
        (asking("Bool", "kms:GrantIsForAWSResource", "<Value>"), []),
        (asking("Bool", "kms:GrantIsForAWSResource", ["<<Value>>"]), []),
        (asking("Bool", "kms:GrantIsForAWSResource", []), []),
        (asking("StringNotEquals", "kms:GrantIsForAWSResource", "true"), []),
        (asking("Bool", "aws:SecureTransport", "true"), []),
        ([{**LIMITED, "Condition": "<<Condition>>"}], []),
        # Nobody is meant to create any.
        ([to("account", action="kms:Decrypt")], []),
        ([{**LIMITED, "Action": "<Action>"}], []),
        ([], []),
    ],
)
def test_whose_grants_have_to_come_from_a_service(statements: list[Plain], found: list[int]) -> None:
    assert shut(statements) == found


@pytest.mark.parametrize(
    ("consumer", "found"),
    [
        (CLUSTER._replace(purpose=Purpose.VOLUME), []),
        (CLUSTER._replace(key=words("<Key>")), []),
        (CLUSTER._replace(key=words("<other key>")), []),
    ],
)
def test_the_cluster_has_to_use_the_key(consumer: Consumer, found: list[int]) -> None:
    assert shut([LIMITED], consumer) == found


def test_a_key_without_a_policy_of_its_own_lets_anybody_create_grants() -> None:
    assert list(cluster_grants(estate_of(KEY, consumers=(CLUSTER,)))) == []


@pytest.mark.parametrize(
    ("operations", "found"), [(["Decrypt"], [0]), (["Decrypt", "CreateGrant"], []), (["<Operation>"], [])]
)
def test_a_grant_may_be_handed_on(operations: list[str], found: list[int]) -> None:
    grantee = words("arn:aws:iam::111122223333:role/Dev")
    grant = Grant("Grant", HERE, words("<key>"), grantee, value(operations), constrained=False)
    assert shut([LIMITED], grants=(grant,)) == found
