"""Values with holes."""

from __future__ import annotations

import pytest

from kmslint.location import Location, Source
from kmslint.model.duplicates import alike
from kmslint.values import (
    Choice,
    Encoded,
    Field,
    Fields,
    Guard,
    Hole,
    HoleKind,
    Items,
    Json,
    Null,
    Part,
    Text,
    Unknown,
    Value,
    boolean,
    branches,
    conditions_of,
    contradictory,
    first_counts,
    from_json,
    join,
    json_scalar,
    one_of,
    question,
    several_names,
    specialise,
    text,
    unknown,
    unsettled,
)
from plain_policies import HERE, Plain, value, words

OWN = Hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (OWN, Hole(HoleKind.OWN_ACCOUNT, "data.aws_caller_identity.current.account_id"), True),
        (OWN, OWN._replace(scope="aws.east"), False),
        (OWN, Hole(HoleKind.PARAMETER, "AWS::AccountId"), False),
        *(
            (Hole(kind, "AWS::X"), Hole(kind, "data.x.current"), True)
            for kind in (HoleKind.PARTITION, HoleKind.REGION, HoleKind.URL_SUFFIX)
        ),
        (Hole(HoleKind.RESOURCE, "A.Arn"), Hole(HoleKind.RESOURCE, "B.Arn"), False),
        (Hole(HoleKind.PARAMETER, "a"), Hole(HoleKind.PARAMETER, "a"), True),
        (Hole(HoleKind.PARAMETER, "a"), Hole(HoleKind.PARAMETER, "b"), False),
        (Hole(HoleKind.PARAMETER, "a"), Hole(HoleKind.EXPRESSION, "a"), False),
        (Hole(HoleKind.EXPRESSION, "each.value", "r"), Hole(HoleKind.EXPRESSION, "each.value", "s"), False),
    ],
)
def test_the_same_hole(one: Hole, other: Hole, same: bool) -> None:
    assert one.same(other) is same
    assert other.same(one) is same
    assert (one.identity == other.identity) is same


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ((), ()),
        (("", ""), ()),
        (("a", "", "b"), ("ab",)),
        (("a", OWN, "", "b", "c"), ("a", OWN, "bc")),
        ((OWN, OWN), (OWN, OWN)),
    ],
)
def test_join_leaves_no_two_literal_pieces_side_by_side(parts: tuple[Part, ...], joined: tuple[Part, ...]) -> None:
    assert join(parts, HERE).parts == joined


@pytest.mark.parametrize(
    ("spelt", "literal", "shown"),
    [("", "", ""), ("a", "a", "a"), ("<own>", None, "${AWS::AccountId}"), ("a<X>b", None, "a${X}b")],
)
def test_text(spelt: str, literal: str | None, shown: str) -> None:
    assert words(spelt).literal == literal
    assert str(words(spelt)) == shown


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (text("true", HERE, typed=True), True),
        (text("False", HERE), False),
        (text("yes", HERE), None),
        (text("", HERE), None),
        (words("<Flag>"), None),
        (unknown("x", HERE), None),
        (Null(HERE), None),
        (None, None),
    ],
)
def test_boolean(plain: Value | None, expected: bool | None) -> None:
    assert boolean(plain) is expected


def test_texts_that_are_the_same_whatever_their_holes_turn_out_to_be() -> None:
    here, there = (Hole(HoleKind.REGION, label) for label in ("AWS::Region", "data.aws_region.current.name"))
    assert Text(("a", here), HERE).identity == Text(("a", there), HERE).identity
    assert Text(("a", here), HERE).identity != Text(("a", OWN), HERE).identity
    assert Text(("a",), HERE).identity == ("a",)


def test_what_is_not_said_of_a_value_is_not_so() -> None:
    """A text is a string, and an unknown one value."""
    assert not Text(("a",), HERE).typed
    assert text("a", HERE) == join(["a"], HERE) == Text(("a",), HERE, typed=False)
    assert unknown("x", HERE) == Unknown(Hole(HoleKind.EXPRESSION, "x"), HERE, spread=False)
    assert not Unknown(OWN, HERE).spread


def test_what_json_stands_for() -> None:
    data: Json = {"a": ["x", "", None, 1.5, True], "b": {}}
    assert from_json(data, HERE) == value({"a": ["x", "", None, 1.5, True], "b": {}})


def test_a_member_that_stands_twice() -> None:
    at = Location(Source("f", "ab"), 0, 1)
    fields = Fields((Field(words("A"), text("1", HERE)), Field(words("A"), text("2", at))), HERE)
    assert fields.get("A") == text("2", at)
    assert fields.get("B") is None


