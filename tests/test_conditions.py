"""Conditions, one test at a time: over operators, over keys, over what a request carries.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from kmslint.access.conditions import conditions_hold, truth_of, without_key
from kmslint.access.situation import RequestContext, Situation
from kmslint.aws.condition_keys import carried, unsupported_in_key_policy
from kmslint.model.estate import KeyKind, KeySettings
from kmslint.model.policy import Test as ConditionTest
from kmslint.values import text
from kmslint.verdict import ALWAYS, NEVER, SOMETIMES, UNDECIDED, Truth
from plain_policies import HERE, KEY, OWN, Plain, accounts_of, action_of, caller_of, document, key_with, value

ABSENT = "aws:SourceArn"
"""Only services' own requests carry it."""
OPEN = "aws:SourceVpce"
IAM_ONLY = "aws:ResourceTag/Team"


def situation(caller: str = "role/Dev", action: str = "kms:PutKeyPolicy", in_key_policy: bool = True) -> Situation:
    return Situation(caller_of(caller), action_of(action), KEY, accounts_of(), in_key_policy)


def hold(condition: Plain, asked: Situation) -> Truth:
    statement: Plain = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": condition}
    return conditions_hold(document([statement]).statements[0], asked)


@pytest.mark.parametrize(
    ("operator", "value", "truth"),
    [
        ("StringEquals", "x", NEVER),
        ("StringEqualsIgnoreCase", "x", NEVER),
        ("StringLike", "*", NEVER),
        ("ArnEquals", "*", NEVER),
        ("ArnLike", "*", NEVER),
        ("Bool", "false", NEVER),
        ("NumericEquals", "1", NEVER),
        ("NumericLessThan", "1", NEVER),
        ("DateGreaterThan", "2020-01-01", NEVER),
        ("IpAddress", "10.0.0.0/8", NEVER),
        ("BinaryEquals", "eA==", NEVER),
        ("StringNotEquals", "x", ALWAYS),
        ("StringNotEqualsIgnoreCase", "x", ALWAYS),
        ("StringNotLike", "*", ALWAYS),
        ("ArnNotEquals", "*", ALWAYS),
        ("ArnNotLike", "*", ALWAYS),
        ("NumericNotEquals", "1", ALWAYS),
        ("DateNotEquals", "2020-01-01", ALWAYS),
        ("NotIpAddress", "10.0.0.0/8", ALWAYS),
        ("StringEqualsIfExists", "x", ALWAYS),
        ("StringNotEqualsIfExists", "x", ALWAYS),
        ("BoolIfExists", "false", ALWAYS),
        ("ForAnyValue:StringEquals", "x", NEVER),
        ("ForAnyValue:StringNotEquals", "x", NEVER),
        ("ForAnyValue:StringNotEqualsIfExists", "x", NEVER),
        ("ForAllValues:StringEquals", "x", ALWAYS),
        ("ForAllValues:StringNotEquals", "x", ALWAYS),
        ("Null", "true", ALWAYS),
        ("Null", "TRUE", ALWAYS),
        ("Null", "false", NEVER),
    ],
)
def test_a_key_that_is_absent(operator: str, value: str, truth: Truth) -> None:
    assert hold({operator: {ABSENT: value}}, situation()) == truth


@pytest.mark.parametrize(
    ("operator", "wanted", "truth"),
    [
        ("StringEquals", "x", NEVER),
        ("StringNotEquals", "x", ALWAYS),
        ("StringEqualsIfExists", "x", ALWAYS),
        ("ForAnyValue:StringNotEquals", "x", NEVER),
        ("Null", "true", ALWAYS),
        ("Null", "false", NEVER),
        ("StringsEqual", "x", UNDECIDED),
        ("StringEquals", [], UNDECIDED),
    ],
)
def test_requests_that_do_not_carry_a_key(operator: str, wanted: Plain, truth: Truth) -> None:
    test = document([{"Condition": {operator: {OPEN: wanted}}}]).statements[0].conditions[0]
    assert isinstance(test, ConditionTest)
    assert without_key(test) == truth


