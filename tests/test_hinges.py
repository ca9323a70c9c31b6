"""On which condition of a template an undecided decision hangs, and how little is asked to find out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kmslint.access.caller import SOME_ROLE
from kmslint.access.decide import Decision, decide
from kmslint.access.hinges import explored, hinge_in_iam, hinge_of, may_at_all, truth_in_every_way, undecided
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, policies_of
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity
from kmslint.model.policy import Document
from kmslint.verdict import ALWAYS, NO, SOMETIMES, UNDECIDED, UNKNOWN, YES, Truth, Verdict
from plain_policies import KEY, Plain, accounts_of, action_of, caller_of, document, identity_with

ALLOW: dict[str, Plain] = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
DENY: dict[str, Plain] = {**ALLOW, "Effect": "Deny"}
MFA: dict[str, Plain] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
UNSEEN: dict[str, Plain] = {"Condition": {"StringEquals": {"aws:PrincipalTag/<Tag>": "a"}}}
OTHER_ROLE: dict[str, Plain] = {**ALLOW, "Principal": {"AWS": "arn:aws:iam::111122223333:role/Other"}}
DECRYPT = Situation(SOME_ROLE, action_of("kms:Decrypt"), KEY, accounts_of())


def guarded(plain: Plain, condition: str) -> dict[str, Plain]:
    return {"if": condition, "then": plain, "else": None}


def decided(policy: Document) -> Decision:
    return decide(policy, DECRYPT, ADMINISTRATOR)


@pytest.mark.parametrize(
    ("statements", "condition"),
    [
        ([guarded(ALLOW, "A")], "A"),
        ([guarded(guarded(ALLOW, "B"), "A")], "A"),
        # What takes everything away comes before what gives something,
        ([guarded(ALLOW, "A"), guarded(DENY, "B")], "B"),
        # which comes before what takes away a part,
        ([guarded(ALLOW, "A"), guarded({**DENY, **MFA}, "B")], "A"),
        ([{**ALLOW, **MFA}, guarded({**DENY, **MFA}, "B")], "B"),
        # and what cannot be seen at all is the last.
        ([guarded("<<Statement>>", "A"), guarded(ALLOW, "B")], "B"),
        ([guarded("<<Statement>>", "A")], "A"),
        # Of others nothing hangs on.
        ([guarded(OTHER_ROLE, "A"), guarded(ALLOW, "B")], "B"),
        ([{**DENY, **UNSEEN}, {**ALLOW, **UNSEEN}, guarded(ALLOW, "B")], "B"),
        ([{**ALLOW, **UNSEEN}], None),
        # It is decided already.
        ([ALLOW, guarded(ALLOW, "A")], None),
        ([ALLOW, guarded({**DENY, **MFA}, "A")], None),
        ([DENY, guarded(ALLOW, "A")], None),
    ],
)
def test_the_condition_of_the_key_policy(statements: Plain, condition: str | None) -> None:
    read = document(statements)
    assert hinge_of(undecided((decided(read),)), read) == condition


GIVES: dict[str, Plain] = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
TAKES: dict[str, Plain] = {**GIVES, "Effect": "Deny"}


def identity(policy: Plain, boundary: Plain = None) -> Identity:
    return identity_with(policy if isinstance(policy, list) else [policy], boundary)


@pytest.mark.parametrize(
    ("holder", "condition"),
    [
        (identity(guarded(GIVES, "A")), "A"),
        (identity([GIVES, guarded(TAKES, "A")]), "A"),
        (identity([guarded(GIVES, "A"), guarded(TAKES, "B")]), "B"),
        (identity(guarded(guarded(GIVES, "B"), "A")), "A"),
        (identity(GIVES, [guarded(GIVES, "A")]), "A"),
        (identity(GIVES, [GIVES, guarded(TAKES, "A")]), "A"),
        (identity([GIVES, guarded({**GIVES, "Action": "s3:*"}, "A")], [guarded(GIVES, "B")]), "B"),
        (identity({**GIVES, **UNSEEN}, [guarded({**GIVES, "Action": "s3:*"}, "A")]), None),
        (identity({**GIVES, **UNSEEN}), None),
        # It is decided already.
        (identity([GIVES, guarded(GIVES, "A")]), None),
        (identity([GIVES, guarded({**TAKES, **MFA}, "A")]), None),
        (identity([TAKES, guarded(GIVES, "A")]), None),
    ],
)
def test_the_condition_of_the_policies_beside_it(holder: Identity, condition: str | None) -> None:
    account = document([{**ALLOW, "Principal": {"AWS": "111122223333"}}])
    situation = DECRYPT._replace(caller=caller_of("role/Dev"))
    assert hinge_in_iam(decide(account, situation, policies_of(holder, situation))) == condition


def role(name: str) -> dict[str, Plain]:
    return {**ALLOW, "Principal": {"AWS": f"arn:aws:iam::111122223333:role/{name}"}}


def asked(world: Document, names: tuple[str, ...] = ("First", "Second")) -> Iterator[Decision]:
    """Whether the roles may, each by the key policy alone."""
    return (decide(world, DECRYPT._replace(caller=caller_of(f"role/{name}")), NOTHING) for name in names)


@pytest.mark.parametrize(
    ("statements", "verdict", "ways"),
    [
        ([guarded(role("First"), "A")], UNKNOWN, 2),
        ([guarded(role("First"), "A"), guarded(role("Second"), "B")], UNKNOWN, 3),
        # One who may is enough, even if it takes MFA; and whoever may not is not asked again.
        ([guarded(role("First"), "A"), role("Second")], YES, 1),
        ([guarded(role("First"), "A"), {**role("Second"), **MFA}], YES, 1),
        ([guarded(role("First"), "A"), DENY], NO, 1),
    ],
)
def test_no_more_ways_are_looked_at_than_make_a_difference(statements: Plain, verdict: Verdict, ways: int) -> None:
    read = document(statements)
    assert may_at_all(read, asked) is verdict
    assert len(explored(read, asked)) == ways


@pytest.mark.parametrize("first", [role("First"), {**role("First"), **MFA}])
def test_after_a_yes_nobody_is_asked(first: Plain) -> None:
    listed: list[Decision] = []

    def remembered(world: Document) -> Iterator[Decision]:
        for decision in asked(world):
            listed.append(decision)
            yield decision

    assert may_at_all(document([first, role("Second")]), remembered) is YES
    assert len(listed) == 1


@pytest.mark.parametrize(
    ("statements", "truth"),
    [
        ([guarded(ALLOW, "A")], UNDECIDED),
        ([{"if": "A", "then": ALLOW, "else": role("First")}], ALWAYS),
        ([{"if": "A", "then": {**ALLOW, **MFA}, "else": {**role("First"), **MFA}}], SOMETIMES),
        ([{"if": "A", "then": {**ALLOW, **MFA}, "else": role("First")}], Truth(YES, UNKNOWN)),
    ],
)
def test_the_truth_in_every_way(statements: Plain, truth: Truth) -> None:
    situation = DECRYPT._replace(caller=caller_of("role/First"))
    assert truth_in_every_way(document(statements))(situation, NOTHING) == truth
