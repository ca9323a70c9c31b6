"""Terraform's JSON syntax, turned into the blocks it stands for.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.syntax.tree import Argument, Block, Body, DataFile, Entry, HclFile, Mapping, Node, Scalar, Sequence
from kmslint.terraform.json_templates import read_template

_LABELS = {"resource": 2, "data": 2, "module": 1, "output": 1, "variable": 1, "provider": 1, "locals": 0}
"""The top-level blocks that matter here, and how many labels they have."""

_NESTED = frozenset(
    {
        "assume_role",
        "assume_role_with_web_identity",
        "condition",
        "constraints",
        "content",
        "inline_policy",
        "not_principals",
        "principals",
        "statement",
    }
)
"""JSON does not tell blocks from arguments: these are blocks."""


def as_hcl(file: DataFile) -> HclFile:
    """The blocks of a `.tf.json` file; the arguments of a `.tfvars.json` file."""
    whole = Location(file.source, 0, len(file.source.text))
    root = file.documents[0] if file.documents else None
    if not isinstance(root, Mapping):
        problem = Problem(file.source.path, "not Terraform: the JSON text is no object", whole._replace(end=0))
        return HclFile(file.source, Body((), (), whole), (), (problem,))
    if file.source.path.endswith(".tfvars.json"):
        body = Body(tuple(_arguments(root, frozenset())), (), whole)
    else:
        body = Body((), tuple(_top_level(root)), whole)
    return HclFile(file.source, body, file.comments, ())


def _top_level(root: Mapping) -> Iterator[Block]:
    for entry in root.entries:
        if isinstance(entry.key, Scalar) and entry.key.text in _LABELS:
            yield from _labelled(entry.key, (), entry.value, _LABELS[entry.key.text])


def _labelled(kind: Scalar, labels: tuple[Scalar, ...], node: Node, left: int) -> Iterator[Block]:
    for one in _each(node):
        if not left:
            yield _block(kind, labels, one)
            continue
        for entry in one.entries:
            if isinstance(entry.key, Scalar):
                yield from _labelled(kind, (*labels, entry.key), entry.value, left - 1)


def _block(kind: Scalar, labels: tuple[Scalar, ...], node: Mapping) -> Block:
    """Its header is the last label, or the opening brace: the type may stand far away, for many blocks."""
    first = labels[-1].at.start if labels else node.at.start
    type_ = kind._replace(at=Location(node.at.source, first, first + 1))
    body = _names(node) if kind.text == "locals" else _body(node)
    return Block(type_, labels, body, Location(node.at.source, first, node.at.end))


def _body(node: Mapping) -> Body:
    blocks: list[Block] = []
    for entry in node.entries:
        if isinstance(entry.key, Scalar) and entry.key.text == "dynamic":
            blocks += _labelled(entry.key, (), entry.value, 1)
        elif isinstance(entry.key, Scalar) and entry.key.text in _NESTED:
            blocks += (_block(entry.key, (), one) for one in _each(entry.value))
    return Body(tuple(_arguments(node, _NESTED | {"dynamic", "//"})), tuple(blocks), node.at)


def _names(node: Mapping) -> Body:
    """The body of `locals`: every name is the author's own, whatever blocks are called elsewhere."""
    return Body(tuple(_arguments(node, frozenset({"//"}))), (), node.at)


def _arguments(node: Mapping, others: frozenset[str]) -> Iterator[Argument]:
    for entry in node.entries:
        if isinstance(entry.key, Scalar) and entry.key.text not in others:
            yield Argument(entry.key, _value(entry.value))


def _value(node: Node) -> Node:
    if isinstance(node, Mapping):
        return node._replace(entries=tuple(Entry(_value(entry.key), _value(entry.value)) for entry in node.entries))
    if isinstance(node, Sequence):
        return node._replace(items=tuple(map(_value, node.items)))
    return read_template(node) if isinstance(node, Scalar) else node


def _each(node: Node) -> Iterator[Mapping]:
    """A block, or a list of blocks."""
    for one in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(one, Mapping):
            yield one
