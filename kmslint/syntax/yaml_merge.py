"""YAML's merge keys (`<<`), spelt out: what a map takes over from others, with its own entries winning."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence, Style


def is_merge_key(key: Node) -> bool:
    """`<<` without quotes."""
    return isinstance(key, Scalar) and key.text == "<<" and key.style is Style.PLAIN and key.tag in ("", "!!merge")


def merged(entries: list[Entry]) -> list[Entry]:
    """The entries of a map with those of its merge keys in their place.

    An own entry wins over a merged one, of several merged maps the first. Raises InputError where
    something else than a map is merged, and beyond limits.MERGED_PAIRS.
    """
    taken = {entry.key.text for entry in entries if isinstance(entry.key, Scalar)}
    result: list[Entry] = []
    pairs = 0
    for entry in entries:
        if not is_merge_key(entry.key):
            result.append(entry)
            continue
        for mapping in _merged_maps(entry.value):
            pairs += len(mapping.entries)
            if pairs > limits.MERGED_PAIRS:
                reason = f"merge keys add more than {limits.MERGED_PAIRS} entries to one map"
                raise _error(limits.named(reason, "merged-pairs"), entry.key.at)
            result.extend(_not_taken(mapping, taken))
    return result


def _not_taken(mapping: Mapping, taken: set[str]) -> list[Entry]:
    """The entries whose names are still free; duplicates within the map stay duplicates."""
    new = [entry for entry in mapping.entries if isinstance(entry.key, Scalar) and entry.key.text not in taken]
    taken.update(entry.key.text for entry in new if isinstance(entry.key, Scalar))
    return new


def _merged_maps(value: Node) -> Iterator[Mapping]:
    for node in value.items if isinstance(value, Sequence) else (value,):
        if not isinstance(node, Mapping) or node.tag:
            raise _error("a merge key takes a map or a list of maps", node.at)
        yield node


def _error(reason: str, at: Location) -> InputError:
    return InputError(Problem(at.path, reason, at))
