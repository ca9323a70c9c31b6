"""Which statements are left of several policy documents, and of which nobody knows."""

from __future__ import annotations

import pytest

from kmslint import limits
from kmslint.terraform.merging import Merged, Origin
from kmslint.values import HoleKind, Items, Unknown
from terraform_modules import spelt, value_of
from terraform_surroundings import AROUND

SOURCES, OWN, OVERRIDES = Origin.SOURCES, Origin.OWN, Origin.OVERRIDES
TWICE = '${duplicate Sid "a" in %s of aws_iam_policy_document}'

MERGED = [
    # The later one takes the place of the earlier.
    ([(SOURCES, '{ Sid = "a", n = 1 }, { n = 2 }'), (OWN, '{ Sid = "a", n = 3 }')], '{Sid: "a", n: 3}, {n: 2}'),
    (
        [(OWN, '{ Sid = "a", n = 1 }'), (OVERRIDES, '{ Sid = "b" }, { Sid = "a", n = 2 }')],
        '{Sid: "a", n: 2}, {Sid: "b"}',
    ),
    ([(OWN, '{ Sid = "a", n = 1 }'), (OVERRIDES, '{ Sid = "a", n = 2 }, { Sid = "a", n = 3 }')], '{Sid: "a", n: 3}'),
    ([(OWN, '{ Sid = "" }, { Sid = "" }, { n = 1 }, { n = 1 }')], '{Sid: ""}, {Sid: ""}, {n: 1}, {n: 1}'),
    # Twice in the same place.
    ([(OWN, '{ Sid = "a", n = 1 }, { Sid = "a", n = 2 }')], TWICE % "the statements"),
    ([(SOURCES, '{ Sid = "a" }, { Sid = "a" }')], TWICE % "source_policy_documents"),
    (
        [(OWN, '(var.flag ? { Sid = "a", n = 1 } : { Sid = "a", n = 2 }), { Sid = "a", n = 3 }')],
        '{Sid: "a", n: 3}',
    ),
    (
        [(OWN, '{ Sid = "a", n = 1 }, (var.flag ? { Sid = "a", n = 2 } : { Sid = "a", n = 3 })')],
        '(var.flag ? {Sid: "a", n: 2} : {Sid: "a", n: 3})',
    ),
    # A statement that may be absent leaves the one before it.
    (
        [(SOURCES, '{ Sid = "a", n = 1 }'), (OWN, '[for v in [2] : { Sid = "a", n = v } if var.flag]...')],
        '(var.flag ? {Sid: "a", n: 2} : {Sid: "a", n: 1})',
    ),
    # A Sid that is not known may be that of an earlier statement.
    (
        [(OWN, '{ Sid = "a" }'), (OVERRIDES, '{ Sid = "x${var.open}" }')],
        '{Sid: "a"}, {Sid: "x${var.open}"}',
    ),
    (
        [(OWN, '{ Sid = "xa" }'), (OVERRIDES, '{ Sid = "x${var.open}" }')],
        '(Sid x${var.open} is not xa ? {Sid: "xa"} : -), {Sid: "x${var.open}"}',
    ),
    (
        [(OWN, '{ Sid = "x${var.open}" }'), (OVERRIDES, '{ Sid = "xa" }')],
        '(Sid xa is not x${var.open} ? {Sid: "x${var.open}"} : -), {Sid: "xa"}',
    ),
    ([(SOURCES, '{ Sid = "xa" }, { Sid = "x${var.open}" }')], '{Sid: "xa"}, {Sid: "x${var.open}"}'),
    ([(OWN, '{ Sid = "xa" }, { Sid = "x${var.open}" }')], '{Sid: "xa"}, {Sid: "x${var.open}"}'),
    (
        [(OVERRIDES, '{ Sid = "xa" }, { Sid = "x${var.open}" }')],
        '(Sid x${var.open} is not xa ? {Sid: "xa"} : -), {Sid: "x${var.open}"}',
    ),
    (
        [(OWN, '{ Sid = "a" }'), (OVERRIDES, "{ Sid = var.open }")],
        '(Sid ${var.open} is not a ? {Sid: "a"} : -), {Sid: ${var.open}}',
    ),
    (
        [(OWN, '{ Sid = "a" }'), (OVERRIDES, '{ Sid = var.flag ? "a" : "b" }')],
        '(Sid ${Sid (it.tf:2:17-2:37)} is not a ? {Sid: "a"} : -), {Sid: (var.flag ? "a" : "b")}',
    ),
    (
        [(OWN, '{ Sid = "a" }'), (OVERRIDES, '(var.flag ? { Sid = "b" } : { Sid = "c" })')],
        '(Sid ${Sid (it.tf:2:29-2:32)} is not a ? {Sid: "a"} : -), (var.flag ? {Sid: "b"} : {Sid: "c"})',
    ),
    # A document that cannot be seen may replace every statement that has a Sid.
    (
        [(OWN, '{ Sid = "a" }, { n = 1 }'), (OVERRIDES, "var.open")],
        '(var.open overrides no statement ? {Sid: "a"} : -), {n: 1}, ${var.open}',
    ),
    ([(SOURCES, '{ Sid = "a" }, var.open')], '{Sid: "a"}, ${var.open}'),
]


