"""HCL by tree-sitter: blocks and arguments, from its nodes to the located tree."""

from __future__ import annotations

import time

import tree_sitter
import tree_sitter_hcl
from tree_sitter import Node as Parsed

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_expressions import ExpressionReader
from kmslint.syntax.hcl_templates import build_template, literal_string
from kmslint.syntax.tree import Argument, Block, Body, Comment, Scalar, Style, Template

_QUICK = 4_000
"""Characters that are parsed at once, however wrong they are."""
_PIECE = 512
"""Characters that it asks for at once."""
_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def read_statements(source: Source, text: str, start: int, end: int, budget: Budget) -> tuple[Body, list[Comment]]:
    """The statements that stand between two offsets, and their comments; `text` is the source's twin.

    Raises InputError at the first thing that tree-sitter does not take, where something nests too
    deeply, and when the budget is spent.
    """
    if end - start > limits.HCL_CHARACTERS:
        reason = limits.named(f"more than {limits.HCL_CHARACTERS} characters in one block", "hcl-characters")
        raise InputError(Problem(source.path, reason, Location(source, start, start)))
    root = _parsed(text[start:end], budget)
    if root is None:
        raise InputError(Problem(source.path, _too_slow(), Location(source, start, start)))
    if root.has_error:
        at = _first_error(source, start, root)
        line, column = source.position(at.start)
        raise InputError(Problem(source.path, f"not HCL at line {line}, column {column}", at))
    reader = _BodyReader(source, start, budget)
    return reader.file(root), reader.comments


def read_template(source: Source, text: str, budget: Budget) -> Scalar | Template:
    """The whole source as one template; `text` is its twin. Raises InputError as `read_statements` does."""
    at = Location(source, 0, len(text))
    if len(text) > limits.HCL_CHARACTERS:
        reason = f"more than {limits.HCL_CHARACTERS} characters in one template"
        raise InputError(Problem(source.path, limits.named(reason, "hcl-characters"), at))
    # Like a file, a heredoc has no escapes with a backslash.
    marker = "T"
    while marker in text:
        marker += "T"
    opening = f"v=<<{marker}\n"
    written = f"{opening}{text}\n{marker}\n"
    root = _parsed(written, budget)
    if root is None:
        raise InputError(Problem(source.path, _too_slow(), at))
    heredoc = root.descendant_for_byte_range(len("v="), len("v=")) if not root.has_error else None
    while heredoc is not None and heredoc.type != "heredoc_template":
        heredoc = heredoc.parent
    if heredoc is None or heredoc.end_byte != len(written) - 1:
        raise InputError(Problem(source.path, "not a template", at))
    reader = _BodyReader(source, -len(opening), budget)
    tokens = reader.templates.tokens(heredoc.children[2:-1], 0, len(text))
    return build_template(tokens, at, Style.BLOCK)


def pass_over(text: str, budget: Budget) -> None:
    """What tree-sitter has to do for a text, if it is to read it at all."""
    if len(text) <= limits.HCL_CHARACTERS:
        _parsed(text, budget)


def _parsed(text: str, budget: Budget) -> Parsed | None:
    """The tree of an ASCII text; None if the budget has no patience with it: its errors may take quadratic time."""
    data = text.encode("ascii")
    if len(data) <= _QUICK:
        return _PARSER.parse(data).root_node
    until = budget.patience()
    late = False

    def piece(offset: int, _: object) -> bytes:
        nonlocal late
        late = time.process_time() > until
        return b"" if late else data[offset : offset + _PIECE]  # to whom the text ends here soon comes to an end

    root = _PARSER.parse(piece).root_node
    return None if late else root


def _too_slow() -> str:
    return limits.named(f"takes tree-sitter more than a share of {limits.HCL_SECONDS} seconds", "hcl-seconds")


def _first_error(source: Source, base: int, root: Parsed) -> Location:
    node = root
    while not node.is_error:
        broken = next((child for child in node.children if child.has_error), None)
        if broken is None:  # what is missing is an error without being one
            break
        node = broken
    return Location(source, base + node.start_byte, base + node.end_byte)


class _BodyReader(ExpressionReader):
    """Reads blocks and arguments; raises InputError as ExpressionReader does."""

    def file(self, root: Parsed) -> Body:
        children = self.children(root)
        if children and children[0].type != "body":
            raise self.error("arguments and blocks are expected here, not an object", children[0])
        body = children[0] if children else None
        return self.body(body, Location(self.source, self.base, self.base + root.end_byte))

    def body(self, node: Parsed | None, at: Location) -> Body:
        if node is None:
            return Body((), (), at)
        self.deeper(node)
        children = self.children(node)
        arguments = tuple(self.argument(child) for child in children if child.type == "attribute")
        blocks = tuple(self.block(child) for child in children if child.type == "block")
        self.depth -= 1
        return Body(arguments, blocks, at)

    def argument(self, node: Parsed) -> Argument:
        children = self.children(node)
        return Argument(self.plain(children[0]), self.expression(children[-1]))

    def block(self, node: Parsed) -> Block:
        name, *labels, closing = self.children(node)
        inside = labels.pop() if labels[-1].type == "body" else None
        opening = labels.pop()
        body = self.body(inside, Location(self.source, self.base + opening.end_byte, self.base + closing.start_byte))
        return Block(self.plain(name), tuple(map(self.label, labels)), body, self.at(node))

    def label(self, node: Parsed) -> Scalar:
        if node.type == "identifier":
            return self.plain(node)
        at = self.at(node)
        return literal_string(self.source, at.start, at.end)
