"""Intrinsic functions: what they come to, which holes they leave, and where their text stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from kmslint import limits
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.template import Template, read_template
from kmslint.location import Location, Source
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import Mapping, Node, Scalar
from kmslint.syntax.yaml import read_yaml
from kmslint.values import ALWAYS, Choice, Encoded, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "cloudformation"
EXPECTED = re.compile(r" +(?P<name>\w+):.*#=> ?(?P<text>.*)")


class Case(NamedTuple):
    name: str
    line: int
    expected: str
    """The value, then the kinds of its holes."""


def cases() -> list[Case]:
    lines = (FIXTURES / "intrinsics.yaml").read_text(encoding="utf-8").splitlines()
    matches = ((number, EXPECTED.fullmatch(line)) for number, line in enumerate(lines, 1))
    return [Case(match["name"], number, match["text"].strip()) for number, match in matches if match]


@cache
def template_of(name: str) -> Template:
    source = Source(name, (FIXTURES / name).read_text(encoding="utf-8"))
    return read_template((read_json if name.endswith(".json") else read_yaml)(source).documents[0], source)


def properties(name: str) -> dict[str, Node]:
    """The properties of Subject in a fixture."""
    found = next(one for one in template_of(name).resources if one.address == "Subject").properties
    assert isinstance(found, Mapping)
    return {entry.key.text: entry.value for entry in found.entries if isinstance(entry.key, Scalar)}


def value_of(name: str, file: str = "intrinsics.yaml") -> Value | None:
    """What one of them comes to; None if it is absent."""
    return Evaluator(template_of(file), file).evaluate_under(ALWAYS, properties(file)[name])


def spelt(value: Value | None) -> str:
    """A value on one line."""
    if value is None:
        return "absent"
    if isinstance(value, Null):
        return "null"
    if isinstance(value, Unknown):
        return f"?{{{value.hole.label}}}" + "*" * value.spread
    if isinstance(value, Items):
        return f"[{', '.join(map(spelt, value.items))}]"
    if isinstance(value, Choice):
        return f"({value.condition} ? {spelt(value.when_true)} : {spelt(value.when_false)})"
    if isinstance(value, Encoded):
        return f"json({spelt(value.value)})"
    if isinstance(value, Fields):
        members = [f"{field.name}: {spelt(field.value)}" for field in value.fields]
        return f"{{{', '.join((*members, *map(spelt, value.spread)))}}}"
    return str(value)


def holes(value: Value | None) -> Iterator[Hole]:
    if isinstance(value, Text):
        yield from value.holes
    elif isinstance(value, Unknown):
        yield value.hole
    elif isinstance(value, Items):
        for item in value.items:
            yield from holes(item)
    elif isinstance(value, Fields):
        yield from (unknown.hole for unknown in value.spread)


def described(value: Value | None) -> str:
    kinds = ", ".join(f"{hole.kind.value} {hole.resource}".strip() for hole in holes(value))
    return f"{spelt(value)} {kinds}".strip()


def places(value: Value | None) -> Iterator[Location]:
    if value is None:
        return
    yield value.at
    for inner in value.items if isinstance(value, Items) else ():
        yield from places(inner)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_function_comes_to(case: Case) -> None:
    assert described(value_of(case.name)) == case.expected


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_value_stands_where_it_is_used(case: Case) -> None:
    assert {at.line for at in places(value_of(case.name))} <= {case.line}


def test_every_property_is_a_case() -> None:
    assert [case.name for case in cases()] == list(properties("intrinsics.yaml"))


def in_json() -> list[str]:
    written = json.loads((FIXTURES / "intrinsics.json").read_text(encoding="utf-8"))
    return list(written["Resources"]["Subject"]["Properties"])


@pytest.mark.parametrize("name", in_json())
def test_the_long_form_is_the_short_form(name: str) -> None:
    assert described(value_of(name, "intrinsics.json")) == described(value_of(name))


@pytest.mark.parametrize(
    ("name", "typed"), [("Plain", True), ("Quoted", False), ("Core", False), ("RefDefault", False), ("Sub", False)]
)
def test_what_is_written_without_quotes_is_typed(name: str, typed: bool) -> None:
    value = value_of(name)
    assert isinstance(value, Text)
    assert value.typed is typed


def test_equal_calls_leave_the_same_hole_and_others_do_not() -> None:
    text = "Resources: {Subject: {Type: 'AWS::KMS::Key', Properties: {A: !F x, B: !F x, C: !F y}}}"
    source = Source("t.yaml", text)
    template = read_template(read_yaml(source).documents[0], source)
    evaluator = Evaluator(template, "t.yaml")
    nodes = [template.resources[0].property(name) for name in "ABC"]
    first, second, third = (next(holes(evaluator.evaluate_under(ALWAYS, node))) for node in nodes if node)
    assert first.same(second)
    assert not first.same(third)


def test_secrets_named_by_variables_of_two_functions_are_two() -> None:
    """Each `Fn::Sub` may have a variable of that name for itself."""
    reference = '"{{resolve:secretsmanager:${Secret}:SecretString}}"'
    text = (
        "Resources:\n  Subject:\n    Type: AWS::KMS::Key\n    Properties:\n"
        f"      A: !Sub [{reference}, {{Secret: one}}]\n      B: !Sub [{reference}, {{Secret: two}}]\n"
        "      C: '{{resolve:ssm:/a}}'\n      D: !Sub '{{resolve:ssm:/a}}'\n"
    )
    source = Source("t.yaml", text)
    template = read_template(read_yaml(source).documents[0], source)
    (resource,) = template.resources
    evaluator = Evaluator(template, "t.yaml")
    nodes = (resource.property(name) for name in "ABCD")
    one, two, plain, substituted = (next(holes(evaluator.evaluate_anywhere(node))) for node in nodes if node)
    assert one.label == two.label
    assert not one.same(two)
    assert plain.same(substituted)


def first_holes(text: str, names: str) -> list[Hole]:
    source = Source("t.yaml", text)
    template = read_template(read_yaml(source).documents[0], source)
    evaluator = Evaluator(template, "t.yaml")
    nodes = (template.resources[0].property(name) for name in names)
    return [next(holes(evaluator.evaluate_anywhere(node))) for node in nodes if node]


def test_what_is_too_long_for_a_label_is_told_apart_by_its_place() -> None:
    """The first 200 characters are the same."""
    imports = ", ".join(f"{name}: !ImportValue '{'x' * 200}{name}'" for name in "ABA")
    first, second, _ = first_holes(
        f"Resources: {{Subject: {{Type: 'AWS::KMS::Key', Properties: {{{imports}}}}}}}", "ABA"
    )
    assert first.label == second.label == f"Fn::ImportValue {'x' * 184}..."
    assert not first.same(second)


def test_texts_that_are_too_long_are_not_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEXT", 8)
    text = "Resources: {Subject: {Type: 'AWS::KMS::Key', Properties: {A: !Base64 abcd, B: !Base64 abcde}}}"
    source = Source("t.yaml", text)
    template = read_template(read_yaml(source).documents[0], source)
    evaluator = Evaluator(template, "t.yaml")
    nodes = (template.resources[0].property(name) for name in "AB")
    assert [spelt(evaluator.evaluate_anywhere(node)) for node in nodes if node] == [
        "YWJjZA==",
        "${Fn::Base64 of more than 4 characters; --limit text=N raises this}",
    ]


def test_texts_are_not_split_into_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ELEMENTS", 2)
    text = "Resources: {Subject: {Type: 'AWS::KMS::Key', Properties: {A: !Split [-, a-b], B: !Split [-, a-b-c]}}}"
    source = Source("t.yaml", text)
    template = read_template(read_yaml(source).documents[0], source)
    evaluator = Evaluator(template, "t.yaml")
    nodes = (template.resources[0].property(name) for name in "AB")
    assert [spelt(evaluator.evaluate_anywhere(node)) for node in nodes if node] == [
        "[a, b]",
        "?{Fn::Split into more than 2 texts; --limit elements=N raises this}",
    ]


@pytest.mark.parametrize(
    ("written", "bound", "most"),
    [
        ("!Join [b, [a, c]]", "TEXT", 3),
        ("!Sub 'ab${AWS::Region}'", "TEXT", 3),
        ("!Join ['', [a, b, c]]", "ELEMENTS", 5),
    ],
)
def test_texts_are_put_together_up_to_a_bound(
    monkeypatch: pytest.MonkeyPatch, written: str, bound: str, most: int
) -> None:
    text = f"Resources: {{Subject: {{Type: 'AWS::KMS::Key', Properties: {{A: {written}}}}}}}"
    source = Source("t.yaml", text)
    template = read_template(read_yaml(source).documents[0], source)
    node = template.resources[0].property("A")
    assert node is not None
    for limit in (most, most - 1):
        monkeypatch.setattr(limits, bound, limit)
        value = Evaluator(template, "t.yaml").evaluate_anywhere(node)
        assert isinstance(value, Unknown) is (limit < most)
    assert {hole.kind for hole in holes(value)} == {HoleKind.OUT_OF_BOUNDS}


GIVEN = """
Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}, M: {Type: CommaDelimitedList}}
Conditions: {C: !Equals [!Ref "AWS::Region", x]}
Resources: {Subject: {Type: "AWS::KMS::Key", Properties: {A: !If [C, !Ref P, c], B: !Ref L, C: !Ref M}}}
"""


def given(**values: Value) -> list[Value | None]:
    """The properties of the subject in a stack that is given values."""
    source = Source("t.yaml", GIVEN)
    template = read_template(read_yaml(source).documents[0], source)
    evaluator = Evaluator(template, "t.yaml", Inputs(values))
    nodes = (template.resources[0].property(name) for name in "ABC")
    return [evaluator.evaluate_anywhere(node) for node in nodes if node]


def test_in_a_branch_a_given_choice_is_settled() -> None:
    at = Location(Source("t.yaml", GIVEN), 0, 1)
    either = Choice("C", Text(("a",), at), Text(("b",), at), at)
    for value, becomes in ((either, "a"), (Items((either, Text(("d",), at)), at), "[a, d]")):
        assert spelt(given(P=value)[0]) == f"(C ? {becomes} : c)"


def test_lists_of_texts_that_are_not_known_are_the_same_if_the_texts_are() -> None:
    at = Location(Source("t.yaml", GIVEN), 0, 1)
    hole, other = Hole(HoleKind.PARAMETER, "H"), Hole(HoleKind.PARAMETER, "I")
    texts = ((hole,), (other,), (hole, ",x"), (hole, ",y"))
    for one in texts:
        for two in texts:
            _, first, second = given(L=Text(one, at), M=Text(two, at))
            assert isinstance(first, Unknown)
            assert isinstance(second, Unknown)
            assert first.hole.same(second.hole) is (one == two)
    assert isinstance(first := given(L=Text((hole,), at))[1], Unknown)
    assert first.hole == hole


def test_a_logical_id_of_two_types_is_not_known() -> None:
    """What CloudFormation makes of the two nobody says."""
    text = (
        "Resources:\n  Subject: {Type: 'AWS::KMS::Key', Properties: {A: !Ref Two, B: !GetAtt Two.Arn}}\n"
        "  Two: {Type: 'AWS::IAM::Role', Properties: {RoleName: a}}\n  Two: {Type: 'AWS::S3::Bucket'}\n"
    )
    assert [(hole.label, hole.kind) for hole in first_holes(text, "AB")] == [
        ("Two", HoleKind.EXPRESSION),
        ("Two.Arn", HoleKind.EXPRESSION),
    ]
