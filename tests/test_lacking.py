"""What roles certainly may not do with keys, and what of it keeps objects from being replicated."""

from __future__ import annotations

from typing import Any

import pytest

from document_estates import iam_policy, key_of, role_of
from kmslint.access.lacking import Lacking
from kmslint.access.replications import KeyLacked, NotReplicated, failing_replications
from kmslint.access.role_uses import missing_in_iam
from kmslint.model.consumers import Purpose, Replication, ReplicationRule, Uses
from kmslint.model.estate import Grant, Identity, IdentityKind, IdentityPolicy, KeyPolicy, PolicyOrigin
from kmslint.values import ALWAYS, Guard, Guards, unknown
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, document, value, words
from plain_uses import (
    ACCOUNT,
    ARN,
    NAME,
    NOT_C,
    ON_KEY,
    OTHER_NAME,
    QUEUE,
    SEND,
    C,
    D,
    allow,
    consumer,
    dev,
    iam,
    with_roles,
)

NEEDED = ("kms:Decrypt", "kms:GenerateDataKey")


def lacked(role: Identity, policy: list[Plain], delegated: bool, guards: Guards = ALWAYS, **more: Any) -> list[str]:
    """What of two actions a role lacks on a key with that policy."""
    estate = with_roles(QUEUE, role, policy=policy)._replace(**more)
    found = Lacking(estate).actions(estate.identities[0], estate.keys[0], NEEDED, guards, delegated)
    return [action.name.removeprefix("kms:") for action in found]


