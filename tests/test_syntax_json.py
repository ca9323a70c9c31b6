"""JSON with the place of every value: in a file, and in another file's text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmslint import limits
from kmslint.errors import InputError
from kmslint.location import Excerpt, Source
from kmslint.syntax.excerpts import excerpt_between
from kmslint.syntax.json import parse_json, read_json
from kmslint.syntax.json_parts import JsonParts
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from kmslint.values import Json
from located import misplaced, scalars, text_at

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Node:
    return read_json(Source("f.json", text)).documents[0]


def plain(node: Node) -> object:
    """The value as the json module gives it."""
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries if isinstance(entry.key, Scalar)}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Scalar)
    return node.text if node.style is Style.QUOTED else json.loads(node.text)


@given(VALUES, st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_reads_what_the_json_module_reads(value: object, escaped: bool, indent: int | str | None) -> None:
    tree = read(json.dumps(value, ensure_ascii=escaped, indent=indent))
    assert plain(tree) == value
    assert not list(misplaced(tree))
    for scalar in scalars(tree):
        written = json.loads(text_at(scalar.at))
        assert scalar.text == (written if scalar.style is Style.QUOTED else text_at(scalar.at))


@given(st.text(alphabet=' \t\r\n{}[]:,"\\0123456789-+.eEtrufalsn\x00é😀'))
def test_accepts_what_the_json_module_accepts(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        with pytest.raises(InputError):
            read(text)
    else:
        read(text)


def test_knows_lines_and_columns_in_code_points() -> None:
    tree = read('{\r\n\t"😀é": {"a": [1,\r"b"]}\n}')
    assert [(str(scalar.text), repr(scalar.at)) for scalar in scalars(tree)] == [
        ("😀é", "f.json:2:2-2:6"),
        ("a", "f.json:2:9-2:12"),
        ("1", "f.json:2:15-2:16"),
        ("b", "f.json:3:1-3:4"),
    ]
    assert repr(tree.at) == "f.json:1:1-4:2"


def test_ties_every_decoded_character_to_its_escape() -> None:
    tree = read(r'"a\u006b\n\ud83d\ude00\\z"')
    assert isinstance(tree, Scalar)
    assert tree.text == "ak\n😀\\z"
    assert list(tree.excerpt.offsets) == [1, 2, 8, 10, 22, 24, 25]
    assert text_at(tree.excerpt.locate(5, 6)) == "z"


def test_keeps_members_that_stand_twice() -> None:
    tree = read('{"a": 1, "b": 2, "a": 3}')
    assert isinstance(tree, Mapping)
    assert [repr(scalar.at) for scalar in tree.duplicates()] == ["f.json:1:18-1:21"]
    assert [text_at(entry.value.at) for entry in tree.entries] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("", "1:1", "expected a value"),
        ('{"a": 1,\n}', "2:1", "expected a member name in double quotes"),
        ('{"a": 1\n "b": 2}', "2:2", "expected ',' or '}' in an object"),
        ('{"a"\n1}', "2:1", "expected ':' after a member name"),
        ("{a: 1}", "1:2", "expected a member name in double quotes"),
        ("[1 2]", "1:4", "expected ',' or ']' in an array"),
        ("[1,]", "1:4", "expected a value"),
        ("[01]", "1:3", "expected ',' or ']' in an array"),
        ("[NaN]", "1:2", "expected a value"),
        ("[-Infinity]", "1:2", "expected a value"),
        ("[1] // one", "1:5", "expected the end of the JSON text"),
        ('{"a": "b\n"}', "1:7", "a string that does not end on its line"),
        ('["b', "1:2", "a string that does not end on its line"),
        ('["a\tb"]', "1:4", "a control character in a string"),
        (r'["a\x41"]', "1:4", "an escape that JSON does not have"),
        (r'["a\ud800z"]', "1:4", "a lone surrogate in a string"),
        (r'["\udc00\ud800"]', "1:3", "a lone surrogate in a string"),
        (r'["\udfff"]', "1:3", "a lone surrogate in a string"),
        (r'["\udc00\udc00"]', "1:3", "a lone surrogate in a string"),
        (r'["\ud800\ue000"]', "1:3", "a lone surrogate in a string"),
        (r'["\ud800\u0041"]', "1:3", "a lone surrogate in a string"),
        ("['a']", "1:2", "expected a value"),
        ("\ufeff1", "1:1", "expected a value"),
    ],
)
def test_refuses_at_the_place_where_it_is_not_json(text: str, where: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    problem = caught.value.problem
    assert problem.at
    assert (f"{problem.line}:{problem.at.region.column}", problem.reason) == (where, reason)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_refuses_depth_before_it_costs_anything(opening: str) -> None:
    with pytest.raises(InputError, match=f"nested deeper than {limits.DEPTH} levels"):
        read(opening * 100_000)


def test_refuses_a_document_with_too_many_values() -> None:
    with pytest.raises(InputError, match=f"more than {limits.NODES} values"):
        read("[" + "1," * limits.NODES + "1]")


@pytest.mark.parametrize(
    ("text", "means"),
    [(r"\ud800\udc00", "\U00010000"), (r"\udbff\udfff", "\U0010ffff"), (r"\ud7ff\ue000", "\ud7ff\ue000")],
)
def test_reads_characters_beyond_the_first_plane(text: str, means: str) -> None:
    (scalar,) = scalars(read(f'["{text}"]'))
    assert scalar.text == means == json.loads(f'"{text}"')


@pytest.mark.parametrize("word", ["0", "-1.5e+3", "true", "null"])
def test_ties_a_word_to_the_source(word: str) -> None:
    (scalar,) = scalars(read(f"[ {word} ]"))
    assert (scalar.text, scalar.excerpt.text, scalar.style) == (word, word, Style.PLAIN)
    assert list(scalar.excerpt.offsets) == list(range(2, 3 + len(word)))


@pytest.mark.parametrize("text", ["[1, [2], {}]", '{"a": 1, "b": 2}', "[[[[[]]]]]"])
def test_reads_so_many_values_and_no_more(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names count too."""
    monkeypatch.setattr(limits, "NODES", 5)
    read(text)
    monkeypatch.setattr(limits, "NODES", 4)
    with pytest.raises(InputError, match="more than 4 values in one document"):
        read(text)


