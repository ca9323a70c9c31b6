"""Condition operators: what a value of a request is compared with, and how.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from unittest.mock import patch

import pytest

from kmslint.access import operators
from kmslint.access.caller import FRESH
from kmslint.access.conditions import conditions_hold
from kmslint.access.moments import moment
from kmslint.access.operators import base_operator, holds, is_acceptable
from kmslint.access.situation import RequestContext, Situation, account_is, is_own
from kmslint.model.accounts import Accounts
from kmslint.values import Text, Unknown, text
from kmslint.verdict import ALWAYS, NEVER, NO, SOMETIMES, UNDECIDED, UNKNOWN, YES, Truth, Verdict
from plain_policies import FOREIGN, HERE, KEY, OWN, Plain, accounts_of, action_of, caller_of, document, value, words

JANUARY = 1577836800
"""The beginning of 2020."""
DAY = 86400


def situation(caller: str = "role/Dev", accounts: Accounts | None = None) -> Situation:
    return Situation(caller_of(caller), action_of("kms:Decrypt"), KEY, accounts or accounts_of())


def request_with(key: str, *values: str, caller: str = "role/Dev") -> Situation:
    carried = {key.lower(): tuple(text(one, HERE) for one in values)}
    return situation(caller)._replace(context=RequestContext(carried))


def hold(operator: str, key: str, wanted: Plain, asked: Situation, version: str = "2012-10-17") -> Truth:
    read = document([{"Effect": "Allow", "Condition": {operator: {key: wanted}}}], version)
    return conditions_hold(read.statements[0], asked)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2020", JANUARY),
        ("2020-01", JANUARY),
        ("2020-02", JANUARY + 31 * DAY),
        ("2020-01-02", JANUARY + DAY),
        ("2020-01-01T01:02Z", JANUARY + 3720),
        ("2020-01-01T01:02:03Z", JANUARY + 3723),
        ("2020-01-01T01:02:03", JANUARY + 3723),
        ("2020-01-01T00:00:00.5Z", JANUARY + 0.5),
        ("2020-01-01T00:00:00+00:00", JANUARY),
        ("2020-01-01T05:30:00+05:30", JANUARY),
        ("2020-01-01T00:00:00+05:45", JANUARY - 5 * 3600 - 45 * 60),
        ("2019-12-31T16:00:00-08:00", JANUARY),
        ("2020-01-01T00:00:00-03:30", JANUARY + 3 * 3600 + 30 * 60),
        ("1577836800", JANUARY),
        ("1577836800.25", JANUARY + 0.25),
        ("1970-01-01T00:00:01Z", 1),
        ("2020-13", None),
        ("2020-02-30", None),
        ("2020-1-1", None),
        ("2020-01-01T25:00Z", None),
        ("2020-01-01 00:00:00", None),
        ("2020-01-01T00:00:00z", None),
        ("2020-01-01T00Z", None),
        ("01/01/2020", None),
        ("20200", 20200),
        ("202", None),
        ("now", None),
        ("", None),
    ],
)
def test_dates(written: str, seconds: float | None) -> None:
    """https://www.w3.org/TR/NOTE-datetime has the forms, and AWS takes seconds since 1970."""
    assert moment(written) == seconds


@pytest.mark.parametrize(
    ("operator", "wanted", "answer"),
    [
        ("NumericEquals", "10", True),
        ("NumericEquals", "-1.5", True),
        ("NumericEquals", "ten", False),
        ("NumericLessThan", "", False),
        ("DateEquals", "2020-01-01", True),
        ("DateEquals", "1577836800", True),
        ("DateGreaterThan", "tomorrow", False),
        ("IpAddress", "10.0.0.0/8", True),
        ("IpAddress", "10.1.2.3/8", True),
        ("IpAddress", "10.1.2.3", True),
        ("IpAddress", "2001:db8::/32", True),
        ("NotIpAddress", "10.0.0.0/33", False),
        ("NotIpAddress", "vpce-1", False),
        ("Null", "true", True),
        ("Null", "FALSE", True),
        ("Null", "yes", False),
        ("Bool", "yes", True),
        ("BinaryEquals", "eA==", True),
        ("StringEquals", "ten", True),
        ("ArnLike", "ten", True),
    ],
)
def test_which_values_an_operator_takes(operator: str, wanted: str, answer: bool) -> None:
    base = base_operator(operator)
    assert base is not None
    assert is_acceptable(base, words(wanted)) is answer


