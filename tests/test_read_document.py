"""Policies read as documents: by their branches, within their bounds, and with what AWS would refuse in them."""

from __future__ import annotations

import time

import pytest

from kmslint import limits
from kmslint.location import Location, Source
from kmslint.model.policy import Document
from kmslint.model.read_policy import no_statements, read_policy
from kmslint.values import (
    Choice,
    Encoded,
    Field,
    Fields,
    Hole,
    HoleKind,
    Items,
    Null,
    Text,
    Unknown,
    Value,
    text,
    unknown,
)
from plain_policies import HERE, Plain, value, words

THERE = Location(Source("other", "x"), 0, 1)


def read(spelt: Value) -> Document:
    found = read_policy(spelt)
    assert isinstance(found, Document), found
    return found


def unread(spelt: Value) -> Hole:
    found = read_policy(spelt)
    assert isinstance(found, Unknown), found
    return found.hole


def named(sid: str, more: Plain = None) -> dict[str, Plain]:
    return {"Sid": sid, "Effect": "Allow", **({"Action": more} if more is not None else {})}


def told(found: Document) -> list[str]:
    """Each statement with its place, and what it hangs on."""
    shown = [f"{one.position} {one.sid} {' '.join(sorted(map(str, one.guards)))}" for one in found.statements]
    return [*map(str.rstrip, shown), *unseen(found)]


def unseen(found: Document) -> list[str]:
    return [f"? {one.hole.label} {' '.join(sorted(map(str, one.guards)))}".rstrip() for one in found.unseen]


def flaws(found: Document) -> list[str]:
    return [f"{one.what} {' '.join(sorted(map(str, one.guards)))}".rstrip() for one in found.malformed]


def branch(condition: str, then: Plain, otherwise: Plain) -> dict[str, Plain]:
    return {"if": condition, "then": then, "else": otherwise}


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (branch("C", branch("C", {"Statement": named("a")}, {"Statement": named("b")}), {"Statement": named("c")}),
         ["0 a C is true", "0 c C is false"]),
        (branch("C", {"Statement": named("a")}, branch("C", {"Statement": named("b")}, {"Statement": named("c")})),
         ["0 a C is true", "0 c C is false"]),
        (branch("C", branch("D", {"Statement": named("a")}, {"Statement": named("b")}), {"Statement": named("c")}),
         ["0 a C is true D is true", "0 b C is true D is false", "0 c C is false"]),
        (branch("C", {"Statement": ["<<a>>"]}, {"Statement": ["<<b>>"]}), ["? a C is true", "? b C is false"]),
        (branch("C", "<<a>>", {"Statement": named("b")}), ["0 b C is false", "? a C is true"]),
        ({"Statement": ["<<a>>", named("b"), "<c>", named("d")]}, ["1 b", "2 d", "? a", "? c"]),
        ({"Statement": [branch("C", None, named("a")), named("b")]}, ["0 a C is false", "1 b"]),
        ({"Statement": [branch("C", [named("a"), named("b")], None), named("c")]},
         ["0 a C is true", "1 b C is true", "2 c"]),
        ({"Statement": [branch("C", named("a"), branch("C", named("b"), named("c")))]},
         ["0 a C is true", "0 c C is false"]),
        ({"Statement": branch("C", named("a", branch("C", "x", branch("D", "y", "z"))), None)}, ["0 a C is true"]),
        ({"Statement": [named("a", branch("D", "x", None))]}, ["0 a D is true", "0 a D is false"]),
        ({"Statement": branch("C", named("a", branch("D", "x", None)), None)},
         ["0 a C is true D is true", "0 a C is true D is false"]),
    ],
)  # fmt: skip
def test_branches(plain: Plain, expected: list[str]) -> None:
    assert told(read(value(plain))) == expected


