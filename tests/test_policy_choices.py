"""Policies that hang on open conditions, or of which a part cannot be seen."""

from __future__ import annotations

import pytest

from kmslint.limits import CHOICES
from kmslint.limits import named as named_limit
from kmslint.model.policy import Document, Statement
from kmslint.model.read_policy import read_policy
from kmslint.values import (
    Choice,
    Field,
    Fields,
    Guard,
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
    found = read(value({"if": "C", "then": {"Statement": [ACCOUNT]}, "else": "<Policy>"}))
    assert guards(found) == [(None, 0, ["C is true"])]
    assert [(one.hole.label, sorted(map(str, one.guards))) for one in found.unseen] == [("Policy", ["C is false"])]


def test_a_choice_of_which_no_branch_cannot_be_read() -> None:
    assert unread(value({"if": "C", "then": "<One>", "else": "<Other>"})).hole.label == "One"


def test_in_a_world_only_its_statements_are_there() -> None:
    both = document([{"if": "C", "then": named("a"), "else": {"if": "D", "then": named("b"), "else": named("c")}}])
    assert both.guards() == {"C", "D"}
    assert guards(both.under(frozenset({Guard("C", True)}))) == [("a", 0, [])]
    assert guards(both.under(frozenset({Guard("C", False)}))) == [("b", 0, ["D is true"]), ("c", 0, ["D is false"])]
    assert guards(both.under(frozenset({Guard("C", False), Guard("D", False)}))) == [("c", 0, [])]


MANY = [f"C{number}" for number in range(30)]


def test_many_choices_among_the_entries_of_a_list() -> None:
    """One statement for each entry, and one for all those that hang on nothing: not one for each combination."""
    actions: list[Plain] = [{"if": one, "then": f"kms:{one}", "else": None} for one in MANY]
    found = document([{**ACCOUNT, "Action": ["kms:Decrypt", *actions, "kms:Encrypt"]}, named("b")])
    assert found.unseen == ()
    assert [(each.position, [str(action) for action in each.actions or ()]) for each in found.statements] == [
        (0, ["kms:Decrypt", "kms:Encrypt"]),
        *((0, [f"kms:{one}"]) for one in MANY),
        (1, ["kms:*"]),
    ]
    assert [sorted(map(str, each.guards)) for each in found.statements[1:3]] == [["C0 is true"], ["C1 is true"]]


def test_many_choices_among_principals_and_resources() -> None:
    """Each principal with each resource."""
    principals: list[Plain] = [
        {"if": one, "then": f"arn:aws:iam::{OWN}:role/{one}", "else": f"arn:aws:iam::{OWN}:role/Not{one}"}
        for one in MANY[:8]
    ]
    whom: Plain = {"AWS": principals, "Service": "a.amazonaws.com"}
    resource: Plain = {"if": "R", "then": "*", "else": None}
    found = document([{**ACCOUNT, "Principal": whom, "Resource": resource}])
    assert (len(found.statements), found.unseen) == (2 * (2 * 8 + 1), ())
    assert {len(each.principals or ()) for each in found.statements} == {1}
    assert all(len(each.guards) == 2 for each in found.statements[2:])


def test_too_many_choices_in_one_statement() -> None:
    """Of a Condition all tests must be met, so there are no parts."""
    values: list[Plain] = [{"if": one, "then": one, "else": None} for one in MANY[: CHOICES + 1]]
    found = document([{**ACCOUNT, "Condition": {"StringEquals": {"aws:PrincipalTag/a": values}}}, named("b")])
    assert [each.sid for each in found.statements] == ["b"]
    label = named_limit(f"{CHOICES + 1} conditions in one statement", "choices")
    assert [each.hole.label for each in found.unseen] == [label]


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
