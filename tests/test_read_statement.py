"""The elements of one statement, and what of it AWS would refuse."""

from __future__ import annotations

import pytest

from kmslint.location import Location, Source
from kmslint.model.policy import Effect, Malformed, PrincipalType, Statement
from kmslint.model.policy import Test as ConditionTest
from kmslint.model.policy_text import decode_json
from kmslint.model.read_statement import read_statement
from kmslint.values import ALWAYS, Field, Fields, Hole, HoleKind, Items, Null, Text, Unknown, Value, unknown
from plain_policies import HERE, OWN, Plain, value, words

THERE = Location(Source("other", "x"), 0, 1)


def read(spelt: Value) -> Statement:
    assert isinstance(spelt, Fields)
    return read_statement(spelt, 0, ALWAYS, literal_variables=False)


def written(json: str) -> Statement:
    """A statement of a file, all of whose places are those of the file."""
    return read(decode_json(Text((json,), Location(Source("f", json), 0, len(json)), pieces=())))


def of(members: Plain) -> Statement:
    return read(value(members))


def flaws(found: Statement) -> list[str]:
    return [one.what for one in found.malformed]


NO_KEYS = "the members of Bool are not condition keys"
EVERY = ("Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource")


def test_every_element_is_read_from_the_member_of_its_name() -> None:
    principals: dict[str, Plain] = {name: {"AWS": name} for name in EVERY[:2]}
    members: dict[str, Plain] = {"Sid": "s", "Effect": "Deny", "Condition": {}, **principals}
    found = of({**members, **{name: [name] for name in EVERY[2:]}})
    assert (found.sid, found.effect, found.malformed) == ("s", Effect.DENY, ())
    elements = (found.actions, found.not_actions, found.resources, found.not_resources)
    assert elements == tuple((words(name),) for name in EVERY[2:])
    assert [[one.value for one in each or ()] for each in (found.principals, found.not_principals)] == [
        [words(name)] for name in EVERY[:2]
    ]


@pytest.mark.parametrize("name", EVERY)
def test_an_element_that_is_absent_is_none(name: str) -> None:
    found = of({"Effect": "Allow"})
    assert {found.principals, found.not_principals, found.actions, found.not_actions} == {None}
    assert {found.resources, found.not_resources} == {None}
    assert of({"Effect": "Allow", name: None}) == found


@pytest.mark.parametrize(
    ("sid", "expected"), [("a", "a"), ("<Sid>", "${Sid}"), ("", None), ("<<Sid>>", None), (None, None), (["a"], None)]
)
def test_sid(sid: Plain, expected: str | None) -> None:
    found = of({"Sid": sid, "Effect": "Allow"})
    assert (found.sid, found.label) == (expected, f'"{expected}"' if expected else "number 1")


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        ((Field(words("Effect")._replace(at=THERE), words("Allow")), Field(words("Sid"), words("a"))), HERE),
        ((Field(words("Effect"), words("Allow")), Field(words("Sid"), Null(THERE))), THERE),
        ((Field(words("Effect")._replace(at=THERE), words("Allow")), Field(words("Action"), words("a"))), THERE),
        ((), HERE),
    ],
)
def test_the_place_to_point_at(fields: tuple[Field, ...], header: Location) -> None:
    assert read(Fields(fields, HERE)).header == header


def test_members_that_no_statement_has() -> None:
    found = of({"Effect": "Allow", "Conditions": {}, "<Name>": "x", "action": "kms:*"})
    assert flaws(found) == ["a statement has no member Conditions", "a statement has no member action"]
    misspelt = Field(words("Foo")._replace(at=THERE), words("x"))
    assert read(Fields((Field(words("Effect"), words("Deny")), misspelt), HERE)).malformed == (
        Malformed("a statement has no member Foo", THERE),
    )


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("Allow", Effect.ALLOW),
        ("Deny", Effect.DENY),
        ("<Effect>", Effect.UNKNOWN),
        ("All<Rest>", Effect.UNKNOWN),
        ("<<Effect>>", Effect.UNKNOWN),
        ("allow", Effect.INVALID),
        (["Allow"], Effect.INVALID),
        (None, Effect.INVALID),
    ],
)
def test_effect(effect: Plain, expected: Effect) -> None:
    found = of({"Effect": effect})
    assert found.effect is expected
    assert flaws(found) == (["Effect is neither Allow nor Deny"] if expected is Effect.INVALID else [])


