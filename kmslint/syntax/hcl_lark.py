"""python-hcl2's parser, its trees reduced to what the second reader needs. Loaded when the first text is parsed."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from kmslint.syntax.hcl_grammar_cache import cache_file
from kmslint.syntax.hcl_scan import Kind, Piece

_LAYOUT = ("new_line_or_comment", "NL_OR_COMMENT")


class NotParsed(Exception):  # noqa: N818
    """python-hcl2 does not take the text."""


class Part(NamedTuple):
    """A rule or token of the grammar, from its first to its last token; line ends and comments are left out."""

    kind: str
    start: int
    end: int
    parts: tuple[Part, ...]


def parse(text: str, base: int) -> Part:
    """The tree of a text that begins at offset `base` of its source. Raises NotParsed."""
    # Takes 0.2 s to import.
    import lark

    try:
        return _reduced(_parser().parse(text + "\n"), base)
    except lark.LarkError as error:
        raise NotParsed(str(error)) from error


@cache
def _parser() -> Any:
    # Takes as long again to load its tables.
    from pathlib import Path

    import hcl2.parser

    hcl2.parser.PARSER_FILE = Path(cache_file())
    return hcl2.parser.parser()


def without_texts(text: str, base: int, pieces: list[Piece]) -> str:
    """Strings and heredocs emptied, to the same length.

    Python-hcl2 does not read what is in a heredoc, and sometimes sees the end of either where HCL does
    not: so only its reading of the code around them is used.
    """
    done: list[str] = []
    position = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        start, end = piece.start - base, piece.end - base
        if piece.kind in (Kind.STRING, Kind.HEREDOC) and start >= position:
            done += (text[position:start], '"', "x" * (end - start - 2), '"')
            position = end
    return "".join((*done, text[position:]))


def _reduced(tree: Any, base: int) -> Part:
    """From the leaves up and without recursion: the text decides how deep the tree is."""
    done: dict[int, Part] = {}
    for node in tree.iter_subtrees():
        kept = [child for child in node.children if getattr(child, "data", None) not in _LAYOUT]
        parts = tuple(
            done[id(child)] if hasattr(child, "data") else _token(child, base)
            for child in kept
            if getattr(child, "type", None) not in _LAYOUT
        )
        start, end = (parts[0].start, parts[-1].end) if parts else (base, base)
        done[id(node)] = Part(str(node.data), start, end, parts)
    return done[id(tree)]


def _token(token: Any, base: int) -> Part:
    """Some tokens take the blanks and line ends before them along."""
    text = str(token)
    start = base + token.end_pos - len(text.lstrip())
    return Part(str(token.type), start, start + len(text.strip()), ())