def test_reads_so_deep_and_no_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEPTH", 3)
    read('[{"a": [1]}]')
    with pytest.raises(InputError, match="nested deeper than 3 levels"):
        read('[{"a": [[1]]}]')


def test_reads_json_inside_another_text() -> None:
    host = Source("main.tf", 'policy = <<E\n  {"Action": "k\\u006ds:*"}\nE\n')
    tree = parse_json(excerpt_between(host, host.text.index("  {"), host.text.index("E\n", 15)))
    assert isinstance(tree, Mapping)
    action = tree.get("Action")
    assert isinstance(action, Scalar)
    assert (action.text, repr(action.at)) == ("kms:*", "main.tf:2:14-2:26")
    assert text_at(action.excerpt.locate(2, 4)) == "s:"


def test_reads_json_whose_text_was_itself_escaped() -> None:
    outer = read(r'{"Policy": "{\"Sid\":\n \"a\\u006b\"}"}')
    assert isinstance(outer, Mapping)
    policy = outer.get("Policy")
    assert isinstance(policy, Scalar)
    inner = parse_json(policy.excerpt)
    assert isinstance(inner, Mapping)
    sid = inner.get("Sid")
    assert isinstance(sid, Scalar)
    assert (sid.text, text_at(sid.at)) == ("ak", r"\"a\\u006b\"")
    assert not list(misplaced(inner))


def holding(text: str) -> Excerpt:
    return excerpt_between(Source("f", text), 0, len(text))


def test_takes_placeholders_where_values_stand() -> None:
    first, last = "\U00100000", "\U0010fffd"
    tree = parse_json(holding(f'{{"a": {first}, "b": [{last}, "x{first}"]}}'), placeholders=True)
    assert [(scalar.text, scalar.style) for scalar in scalars(tree)] == [
        ("a", Style.QUOTED),
        (first, Style.PLAIN),
        ("b", Style.QUOTED),
        (last, Style.PLAIN),
        (f"x{first}", Style.QUOTED),
    ]


@pytest.mark.parametrize("text", ["{\U00100000: 1}", "[\U00100000\U00100000]", "[\U000f0000]"])
def test_takes_placeholders_nowhere_else(text: str) -> None:
    with pytest.raises(InputError):
        parse_json(holding(text), placeholders=True)


def test_takes_no_placeholders_unasked() -> None:
    with pytest.raises(InputError, match="expected a value"):
        parse_json(holding("[\U00100000]"))


def test_a_number_of_any_length_is_data() -> None:
    """Python refuses an integer of some thousand digits, and takes quadratic time for those it does not."""
    parts = JsonParts(Source("plan.json", f"[{'1' * 100_000}, 7]"))
    assert parts.data() == [float("inf"), 7]


PARTS = '{ "a" : [ ] , "b" : { } , "c" : [ 1 , { "d" : null } , "x" ] , "e" : 2 }\n'


def shape(parts: JsonParts) -> Json:
    """All that members and elements lead to."""
    following = parts.source.text[parts.position : parts.position + 1]
    if following == "{":
        return {name: shape(parts) for name in parts.members()}
    return [shape(parts) for _ in parts.elements()] if following == "[" else parts.data()


def test_goes_through_members_and_elements() -> None:
    parts = JsonParts(Source("plan.json", PARTS))
    assert shape(parts) == json.loads(PARTS)
    parts.end()


def test_passes_over_what_nobody_asks_for() -> None:
    parts = JsonParts(Source("plan.json", PARTS))
    found = []
    for name in parts.members():
        if name == "c":
            found += [parts.node().at.start if count == 1 else count for count in parts.elements()]
    assert found == [0, PARTS.index('{ "d"'), 2]
    parts.end()


