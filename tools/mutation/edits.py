"""The small mistakes that mutation testing makes, each in one node of the syntax tree.

They are changes of the text, so that a mutant differs from its module in one place and can be shown as a diff.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, cast

FAMILIES: Final = (
    ("YES", "NO", "UNKNOWN"),
    ("ALWAYS", "NEVER", "SOMETIMES", "UNDECIDED"),
    ("any_of", "all_of"),
    ("any", "all"),
    ("either", "both"),
    ("some", "every"),
    ("min", "max"),
    ("startswith", "endswith"),
    ("partition", "rpartition"),
)
"""Names and attributes, each of which may be any other of its family."""

SYMMETRICAL: Final = frozenset({"equal", "isinstance", "issubclass", "max", "min"})
"""Calls that say the same with their arguments swapped, or nothing at all."""

_OPERATORS: Final[Mapping[str, Sequence[str]]] = {
    "==": ["!="],
    "!=": ["=="],
    "is": ["is not"],
    "is not": ["is"],
    "in": ["not in"],
    "not in": ["in"],
    "<": ["<=", ">"],
    "<=": ["<", ">="],
    ">": [">=", "<"],
    ">=": [">", "<="],
    "and": ["or"],
    "or": ["and"],
    "+": ["-"],
    "-": ["+"],
    "|": ["&"],
    "&": ["|"],
}
_OPERATOR: Final = re.compile(rb"#[^\n]*|(\bis\s+not\b|\bnot\s+in\b|\b(?:is|in|and|or)\b|[=!<>]=|[-+|&<>])")
_OTHER_TEXT: Final = '"XX"'

Enums = Mapping[str, Sequence[str]]


class Edit(NamedTuple):
    """Bytes of the source, and what stands in their place."""

    start: int
    end: int
    text: str


class Source:
    """A module's text, and where the nodes of its syntax tree stand in it."""

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.tree = ast.parse(text)
        self._lines = [0, *(at + 1 for at, byte in enumerate(self.data) if byte == ord("\n"))]

    def start(self, node: ast.AST) -> int:
        place = cast(ast.expr, node)
        return self._lines[place.lineno - 1] + place.col_offset

    def end(self, node: ast.AST) -> int:
        place = cast(ast.expr, node)
        return self._lines[(place.end_lineno or 1) - 1] + (place.end_col_offset or 0)

    def text(self, node: ast.AST) -> str:
        return self.data[self.start(node) : self.end(node)].decode()

    def line(self, offset: int) -> int:
        return self.data.count(b"\n", 0, offset) + 1

    def whole(self, node: ast.AST) -> tuple[int, int]:
        """Where the node begins and ends, with the parentheses around it."""
        start, end = self.start(node), self.end(node)
        while True:
            before, after = self.data[:start].rstrip(), self.data[end:].lstrip()
            if not (before.endswith(b"(") and after.startswith(b")")):
                return start, end
            start, end = len(before) - 1, len(self.data) - len(after) + 1


class Place(NamedTuple):
    """A node to change, and what is around it."""

    source: Source
    parents: tuple[ast.AST, ...]
    enums: Enums

    @property
    def parent(self) -> ast.AST:
        return self.parents[-1]

    @property
    def function(self) -> ast.FunctionDef | None:
        """The innermost function around it."""
        return next((node for node in reversed(self.parents) if isinstance(node, ast.FunctionDef)), None)


def _operator(place: Place, left: ast.AST, right: ast.AST) -> Iterator[Edit]:
    """Another operator between two operands."""
    start, end = place.source.end(left), place.source.start(right)
    for found in _OPERATOR.finditer(place.source.data, start, end):
        if found[1] is not None:
            written = " ".join(found[1].decode().split())
            yield from (Edit(*found.span(1), text) for text in _OPERATORS[written])
            return


def _compare(node: ast.Compare, place: Place) -> Iterator[Edit]:
    operands = [node.left, *node.comparators]
    for left, right in pairwise(operands):
        yield from _operator(place, left, right)


def _without(place: Place, nodes: Sequence[ast.AST]) -> Iterator[Edit]:
    """One of several nodes left out, with what separates it from its neighbour."""
    spans = [place.source.whole(node) for node in nodes]
    for (start, _), (following, _) in pairwise(spans):
        yield Edit(start, following, "")
    yield Edit(spans[-2][1], spans[-1][1], "")


def _bool(node: ast.BoolOp, place: Place) -> Iterator[Edit]:
    for left, right in pairwise(node.values):
        yield from _operator(place, left, right)
    yield from _without(place, node.values)


def _not(node: ast.UnaryOp, place: Place) -> Iterator[Edit]:
    if isinstance(node.op, ast.Not):
        yield Edit(place.source.start(node), place.source.whole(node.operand)[0], "")


def _arithmetic(node: ast.BinOp, place: Place) -> Iterator[Edit]:
    sides = (node.left, node.right)
    if not any(isinstance(side, ast.JoinedStr) or _string(side) is not None for side in sides):
        yield from _operator(place, *sides)