def test_what_two_branches_say_is_said_with_what_it_hangs_on() -> None:
    found = read(value(branch("C", {"Statement": None}, {"Statement": ["x"], "Foo": 1})))
    assert flaws(found) == [
        "Statement is null C is true",
        "a statement is a text, not a map C is false",
        "a policy has no member Foo C is false",
    ]
    twice = text('{"Statement": [], "Id": "a", "Id": "a"}', HERE)
    both = Choice("C", twice, twice._replace(at=THERE), THERE)
    assert len(read(both).duplicates) == 2
    assert read(both).at == THERE


@pytest.mark.parametrize(
    ("plain", "label"),
    [
        (branch("C", {"Statement": []}, []), "policy is a list, not a map"),
        (branch("C", "<One>", []), "policy is a list, not a map"),
        (branch("C", "x", []), "policy text is not JSON: expected a value"),
        (branch("C", "<One>", "<Other>"), "One"),
    ],
)
def test_what_cannot_be_read_in_a_branch(plain: Plain, label: str) -> None:
    """What is wrong counts more than what is open; it is told of one branch."""
    assert unread(value(plain)).label == label


def test_what_stands_where_none_is_written() -> None:
    """The caller says: an identity has no statement then."""
    for nothing in (Null(HERE), text(" \n", HERE)):
        choice = Choice("C", value({"Statement": named("a")}), nothing, HERE)
        assert len(read(choice).statements) == 2
        for spelt in (choice, Choice("C", choice, nothing, HERE), Encoded(choice, HERE)):
            found = read_policy(spelt, no_statements)
            assert isinstance(found, Document)
            assert told(found) == ["0 a C is true"]
        assert read_policy(nothing, no_statements) == Document((), (), None, HERE)


@pytest.mark.parametrize(
    ("version", "literal"),
    [
        ("2012-10-17", [False]),
        ("2008-10-17", [True]),
        ("<Version>", [False]),
        ("<<Version>>", [True]),
        (branch("C", "2012-10-17", "2008-10-17"), [False, True]),
        (branch("C", "2012-10-17", None), [False, True]),
        # Too many conditions to look into.
        (branch("C", branch("D", "2012-10-17", "2008-10-17"), "2012-10-17"), [True]),
    ],
)
def test_what_a_text_means_by_the_version(version: Plain, literal: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHOICES", 1)
    found = read(value({"Version": version, "Statement": named("a")}))
    assert [one.literal_variables for one in found.statements] == literal
    assert not found.malformed


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ({"Version": "2012-10-17", "Id": "x", "Statement": []}, []),
        ({"Version": "2008-10-17", "Statement": []}, []),
        ({"Version": "<Version>", "Statement": []}, []),
        ({"Version": "2012-10-18", "Statement": []}, ["there is no policy language of version 2012-10-18"]),
        ({"Statement": [], "Statements": []}, ["a policy has no member Statements"]),
        ({"Statement": [], "<Name>": []}, []),
        ({}, ["no Statement"]),
        ({"Statement": None}, ["Statement is null"]),
        ({"Statement": [None]}, []),
        ({"Statement": branch("C", None, [])}, []),
        ({"Statement": branch("C", "x", [])}, ["a statement is a text, not a map C is true"]),
    ],
)
def test_what_aws_would_refuse(plain: Plain, expected: list[str]) -> None:
    found = read(value(plain))
    assert flaws(found) == expected
    assert [one.mend for one in found.malformed] == ['write Version: "2012-10-17"' if "language" in one else ""
                                                     for one in expected]  # fmt: skip


def test_where_that_is() -> None:
    def member(name: str, at: Location, spelt: Value) -> Field:
        return Field(text(name, at), spelt)

    fields = Fields((member("Foo", THERE, Null(HERE)), member("Version", HERE, text("1", THERE))), HERE)
    assert [one.at for one in read(fields).malformed] == [HERE, THERE, THERE]
    statement = Fields((member("Statement", HERE, Items((text("x", THERE),), HERE)),), HERE)
    assert [one.at for one in read(statement).malformed] == [THERE]