BOTH = ["Decrypt", "GenerateDataKey"]
BOUNDARY = IdentityPolicy("Boundary", HERE, document([iam("sqs:*", "*")]))
LETS = iam("kms:*", ON_KEY)
LACKED: list[tuple[Identity, list[Plain], list[str], list[str]]] = [
    # the role, the key policy, what it lacks at all, and of that what an IAM policy would give
    (dev(SEND), [ACCOUNT], BOTH, BOTH),
    (dev(SEND, LETS), [ACCOUNT], [], []),
    (dev(SEND, iam("kms:Decrypt", ON_KEY)), [ACCOUNT], ["GenerateDataKey"], ["GenerateDataKey"]),
    (dev(SEND), [], BOTH, []),
    # What IAM gives and the key policy does not is told of elsewhere.
    (dev(SEND, LETS), [], [], []),
    (dev(SEND, {**LETS, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}), [], [], []),
    (dev(SEND), [allow({"AWS": ARN})], [], []),
    (dev(SEND), [allow({"AWS": "<Somebody>"})], [], []),
    (dev(SEND), ["<<Statement>>"], [], []),
    (dev(SEND), [ACCOUNT, {**allow({"AWS": ARN}), "Effect": "Deny"}], BOTH, []),
    (dev(SEND), [allow({"AWS": OWN}, "kms:Decrypt")], BOTH, ["Decrypt"]),
    (dev(SEND, {**LETS, "Effect": "Deny"}), [ACCOUNT], BOTH, []),
    (dev(SEND, {**LETS, "Effect": "Deny", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}), [ACCOUNT], BOTH, []),
    (dev(SEND)._replace(boundary=BOUNDARY), [ACCOUNT], BOTH, []),
    (dev(SEND, iam("<Action>", ON_KEY)), [ACCOUNT], [], []),
    (dev(SEND, iam("kms:*", "<Somewhere>")), [ACCOUNT], [], []),
    (dev(SEND)._replace(elsewhere=True), [ACCOUNT], [], []),
    (dev(SEND)._replace(handed_over=True), [ACCOUNT], [], []),
    (dev(SEND)._replace(unseen_policies=(unknown("Policy", HERE),)), [ACCOUNT], [], []),
    (dev(SEND)._replace(arn=words(ARN.replace(OWN, FOREIGN))), [ACCOUNT], [], []),
    (dev(SEND)._replace(arn=words("<Role>")), [ACCOUNT], [], []),
    # One who tries again in his own name, and one who named the key by what is none: told of elsewhere.
    (
        dev(SEND)._replace(trust=document([allow({"Service": "config.amazonaws.com"}, "sts:AssumeRole")])),
        [ACCOUNT],
        [],
        [],
    ),
    (
        dev(SEND)._replace(trust=document([allow({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")])),
        [ACCOUNT],
        BOTH,
        BOTH,
    ),
    (dev(SEND, iam("kms:Decrypt", "alias/data")), [ACCOUNT], ["GenerateDataKey"], ["GenerateDataKey"]),
]


@pytest.mark.parametrize(("role", "policy", "at_all", "by_iam"), LACKED)
def test_what_a_role_certainly_lacks(role: Identity, policy: list[Plain], at_all: list[str], by_iam: list[str]) -> None:
    assert lacked(role, policy, delegated=False) == at_all
    assert lacked(role, policy, delegated=True) == by_iam


def test_what_hangs_on_conditions_is_lacked_where_it_certainly_is() -> None:
    named: Plain = {"if": "C", "then": ACCOUNT, "else": allow({"AWS": ARN})}
    assert lacked(dev(SEND), [named], delegated=False) == []
    assert lacked(dev(SEND), [named], delegated=True, guards=C) == BOTH
    assert lacked(dev(SEND), [named], delegated=False, guards=NOT_C) == []
    assert lacked(dev(SEND), [ACCOUNT], delegated=True, guards=C | NOT_C) == []


def test_a_policy_that_nobody_sees_attached_may_be_attached() -> None:
    loose = iam_policy(iam("kms:Decrypt", ON_KEY), address="Loose")
    role = dev(SEND)
    assert lacked(role, [ACCOUNT], delegated=True, policies=(loose, *role.policies)) == ["GenerateDataKey"]
    with_mfa: Plain = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    sometimes = iam_policy(iam("kms:Decrypt", ON_KEY, Condition=with_mfa), address="Loose")
    assert lacked(role, [ACCOUNT], delegated=True, policies=(sometimes, *role.policies)) == ["GenerateDataKey"]
    beside = loose._replace(address="Dev", at=HERE._replace(start=5, end=9))
    assert lacked(role, [ACCOUNT], delegated=True, policies=(beside, *role.policies)) == ["GenerateDataKey"]
    idle = iam_policy(iam("s3:*"), address="Loose")
    assert lacked(role, [ACCOUNT], delegated=True, policies=(idle, *role.policies)) == BOTH
    # Attached to another role, it is that role's; and the policy of another that names no key is no excuse.
    wrong = iam_policy(iam("kms:Decrypt", "alias/data"), address="Other")
    other = role_of("Other", wrong)
    assert lacked(role, [ACCOUNT], delegated=True, identities=(role, other), policies=(*role.policies, wrong)) == BOTH


def test_a_grant_may_give_what_no_policy_does() -> None:
    operations: list[Plain] = ["Decrypt"]
    grant = Grant("Grant", HERE, words("<key>"), words(ARN), value(operations), constrained=False)
    assert lacked(dev(SEND), [ACCOUNT], delegated=False, grants=(grant,)) == ["GenerateDataKey"]


def test_a_policy_that_cannot_be_seen_may_give_anything_and_the_default_one_nothing() -> None:
    unseen = KEY._replace(policy=KeyPolicy(PolicyOrigin.UNKNOWN, HERE))
    assert lacked(dev(SEND), [ACCOUNT], delegated=False, keys=(unseen,)) == []
    assert lacked(dev(SEND), [ACCOUNT], delegated=True, keys=(KEY,)) == BOTH


def test_each_answer_is_of_its_own_role_key_and_conditions() -> None:
    able = role_of("Able", iam_policy(SEND, LETS, address="Able"))
    estate = with_roles(QUEUE, dev(SEND), able, policy=[{"if": "C", "then": ACCOUNT, "else": allow({"AWS": ARN})}])
    other = key_of(document([allow({"AWS": ARN})]), "Other")
    lacking, key = Lacking(estate), estate.keys[0]
    poor, rich = estate.identities
    assert len(lacking.actions(poor, key, NEEDED, C, delegated=True)) == 2
    assert lacking.actions(rich, key, NEEDED, C, delegated=True) == ()
    assert lacking.actions(poor, other, NEEDED, C, delegated=True) == ()
    assert lacking.actions(poor, key, NEEDED, NOT_C, delegated=True) == ()
    assert len(lacking.actions(poor, key, NEEDED[:1], C, delegated=False)) == 1
    bare = key_of(document([]), "Bare")
    assert len(lacking.actions(poor, bare, NEEDED, ALWAYS, delegated=False)) == 2
    assert lacking.actions(poor, bare, NEEDED, ALWAYS, delegated=True) == ()
    loose = iam_policy(iam("kms:*", ON_KEY), address="Loose")
    lacking = Lacking(estate._replace(policies=(loose, *estate.policies)))
    elsewhere = key_of(document([ACCOUNT]), "Else")._replace(arn=words("arn:aws:kms:<region>:<own>:key/<other key>"))
    assert lacking.actions(poor, key, NEEDED, C, delegated=True) == ()
    assert len(lacking.actions(poor, elsewhere, NEEDED, C, delegated=True)) == 2


def replication(
    status: Plain, replica_key: Plain, guards: Guards = ALWAYS, rule: Guards = ALWAYS, role: str = ARN
) -> Replication:
    told = None if status is None else value(status)
    key = None if replica_key is None else value(replica_key)
    rules = (ReplicationRule(HERE, told, key, rule),)
    return Replication("Source", HERE, (NAME, NAME), value(role), rules, "", guards)


REPLICATE = iam("s3:ReplicateObject", "*")
REPLICATIONS: list[tuple[Replication, list[Plain], list[str]]] = [
    (replication(None, None), [], ["not asked"]),
    (replication("Enabled", None), [], ["Decrypt"]),
    (replication("Enabled", "<key>"), [], ["Decrypt", "Encrypt"]),
    (replication("Enabled", "<key>"), [LETS], []),
    (replication("Enabled", "<Elsewhere>"), [], ["Decrypt"]),
    (replication("Enabled", "<key>"), [iam("kms:Decrypt", ON_KEY)], ["Encrypt"]),
    # AWS's page does not say that a role with one of these cannot.
    (replication("Enabled", "<key>"), [iam(["kms:Decrypt", "kms:GenerateDataKey"], ON_KEY)], []),
    (replication("Enabled", "<key>"), [iam("kms:ReEncryptTo", ON_KEY)], ["Decrypt"]),
    (replication("Disabled", "<key>"), [], []),
    (replication("<Status>", "<key>"), [], []),
    (replication("<<Status>>", "<key>"), [], []),
    (replication("Enabled", "<key>", role=f"arn:aws:iam::{OWN}:role/Other"), [], []),
    (replication(None, "<key>"), [], ["not asked"]),
]


@pytest.mark.parametrize(("one", "statements", "failures"), REPLICATIONS)
def test_what_keeps_objects_from_being_replicated(
    one: Replication, statements: list[Plain], failures: list[str]
) -> None:
    uses = Uses((consumer(Purpose.BUCKET), consumer(Purpose.TABLE)), replications=(one,))
    found = list(failing_replications(with_roles(uses, dev(REPLICATE, *statements))))
    told = [
        "not asked" if isinstance(each, NotReplicated) else " ".join(action.name for action in each.actions)
        for each in found
    ]
    assert [each.removeprefix("kms:") for each in told] == failures
    assert all(each.key is not None and each.key.address == "Key" for each in found)


@pytest.mark.parametrize(
    ("whole", "rule", "source", "told"),
    [
        (C, D, ALWAYS, C | D),
        (ALWAYS, ALWAYS, C, C),
        (C, NOT_C, ALWAYS, None),
        (ALWAYS, C, NOT_C, None),
    ],
)
def test_a_replication_fails_where_everything_of_it_is_there(
    whole: Guards, rule: Guards, source: Guards, told: Guards | None
) -> None:
    for status in (None, "Enabled"):
        uses = Uses((consumer(Purpose.BUCKET, guards=source),), replications=(replication(status, None, whole, rule),))
        found = list(failing_replications(with_roles(uses, dev(REPLICATE))))
        assert [one.guards for one in found] == ([] if told is None else [told])
    uses = Uses(replications=(replication("Enabled", "<key>", whole, rule),))
    found = list(failing_replications(with_roles(uses, dev(REPLICATE))))
    assert [one.guards for one in found] == ([] if whole | rule == C | NOT_C else [whole | rule])
    assert all(isinstance(one, KeyLacked) and one.role.address == "Dev" for one in found)


def test_what_a_replication_hangs_on_beyond_its_key_and_role() -> None:
    uses = Uses(
        (consumer(Purpose.BUCKET, guards=frozenset({Guard("E", True)})),),
        replications=(replication("Enabled", None, C, D),),
    )
    estate = with_roles(uses, dev(REPLICATE)._replace(guards=C))
    estate = estate._replace(keys=tuple(key._replace(guards=D) for key in estate.keys))
    (found,) = failing_replications(estate)
    assert found.guards == frozenset({Guard("E", True)})


def test_a_bucket_that_is_not_the_source_has_nothing_to_do_with_it() -> None:
    other = consumer(Purpose.BUCKET, names=(OTHER_NAME,))
    user = role_of("Dev", iam_policy(REPLICATE), kind=IdentityKind.USER)._replace(arn=words(ARN))
    assert (
        list(
            failing_replications(
                with_roles(Uses((other,), replications=(replication("Enabled", None),)), dev(REPLICATE))
            )
        )
        == []
    )
    assert (
        list(
            failing_replications(
                with_roles(Uses((consumer(Purpose.BUCKET),), replications=(replication("Enabled", None),)), user)
            )
        )
        == []
    )
    elsewhere = Uses((consumer(Purpose.BUCKET, "<Elsewhere>"),), replications=(replication(None, None),))
    (found,) = failing_replications(with_roles(elsewhere, dev(REPLICATE)))
    assert found.key is None
    enabled = Uses(elsewhere.consumers, replications=(replication("Enabled", None),))
    assert list(failing_replications(with_roles(enabled, dev(REPLICATE)))) == []


IF_C: Plain = {"if": "C", "then": ACCOUNT, "else": allow({"AWS": ARN})}


@pytest.mark.parametrize(
    ("of_role", "of_key", "count"), [(ALWAYS, ALWAYS, 0), (C, ALWAYS, 1), (ALWAYS, C, 1), (NOT_C, ALWAYS, 0)]
)
def test_what_hangs_on_a_condition_is_missing_where_role_and_key_are(
    of_role: Guards, of_key: Guards, count: int
) -> None:
    for uses, find in (
        (QUEUE, missing_in_iam),
        (Uses((consumer(Purpose.BUCKET),), replications=(replication("Enabled", None),)), failing_replications),
    ):
        estate = with_roles(uses, dev(SEND)._replace(guards=of_role), policy=[IF_C])
        estate = estate._replace(keys=tuple(key._replace(guards=of_key) for key in estate.keys))
        assert len(list(find(estate))) == count


def test_what_the_key_policy_does_not_leave_to_iam_no_iam_policy_is_missing_for() -> None:
    assert list(missing_in_iam(with_roles(QUEUE, dev(SEND), policy=[]))) == []
    uses = Uses((consumer(Purpose.BUCKET),), replications=(replication("Enabled", "<key>"),))
    assert len(list(failing_replications(with_roles(uses, dev(SEND), policy=[])))) == 2
