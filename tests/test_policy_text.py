"""JSON text with holes, read into values: what becomes of the holes, and where everything stands."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.location import Excerpt, Location, Source
from kmslint.model.policy_text import decode_json
from kmslint.values import (
    Encoded,
    Fields,
    Hole,
    HoleKind,
    Items,
    Null,
    Part,
    Piece,
    Text,
    Unknown,
    Value,
    join,
    unknown,
)
from plain_policies import HERE, value, words

KINDS = {"account": HoleKind.OWN_ACCOUNT, "output": HoleKind.EXPRESSION, "bound": HoleKind.OUT_OF_BOUNDS}
INNER = value({"a": ["b"]})
START = len("policy = ")


def heredoc(written: str) -> Text:
    """A text of the file `policy = ...`: between the signs `§` stand names of holes; `json` is a value."""
    source = Source("main.tf", f"policy = {written}")
    pieces: list[Piece] = []
    parts: list[Part] = []
    at = START
    for number, piece in enumerate(written.split("§")):
        hole = Hole(KINDS.get(piece, HoleKind.PARAMETER), piece)
        if number % 2 == 0 and piece:
            pieces.append(Excerpt(source, piece, range(at, at + len(piece) + 1)))
            parts.append(piece)
        elif number % 2:
            pieces.append(Encoded(INNER, HERE) if piece == "json" else hole)
            parts.append(hole)
        at += len(piece) + 1
    return join(parts, Location(source, START, len(source.text)), tuple(pieces))


def hole(name: str) -> Hole:
    return Hole(KINDS.get(name, HoleKind.PARAMETER), name)


def spot(found: Value) -> str:
    return found.at.source.text[found.at.start : found.at.end]


def members(found: Value) -> list[Value]:
    assert isinstance(found, Fields)
    return [member.value for member in found.fields]


def test_what_stands_in_a_text_and_where() -> None:
    found = members(decode_json(heredoc('{"a": null, "b": 7, "c": "", "d": "x", "e": [true], "f": "null"}')))
    assert list(map(spot, found)) == ["null", "7", '""', '"x"', "[true]", '"null"']
    null, number, empty, word, listed, quoted = found
    assert isinstance(null, Null)
    assert isinstance(listed, Items)
    scalars = (number, empty, word, *listed.items, quoted)
    told = [(one.parts, one.typed, len(one.pieces)) for one in scalars if isinstance(one, Text)]
    assert told == [(("7",), True, 1), ((), False, 1), (("x",), False, 1), (("true",), True, 1), (("null",), False, 1)]


def test_holes_keep_what_they_are() -> None:
    """A hole in the place of a value may be any value, in a list any number of them; in a string it is a text."""
    found = decode_json(heredoc('{"a": §one§, "b": [§two§, 1], "c": "x§one§y§two§", "d": "§json§", "e": §json§}'))
    one, listed, mixed, spelt, inner = members(found)
    assert (one, spot(one)) == (Unknown(hole("one"), one.at), "§one§")
    assert isinstance(listed, Items)
    (two, _) = listed.items
    assert two == Unknown(hole("two"), two.at, spread=True)
    assert isinstance(mixed, Text)
    assert mixed.parts == ("x", hole("one"), "y", hole("two"))
    assert isinstance(spelt, Text)
    assert spelt.parts == (Hole(HoleKind.EXPRESSION, "jsonencode(...)"),)
    assert inner == INNER


def test_names_of_members_have_holes_too() -> None:
    found = decode_json(heredoc('{"a§one§": 1}'))
    assert isinstance(found, Fields)
    assert found.fields[0].name.parts == ("a", hole("one"))
    assert spot(found.fields[0].name) == '"a§one§"'


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("§one§ ", 0),
        ("§json§§one§", 0),
        ("  §one§", 2),
        ('{"a": §one§}', 0),
    ],
)
def test_where_a_text_begins(written: str, place: int) -> None:
    assert decode_json(heredoc(written)).at.start == START + place


@pytest.mark.parametrize(
    ("written", "reason", "place"),
    [
        ('{"a": 1', "expected ',' or '}' in an object", 7),
        ('{"a": §account§', "expected ',' or '}' in an object", 7),
        ("{,", "expected a member name in double quotes", 1),
        ("", "expected a value", 0),
    ],
)
def test_what_is_no_json(written: str, reason: str, place: int) -> None:
    found = decode_json(heredoc(written))
    assert isinstance(found, Unknown)
    assert (found.hole.kind, found.at.start - START) == (HoleKind.UNREADABLE, place)
    assert found.hole.label == f"policy text is not JSON: {reason}"


@pytest.mark.parametrize("name", ["one", "output", "bound"])
def test_what_is_missing_may_stand_in_a_hole(name: str) -> None:
    """In any but the id of an account, which mends nothing; the first of several is told."""
    broken = heredoc(f'{{"a": §account§, "b" §json§ §{name}§ §two§')
    assert decode_json(broken) == Unknown(hole(name), broken.at)


def test_where_a_text_stands_that_is_not_spelt_out() -> None:
    """A name stands for it, or a function makes it: all of it is at one place."""
    at = Location(Source("main.tf", "policy = local.policy"), START, START + 12)
    elsewhere = Excerpt(Source("other.tf", ' {"a": [1]}'), '{"a": [1]}', range(1, 12))
    parts = ('{"a": [1]}',)
    for given in (Text(parts, at), Text(parts, at, pieces=(elsewhere,))):
        (found,) = members(decode_json(given))
        assert isinstance(found, Items)
        for one in (found, *found.items):
            assert one.at == Location(at.source, START, START)
    half = Excerpt(at.source, "[1, ", range(START, START + 5))
    rest = Excerpt(elsewhere.source, "2]", range(3))
    whole = decode_json(Text(("[1, 2]",), at, pieces=(half, rest)))
    assert isinstance(whole, Items)
    assert [one.at.start for one in whole.items] == [START + 1, START]


def test_a_text_that_is_computed_has_holes_too() -> None:
    assert members(decode_json(words('{"a": ["<x>", "b<y>"]}'))) == [Items((words("<x>"), words("b<y>")), HERE)]


def test_a_text_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its holes do not count."""
    monkeypatch.setattr(limits, "POLICY_CHARACTERS", 12)
    just = Text(('{"a": ', hole("one"), "     }"), HERE)
    assert len(members(decode_json(just))) == 1
    longer = Text(('{"a": ', hole("one"), "      }"), HERE)
    reason = limits.named("policy text over 12 characters", "policy-characters")
    assert decode_json(longer) == unknown(reason, HERE, HoleKind.UNREADABLE)


def test_a_text_with_the_signs_that_stand_for_holes_is_not_read() -> None:
    reason = "policy text with private-use characters"
    for sign in ("\U00100000", "\U0010fffd"):
        found = decode_json(Text(("[", hole("one"), f'"{sign}"]'), HERE))
        assert found == unknown(reason, HERE, HoleKind.UNREADABLE)