def merged(origins: list[tuple[Origin, str]]) -> Merged:
    found = Merged()
    for origin, statements in origins:
        written = f"concat({statements})" if statements.endswith("...") else f"[{statements}]"
        items = value_of(written.replace("concat([", "concat([[").replace("]...)", "]]...)"), AROUND)
        assert isinstance(items, Items)
        found.add(items.items, origin)
    return found


@pytest.mark.parametrize(("origins", "expected"), MERGED)
def test_which_statements_are_left(origins: list[tuple[Origin, str]], expected: str) -> None:
    assert ", ".join(map(spelt, merged(origins).statements)) == expected


def test_a_sid_that_stands_there_twice_is_a_problem() -> None:
    found = merged([(OWN, '{ Sid = "a" }, { Sid = "a" }')])
    (problem,), (left,) = found.problems, found.statements
    assert isinstance(left, Unknown)
    assert left.hole.kind is HoleKind.UNREADABLE
    assert problem.reason == 'duplicate Sid "a" in the statements of aws_iam_policy_document'
    assert repr(problem.at) == "it.tf:2:32-2:35"


def test_a_statement_that_many_may_replace_is_not_known() -> None:
    statements = ", ".join(["var.open"] * 3)
    with limits.within({"choices": 3}):
        first, *_ = merged([(OWN, '{ Sid = "a" }'), (OVERRIDES, statements)]).statements
    assert spelt(first).count("overrides") == 3
    with limits.within({"choices": 2}):
        first, *_ = merged([(OWN, '{ Sid = "a" }'), (OVERRIDES, statements)]).statements
    assert spelt(first) == "${a statement that more than 2 others may replace; --limit choices=N raises this}..."
    # One that is put in its place for certain is known again.
    with limits.within({"choices": 2}):
        found = merged(
            [(OWN, '{ Sid = "a" }'), (OVERRIDES, f'{statements}, {{ Sid = "a", n = 1 }}, {statements[:18]}')]
        )
    assert spelt(found.statements[0]).count("overrides") == 2


def test_of_too_many_sids_that_are_not_known_none_is_compared() -> None:
    origins = [(OWN, '{ Sid = "xa" }, { Sid = "xb" }'), (OVERRIDES, '{ Sid = "x${var.open}" }')]
    with limits.within({"sids": 2}):
        assert "is not" in spelt(merged(origins).statements[1])
    with limits.within({"sids": 1}):
        found = [spelt(one) for one in merged(origins).statements]
    assert found == ["${more than 1 pairs of Sids; --limit sids=N raises this}..."] * 2 + ['{Sid: "x${var.open}"}']
