"""Verdicts per branch: as if every combination of open conditions had been tried, without trying them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import product

import pytest

from kmslint.access.delegation import delegates_any
from kmslint.access.exposure import exposures
from kmslint.access.lockout import LockoutClass, assess, branches
from kmslint.limits import BRANCHES
from kmslint.model.facts import AllOf, Equals, Facts, Meaning
from kmslint.model.policy import Document
from kmslint.model.ways import IN_ANY_CASE, when_in
from kmslint.values import ALWAYS, Doubt, Guard, Guards
from kmslint.verdict import NO, UNKNOWN, YES, agreed
from plain_policies import KEY, OWN, Plain, accounts_of, document

ACCOUNTS = accounts_of(configured=OWN)
ACCOUNT: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}
ROLE: dict[str, Plain] = {**ACCOUNT, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Admin"}}
EVERYBODY: dict[str, Plain] = {**ACCOUNT, "Principal": "*", "Action": "kms:Decrypt"}
SERVICE: dict[str, Plain] = {**EVERYBODY, "Principal": {"Service": "sns.amazonaws.com"}}
DENY: dict[str, Plain] = {**ACCOUNT, "Effect": "Deny", "Principal": "*"}
POOL: list[dict[str, Plain]] = [
    ACCOUNT,
    ROLE,
    {**ROLE, "Principal": {"AWS": f"arn:aws:iam::{OWN}:role/Other"}},
    EVERYBODY,
    SERVICE,
    DENY,
    {**ACCOUNT, "Condition": {"StringEquals": {"aws:PrincipalType": "Account"}}},
    {**ACCOUNT, "Action": "kms:Decrypt"},
    {**DENY, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
    {**DENY, "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWN}}},
    {**DENY, "Action": "kms:Decrypt"},
    {**ACCOUNT, "Principal": {"AWS": "<Somebody>"}},
]
CONDITIONS = ["A", "B", "C", "D"]
SEEDS = range(100)


def guarded(plain: Plain, condition: str, other: Plain = None) -> dict[str, Plain]:
    return {"if": condition, "then": plain, "else": other}


def random_statement(chance: random.Random, depth: int = 0) -> Plain:
    if depth > 2 or chance.random() < 0.3:
        return chance.choice(POOL)
    other = random_statement(chance, depth + 1) if chance.random() < 0.4 else None
    ways = [random_statement(chance, depth + 1), other]
    chance.shuffle(ways)
    return guarded(ways[0], chance.choice(CONDITIONS), ways[1])


def random_document(chance: random.Random) -> Document:
    """A policy that hangs on conditions, of which some exclude or imply each other."""
    meanings: list[dict[str, Meaning]] = [
        {},
        {"A": Equals("Env", "prod"), "B": Equals("Env", "dev")},
        {"C": AllOf(frozenset({Guard("A", True), Guard("B", False)}))},
        {"A": Equals("Env", "prod"), "B": Equals("Env", "dev"), "D": AllOf(frozenset({Guard("B", True)}))},
    ]
    facts = Facts(chance.choice(meanings), chance.choice([{}, {"Env": frozenset({"prod", "dev"})}]))
    statements = [random_statement(chance) for _ in range(chance.randint(1, 5))]
    return document(statements).with_facts(facts)


def outcomes(policy: Document) -> Iterator[Guards]:
    """Every combination of the conditions that there may be."""
    for combination in product((True, False), repeat=len(CONDITIONS)):
        guards = frozenset(map(Guard, CONDITIONS, combination))
        if policy.facts.possible(guards) is not NO:
            yield guards


@pytest.mark.parametrize("seed", SEEDS)
def test_every_combination_is_in_the_branch_of_its_class(seed: int) -> None:
    policy = random_document(random.Random(seed))
    each = branches(policy, KEY, ACCOUNTS)
    for outcome in outcomes(policy):
        found = assess(policy.under(outcome), KEY, ACCOUNTS).lockout
        meant = {branch.lockout.lockout for branch in each if any(way <= outcome for way in branch.ways)}
        assert meant == {found}, (policy, outcome)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_condition_is_named_that_makes_no_difference(seed: int) -> None:
    policy = random_document(random.Random(seed))
    found = {outcome: assess(policy.under(outcome), KEY, ACCOUNTS).lockout for outcome in outcomes(policy)}
    for branch in branches(policy, KEY, ACCOUNTS):
        for way in branch.ways:
            for guard in way:
                fewer = way - {guard}
                assert {found[outcome] for outcome in found if fewer <= outcome} != {branch.lockout.lockout}


@pytest.mark.parametrize("seed", SEEDS)
def test_delegation_is_known_where_it_is_the_same_in_every_combination(seed: int) -> None:
    policy = random_document(random.Random(seed))
    each = [delegates_any(policy.under(outcome), KEY, ACCOUNTS) for outcome in outcomes(policy)]
    assert delegates_any(policy, KEY, ACCOUNTS) is agreed(each)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_is_let_in_where_a_finding_says_so(seed: int) -> None:
    policy = random_document(random.Random(seed))
    told = exposures(policy, KEY, ACCOUNTS)
    for outcome in outcomes(policy):
        found = {one.actions for one in exposures(policy.under(outcome), KEY, ACCOUNTS)}
        said = {one.actions for one in told if any(way <= outcome for way in one.ways)}
        assert said == found


def classes(plain: Plain) -> dict[LockoutClass, str]:
    return {branch.lockout.lockout: when_in(branch.ways) for branch in branches(document(plain), KEY, ACCOUNTS)}


MANY = [f"C{number}" for number in range(30)]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        # Thirty statements of which none matters.
        ([ACCOUNT, *(guarded(SERVICE, one) for one in MANY)], {LockoutClass.NONE: ""}),
        # Each is enough, and only without all of them is there nobody.
        (
            [guarded(ACCOUNT, one) for one in MANY],
            {
                LockoutClass.NONE: " when C0 is true, C1 is true or in 28 more cases",
                LockoutClass.NOBODY: " when C0 is false, C1 is false, C10 is false and 27 more",
            },
        ),
        # Thirty that take everything away.
        (
            [ACCOUNT, *(guarded(DENY, one) for one in MANY)],
            {
                LockoutClass.NONE: " when C0 is false, C1 is false, C10 is false and 27 more",
                LockoutClass.NOBODY: " when C0 is true, C1 is true or in 28 more cases",
            },
        ),
        # Thirty roles, one way or the other: what matters is the account.
        (
            [*(guarded(ROLE, one, SERVICE) for one in MANY), ROLE, guarded(ACCOUNT, "Z")],
            {LockoutClass.NONE: " when Z is true", LockoutClass.DELETABLE_ONLY: " when Z is false"},
        ),
    ],
)
def test_thirty_conditions(statements: list[Plain], expected: dict[LockoutClass, str]) -> None:
    started = time.process_time()
    assert classes(statements) == expected
    assert time.process_time() - started < 2


def test_beyond_the_limit_nothing_is_claimed() -> None:
    """Each is there, or the other one is: a role whose condition nobody can see makes all of them matter."""
    someone: dict[str, Plain] = {**ACCOUNT, "Principal": {"AWS": "<Somebody>"}}
    found = branches(document([guarded(someone, one, ROLE) for one in MANY]), KEY, ACCOUNTS)
    assert LockoutClass.UNKNOWN in {branch.lockout.lockout for branch in found}
    assert sum(len(branch.ways) + len(branch.untold) for branch in found) <= BRANCHES


def test_what_only_a_doubt_decides_is_no_branch() -> None:
    doubt = Doubt("length(var.administrators) > 0")
    there = document([ACCOUNT]).statements[0]
    policy = document([SERVICE])
    policy = policy._replace(statements=(*policy.statements, there._replace(guards=frozenset({Guard(doubt, True)}))))
    found = {branch.lockout.lockout: branch for branch in branches(policy, KEY, ACCOUNTS)}
    assert found[LockoutClass.NOBODY].ways == ()
    assert found[LockoutClass.NOBODY].untold == (frozenset({Guard(doubt, False)}),)
    assert assess(policy, KEY, ACCOUNTS).lockout is LockoutClass.UNKNOWN


def test_what_is_the_same_in_any_case_hangs_on_nothing() -> None:
    (branch,) = branches(document([guarded(ACCOUNT, "A", {**ACCOUNT, "Sid": "B"})]), KEY, ACCOUNTS)
    assert (branch.ways, branch.lockout.account_administrators) == (IN_ANY_CASE, YES)


FACTS = Facts(
    {
        "IsProd": Equals("Env", "prod"),
        "IsDev": Equals("Env", "dev"),
        "IsTest": Equals("Env", "test"),
        "IsBig": Equals("Size", "big"),
        "IsBigProd": AllOf(frozenset({Guard("IsProd", True), Guard("IsBig", True)})),
    },
    {"Env": frozenset({"prod", "dev", "test"})},
)


@pytest.mark.parametrize(
    ("conditions", "possible"),
    [
        ("", True),
        ("IsProd !IsDev", True),
        ("IsProd IsDev", False),
        ("!IsProd !IsDev", True),
        ("!IsProd !IsDev !IsTest", False),
        ("IsProd IsBig", True),
        ("IsProd IsBig !IsBigProd", False),
        ("IsBigProd !IsProd", False),
        ("IsBigProd IsDev", False),
        ("!IsBigProd IsProd", True),
        ("!IsBigProd IsProd IsBig", False),
        ("IsProd !IsProd", False),
        ("Whatever IsProd", True),
    ],
)
def test_facts(conditions: str, possible: bool) -> None:
    guards = [Guard(word.removeprefix("!"), not word.startswith("!")) for word in conditions.split()]
    assert (FACTS.possible(guards) is YES) is possible
    for number in range(len(guards)):
        given, rest = frozenset(guards[:number]), guards[number:]
        assert (FACTS.under(given).possible(rest) is YES) is possible


def test_facts_that_take_too_long_are_not_known() -> None:
    """Of each of sixty pairs one fails, whichever: 2^60 ways, and in none of them is there a text left for V or W."""
    last = AllOf(frozenset({Guard("V", True), Guard("W", True)}))
    meanings: dict[str, Meaning] = {"Last": last, "V": Equals("v", "a"), "W": Equals("w", "a")}
    pairs = [f"P{number}" for number in range(60)]
    for pair in pairs:
        meanings[pair] = AllOf(frozenset({Guard(f"{pair}X", True), Guard(f"{pair}Y", True)}))
    facts = Facts(meanings, {"v": frozenset({"a"}), "w": frozenset({"a"})})
    started = time.process_time()
    failing = [*(Guard(pair, False) for pair in pairs), Guard("Last", False)]
    assert {facts.possible(failing), facts.possible(failing[::-1])} == {NO, UNKNOWN}
    assert time.process_time() - started < 1


def test_parts_that_are_never_there_are_left_out() -> None:
    policy = document([guarded(guarded(DENY, "IsDev"), "IsProd"), ACCOUNT]).with_facts(FACTS)
    assert [one.guards for one in policy.statements] == [ALWAYS]