def test_where_an_effect_is_wrong() -> None:
    assert [one.at for one in read(Fields((Field(words("Effect"), Null(THERE)),), HERE)).malformed] == [THERE]
    assert [one.at for one in read(Fields((), THERE)).malformed] == [THERE]


@pytest.mark.parametrize(
    ("principal", "expected", "noted"),
    [
        ("*", ["AWS *"], []),
        ("<Whom>", ["UNKNOWN ${Whom}"], []),
        ("<<Whom>>", ["UNKNOWN ${Whom}"], []),
        ("role/<Whom>", [], ["Principal is a text other than *"]),
        ("", [], ["Principal is a text other than *"]),
        ({"AWS": [OWN, "*"], "Service": "a.amazonaws.com"}, [f"AWS {OWN}", "AWS *", "SERVICE a.amazonaws.com"], []),
        ({"Federated": "f", "CanonicalUser": "c"}, ["FEDERATED f", "CANONICAL_USER c"], []),
        ({"<Type>": "x"}, ["UNKNOWN x"], []),
        ({"AWS<Type>": "x"}, ["UNKNOWN x"], []),
        ({"AWS": "<<Whom>>"}, ["AWS ${Whom}"], []),
        ({"Aws": "x"}, [], ["Principal has a member Aws, which AWS does not know"]),
        ({"": "x"}, [], ["Principal has a member , which AWS does not know"]),
        ({}, [], ["Principal names nobody"]),
        ({"AWS": []}, [], ["Principal names nobody"]),
        ({"AWS": [None]}, [], ["Principal names nobody"]),
        ({"AWS": [["x"]]}, [], ["an entry of Principal.AWS is not a text"]),
        ({"AWS": ["x", {}]}, ["AWS x"], ["an entry of Principal.AWS is not a text"]),
        (["*"], [], ["Principal is not a map"]),
    ],
)
def test_principals(principal: Plain, expected: list[str], noted: list[str]) -> None:
    found = of({"Effect": "Allow", "Principal": principal})
    assert [f"{one.type.name} {one.value}" for one in found.principals or ()] == expected
    assert flaws(found) == noted


def test_principals_of_a_map_that_is_not_seen() -> None:
    spread = unknown("Rest", HERE)
    found = read(Fields((Field(words("Principal"), Fields((), HERE, (spread,))),), HERE)).principals or ()
    assert [(one.type, one.value) for one in found] == [(PrincipalType.UNKNOWN, spread)]


@pytest.mark.parametrize(
    ("action", "expected", "noted"),
    [
        ("a", ["a"], []),
        (["a", None, "<<b>>", "c<d>", 7], ["a", "${b}", "c${d}", "7"], []),
        ("<<a>>", ["${a}"], []),
        ([], [], []),
        ({}, [], ["Action is neither a text nor a list"]),
        (["a", {}], ["a"], ["an entry of Action is not a text"]),
    ],
)
def test_elements(action: Plain, expected: list[str], noted: list[str]) -> None:
    found = of({"Effect": "Allow", "Action": action})
    assert list(map(str, found.actions or ())) == expected
    assert flaws(found) == noted


@pytest.mark.parametrize(("action", "spread"), [("<<a>>", True), (["<<a>>"], False)])
def test_what_may_be_several_elements(action: Plain, spread: bool) -> None:
    assert of({"Effect": "Allow", "Action": action}).actions == (unknown("a", HERE, spread=spread),)


@pytest.mark.parametrize(
    ("condition", "expected", "noted"),
    [
        (None, [], []),
        ({}, [], []),
        ([], [], []),
        ("<<Tests>>", ["? Tests"], []),
        ({"Bool": None}, [], []),
        ({"Bool": {}}, [], []),
        ({"Bool": {"a": True, "b": ["x", "y"]}}, ["Bool a true", "Bool b x, y"], []),
        ({"Bool": {"a": None}}, ["Bool a "], []),
        ({"Bool": "<<Keys>>"}, ["? Keys"], []),
        ({"<A><B>": {"a": "x"}}, ["? A"], []),
        ({"Bool": {"a<B>": "x"}}, ["Bool a${B} x"], []),
        (
            {"Bool": "x"},
            ["? the members of Bool are not condition keys"],
            ["the members of Bool are not condition keys"],
        ),
        ({"Bool": {"a": {}}}, ["Bool a "], ["a is neither a text nor a list"]),
        ("x", ["? Condition is not a map"], ["Condition is not a map"]),
        ([{}], ["? Condition is not a map"], ["Condition is not a map"]),
    ],
)
def test_conditions(condition: Plain, expected: list[str], noted: list[str]) -> None:
    found = of({"Effect": "Allow", "Condition": condition})
    told = [f"? {one.hole.label}" if isinstance(one, Unknown) else str(one) for one in found.conditions]
    assert told == expected
    assert flaws(found) == noted


