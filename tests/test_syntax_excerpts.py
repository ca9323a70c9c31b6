"""Which offset of the source each character of a decoded text comes from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kmslint.location import Excerpt, Source
from kmslint.syntax.data import read_data
from kmslint.syntax.excerpts import ExcerptBuilder, Runs
from kmslint.syntax.in_source import in_source
from kmslint.syntax.tree import Mapping, Scalar, Sequence
from kmslint.syntax.yaml import read_yaml

SOURCE = Source("f", "ab\\ncd\\u0065f")


def built() -> ExcerptBuilder:
    builder = ExcerptBuilder()
    for text, offset in (("ab", 0), ("\n", 2), ("", 4), ("cd", 4), ("e", 6), ("f", 12)):
        builder.add(text, offset)
    return builder


OFFSETS = (0, 1, 2, 4, 5, 6, 12, 13)


def test_the_offsets_of_runs_are_those_of_the_characters_and_of_the_end() -> None:
    excerpt = built().finish(SOURCE, 13)
    assert (excerpt.text, len(excerpt.offsets)) == ("ab\ncdef", 8)
    assert tuple(excerpt.offsets) == OFFSETS
    for place in range(-8, 8):
        assert excerpt.offsets[place] == OFFSETS[place]
        assert tuple(excerpt.offsets[place:]) == OFFSETS[place:]
    for place in (8, -9):
        with pytest.raises(IndexError):
            excerpt.offsets[place]


def test_what_stands_side_by_side_is_one_run() -> None:
    """So that a long text takes no number for each character."""
    builder = ExcerptBuilder()
    for text, offset in (("", 1), ("ab", 2), ("", 9), ("cd", 4)):
        builder.add(text, offset)
    assert builder.finish(SOURCE, 6) == Excerpt(SOURCE, "abcd", range(2, 7))
    assert isinstance(builder.finish(SOURCE, 6).offsets, range)
    several = ExcerptBuilder()
    for text, offset in (("a", 0), ("b", 5), ("c", 6), ("d", 7)):
        several.add(text, offset)
    offsets = several.finish(SOURCE, 8).offsets
    assert tuple(offsets) == (0, 5, 6, 7, 8)
    assert isinstance(offsets, Runs)
    assert offsets._indexes == [0, 1]


def test_a_part_of_an_excerpt_is_copied_with_its_offsets() -> None:
    whole = built().finish(SOURCE, 13)
    builder = ExcerptBuilder()
    builder.copy(whole, 1, 4)
    builder.copy(whole, 5, 7)
    assert builder.length == 5
    part = builder.finish(SOURCE, 13)
    assert (part.text, tuple(part.offsets)) == ("b\ncef", (1, 2, 4, 6, 12, 13))


@pytest.mark.parametrize("text", ["[\n\t1\n]", '\n\t[\n\t"1"]', "[1,\n1]"])
def test_a_list_is_read_as_json_whatever_it_is_indented_with(text: str) -> None:
    (document,) = read_data(Source("f", text)).documents
    assert isinstance(document, Sequence)
    assert {item.text for item in document.items if isinstance(item, Scalar)} == {"1"}


def found_in(node: object) -> Iterator[Source]:
    """The sources of all that is in a tree."""
    if isinstance(node, Source):
        yield node
    for member in node if isinstance(node, tuple) else ():
        yield from found_in(member)


def test_a_tree_may_stand_in_another_source_of_the_same_text() -> None:
    """What an alias shares stays shared: otherwise a few lines could be made into millions of nodes."""
    text = "a: &a [b, 'c''d']\ne: [*a, *a]\n"
    (document,) = read_yaml(Source("t.yaml", text)).documents
    nested = Source("t.yaml", text, stack="Stack/")
    moved = in_source(document, nested)
    assert set(found_in(moved)) == {nested}
    assert moved != document
    assert isinstance(moved, Mapping)
    shared, both = moved.get("a"), moved.get("e")
    assert isinstance(both, Sequence)
    assert both.items[0] is both.items[1] is shared