def test_a_member_whose_name_cannot_be_known_is_not_found_by_a_name() -> None:
    fields = Fields((Field(words("<Name>"), text("1", HERE)),), HERE)
    assert fields.get("${Name}") is None


NESTED = value(
    {"A": [{"if": "C", "then": {"if": "D", "then": "1", "else": "2"}, "else": {"if": "C", "then": "3", "else": "4"}}]}
)


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ({"C": True, "D": True}, ["1"]),
        ({"C": True, "D": False}, ["2"]),
        ({"C": False}, ["4"]),
        ({"C": True}, [{"if": "D", "then": "1", "else": "2"}]),
        ({"D": False}, [{"if": "C", "then": "2", "else": {"if": "C", "then": "3", "else": "4"}}]),
    ],
)
def test_specialise(world: dict[str, bool], expected: list[object]) -> None:
    assert specialise(NESTED, world) == value({"A": expected})  # type: ignore[dict-item]  # plain data


def test_specialise_looks_into_encoded_text() -> None:
    encoded = Encoded(value({"if": "C", "then": "1", "else": "2"}), HERE)
    assert specialise(encoded, {"C": True}) == Encoded(text("1", HERE), HERE)
    assert list(conditions_of(encoded)) == ["C"]


def test_conditions_of_a_value() -> None:
    assert list(conditions_of(NESTED)) == ["C", "D", "C"]
    assert list(conditions_of(Items((Null(HERE), words("<x>")), HERE))) == []
    assert isinstance(NESTED, Fields)
    assert isinstance(NESTED.fields[0].value, Items)
    assert isinstance(NESTED.fields[0].value.items[0], Choice)


@pytest.mark.parametrize(
    ("plain", "ways"),
    [
        ("a", ["-> a"]),
        (["a", {"if": "C", "then": "b", "else": None}], ["C -> ab", "!C -> a"]),
        ([{"if": "D", "then": "a", "else": "b"}, {"if": "C", "then": "c", "else": "d"}],
         ["C D -> ac", "C !D -> bc", "!C D -> ad", "!C !D -> bd"]),
        ({"if": "C", "then": {"if": "D", "then": {"if": "E", "then": "a", "else": "b"}, "else": "c"}, "else": "d"},
         ["C D E -> a", "C D !E -> b", "C !D -> c", "!C -> d"]),
        # What makes no difference any more is not settled.
        ({"if": "E", "then": "a", "else": {"if": "C", "then": "b", "else": {"if": "D", "then": "c", "else": "d"}}},
         ["E -> a", "!E C -> b", "!E !C D -> c", "!E !C !D -> d"]),
        ([{"if": "C", "then": "a", "else": "b"}, {"x": {"if": "C", "then": "c", "else": "d"}}],
         ["C -> ac", "!C -> bd"]),
    ],
)  # fmt: skip
def test_the_ways_of_a_value(plain: Plain, ways: list[str]) -> None:
    found = branches(value(plain), len(ways))
    assert found is not None
    told = [" ".join(name if holds else f"!{name}" for name, holds in world.items()) for world, _ in found]
    assert [f"{way} -> {in_short(one)}".lstrip() for way, (_, one) in zip(told, found, strict=True)] == ways
    assert len(ways) == 1 or branches(value(plain), len(ways) - 1) is None


def in_short(whole: Value) -> str:
    if isinstance(whole, Items):
        return "".join(map(in_short, whole.items))
    if isinstance(whole, Fields):
        return "".join(in_short(field.value) for field in whole.fields)
    return "" if isinstance(whole, Null) else str(whole)


def test_parts_of_a_text_that_was_decoded() -> None:
    assert Text(("a",), HERE).holes == ()
    assert words("a<X><own>").holes == (Hole(HoleKind.PARAMETER, "X"), OWN)


