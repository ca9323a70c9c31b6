"""What a suppression may stand in: the resources and statements of a file, each with where it begins and ends."""

from __future__ import annotations

import pytest

from kmslint.location import Excerpt, Location, Source
from kmslint.suppression.sources import parse
from kmslint.suppression.units import Unit, Units, units_of, walk


def shown(path: str, text: str) -> list[str]:
    """The units of a text, each below the one around it; `?` is behind what may be left out."""
    file = parse(Source(path, text))
    assert file is not None
    units = units_of(file)
    lines = []
    for place, unit in enumerate(units.all):
        around = list(units.around(unit.start))
        name = "  " * (len(around) - 1 - around.index(place)) + ("statement" if unit.is_statement else unit.name)
        lines.append(f"{name}{'?' * unit.is_optional}: {' '.join(text[unit.start : unit.end].split())}")
    return lines


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("A: x\nResources: [x]\n", []),
        ("Resources: {A: {Type: T}, B: x, C: }\n", ["A: A: {Type: T}", "B: B: x", "C: C:"]),
        (
            "Resources:\n  A: {Type: T, Condition: C}\nMappings:\n  M: {}\n",
            ["A?: A: {Type: T, Condition: C}", "M: M: {}"],
        ),
        (
            "Resources:\n  A:\n    Effect: x\n    P: {Type: T}\n  Effect: {}\n",
            [
                "statement: A: Effect: x P: {Type: T} Effect: {}",
                "  A: A: Effect: x P: {Type: T}",
                "    statement: Effect: x P: {Type: T}",
                "  Effect: Effect: {}",
            ],
        ),
        ("X: &x {Type: T}\nResources: {A: *x, B: {}}\n", ["Type: Type: T", "A: A", "B: B: {}"]),
        (
            "Resources:\n  A:\n    P: [{Effect: Allow, X: 1}, {X: 1, Effect: Deny}, {X: Effect}]\n",
            [
                "A: A: P: [{Effect: Allow, X: 1}, {X: 1, Effect: Deny}, {X: Effect}]",
                "  statement: {Effect: Allow, X: 1}",
                "  statement: {X: 1, Effect: Deny}",
            ],
        ),
        (
            "Resources:\n  A: {X: &s {Effect: Allow}}\n  B: {X: *s}\n---\nResources: {C: {}}\n",
            ["A: A: {X: &s {Effect: Allow}}", "  statement: &s {Effect: Allow}", "B: B: {X: *s}", "C: C: {}"],
        ),
    ],
)
def test_of_a_template(text: str, units: list[str]) -> None:
    assert shown("a.yaml", text) == units


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ('resource "t" "n" {\n  count = 1\n  a = 1\n}\n', ['t.n?: resource "t" "n" { count = 1 a = 1 }']),
        ('module "m" {\n  for_each = x\n}\n', ['module.m?: module "m" { for_each = x }']),
        ('locals {\n  a = 1\n}\ndata "t" "n" {}\n', ["locals: locals { a = 1 }", 'data.t.n: data "t" "n" {}']),
        (
            'data t n {\n  statement {}\n  dynamic "statement" {}\n  dynamic x {}\n  dynamic {}\n  x "statement" {}\n}',
            [
                'data.t.n: data t n { statement {} dynamic "statement" {} dynamic x {} dynamic {} x "statement" {} }',
                "  statement: statement {}",
                '  statement: dynamic "statement" {}',
            ],
        ),
        (
            'resource "t" "n" {\n  a = [{ X = 1, Effect = 2 }, { (x.y) = 1, Effect = 3 }, { X = "Effect" }]\n}\n',
            [
                't.n: resource "t" "n" { a = [{ X = 1, Effect = 2 }, { (x.y) = 1, Effect = 3 }, { X = "Effect" }] }',
                "  statement: { X = 1, Effect = 2 }",
                "  statement: { (x.y) = 1, Effect = 3 }",
            ],
        ),
    ],
)
def test_of_terraform(text: str, units: list[str]) -> None:
    assert shown("main.tf", text) == units


@pytest.mark.parametrize("path", ["main.tf.json", "main.tofu.json"])
@pytest.mark.parametrize(
    ("text", "units"),
    [
        ('{"resource": {"t": {"n": {"count": 1, "a": 2}}}}', ['t.n?: "n": {"count": 1, "a": 2}']),
        ('{"variable": {"v": {}}, "locals": {"a": {}}}', ['variable.v: "v": {}', 'locals: "locals": {"a": {}}']),
        ('{"module": [1, {"m": [1, {}]}], "other": {"o": {}}, "resource": 1}', ['module.m: "m": [1, {}']),
        ('[{"module": {"m": 1, "n": {"a": 1}}}]', ['module.n: "n": {"a": 1}']),
        (
            '{"data": {"t": {"n": {"statement": [{"a": 1}, 2, {"b": 1}], "b": {}}}}}',
            [
                'data.t.n: "n": {"statement": [{"a": 1}, 2, {"b": 1}], "b": {}}',
                '  statement: {"a": 1}',
                '  statement: {"b": 1}',
            ],
        ),
        ('{"locals": {"statement": {"a": 1}}}', ['locals: "locals": {"statement": {"a": 1}}', '  statement: {"a": 1}']),
    ],
)
def test_of_terraform_in_json(path: str, text: str, units: list[str]) -> None:
    assert shown(path, text) == units


def test_what_is_around_a_place_and_what_begins_on_a_line() -> None:
    """A line of two resources, the second with two statements; one more below, and one that begins as a statement."""
    source = Source("a", "aabbbbbb\ncc\ndd")
    given = [Unit(0, 1, False, "a"), Unit(2, 8, False, "b"), Unit(9, 11, False, "c"), Unit(12, 14, False, "d")]
    units = Units(source, iter([*given, Unit(3, 5, True), Unit(6, 7, True), Unit(6, 7, True), Unit(12, 13, True)]))
    assert [units.all[place].name for place in (0, 1, 4, 5)] == ["a", "b", "c", "d"]
    assert [list(units.around(offset)) for offset in range(15)] == [
        *([0], [], [1], [2, 1], [2, 1], [1], [3, 1], [1], []),
        *([4], [4], [], [6, 5], [5], []),
    ]
    assert [units.innermost(offset) for offset in (0, 3, 8, 12)] == [0, 2, -1, 6]
    assert [units.resource(offset) for offset in (0, 3, 6, 8, 13)] == [0, 1, 1, -1, 5]
    assert [units.beginning_on(line) for line in range(5)] == [-1, 0, 4, 5, -1]
    assert [units.line(offset) for offset in (0, 8, 9, 12)] == [1, 1, 2, 3]
    assert not given[0].is_optional


def test_what_stands_in_a_tree_twice_is_walked_once() -> None:
    shared = (1, "text")
    source = Source("a", "text")
    tree = (shared, shared, Location(source, 0, 4), Excerpt(source, "text", range(5)), [shared])
    assert list(walk(tree)) == [tree, shared]
