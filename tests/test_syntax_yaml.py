"""YAML as CloudFormation templates use it: every node placed, nothing constructed, nothing unbounded."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kmslint import limits
from kmslint.errors import InputError
from kmslint.location import Source
from kmslint.syntax import yaml as yaml_reader
from kmslint.syntax.json import parse_json
from kmslint.syntax.tree import DataFile, Mapping, Node, Scalar, Sequence, Style
from kmslint.syntax.yaml import read_yaml
from located import misplaced, scalars, spelt, text_at

LIBRARY = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PRINTABLE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from("\n\t '\"\\#")
)


def read_file(text: str) -> DataFile:
    return read_yaml(Source("t.yaml", text))


def read(text: str) -> Node:
    return read_file(text).documents[0]


def value_of(node: Node, name: str) -> Scalar:
    assert isinstance(node, Mapping)
    value = node.get(name)
    assert isinstance(value, Scalar)
    return value


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_file(text)
    problem = caught.value.problem
    assert problem.at
    return f"{problem.line}:{problem.at.region.column}", problem.reason


@pytest.mark.parametrize(
    ("written", "text", "style", "offsets"),
    [
        ("abc", "abc", Style.PLAIN, [3, 4, 5, 6]),
        ("", "", Style.PLAIN, [2]),
        ("012345670123", "012345670123", Style.PLAIN, list(range(3, 16))),
        ("2012-10-17", "2012-10-17", Style.PLAIN, list(range(3, 14))),
        ("'it''s'", "it's", Style.QUOTED, [4, 5, 6, 8, 9]),
        ("''''", "'", Style.QUOTED, [4, 6]),
        ('"abc"', "abc", Style.QUOTED, [4, 5, 6, 7]),
        ('""', "", Style.QUOTED, [4]),
        (r'"a\"\x41\u00e9\n"', 'a"Aé\n', Style.QUOTED, [4, 5, 7, 11, 17, 19]),
        ('"a\n\n   b"', "a\nb", Style.QUOTED, [4, 5, 10, 11]),
        ('"a \\\n   b"', "a b", Style.QUOTED, [4, 5, 11, 12]),
        ("|\n  ab\n  c\n", "ab\nc\n", Style.BLOCK, [7, 8, 9, 12, 13, 14]),
        ("|-\n  a\n\n   b\n", "a\n\n b", Style.BLOCK, [8, 9, 10, 13, 14, 15]),
        ("|+  # why\n  a\n\n", "a\n\n", Style.BLOCK, [15, 16, 17, 18]),
        ("|2\n   a\n", " a\n", Style.BLOCK, [8, 9, 10, 11]),
        ("|\r\n  a\r\n  b\r\n", "a\nb\n", Style.BLOCK, [8, 9, 13, 14, 16]),
        (">\n  ab\n  c\n", "ab c\n", Style.BLOCK, [7, 8, 9, 12, 13, 14]),
        ("ab\n  c", "ab c", Style.PLAIN, [3, 4, 5, 8, 9]),
        ("!Sub &x |\n  a\n", "a\n", Style.BLOCK, [15, 16, 17]),
        ("!!str # so\n  a", "a", Style.PLAIN, [16, 17]),
        ("|", "", Style.BLOCK, [4]),
        ("|\n  a\n  b", "a\nb", Style.BLOCK, [7, 8, 11, 12]),
        ('"a\\\n\n  b"', "a\nb", Style.QUOTED, [4, 5, 10, 11]),
        (r'"\x30b"', "0b", Style.QUOTED, [4, 8, 9]),
        ('"\\x41\n  b"', "A b", Style.QUOTED, [4, 8, 11, 12]),
        ('"\\x41\r\n  b"', "A b", Style.QUOTED, [4, 8, 12, 13]),
        ('"\\x41\n\n  b"', "A\nb", Style.QUOTED, [4, 8, 12, 13]),
        ('"\\x41\n\n\n b"', "A\n\nb", Style.QUOTED, [4, 8, 9, 12, 13]),
        ('"\\x41\u2028b"', "A\u2028b", Style.QUOTED, [4, 8, 9, 10]),
    ],
)
def test_ties_decoded_characters_to_the_source(written: str, text: str, style: Style, offsets: list[int]) -> None:
    scalar = value_of(read(f"k: {written}"), "k")
    assert (scalar.text, scalar.style, list(scalar.excerpt.offsets)) == (text, style, offsets)
    assert scalar.excerpt.text == text


@pytest.mark.parametrize("escape", [*'0abt\tnvfre"/\\N_LP ', "x41", "u00e9", "U0001f600"])
def test_ties_what_stands_behind_an_escape(escape: str) -> None:
    text = f'k: "a\\{escape}b"'
    scalar = value_of(read(text), "k")
    assert scalar.text == yaml.load(text, LIBRARY)["k"]
    assert list(scalar.excerpt.offsets) == [4, 5, 6 + len(escape), 7 + len(escape)]


@pytest.mark.parametrize(
    ("text", "offsets"),
    [("[a,a]", [[1, 2], [3, 4]]), ("- a\n  b\n- a b", [[2, 3, 6, 7], [10, 11, 12, 13]])],
)
def test_ties_equal_texts_to_where_each_stands(text: str, offsets: list[list[int]]) -> None:
    assert [list(scalar.excerpt.offsets) for scalar in scalars(read(text))] == offsets


@pytest.mark.parametrize("header", ["|", "|-", "|+", ">", ">-"])
def test_a_block_ends_where_its_text_does(header: str) -> None:
    text = f"k: {header}\n  ab\n  cd\nl: m\n"
    scalar = value_of(read(text), "k")
    assert text_at(scalar.at) == text[3 : text.index("\nl")]
    end = scalar.excerpt.offsets[len(scalar.text)]
    assert end == text.index("cd") + (2 if "-" in header else 3)


@pytest.mark.parametrize("text", ["a: &x k\nb:\n  *x : 1\n", "- &x k\n- *x : 1\n", "? &x k\n: [{*x : 1}]\n"])
def test_a_name_by_an_alias_stands_where_the_alias_does(text: str) -> None:
    found = [each for each in scalars(read(text)) if each.text == "k"]
    assert [each.at.start for each in found] == [text.index("&"), text.index("*")]


@given(PRINTABLE, st.sampled_from(["'", '"', "|", ">"]), st.integers(0, 3), st.sampled_from(["\n", "\r\n"]))
def test_ties_whatever_the_library_writes(text: str, style: str, level: int, line_end: str) -> None:
    nested: object = [text, "after"]
    for _ in range(level):
        nested = {"key": nested}
    written = yaml.dump(nested, default_style=style, allow_unicode=True, width=20, line_break=line_end)
    tree = read(written)
    assert [scalar.text for scalar in scalars(tree)][level:] == [text, "after"]
    assert not list(misplaced(tree))


def scalars_by_the_library(text: str) -> list[str] | None:
    """None if it is not YAML."""
    try:
        return [event.value for event in yaml.parse(text, LIBRARY) if isinstance(event, yaml.ScalarEvent)]
    except yaml.YAMLError:
        return None


@given(PRINTABLE)
def test_takes_for_yaml_what_the_library_does(text: str) -> None:
    wanted = scalars_by_the_library(text)
    try:
        found = [scalar.text for scalar in scalars(read_file(text).documents)]
    except InputError as error:
        # What is YAML may still be refused for what it means: an alias without an anchor, a list as a key.
        assert error.problem.reason.startswith("not YAML") == (wanted is None)  # noqa: PT017
    else:
        assert found == wanted


def test_counts_columns_in_code_points() -> None:
    tree = read("😀é: {a: [b,\r\n 'c']}\n")
    assert [(scalar.text, repr(scalar.at)) for scalar in scalars(tree)] == [
        ("😀é", "t.yaml:1:1-1:3"),
        ("a", "t.yaml:1:6-1:7"),
        ("b", "t.yaml:1:10-1:11"),
        ("c", "t.yaml:2:2-2:5"),
    ]


def test_ends_a_block_collection_where_its_last_node_ends() -> None:
    tree = read("a:\n  b: |\n    c\n\n\n# about d\nd: [1]\ne:\n- x\n\n# the end\n")
    assert isinstance(tree, Mapping)
    inner = tree.get("a")
    assert inner is not None
    assert text_at(inner.at) == "b: |\n    c"
    assert text_at(tree.at).endswith("\ne:\n- x")


def test_keeps_tags_as_they_are_written() -> None:
    tree = read("a: !Ref b\nc: !GetAtt [d, e]\nf: !!str g\nh: !Sub\n  x: y\ni: !python/object k\nl: ! m\n")
    assert isinstance(tree, Mapping)
    values = {spelt(entry.key): entry.value for entry in tree.entries}
    tags = {name: value.tag for name, value in values.items() if isinstance(value, Scalar | Mapping | Sequence)}
    assert tags == {"a": "!Ref", "c": "!GetAtt", "f": "!!str", "h": "!Sub", "i": "!python/object", "l": "!"}
    assert text_at(value_of(tree, "a").at) == "!Ref b"


def test_keeps_keys_that_stand_twice() -> None:
    tree = read("a: 1\nb: 2\na: 3\n")
    assert isinstance(tree, Mapping)
    assert [repr(key.at) for key in tree.duplicates()] == ["t.yaml:3:1-3:2"]
    assert spelt(tree) == "{a = 1, b = 2, a = 3}"


def test_shares_an_anchored_node_with_its_aliases() -> None:
    tree = read("a: &x [1, 2]\nb: *x\n&k c: *k\n")
    assert isinstance(tree, Mapping)
    assert tree.get("a") is tree.get("b")
    assert spelt(tree) == "{a = [1, 2], b = [1, 2], c = c}"
    assert text_at(tree.at) == "a: &x [1, 2]\nb: *x\n&k c: *k"


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", "{x = 1, y = 3}"),
        ("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\n", "{y = 3, x = 1}"),
        ("a: [&a {x: 1}, &b {x: 2, y: 2}]\nb: {<<: [*a, *b]}\n", "{x = 1, y = 2}"),
        ("a: &a {x: 1, x: 2}\nb: {<<: *a}\n", "{x = 1, x = 2}"),
        ("a: &a {x: 1}\nb: {!!merge <<: *a}\n", "{x = 1}"),
        ("b: {'<<': 1}\n", "{'<<' = 1}"),
        ("b: {!!str <<: 1}\n", "{<< = 1}"),
    ],
)
def test_spells_merge_keys_out(text: str, merged: str) -> None:
    tree = read(text)
    assert isinstance(tree, Mapping)
    assert spelt(tree.get("b")) == merged


def test_reads_every_document() -> None:
    file = read_file("a: 1\n---\nb: &x 2\n---\n- c\n...\n")
    assert [spelt(document) for document in file.documents] == ["{a = 1}", "{b = 2}", "[c]"]
    assert read_file("# nothing\n").documents == ()


def test_an_anchor_ends_with_its_document() -> None:
    assert refusal("a: &x 1\n---\nb: *x\n") == ("3:4", "an alias without an anchor before it")


def test_finds_comments_outside_of_scalars() -> None:
    file = read_file(
        "# one\n"
        "a: b#c # two\n"
        "d: 'e # f'\n"
        "g: |  # three\n"
        "  # h\n"
        "  i\n"
        "j: [k,   # four\n"
        "  l]\n"
        "m: >-\n"
        "  n\n"
        "  # o\n"
        "# five\n"
        "p: #\n"
        '  "q\n'
        '  # r"\n'
    )
    found = [(comment.text, comment.at.line, comment.alone) for comment in file.comments]
    assert found == [
        ("one", 1, True),
        ("two", 2, False),
        ("three", 4, False),
        ("four", 7, False),
        ("five", 12, True),
        ("", 13, False),
    ]
    assert all(text_at(comment.at).startswith("#") for comment in file.comments)


def test_places_a_policy_written_inside_a_block_scalar() -> None:
    tree = read('Policy: !Sub |\n    {\n      "Action": "kms:*"\n    }\n')
    policy = parse_json(value_of(tree, "Policy").excerpt)
    assert repr(value_of(policy, "Action").at) == "t.yaml:3:17-3:24"


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("a: [1,\n", "2:1", "not YAML: did not find expected node content, while parsing a flow node"),
        ("a: b: c\n", "1:5", "not YAML: mapping values are not allowed in this context"),
        ("\ta: b\n", "1:1", "not YAML: found character that cannot start any token, while scanning for the next token"),
        ("é: \x07\n", "1:4", "not YAML: a control character"),
        ("a: *b\n", "1:4", "an alias without an anchor before it"),
        ("a: &a [*a]\n", "1:8", "an alias inside of what it stands for"),
        ("a: &a\n  b:\n    - *a\n", "3:7", "an alias inside of what it stands for"),
        ("? [a]\n: b\n", "1:3", "a list or map as the key of a map"),
        ("{a: 1}: b\n", "1:1", "a list or map as the key of a map"),
        ("a: &a [1]\n*a : b\n", "1:4", "a list or map as the key of a map"),
        ("a: {<<: 1}\n", "1:9", "a merge key takes a map or a list of maps"),
        ("a: {<<: [{b: 1}, c]}\n", "1:18", "a merge key takes a map or a list of maps"),
        ("a: {<<: !Transform {b: 1}}\n", "1:9", "a merge key takes a map or a list of maps"),
    ],
)
def test_refuses_at_the_place_where_it_is_broken(text: str, where: str, reason: str) -> None:
    assert refusal(text) == (where, reason)


@pytest.mark.parametrize("opening", ["- ", "[", "{a: ", "? ", "!t [", "[{a: ", "- ? "])
def test_refuses_depth_before_it_costs_anything(opening: str) -> None:
    assert refusal(opening * 100_000)[1] == f"nested deeper than {limits.DEPTH} levels; --limit depth=N raises this"


@pytest.mark.parametrize("text", ["[1, [2], {}]", "{a: 1, b: 2}", "- a\n- - b\n  - c\n"])
def test_reads_so_many_values_and_no_more(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names count too."""
    monkeypatch.setattr(limits, "NODES", 5)
    read(text)
    monkeypatch.setattr(limits, "NODES", 4)
    assert "more than 4 values in one document" in refusal(text)[1]