@pytest.mark.parametrize(
    ("condition", "holds", "told", "asked"),
    [
        ("Prod", True, "Prod is true", "whether Prod holds"),
        ("Prod", False, "Prod is false", "whether Prod holds"),
        (
            first_counts("Effect", HERE),
            True,
            'the first "Effect" (line 1) counts',
            'whether the first "Effect" (line 1) counts',
        ),
        (
            first_counts("Effect", HERE),
            False,
            'the first "Effect" (line 1) does not count',
            'whether the first "Effect" (line 1) counts',
        ),
        ('Env is "prod"', True, 'Env is "prod"', 'whether Env is "prod"'),
        ('Env is "prod"', False, 'Env is not "prod"', 'whether Env is "prod"'),
        ('Env is "a is "', False, 'Env is not "a is "', 'whether Env is "a is "'),
        # These are names that authors give.
        ('a b is "c"', True, 'a b is "c" is true', 'whether a b is "c" holds'),
        ('"a is "b"', False, '"a is "b" is false', 'whether "a is "b" holds'),
        ('a is "b', True, 'a is "b is true', 'whether a is "b holds'),
        ('Quoted"', True, 'Quoted" is true', 'whether Quoted" holds'),
        ("What counts", True, "What counts is true", "whether What counts holds"),
        ('the first "A" of all', True, 'the first "A" of all is true', 'whether the first "A" of all holds'),
        (unsettled("Prod", "over 8"), True, "Prod is true", "whether Prod holds (over 8)"),
        (several_names("A", ["B"]), True, "A (the same as B) is true", "whether A holds"),
        (several_names("A", ["B", "C", "D"]), False, "A (the same as B and 2 more) is false", "whether A holds"),
    ],
)
def test_conditions_in_words(condition: str, holds: bool, told: str, asked: str) -> None:
    assert str(Guard(condition, holds)) == told
    assert question(condition) == asked


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 60 + "...")])
def test_of_a_long_name_the_beginning_is_shown(length: int, shown: str) -> None:
    assert first_counts("x" * length, HERE) == f'the first "{shown}" (line 1) counts'


@pytest.mark.parametrize(
    ("guards", "contradict"),
    [
        ([], False),
        ([Guard("A", True)], False),
        ([Guard("A", True), Guard("B", False)], False),
        ([Guard("A", True), Guard("A", False)], True),
    ],
)
def test_conditions_that_contradict_each_other(guards: list[Guard], contradict: bool) -> None:
    assert contradictory(frozenset(guards)) is contradict


def test_all_that_a_parameter_may_be() -> None:
    condition = one_of("Env", "a", ["a", "b"])
    assert str(condition) == 'Env is "a"'
    assert condition.all == {'Env is "a"', 'Env is "b"'}


def encoded(plain: Plain) -> Encoded:
    return Encoded(value(plain), HERE)


def merged(*names: str) -> Fields:
    return Fields((Field(text("a", HERE), text("b", HERE)),), HERE, tuple(unknown(name, HERE) for name in names))


SAME = ["a", ["a", "b"], {"a": "b", "c": ["d"]}, "<Name>", "<<Name>>", {"if": "C", "then": "a", "else": "b"}, None, 1]


@pytest.mark.parametrize("one", SAME, ids=repr)
@pytest.mark.parametrize("other", SAME, ids=repr)
def test_values_are_alike_if_they_are_spelt_alike(one: Plain, other: Plain) -> None:
    assert alike(value(one), value(other)) == (one == other)
    assert alike(encoded(one), encoded(other)) == (one == other)
    assert not alike(encoded(one), value(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (value("1"), value(1)),
        (value(["a"]), value(["a", "a"])),
        (value(["a", "b"]), value(["b", "b"])),
        (value(["a", "b"]), value(["a", "c"])),
        (value({"a": "b", "c": "d"}), value({"a": "b", "c": "e"})),
        (value({"a": "b", "c": "d"}), value({"e": "b", "c": "d"})),
        (value([]), value({})),
        (value("<<Name>>"), unknown("Name", HERE, spread=True)),
        (value({"a": "b"}), value({"a": "c"})),
        (value({"a": "b"}), value({"c": "b"})),
        (value({"a": "b"}), value({"a": "b", "c": "d"})),
        (value({"if": "C", "then": "a", "else": "b"}), value({"if": "D", "then": "a", "else": "b"})),
        (value({"if": "C", "then": "a", "else": "b"}), value({"if": "C", "then": "a", "else": "c"})),
        (value({"if": "C", "then": "a", "else": "b"}), value({"if": "C", "then": "c", "else": "b"})),
        (merged("x"), merged()),
        (merged("x"), merged("y")),
        (merged("x", "y"), merged("x", "z")),
        (encoded("a"), encoded("b")),
    ],
)
def test_values_that_are_not_quite_alike(one: Value, other: Value) -> None:
    assert alike(one, one)
    assert alike(other, other)
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("number", "shown"), [(10, "10"), (10.0, "10"), (0.5, "0.5"), (True, "true"), (False, "false")]
)
def test_a_number_of_json_is_spelt_as_a_policy_spells_it(number: float, shown: str) -> None:
    assert from_json(number, HERE) == text(shown, HERE, typed=True)
    assert json_scalar("As it is") == "As it is"


def test_the_ways_of_a_value_that_is_json_text() -> None:
    ways = branches(encoded({"if": "C", "then": "a", "else": "b"}), 2)
    assert sorted((str(way), found) for way, found in ways or ()) == [
        ("{'C': False}", encoded("b")),
        ("{'C': True}", encoded("a")),
    ]