@pytest.mark.parametrize("operator", ["NumericEquals", "DateEquals", "IpAddress", "Null"])
@pytest.mark.parametrize("wanted", ["<Value>", "<<Value>>", "1<Value>"])
def test_a_value_that_cannot_be_seen_is_taken(operator: str, wanted: str) -> None:
    base, unseen = base_operator(operator), value(wanted)
    assert base is not None
    assert isinstance(unseen, Text | Unknown)
    assert is_acceptable(base, unseen)


@pytest.mark.parametrize(
    ("operator", "wanted", "carried", "verdict"),
    [
        ("NumericEquals", "5", "5.0", YES),
        ("NumericEquals", "+5", "5", YES),
        ("NumericEquals", "9007199254740993", "9007199254740992", NO),
        ("NumericLessThan", "5", "4", YES),
        ("NumericLessThan", "5", "5", NO),
        ("NumericLessThan", "-5", "-5.5", YES),
        ("NumericLessThanEquals", "5", "5", YES),
        ("NumericLessThanEquals", "5", "5.1", NO),
        ("NumericGreaterThan", "5", "10", YES),
        ("NumericGreaterThan", "5", "5", NO),
        ("NumericGreaterThanEquals", "5", "5", YES),
        ("NumericGreaterThanEquals", "5", "4", NO),
        ("NumericEquals", "5", "five", UNKNOWN),
        ("NumericEquals", "five", "5", UNKNOWN),
        ("NumericEquals", "<Days>", "5", UNKNOWN),
        ("NumericEquals", "5", "<Days>", UNKNOWN),
        ("DateEquals", "2020-01-01", "2020-01-01T01:00:00+01:00", YES),
        ("DateEquals", "2020", "1577836800", YES),
        ("DateLessThan", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00Z", YES),
        ("DateGreaterThan", "2020-01-01", "2020-01-01", NO),
        ("DateGreaterThan", "soon", "2020-01-01", UNKNOWN),
        ("DateGreaterThan", "2020-01-01", "soon", UNKNOWN),
        ("Bool", "TRUE", "true", YES),
        ("Bool", "false", "true", NO),
        ("BinaryEquals", "eA==", "eA==", YES),
        ("BinaryEquals", "eA==", "EA==", NO),
        ("IpAddress", "10.0.0.0/8", "10.255.0.1", YES),
        ("IpAddress", "10.9.8.7/8", "10.255.0.1", YES),
        ("IpAddress", "10.0.0.0/8", "11.0.0.1", NO),
        ("IpAddress", "10.0.0.1", "10.0.0.1", YES),
        ("IpAddress", "10.0.0.1", "10.0.0.2", NO),
        ("IpAddress", "2001:db8::/32", "2001:0DB8::1", YES),
        ("IpAddress", "2001:db8::/32", "10.0.0.1", NO),
        ("IpAddress", "10.0.0.0/8", "here", UNKNOWN),
        ("IpAddress", "there", "10.0.0.1", UNKNOWN),
        ("StringEquals", "a*", "a*", YES),
        ("StringEquals", "a*", "ab", NO),
        ("StringEquals", "A", "a", NO),
        ("StringEqualsIgnoreCase", "A", "a", YES),
        ("StringEqualsIgnoreCase", "a*", "ab", NO),
        ("StringLike", "a*", "ab", YES),
        ("StringLike", "a?", "abc", NO),
        ("StringLike", "A*", "ab", NO),
        ("StringEquals", "a<X>", "b", NO),
        ("StringEquals", "a<X>", "ab", UNKNOWN),
        ("ArnEquals", "arn:aws:sns:*:*:t", f"arn:aws:sns:eu-west-1:{OWN}:t", YES),
        ("ArnLike", "arn:aws:sns:*:t", f"arn:aws:sns:eu-west-1:{OWN}:t", NO),
        ("ArnLike", "arn:aws:s*:*", f"arn:aws:sns:eu-west-1:{OWN}:t", NO),
        ("ArnLike", "arn:aws:sns", f"arn:aws:sns:eu-west-1:{OWN}:t", NO),
        ("ArnLike", "arn:aws:sns:*:*:t", "arn:aws:sns", NO),
        ("ArnLike", "arn:aws:sns:*:*:*", f"arn:aws:sns:eu-west-1:{OWN}:t:subscription", YES),
        ("ArnLike", "arn:aws:sns:*:*:t:s", f"arn:aws:sns:eu-west-1:{OWN}:t:s", YES),
        ("ArnLike", "arn:aws:sns:eu-*:*:?", f"arn:aws:sns:eu-west-1:{OWN}:t", YES),
        ("ArnLike", "*:*:*:*:*:*", "one:two:three:four:five:six", NO),
        ("ArnLike", "*", f"arn:aws:sns:eu-west-1:{OWN}:t", YES),
        ("ArnLike", "*", "t", YES),
        ("ArnLike", "t", "t", NO),
        ("ArnLike", "<Topic>", f"arn:aws:sns:eu-west-1:{OWN}:t", UNKNOWN),
        ("ArnLike", "arn:aws:sns:*:*:t", "<Topic>", UNKNOWN),
        ("ArnLike", "<Topic>", "<Topic>", YES),
        ("ArnLike", "x<Topic>", f"arn:aws:sns:eu-west-1:{OWN}:t", NO),
    ],
)
def test_one_value_against_another(operator: str, wanted: str, carried: str, verdict: Verdict) -> None:
    base = base_operator(operator)
    assert base is not None
    assert (
        holds(base, (words(wanted),), words(carried), situation(), "aws:sourcevpce", literal_variables=False) is verdict
    )


@pytest.mark.parametrize(
    ("operator", "carried", "wanted", "truth"),
    [
        ("StringEquals", "x*", "x${*}", ALWAYS),
        ("StringEquals", "xy", "x${*}", NEVER),
        ("StringEquals", "x?", "x${?}", ALWAYS),
        ("StringEquals", "x*", "x*", ALWAYS),
        ("StringNotEquals", "xy", "x${*}", ALWAYS),
        ("StringLike", "x*", "x${*}", ALWAYS),
        ("StringLike", "xy", "x${*}", NEVER),
        ("StringNotLike", "xy", "x*", NEVER),
        ("StringNotEqualsIgnoreCase", "a", "A", NEVER),
        ("ArnEquals", "arn:aws:sns:eu-west-1:1:AssumedRole", "arn:aws:sns:*:*:${aws:PrincipalType}", ALWAYS),
        ("StringEquals", "AssumedRole", "${aws:PrincipalType}", ALWAYS),
        ("StringEquals", "x", "${aws:PrincipalTag/team}", NEVER),
        ("StringNotEquals", "x", "${aws:PrincipalTag/team}", ALWAYS),
        ("NumericEquals", "5", "${aws:PrincipalTag/team}", NEVER),
        ("Bool", "true", "${aws:PrincipalTag/team}", UNDECIDED),
        ("NumericEquals", "5", ["5", "x"], NEVER),
        ("NumericEquals", "5", ["4", "5"], ALWAYS),
        ("NumericEquals", "5", "4", NEVER),
        ("NumericNotEquals", "5", ["4", "5"], NEVER),
        ("NumericEquals", "x", "5", UNDECIDED),
        ("NullIfExists", "x", "false", NEVER),
        ("StringsEqual", "x", "x", NEVER),
    ],
)
def test_a_request_that_carries_a_value(operator: str, carried: str, wanted: Plain, truth: Truth) -> None:
    """Policy variables are for strings and ARNs; what AWS refuses matches nothing.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse
    """
    assert hold(operator, "aws:SourceVpce", wanted, request_with("aws:SourceVpce", carried)) == truth


def test_a_star_behind_a_variable_without_one_value() -> None:
    """What `${aws:TagKeys}` is where there are two of them is not known; a star of `${*}` is, at its end."""
    asked = request_with("aws:TagKeys", "a", "b")
    assert asked.context is not None
    context = RequestContext({**asked.context.values, "aws:sourcevpce": (text("x-a*", HERE),)})
    asked = asked._replace(context=context)
    assert hold("StringEquals", "aws:SourceVpce", "x-${aws:TagKeys}${*}", asked) == UNDECIDED
    assert hold("StringEquals", "aws:SourceVpce", "x-${aws:TagKeys}${?}", asked) == NEVER


@pytest.mark.parametrize(
    ("key", "operator", "wanted", "truth"),
    [
        ("aws:PrincipalType", "StringEquals", "<<Type>>", UNDECIDED),
        ("aws:PrincipalType", "StringEquals", ["<<Type>>", "AssumedRole"], ALWAYS),
        ("aws:PrincipalType", "StringEquals", "<Type>", UNDECIDED),
        ("aws:PrincipalType", "StringLike", "Assumed*", ALWAYS),
        ("aws:PrincipalType", "StringEqualsIgnoreCase", "assumedrole", ALWAYS),
        ("aws:PrincipalIsAWSService", "Bool", "${aws:PrincipalTag/x}", UNDECIDED),
        ("aws:PrincipalIsAWSService", "Bool", "False", ALWAYS),
        ("aws:PrincipalIsAWSService", "Bool", "<Service>", UNDECIDED),
    ],
)
def test_what_a_template_says(key: str, operator: str, wanted: Plain, truth: Truth) -> None:
    assert hold(operator, key, wanted, situation()) == truth


@pytest.mark.parametrize(
    ("caller", "operator", "wanted", "truth"),
    [
        ("role/Dev", "StringEquals", OWN, ALWAYS),
        ("role/Dev", "StringEquals", "1*", NEVER),
        ("role/Dev", "StringLike", "1*", ALWAYS),
        ("role/Dev", "StringLike", "2*", NEVER),
        ("role/Dev", "StringLike", "*", ALWAYS),
        ("role/Dev", "StringLike", "????????????", ALWAYS),
        (f"{FOREIGN} role/Dev", "StringLike", "4*", ALWAYS),
        (f"{FOREIGN} role/Dev", "StringLike", "1*", NEVER),
        (f"{FOREIGN} role/Dev", "StringEquals", OWN, NEVER),
        (f"{FOREIGN} role/Dev", "StringEquals", FOREIGN, ALWAYS),
        (f"{FOREIGN} role/Dev", "StringEquals", "<own>", NEVER),
        (f"{FOREIGN} role/Dev", "ArnLike", FOREIGN, NEVER),
        (f"{FOREIGN} role/Dev", "StringEquals", "<Partner>", UNDECIDED),
        ("anybody", "StringLike", "*", ALWAYS),
        ("anybody", "StringLike", "1*", NEVER),
    ],
)
def test_account_ids(caller: str, operator: str, wanted: str, truth: Truth) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account"""
    for key in ("kms:CallerAccount", "aws:PrincipalAccount"):
        assert hold(operator, key, wanted, situation(caller)) == truth


NO_EVIDENCE = accounts_of(configured=None)
PRESUMED = accounts_of(document([{"Effect": "Allow", "Principal": {"AWS": OWN}}]), configured=None)
"""One id is in all the policies."""


@pytest.mark.parametrize(
    ("account", "accounts", "verdict"),
    [
        (OWN, accounts_of(), YES),
        (FOREIGN, accounts_of(), NO),
        ("<own>", NO_EVIDENCE, YES),
        (OWN, PRESUMED, YES),
        (OWN, NO_EVIDENCE, UNKNOWN),
        ("<Partner>", accounts_of(), UNKNOWN),
    ],
)
def test_whether_an_account_is_that_of_the_key(account: str, accounts: Accounts, verdict: Verdict) -> None:
    assert is_own(words(account), accounts) is verdict
    assert account_is(words(account), situation(accounts=accounts)) is verdict


@pytest.mark.parametrize(
    ("account", "accounts", "verdict"),
    [
        ("<Partner>", PRESUMED, YES),
        ("<Somebody>", PRESUMED, UNKNOWN),
        (FOREIGN, PRESUMED, UNKNOWN),
        # Whatever the partner's is, it is not the own one.
        (OWN, PRESUMED, NO),
        ("<own>", PRESUMED, NO),
        (OWN, accounts_of(), NO),
    ],
)
def test_whether_an_account_is_that_of_a_partner(account: str, accounts: Accounts, verdict: Verdict) -> None:
    partner = caller_of(f"{FOREIGN} role/Dev")._replace(account=words("<Partner>"))
    assert account_is(words(account), situation(accounts=accounts)._replace(caller=partner)) is verdict


def test_nobody_knows_the_account_of_anybody() -> None:
    anybody = situation("anybody")
    assert account_is(anybody.caller.account, anybody) is YES
    assert account_is(words("<Partner>"), anybody) is NO
    assert account_is(words(FOREIGN), anybody) is NO


@pytest.mark.parametrize(
    ("caller", "operator", "wanted", "truth"),
    [
        ("role/Dev", "StringEquals", f"arn:aws:iam::{OWN}:role/Dev", ALWAYS),
        ("root user", "StringEquals", f"arn:aws:iam::{OWN}:root", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:aws-cn:iam::{OWN}:role/Dev", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:aws-us-gov:iam::{OWN}:role/Dev", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:<partition>:iam::{OWN}:role/Dev", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:asw:iam::{OWN}:role/Dev", NEVER),
        ("role/Dev", "StringLike", f"arn:aws*:iam::{OWN}:role/Dev", ALWAYS),
        ("role/Dev", "StringLike", f"arn:*-cn:iam::{OWN}:role/Dev", NEVER),
        ("role/Dev", "StringEquals", f"arn:aws:sts::{OWN}:role/Dev", NEVER),
        ("role/Dev", "StringLike", f"arn:aws:i?m::{OWN}:role/Dev", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:aws:iam:eu-west-1:{OWN}:role/Dev", NEVER),
        ("role/Dev", "ArnLike", f"arn:aws:iam:*:{OWN}:role/Dev", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:aws:iam::{OWN}:role/Ops", NEVER),
        ("role/Dev", "StringEquals", f"arn:aws:iam::{OWN}:role/DEV", NEVER),
        ("role/Dev", "StringEqualsIgnoreCase", f"arn:aws:iam::{OWN}:role/DEV", ALWAYS),
        ("role/Dev", "StringEqualsIgnoreCase", f"arn:aws:iam::{OWN}:role/D*", NEVER),
        ("role/<Name>", "StringEqualsIgnoreCase", "arn:<partition>:IAM::<own>:ROLE/<Name>", ALWAYS),
        ("role/Dev", "StringEquals", f"arn:aws:iam::{OWN}:role/D*", NEVER),
        ("role/Dev", "StringLike", f"arn:aws:iam::{OWN}:role/D*", ALWAYS),
        ("role/Dev", "ArnEquals", f"arn:aws:iam::{OWN}:role/D*", ALWAYS),
        ("role/Dev", "ArnNotEquals", f"arn:aws:iam::{OWN}:role/D*", NEVER),
        ("role/Dev", "ArnNotLike", f"arn:aws:iam::{OWN}:role/D*", NEVER),
        ("role/Dev", "ArnNotLike", f"arn:aws:iam::{OWN}:role/E*", ALWAYS),
        ("role/Dev", "StringLike", "*", ALWAYS),
        ("role/Dev", "StringLike", "*/Dev", ALWAYS),
        ("role/Dev", "StringLike", "*/Ops", NEVER),
        ("role/Dev", "StringEquals", "*", NEVER),
        ("role/Dev", "StringEquals", "*/Dev", NEVER),
        ("role/Dev", "StringEquals", "<Role>", UNDECIDED),
        ("assumed-role/Dev/s", "StringEquals", f"arn:aws:iam::{OWN}:role/Dev", ALWAYS),
        ("assumed-role/Dev/s", "StringEquals", f"arn:aws:sts::{OWN}:assumed-role/Dev/s", NEVER),
        (f"{FOREIGN} role/Dev", "StringEquals", f"arn:aws:iam::{FOREIGN}:role/Dev", ALWAYS),
        (f"{FOREIGN} role/Dev", "StringEquals", f"arn:aws:iam::{FOREIGN}:role/Ops", NEVER),
        (f"{FOREIGN} role/Dev", "StringEquals", f"arn:aws:iam::{OWN}:role/Dev", NEVER),
        ("anybody", "StringEquals", f"arn:aws:iam::{FOREIGN}:role/Dev", NEVER),
    ],
)
def test_arns_of_principals(caller: str, operator: str, wanted: str, truth: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn"""
    assert hold(operator, "aws:PrincipalArn", wanted, situation(caller)) == truth


def test_whoever_can_be_in_any_account_can_have_any_name() -> None:
    assert hold("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/Admin", situation("anybody")).some is YES
    assert hold("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*", situation("anybody")) == NEVER


def test_a_name_that_cannot_be_seen_may_be_anybodys() -> None:
    assert hold("ArnLike", "aws:PrincipalArn", "<<Name>>", situation("anybody")) == UNDECIDED


MANY = [f"arn:aws:iam::{FOREIGN}:role/Role{number}" for number in range(40)]


@pytest.mark.parametrize(
    ("caller", "operator", "compared"),
    [
        ("role/Dev", "StringEquals", 0),
        ("role/Dev", "ArnNotLike", 0),
        (f"{FOREIGN} role/Role7", "ArnEquals", 1),
        (f"{FOREIGN} role/Role7", "StringNotLike", 1),
        ("some role", "ArnLike", 0),
        # Whoever may have any name may have each of them.
        ("anybody", "StringEquals", 40),
    ],
)
def test_of_many_arns_those_are_compared_that_may_be_the_callers(caller: str, operator: str, compared: int) -> None:
    with patch.object(operators, "_one", wraps=operators._one) as comparing:
        truth = hold(operator, "aws:PrincipalArn", MANY, situation(caller))
    assert comparing.call_count in (compared, 2 * compared)
    assert truth == (ALWAYS if ("Not" in operator) != (compared == 1) else NEVER)


def test_a_stranger_of_an_account_may_have_any_of_many_names() -> None:
    stranger = caller_of("anybody")._replace(account=words(FOREIGN), arn=words(f"arn:aws:iam::{FOREIGN}:role/{FRESH}"))
    assert hold("StringEquals", "aws:PrincipalArn", MANY, situation()._replace(caller=stranger)) == SOMETIMES


def test_many_arns_are_no_numbers() -> None:
    assert hold("NumericEquals", "aws:PrincipalArn", MANY, situation()) == UNDECIDED


@pytest.mark.parametrize(("wanted", "truth"), [("tomorrow", UNDECIDED), ("${End}", NEVER)])
def test_a_date_that_a_template_left_as_it_stands_is_never(wanted: str, truth: Truth) -> None:
    """Of what AWS refuses nobody knows what was meant."""
    assert hold("DateLessThan", "aws:CurrentTime", wanted, situation()) == truth


def test_an_arn_without_an_account_is_nobodys() -> None:
    """Also where nothing tells which account is the own one."""
    asked = situation(accounts=accounts_of(configured=None))
    assert hold("StringEquals", "aws:PrincipalArn", "arn:aws:iam:::role/Dev", asked) == NEVER
    assert hold("StringEquals", "aws:PrincipalArn", f"arn:aws:iam::{FOREIGN}:role/Dev", asked) == UNDECIDED


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "truth"),
    [
        ("StringEquals", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/Dev", ALWAYS),
        ("StringEquals", "aws:PrincipalArn", f"arn:aws-cn:iam::{OWN}:role/Dev", NEVER),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws-cn:iam::{OWN}:role/Dev", NEVER),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*", NEVER),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*", ALWAYS),
        ("ArnLike", "aws:PrincipalArn", "*", ALWAYS),
    ],
)
def test_in_one_request_nothing_is_presumed(operator: str, key: str, wanted: str, truth: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN"""
    assert hold(operator, key, wanted, request_with("aws:SourceVpce", "x")) == truth
