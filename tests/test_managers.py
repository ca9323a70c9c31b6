"""Who is asked about when a key's managers are looked for, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest

from kmslint.access.caller import FRESH, CallerKind
from kmslint.access.lockout import LockoutClass, anybody_may, assess, branch_of, branches
from kmslint.access.managers import (
    Holder,
    Managers,
    Question,
    arn_patterns,
    exempted_principals,
    managers,
    named_principals,
    open_questions,
)
from kmslint.access.other_policies import ADMINISTRATOR, OtherPolicies
from kmslint.access.principals import Form
from kmslint.access.situation import Situation
from kmslint.access.undecided import undecided
from kmslint.aws.actions import CREATE_GRANT, PUT_KEY_POLICY
from kmslint.model.facts import AllOf, Facts
from kmslint.model.policy import Document, Principal, PrincipalType
from kmslint.model.ways import when_in
from kmslint.values import Doubt, Guard
from kmslint.verdict import ALWAYS, NEVER, NO, SOMETIMES, UNDECIDED, UNKNOWN, YES, Truth, Verdict
from plain_policies import FOREIGN, KEY, OWN, Plain, accounts_of, document, words

ACCOUNTS = accounts_of()
ON_ALL: dict[str, Plain] = {"Action": "kms:*", "Resource": "*"}


def arn(name: str, account: str = OWN) -> str:
    service = "sts" if name.startswith("assumed-role/") else "iam"
    return f"arn:aws:{service}::{account}:{name}"


def allow(principal: Plain, **more: Plain) -> dict[str, Plain]:
    return {"Effect": "Allow", "Principal": principal, **ON_ALL, **more}


def deny(principal: Plain = "*", **more: Plain) -> dict[str, Plain]:
    return {"Effect": "Deny", "Principal": principal, **ON_ALL, **more}


def role(name: str) -> dict[str, Plain]:
    return allow({"AWS": arn(f"role/{name}")})


def sparing(*names: str) -> dict[str, Plain]:
    return {"Effect": "Deny", "NotPrincipal": {"AWS": list(names)}, **ON_ALL}


def by_arn(operator: str, *values: str, effect: str = "Allow") -> dict[str, Plain]:
    condition: Plain = {operator: {"AWS:principalARN": list(values)}}
    return {"Effect": effect, "Principal": "*", **ON_ALL, "Condition": condition}


ACCOUNT = allow({"AWS": OWN})
ROOT_USER = allow({"AWS": OWN}, Condition={"StringEquals": {"aws:PrincipalType": "Account"}})
MFA: Plain = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
PERHAPS: Plain = {"StringEquals": {"aws:PrincipalAccount": "<Account>"}}


class Asked(NamedTuple):
    """Who was asked about, and whether with the policies of an administrator."""

    who: str
    with_iam: bool


def told(situation: Situation, others: OtherPolicies) -> Asked:
    caller = situation.caller
    if caller.kind is CallerKind.ROOT_USER:
        who = "root user"
    elif caller.unnamed and str(caller.arn).endswith(f"/{FRESH}"):
        who = f"some {caller.kind.value}"
    else:
        who = str(caller.session or caller.arn).rpartition(":")[2].replace(FRESH, "*")
    return Asked(who, others is ADMINISTRATOR)


def asked_of(questions: Iterable[Question]) -> list[Asked]:
    return [told(*question) for question in questions]


def found_for(policy: Document, answers: dict[str, Truth] | None = None) -> tuple[Managers, list[Asked]]:
    """The managers if those are the answers, and NO is every other; and who was asked about."""
    asked: list[Asked] = []

    def answer(situation: Situation, others: OtherPolicies) -> Truth:
        assert situation.action is PUT_KEY_POLICY
        assert situation.key is KEY
        assert situation.accounts is ACCOUNTS
        one = told(situation, others)
        asked.append(one)
        return (answers or {}).get(f"{one.who}{' with IAM' if one.with_iam else ''}", NEVER)

    return managers(policy, KEY, ACCOUNTS, answer), asked


ABSTRACT = [("some role", True), ("some user", True), ("root user", True), ("some role", False), ("some user", False)]


def test_the_abstract_callers_are_asked_about_whatever_the_policy_says() -> None:
    assert sorted(found_for(document([]))[1]) == sorted(ABSTRACT)


@pytest.mark.parametrize(
    ("answered", "administrators", "anyone", "root_user"),
    [
        ("some role with IAM", YES, NO, NO),
        ("some user with IAM", YES, NO, NO),
        ("some role", NO, YES, NO),
        ("some user", NO, YES, NO),
        ("root user with IAM", NO, NO, YES),
    ],
)
def test_one_of_them_is_enough(answered: str, administrators: Verdict, anyone: Verdict, root_user: Verdict) -> None:
    for truth in (ALWAYS, SOMETIMES):
        found, _ = found_for(document([]), {answered: truth})
        assert (found.account_administrators, found.anyone, found.root_user) == (administrators, anyone, root_user)
        assert found.durable is (NO if answered.startswith("root") else YES)
        assert found.deletable is NO


def test_whom_the_policy_names_is_asked_about_without_iam_and_each_once() -> None:
    twice = allow({"AWS": [arn("role/A"), arn("user/B"), arn("assumed-role/C/s")]})
    found, asked = found_for(document([twice, role("A")]), {"role/A": SOMETIMES, "user/B": UNDECIDED})
    assert asked[:2] == [("some role", True), ("some user", True)]
    assert [each for each in asked if each not in ABSTRACT] == [
        ("role/A", False),
        ("user/B", False),
        ("assumed-role/C/s", False),
    ]
    assert [(str(one.principal.value), one.form, one.may) for one in found.named] == [
        (arn("role/A"), Form.ROLE, SOMETIMES),
        (arn("user/B"), Form.USER, UNDECIDED),
    ]
    assert (found.deletable, found.durable) == (YES, NO)


def test_whom_a_deny_spares_is_asked_about_with_iam_unless_it_is_named_too() -> None:
    policy = document([role("A"), sparing(arn("role/A"), arn("role/B"))])
    answers = {"role/A": ALWAYS, "role/A with IAM": SOMETIMES, "role/B with IAM": SOMETIMES}
    found, asked = found_for(policy, answers)
    assert ("role/B", True) in asked
    assert [(str(one.principal.value), one.statement.position, one.may) for one in found.named] == [
        (arn("role/A"), 0, ALWAYS),
        (arn("role/B"), 1, SOMETIMES),
    ]


@pytest.mark.parametrize(("answer", "is_asked"), [(ALWAYS, False), (SOMETIMES, False), (UNDECIDED, True)])
def test_where_administrators_may_whom_a_deny_spares_adds_nothing(answer: Truth, is_asked: bool) -> None:
    _, asked = found_for(document([sparing(arn("role/B"))]), {"some role with IAM": answer})
    assert (("role/B", True) in asked) is is_asked


@pytest.mark.parametrize(("answer", "with_iam"), [(ALWAYS, False), (NEVER, True), (UNDECIDED, True)])
def test_patterns_are_asked_about_with_iam_where_iam_does_not_decide_anyway(answer: Truth, with_iam: bool) -> None:
    policy = document([by_arn("ArnLike", arn("role/admin-*"))])
    who = f"role/admin-*{' with IAM' if with_iam else ''}"
    found, asked = found_for(policy, {"some role with IAM": answer, who: SOMETIMES})
    assert ("role/admin-*", with_iam) in asked
    assert ("role/admin-*", not with_iam) not in asked
    assert [one.may for one in found.patterns] == [SOMETIMES]
    assert found.durable is YES


def test_a_principal_of_another_account_is_no_manager() -> None:
    policy = document([allow({"AWS": [arn("role/A", FOREIGN), arn("role/B", "<Account>")]})])
    found, _ = found_for(policy, {"role/A": ALWAYS, "role/B": ALWAYS})
    assert [(str(one.principal.value), one.may) for one in found.named] == [(arn("role/B", "${Account}"), UNDECIDED)]


NAMED = [
    (allow({"AWS": ["<deployer>", "<role Dev>", arn("role/A")]}), 3),
    (allow({"AWS": [OWN, "*", "<Somebody>", arn("group/A"), "AROAJQABLZS4A3QDU576Q"]}), 0),
    (allow({"Service": "logs.amazonaws.com", "Federated": "cognito-identity.amazonaws.com"}), 0),
    (allow({"AWS": arn("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")}), 0),
    (deny({"AWS": arn("role/A")}), 0),
    (allow({"AWS": arn("role/A")}, Effect="<Effect>"), 1),
    (sparing(arn("role/A")), 0),
]


@pytest.mark.parametrize(("plain", "count"), NAMED)
def test_whom_allow_statements_name(plain: Plain, count: int) -> None:
    assert len(list(named_principals(document([plain])))) == count


SPARED = [
    (sparing(arn("role/A"), arn("user/B"), OWN, arn("role/aws-service-role/x.amazonaws.com/X")), 2),
    ({**sparing(arn("role/A")), "Effect": "Allow"}, 0),
    ({**sparing(arn("role/A")), "Effect": "<Effect>"}, 0),
    (role("A"), 0),
]


@pytest.mark.parametrize(("plain", "count"), SPARED)
def test_whom_a_deny_spares(plain: Plain, count: int) -> None:
    assert len(list(exempted_principals(document([plain])))) == count


PATTERNS = [
    (by_arn("ArnLike", arn("role/A*"), arn("user/B")), [arn("role/A*"), arn("user/B")]),
    (by_arn("StringNotEquals", arn("role/A"), effect="Deny"), [arn("role/A")]),
    (by_arn("StringNotEquals", arn("role/A")), []),
    (by_arn("StringEquals", arn("role/A"), effect="Deny"), []),
    (by_arn("ArnLike", arn("root"), arn("assumed-role/A/*"), arn("role/aws-service-role/*"), "<<Unknown>>", "x"), []),
    ({**by_arn("ArnLike", arn("role/A")), "Condition": {"ArnLike": {"aws:SourceArn": arn("role/A")}}}, []),
    ({**by_arn("ArnLike", arn("role/A")), "Condition": "<<Condition>>"}, []),
]


@pytest.mark.parametrize(("plain", "names"), PATTERNS)
def test_the_names_by_which_conditions_let_somebody_in(plain: Plain, names: list[str]) -> None:
    found = [principal for principal, _ in arn_patterns(document([plain]))]
    assert [str(principal.value) for principal in found] == names
    assert all(principal.type is PrincipalType.AWS for principal in found)


NOTHING_KNOWN = Managers(NO, NO, NO, (), ())


def holder(name: str, may: Truth = UNDECIDED) -> Holder:
    statement = document([role("A")]).statements[0]
    return Holder(Principal(PrincipalType.AWS, words(arn(name))), statement, Form.ROLE, may)


OPEN_QUESTIONS = [
    (
        NOTHING_KNOWN._replace(account_administrators=UNKNOWN, root_user=UNKNOWN, patterns=(holder("role/X*"),)),
        [("some role", True), ("some user", True), ("some role", False), ("some user", False), ("role/X*", True)],
    ),
    (NOTHING_KNOWN._replace(root_user=UNKNOWN, named=(holder("role/A"),)), [("root user", True)]),
    (NOTHING_KNOWN._replace(named=(holder("role/A"), holder("role/B"))), [("role/A", False), ("role/B", True)]),
]


@pytest.mark.parametrize(("found", "questions"), OPEN_QUESTIONS)
def test_whom_an_open_class_hangs_on(found: Managers, questions: list[tuple[str, bool]]) -> None:
    """A is named in the policy, and B spared by a Deny."""
    policy = document([role("A"), sparing(arn("role/B"))])
    each = list(open_questions(found, policy, KEY, ACCOUNTS))
    assert asked_of(each) == questions
    for situation, _ in each:
        assert situation[1:4] == (PUT_KEY_POLICY, KEY, ACCOUNTS)


def test_those_who_certainly_may_are_told_before_those_who_perhaps_may() -> None:
    perhaps = allow({"AWS": arn("role/B")}, Condition=PERHAPS)
    found = assess(document([perhaps, role("A")]), KEY, ACCOUNTS)
    assert [str(one.principal.value) for one in found.holders()] == [arn("role/A")]
    with_mfa = {**role("A"), "Condition": MFA}
    found = assess(document([perhaps, with_mfa]), KEY, ACCOUNTS)
    assert [str(one.principal.value) for one in found.holders()] == [arn("role/A")]
    found = assess(document([perhaps]), KEY, ACCOUNTS)
    assert [str(one.principal.value) for one in found.holders()] == [arn("role/B")]


@pytest.mark.parametrize(
    ("plain", "verdict"),
    [
        ([ACCOUNT], YES),
        ([ROOT_USER], YES),
        ([role("A")], YES),
        ([ACCOUNT, deny(Condition={"StringEquals": {"aws:PrincipalType": "Account"}})], YES),
        ([], NO),
        ([allow({"AWS": "<Somebody>"})], UNKNOWN),
        ([{**role("A"), "Action": "kms:PutKeyPolicy"}], NO),
        ([{**role("A"), "Action": "kms:CreateGrant"}], YES),
    ],
)
def test_whether_anybody_may_use_an_action(plain: list[Plain], verdict: Verdict) -> None:
    assert anybody_may(document(plain), KEY, ACCOUNTS, CREATE_GRANT) is verdict


def when(condition: str, then: Plain, other: Plain = None) -> Plain:
    return {"if": condition, "then": then, "else": other}


def test_each_class_comes_with_the_conditions_for_it() -> None:
    policy = document([when("C", ACCOUNT, role("A"))])
    each = branches(policy, KEY, ACCOUNTS)
    assert [(one.lockout.lockout, when_in(one.ways)) for one in each] == [
        (LockoutClass.NONE, " when C is true"),
        (LockoutClass.DELETABLE_ONLY, " when C is false"),
    ]
    assert [len(one.document.statements) for one in each] == [1, 1]
    assert assess(policy, KEY, ACCOUNTS).lockout is LockoutClass.UNKNOWN
    assert branch_of(LockoutClass.NOBODY, policy, KEY, ACCOUNTS) is None
    found = branch_of(LockoutClass.DELETABLE_ONLY, policy, KEY, ACCOUNTS)
    assert found == each[1]
    assert all(not one.untold and not one.hanging for one in each)


def test_one_class_in_every_way_comes_without_conditions() -> None:
    (only,) = branches(document([when("C", role("A"), role("B"))]), KEY, ACCOUNTS)
    assert when_in(only.ways) == ""
    assert only.lockout.lockout is LockoutClass.DELETABLE_ONLY
    # Each of them may in one way only, so that of neither it is certain.
    assert {str(one.principal.value): one.may for one in only.lockout.named} == {
        arn("role/A"): UNDECIDED,
        arn("role/B"): UNDECIDED,
    }


def test_who_may_in_every_way_of_a_class_may_in_the_class() -> None:
    (only,) = branches(document([role("A"), when("C", role("B"), role("D"))]), KEY, ACCOUNTS)
    assert {str(one.principal.value).rpartition("/")[2]: one.may.some for one in only.lockout.named} == {
        "A": YES,
        "B": UNKNOWN,
        "D": UNKNOWN,
    }
    with_mfa = {**role("A"), "Condition": MFA}
    (only,) = branches(document([when("C", role("A"), with_mfa), when("C", None, role("B"))]), KEY, ACCOUNTS)
    assert {str(one.principal.value).rpartition("/")[2]: one.may for one in only.lockout.named}["A"] == UNDECIDED


def test_who_may_whichever_way_a_condition_comes_out_certainly_may() -> None:
    (only,) = branches(document([when("C", role("A"), role("A"))]), KEY, ACCOUNTS)
    assert [(str(one.principal.value), one.may) for one in only.lockout.named] == [(arn("role/A"), ALWAYS)]


def test_verdicts_that_differ_within_a_class_are_open() -> None:
    everybody = allow("*", Condition={"StringEquals": {"kms:CallerAccount": OWN}})
    (only,) = branches(document([when("C", ACCOUNT, everybody)]), KEY, ACCOUNTS)
    found = only.lockout
    assert (found.lockout, found.account_administrators, found.anyone) == (LockoutClass.NONE, YES, UNKNOWN)


def test_a_class_that_only_a_doubt_tells_from_others_has_no_ways() -> None:
    policy = document([role("A"), when("D", ACCOUNT)])
    doubted = policy.statements[1]
    guards = frozenset(guard._replace(condition=Doubt("D")) for guard in doubted.guards)
    policy = policy._replace(statements=(policy.statements[0], doubted._replace(guards=guards)))
    each = branches(policy, KEY, ACCOUNTS)
    assert [one.ways for one in each] == [(), ()]
    assert all(one.untold for one in each)
    assert branch_of(LockoutClass.DELETABLE_ONLY, policy, KEY, ACCOUNTS) is None
    found = undecided(policy, KEY, ACCOUNTS)
    assert found is not None
    assert (found.lockout, when_in(found.ways), found.conditions) == (True, "", ("D",))


USED = allow({"AWS": OWN}, Action="kms:Decrypt")
PERHAPS_USED: dict[str, Plain] = {**USED, "Condition": PERHAPS}
UNDECIDED_CASES = [
    # The class is open, so it is named; of several reasons that one alone.
    ([allow({"AWS": "<Somebody>"})], True, "", 1),
    ([when("C", role("A"), allow({"AWS": "<Somebody>"}))], True, " when C is false", 1),
    # Who manages the key is known; whether IAM gives anything is not.
    ([role("A"), PERHAPS_USED], False, "", 2),
    ([role("A"), when("C", PERHAPS_USED)], False, " when C is true", 2),
    ([role("A"), when("C", PERHAPS_USED, USED)], False, " when C is true", 2),
]


@pytest.mark.parametrize(("plain", "is_lockout", "ways", "statements"), UNDECIDED_CASES)
def test_what_there_is_no_verdict_on(plain: list[Plain], is_lockout: bool, ways: str, statements: int) -> None:
    found = undecided(document(plain), KEY, ACCOUNTS)
    assert found is not None
    assert (found.lockout, when_in(found.ways), found.conditions) == (is_lockout, ways, ())
    assert len(found.document.statements) == statements


@pytest.mark.parametrize("plain", [[ACCOUNT], [role("A")], [], [when("C", ACCOUNT, role("A"))], [when("C", ACCOUNT)]])
def test_a_verdict_in_every_branch_is_one(plain: list[Plain]) -> None:
    assert undecided(document(plain), KEY, ACCOUNTS) is None


def test_delegation_that_only_a_doubt_tells_is_undecided() -> None:
    policy = document([role("A"), when("D", USED)])
    first, doubted = policy.statements
    guards = frozenset(guard._replace(condition=Doubt("D")) for guard in doubted.guards)
    found = undecided(policy._replace(statements=(first, doubted._replace(guards=guards))), KEY, ACCOUNTS)
    assert found is not None
    assert (found.lockout, when_in(found.ways), found.conditions) == (False, "", ("D",))


TOO_MANY = [
    ([when("C1", ACCOUNT, role("A")), when("C2", ACCOUNT, role("B"))], True),
    ([when("C1", USED), role("A"), when("C2", USED)], False),
]


@pytest.mark.parametrize(("plain", "is_lockout"), TOO_MANY)
def test_what_was_too_much_to_look_at_is_named(
    plain: list[Plain], is_lockout: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kmslint.limits.BRANCHES", 2)
    policy = document(plain)
    unknown = [one for one in branches(policy, KEY, ACCOUNTS) if one.lockout.lockout is LockoutClass.UNKNOWN]
    assert [(when_in(one.ways), set(one.hanging)) for one in unknown] == [(" when C1 is false", {"C2"})] * is_lockout
    found = undecided(policy, KEY, ACCOUNTS)
    assert found is not None
    assert (found.lockout, when_in(found.ways), found.conditions) == (is_lockout, " when C1 is false", ("C2",))


def test_what_makes_no_difference_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where the class is known, nor the conditions for those who certainly may not."""
    monkeypatch.setattr("kmslint.limits.BRANCHES", 2)
    users: Plain = {"StringEquals": {"aws:PrincipalType": "User"}}
    for plain in (
        [role("A"), when("C1", role("B")), when("C2", role("C"))],
        [allow({"AWS": "<Somebody>"}), when("C", allow({"AWS": OWN}, Condition=users)), deny(Condition=users)],
    ):
        (only,) = branches(document(plain), KEY, ACCOUNTS)
        assert not only.hanging


