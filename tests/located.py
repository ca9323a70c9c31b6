"""What tests ask of a located tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.tree import (
    Attribute,
    Call,
    Conditional,
    For,
    Index,
    Interpolation,
    Mapping,
    Operation,
    Scalar,
    Sequence,
    Splat,
    Style,
    Template,
    TemplateFor,
    TemplateIf,
    Variable,
)

_BLANKS = " \t\r\n\x85\u2028\u2029"


def parts(node: object) -> Iterator[object]:
    """A node and everything in it, sources left out."""
    yield node
    if isinstance(node, tuple) and not isinstance(node, Location | Excerpt):
        for child in node:
            yield from parts(child)


def excerpts(node: object) -> Iterator[Excerpt]:
    return (part for part in parts(node) if isinstance(part, Excerpt))


def scalars(node: object) -> Iterator[Scalar]:
    return (part for part in parts(node) if isinstance(part, Scalar))


def locations(node: object) -> Iterator[Location]:
    return (part for part in parts(node) if isinstance(part, Location))


def text_at(at: Location) -> str:
    return at.source.text[at.start : at.end]


def misplaced(node: object) -> Iterator[str]:
    """What is not tied to the source as it should be, in words."""
    for at in locations(node):
        if not 0 <= at.start <= at.end <= len(at.source.text):
            yield f"{at} lies outside of the file"
    for excerpt in excerpts(node):
        offsets = list(excerpt.offsets)
        if len(offsets) != len(excerpt.text) + 1 or offsets != sorted(offsets):
            yield f"{excerpt.text!r} has offsets {offsets}"
            continue
        for character, offset in zip(excerpt.text, offsets, strict=False):
            written = excerpt.source.text[offset : offset + 1]
            if written not in (character, "\\", "'") and not (character in _BLANKS and written in _BLANKS):
                yield f"{character!r} of {excerpt.text!r} is tied to {written!r}"


def comparable(node: object) -> Any:
    """A node as plain tuples: equal where text, shape and places are."""
    if isinstance(node, Excerpt):
        return ("text", node.text, tuple(node.offsets))
    if isinstance(node, Location):
        return (node.start, node.end)
    if isinstance(node, tuple):
        return (type(node).__name__, *map(comparable, node))
    assert not isinstance(node, Source)
    return node


def spelt(node: object) -> str:
    """An expression with every bracket written out, to see how it was understood."""
    if isinstance(node, Scalar):
        return node.text if node.style is Style.PLAIN else repr(node.text)
    if isinstance(node, Variable):
        return node.name
    if isinstance(node, Attribute):
        return f"{spelt(node.of)}.{node.name}"
    if isinstance(node, Index):
        return f"{spelt(node.of)}[{spelt(node.key)}]"
    if isinstance(node, Splat):
        return f"each({spelt(node.of)}: {spelt(node.each)})"
    if isinstance(node, Operation):
        return f"({spelt(node.left) + ' ' if node.left else ''}{node.operator} {spelt(node.right)})"
    if isinstance(node, Conditional):
        return f"({spelt(node.condition)} ? {spelt(node.when_true)} : {spelt(node.when_false)})"
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(spelt, node.arguments))}{'...' if node.spread else ''})"
    return _spelt_collection(node)


def _spelt_collection(node: object) -> str:
    if isinstance(node, Sequence):
        return f"[{', '.join(map(spelt, node.items))}]"
    if isinstance(node, Mapping):
        return f"{{{', '.join(f'{spelt(entry.key)} = {spelt(entry.value)}' for entry in node.entries)}}}"
    if isinstance(node, For):
        name = f"{spelt(node.name)} => " if node.name else ""
        names = f"{node.key_variable}, {node.value_variable}" if node.key_variable else node.value_variable
        condition = f" if {spelt(node.condition)}" if node.condition else ""
        return f"for({names} in {spelt(node.of)}: {name}{spelt(node.result)}{'...' if node.grouped else ''}{condition})"
    assert isinstance(node, Template), node
    return f"template({' '.join(map(_spelt_part, node.parts))})"


def _spelt_part(part: object) -> str:
    if isinstance(part, Excerpt):
        return repr(part.text)
    if isinstance(part, Interpolation):
        return f"${{{spelt(part.expression)}}}"
    if isinstance(part, TemplateIf):
        branches = (" ".join(map(_spelt_part, branch)) for branch in (part.when_true, part.when_false))
        return f"if({spelt(part.condition)}: {' | '.join(branches)})"
    assert isinstance(part, TemplateFor), part
    names = f"{part.key_variable}, {part.value_variable}" if part.key_variable else part.value_variable
    return f"for({names} in {spelt(part.of)}: {' '.join(map(_spelt_part, part.body))})"
