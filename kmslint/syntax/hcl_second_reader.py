"""HCL that tree-sitter cannot read, by python-hcl2: the same located tree."""

from __future__ import annotations

import re
from collections.abc import Callable

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.syntax.excerpts import excerpt_between
from kmslint.syntax.hcl_directives import NESTING, Tag
from kmslint.syntax.hcl_lark import NotParsed, Part, parse, without_texts
from kmslint.syntax.hcl_scan import Kind, Piece, Scanner
from kmslint.syntax.hcl_templates import Literal, Token, build_template, literal_string
from kmslint.syntax.tree import (
    Argument,
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    Entry,
    For,
    Index,
    Mapping,
    Node,
    Operation,
    Scalar,
    Sequence,
    Splat,
    Style,
    Template,
    Variable,
)

_HEREDOC_START = re.compile(r"<<(-?)[A-Za-z_][\w-]*[ \t]*\r?\n")
_TAG = re.compile(
    r"(?:\$\{(?P<strips>~?)|%\{(?P<strips_too>~?)\s*(?:(?P<keyword>if|else|endif|endfor)\b"
    r"|(?P<for>for)\s+(?P<first>[\w-]+)\s*(?:,\s*(?P<second>[\w-]+)\s*)?\bin\b))\s*"
)
_EXPRESSIONS = frozenset({"expr_term", "conditional", "binary_op", "unary_op"})


def read_statement(source: Source, text: str, start: int, end: int) -> Body:
    """The statements that stand between two offsets; `text` is the source's twin.

    Raises InputError if python-hcl2 does not take them, or something nests too deeply.
    """
    reader = _Reader(source, text)
    return reader.body(reader.parsed(start, end).parts, Location(source, start, end))


def read_template(source: Source, text: str) -> Scalar | Template:
    """The whole source as one template; `text` is its twin. Raises InputError as `read_statement` does."""
    tokens = _Reader(source, text).tokens(0, len(text), Kind.HEREDOC)
    return build_template(tokens, Location(source, 0, len(text)), Style.BLOCK)