def test_what_holds_in_some_requests_hangs_on_conditions_like_any_other() -> None:
    policy = document([when("C", allow({"AWS": OWN}, Condition=MFA))])
    assert {one.lockout.lockout: when_in(one.ways) for one in branches(policy, KEY, ACCOUNTS)} == {
        LockoutClass.NONE: " when C is true",
        LockoutClass.NOBODY: " when C is false",
    }


def test_a_root_user_who_perhaps_may_is_no_root_user_who_may() -> None:
    condition: Plain = {"StringEquals": {"aws:PrincipalType": "Account", "aws:PrincipalAccount": "<Account>"}}
    assert assess(document([allow({"AWS": OWN}, Condition=condition)]), KEY, ACCOUNTS).lockout is LockoutClass.UNKNOWN


OF_OWN: Plain = {"StringEquals": {"aws:PrincipalAccount": OWN}}
PRESUMED = [
    ([role("A")], None, LockoutClass.DELETABLE_ONLY, True),
    ([role("A")], OWN, LockoutClass.DELETABLE_ONLY, False),
    ([], None, LockoutClass.NOBODY, False),
    ([allow({"AWS": OWN}, Action="kms:Decrypt")], None, LockoutClass.NOBODY, True),
    # Nobody is left only if the account that the Deny names is the own one.
    ([allow("*"), deny(Condition=OF_OWN)], OWN, LockoutClass.NOBODY, False),
    ([allow("*"), deny(Condition=OF_OWN)], None, LockoutClass.UNKNOWN, True),
]


