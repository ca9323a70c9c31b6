"""How scalars without quotes are read, what is written as JSON, and networks: each table in one go."""

from __future__ import annotations

import pytest

from kmslint.cloudformation.json_text import json_parts
from kmslint.cloudformation.networks import networks
from kmslint.cloudformation.plain_scalars import as_read, lost_zero
from kmslint.location import Location, Source
from kmslint.syntax.tree import Scalar
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Encoded, Field, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value, text

AT = Location(Source("t.yaml", ""), 0, 0)
READ = {
    **{word: "true" for each in ("true", "yes", "on") for word in (each, each.title(), each.upper())},
    **{word: "false" for each in ("false", "no", "off") for word in (each, each.title(), each.upper())},
    **{word: word for word in ("tRue", "y", "n", "1", "0", "a1", "1a", "1.5", "-12", "2012-10-17", "_12", "09", "1e3")},
    "'yes'": "yes",
    "!!str yes": "yes",
    "'010'": "010",
    "!!str 010": "010",
    "12": "12",
    "1_0": "10",
    "1__0_": "10",
    "010": "8",
    "0_1_0": "8",
    "0777": "511",
    "0" + "7" * 30: str(8**30 - 1),
    "0" + "7" * 31: "0" + "7" * 31,
    "089": "089",
    "012345678901": "1.2345678901E10",
    "01234567_8901": "1.2345678901E10",
    "012345670123": "1402433619",
    "0123456789012": "0123456789012",
    "000000000089": "89.0",
    "000012345678": "1.2345678E7",
    "000001234568": "1234568.0",
    "090000000000": "9.0E10",
    "098000000000": "9.8E10",
    "112345678901": "112345678901",
}


def scalar(written: str) -> Scalar:
    (node,) = read_yaml(Source("t.yaml", written)).documents
    assert isinstance(node, Scalar)
    return node


def test_how_scalars_are_read() -> None:
    assert {written: as_read(scalar(written)) for written in READ} == READ


def test_account_ids_that_lose_their_zero() -> None:
    octal, floating = "YAML reads it as an octal number", "YAML reads it as a floating point number"
    lost = {
        "012345670123": ("012345670123", "1402433619", octal),
        "0123_4567_0123": ("012345670123", "1402433619", octal),
        "012345678901": ("012345678901", "1.2345678901E10", floating),
    }
    kept = ("'012345670123'", "112345678901", "1123_4567_8901", "0123", "01234567012", "0123456701234", "a", "yes")
    found = {written: lost_zero(scalar(written)) for written in (*lost, *kept)}
    assert {written: one and one[:3] for written, one in found.items()} == {**dict.fromkeys(kept), **lost}


ACCOUNT = Hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId")
PLAIN_HOLES = (
    ACCOUNT,
    Hole(HoleKind.PARTITION, "AWS::Partition"),
    Hole(HoleKind.REGION, "AWS::Region"),
    Hole(HoleKind.URL_SUFFIX, "AWS::URLSuffix"),
)
OTHER_HOLES = tuple(Hole(kind, "x") for kind in HoleKind if kind not in {hole.kind for hole in PLAIN_HOLES})


def items(*values: Value) -> Items:
    return Items(values, AT)


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        (text("a", AT), '"a"'),
        (text('\\ " \n \t ~', AT), '"\\\\ \\" \\n \\t ~"'),
        (text("\x7f", AT), None),
        (text("\r", AT), None),
        (text("ä", AT), None),
        (items(), "[]"),
        (items(text("a", AT), text("b", AT)), '["a","b"]'),
        (Fields((), AT), "{}"),
        (
            Fields((Field(text("a", AT), items()), Field(text("b", AT), text("", AT))), AT),
            '{"a":[],"b":""}',
        ),
        (Fields((), AT, (Unknown(ACCOUNT, AT, spread=True),)), None),
        (Unknown(ACCOUNT, AT), None),
        (Null(AT), None),
        *((Text((hole, "x"), AT), f'"{hole}x"') for hole in PLAIN_HOLES),
        *((Text((hole, "x"), AT), None) for hole in OTHER_HOLES),
        *((text(word, AT, typed=True), f'"{word}"') for word in ("abc", "a1", "kms:Decrypt", "a*", "a-b.c/d", "yes_")),
        *((text(word, AT, typed=True), None) for word in ("true", "false", "yes", "no", "on", "off", "y", "n", "null")),
        *((text(word, AT, typed=True), None) for word in ("1", "NO", "a: b", "a:", "*", "", "-")),
        (Text(("a", ACCOUNT), AT, typed=True), None),
        (items(*[text("a", AT)] * 3), '["a","a","a"]'),
        (text("yes", AT), '"yes"'),
    ],
)
def test_what_is_written_as_json(value: Value, spelt: str | None) -> None:
    parts = json_parts(Encoded(value, AT))
    assert (parts if parts is None else "".join(map(str, parts))) == spelt


def test_long_values_are_not_written() -> None:
    """Of 256 pieces: a list of one text has five, beside those of the text."""
    for holes, is_written in ((251, True), (252, False), (300, False)):
        value = items(Text((ACCOUNT,) * holes, AT))
        assert (json_parts(Encoded(value, AT)) is not None) is is_written


@pytest.mark.parametrize(
    ("block", "count", "bits", "found"),
    [
        ("10.0.0.0/24", "2", "5", ["10.0.0.0/27", "10.0.0.32/27"]),
        ("10.0.0.0/24", "1", "8", ["10.0.0.0/24"]),
        ("10.0.0.0/16", "256", "8", 256),
        ("10.0.0.0/16", "257", "4", None),
        ("10.0.0.0/24", "9", "5", None),
        ("10.0.0.0/24", "0", "5", None),
        ("10.0.0.0/24", "1", "9", None),
        ("10.0.0.0/24", "1", "0005", None),
        ("10.0.0.0/24", "0001", "5", None),
        ("10.0.0.0/24", "-1", "5", None),
        ("10.0.0.0/24", "1", "a", None),
        ("10.0.0.0/24", "a", "5", None),
        ("10.0.0.1/24", "1", "5", None),
        ("text", "1", "5", None),
        ("", "1", "5", None),
        ("2001:db8::/60", "1", "64", ["2001:db8::/64"]),
    ],
)
def test_networks(block: str, count: str, bits: str, found: list[str] | int | None) -> None:
    value = networks(tuple(text(each, AT) for each in (block, count, bits)), AT)
    if found is None:
        assert isinstance(value, Unknown)
        assert value.hole.label == "Fn::Cidr"
        return
    assert isinstance(value, Items)
    spelt = [str(item) for item in value.items]
    assert (spelt if isinstance(found, list) else len(spelt)) == found


def test_networks_of_what_is_not_known() -> None:
    whole = (text("10.0.0.0/24", AT), text("1", AT), text("5", AT))
    for number in range(3):
        for other in (Text((ACCOUNT,), AT), items(), Unknown(ACCOUNT, AT)):
            arguments = (*whole[:number], other, *whole[number + 1 :])
            assert isinstance(networks(arguments, AT), Unknown)
    assert isinstance(networks(whole[:2], AT), Unknown)