@pytest.mark.parametrize("text", ["7", "[1, 2]", '"a"'])
def test_what_is_no_object_has_no_members(text: str) -> None:
    parts = JsonParts(Source("plan.json", text))
    assert list(parts.members()) == []
    parts.end()


@pytest.mark.parametrize("text", ["7", '{"a": 1}', '"a"'])
def test_what_is_no_array_has_no_elements(text: str) -> None:
    parts = JsonParts(Source("plan.json", text))
    assert list(parts.elements()) == []
    parts.end()


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("{1: 2}", "expected a member name in double quotes, and ':'", 1),
        ("{: 2}", "expected a member name in double quotes, and ':'", 1),
        ('{"a"', "expected a member name in double quotes, and ':'", 4),
        ('{"a" 1}', "expected a member name in double quotes, and ':'", 5),
        ('{"a": 1 "b": 2}', "expected ',' or the end of an object or array", 8),
        ('{"a": 1, }', "expected a member name in double quotes, and ':'", 9),
        ("[1 2]", "expected ',' or the end of an object or array", 3),
        ("[1, ]", "not JSON: expecting value", 4),
        ("[1] 2", "expected the end of the JSON text", 4),
    ],
)
def test_says_where_a_part_is_not_json(text: str, reason: str, position: int) -> None:
    parts = JsonParts(Source("plan.json", text))
    with pytest.raises(InputError) as caught:  # noqa: PT012 - what ends it is asked for last
        shape(parts)
        parts.end()
    problem = caught.value.problem
    assert (problem.reason, problem.at and problem.at.start) == (reason, position)
    assert problem.at is not None
    assert problem.at.end == min(position + 1, len(text))


@pytest.mark.parametrize("text", ["[1", '{"a": ', "[1, tru"])
def test_a_part_that_ends_too_early_is_shown_at_the_end_too(text: str) -> None:
    with pytest.raises(InputError) as caught:
        JsonParts(Source("plan.json", text)).node()
    at = caught.value.problem.at
    assert at is not None
    assert at.source.text[at.start :] in ("", "tru")


def test_says_where_a_part_is_too_deep() -> None:
    parts = JsonParts(Source("plan.json", "[" * 100_000))
    with pytest.raises(InputError, match=f"nested deeper than {limits.DEPTH} levels"):
        parts.data()


@pytest.mark.parametrize("text", ["{", '{"a"', '{"a":', "[1,", '["a', ""])
def test_what_ends_too_early_is_shown_at_the_end(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json(Source("t.json", text))
    at = caught.value.problem.at
    assert at is not None
    assert at.start <= at.end <= len(text)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", ""])
def test_a_string_ends_on_its_line(end: str) -> None:
    with pytest.raises(InputError, match="a string that does not end on its line"):
        read_json(Source("t.json", f'["a{end}'))


@pytest.mark.parametrize(
    ("offsets", "place"),
    [
        ((10, 11, 12, 13, 14), (10, 14)),
        # Behind a round of a template's loop the text goes on before it.
        ((10, 11, 12, 13, 4), (10, 14)),
        ((10, 3, 3, 3, 2), (10, 10)),
        # A text that is computed stands at one place.
        ((5, 5, 5, 5, 5), (5, 5)),
    ],
)
def test_what_is_read_ends_behind_its_last_character(offsets: tuple[int, ...], place: tuple[int, int]) -> None:
    node = parse_json(Excerpt(Source("f", "x" * 20), "[12]", offsets))
    assert (node.at.start, node.at.end) == place


@pytest.mark.parametrize(("escape", "means"), list(zip("bfnrt/", "\b\f\n\r\t/", strict=True)))
def test_what_short_escapes_mean(escape: str, means: str) -> None:
    node = read(f'"\\{escape}"')
    assert isinstance(node, Scalar)
    assert node.text == means


def test_a_part_is_read_as_a_whole_text_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEPTH", 2)
    assert isinstance(JsonParts(Source("f", "[[1]]")).node(), Sequence)
    for text in ("[[[1]]]", "[0, [0, [0]]]", "[\U00100000]"):
        with pytest.raises(InputError):
            JsonParts(Source("f", text)).node()


@pytest.mark.parametrize(("text", "end"), [("[1 2]", 4), ("[", 1), ("[x]", 2), ('{"a" 1}', 6)])
def test_one_character_is_shown_where_it_is_not_json(text: str, end: int) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    at = caught.value.problem.at
    assert at is not None
    assert at.end == end


def test_words_are_read_beside_placeholders() -> None:
    text = "[7, \U00100000, null]"
    found = parse_json(excerpt_between(Source("f", text), 0, len(text)), placeholders=True)
    assert isinstance(found, Sequence)
    assert [item.text for item in found.items if isinstance(item, Scalar)] == ["7", "\U00100000", "null"]


@pytest.mark.parametrize("code", ["d800", "dbff", "dc00", "dfff"])
def test_half_of_a_character_is_none(code: str) -> None:
    with pytest.raises(InputError):
        read(f'"\\u{code}"')
