"""Strings and heredocs, from tree-sitter's nodes to templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node as Parsed

from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.syntax.hcl_directives import NESTING, Tag
from kmslint.syntax.hcl_nodes import NodeReader
from kmslint.syntax.hcl_templates import Literal, Token, build_template
from kmslint.syntax.tree import Node, Style

_KEYWORDS = frozenset({"if", "else", "endif", "for", "endfor"})


class TemplateReader:
    """Reads templates with the help of whoever reads the expressions in them.

    Every method raises InputError where HCL does not take what tree-sitter took, or means something else.
    """

    def __init__(self, nodes: NodeReader, expression: Callable[[Parsed], Node]) -> None:
        self.nodes = nodes
        self.expression = expression

    def template(self, node: Parsed) -> Node:
        inner = self.nodes.children(node)[0]
        return self.quoted(inner) if inner.type == "quoted_template" else self.heredoc(inner)

    def quoted(self, node: Parsed) -> Node:
        at = self.nodes.at(node)
        tokens = self.tokens(node.children[1:-1], at.start + 1, at.end - 1)
        return build_template(tokens, at, Style.QUOTED)

    def heredoc(self, node: Parsed) -> Node:
        at = self.nodes.at(node)
        opening, marker, *inside, closing = node.children
        text = at.source.text
        start = text.index("\n", self.nodes.at(marker).end) + 1
        end = text.rindex("\n", 0, self.nodes.at(closing).start) + 1
        tokens = self.tokens(inside, start, end)
        _check_end(at.source, tokens, self.nodes.text(marker), at)
        return build_template(tokens, at, Style.BLOCK, flush=self.nodes.text(opening) == "<<-")

    def tokens(self, nodes: list[Parsed], start: int, end: int) -> list[Token]:
        """Literals are what stands between the tags: tree-sitter leaves the blanks at their ends out."""
        tokens: list[Token] = []
        for tag in self.tags(nodes):
            tokens += (Literal(start, tag.at.start), tag)
            start = tag.at.end
        return [*tokens, Literal(start, end)]

    def tags(self, nodes: list[Parsed]) -> Iterator[Tag]:
        """In order; those of directives, which tree-sitter nests, side by side."""
        outside = self.nodes.depth
        waiting = nodes[::-1]
        while waiting:
            node = waiting.pop()
            if node.type == "template_directive":
                waiting += self.nodes.children(self.nodes.children(node)[0])[::-1]
            elif node.type != "template_literal":
                self.nodes.deeper(node)
                tag = self.tag(node)
                self.nodes.depth = max(outside, self.nodes.depth - 1 + NESTING.get(tag.keyword, 0))
                yield tag
        self.nodes.depth = outside

    def tag(self, node: Parsed) -> Tag:
        at = self.nodes.at(node)
        if at.source.text[at.start] == at.source.text[at.start - 1]:
            raise self.nodes.error("`$$${` is text in HCL, but tree-sitter sees an interpolation", node)
        children = self.nodes.children(node)
        types = [child.type for child in children]
        keyword = next((type_ for type_ in types if type_ in _KEYWORDS), "")
        expression = next((child for child in children if child.type == "expression"), None)
        if expression is None and keyword in ("", "if", "for"):  # pragma: no cover - tree-sitter sees an error there
            raise self.nodes.error("an expression is missing here", node)
        return Tag(
            keyword,
            at,
            strips_before=types[1] == "strip_marker",
            strips_after=types[-2] == "strip_marker",
            expression=self.expression(expression) if expression else None,
            names=tuple(self.nodes.text(child) for child in children if child.type == "identifier"),
        )


def _check_end(source: Source, tokens: list[Token], marker: str, at: Location) -> None:
    """Raises InputError where tree-sitter sees another end than HCL does: what follows would be swallowed.

    HCL ends a heredoc at the first line that, its blanks taken off, is the marker.
    """
    ends_early = False
    for number, token in enumerate(tokens):
        if isinstance(token, Literal) and source.text.find(marker, *token) >= 0:
            lines = source.text[token.start : token.end].split("\n")
            ends_early = ends_early or any(line.strip() == marker for line in lines[number > 0 : -1])
    if ends_early or source.line(at.region.end_line).strip() != marker:  # pragma: no cover - both agree
        raise InputError(Problem(source.path, f"unclear where the heredoc {marker} ends", at))