def test_a_condition_that_is_misshapen_is_unknown_where_it_stands() -> None:
    listed = Items((words("x"),), THERE)
    found = read(Fields((Field(words("Effect"), words("Deny")), Field(words("Condition"), listed)), HERE))
    what = "Condition is not a map"
    assert found.conditions == (Unknown(Hole(HoleKind.EXPRESSION, what), THERE),)
    assert found.malformed == (Malformed(what, THERE),)


def test_conditions_of_maps_that_are_not_seen() -> None:
    one, other = unknown("One", HERE), unknown("Other", THERE)
    keys = Fields((Field(words("a"), words("x")),), HERE, (other,))
    whole = Fields((Field(words("Bool"), keys),), HERE, (one,))
    found = read(Fields((Field(words("Condition"), whole),), HERE)).conditions
    assert found[:2] == (one, other)
    assert [str(each) for each in found[2:]] == ["Bool a x"]
    named = Fields((Field(words("<Name>")._replace(at=THERE), keys),), HERE)
    (unnamed,) = read(Fields((Field(words("Condition"), named),), HERE)).conditions
    assert unnamed == unknown("Name", THERE, HoleKind.PARAMETER)


SOURCE = Source("f", "0123456789")


@pytest.mark.parametrize(
    ("key", "values", "place"),
    [
        (Location(SOURCE, 2, 4), Location(SOURCE, 6, 9), (2, 9)),
        # The value stands elsewhere: in another file, or before it.
        (Location(SOURCE, 2, 4), Location(Source("g", "0123456789"), 6, 9), (2, 4)),
        (Location(SOURCE, 2, 4), Location(SOURCE, 0, 1), (2, 4)),
        (Location(SOURCE, 2, 4), Location(SOURCE, 0, 2), (2, 4)),
    ],
)
def test_the_place_of_a_test_is_its_key_and_its_values(key: Location, values: Location, place: tuple[int, int]) -> None:
    keys = Fields((Field(words("a")._replace(at=key), words("x")._replace(at=values)),), HERE)
    whole = Fields((Field(words("Bool"), keys),), HERE)
    (test,) = read(Fields((Field(words("Condition"), whole),), HERE)).conditions
    assert (test.at.source, test.at.start, test.at.end) == (SOURCE, *place)


OPERATORS = """StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike
    NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals
    DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals
    Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null"""


@pytest.mark.parametrize("name", OPERATORS.split())
def test_operators_are_read_in_any_case(name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    for quantifier in ("", "ForAllValues", "ForAnyValue"):
        for suffix in ("", "IfExists"):
            spelt = f"{quantifier}:{name}{suffix}" if quantifier else f"{name}{suffix}"
            (test,) = of({"Effect": "Allow", "Condition": {spelt.lower(): {"a": "b"}}}).conditions
            assert isinstance(test, ConditionTest)
            assert (test.quantifier, test.operator, test.if_exists) == (quantifier, name, bool(suffix))


@pytest.mark.parametrize(
    ("name", "operator", "quantifier"),
    [
        ("stringis", "stringis", ""),
        ("ForSome:stringlike", "ForSome:stringlike", ""),
        (":stringlike", ":stringlike", ""),
        ("ForAnyValue", "ForAnyValue", ""),
        ("ForAnyValue:a:b", "a:b", "ForAnyValue"),
    ],
)
def test_operators_that_are_none_are_kept_as_they_are(name: str, operator: str, quantifier: str) -> None:
    (test,) = of({"Effect": "Allow", "Condition": {name: {"a": "b"}}}).conditions
    assert isinstance(test, ConditionTest)
    assert (test.operator, test.quantifier, test.if_exists) == (operator, quantifier, False)
