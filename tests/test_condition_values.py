"""Values of conditions that no request can carry, and what is wrong with each.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import pytest

from kmslint.access.condition_values import Flaw, Met, flaws_of, is_strange, met
from kmslint.access.operators import base_operator
from kmslint.aws.condition_keys import Kind
from kmslint.model.policy import Test as ConditionTest
from kmslint.values import Hole, HoleKind, Text, text
from plain_policies import HERE, OWN, Plain, document

FILL_IN = "which is still to be filled in"
PATTERN = "which is a pattern, and the operator takes * and ? as they stand"
NO_ACCOUNT = "which is no account id of 12 digits"
NO_SERVICE = "which is no SERVICE.REGION.amazonaws.com"


def made(operator: str, key: str, wanted: Plain) -> ConditionTest:
    test = document([{"Effect": "Allow", "Condition": {operator: {key: wanted}}}]).statements[0].conditions[0]
    assert isinstance(test, ConditionTest)
    return test


def why(test: ConditionTest, literal_variables: bool = False) -> list[str]:
    return [flaw.why for flaw in flaws_of(test, literal_variables)]


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "flaws"),
    [
        ("StringEquals", "kms:CallerAccount", OWN, []),
        ("StringEquals", "kms:CallerAccount", "11112222333", [NO_ACCOUNT]),
        ("StringNotEquals", "KMS:CALLERACCOUNT", ["x", OWN, "y"], [NO_ACCOUNT, NO_ACCOUNT]),
        ("StringLike", "aws:SourceAccount", "1111", [NO_ACCOUNT]),
        ("StringLike", "aws:SourceAccount", "1111*", []),
        ("StringLike", "aws:SourceAccount", "11112222333?", []),
        ("StringEquals", "aws:SourceAccount", "1111*", [PATTERN]),
        ("StringEquals", "aws:SourceAccount", "11112222333?", [PATTERN]),
        ("StringEquals", "aws:SourceAccount", "", []),
        # A number without quotes may have lost its zeros, which is another matter.
        ("StringEquals", "kms:CallerAccount", 123, []),
        ("StringEquals", "kms:CallerAccount", True, [NO_ACCOUNT]),
        ("StringEquals", "kms:CallerAccount", "123", [NO_ACCOUNT]),
        ("StringEquals", "kms:CallerAccount", "{{resolve:ssm:account}}", []),
        ("StringEquals", "kms:CallerAccount", "<own>", []),
        ("StringEquals", "kms:CallerAccount", "<own>1", [NO_ACCOUNT]),
        ("StringEquals", "kms:CallerAccount", "<Account>", []),
        ("StringEquals", "kms:CallerAccount", "<<Accounts>>", []),
        ("ArnEquals", "kms:CallerAccount", "x", []),
        ("StringsEqual", "kms:CallerAccount", "x", []),
        ("StringEquals", "<Key>", "${Team}", []),
        # A star is a character of a tag and of a name of a file; of a role or an ARN it is none.
        ("StringEquals", "aws:PrincipalTag/team", "a*", []),
        ("StringEquals", "aws:PrincipalTag/team", "arn:aws:s3:::bucket/*", [PATTERN]),
        ("StringEquals", "aws:userid", "*:deploy", [PATTERN]),
        ("StringEquals", "kms:EncryptionContext:question", "why?", []),
        # What services are called.
        ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", []),
        ("StringEquals", "kms:ViaService", "s3.cn-north-1.amazonaws.com.cn", []),
        ("StringEquals", "kms:ViaService", "s3.us-gov-west-1.amazonaws.com", []),
        ("StringEquals", "kms:ViaService", "s3.us-iso-east-1.c2s.ic.gov", []),
        ("StringEquals", "kms:ViaService", "s3.eusc-de-east-1.amazonaws.eu", []),
        ("StringEquals", "kms:ViaService", "s3.<region>.amazonaws.com", []),
        ("StringEquals", "kms:ViaService", "s3.<region>.<suffix>", []),
        ("StringEquals", "kms:ViaService", "s3.<suffix>", [NO_SERVICE]),
        ("StringEquals", "kms:ViaService", "s3.<partition>.amazonaws.com", [NO_SERVICE]),
        ("StringEquals", "kms:ViaService", "<region>", [NO_SERVICE]),
        ("StringEquals", "kms:ViaService", "s3.amazonaws.com", [NO_SERVICE]),
        ("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com/", [NO_SERVICE]),
        ("StringEquals", "kms:ViaService", "S3.eu-west-1.amazonaws.com", [NO_SERVICE]),
        ("StringEqualsIgnoreCase", "kms:ViaService", "S3.EU-WEST-1.amazonaws.com", []),
        ("StringEquals", "aws:CalledVia", "s3.amazonaws.com", []),
        # What a template was to put its own values for, and what IAM puts some for.
        ("StringEquals", "aws:PrincipalTag/team", "${Team}-${aws:username}", ["where ${Team} is left as it stands"]),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::${Bucket}", ["where ${Bucket} is left as it stands"]),
        ("StringEquals", "kms:CallerAccount", "${aws:PrincipalAccount}", []),
        ("NumericEquals", "aws:MultiFactorAuthAge", "${aws:PrincipalTag/age}", []),
    ],
)
def test_what_is_wrong_with_a_value(operator: str, key: str, wanted: Plain, flaws: list[str]) -> None:
    assert why(made(operator, key, wanted)) == flaws


@pytest.mark.parametrize(
    ("operator", "wanted", "flaw"),
    [
        ("NumericLessThan", "1h", "which is no number"),
        ("DateLessThan", "tomorrow", "which is no date"),
        ("IpAddress", "vpc-1", "which is no IP address or range in CIDR notation"),
        ("Null", "yes", "which is neither true nor false"),
    ],
)
def test_what_aws_refuses(operator: str, wanted: str, flaw: str) -> None:
    test = made(operator, "aws:CurrentTime", wanted)
    (value,) = test.values
    assert isinstance(value, Text)
    assert list(flaws_of(test, literal_variables=False)) == [Flaw(value, flaw, refused=True)]


def test_a_flaw_that_aws_takes() -> None:
    (flaw,) = flaws_of(made("StringEquals", "kms:CallerAccount", "x"), literal_variables=False)
    assert not flaw.refused


def test_variables_are_texts_in_the_older_version() -> None:
    test = made("StringEquals", "kms:CallerAccount", "${aws:PrincipalAccount}")
    assert why(test, literal_variables=True) == [NO_ACCOUNT]


@pytest.mark.parametrize(
    ("value", "flaws"),
    [
        (text("<your account>", HERE), [FILL_IN]),
        (text("arn:aws:iam::<ACCOUNT-ID>:role/x", HERE), [FILL_IN]),
        (text("a < b > c", HERE), []),
        (text("<>", HERE), []),
        (Text(("<a", Hole(HoleKind.PARAMETER, "Name"), ">"), HERE), []),
    ],
    ids=str,
)
def test_what_is_still_to_be_filled_in(value: Text, flaws: list[str]) -> None:
    assert why(made("StringLike", "aws:PrincipalTag/team", "x")._replace(values=(value,))) == flaws


OPERATORS = {
    "String": "StringEquals",
    "Arn": "ArnLike",
    "Numeric": "NumericLessThan",
    "Date": "DateGreaterThan",
    "Bool": "Bool",
    "Binary": "BinaryEquals",
    "IpAddress": "IpAddress",
    "Null": "Null",
}


@pytest.mark.parametrize(
    ("kind", "key", "strange"),
    [
        (Kind.WORD, "kms:ViaService", "Arn Numeric Date Bool IpAddress"),
        (Kind.ACCOUNT, "kms:CallerAccount", "Arn Bool IpAddress"),
        (Kind.ARN, "aws:SourceArn", "Numeric Date Bool IpAddress"),
        (Kind.TRUTH, "aws:SecureTransport", "Arn Numeric Date IpAddress"),
        (Kind.NUMBER, "aws:MultiFactorAuthAge", "Arn Bool IpAddress"),
        (Kind.MOMENT, "aws:CurrentTime", "Arn Bool IpAddress"),
        (Kind.ADDRESS, "aws:SourceIp", "Arn Numeric Date Bool"),
        (Kind.ANY, "aws:UserAgent", ""),
    ],
)
def test_operators_that_no_value_of_a_key_meets(kind: Kind, key: str, strange: str) -> None:
    """A text operator compares anything, and a date may be a number."""
    found = []
    for family, name in OPERATORS.items():
        operator, test = base_operator(name), made(name, key, "true")
        assert operator is not None
        assert not is_strange(operator, kind, test._replace(values=(text("*", HERE),)))
        found += [family] if is_strange(operator, kind, test) else []
    assert found == strange.split()


@pytest.mark.parametrize(
    ("operator", "kind", "wanted", "strange"),
    [
        # No address is the text of a network.
        ("StringEquals", Kind.ADDRESS, "10.0.0.0/8", True),
        ("StringLike", Kind.ADDRESS, ["10.0.0.0/8", "11.0.0.0/8"], True),
        ("StringEquals", Kind.ADDRESS, ["10.0.0.0/8", "10.0.0.1"], False),
        ("StringEquals", Kind.ADDRESS, ["10.0.0.0/8", "<Network>"], False),
        ("StringEquals", Kind.ADDRESS, "<<Networks>>", False),
        ("IpAddress", Kind.ADDRESS, "10.0.0.0/8", False),
        ("StringEquals", Kind.ANY, "10.0.0.0/8", False),
        ("ArnLike", Kind.WORD, ["*", "arn:aws:s3:::bucket"], False),
    ],
)
def test_values_that_no_operator_meets(operator: str, kind: Kind, wanted: Plain, strange: bool) -> None:
    base = base_operator(operator)
    assert base is not None
    assert is_strange(base, kind, made(operator, "aws:SourceIp", wanted)) is strange


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "answer"),
    [
        ("StringEquals", "kms:CallerAccount", OWN, Met.PERHAPS),
        ("StringEquals", "kms:CallerAccount", ["x", OWN], Met.PERHAPS),
        ("StringEquals", "kms:CallerAccount", ["x", "y"], Met.NEVER),
        ("StringNotEquals", "kms:CallerAccount", "x", Met.NEVER),
        ("Bool", "kms:CallerAccount", "true", Met.NEVER),
        ("ArnNotLike", "kms:CallerAccount", "arn:aws:s3:::bucket", Met.PERHAPS),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ["1h", "5"], Met.UNTOLD),
        # Some texts come from the caller, who may send anything; of others IAM and KMS see to the letters.
        ("StringEquals", "aws:UserAgent", "${Agent}", Met.UNTOLD),
        ("StringEquals", "aws:Referer", "${Page}", Met.UNTOLD),
        ("StringEquals", "KMS:EncryptionContext:Team", "${Team}", Met.UNTOLD),
        ("StringNotEquals", "kms:EncryptionContext:team", "${Team}", Met.PERHAPS),
        ("ForAllValues:StringEquals", "kms:EncryptionContextKeys", "${Key}", Met.UNTOLD),
        ("StringEquals", "aws:SomethingNew", "${Value}", Met.UNTOLD),
        ("StringEquals", "aws:userid", "${Id}", Met.NEVER),
        ("StringEquals", "aws:PrincipalTag/team", "${Team}", Met.NEVER),
        ("StringEquals", "aws:RequestTag/team", "${Team}", Met.NEVER),
        ("StringEquals", "aws:ResourceTag/team", "${Team}", Met.NEVER),
        ("StringEquals", "aws:TagKeys", "${Team}", Met.NEVER),
        ("StringEquals", "kms:GranteePrincipal", "${Grantee}", Met.NEVER),
        ("StringEquals", "aws:SourceVpce", "${Endpoint}", Met.NEVER),
    ],
)
def test_whether_a_request_may_have_a_value(operator: str, key: str, wanted: Plain, answer: Met) -> None:
    assert met(made(operator, key, wanted), literal_variables=False, by_service=False) is answer


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "answer"),
    [
        ("StringEquals", "kms:EncryptionContext:team", "${Team}", Met.NEVER),
        ("StringNotEquals", "kms:EncryptionContext:team", "${Team}", Met.NEVER),
        ("StringEquals", "kms:EncryptionContext:team", "blue", Met.PERHAPS),
        ("NumericLessThan", "aws:MultiFactorAuthAge", "1h", Met.UNTOLD),
    ],
)
def test_a_service_sends_what_it_always_does(operator: str, key: str, wanted: Plain, answer: Met) -> None:
    assert met(made(operator, key, wanted), literal_variables=False, by_service=True) is answer