@pytest.mark.parametrize(("plain", "account", "class_", "is_presumed"), PRESUMED)
def test_what_rests_on_a_presumed_account(
    plain: list[Plain], account: str | None, class_: LockoutClass, is_presumed: bool
) -> None:
    policy = document(plain)
    found = assess(policy, KEY, accounts_of(policy, configured=account))
    assert (found.lockout, found.presumed) == (class_, is_presumed)


def test_what_rests_on_a_presumption_in_one_way_rests_on_it() -> None:
    policy = document([when("C", role("A"), allow({"AWS": "<deployer>"}))])
    accounts = accounts_of(policy, configured=None)
    assert assess(policy, KEY, accounts).presumed
    assert [one.lockout.presumed for one in branches(policy, KEY, accounts)] == [True]


def doubted(policy: Document, name: str) -> Document:
    """The policy in which that condition is a doubt."""
    statements = (
        one._replace(
            guards=frozenset(
                guard._replace(condition=Doubt(name)) if guard.condition == name else guard for guard in one.guards
            )
        )
        for one in policy.statements
    )
    return policy._replace(statements=tuple(statements))


DOUBTED = [
    ([role("A"), when("D", ACCOUNT), when("C", role("B"))], True),
    ([role("A"), when("D", PERHAPS_USED, USED)], False),
    ([role("A"), when("D", PERHAPS_USED)], False),
]


@pytest.mark.parametrize(("plain", "is_lockout"), DOUBTED)
def test_what_hangs_on_a_doubt_is_undecided_and_the_doubt_is_named(plain: list[Plain], is_lockout: bool) -> None:
    found = undecided(doubted(document(plain), "D"), KEY, ACCOUNTS)
    assert found is not None
    assert (found.lockout, when_in(found.ways), found.conditions) == (is_lockout, "", ("D",))


UNLESS_A = Facts({"D": AllOf(frozenset({Guard("A", False)}))}, {})


@pytest.mark.parametrize(
    "plain",
    [
        # With D the key is managed by the account; without it A is true, which tells it from the other way.
        [USED, when("D", ACCOUNT), when("A", role("A"))],
        [role("R"), when("D", USED), when("A", None, USED)],
    ],
)
def test_only_a_doubt_about_what_is_bad_makes_it_undecided(plain: list[Plain]) -> None:
    assert undecided(doubted(document(plain), "D").with_facts(UNLESS_A), KEY, ACCOUNTS) is None