def test_what_may_stand_in_a_map_that_is_not_seen() -> None:
    spread = (unknown("Rest", THERE),)
    assert told(read(Fields((), HERE, spread))) == ["? Rest"]
    assert flaws(read(Fields((), HERE, spread))) == []
    unnamed = Fields((Field(words("Effect"), words("Allow")), Field(words("<A><B>"), words("x"))), HERE, spread)
    choice = Choice("C", unnamed, Null(HERE), HERE)
    found = read(Fields((Field(words("Statement"), choice),), HERE))
    assert unseen(found) == ["? Rest C is true", "? A C is true"]
    assert [one.at for one in found.unseen] == [THERE, HERE]
    assert found.statements == ()


@pytest.mark.parametrize(
    ("plain", "length"),
    [
        ({"Statement": []}, 15),
        ({"Statement": ["abc<x>d"]}, 21),
        ({"Statement": [branch("C", "ab", "c")]}, 24),
        ({"Statement": [None, "<<x>>"]}, 19),
    ],
)
@pytest.mark.parametrize("more", [0, 1])
def test_a_policy_that_is_too_long_is_not_read(
    plain: dict[str, Plain], length: int, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two characters for each value beside what it spells, in every branch."""
    inner = value(plain["Statement"])
    spelt = Fields((Field(text("Statement", HERE), Encoded(inner, HERE) if more else inner),), THERE)
    monkeypatch.setattr(limits, "POLICY_CHARACTERS", length + 2 * more)
    read(spelt)
    monkeypatch.setattr(limits, "POLICY_CHARACTERS", length + 2 * more - 1)
    reason = limits.named(f"policy over {length + 2 * more - 1} characters", "policy-characters")
    assert read_policy(spelt) == unknown(reason, THERE, HoleKind.UNREADABLE)


def test_what_is_far_too_long_is_not_counted_to_the_end() -> None:
    inner: Value = Null(HERE)
    for _ in range(50):
        inner = Items((inner, inner), HERE)
    start = time.process_time()
    assert "characters" in unread(Fields((Field(words("Statement"), inner),), HERE)).label
    assert time.process_time() - start < 5


def test_a_text_around_one_hole_is_read_as_a_text() -> None:
    hole = Hole(HoleKind.PARAMETER, "x")
    assert read_policy(Text((hole,), HERE, pieces=(hole,))) == Unknown(hole, HERE)
    assert read_policy(Text((hole,), HERE)) == Unknown(hole, HERE)
    assert unread(words("<own>{}")).label == "policy text is not JSON: expected the end of the JSON text"


CHOICES = [branch(one, one, None) for one in "ABC"]


@pytest.mark.parametrize(
    ("plain", "parts", "expected"),
    [
        # Three ways, and two are affordable.
        ({"Effect": branch("A", "Deny", branch("B", "Allow", "Deny"))}, 9,
         ["? " + limits.named("2 conditions in one statement", "choices")]),
        # Entry by entry: those without a condition together, and each of the others.
        ({"Action": ["x", *CHOICES, "y"]}, 4, ["0 None", "0 None A is true", "0 None B is true", "0 None C is true"]),
        ({"Action": ["x", *CHOICES, "y"]}, 3,
         ["? " + limits.named("3 conditions in one statement", "choices", "parts")]),
        # Each part may have half of the room: one of them needs more.
        ({"Action": CHOICES[:2], "Resource": CHOICES[1:]}, 3,
         ["0 None B is true C is true", "0 None B is true C is false",
          "? " + limits.named("2 conditions in one statement", "choices", "parts") + " A is true"]),
        ({"Action": CHOICES[:2], "Resource": CHOICES[1:]}, 4,
         ["0 None A is true B is true", "0 None A is true C is true",
          "0 None B is true C is true", "0 None B is true C is false"]),
    ],
)  # fmt: skip
def test_many_choices_in_one_statement(
    plain: Plain, parts: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHOICES", 1)
    monkeypatch.setattr(limits, "PARTS", parts)
    found = read(value({"Statement": plain}))
    assert told(found) == expected
    assert {one.hole.kind for one in found.unseen} <= {HoleKind.EXPRESSION}
