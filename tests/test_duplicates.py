"""Members that stand twice in one map: what is noted of them, and which of them count."""

from __future__ import annotations

import pytest

from kmslint.location import Excerpt, Location, Source
from kmslint.model.duplicates import Reader, both_readings, last_reading, shown_path
from kmslint.model.policy_text import decode_json
from kmslint.values import Choice, Encoded, Fields, Hole, HoleKind, Items, Null, Part, Text, Unknown, Value, join

CLUE = Hole(HoleKind.PARAMETER, "x")


def decoded(json: str) -> Value:
    """The value of a text in which `${x}` is a hole."""
    source, at = Source("policy.json", json), 0
    parts: list[Part] = []
    pieces: list[Hole | Excerpt] = []
    for number, literal in enumerate(json.split("${x}")):
        if number:
            parts.append(CLUE)
            pieces.append(CLUE)
            at += len("${x}")
        parts.append(literal)
        pieces.append(Excerpt(source, literal, range(at, at + len(literal) + 1)))
        at += len(literal)
    return decode_json(join(parts, Location(source, 0, len(json)), tuple(pieces)))


def spelt(value: Value) -> str:
    """A value in one line; a choice between two readings as `first/last`."""
    if isinstance(value, Fields):
        return "{" + ", ".join(f"{field.name}: {spelt(field.value)}" for field in value.fields) + "}"
    if isinstance(value, Items):
        return f"[{', '.join(map(spelt, value.items))}]"
    if isinstance(value, Choice):
        return f"{spelt(value.when_true)}/{spelt(value.when_false)}"
    return "null" if isinstance(value, Null) else str(value)


@pytest.mark.parametrize(
    ("json", "both", "last", "noted"),
    [
        ('{"a": 1, "b": {"a": 2}}', "{a: 1, b: {a: 2}}", "{a: 1, b: {a: 2}}", []),
        ('{"a": 1, "b": 2, "a": 3}', "{a: 1/3, b: 2}", "{a: 3, b: 2}", [("", "a", 17, 1)]),
        ('{"a": 1, "a": 2, "a": 3}', "{a: 1/3}", "{a: 3}", [("", "a", 9, 1), ("", "a", 17, 1)]),
        ('{"a": 1, "a": "1"}', "{a: 1/1}", "{a: 1}", [("", "a", 9, 1)]),
        ('{"a": null, "a": null}', "{a: null}", "{a: null}", [("", "a", 12, 1)]),
        ('{"m": {"n": [7, {"a": 1, "a": 2}]}}', "{m: {n: [7, {a: 1/2}]}}", "{m: {n: [7, {a: 2}]}}",
         [("m.n[1]", "a", 25, 17)]),
        # What is in two that share a name is noted in each; the choice is between them as they are read.
        ('{"m": {"a": 1, "a": 2}, "m": {"a": 3, "a": 4}}', "{m: {a: 1/2}/{a: 3/4}}", "{m: {a: 4}}",
         [("m", "a", 15, 7), ("m", "a", 38, 30), ("", "m", 24, 1)]),
        # Two names that cannot be known may be two names.
        ('{"${x}": 1, "b": 2, "${x}": 3}', "{${x}: 1, b: 2, ${x}: 3}", "{${x}: 1, b: 2, ${x}: 3}", []),
    ],
)  # fmt: skip
def test_which_of_them_count(json: str, both: str, last: str, noted: list[tuple[str, str, int, int]]) -> None:
    for reading, shown, reader in (
        (both_readings(decoded(json)), both, Reader.AWS),
        (last_reading(decoded(json)), last, Reader.TERRAFORM),
    ):
        assert spelt(reading.value) == shown
        found = [(one.path, one.name, one.at.start, one.first.start) for one in reading.duplicates]
        assert found == noted
        assert {one.reader for one in reading.duplicates} <= {reader}


@pytest.mark.parametrize(
    ("json", "of_one_type"),
    [
        ('{"a": 1, "b": "x"}', True),
        ('{"a": 1, "a": 2}', True),
        ('{"a": "1", "a": "${x}", "a": ""}', True),
        ('{"a": true, "a": false}', True),
        ('{"a": 1, "a": "1"}', False),
        ('{"a": true, "a": "true"}', False),
        ('{"a": true, "a": 1}', False),
        ('{"a": 0, "a": false}', False),
        ('{"a": [], "a": []}', False),
        ('{"a": {}, "a": {}}', False),
        ('{"a": null, "a": null}', False),
        ('{"a": 1, "a": ${x}}', False),
        # One name is enough.
        ('{"a": 1, "a": "1", "b": 1, "b": 2}', False),
        ('{"c": [{"a": 1, "a": "1"}], "b": 1, "b": 2}', False),
    ],
)
def test_whether_what_stands_twice_is_of_one_type(json: str, of_one_type: bool) -> None:
    """Terraform reads the first as of the type of the last."""
    assert last_reading(decoded(json)).of_one_type is of_one_type


def test_what_is_chosen_between_says_where_the_first_stands() -> None:
    reading = both_readings(decoded('{"a": 1,\n "b": 2, "b": 3}')).value
    assert isinstance(reading, Fields)
    choice = reading.get("b")
    assert isinstance(choice, Choice)
    assert (choice.condition, choice.at.start) == ('the first "b" (line 2) counts', 23)


@pytest.mark.parametrize(
    ("names", "path"),
    [
        ((), ""),
        (("Statement",), "Statement"),
        (("Statement", "[0]", "Principal", "AWS"), "Statement[0].Principal.AWS"),
        (("[0]", "[1]", "a"), "[0][1].a"),
        (("a" * 100,), "a" * 100),
        (("a" * 101,), "..." + "a" * 100),
        (("a", "b" * 99), "..." + "." + "b" * 99),
        (("a" * 97, "b"), "a" * 97 + ".b"),
        (("a" * 98, "b"), "a" * 98 + ".b"),
        (("a" * 99, "b"), "..." + "a" * 98 + ".b"),
    ],
)
def test_the_path_of_a_map(names: tuple[str, ...], path: str) -> None:
    assert shown_path(names) == path


def test_what_no_map_is_in_stays_as_it_is() -> None:
    whole = decoded("[1]")
    for value in (whole, Encoded(whole, whole.at), Unknown(CLUE, whole.at), Text((CLUE,), whole.at)):
        assert both_readings(value) == (value, (), True)
