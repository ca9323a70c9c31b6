"""Policies that hang on open conditions, or of which a part cannot be seen."""

from __future__ import annotations

import pytest

from kmslint.limits import CHOICES
from kmslint.model.policy import Document, Statement
from kmslint.model.read_policy import read_policy
from kmslint.values import (
    Choice,
    Field,
    Fields,
    Items,
    Null,
    Unknown,
    Value,
    text,
    unknown,
)
from plain_policies import HERE, OWN, Plain, document, value, words

ACCOUNT: dict[str, Plain] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "kms:*", "Resource": "*"}


def statement(members: Plain) -> Statement:
    return document([members]).statements[0]


def read(spelt: Value) -> Document:
    found = read_policy(spelt)
    assert isinstance(found, Document), found
    return found


def unread(spelt: Value) -> Unknown:
    found = read_policy(spelt)
    assert isinstance(found, Unknown), found
    return found


def guards(found: Document) -> list[tuple[str | None, int, list[str]]]:
    return [(each.sid, each.position, sorted(map(str, each.guards))) for each in found.statements]


def named(sid: str) -> dict[str, Plain]:
    return {"Sid": sid, **ACCOUNT}


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (
            [named("a"), {"if": "C", "then": named("b"), "else": None}, named("d")],
            [("a", 0, []), ("b", 1, ["C is true"]), ("d", 2, [])],
        ),
        (
            [{"if": "C", "then": [named("a"), named("b")], "else": named("c")}, named("d")],
            [("a", 0, ["C is true"]), ("b", 1, ["C is true"]), ("c", 0, ["C is false"]), ("d", 2, [])],
        ),
        (
            [{"if": "C", "then": {"if": "D", "then": named("a"), "else": named("b")}, "else": None}],
            [("a", 0, ["C is true", "D is true"]), ("b", 0, ["C is true", "D is false"])],
        ),
        (
            [{"if": "C", "then": {"if": "C", "then": named("a"), "else": named("b")}, "else": None}],
            [("a", 0, ["C is true"])],
        ),
        (
            {"if": "C", "then": {"Statement": [named("a")]}, "else": {"Statement": [named("b")]}},
            [("a", 0, ["C is true"]), ("b", 0, ["C is false"])],
        ),
        (
            {"if": "C", "then": {"Statement": [named("a")]}, "else": None},
            [("a", 0, ["C is true"]), ("Enable IAM User Permissions", 0, ["C is false"])],
        ),
        (
            [{**named("a"), "Action": {"if": "C", "then": "kms:Decrypt", "else": None}}],
            [("a", 0, ["C is true"]), ("a", 0, ["C is false"])],
        ),
    ],
)
def test_choices_become_guards(plain: Plain, expected: list[tuple[str, int, list[str]]]) -> None:
    assert guards(read(value(plain if isinstance(plain, dict) else {"Statement": plain}))) == expected


def test_a_choice_inside_a_statement_decides_each_variant() -> None:
    variants = document([{**ACCOUNT, "Action": ["kms:Decrypt", {"if": "C", "then": "kms:Encrypt", "else": None}]}])
    assert [[str(action) for action in each.actions or ()] for each in variants.statements] == [
        ["kms:Decrypt", "kms:Encrypt"],
        ["kms:Decrypt"],
    ]


def test_a_choice_of_which_one_branch_cannot_be_read() -> None:
    assert unread(value({"if": "C", "then": {"Statement": [ACCOUNT]}, "else": "<Policy>"})).hole.label == "Policy"


def test_in_a_world_only_its_statements_are_there() -> None:
    both = document([{"if": "C", "then": named("a"), "else": {"if": "D", "then": named("b"), "else": named("c")}}])
    assert both.guards() == {"C", "D"}
    assert guards(both.in_world({"C": True})) == [("a", 0, [])]
    assert guards(both.in_world({"C": False})) == [("b", 0, ["D is true"]), ("c", 0, ["D is false"])]
    assert guards(both.in_world({"C": False, "D": False})) == [("c", 0, [])]


def test_too_many_choices_in_one_statement() -> None:
    actions: list[Plain] = [{"if": f"C{number}", "then": "kms:Decrypt", "else": None} for number in range(CHOICES + 1)]
    found = document([{**ACCOUNT, "Action": actions}, named("b")])
    assert [each.sid for each in found.statements] == ["b"]
    assert [each.hole.label for each in found.unseen] == [f"{CHOICES + 1} conditions in one statement"]


@pytest.mark.parametrize(
    "plain",
    [
        ["<<Statement>>", named("b")],
        ["<Statement>", named("b")],
        [{"if": "C", "then": "<<Statement>>", "else": None}, named("b")],
    ],
)
def test_statements_that_cannot_be_seen_are_told(plain: Plain) -> None:
    found = document(plain)
    assert [each.sid for each in found.statements] == ["b"]
    assert [each.hole.label for each in found.unseen] == ["Statement"]


def test_a_map_that_was_merged_in_and_cannot_be_seen() -> None:
    fields = value({"Statement": [ACCOUNT]})
    assert isinstance(fields, Fields)
    found = read(fields._replace(spread=(unknown("Rest", HERE),)))
    assert [each.hole.label for each in found.unseen] == ["Rest"]
    inner = value(ACCOUNT)
    assert isinstance(inner, Fields)
    in_statement = Fields(
        (Field(words("Statement"), Items((inner._replace(spread=(unknown("Rest", HERE),)),), HERE)),), HERE
    )
    assert read(in_statement).statements == ()
    assert [each.hole.label for each in read(in_statement).unseen] == ["Rest"]


def test_null_is_told_from_a_choice() -> None:
    """A choice between two nothings is the default policy, either way."""
    found = read(Choice("C", Null(HERE), text("", HERE), HERE))
    assert [sorted(map(str, each.guards)) for each in found.statements] == [["C is true"], ["C is false"]]