def _string(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _constant(node: ast.Constant, place: Place) -> Iterator[Edit]:
    span = place.source.start(node), place.source.end(node)
    if isinstance(node.value, bool):
        yield Edit(*span, str(not node.value))
    elif isinstance(node.value, int):
        yield Edit(*span, str(0 if node.value == 1 else node.value + 1))
    elif isinstance(node.value, str) and not re.search(r"\s", node.value):  # a sentence is a message
        compared = (ast.Compare, ast.Subscript, ast.Call, ast.keyword)
        if isinstance(place.parent, compared):
            yield Edit(*span, _OTHER_TEXT)


def _family(name: str) -> Iterator[str]:
    for family in FAMILIES:
        if name in family:
            yield from (other for other in family if other != name)


def _name(node: ast.Name, place: Place) -> Iterator[Edit]:
    if isinstance(node.ctx, ast.Load):
        for other in _family(node.id):
            yield Edit(place.source.start(node), place.source.end(node), other)


def _attribute(node: ast.Attribute, place: Place) -> Iterator[Edit]:
    members = place.enums.get(node.value.id) if isinstance(node.value, ast.Name) else None
    others: Sequence[str] = list(_family(node.attr))
    if members is not None and node.attr in members:
        others = [members[(members.index(node.attr) + 1) % len(members)]]
    end = place.source.end(node)
    yield from (Edit(end - len(node.attr), end, other) for other in others)


def _test(node: ast.If | ast.IfExp | ast.While, place: Place) -> Iterator[Edit]:
    answers = ["False"] if isinstance(node, ast.While) else ["True", "False"]
    yield from (Edit(place.source.start(node.test), place.source.end(node.test), answer) for answer in answers)


def _comprehension(node: ast.comprehension, place: Place) -> Iterator[Edit]:
    for test in node.ifs:
        yield from (Edit(place.source.start(test), place.source.end(test), answer) for answer in ("True", "False"))


def _return(node: ast.Return, place: Place) -> Iterator[Edit]:
    value = node.value
    if value is None or isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and any(_family(value.id))):
        return  # another mistake changes it
    function = place.function
    returns = place.source.text(function.returns) if function is not None and function.returns is not None else ""
    for other in ("True", "False") if returns == "bool" else ("None",):
        yield Edit(place.source.start(value), place.source.end(value), other)


def _display(node: ast.Tuple | ast.List | ast.Set, place: Place) -> Iterator[Edit]:
    """One element less."""
    unpacked = isinstance(place.parent, ast.Assign) and isinstance(place.parent.targets[0], ast.Tuple)
    if not node.elts or unpacked or isinstance(place.parent, ast.Subscript):
        return
    if not isinstance(node, ast.Set) and not isinstance(node.ctx, ast.Load):
        return
    span = place.source.start(node), place.source.end(node)
    if len(node.elts) == 1:
        yield Edit(*span, {ast.Tuple: "()", ast.List: "[]", ast.Set: "set()"}[type(node)])
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
        yield from (Edit(*span, f"({place.source.text(kept)},)") for kept in reversed(node.elts))
    else:
        yield from _without(place, node.elts)


def _dict(node: ast.Dict, place: Place) -> Iterator[Edit]:
    """One entry less."""
    if not node.keys or None in node.keys:
        return
    spans = [
        (place.source.start(key), place.source.whole(value)[1])
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    ]
    if len(spans) == 1:
        yield Edit(place.source.start(node), place.source.end(node), "{}")
        return
    for (start, _), (following, _) in pairwise(spans):
        yield Edit(start, following, "")
    yield Edit(spans[-2][1], spans[-1][1], "")


def _call(node: ast.Call, place: Place) -> Iterator[Edit]:
    """Two neighbouring arguments swapped."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in SYMMETRICAL or len(node.args) > 3 or any(isinstance(each, ast.Starred) for each in node.args):
        return
    text = place.source.text
    for left, right in pairwise(node.args):
        if text(left) != text(right):
            between = place.source.data[place.source.end(left) : place.source.start(right)].decode()
            swapped = f"{text(right)}{between}{text(left)}"
            yield Edit(place.source.start(left), place.source.end(right), swapped)


def edits(node: ast.AST, place: Place) -> Iterator[Edit]:
    """Every mistake that can be made in a node itself."""
    kind = _KINDS.get(type(node))
    return kind(node, place) if kind is not None else iter(())


_KINDS: Final[Mapping[type[ast.AST], Callable[[Any, Place], Iterator[Edit]]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool,
    ast.UnaryOp: _not,
    ast.BinOp: _arithmetic,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.If: _test,
    ast.IfExp: _test,
    ast.While: _test,
    ast.comprehension: _comprehension,
    ast.Return: _return,
    ast.Tuple: _display,
    ast.List: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.Call: _call,
}