def test_reads_so_deep_and_no_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEPTH", 3)
    read("[{a: [1]}]")
    assert refusal("[{a: [[1]]}]") == ("1:7", "nested deeper than 3 levels; --limit depth=N raises this")


@pytest.mark.parametrize(
    "text",
    [
        'a: "x\u2028  y"',
        "a: 'x\u2029\n  y'",
        'a: "x\n\u2028 y"',
        'a: "x\n\n  y"',
        'a: "x \t\n  y"',
        'a: "x\u2028\u2028 \\\n  y"',
    ],
)
def test_folds_line_ends_as_libyaml_does(text: str) -> None:
    """Unicode's own stay."""
    found = value_of(read(text), "a")
    assert found.text == yaml.load(text, LIBRARY)["a"]
    assert [text[found.excerpt.offsets[index]] for index in (0, len(found.text) - 1)] == ["x", "y"]


def test_counts_depth_through_aliases() -> None:
    half = limits.DEPTH * 2 // 3
    text = f"a: &a {'[' * half}1{']' * half}\nb: {'[' * half}*a{']' * half}\n"
    assert refusal(text) == (f"2:{half + 4}", f"nested deeper than {limits.DEPTH} levels; --limit depth=N raises this")


def test_counts_what_aliases_stand_for() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    where, reason = refusal("\n".join(lines))
    assert (
        reason
        == f"more than {limits.NODES} values in one document, aliases counted each time; --limit nodes=N raises this"
    )
    assert where == "6:15"


