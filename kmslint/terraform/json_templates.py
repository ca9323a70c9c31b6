"""Expressions inside the strings of Terraform's JSON syntax.

https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
"""

from __future__ import annotations

import re

from kmslint.location import Excerpt, Source
from kmslint.syntax.hcl import read_hcl
from kmslint.syntax.tree import Call, Node, Scalar, Style, Template, TemplatePart
from kmslint.terraform.moved import Places

_MARK = re.compile(r"[$%]\{")
_OPENING = "v=<<{marker}\n"


def read_template(string: Scalar) -> Node:
    """What a string stands for: itself, or the template it spells, located where it stands in the file.

    A string that is no template Terraform could read becomes an expression that nobody can evaluate.
    """
    if string.style is not Style.QUOTED or not _MARK.search(string.text):
        return string
    # A heredoc, because like these strings it has no escapes.
    marker = "T"
    while marker in string.text:
        marker += "T"
    opening = _OPENING.format(marker=marker)
    file = read_hcl(Source(string.at.path, f"{opening}{string.text}\n{marker}\n"))
    node = file.body.get("v")
    if file.problems or not isinstance(node, (Scalar, Template)):
        return Call("template", (), False, string.at)
    places = Places(string.excerpt, len(opening))
    if isinstance(node, Scalar):
        return string._replace(text=node.text[:-1], excerpt=_without_line_end(places.moved(node.excerpt)))
    parts: tuple[TemplatePart, ...] = places.moved(node.parts)
    return Template(_without_last_line_end(parts), string.at, Style.QUOTED)


def read_expression(string: Scalar) -> Node:
    """The expression that a string holds where Terraform expects one there: the type of a variable."""
    if string.style is not Style.QUOTED:
        return string
    file = read_hcl(Source(string.at.path, f"v={string.text}\n"))
    node = file.body.get("v")
    if file.problems or node is None or len(file.body.arguments) != 1 or file.body.blocks:
        return Call("expression", (), False, string.at)
    moved: Node = Places(string.excerpt, len("v=")).moved(node)
    return moved


def _without_last_line_end(parts: tuple[TemplatePart, ...]) -> tuple[TemplatePart, ...]:
    last = parts[-1]
    if not isinstance(last, Excerpt):
        return parts
    shorter = _without_line_end(last)
    return (*parts[:-1], shorter) if shorter.text else parts[:-1]


def _without_line_end(excerpt: Excerpt) -> Excerpt:
    """The line end before a heredoc's marker is not the string's."""
    length = len(excerpt.text) - excerpt.text.endswith("\n")
    return Excerpt(excerpt.source, excerpt.text[:length], excerpt.offsets[: length + 1])
