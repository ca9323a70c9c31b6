"""Tree-sitter's nodes as the first reader uses them: their place, their text, their children, how deep they are."""

from __future__ import annotations

from tree_sitter import Node as Parsed

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.syntax.excerpts import excerpt_between
from kmslint.syntax.hcl_budget import Budget
from kmslint.syntax.hcl_comments import read_comment
from kmslint.syntax.tree import Comment, Scalar, Style


class NodeReader:
    """Reads nodes of one tree; `base` is where the tree's text begins in the source."""

    def __init__(self, source: Source, base: int, budget: Budget) -> None:
        self.source = source
        self.base = base
        self.budget = budget
        self.comments: list[Comment] = []
        self.depth = 0

    def at(self, node: Parsed) -> Location:
        return Location(self.source, self.base + node.start_byte, self.base + node.end_byte)

    def text(self, node: Parsed) -> str:
        return self.source.text[self.base + node.start_byte : self.base + node.end_byte]

    def error(self, reason: str, node: Parsed) -> InputError:
        return InputError(Problem(self.source.path, reason, self.at(node)))

    def deeper(self, node: Parsed) -> None:
        """One level down. Raises InputError where that is too deep, or the budget is spent."""
        self.depth += 1
        self.budget.nodes -= 1
        if self.budget.nodes <= 0:
            raise self.error(self.budget.spent(), node)
        if self.depth > limits.DEPTH:
            raise self.error(limits.named(f"nested deeper than {limits.DEPTH} levels", "depth"), node)

    def children(self, node: Parsed) -> list[Parsed]:
        """The children, comments taken out (and kept)."""
        children = node.children
        kept = [child for child in children if child.type != "comment"]
        if len(kept) < len(children):
            self.comments.extend(self.comment(child) for child in children if child.type == "comment")
        return kept

    def comment(self, node: Parsed) -> Comment:
        return read_comment(self.source, self.base + node.start_byte, self.base + node.end_byte)

    def plain(self, node: Parsed) -> Scalar:
        """A number, a word: text as it stands."""
        at = self.at(node)
        excerpt = excerpt_between(self.source, at.start, at.end)
        return Scalar(excerpt.text, at, Style.PLAIN, excerpt)