def test_bounds_what_merge_keys_add() -> None:
    pairs = ", ".join(f"k{n}: 1" for n in range(1_000))
    maps = limits.MERGED_PAIRS // 1_000 + 1
    text = f"a: &a {{{pairs}}}\nb: {{<<: [{', '.join(['*a'] * maps)}]}}\n"
    assert refusal(text) == (
        "2:5",
        f"merge keys add more than {limits.MERGED_PAIRS} entries to one map; --limit merged-pairs=N raises this",
    )


def test_merge_keys_add_so_many_entries_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: [*a, *a]}\n"
    monkeypatch.setattr(limits, "MERGED_PAIRS", 4)
    read(text)
    monkeypatch.setattr(limits, "MERGED_PAIRS", 3)
    assert refusal(text)[0] == "2:5"


def test_bounds_the_number_of_documents() -> None:
    where, reason = refusal("---\na\n" * (limits.DOCUMENTS + 1))
    assert reason == f"more than {limits.DOCUMENTS} documents in one file; --limit documents=N raises this"
    assert where == f"{limits.DOCUMENTS * 2 + 1}:1"
    assert len(read_file("---\na\n" * limits.DOCUMENTS).documents) == limits.DOCUMENTS


@pytest.mark.parametrize(
    "text",
    [
        "a: 0x_",
        "a: 2012-99-17",
        "a: !!int x",
        "a: !!bool x",
        "a: !!timestamp x",
        "a: " + "9" * 5_000,
        "a: =",
        "a: 1:30",
    ],
)
def test_gives_no_scalar_a_meaning(text: str) -> None:
    scalar = value_of(read(text), "a")
    assert text.endswith(scalar.text)


