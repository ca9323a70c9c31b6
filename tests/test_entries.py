"""A statement in parts, one for each entry that hangs on a condition: they allow the same as the whole."""

from __future__ import annotations

import pytest

from kmslint.model.entries import entry_by_entry
from kmslint.values import Choice, Fields, Items, Null, Value, unknown
from plain_policies import HERE, Plain, value, words


def branch(condition: str, then: Plain, otherwise: Plain = None) -> Plain:
    return {"if": condition, "then": then, "else": otherwise}


def spelt(found: Value | None) -> str:
    if isinstance(found, Fields):
        return "{" + ", ".join(f"{field.name}: {spelt(field.value)}" for field in found.fields) + "}"
    if isinstance(found, Items):
        return f"[{', '.join(map(spelt, found.items))}]"
    if isinstance(found, Choice):
        return f"{found.condition}? {spelt(found.when_true)} : {spelt(found.when_false)}"
    return "null" if isinstance(found, Null) or found is None else str(found)


def parts(members: dict[str, Plain]) -> list[str]:
    """Each part with what must hold for it."""
    statement = value(members)
    assert isinstance(statement, Fields)
    return [" ".join([spelt(part), *sorted(map(str, guards))]) for part, guards in entry_by_entry(statement)]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        # What hangs on nothing stays together, and so does what there is only one of.
        ({"Action": ["a", "b"]}, []),
        ({"Action": branch("C", "a", "b")}, []),
        ({"Action": [branch("C", "a", "b")]}, []),
        ({"Sid": "s"}, []),
        ({"Condition": {"Bool": [branch("C", "a"), branch("D", "b")]}}, []),
        ({"Action": ["a", branch("C", "b"), "c"]}, ["{Action: [a, c]}", "{Action: b} C is true"]),
        ({"Action": [branch("C", "a", "b"), branch("D", None, "c")]},
         ["{Action: a} C is true", "{Action: b} C is false", "{Action: c} D is false"]),
        ({"Resource": ["a", branch("C", branch("D", "b"), branch("C", "c", "d"))]},
         ["{Resource: [a]}", "{Resource: b} C is true D is true", "{Resource: d} C is false"]),
        # Of several elements the first; the others are as they were.
        ({"Action": ["a", branch("C", "b")], "Resource": ["r", branch("D", "s")], "Sid": "s"},
         ["{Action: [a], Resource: [r, D? s : null], Sid: s}",
          "{Action: b, Resource: [r, D? s : null], Sid: s} C is true"]),
        ({"Action": "a", "Resource": ["r", branch("D", "s")]},
         ["{Action: a, Resource: [r]}", "{Action: a, Resource: s} D is true"]),
        # Of a Principal the members too, and what stands in their lists.
        ({"Principal": {"AWS": ["a", branch("C", "b")], "Service": "s"}},
         ["{Principal: {AWS: a, Service: s}}", "{Principal: {AWS: b}} C is true"]),
        ({"Principal": {"AWS": "a", "Service": branch("C", "s", "t")}},
         ["{Principal: {AWS: a}}", "{Principal: {Service: s}} C is true", "{Principal: {Service: t}} C is false"]),
        ({"Principal": {"AWS": [branch("C", "a"), branch("D", "b")]}},
         ["{Principal: {AWS: a}} C is true", "{Principal: {AWS: b}} D is true"]),
        ({"Principal": {"AWS": [branch("C", "a")]}}, []),
        ({"Principal": [branch("C", {"AWS": "a", "Service": "s"}), "*"]},
         ["{Principal: [*]}", "{Principal: {AWS: a, Service: s}} C is true"]),
        ({"Action": ["a", branch("C", ["b", branch("D", "c")])]},
         ["{Action: [a]}", "{Action: [b, D? c : null]} C is true"]),
    ],
)  # fmt: skip
def test_a_statement_in_parts(members: dict[str, Plain], expected: list[str]) -> None:
    assert parts(members) == expected


def test_a_principal_of_which_a_part_is_not_seen_has_no_parts() -> None:
    whom = value({"AWS": [branch("C", "a"), "b"]})
    statement = value({"Principal": None})
    assert isinstance(whom, Fields)
    assert isinstance(statement, Fields)
    (field,) = statement.fields
    hidden = whom._replace(spread=(unknown("Rest", HERE),))
    assert entry_by_entry(statement._replace(fields=(field._replace(value=hidden),))) == []
    assert len(entry_by_entry(statement._replace(fields=(field._replace(value=whom),)))) == 2


def test_members_of_unknown_names_stay() -> None:
    assert parts({"<Name>": "x", "Action": [branch("C", "a"), words("b").literal]}) == [
        "{${Name}: x, Action: [b]}",
        "{${Name}: x, Action: a} C is true",
    ]
