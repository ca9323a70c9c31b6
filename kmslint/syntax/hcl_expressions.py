"""HCL expressions, from tree-sitter's nodes to the located tree."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node as Parsed

from kmslint.location import Location, Source
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_nodes import NodeReader
from kmslint.syntax.hcl_template_nodes import TemplateReader
from kmslint.syntax.tree import (
    Attribute,
    Call,
    Conditional,
    Entry,
    For,
    Index,
    Mapping,
    Node,
    Operation,
    Sequence,
    Splat,
    Variable,
)

_GOES_ON = re.compile(r"\w")
_STEPS = frozenset({"get_attr", "index", "splat"})


class ExpressionReader(NodeReader):
    """Reads expressions. Every method raises InputError where something is not HCL or nests too deeply."""

    def __init__(self, source: Source, base: int, budget: Budget) -> None:
        super().__init__(source, base, budget)
        self.templates = TemplateReader(self, self.expression)
        self.readers: dict[str, Callable[[Parsed], Node]] = {
            "expression": self.expression,
            "literal_value": self.literal,
            "template_expr": self.templates.template,
            "collection_value": self.collection,
            "variable_expr": self.variable,
            "function_call": self.call,
            "for_expr": self.for_expression,
            "operation": self.operation,
            "conditional": self.conditional,
        }

    def expression(self, node: Parsed) -> Node:
        found, rest = self.operand(self.children(node))
        if rest:  # pragma: no cover - tree-sitter's grammar has nothing else there
            raise self.error("not an expression", rest[0])
        return found

    def operand(self, children: list[Parsed]) -> tuple[Node, list[Parsed]]:
        """A term with its `.name`, `[key]` and splats; and the children after it."""
        self.deeper(children[0])
        start, depth = children[0].start_byte, self.depth
        if children[0].type == "(":
            node, children = self.expression(children[1]), children[3:]
        else:
            node, children = self.term(children[0]), children[1:]
        while children and children[0].type in _STEPS:
            node = self.step(node, start, children[0])
            children = children[1:]
        self.depth = depth - 1
        return node, children

    def term(self, node: Parsed) -> Node:
        reader = self.readers.get(node.type)
        if reader is None:  # pragma: no cover - tree-sitter's grammar has nothing else there
            raise self.error(f"not an expression ({node.type})", node)
        return reader(node)

    def step(self, of: Node, start: int, node: Parsed) -> Node:
        self.deeper(node)
        at = Location(self.source, self.base + start, self.base + node.end_byte)
        children = self.children(node)
        if node.type == "get_attr":
            return Attribute(of, self.text(children[-1]), at)
        if node.type == "index":
            return self.index(of, children[0], at)
        splat = self.children(children[0])
        each: Node = Variable("*", self.at(splat[0]))
        for step in splat[1:]:
            each = self.step(each, splat[0].start_byte, step)
        return Splat(of, each, children[0].type == "full_splat", at)

    def index(self, of: Node, node: Parsed, at: Location) -> Node:
        if node.type == "legacy_index":
            return Attribute(of, self.text(node)[1:].strip(), at)
        return Index(of, self.expression(self.children(node)[1]), at)

    def literal(self, node: Parsed) -> Node:
        inner = node.children[0]
        if inner.type == "string_lit":
            return self.templates.quoted(inner)
        end = self.at(inner).end
        if _GOES_ON.match(self.source.text, end):
            raise self.error("tree-sitter does not know numbers like 1e3 and sees two things here", inner)
        return self.plain(inner)

    def variable(self, node: Parsed) -> Node:
        return Variable(self.text(node), self.at(node))

    def call(self, node: Parsed) -> Node:
        children = self.children(node)
        arguments: list[Node] = []
        spread = False
        for part in children:  # what is no list of arguments has no expressions
            for child in self.children(part):
                if child.type == "expression":
                    arguments.append(self.expression(child))
                spread = child.type == "ellipsis"  # which stands last
        return Call(self.text(children[0]), tuple(arguments), spread, self.at(node))

    def operation(self, node: Parsed) -> Node:
        inner = self.children(node)[0]
        children = self.children(inner)
        left: Node | None = None
        if inner.type == "binary_operation":
            left, children = self.operand(children)
        right, rest = self.operand(children[1:])
        if rest:  # pragma: no cover - tree-sitter's grammar has nothing else there
            raise self.error("not an expression", rest[0])
        return Operation(self.text(children[0]), left, right, self.at(node))

    def conditional(self, node: Parsed) -> Node:
        condition, _, when_true, _, when_false = self.children(node)
        return self.choice(
            condition, self.expression(when_true), self.expression(when_false), self.base + node.end_byte
        )

    def choice(self, condition: Parsed, when_true: Node, when_false: Node, end: int) -> Node:
        """`a ? b : c ? d : e` is `a ? b : (c ? d : e)`; tree-sitter-hcl sees `(a ? b : c) ? d : e`."""
        self.deeper(condition)
        inner = self.children(condition)[0]
        if inner.type == "conditional":
            first, _, second, _, third = self.children(inner)
            found = self.choice(first, self.expression(second), self.choice(third, when_true, when_false, end), end)
        else:
            at = Location(self.source, self.base + condition.start_byte, end)
            found = Conditional(self.expression(condition), when_true, when_false, at)
        self.depth -= 1
        return found

    # --- collections ---

    def collection(self, node: Parsed) -> Node:
        inner = self.children(node)[0]
        if inner.type == "tuple":
            items = tuple(self.expression(child) for child in self.children(inner) if child.type == "expression")
            return Sequence(items, self.at(node))
        entries = tuple(self.entry(child) for child in self.children(inner) if child.type == "object_elem")
        return Mapping(entries, self.at(node))

    def entry(self, node: Parsed) -> Entry:
        children = self.children(node)
        key = self.children(children[0])
        name = self.expression(children[0])
        if isinstance(name, Variable) and len(key) == 1:
            name = self.plain(key[0])
        return Entry(name, self.expression(children[-1]))

    def for_expression(self, node: Parsed) -> Node:
        children = self.children(self.children(node)[0])
        names, of = self.for_intro(self.children(children[1]))
        results = [self.expression(child) for child in children if child.type == "expression"]
        conditions = [child for child in children if child.type == "for_cond"]
        return For(
            key_variable=names[0] if len(names) == 2 else "",
            value_variable=names[-1],
            of=of,
            name=results[0] if len(results) == 2 else None,
            result=results[-1],
            grouped=any(child.type == "ellipsis" for child in children),
            condition=self.expression(self.children(conditions[0])[-1]) if conditions else None,
            at=self.at(node),
        )

    def for_intro(self, children: list[Parsed]) -> tuple[tuple[str, ...], Node]:
        names = tuple(self.text(child) for child in children if child.type == "identifier")
        of = next(child for child in children if child.type == "expression")
        return names, self.expression(of)
