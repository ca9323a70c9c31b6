"""How functions and nulls are spelt, and how texts are put together of pieces."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.cloudformation.assembly import (
    as_text,
    concatenated,
    from_elsewhere,
    named_hole,
    out_of_bounds,
    over_branches,
    relocated,
    unresolved,
)
from kmslint.cloudformation.calls import is_null, read_call
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.resources import alternatives, evaluate_resources
from kmslint.cloudformation.template import Parameter, read_template
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Choice, Encoded, Fields, Guard, Hole, HoleKind, Items, Null, Text, Unknown, Value, text
from test_cloudformation_intrinsics import spelt


def node_of(written: str) -> Node:
    return read_yaml(Source("t.yaml", f"[{written}]")).documents[0].items[0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "name", "arguments"),
    [
        ("!Ref A", "Ref", 0),
        ("!Condition A", "Condition", 0),
        ("!Sub A", "Fn::Sub", 0),
        ("!Fn::Sub A", "Fn::Sub", 0),
        ("!Join [a, b]", "Fn::Join", 2),
        ("!Transform {Name: a}", "Fn::Transform", 0),
        ("{Ref: A}", "Ref", 0),
        ("{Fn::Join: [a, b]}", "Fn::Join", 2),
        ("{Fn::Join: !Split [a, b]}", "Fn::Join", 0),
        ("{Fn::Sub: {a: b}}", "Fn::Sub", 0),
        ("{Condition: A}", "Condition", 0),
        ("!!binary A", "!!binary", 0),
        ("!<tag:example.com,2000:a> A", "tag:example.com,2000:a", 0),
        ("{Condition: {a: b}}", "", 0),
        ("{Fn::ForEach::L: [N, [a], {}]}", "", 0),
        ("{Reference: A}", "", 0),
        ("{Ref: A, b: c}", "", 0),
        ("{}", "", 0),
        ("{Sub: A}", "", 0),
        ("{Sub::Fn::: A}", "", 0),
        ("! A", "", 0),
        ("[Ref]", "", 0),
        ("A", "", 0),
        *(
            (f"!!{name} {value}", "", 0)
            for name, value in (("str", "a"), ("int", "1"), ("float", "1.5"), ("map", "{}"))
        ),
        *((f"!!{name} {value}", "", 0) for name, value in (("bool", "true"), ("null", "~"), ("seq", "[]"))),
        ("!!timestamp 2012-10-17", "", 0),
    ],
)
def test_a_call(written: str, name: str, arguments: int) -> None:
    node = node_of(written)
    call = read_call(node)
    assert (call.name if call else "") == name
    if call is not None:
        assert len(call.arguments) == arguments
        assert call.at == node.at


@pytest.mark.parametrize(
    ("written", "kind", "style"),
    [
        ("!Sub a", Scalar, Style.QUOTED),
        ("!Sub 'a'", Scalar, Style.QUOTED),
        ("!Sub {a: b}", Mapping, None),
        ("!Sub [a]", Sequence, None),
    ],
)
def test_what_stands_behind_a_tag_has_none_itself(written: str, kind: type, style: Style | None) -> None:
    call = read_call(node_of(written))
    assert call is not None
    assert isinstance(call.argument, kind)
    assert getattr(call.argument, "style", None) is style
    assert getattr(call.argument, "tag", None) == ""
    assert read_call(call.argument) is None


def test_a_block_behind_a_tag_is_a_block() -> None:
    (node,) = read_yaml(Source("t.yaml", "!Sub |\n  a\n")).documents
    call = read_call(node)
    assert call is not None
    assert isinstance(call.argument, Scalar)
    assert call.argument.style is Style.BLOCK


@pytest.mark.parametrize(
    ("written", "null"),
    [
        *((each, True) for each in ("~", "null", "Null", "NULL", "!!null a", "!!null ''")),
        *(
            (each, False)
            for each in ("'~'", "''", "nULL", "a", "!Ref null", "!!str null", "!!str ''", "[~]", "{~: ~}", "0")
        ),
    ],
)
def test_null(written: str, null: bool) -> None:
    assert is_null(node_of(written)) is null


def test_nothing_is_null() -> None:
    document = read_yaml(Source("t.yaml", "a:\n")).documents[0]
    assert isinstance(document, Mapping)
    assert is_null(document.entries[0].value)


SOURCE = Source("t.yaml", "x" * 200 + "!Other a and !Other   a and !Other b" + "y" * 300, stack="N/")
AT = Location(SOURCE, 3, 5)
OTHER = Location(SOURCE, 7, 9)
HOLE = Hole(HoleKind.PARAMETER, "P")


def test_what_is_spelt_alike_is_the_same_wherever_it_stands() -> None:
    first, second, third = (Location(SOURCE, 200 + start, 200 + end) for start, end in ((0, 8), (13, 23), (28, 36)))
    one, same, other = (unresolved("Fn::Other", at) for at in (first, second, third))
    assert one.hole == Hole(HoleKind.EXPRESSION, "Fn::Other", "N/!Other a")
    assert one.hole.same(same.hole)
    assert not one.hole.same(other.hole)
    assert same.at == second
    long = unresolved("Fn::Other", Location(SOURCE, 0, 201))
    assert long.hole == Hole(HoleKind.EXPRESSION, "Fn::Other", "N/t.yaml offset 0")


def test_holes_by_their_labels() -> None:
    assert named_hole("a" * 200, AT) == Hole(HoleKind.EXPRESSION, "a" * 200, "N/")
    assert named_hole("a" * 201, AT) == Hole(HoleKind.EXPRESSION, f"{'a' * 200}...", "N/t.yaml offset 3")
    assert out_of_bounds("why", AT) == Unknown(Hole(HoleKind.OUT_OF_BOUNDS, "why", "N/t.yaml offset 3"), AT)


@pytest.mark.parametrize(
    ("written", "label"),
    [("!Transform a", "a"), ("!Transform {Name: a}", "Fn::Transform"), ("!GetAZs a", "Fn::GetAZs")],
)
def test_what_is_worked_out_elsewhere(written: str, label: str) -> None:
    call = read_call(node_of(written))
    assert call is not None
    assert from_elsewhere(call).hole.label == label


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (text("a", AT), "a"),
        (Unknown(HOLE, AT), "${P}"),
        (Null(AT), ""),
        (Items((), AT), "${a list}"),
        (Fields((), AT), "${a map}"),
        (Choice("C", text("a", AT), text("b", AT), AT), "${Fn::If}"),
        (Encoded(Items((), AT), AT), "[]"),
        (Encoded(Null(AT), AT), "${Fn::ToJsonString}"),
    ],
)
def test_a_value_in_the_place_of_a_text(value: Value, found: str) -> None:
    made = as_text(value)
    assert (str(made), made.at) == (found, AT)


def test_texts_one_after_the_other() -> None:
    made = concatenated([text("ab", AT), Text((HOLE, "c"), OTHER), as_text(Encoded(Items((), AT), AT))], AT)
    assert isinstance(made, Text)
    assert (made.parts, made.at) == (("ab", HOLE, "c[]"), AT)
    first, hole, last, encoded = made.pieces
    assert isinstance(first, Excerpt)
    assert isinstance(last, Excerpt)
    assert (first.source, first.text, list(first.offsets)) == (SOURCE, "ab", [3, 3, 3])
    assert (hole, last.text, list(last.offsets)) == (HOLE, "c", [7, 7])
    assert encoded == Encoded(Items((), AT), AT)


def test_a_text_that_is_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT", 3)
    assert str(concatenated([text("abc", AT)], AT)) == "abc"
    made = concatenated([text("ab", AT), text("cd", AT)], AT)
    label = f"a text of more than 3 characters or {limits.ELEMENTS} pieces"
    assert str(made) == f"${{{label}; --limit text=N or elements=N raises this}}"


def test_what_is_looked_up_stands_where_it_is_used() -> None:
    piece = Excerpt(SOURCE, "a", (3, 4))
    written = Text(("a",), AT, pieces=(piece,))
    moved = text("a", OTHER)
    assert relocated(written, OTHER) == moved
    assert relocated(Items((written,), AT), OTHER) == Items((moved,), OTHER)
    assert relocated(Choice("C", written, Null(AT), AT), OTHER) == Choice("C", moved, Null(AT), OTHER)
    assert relocated(Unknown(HOLE, AT), OTHER) == Unknown(HOLE, AT)


def test_in_each_branch() -> None:
    values = (Choice("D", text("a", AT), text("b", AT), AT), Choice("C", text("c", AT), text("d", AT), AT))
    made = over_branches(values, OTHER, lambda found: text("".join(map(str, found)), AT))
    assert spelt(made) == "(C ? (D ? ac : bc) : (D ? ad : bd))"
    assert made.at == OTHER


def test_what_a_value_may_be_and_when() -> None:
    a, b, c = (text(each, AT) for each in "abc")
    choice = Choice("C", Items((a, Null(AT)), AT), Choice("D", b, Null(AT), AT), AT)
    given = Guard("E", True)
    assert list(alternatives(Items((choice, c), AT), frozenset({given}))) == [
        (a, frozenset({given, Guard("C", True)})),
        (b, frozenset({given, Guard("C", False), Guard("D", True)})),
        (c, frozenset({given})),
    ]
    assert list(alternatives(None)) == []
    assert list(alternatives(Null(AT))) == []
    assert list(alternatives(Unknown(HOLE, AT))) == [(Unknown(HOLE, AT), frozenset())]


def test_a_property_beside_what_a_macro_brings_in() -> None:
    source = Source("t.yaml", "Resources: {K: {Type: AWS::KMS::Key, Properties: {A: a, B: ~, Fn::Transform: M}}}")
    template = read_template(read_yaml(source).documents[0], source)
    (key,) = evaluate_resources(template, Evaluator(template, "t.yaml"))
    assert str(key.get("A")) == "a"
    assert key.get("B") is None
    other = key.get("C")
    assert isinstance(other, Unknown)
    assert (other.hole.label, other.spread) == ("M", False)


@pytest.mark.parametrize(
    ("type_", "is_list", "is_one_text", "is_stored"),
    [
        ("String", False, True, False),
        ("Number", False, True, False),
        ("List<Number>", True, False, False),
        ("CommaDelimitedList", True, False, False),
        ("AWS::EC2::VPC::Id", False, False, False),
        ("List<AWS::EC2::VPC::Id>", True, False, False),
        ("AWS::SSM::Parameter::Name", False, False, True),
        ("AWS::SSM::Parameter::Value<List<String>>", True, False, True),
        ("AWS::SSM::Parameter::Value<CommaDelimitedList>", True, False, True),
    ],
)
def test_the_type_of_a_parameter(type_: str, is_list: bool, is_one_text: bool, is_stored: bool) -> None:
    parameter = Parameter("P", AT, type_, None, secret=False)
    assert (parameter.is_list, parameter.is_one_text, parameter.is_stored) == (is_list, is_one_text, is_stored)
