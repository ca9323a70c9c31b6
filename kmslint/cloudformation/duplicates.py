"""Members that stand twice in a map of a template: both count, each where a condition of its own comes out so.

CloudFormation takes such a template, and its guide does not say what it makes of it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kmslint.location import Location
from kmslint.model.duplicates import Duplicate, Reader, alike, shown_path
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence, member_name
from kmslint.values import ALWAYS, Choice, Guard, Guards, Value, first_counts


class Member(NamedTuple):
    """A member of a map that may count."""

    key: Scalar
    value: Node
    guards: Guards


def members_that_count(mapping: Mapping) -> Iterator[Member]:
    """The members with a literal name: of those that share one the first and the last, each under its condition."""
    for entries in _by_name(mapping).values():
        (key, value), (last_key, last_value) = entries[0], entries[-1]
        if _is_same(value, last_value):
            yield Member(last_key, last_value, ALWAYS)
            continue
        condition = first_counts(key.text, key.at)
        yield Member(key, value, frozenset({Guard(condition, True)}))
        yield Member(last_key, last_value, frozenset({Guard(condition, False)}))


def pairs(mapping: Mapping) -> Iterator[tuple[Entry | None, Entry]]:
    """The members, those that share a name as one: the first of them, if there are more, and the last."""
    if next(mapping.duplicates(), None) is None:
        yield from ((None, entry) for entry in mapping.entries)
        return
    for entries in _by_name(mapping).values():
        yield (Entry(*entries[0]) if len(entries) > 1 else None), Entry(*entries[-1])


def bodies(mapping: Mapping) -> Iterator[tuple[Guards, Mapping]]:
    """The map in each way it may be read: itself, if no name stands twice."""
    if next(mapping.duplicates(), None) is None:
        yield ALWAYS, mapping
        return
    named = _by_name(mapping).values()
    first, last = (mapping.with_entries(Entry(*each[index]) for each in named) for index in (0, -1))
    differing = next((each[0][0] for each in named if not _is_same(each[0][1], each[-1][1])), None)
    if differing is None:
        yield ALWAYS, last
        return
    # Whoever reads the map keeps the first of all of them, or the last.
    condition = first_counts(differing.text, differing.at)
    yield frozenset({Guard(condition, True)}), first
    yield frozenset({Guard(condition, False)}), last


def duplicates_in(mapping: Mapping) -> Iterator[Duplicate]:
    """The names that stand in a map again."""
    again = tuple(mapping.duplicates())
    named = _by_name(mapping) if again else {}
    for key in again:
        yield Duplicate(key.text, key.at, named[member_name(key)][0][0].at, Reader.CLOUDFORMATION)


def one_of(values: Iterable[tuple[Guards, Value]]) -> Value:
    """What is declared more than once: a value is there where all of its conditions come out so."""
    *others, (_, value) = values
    for guards, other in reversed(others):
        if not alike(other, value):
            value = _where(guards, other, value)
    return value


def _where(guards: Guards, value: Value, other: Value) -> Value:
    """The value where all of the conditions come out so, else the other one."""
    for condition, holds in sorted(guards):
        when_true, when_false = (value, other) if holds else (other, value)
        value = Choice(condition, when_true, when_false, other.at)
    return value


def located(found: Iterable[Duplicate], document: Node) -> tuple[Duplicate, ...]:
    """The same with the map that they stand in, each once."""
    ways: dict[Location, tuple[str, ...]] = {duplicate.at: () for duplicate in found}
    if ways:
        _walk(document, None, ways)
    return tuple(_located(duplicate, ways[duplicate.at]) for duplicate in dict.fromkeys(found))


def _by_name(mapping: Mapping) -> dict[str, list[tuple[Scalar, Node]]]:
    named: dict[str, list[tuple[Scalar, Node]]] = {}
    for entry in mapping.entries:
        named.setdefault(member_name(entry.name), []).append((entry.name, entry.value))
    return named


def _is_same(first: Node, second: Node) -> bool:
    """Whether two nodes say the same, wherever they stand."""
    if first is second:
        return True
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return (first.tag, len(first.entries)) == (second.tag, len(second.entries)) and all(
            _is_same(one.key, other.key) and _is_same(one.value, other.value)
            for one, other in zip(first.entries, second.entries, strict=True)
        )
    if isinstance(first, Sequence) and isinstance(second, Sequence):
        same_length = (first.tag, len(first.items)) == (second.tag, len(second.items))
        return same_length and all(map(_is_same, first.items, second.items))
    if isinstance(first, Scalar) and isinstance(second, Scalar):
        return (first.text, first.tag, first.style) == (second.text, second.tag, second.style)
    return False


class _Step(NamedTuple):
    """How the walk came to a map."""

    before: _Step | None
    name: str

    def names(self) -> tuple[str, ...]:
        """The names of the members that lead there; elements of lists by their number."""
        return (*(self.before.names() if self.before else ()), self.name)


def _walk(node: Node, step: _Step | None, ways: dict[Location, tuple[str, ...]]) -> None:
    """Fills in the ways to maps by the places of the names in them; of several ways the first."""
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            _walk(item, _Step(step, f"[{index}]"), ways)
    for entry in node.entries if isinstance(node, Mapping) else ():
        if step is not None and ways.get(entry.key.at) == ():
            ways[entry.key.at] = step.names()
        _walk(entry.value, _Step(step, entry.name.text), ways)


def _located(duplicate: Duplicate, names: tuple[str, ...]) -> Duplicate:
    section, *rest = names or ("",)
    if section != "Resources" or not rest:
        return duplicate._replace(path=shown_path(names))
    name, *inner = rest
    owner = f"{duplicate.at.source.stack}{name}"
    return duplicate._replace(owner=owner, path=shown_path(inner[1:] if inner[:1] == ["Properties"] else inner))
