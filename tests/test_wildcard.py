"""Patterns over texts, with and without holes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmslint.values import Hole, HoleKind, Part, Text, join
from kmslint.verdict import NO, UNKNOWN, YES, Verdict
from kmslint.wildcard import covers, equal, fold, glob, quote, unquote
from plain_policies import HERE, words


@cache
def covers_by_definition(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return covers_by_definition(pattern[1:], text) or (bool(text) and covers_by_definition(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and covers_by_definition(pattern[1:], text[1:])


@given(st.text("ab:*?", max_size=7), st.text("ab:*", max_size=7))
def test_glob_is_what_its_definition_says(pattern: str, text: str) -> None:
    assert glob(pattern, text) == covers_by_definition(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("*", "", True),
        ("?", "", False),
        ("?", "a", True),
        ("?", "ab", False),
        ("a*", "a", True),
        ("*a*", "bab", True),
        ("a*b*c", "a:b/b:c", True),
        ("[ab]", "a", False),
        ("a.c", "abc", False),
        ("kms:*", "KMS:Decrypt", False),
        # Characters of private use are characters.
        ("?", "\U000f0001", True),
    ],
)
def test_glob(pattern: str, text: str, covered: bool) -> None:
    assert glob(pattern, text) is covered


def test_case_is_folded_in_ascii_only() -> None:
    assert glob("KMS:DECRYPT", "kms:Decrypt", ignore_case=True)
    assert not glob("\u212ams:Decrypt", "kms:Decrypt", ignore_case=True)
    assert fold("AZ[\u00c4\u0130") == "az[\u00c4\u0130"


@pytest.mark.parametrize("size", [2_000])
def test_many_stars_take_no_time(size: int) -> None:
    started = time.process_time()
    assert not glob("*a" * size + "b", "a" * size * 2)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("pattern", "text", "verdict"),
    [
        ("*", "arn:<partition>:iam::<own>:role/Dev", YES),
        ("role/*", "role/Dev", YES),
        ("role/Dev", "role/*", NO),
        ("arn:*:iam::*:role/*", "arn:<partition>:iam::<own>:role/Dev", YES),
        ("<own>", "<own>", YES),
        ("<own>", "<region>", UNKNOWN),
        ("<a>-<b>", "<a>-<b>", YES),
        ("<a>-<b>", "<b>-<a>", UNKNOWN),
        ("role/<Name>", "role/<Name>", YES),
        ("role/<Name>*", "role/<Name>-1", YES),
        ("role/<Name>", "role/Dev", UNKNOWN),
        ("role/<Name>", "user/Dev", NO),
        ("<Name>/Dev", "role/Sec", NO),
        ("role/a*", "role/<Name>", UNKNOWN),
        ("role/a*", "user/<Name>", NO),
        ("*-prod", "key-<Stage>-test", NO),
        ("*-prod", "key-<Stage>", UNKNOWN),
        ("?", "<own>", UNKNOWN),
        ("key/<key>", "key/<key>", YES),
        ("key/<key>", "key/<other key>", NO),
        ("key/*", "key/<key>", YES),
        ("", "<own>", UNKNOWN),
        # A pattern may well cover the name that AWS makes up: it begins with the stack's.
        ("role/stack-*", "role/<role Dev>", UNKNOWN),
        ("role/*-Dev-????????????", "role/<role Dev>", UNKNOWN),
        ("key/mrk-*", "key/<key>", UNKNOWN),
        ("key/????????-????-????-????-????????????", "key/<key>", UNKNOWN),
        # What stands between the holes has to be there too.
        ("<x>-b-<y>", "a-b-a", UNKNOWN),
        ("<x>-b-<y>", "a-c-a", NO),
        ("Y*", "X<Name>", NO),
        ("*Y", "<Name>X", NO),
        ("a*b", "ac<Name>", UNKNOWN),
        ("a?b", "ac<Name>", UNKNOWN),
        ("b*a", "<Name>ca", UNKNOWN),
    ],
)
def test_covers_with_holes(pattern: str, text: str, verdict: Verdict) -> None:
    assert covers(words(pattern), words(text)) is verdict


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("a", "a", YES),
        ("a", "A", NO),
        ("a", "*", NO),
        ("role/*", "role/<Name>", UNKNOWN),
        ("<own>", "<own>", YES),
        ("<own>", "111122223333", UNKNOWN),
        ("role/<Name>", "user/<Name>", NO),
        ("<role A>", "<role B>", NO),
        ("x<role A>y", "x<role B>y", NO),
        ("x<role A>y", "x<role B>z", NO),
        ("<Name>", "<role B>", UNKNOWN),
        ("role/Dev", "role/<role B>", NO),
        ("role/x<Name>y", "role/<role B>", UNKNOWN),
        ("role/stack-Dev-1", "role/<role Dev>", UNKNOWN),
        ("role/x", "role/x<role Dev>", UNKNOWN),
        ("ROLE/<Name>", "role/<Name>", NO),
        ("X<Name>", "Y<Name>", NO),
        ("<Name>X", "<Name>Y", NO),
        # The same end says nothing of what stands before it.
        ("<Name>-a", "<Other>-a", UNKNOWN),
        ("<Name>-a", "role<Other>-a", UNKNOWN),
        ("x<Name>-a", "x<Other>-a", UNKNOWN),
        ("<Name>-x-<Other>", "<One>y", UNKNOWN),
        ("role<Name>-a", "<Other>-a-a", UNKNOWN),
    ],
)
def test_equal_with_holes(one: str, other: str, verdict: Verdict) -> None:
    assert equal(words(one), words(other)) is verdict
    assert equal(words(other), words(one)) is verdict


def test_equal_in_any_case() -> None:
    assert equal(words("Role/Dev"), words("role/DEV"), ignore_case=True) is YES
    assert equal(words("Role/Dev"), words("role/Sec"), ignore_case=True) is NO
    assert equal(words("ROLE/<Name>"), words("role/<Name>"), ignore_case=True) is YES


def test_holes_of_another_scope_are_others() -> None:
    """`each.value` of two resources, the account of two providers."""
    here, there = (Text((Hole(HoleKind.OWN_ACCOUNT, "id", scope),), HERE) for scope in ("", "east"))
    assert equal(here, there) is UNKNOWN
    assert covers(here, there) is UNKNOWN


@pytest.mark.parametrize("compare", [covers, equal])
def test_a_strange_character_is_not_a_hole(compare: Callable[[Text, Text], Verdict]) -> None:
    """Whatever stands for holes inside, a text may hold it too."""
    for strange in ("\U000f0000", "\U000fff00"):
        assert compare(words(strange), words("<own>")) is not YES
        assert compare(words("<own>"), words(strange)) is not YES
        assert compare(words(strange), words(strange)) is YES


def test_a_star_covers_a_strange_character_too() -> None:
    assert covers(words("*"), words("\U000fff00<own>")) is YES
    assert covers(words("role/*"), words("\U000fff00<own>")) is not YES


@pytest.mark.parametrize("compare", [covers, equal])
def test_more_holes_than_can_be_told_apart(compare: Callable[[Text, Text], Verdict]) -> None:
    """Two texts of hundreds of holes may be the same: no hole is taken for a character."""
    one, other = (join([Hole(HoleKind.PARAMETER, f"{name}{n}") for n in range(400)], HERE) for name in "PQ")
    assert compare(one, other) is UNKNOWN


def test_attributes_of_one_resource_may_be_the_same() -> None:
    """`Arn` and `Ref` of one resource; of two resources they never are."""
    arn, ref = (Text((Hole(HoleKind.RESOURCE, label, resource="Key"),), HERE) for label in ("Key.Arn", "Key"))
    assert equal(arn, ref) is UNKNOWN
    assert equal(arn, Text((Hole(HoleKind.RESOURCE, "Other", resource="Other"),), HERE)) is NO


def test_the_account_in_the_arn_of_a_resource_may_be_written_out() -> None:
    account = Text((Hole(HoleKind.OWN_ACCOUNT, "account", resource="Role"),), HERE)
    assert equal(account, words("111122223333")) is UNKNOWN
    assert equal(words("111122223333"), account) is UNKNOWN


def test_covers_in_any_case() -> None:
    assert covers(words("KMS:<Verb>"), words("kms:Decrypt"), ignore_case=True) is UNKNOWN
    assert covers(words("KMS:<Verb>"), words("kms:Decrypt")) is NO
    assert covers(words("S3:<Verb>"), words("kms:Decrypt"), ignore_case=True) is NO
    assert covers(words("KMS:*"), words("kms:<Verb>"), ignore_case=True) is YES


@pytest.mark.parametrize("text", ["", "plain", "a*b?c", "**??"])
def test_quoted_wildcards_are_mere_characters(text: str) -> None:
    assert unquote(quote(text)) == text
    assert glob(quote(text), text)
    assert glob(quote(text) + "*", text + "more")
    assert not glob(quote(f"{text}*"), text + "more")
    assert not glob(quote(f"{text}?"), text + "m")


def test_very_many_holes_are_no_trouble() -> None:
    """To seek each among all earlier ones would cost most of a minute for a template of 50 kB."""
    many: list[Part] = [Hole(HoleKind.PARAMETER, f"P{number}") for number in range(4_000)]
    started = time.process_time()
    assert equal(join(many, HERE), words("Dev")) is UNKNOWN
    assert time.process_time() - started < 0.5


PARTS = st.sampled_from(["a", "b", ":", "*", "?", "<x>", "<y>"])
FILLINGS = st.text("ab:", max_size=2)
WILD_FILLINGS = st.text("ab*?", max_size=2)


def filled(spelt: str, x: str, y: str) -> str:
    return spelt.replace("<x>", x).replace("<y>", y)


@given(st.lists(PARTS, max_size=6).map("".join), st.lists(PARTS, max_size=5).map("".join), WILD_FILLINGS, FILLINGS)
def test_covers_is_right_whatever_the_holes_are(pattern: str, text: str, x: str, y: str) -> None:
    verdict = covers(words(pattern), words(text))
    assert verdict in (UNKNOWN, Verdict.of(covers_by_definition(filled(pattern, x, y), filled(text, x, y))))


@given(st.lists(PARTS, max_size=5).map("".join), st.lists(PARTS, max_size=5).map("".join), FILLINGS, FILLINGS)
def test_equal_is_right_whatever_the_holes_are(one: str, other: str, x: str, y: str) -> None:
    verdict = equal(words(one), words(other))
    assert verdict in (UNKNOWN, Verdict.of(filled(one, x, y) == filled(other, x, y)))