@pytest.mark.parametrize(
    ("operator", "value", "truth"),
    [
        ("StringEquals", "blue", NEVER),
        ("StringLike", "*", NEVER),
        ("ForAnyValue:StringEquals", "blue", NEVER),
        ("ForAnyValue:StringNotEquals", "blue", NEVER),
        ("StringNotEquals", "blue", UNDECIDED),
        ("StringEqualsIfExists", "blue", UNDECIDED),
        ("ForAllValues:StringEquals", "blue", UNDECIDED),
        ("Null", "true", UNDECIDED),
        ("Null", "false", NEVER),
    ],
)
def test_a_key_that_kms_does_not_support_in_key_policies(operator: str, value: str, truth: Truth) -> None:
    assert hold({operator: {IAM_ONLY: value}}, situation()) == truth
    assert hold({operator: {IAM_ONLY: value}}, situation(in_key_policy=False)) == SOMETIMES


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEqualsIfExists", "ForAllValues:StringLike", "Null"])
def test_a_key_that_the_request_decides(operator: str) -> None:
    assert hold({operator: {OPEN: "true"}}, situation()) == SOMETIMES


@pytest.mark.parametrize(
    ("caller", "key", "value"),
    [
        ("root user", "aws:PrincipalType", "Account"),
        ("role/Dev", "aws:PrincipalType", "AssumedRole"),
        ("user/Ann", "aws:PrincipalType", "User"),
        ("assumed-role/Dev/s", "aws:PrincipalType", "AssumedRole"),
        ("role/Dev", "kms:CallerAccount", OWN),
        ("role/Dev", "aws:PrincipalAccount", "<own>"),
        ("role/Dev", "AWS:PRINCIPALACCOUNT", OWN),
        ("444455556666 role/Dev", "kms:CallerAccount", "444455556666"),
        ("role/a/Dev", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/a/Dev"),
        ("user/Ann", "aws:PrincipalArn", "arn:<partition>:iam::<own>:user/Ann"),
        ("role/Dev", "aws:PrincipalArn", f"arn:aws-us-gov:iam::{OWN}:role/Dev"),
        ("some role", "aws:PrincipalIsAWSService", "false"),
        ("<role Dev>", "kms:CallerAccount", OWN),
    ],
)
def test_what_follows_from_the_caller(caller: str, key: str, value: str) -> None:
    asked = situation(caller, "kms:Decrypt")
    assert hold({"StringEquals": {key: value}}, asked) == ALWAYS
    assert hold({"StringNotEquals": {key: value}}, asked) == NEVER
    assert hold({"ForAllValues:StringEquals": {key: ["x", value]}}, asked) == ALWAYS
    assert hold({"Null": {key: "false"}}, asked) == ALWAYS


@pytest.mark.parametrize(
    ("caller", "key", "value"),
    [
        ("role/Dev", "aws:PrincipalType", "User"),
        ("some role", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/Dev"),
        ("role/Dev", "aws:PrincipalArn", "arn:aws:iam::444455556666:role/Dev"),
        ("role/Dev", "aws:PrincipalArn", "Dev"),
        ("anybody", "aws:PrincipalArn", "Dev"),
        ("anybody", "kms:CallerAccount", OWN),
        ("anybody", "kms:CallerAccount", "<Partner>"),
        ("anybody", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ],
)
def test_what_the_caller_is_not(caller: str, key: str, value: str) -> None:
    """A parameter names somebody; it does not name the one whom no policy names."""
    assert hold({"StringEquals": {key: value}}, situation(caller, "kms:Decrypt")) == NEVER


@pytest.mark.parametrize(
    ("condition", "version", "truth"),
    [
        ({"StringEquals": {"aws:PrincipalType": "${aws:PrincipalType}"}}, "2012-10-17", ALWAYS),
        ({"StringEquals": {"aws:PrincipalType": "${aws:PrincipalType}"}}, "2008-10-17", NEVER),
        ({"StringNotEquals": {"aws:PrincipalType": "${aws:PrincipalType}"}}, "2008-10-17", ALWAYS),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:PrincipalTag/x}"}}, "2012-10-17", UNDECIDED),
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:username}"}}, "2012-10-17", NEVER),
    ],
)
def test_policy_variables(condition: Plain, version: str, truth: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
    statement: Plain = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}
    assert conditions_hold(document([statement], version).statements[0], situation()) == truth


def test_a_document_without_version_has_no_variables() -> None:
    condition: Plain = {"StringEquals": {"aws:PrincipalType": "${aws:PrincipalType}"}}
    read = document({"Statement": [{"Effect": "Allow", "Condition": condition}]})
    assert conditions_hold(read.statements[0], situation()) == NEVER


NO_REGION = {"kms:ViaService": "s3.amazonaws.com"}


@pytest.mark.parametrize(
    ("operator", "tested", "truth"),
    [
        ("StringEquals", NO_REGION, NEVER),
        ("ForAnyValue:StringEquals", NO_REGION, NEVER),
        ("StringEqualsIfExists", NO_REGION, SOMETIMES),
        ("ForAllValues:StringEquals", NO_REGION, SOMETIMES),
        ("StringNotEquals", NO_REGION, ALWAYS),
        ("StringNotEqualsIfExists", NO_REGION, ALWAYS),
        ("ForAllValues:StringNotEquals", NO_REGION, ALWAYS),
        ("ForAnyValue:StringNotEquals", NO_REGION, SOMETIMES),
        ("StringEquals", {"kms:ViaService": ["s3.amazonaws.com", "ec2"]}, NEVER),
        ("StringEquals", {"kms:ViaService": ["s3.amazonaws.com", "s3.eu-west-1.amazonaws.com"]}, SOMETIMES),
        ("StringNotEquals", {"kms:ViaService": ["s3.amazonaws.com", "s3.eu-west-1.amazonaws.com"]}, SOMETIMES),
        ("StringEquals", {"kms:ViaService": ["s3.amazonaws.com", "<Service>"]}, SOMETIMES),
        ("StringEquals", {"kms:ViaService": "s3.*.amazonaws.com"}, NEVER),
        ("StringLike", {"kms:ViaService": "s3.${Region}.amazonaws.com"}, NEVER),
        ("StringEquals", {"aws:userid": "*:deploy"}, NEVER),
        ("StringEquals", {"aws:PrincipalTag/team": "${Team}"}, NEVER),
        ("ArnLike", {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, NEVER),
        ("BoolIfExists", {"kms:ViaService": "true"}, SOMETIMES),
        ("IpAddress", {"aws:SourceIp": ["10.0.0.0/8", "vpc-1a2b3c4d"]}, UNDECIDED),
        ("NotIpAddress", {"aws:SourceIp": "vpc-1a2b3c4d"}, UNDECIDED),
        ("NumericLessThan", {"aws:MultiFactorAuthAge": "1h"}, UNDECIDED),
        # What the caller may choose freely: that would be done on purpose only.
        ("StringEquals", {"kms:EncryptionContext:team": "${Team}"}, UNDECIDED),
        ("StringNotEquals", {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::bucket/*"}, SOMETIMES),
        ("StringEquals", {"kms:EncryptionContext:question": "why?"}, SOMETIMES),
    ],
)
def test_values_that_no_request_carries(operator: str, tested: Plain, truth: Truth) -> None:
    assert hold({operator: tested}, situation(action="kms:Decrypt")) == truth


def test_a_service_chooses_no_strange_values() -> None:
    pattern: Plain = {"StringEquals": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:111122223333:*"}}
    assert hold(pattern, situation("logs.us-east-1.amazonaws.com", "kms:Decrypt")) == NEVER


@pytest.mark.parametrize(
    ("operator", "day", "truth"),
    [
        ("DateLessThan", "2020-01-01", NEVER),
        ("DateLessThanEquals", "2020-01-01T00:00:00Z", NEVER),
        ("DateEquals", "2020-01-01T00:00:00Z", NEVER),
        ("DateGreaterThan", "2020-01-01", ALWAYS),
        ("DateGreaterThanEquals", "2020-01-01", ALWAYS),
        ("DateNotEquals", "2020-01-01", ALWAYS),
        ("DateLessThan", "2999-01-01", SOMETIMES),
        ("DateGreaterThan", "2999-01-01", SOMETIMES),
        ("DateLessThan", "<Day>", SOMETIMES),
        ("DateLessThan", "never", UNDECIDED),  # AWS refuses that
    ],
)
def test_time_passes(operator: str, day: str, truth: Truth) -> None:
    assert hold({operator: {"aws:CurrentTime": day}}, situation()) == truth


@pytest.mark.parametrize(
    ("key", "with_it", "without_it"),
    [
        ("kms:encryptioncontext:team", "kms:Decrypt", "kms:DescribeKey"),
        ("kms:encryptioncontextkeys", "kms:CreateGrant", "kms:Sign"),
        ("kms:grantoperations", "kms:CreateGrant", "kms:Decrypt"),
        ("kms:grantisforawsresource", "kms:RevokeGrant", "kms:PutKeyPolicy"),
        ("kms:bypasspolicylockoutsafetycheck", "kms:PutKeyPolicy", "kms:Decrypt"),
        ("kms:requestalias", "kms:GetPublicKey", "kms:PutKeyPolicy"),
        ("kms:schedulekeydeletionpendingwindowindays", "kms:ScheduleKeyDeletion", "kms:DisableKey"),
        ("kms:recipientattestation:pcr3", "kms:GenerateDataKey", "kms:Encrypt"),
        ("aws:requesttag/team", "kms:TagResource", "kms:UntagResource"),
        ("aws:tagkeys", "kms:UntagResource", "kms:PutKeyPolicy"),
    ],
)
def test_which_actions_carry_a_key(key: str, with_it: str, without_it: str) -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html"""
    assert carried(key, with_it)
    assert not carried(key, without_it)


@pytest.mark.parametrize("key", ["kms:viaservice", "kms:calleraccount", "aws:sourceip", "aws:principaltag/x"])
def test_keys_of_every_action(key: str) -> None:
    assert carried(key, "kms:PutKeyPolicy")
    assert not unsupported_in_key_policy(key)


@pytest.mark.parametrize(
    ("kind", "settings", "key", "value", "truth"),
    [
        (KeyKind.KEY, KeySettings(), "kms:MultiRegion", "false", ALWAYS),
        (KeyKind.KEY, KeySettings(), "kms:MultiRegionKeyType", "PRIMARY", NEVER),
        (KeyKind.KEY, KeySettings(multi_region=value(True)), "kms:MultiRegionKeyType", "PRIMARY", ALWAYS),
        (KeyKind.KEY, KeySettings(multi_region=value("<Multi>")), "kms:MultiRegionKeyType", "PRIMARY", UNDECIDED),
        (KeyKind.KEY, KeySettings(spec=value("RSA_2048")), "kms:KeySpec", "RSA_2048", ALWAYS),
        (KeyKind.KEY, KeySettings(spec=value("<Spec>")), "kms:KeySpec", "RSA_2048", UNDECIDED),
        (KeyKind.REPLICA, KeySettings(), "kms:MultiRegion", "true", ALWAYS),
        (KeyKind.REPLICA, KeySettings(), "kms:MultiRegionKeyType", "REPLICA", ALWAYS),
        (KeyKind.REPLICA, KeySettings(), "kms:KeySpec", "SYMMETRIC_DEFAULT", UNDECIDED),
        (KeyKind.REPLICA, KeySettings(), "kms:KeyOrigin", "AWS_KMS", UNDECIDED),
        (KeyKind.EXTERNAL, KeySettings(), "kms:KeyOrigin", "EXTERNAL", ALWAYS),
        (KeyKind.EXTERNAL, KeySettings(), "kms:KeySpec", "SYMMETRIC_DEFAULT", ALWAYS),
        (KeyKind.EXTERNAL, KeySettings(), "kms:MultiRegion", "false", ALWAYS),
        (KeyKind.REPLICA_EXTERNAL, KeySettings(), "kms:KeyOrigin", "EXTERNAL", ALWAYS),
        (KeyKind.REPLICA_EXTERNAL, KeySettings(), "kms:MultiRegionKeyType", "REPLICA", ALWAYS),
        (KeyKind.ELSEWHERE, KeySettings(), "kms:KeySpec", "SYMMETRIC_DEFAULT", UNDECIDED),
        (KeyKind.ELSEWHERE, KeySettings(), "kms:MultiRegionKeyType", "PRIMARY", UNDECIDED),
    ],
)
def test_what_describes_the_key(kind: KeyKind, settings: KeySettings, key: str, value: str, truth: Truth) -> None:
    asked = situation()._replace(key=key_with(settings, kind))
    assert hold({"StringEquals": {key: value}}, asked) == truth


def test_a_condition_that_is_no_test_is_undecided() -> None:
    statement = document([{"Effect": "Allow", "Condition": ["<<Test>>", "x"]}, {"Condition": "<<All>>"}])
    for each in statement.statements:
        assert conditions_hold(each, situation()) == UNDECIDED
    unnamed = document([{"Condition": {"StringEquals": {"<Key>": "x"}}}]).statements[0].conditions[0]
    assert isinstance(unnamed, ConditionTest)
    assert truth_of(unnamed, situation()) == UNDECIDED


def test_several_tests_are_joined_by_and() -> None:
    asked = situation()
    both: Plain = {"StringEquals": {OPEN: "x", "aws:PrincipalType": "AssumedRole"}, "Null": {ABSENT: "true"}}
    assert hold(both, asked) == SOMETIMES
    assert hold({"StringEquals": {OPEN: "x", "aws:PrincipalType": "User"}}, asked) == NEVER
    assert hold({"StringEquals": {"<Key>": "x", OPEN: "x"}}, asked) == Truth(UNDECIDED.some, SOMETIMES.every)
    assert hold(None, asked) == ALWAYS


@pytest.mark.parametrize(
    ("key", "operator", "wanted", "truth"),
    [
        ("aws:EpochTime", "NumericLessThan", "1577836800", NEVER),
        ("aws:EpochTime", "NumericLessThanEquals", "1577836800", NEVER),
        ("aws:EpochTime", "NumericEquals", "1577836800", NEVER),
        ("aws:EpochTime", "NumericGreaterThan", "1577836800", ALWAYS),
        ("aws:EpochTime", "NumericGreaterThanEquals", "1577836800", ALWAYS),
        ("aws:EpochTime", "NumericNotEquals", "1577836800", ALWAYS),
        ("aws:EpochTime", "DateLessThan", "1577836800", NEVER),
        ("AWS:currenttime", "DateGreaterThan", "2020-01-01", ALWAYS),
        ("aws:CurrentTime", "DateLessThan", ["2020-01-01", "2999-01-01"], SOMETIMES),
        ("aws:CurrentTime", "DateGreaterThan", "<<Day>>", SOMETIMES),
        ("aws:CurrentTime", "StringEquals", "2020-01-01", SOMETIMES),
        ("aws:CurrentTime", "StringNotLike", "2020-*", SOMETIMES),
        ("aws:TokenIssueTime", "DateLessThan", "2020-01-01", SOMETIMES),
        ("aws:TokenIssueTime", "DateGreaterThan", "2020-01-01", SOMETIMES),
        ("aws:MultiFactorAuthAge", "NumericGreaterThan", "3600", SOMETIMES),
    ],
)
def test_which_keys_are_about_the_time_of_the_request(key: str, operator: str, wanted: Plain, truth: Truth) -> None:
    """A session may have been issued long ago; the request is made now.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime
    """
    assert hold({operator: {key: wanted}}, situation()) == truth


@pytest.mark.parametrize(
    ("until", "truth"),
    [
        ("2026-03-04T23:59:59Z", NEVER),
        ("2026-03-05T00:00:00Z", SOMETIMES),
        ("2026-03-05T12:00:00Z", SOMETIMES),
        ("2026-03-06", SOMETIMES),
    ],
)
def test_today_has_not_passed(monkeypatch: pytest.MonkeyPatch, until: str, truth: Truth) -> None:
    """A policy is judged the same all day long."""
    for now in (1772668800.0, 1772724600.5, 1772755199.0):  # 2026-03-05 in UTC: its beginning, 15:30, its end
        monkeypatch.setattr("kmslint.access.conditions.time", SimpleNamespace(time=lambda now=now: now))
        assert hold({"DateLessThan": {"aws:CurrentTime": until}}, situation()) == truth


@pytest.mark.parametrize(
    ("operator", "wanted", "truth"),
    [
        ("StringEquals", "o-a1b2c3d4e5", NEVER),
        ("StringNotEquals", "o-a1b2c3d4e5", ALWAYS),
        ("StringLike", "*", SOMETIMES),
        ("StringNotLike", "*", SOMETIMES),
        ("StringEquals", "<Organisation>", NEVER),
        ("StringNotEquals", "<Organisation>", ALWAYS),
        ("StringLike", "<Organisation>", Truth(UNDECIDED.some, SOMETIMES.every)),
        ("StringEqualsIfExists", "o-a1b2c3d4e5", SOMETIMES),
        ("StringLikeIfExists", "*", ALWAYS),
        ("StringNotEqualsIfExists", "o-a1b2c3d4e5", ALWAYS),
        ("ForAnyValue:StringLike", "*", SOMETIMES),
        ("ForAnyValue:StringNotEquals", "o-a1b2c3d4e5", SOMETIMES),
        ("ForAllValues:StringEquals", "o-a1b2c3d4e5", SOMETIMES),
        ("StringLike", "<<Organisation>>", Truth(UNDECIDED.some, SOMETIMES.every)),
        ("StringNotLike", "<<Organisation>>", Truth(SOMETIMES.some, UNDECIDED.every)),
        ("Null", "true", SOMETIMES),
        ("Null", "false", SOMETIMES),
        ("Null", ["true", "false"], ALWAYS),
    ],
)
def test_an_organisation_that_anybody_can_join_or_not(operator: str, wanted: Plain, truth: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid"""
    assert hold({operator: {"aws:PrincipalOrgID": wanted}}, situation("anybody")) == truth


@pytest.mark.parametrize(
    ("key", "wanted", "truth"),
    [
        (ABSENT, ["true", "false"], ALWAYS),
        (ABSENT, "<Absent>", UNDECIDED),
        (ABSENT, "<<Absent>>", UNDECIDED),
        (ABSENT, "", UNDECIDED),
        (ABSENT, "perhaps", UNDECIDED),
        (ABSENT, ["true", "perhaps"], UNDECIDED),
        (OPEN, "<Absent>", UNDECIDED),
        (OPEN, "<<Absent>>", UNDECIDED),
        (OPEN, ["false", "true"], ALWAYS),
        ("aws:PrincipalType", "false", ALWAYS),
        ("aws:PrincipalType", "true", NEVER),
        ("aws:PrincipalType", "perhaps", UNDECIDED),
        (IAM_ONLY, "<Absent>", UNDECIDED),
        (IAM_ONLY, "<<Absent>>", UNDECIDED),
        (IAM_ONLY, "", UNDECIDED),
    ],
)
def test_whether_a_key_is_there(key: str, wanted: Plain, truth: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null"""
    assert hold({"Null": {key: wanted}}, situation()) == truth


@pytest.mark.parametrize("operator", ["Null", "StringEquals", "StringNotEqualsIfExists", "ForAllValues:StringEquals"])
@pytest.mark.parametrize("wanted", ["true", "false", "PRIMARY"])
def test_what_is_settled_elsewhere_is_undecided(operator: str, wanted: str) -> None:
    """Whether a key is a multi-Region one is settled by a parameter, and so is whether it has a type at all."""
    asked = situation()._replace(key=key_with(KeySettings(multi_region=value("<Multi>"))))
    assert hold({operator: {"kms:MultiRegionKeyType": wanted}}, asked) == UNDECIDED


@pytest.mark.parametrize(
    ("wanted", "truth"),
    [
        ("AROAEXAMPLEID1234567:*", UNDECIDED),
        ("AIDAEXAMPLEID1234567", UNDECIDED),
        ("AROA*", UNDECIDED),
        ("<Role>:*", UNDECIDED),
        ("<<Ids>>", UNDECIDED),
        (["*:session", "AROAEXAMPLEID1234567:*"], UNDECIDED),
        ("*:session", SOMETIMES),
        (["*:session", "*:other"], SOMETIMES),
        ("*", SOMETIMES),
    ],
)
def test_the_unique_id_of_a_principal(wanted: Plain, truth: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable"""
    assert hold({"StringLike": {"aws:userid": wanted}}, situation()) == truth
    assert hold({"StringNotLike": {"AWS:UserId": wanted}}, situation()) == truth
    assert hold({"StringLike": {"aws:SourceIdentity": wanted}}, situation()) == SOMETIMES


def test_variables_are_read_unless_the_version_forbids_it() -> None:
    condition: Plain = {"StringEquals": {"aws:PrincipalType": "${aws:PrincipalType}"}}
    test = document([{"Condition": condition}]).statements[0].conditions[0]
    assert truth_of(test, situation()) == truth_of(test, situation(), literal_variables=False) == ALWAYS
    assert truth_of(test, situation(), literal_variables=True) == NEVER


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}, ALWAYS),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": "c"}}, NEVER),
        ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}, ALWAYS),
        ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "b"]}}, NEVER),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, NEVER),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, ALWAYS),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}}, NEVER),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": "c"}}, ALWAYS),
        ({"StringEquals": {"aws:TagKeys": ["a", "b"]}}, UNDECIDED),
        ({"Null": {"aws:TagKeys": "true"}}, NEVER),
        ({"Null": {"aws:TagKeys": "false"}}, ALWAYS),
        ({"Null": {"aws:TagKeys": ["false", "perhaps"]}}, NEVER),
        ({"ForAnyValue:StringEquals": {"aws:SourceVpce": "a"}}, NEVER),
        ({"ForAllValues:StringEquals": {"aws:SourceVpce": "a"}}, ALWAYS),
        ({"StringEquals": {"aws:SourceVpce": "a"}}, UNDECIDED),
        ({"Null": {"aws:SourceVpce": "true"}}, UNDECIDED),
        ({"Null": {"aws:SourceVpce": "false"}}, UNDECIDED),
    ],
)
def test_several_values_and_none(condition: Plain, truth: Truth) -> None:
    """One request with two tag keys, and with a key that has no value at all.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    carried = {"aws:tagkeys": (text("a", HERE), text("b", HERE)), "aws:sourcevpce": ()}
    assert hold(condition, situation()._replace(context=RequestContext(carried))) == truth
