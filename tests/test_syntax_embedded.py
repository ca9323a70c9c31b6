"""YAML and JSON inside another file's text: every node at its place in that file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kmslint.errors import InputError
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.embedded import parse_embedded
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence


def inside(text: str) -> Excerpt:
    """A text of which every character stands twice in its file, behind seven others."""
    written = "".join(character * 2 for character in text)
    return Excerpt(Source("main.tf", f"before {written}"), text, [7 + 2 * index for index in range(len(text) + 1)])


def nodes(node: Node) -> Iterator[Node]:
    yield node
    inner: list[Node] = []
    if isinstance(node, Mapping):
        inner = [one for entry in node.entries for one in entry]
    elif isinstance(node, Sequence):
        inner = list(node.items)
    for one in inner:
        yield from nodes(one)


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ('{"a": [1, "b"]}', ['{"a": [1, "b"]}', '"a"', '[1, "b"]', "1", '"b"']),
        (' \n["x"]', ['["x"]', '"x"']),
        # YAML begins with no tab.
        ('\t{"a": 1}', ['{"a": 1}', '"a"', "1"]),
        ("\n\t[1]", ["[1]", "1"]),
        ("a: [1, b]\nc: !Ref d\n", ["a: [1, b]\nc: !Ref d", "a", "[1, b]", "1", "b", "c", "!Ref d"]),
        ("- x\n- {y: z}\n", ["- x\n- {y: z}", "x", "{y: z}", "y", "z"]),
    ],
)
def test_everything_stands_where_it_is_written(text: str, stretches: list[str]) -> None:
    excerpt = inside(text)
    (tree,) = parse_embedded(excerpt)
    found = list(nodes(tree))
    for node in found:
        assert node.at.source is excerpt.source
        if isinstance(node, Scalar):
            assert node.excerpt.source is excerpt.source
            first = text.index(node.excerpt.text, (node.at.start - 7) // 2)
            assert list(node.excerpt.offsets)[:-1] == [7 + 2 * (first + n) for n in range(len(node.excerpt.text))]
    assert [text[(one.at.start - 7) // 2 : (one.at.end - 6) // 2] for one in found] == stretches


def test_every_document_is_read() -> None:
    assert [node.text for node in parse_embedded(inside("a\n---\nb\n")) if isinstance(node, Scalar)] == ["a", "b"]


def test_what_an_alias_stands_for_stays_one() -> None:
    (tree,) = parse_embedded(inside("- &x [1]\n- *x\n"))
    assert isinstance(tree, Sequence)
    assert tree.items[0] is tree.items[1]


def test_an_empty_value_stands_where_it_would_be_written() -> None:
    excerpt = inside("a:\nb: 1\n")
    (tree,) = parse_embedded(excerpt)
    assert isinstance(tree, Mapping)
    empty = tree.entries[0].value
    assert isinstance(empty, Scalar)
    assert empty.text == ""
    assert empty.at == Location(excerpt.source, 7 + 2 * 2, 7 + 2 * 2)


@pytest.mark.parametrize(("text", "place"), [("a: [", 4), ("a: *x\n", 3), ('{"a" 1}', 5), ("a: ]\n", 3)])
def test_what_cannot_be_read_is_shown_in_the_file(text: str, place: int) -> None:
    excerpt = inside(text)
    with pytest.raises(InputError) as caught:
        parse_embedded(excerpt)
    problem = caught.value.problem
    assert problem.path == "main.tf"
    assert problem.at is not None
    assert problem.at.source is excerpt.source
    assert problem.at.start == 7 + 2 * place