def test_reads_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x !Sub 'b''c'\n😀: [*x, |\n  d\n]\n".replace(", |\n  d\n", "")
    wanted = read_file(text)
    monkeypatch.setattr("kmslint.syntax.yaml._LOADER", yaml.SafeLoader)
    assert [(s.text, s.at.start, s.at.end) for s in scalars(read_file(text).documents)] == [
        (s.text, s.at.start, s.at.end) for s in scalars(wanted.documents)
    ]


def test_sequences_keep_their_order_and_place() -> None:
    tree = read("- a\n- - b\n  - {}\n- []\n")
    assert isinstance(tree, Sequence)
    assert [(spelt(item), repr(item.at)) for item in tree.items] == [
        ("a", "t.yaml:1:3-1:4"),
        ("[b, {}]", "t.yaml:2:3-3:7"),
        ("[]", "t.yaml:4:3-4:5"),
    ]


@pytest.mark.parametrize(
    ("text", "depth", "nodes", "events"),
    [
        ("[1, [2], {a: b}]", 9, 99, 14),
        ("[[1], [1], {a: b}]", 2, 8, 16),
        # What is too deep or too much ends it: at the second list, and at the fourth node.
        ("[1, [2], {a: b}]", 1, 99, 5),
        ("[1, [2], {a: b}]", 9, 3, 6),
    ],
)
def test_a_rehearsal_goes_as_far_as_anybody_reads(
    text: str, depth: int, nodes: int, events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []

    class Counting(yaml.SafeLoader):
        def get_event(self) -> object:
            event: object = super().get_event()  # type: ignore[no-untyped-call]
            taken.append(event)
            return event

    monkeypatch.setattr(yaml_reader, "_LOADER", Counting)
    monkeypatch.setattr(limits, "DEPTH", depth)
    monkeypatch.setattr(limits, "NODES", nodes)
    yaml_reader._pass_over(text)
    assert len(taken) == events


@pytest.mark.parametrize(
    ("text", "nodes"),
    [("[&a x, *a, *a]", 4), ("[&a [1], *a]", 5), ("{a: &a {b: c}, d: *a}", 9), ("a\n--- [b]\n", 2)],
)
def test_an_alias_counts_as_what_it_stands_for(text: str, nodes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each document anew."""
    monkeypatch.setattr(limits, "NODES", nodes)
    read_file(text)
    monkeypatch.setattr(limits, "NODES", nodes - 1)
    assert refusal(text)[1].startswith(f"more than {nodes - 1} values in one document")


@pytest.mark.parametrize(
    ("text", "depth"),
    [("[&a x, *a]", 1), ("[&a [1], *a]", 2), ("[&a [], [*a]]", 3), ("[&a [1], [*a]]", 3), ("[&a {b: [1]}, [*a]]", 4)],
)
def test_an_alias_is_as_deep_as_what_it_stands_for(text: str, depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEPTH", depth)
    read_file(text)
    monkeypatch.setattr(limits, "DEPTH", depth - 1)
    assert refusal(text)[1].startswith(f"nested deeper than {depth - 1} levels")


@pytest.mark.parametrize(
    ("text", "start", "end"), [("a: ]\n", 3, 4), ("a: [", 4, 4), ("a: \x01b", 3, 4), ("- a: *b\n", 5, 7)]
)
def test_what_is_shown_of_a_text_that_is_not_yaml(text: str, start: int, end: int) -> None:
    with pytest.raises(InputError) as caught:
        read_file(text)
    at = caught.value.problem.at
    assert at is not None
    assert (at.start, at.end) == (start, end)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- &a [&a x]\n- *a\n", "[[x], x]"),
        ("- &a x\n- &a [y, *a]\n- *a\n", None),
        ("- &a x\n- &a [y]\n- *a\n", "[x, [y], [y]]"),
        ("- &a [b]\n- [c]\n- *a\n", "[[b], [c], [b]]"),
    ],
)
def test_an_alias_stands_for_the_last_that_has_the_name_before_it(text: str, found: str | None) -> None:
    if found is None:
        assert refusal(text) == ("2:10", "an alias inside of what it stands for")
    else:
        assert spelt(read(text)) == found


@pytest.mark.parametrize("written", ["b\u3000", "'b\u3000'", "!Ref b\xa0"])
def test_a_scalar_on_one_line_ends_where_it_is_written_to(written: str) -> None:
    assert text_at(value_of(read(f"a: {written}\n"), "a").at) == written


@pytest.mark.parametrize("value", ["'b # no'", "b", "|\n  b\n  # no\n"])
def test_finds_a_comment_between_a_tag_and_its_value(value: str) -> None:
    text = f"a: !!str &x # one\n  {value} \n" if "|" not in value else f"a: !!str &x {value}# one\n"
    assert [comment.text for comment in read_file(text).comments] == ["one"]


def test_a_long_text_is_rehearsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNREHEARSED_CHARACTERS", 4)
    monkeypatch.setattr(yaml_reader, "rehearse", lambda work: work() or "it crashes")
    assert spelt(read("[a]\n")) == "[a]"
    with pytest.raises(InputError, match="it crashes"):
        read_file("[ab]\n")
    monkeypatch.setattr(yaml_reader, "rehearse", lambda _: "")
    assert spelt(read("[ab]\n")) == "[ab]"


def test_an_alias_as_a_whole_document_or_an_item_stands_for_the_node() -> None:
    tree = read("- &a x\n- *a\n- {*a : 1}\n")
    assert isinstance(tree, Sequence)
    assert tree.items[1] is tree.items[0]
    found = tree.items[2]
    assert isinstance(found, Mapping)
    assert found.entries[0].key != tree.items[0]