class _Reader:
    """Turns the parts of python-hcl2's grammar into nodes. Every method may raise InputError."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        self.depth = 0
        self.readers: dict[str, Callable[[Part], Node]] = {
            "expr_term": self.term,
            "conditional": self.conditional,
            "binary_op": self.binary,
            "unary_op": self.unary,
            "int_lit": self.number,
            "float_lit": self.number,
            "literal_value": self.plain,
            "identifier": self.variable,
            "string": self.string,
            "tuple": self.tuple,
            "object": self.object,
            "function_call": self.call,
            "index_expr_term": self.step,
            "get_attr_expr_term": self.step,
            "attr_splat_expr_term": self.splat,
            "full_splat_expr_term": self.splat,
            "for_tuple_expr": self.for_expression,
            "for_object_expr": self.for_expression,
        }

    def parsed(self, start: int, end: int, before: str = "", after: str = "") -> Part:
        """The tree of a stretch, with text around it that makes it a file."""
        pieces = list(Scanner(self.text, start, end).pieces())
        if pieces and pieces[-1].kind is Kind.BROKEN:
            raise self.error("something here does not close", pieces[-1].start, end)
        stretch = before + without_texts(self.text[start:end], start, pieces) + after
        try:
            return parse(stretch, start - len(before)).parts[0]
        except NotParsed as error:
            raise self.error("not HCL", start, end) from error

    def error(self, reason: str, start: int, end: int) -> InputError:
        return InputError(Problem(self.source.path, reason, Location(self.source, start, end)))

    def at(self, part: Part) -> Location:
        return Location(self.source, part.start, part.end)

    def word(self, part: Part) -> str:
        return self.source.text[part.start : part.end]

    def plain(self, part: Part) -> Scalar:
        excerpt = excerpt_between(self.source, part.start, part.end)
        return Scalar(excerpt.text, self.at(part), Style.PLAIN, excerpt)

    # --- bodies ---

    def body(self, parts: tuple[Part, ...], at: Location) -> Body:
        arguments = tuple(self.argument(part) for part in parts if part.kind == "attribute")
        blocks = tuple(self.block(part) for part in parts if part.kind == "block")
        return Body(arguments, blocks, at)

    def argument(self, part: Part) -> Argument:
        return Argument(self.plain(part.parts[0]), self.expression(part.parts[-1]))

    def block(self, part: Part) -> Block:
        name, *labels, opening, inside, closing = part.parts
        self.deeper(part)
        body = self.body(inside.parts, Location(self.source, opening.end, closing.start))
        self.depth -= 1
        return Block(self.plain(name), tuple(map(self.label, labels)), body, self.at(part))

    def label(self, part: Part) -> Scalar:
        return literal_string(self.source, part.start, part.end) if part.kind == "string" else self.plain(part)

    # --- expressions ---

    def deeper(self, part: Part | Piece) -> None:
        self.depth += 1
        if self.depth > limits.DEPTH:
            raise self.error(limits.named(f"nested deeper than {limits.DEPTH} levels", "depth"), part.start, part.end)

    def expression(self, part: Part) -> Node:
        reader = self.readers.get(part.kind)
        if reader is None:  # pragma: no cover - the grammar has no other expressions
            raise self.error(f"not an expression ({part.kind})", part.start, part.end)
        depth = self.depth
        self.deeper(part)
        node = reader(part)
        self.depth = depth
        return node

    def term(self, part: Part) -> Node:
        """Something, maybe in parentheses."""
        return self.expression(part.parts[1 if part.parts[0].kind == "LPAR" else 0])

    def conditional(self, part: Part) -> Node:
        condition, _, when_true, _, when_false = part.parts
        return Conditional(
            self.expression(condition), self.expression(when_true), self.expression(when_false), self.at(part)
        )

    def binary(self, part: Part) -> Node:
        left, (_, _, _, (operator, right)) = part.parts
        return Operation(self.word(operator), self.expression(left), self.expression(right), self.at(part))

    def unary(self, part: Part) -> Node:
        operator, right = part.parts
        return Operation(self.word(operator), None, self.expression(right), self.at(part))

    def number(self, part: Part) -> Node:
        """The grammar takes a minus along."""
        if not self.text.startswith("-", part.start):
            return self.plain(part)
        return Operation("-", None, self.plain(part._replace(start=part.start + 1)), self.at(part))

    def variable(self, part: Part) -> Node:
        return Variable(self.word(part), self.at(part))

    def call(self, part: Part) -> Node:
        opening = next(child for child in part.parts if child.kind == "LPAR")
        given = next((child.parts for child in part.parts if child.kind == "arguments"), ())
        return Call(
            self.source.text[part.start : opening.start].strip(),
            tuple(self.expression(child) for child in given if child.kind in _EXPRESSIONS),
            any(child.kind == "ELLIPSIS" for child in given),
            self.at(part),
        )

    def step(self, part: Part) -> Node:
        of, step = part.parts
        return self.stepped(self.expression(of), part.start, step)

    def stepped(self, of: Node, start: int, step: Part) -> Node:
        self.deeper(step)
        at = Location(self.source, start, step.end)
        if step.kind == "braces_index":
            return Index(of, self.expression(step.parts[1]), at)
        return Attribute(of, self.word(step.parts[1]), at)

    def splat(self, part: Part) -> Node:
        of, (_, _, _, (star, *steps)) = part.parts
        each: Node = Variable("*", self.at(star))
        for step in steps:
            each = self.stepped(each, star.start, step)
        return Splat(self.expression(of), each, part.kind == "full_splat_expr_term", self.at(part))

    def tuple(self, part: Part) -> Node:
        return Sequence(tuple(map(self.expression, part.parts[1:-1:2])), self.at(part))

    def object(self, part: Part) -> Node:
        return Mapping(tuple(self.entry(child) for child in part.parts if child.kind == "object_elem"), self.at(part))

    def entry(self, part: Part) -> Entry:
        key, _, value = part.parts
        name = key.parts[0]
        bare = name.kind == "keyword" or (name.kind == "expr_term" and name.parts[0].kind == "identifier")
        return Entry(self.plain(name) if bare else self.expression(name), self.expression(value))

    def for_expression(self, part: Part) -> Node:
        intro, *results = (child for child in part.parts if child.kind in _EXPRESSIONS or child.kind == "for_intro")
        names = [self.word(child) for child in intro.parts if child.kind == "identifier"]
        condition = next((child for child in part.parts if child.kind == "for_cond"), None)
        return For(
            key_variable=names[0] if len(names) == 2 else "",
            value_variable=names[-1],
            of=self.expression(next(child for child in intro.parts if child.kind in _EXPRESSIONS)),
            name=self.expression(results[0]) if len(results) == 2 else None,
            result=self.expression(results[-1]),
            grouped=any(child.kind == "ELLIPSIS" for child in part.parts),
            condition=self.expression(condition.parts[-1]) if condition else None,
            at=self.at(part),
        )

    # --- templates ---

    def string(self, part: Part) -> Node:
        """A string in quotes, or what was a heredoc."""
        heredoc = _HEREDOC_START.match(self.text, part.start)
        if not heredoc:
            return build_template(self.tokens(part.start + 1, part.end - 1, Kind.STRING), self.at(part), Style.QUOTED)
        end = self.text.rindex("\n", part.start, part.end) + 1
        tokens = self.tokens(heredoc.end(), end, Kind.HEREDOC)
        return build_template(tokens, self.at(part), Style.BLOCK, bool(heredoc[1]))

    def tokens(self, start: int, end: int, style: Kind) -> list[Token]:
        outside = self.depth
        tokens: list[Token] = []
        for piece in Scanner(self.text, start, end).tags(style):
            if piece.kind is Kind.BROKEN:
                raise self.error("a template that does not close", piece.start, end)
            self.deeper(piece)
            tag = self.tag(piece.start, piece.end)
            self.depth = max(outside, self.depth - 1 + NESTING.get(tag.keyword, 0))
            tokens += (Literal(start, piece.start), tag)
            start = piece.end
        self.depth = outside
        return [*tokens, Literal(start, end)]

    def tag(self, start: int, end: int) -> Tag:
        opening = _TAG.match(self.text, start, end)
        if not opening:
            raise self.error("not a template directive", start, end)
        keyword = opening["keyword"] or opening["for"] or ""
        strips_after = self.text[end - 2] == "~"
        expression = None
        if keyword in ("", "if", "for"):
            whole = self.parsed(opening.end(), end - 1 - strips_after, "x=(", ")")
            expression = self.expression(whole.parts[0].parts[-1])
        return Tag(
            keyword,
            Location(self.source, start, end),
            bool(opening["strips"] or opening["strips_too"]),
            strips_after,
            expression,
            tuple(self.source.text[slice(*opening.span(name))] for name in ("first", "second") if opening[name]),
        )
