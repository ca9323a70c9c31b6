"""Which written value a planned one may have come from: a plan's policy is shown where the sources write it."""

from __future__ import annotations

import pytest

from kmslint.terraform.plan_places import differs, fitted, placed
from kmslint.values import Choice, Encoded, Items, Text, Value
from terraform_modules import spelt, value_of

AROUND = """
variable "open" {}
variable "flag" {
  type = bool
}
"""

FITS = [
    ('"a"', '"a"'),
    ('"a"', '"${var.open}"'),
    ('"a"', "var.open"),
    ('"arn:aws:x"', '"arn:${var.open}:x"'),
    ('"abcabc"', '"a${var.open}b${var.open}c"'),
    ('"aa"', '"a${var.open}a"'),
    ('"${var.open}"', '"a"'),
    ("var.open", '"a"'),
    ("var.open", "[1]"),
    ('"b"', 'var.flag ? "a" : "b"'),
    ("true", "true"),
    ("null", "null"),
    ("[]", "[]"),
    ('["a", "b"]', '["b", "a"]'),
    ('["a", "b"]', '["b", "${var.open}"]'),
    ('["a", "b", "c"]', '["${var.open}c", var.open, "a"]'),
    ('["a"]', '"a"'),
    ("[{ a = 1 }, { a = 2 }]", "[{ a = 1 }, { a = var.open }]"),
    ("{ a = 1, b = [2] }", "{ b = [2], a = 1 }"),
    ('{ "1" = "x" }', "{ 1 = var.open }"),
    ('"{\\"A\\": [\\"x\\"]}"', 'jsonencode({ A = ["x"] })'),
    ('"{\\"A\\": [\\"x\\"]}"', 'jsonencode({ A = "x" })'),
    ('"[{\\"A\\": \\"x\\"}]"', "jsonencode([{ A = var.open }])"),
    ('" {\\"A\\": 1}"', '"{\\"A\\": ${1}}"'),
]

DIFFERS = [
    ('"a"', '"b"'),
    ('"a"', '"a${var.open}b"'),
    ('"ba"', '"a${var.open}"'),
    ('"ab"', '"${var.open}a"'),
    ('"abc"', '"a${var.open}x${var.open}c"'),
    ('"a"', 'var.flag ? "b" : "c"'),
    ("null", '"a"'),
    ('"a"', "null"),
    ('["a", "b"]', '["a"]'),
    ('["a", "a"]', '["a", "b"]'),
    ('["a", "b"]', '["c", "b"]'),
    ('["a", "b"]', '["a${var.open}", "a${var.open}"]'),
    ("[{ a = 1 }, { a = 2 }]", "[{ a = 2 }, { a = 1 }]"),
    ("{ a = 1 }", "{ b = 1 }"),
    ("{ a = 1 }", "{ a = 2 }"),
    ("{ a = 1 }", "{ a = 1, b = 2 }"),
    ("{ a = 1 }", "merge({ a = 1 }, var.open)"),
    ("{ a = 1 }", "{ (var.open) = 1 }"),
    ("{ a = 1 }", "{ for v in [1] : v => v if var.flag }"),
    ("{ a = 1 }", '"a"'),
    ('"{\\"A\\": 1}"', "jsonencode({ A = 2 })"),
    ('"{\\"A\\": 1}"', '"{\\"A\\": 1"'),
    ('"{\\"A\\": 1}"', '"x"'),
]


def both(planned: str, written: str) -> tuple[Value, Value]:
    return value_of(planned, AROUND), value_of(written, AROUND)


@pytest.mark.parametrize(("planned", "written"), FITS)
def test_a_written_value_that_may_come_to_the_planned_one_gives_its_place(planned: str, written: str) -> None:
    ours, theirs = both(planned, written)
    found = fitted(ours, theirs)
    assert found is not None
    chosen = theirs.when_false if isinstance(theirs, Choice) else theirs
    assert repr(found.at) == repr(chosen.at)
    assert not differs(ours, theirs)


@pytest.mark.parametrize(("planned", "written"), DIFFERS)
def test_a_written_value_that_comes_to_something_else_does_not(planned: str, written: str) -> None:
    ours, theirs = both(planned, written)
    assert fitted(ours, theirs) is None
    assert differs(ours, theirs)


def test_the_planned_value_stays_what_it_is_with_its_parts_where_they_are_written() -> None:
    ours, theirs = both('["a", "c", "b"]', '["b", "${var.open}", "a"]')
    found = fitted(ours, theirs)
    assert spelt(found) == '["a", "c", "b"]'
    assert isinstance(found, Items)
    assert isinstance(theirs, Items)
    assert [repr(one.at) for one in found.items] == [repr(theirs.items[index].at) for index in (2, 1, 0)]


def test_one_text_that_is_written_as_a_list_stands_at_its_element() -> None:
    ours, theirs = both('"a"', '["a"]')
    found = fitted(ours, theirs)
    assert isinstance(found, Text)
    assert isinstance(theirs, Items)
    assert repr(found.at) == repr(theirs.items[0].at)


@pytest.mark.parametrize("written", ["{ A = 2 }", None])
def test_a_policy_that_nobody_wrote_so_stands_at_the_block(written: str | None) -> None:
    block = value_of("[1]").at
    ours = value_of('"{\\"A\\": {\\"B\\": [1, null]}}"')
    found = placed(ours, None if written is None else value_of(f"jsonencode({written})"), block)
    assert isinstance(found, Encoded)
    assert spelt(found) == "json {A: {B: [1, null]}}"
    inner = found.value.fields[0].value  # type: ignore[union-attr]
    assert {one.at for one in (found, found.value, inner, inner.fields[0].name, inner.fields[0].value.items[1])} == {  # type: ignore[union-attr]
        block
    }


def test_what_is_no_policy_is_left_as_it_is() -> None:
    for planned in ('"x"', '"1"', "var.open", '"{"', "[1]"):
        value = value_of(planned, AROUND)
        assert placed(value, None, value_of("[1]").at) is value


def test_what_nobody_wrote_or_knows_does_not_differ() -> None:
    value = value_of('"a"')
    assert not differs(value, None)
    assert not differs(value, value_of("var.open", AROUND))
