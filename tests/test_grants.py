"""What a grant lets whom do, in a request and over all requests.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kmslint.access.estate_grants import grants_on, is_key
from kmslint.access.grants import Grant, Granted, grants_allow
from kmslint.access.situation import RequestContext, Situation
from kmslint.model.estate import Estate, Language
from kmslint.model.estate import Grant as EstateGrant
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Hole, HoleKind, join
from kmslint.verdict import ALWAYS, NEVER, NO, SOMETIMES, UNDECIDED, UNKNOWN, YES, Truth, Verdict
from plain_policies import HERE, KEY, OWN, Plain, accounts_of, action_of, caller_of, value, words

DEV = f"arn:aws:iam::{OWN}:role/Dev"
SEC = f"arn:aws:iam::{OWN}:role/Sec"

Pairs = tuple[tuple[str, str], ...]

FINANCE: Pairs = (("Dept", "Finance"),)
FINANCE_AND_YEAR: Pairs = (*FINANCE, ("Year", "2026"))
LOWER_CASE: Pairs = (("dept", "Finance"),)
NONE: Pairs = ()


def principal(arn: str) -> Principal:
    kind = PrincipalType.SERVICE if arn.endswith(".amazonaws.com") else PrincipalType.AWS
    return Principal(kind, words(arn))


def grant(*operations: str, to: str = DEV, name: str = "Grant") -> Grant:
    return Grant(name, principal(to), frozenset(operations))


def situation(caller: str, action: str, context: Pairs | None = None) -> Situation:
    carried = None if context is None else RequestContext({}, frozenset(context))
    return Situation(caller_of(caller), action_of(action), KEY, accounts_of(), context=carried)


@pytest.mark.parametrize("context", [None, NONE], ids=["all requests", "one request"])
@pytest.mark.parametrize(
    ("to", "caller", "allowed"),
    [
        (DEV, "role/Dev", ALWAYS),
        (DEV, "assumed-role/Dev/s", ALWAYS),
        (DEV, "role/Sec", NEVER),
        (DEV, "root user", NEVER),
        (DEV, "444455556666 role/Dev", NEVER),
        (DEV, "logs.amazonaws.com", NEVER),
        (f"arn:aws:iam::{OWN}:user/Ann", "user/Ann", ALWAYS),
        (f"arn:aws:sts::{OWN}:assumed-role/Dev/s", "assumed-role/Dev/s", ALWAYS),
        (f"arn:aws:sts::{OWN}:assumed-role/Dev/s", "assumed-role/Dev/t", NEVER),
        (f"arn:aws:sts::{OWN}:federated-user/Ann", "federated-user/Ann", ALWAYS),
        ("arn:aws:iam::444455556666:role/Dev", "444455556666 role/Dev", ALWAYS),
        ("dynamodb.us-east-1.amazonaws.com", "dynamodb.us-east-1.amazonaws.com", ALWAYS),
        ("dynamodb.us-east-1.amazonaws.com", "dynamodb.us-east-2.amazonaws.com", NEVER),
        # Who in an account has what is granted to the account, AWS does not say.
        (f"arn:aws:iam::{OWN}:root", "role/Dev", UNDECIDED),
        (f"arn:aws:iam::{OWN}:root", "root user", UNDECIDED),
        (f"arn:aws:iam::{OWN}:root", "444455556666 role/Dev", NEVER),
        # Whom a parameter names, the template does not say.
        ("<Grantee>", "role/Dev", UNDECIDED),
    ],
)
def test_grantee(to: str, caller: str, allowed: Truth, context: Pairs | None) -> None:
    given = grant("Decrypt", to=to)
    expected = Granted(allowed, (given,)) if allowed is not NEVER else Granted(NEVER, ())
    assert grants_allow([given], situation(caller, "kms:Decrypt", context)) == expected


@pytest.mark.parametrize(
    ("operations", "action", "allowed"),
    [
        (frozenset({"Decrypt"}), "kms:Decrypt", ALWAYS),
        (frozenset({"Decrypt", "Encrypt"}), "kms:Encrypt", ALWAYS),
        (frozenset({"Decrypt"}), "kms:Encrypt", NEVER),
        (frozenset({"kms:Decrypt"}), "kms:Decrypt", NEVER),
        (frozenset(), "kms:Decrypt", NEVER),
        (None, "kms:Decrypt", UNDECIDED),
        # No grant gives these, whatever is written in it.
        (frozenset({"PutKeyPolicy"}), "kms:PutKeyPolicy", NEVER),
        (None, "kms:PutKeyPolicy", NEVER),
        (frozenset({"RevokeGrant"}), "kms:RevokeGrant", NEVER),
    ],
)
def test_operations(operations: frozenset[str] | None, action: str, allowed: Truth) -> None:
    given = Grant("Grant", principal(DEV), operations)
    assert grants_allow([given], situation("role/Dev", action)).allowed == allowed


@pytest.mark.parametrize(("on_key", "allowed"), [(YES, ALWAYS), (UNKNOWN, UNDECIDED), (NO, NEVER)])
def test_whether_it_is_on_the_key(on_key: Verdict, allowed: Truth) -> None:
    given = grant("Decrypt")._replace(on_key=on_key)
    assert grants_allow([given], situation("role/Dev", "kms:Decrypt")).allowed == allowed


EQUALS = grant("Decrypt", "DescribeKey", "Sign", "CreateGrant", "RetireGrant")._replace(equals=FINANCE)
SUBSET = EQUALS._replace(equals=None, subset=FINANCE)
SOME_CONSTRAINT = EQUALS._replace(equals=None, constrained=True)


@pytest.mark.parametrize(
    ("given", "action", "context", "allowed"),
    [
        (EQUALS, "kms:Decrypt", FINANCE, ALWAYS),
        (EQUALS, "kms:Decrypt", FINANCE_AND_YEAR, NEVER),
        (EQUALS, "kms:Decrypt", LOWER_CASE, NEVER),
        (EQUALS, "kms:Decrypt", NONE, NEVER),
        (SUBSET, "kms:Decrypt", FINANCE, ALWAYS),
        (SUBSET, "kms:Decrypt", FINANCE_AND_YEAR, ALWAYS),
        (SUBSET, "kms:Decrypt", LOWER_CASE, NEVER),
        (SUBSET, "kms:Decrypt", NONE, NEVER),
        (SOME_CONSTRAINT, "kms:Decrypt", FINANCE, UNDECIDED),
        # Over all the requests that the grantee can make, some carry what it takes.
        (EQUALS, "kms:Decrypt", None, SOMETIMES),
        (SUBSET, "kms:Decrypt", None, SOMETIMES),
        (SOME_CONSTRAINT, "kms:Decrypt", None, SOMETIMES),
        # Operations that know no encryption context are not constrained.
        (EQUALS, "kms:DescribeKey", NONE, ALWAYS),
        (EQUALS, "kms:DescribeKey", None, ALWAYS),
        (SUBSET, "kms:Sign", NONE, ALWAYS),
        (SOME_CONSTRAINT, "kms:Sign", None, ALWAYS),
        (EQUALS, "kms:RetireGrant", NONE, ALWAYS),
        (SOME_CONSTRAINT, "kms:RetireGrant", None, ALWAYS),
        # A grant made by a constrained grant has to be as strict, which the request's context does not show.
        (EQUALS, "kms:CreateGrant", FINANCE, UNDECIDED),
        (SUBSET, "kms:CreateGrant", NONE, UNDECIDED),
        # A constraint on nothing is none.
        (EQUALS._replace(equals=NONE), "kms:CreateGrant", NONE, ALWAYS),
        (SUBSET._replace(subset=NONE), "kms:CreateGrant", NONE, ALWAYS),
    ],
)
def test_constraints(given: Grant, action: str, context: Pairs | None, allowed: Truth) -> None:
    assert grants_allow([given], situation("role/Dev", action, context)).allowed == allowed


@pytest.mark.parametrize(
    ("caller", "action", "allowed"),
    [
        ("role/Sec", "kms:RetireGrant", ALWAYS),
        ("assumed-role/Sec/s", "kms:RetireGrant", ALWAYS),
        ("role/Sec", "kms:Decrypt", NEVER),
        ("role/Dev", "kms:Decrypt", ALWAYS),
        ("role/Dev", "kms:RetireGrant", NEVER),
        ("role/Ops", "kms:RetireGrant", NEVER),
    ],
)
def test_retiring_principal(caller: str, action: str, allowed: Truth) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html"""
    given = grant("Decrypt")._replace(retiring=principal(SEC))
    assert grants_allow([given], situation(caller, action)).allowed == allowed


