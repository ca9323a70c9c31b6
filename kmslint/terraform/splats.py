"""Splats as HCL reads them. The readers see one chain; HCL sees one splat inside the other.

`o[*].t[*].x` is `[for e in o : [for f in e.t : f.x]]`: what stands behind `[*]` is done for each element.
Behind `.*` only the attributes are: `o.*.t[0]` is `(o.*.t)[0]`.
https://developer.hashicorp.com/terraform/language/expressions/splat
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.syntax.tree import Attribute, Index, Node, Splat, Variable
from kmslint.terraform.iteration import Evaluate, Round
from kmslint.terraform.kinds import ListItems, TupleItems, in_order
from kmslint.terraform.scope import Scope
from kmslint.terraform.shapes import Absent, SetItems, Unordered, choice, is_instance, may_be_absent, spliced
from kmslint.values import Choice, Items, Null, Unknown, Value

Step = Attribute | Index


class _Segment(NamedTuple):
    """A marker and the steps behind it."""

    marker: Variable
    steps: list[Step]
    splat: Splat


def nested(splat: Splat) -> Node:
    """The same expression, nested as HCL nests it."""
    segments: list[_Segment] = []
    node: Node = splat
    while isinstance(node, Splat) and node.at.start == splat.at.start:
        # A splat in parentheses begins behind them, and is complete.
        marker, steps = unwound(node.each)
        if not isinstance(marker, Variable):
            # Nested here before.
            return splat
        segments.append(_Segment(marker, steps, node))
        node = node.of
    segments.reverse()
    return _built(node, segments)


def unwound(node: Node) -> tuple[Node, list[Step]]:
    """The root of a reference, and the steps from there."""
    steps: list[Step] = []
    while isinstance(node, (Attribute, Index)):
        steps.append(node)
        node = node.of
    steps.reverse()
    return node, steps


def _built(base: Node, segments: list[_Segment]) -> Node:
    for index, segment in enumerate(segments):
        splat = segment.splat
        if splat.is_full:
            each = _built(_applied(segment.marker, segment.steps), segments[index + 1 :])
            return Splat(base, each, splat.is_full, segments[-1].splat.at)
        dotted = next((at for at, step in enumerate(segment.steps) if isinstance(step, Index)), len(segment.steps))
        each = _applied(segment.marker, segment.steps[:dotted])
        base = _applied(Splat(base, each, splat.is_full, splat.at), segment.steps[dotted:])
    return base


def _applied(base: Node, steps: list[Step]) -> Node:
    for step in steps:
        base = Index(base, step.key, step.at) if isinstance(step, Index) else Attribute(base, step.name, step.at)
    return base


def splat(node: Splat, value: Value, evaluate: Evaluate, scope: Scope) -> Value:
    """`value[*].rest`: of null no element, of a single value one."""
    elements = _elements(value)
    return _kind(value)(tuple(_results(node, elements, evaluate, scope)), node.at)


def _kind(value: Value) -> type[Items]:
    """Of a list or set a list, of anything else a tuple."""
    if not isinstance(value, Items):
        return Items if isinstance(value, (Unknown, Choice)) else TupleItems
    if not in_order(value):
        return Unordered
    return ListItems if isinstance(value, SetItems) else type(value)


def _elements(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Unknown) and is_instance(value.hole):
        return (value,)
    if isinstance(value, Choice) and not may_be_absent(value):
        gone = Absent(value.at)
        return (
            *(choice(value.condition, one, gone, value.at) for one in _elements(value.when_true)),
            *(choice(value.condition, gone, one, value.at) for one in _elements(value.when_false)),
        )
    listed = spliced(value)
    if listed is not None:
        return listed
    return () if isinstance(value, Null) else (value,)


def _results(node: Splat, elements: tuple[Value, ...], evaluate: Evaluate, scope: Scope) -> Iterator[Value]:
    for index, element in enumerate(elements):
        inner = scope.bind(f"element {index + 1}", {})
        yield Round(element, element, inner, "*").run(lambda bound: evaluate(node.each, bound))
