"""What is wrong with statements as they are written: tests that never hold, what KMS refuses, what looks like ASCII."""

from __future__ import annotations

from typing import Any

import pytest

from document_estates import estate_of, iam_policy
from kmslint.access.impossible_tests import why_impossible
from kmslint.access.lookalikes import as_it_looks, first_lookalike, looks_like_kms
from kmslint.access.policy_limits import MAXIMUM_BYTES, least_bytes, refused_characters
from kmslint.access.written import Written, is_of_kms, key_of, key_statements, written_statements
from kmslint.model.policy import Test as ConditionTest
from plain_policies import KEY, OWN, Plain, document


def allow(condition: Plain = None, **more: Plain) -> dict[str, Plain]:
    plain: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*", **more}
    return plain if condition is None else {**plain, "Condition": condition}


def why(plain: Plain, in_key_policy: bool = True) -> str:
    """Why the one test of a statement never holds."""
    (statement,) = document([plain]).statements
    (test,) = statement.conditions
    assert isinstance(test, ConditionTest)
    return why_impossible(test, Written(statement, "Key", KEY if in_key_policy else None))


CONTEXT = "kms:EncryptionContext:Dept"
NO_SUCH = "and AWS, which has no such operator, refuses the policy"
REFUSED = "and for that KMS refuses the policy (OverlyPermissiveCondition)"
IN_KEY_POLICIES: list[tuple[dict[str, Any], str]] = [
    ({"StringSame": {"k:x": "a"}}, f"tests k:x by StringSame, {NO_SUCH}"),
    ({"StringSameIfExists": {"k:x": "a"}}, f"tests k:x by StringSameIfExists, {NO_SUCH}"),
    ({"NullIfExists": {"k:x": "true"}}, f"tests k:x by NullIfExists, {NO_SUCH}"),
    ({"StringEqualsIfExists": {"k:x": "a"}}, ""),
    ({"Null": {CONTEXT: "true"}}, ""),
    ({"StringSame": {"<Key>": "a"}}, ""),
    ({"ForAllValues:StringEquals": {CONTEXT: "a"}}, f"tests {CONTEXT} by ForAllValues, {REFUSED}"),
    ({"ForAllValues:StringEquals": {"aws:RequestTag/T": "a"}}, f"tests aws:RequestTag/T by ForAllValues, {REFUSED}"),
    ({"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "a"}}, ""),
    ({"ForAnyValue:StringEquals": {CONTEXT: "a"}}, ""),
    (
        {"StringEquals": {"kms:Caller": "a"}},
        "tests kms:Caller, which KMS does not know, so the statement allows nothing",
    ),
    ({"StringNotEquals": {"kms:Caller": "a"}}, "tests kms:Caller, which KMS does not know, so the test always holds"),
    ({"StringEquals": {"aws:ResourceTag/T": "a"}}, ""),  # told of elsewhere, in key policies
    ({"StringEquals": {"k:x": "a"}}, ""),
    (
        {"StringEquals": {"aws:SourceIp": "192.0.2.0/24"}},
        "tests aws:SourceIp by StringEquals, and its value is an IP address, so the statement allows nothing",
    ),
    ({"StringNotEquals": {"aws:SourceIp": "192.0.2.0/24"}}, ""),
]


@pytest.mark.parametrize(("condition", "words"), IN_KEY_POLICIES)
def test_tests_in_key_policies(condition: dict[str, Any], words: str) -> None:
    assert why(allow(condition)) == words


def test_what_an_iam_policy_may_test_and_a_key_policy_may_not() -> None:
    by_alias = allow({"ArnEquals": {"kms:ResourceAliases": "alias/a"}}, Action="kms:Decrypt")
    told = "tests kms:ResourceAliases by ArnEquals, and its value is text, so the statement allows nothing"
    assert (why(by_alias), why(by_alias, in_key_policy=False)) == ("", told)
    assert why(allow({"ForAllValues:StringEquals": {CONTEXT: "a"}}, Action="kms:Decrypt"), in_key_policy=False) == ""
    for operator in ("StringEquals", "StringNotEquals"):
        plain = allow({operator: {"aws:ResourceTag/T": "a"}}, Action="kms:CreateKey")
        assert why(plain, in_key_policy=False) == ""


VIEW = allow({"StringEquals": {CONTEXT: "a"}}, Action=["kms:DescribeKey", "kms:ListGrants"])
NO_REQUEST = f"tests {CONTEXT}, which no request for kms:ListGrants or kms:DescribeKey carries, so the statement"
RETIRE = allow({"StringEquals": {CONTEXT: "a"}}, Action=["kms:RetireGrant", "kms:DescribeKey"])


@pytest.mark.parametrize(
    ("plain", "in_key_policy", "words"),
    [
        (VIEW, True, f"{NO_REQUEST} allows nothing"),
        (VIEW, False, f"{NO_REQUEST} allows nothing"),
        ({**VIEW, "Effect": "Deny"}, True, f"{NO_REQUEST} denies nothing"),
        ({**VIEW, "Action": ["kms:DescribeKey", "kms:Decrypt"]}, True, ""),
        ({**VIEW, "Action": ["kms:DescribeKey", "s3:GetObject"]}, False, ""),  # S3 has keys of its own
        ({**VIEW, "Action": ["s3:GetObject"]}, True, ""),
        ({**VIEW, "Action": None}, False, ""),
        (
            {**VIEW, "Action": ["kms:DescribeKey", "kms:CreateKey"], "Effect": "Deny"},
            True,
            f"tests {CONTEXT}, which no request for kms:DescribeKey carries, so the statement denies nothing",
        ),
        ({**VIEW, "Action": ["kms:CreateKey"]}, True, ""),
        # RetireGrant carries it: a Deny in a key policy takes that away, and an Allow does not give it.
        (
            RETIRE,
            True,
            f"tests {CONTEXT}, which no request for kms:DescribeKey carries, so the statement allows nothing",
        ),
        ({**RETIRE, "Effect": "Deny"}, True, ""),
        (RETIRE, False, ""),
    ],
)
def test_keys_that_no_request_for_the_actions_carries(plain: Plain, in_key_policy: bool, words: str) -> None:
    assert why(plain, in_key_policy) == words


def test_everything_but_some_actions_may_be_of_any_service() -> None:
    condition: Plain = {"StringEquals": {"kms:GranteePrincipal": "a"}}  # of no other action
    plain: Plain = {"Effect": "Allow", "NotAction": "kms:CreateGrant", "Resource": "*", "Condition": condition}
    assert why(plain, in_key_policy=False) == ""


def test_the_statements_that_say_something_of_keys() -> None:
    key = document([allow(), {**allow(), "Effect": "Deny", "Sid": "Use"}, allow(Action="s3:*")])
    iam = iam_policy(
        {"Effect": "Allow", "Action": ["s3:*", "KMS:Decrypt"], "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["kms:Decrypt"], "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "<<Unknown>>", "Resource": "*"},
        {"Effect": "Allow", "Action": "<Prefix>:*", "Resource": "*"},
    )
    unreadable = iam_policy()._replace(document=None)
    estate = estate_of(key, policies=[iam, unreadable])
    assert [(one.name, one.verb) for one in written_statements(estate)] == [
        ("statement number 1 of the key policy of Key", "allows"),
        ('statement "Use" of the key policy of Key', "denies"),
        ("statement number 3 of the key policy of Key", "allows"),
        ("statement number 1 of the IAM policy of Policy", "allows"),
        ("statement number 3 of the IAM policy of Policy", "denies"),
    ]
    assert [one.key for one in key_statements(estate)] == [estate.keys[0]] * 3
    assert [is_of_kms(one) for one in ("kms:Decrypt", "KMS:*", "kmsx:*", "*")] == [True, True, False, False]
    (test,) = document([allow({"StringEquals": {"kms:ViaService": "a"}})]).statements[0].conditions
    assert isinstance(test, ConditionTest)
    assert key_of(test) == "kms:viaservice"


STATEMENT: dict[str, Plain] = {
    "Sid": "S",
    "Effect": "Allow",
    "Principal": {"AWS": "12"},
    "Action": "123",
    "Resource": ["1234", "<Somewhere>5"],
    "Condition": {"StringEquals": {"123456": ["1234567"]}},
}
NEGATED: dict[str, Plain] = {
    "Effect": "Deny",
    "NotPrincipal": {"AWS": "12"},
    "NotAction": "123",
    "NotResource": "1234",
    "Condition": "<<Condition>>",
}


@pytest.mark.parametrize(
    ("plain", "length"),
    [
        ([STATEMENT], (2 + 2) + (3 + 2) + (4 + 2) + (1 + 2) + (6 + 2) + (7 + 2)),
        ([NEGATED], (2 + 2) + (3 + 2) + (4 + 2)),
        ([STATEMENT, NEGATED], 35 + 15),
        ([STATEMENT, {"if": "C", "then": STATEMENT, "else": None}], 35),
        ([{**NEGATED, "NotAction": "äöü"}], 4 + (6 + 2) + 6),
        ([{**NEGATED, "NotAction": "\ud800"}], 4 + (3 + 2) + 6),
        ([], 0),
    ],
)
def test_how_long_a_policy_is_at_least(plain: list[Plain], length: int) -> None:
    assert least_bytes(document(plain)) == length
    assert MAXIMUM_BYTES == 32 * 1024


FAR = "\u0142"
CHARACTERS = [
    ({**STATEMENT, "Sid": f"a{FAR}"}, [FAR]),
    ({**STATEMENT, "Principal": {"AWS": f"{FAR}a"}}, [FAR]),
    ({**STATEMENT, "Action": [f"{FAR}\u0143", "a", FAR]}, [FAR, FAR]),
    ({**STATEMENT, "Resource": f"<Somewhere>{FAR}"}, [FAR]),
    ({**STATEMENT, "Condition": {"StringEquals": {f"{FAR}": "a"}}}, [FAR]),
    ({**STATEMENT, "Condition": {"StringEquals": {"a": FAR}}}, [FAR]),
    ({**NEGATED, "NotPrincipal": {"AWS": FAR}}, [FAR]),
    ({**NEGATED, "NotAction": FAR}, [FAR]),
    ({**NEGATED, "NotResource": FAR}, [FAR]),
    ({**STATEMENT, "Sid": "\u00ff", "Action": "\n\t\u0001\u00e4"}, []),
]


@pytest.mark.parametrize(("plain", "characters"), CHARACTERS)
def test_characters_that_kms_refuses(plain: Plain, characters: list[str]) -> None:
    (statement,) = document([plain]).statements
    assert [character for _, character in refused_characters(statement)] == characters


LOOKS = [
    ("kms:Decr\u0443pt", "kms:Decrypt", "U+0443, which looks like y"),
    ("kms\u200b:Decrypt", "kms:Decrypt", "U+200B, which nobody sees"),
    ("\uff4bms:\uff21", "kms:A", "U+FF4B, which looks like k"),
    ("\uff01\uff5e", "!~", "U+FF01, which looks like !"),
    ("\u212ams:*", "Kms:*", "U+212A, which looks like K"),
    ("a\u2013b", "a-b", "U+2013, which looks like -"),
    ("a\u2044b", "a/b", "U+2044, which looks like /"),
    ("\u03bf\u0430", "oa", "U+03BF, which looks like o"),
    ("\u039a", "K", "U+039A, which looks like K"),
    ("\ufeff*", "*", "U+FEFF, which nobody sees"),
]


@pytest.mark.parametrize(("text", "looks", "told"), LOOKS)
def test_characters_that_look_like_others(text: str, looks: str, told: str) -> None:
    assert as_it_looks(text) == looks
    assert str(first_lookalike(text)) == told


@pytest.mark.parametrize("text", ["", "kms:Decrypt", "\u00e4", "kms:Decr\u0443pt\u00e4", "\uff00", "\uff5f", "\u0436"])
def test_characters_that_are_what_they_look_like(text: str) -> None:
    assert first_lookalike(text) is None


def test_text_of_another_script_stays_as_it_is() -> None:
    assert as_it_looks("\u0436\u0430") == "\u0436a"


@pytest.mark.parametrize(("action", "is_kms"), [("KM\u0455:Decrypt", True), ("kms:*", True), ("s3:kms:", False)])
def test_what_reads_as_an_action_of_kms(action: str, is_kms: bool) -> None:
    assert looks_like_kms(action) is is_kms