def test_grantee_that_may_retire_beside_the_retiring_principal() -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html"""
    given = grant("RetireGrant")._replace(retiring=principal(SEC))
    for caller in ("role/Dev", "role/Sec"):
        assert grants_allow([given], situation(caller, "kms:RetireGrant")).allowed == ALWAYS


def test_each_grant_that_may_allow_is_told() -> None:
    mine, open_one = grant("Decrypt", name="mine"), grant("Decrypt", to="<Grantee>", name="open")
    other = grant("Encrypt", name="another operation")
    asked = situation("role/Dev", "kms:Decrypt")
    assert grants_allow([other, open_one, mine], asked) == Granted(ALWAYS, (open_one, mine))
    assert grants_allow([other, open_one], asked) == Granted(UNDECIDED, (open_one,))
    assert grants_allow([other], asked) == Granted(NEVER, ())
    assert grants_allow([], asked) == Granted(NEVER, ())
    assert grants_allow([EQUALS], asked) == Granted(SOMETIMES, (EQUALS,))


ALL: Sequence[Plain] = ("Decrypt", "Encrypt")


@pytest.mark.parametrize(
    ("key", "grantee", "operations", "expected"),
    [
        ("<key>", DEV, ALL, (DEV, {"Decrypt", "Encrypt"}, YES)),
        ("<Key>", DEV, ALL, (DEV, {"Decrypt", "Encrypt"}, UNKNOWN)),
        ("<other key>", DEV, ALL, None),
        ("<key>", None, ALL, ("${aws_kms_grant.x.grantee_principal}", {"Decrypt", "Encrypt"}, YES)),
        ("<key>", [DEV], ALL, ("${aws_kms_grant.x.grantee_principal}", {"Decrypt", "Encrypt"}, YES)),
        ("<key>", DEV, [], (DEV, set(), YES)),
        ("<key>", DEV, ["Decrypt", "<Operation>"], (DEV, None, YES)),
        ("<key>", DEV, ["Decrypt", "<<Operation>>"], (DEV, None, YES)),
        ("<key>", DEV, "<<Operations>>", (DEV, None, YES)),
    ],
)
def test_what_the_estate_grants_on_a_key(
    key: str, grantee: Plain, operations: Plain, expected: tuple[str, set[str] | None, Verdict] | None
) -> None:
    written = EstateGrant("aws_kms_grant.x", HERE, value(key), value(grantee), value(operations), constrained=True)
    found = list(grants_on(KEY, Estate("x", Language.TERRAFORM, (KEY,), grants=(written,))))
    told = [(str(one.grantee.value), one.operations, one.on_key) for one in found]
    assert told == ([] if expected is None else [expected])
    assert {(one.name, one.constrained, one.grantee.at) for one in found} <= {("aws_kms_grant.x", True, HERE)}


def test_a_grant_to_nobody_knows_whom_may_be_to_anybody() -> None:
    unseen = EstateGrant("x", HERE, value("<key>"), None, value(ALL), constrained=False)
    found = grants_on(KEY, Estate("x", Language.TERRAFORM, (KEY,), grants=(unseen,)))
    assert grants_allow(found, situation("role/Dev", "kms:Decrypt")).allowed == UNDECIDED


def test_the_account_in_the_arn_of_a_key_says_nothing_about_its_id() -> None:
    """It may be taken out of the ARN of one key, and stand beside the id of another."""
    account = Hole(HoleKind.OWN_ACCOUNT, "account", resource="Key")
    arn = join(("arn:aws:kms:us-east-1:", account, ":key/", Hole(HoleKind.PARAMETER, "Id")), HERE)
    assert is_key(arn, KEY) is UNKNOWN


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        ("<key>", YES),
        ("arn:aws:kms:<region>:<own>:key/<key>", YES),
        ("<other key>", NO),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", NO),
        ("arn:aws:kms:<region>:<own>:key/1234abcd-12ab-34cd-56ef-1234567890ab", NO),
        ("<Parameter>", UNKNOWN),
        ("arn:aws:kms:<region>:<own>:key/<Parameter>", UNKNOWN),
        ("<<Anything>>", UNKNOWN),
    ],
)
def test_a_literal_key_id_is_that_of_a_key_that_is_not_here(written: str, verdict: Verdict) -> None:
    assert is_key(value(written), KEY) is verdict
    assert is_key(None, KEY) is UNKNOWN
