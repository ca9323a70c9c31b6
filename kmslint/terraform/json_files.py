"""Terraform's JSON syntax, turned into the blocks it stands for.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.location import Location
from kmslint.syntax.tree import (
    Argument,
    Block,
    Body,
    Call,
    DataFile,
    Entry,
    HclFile,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Style,
)
from kmslint.terraform.block_types import LABELS, refused_header
from kmslint.terraform.json_templates import read_expression, read_template
from kmslint.terraform.refusals import Refusals

_COMMENT = "//"
"""Ignored wherever the arguments of a block stand, and nowhere else."""

_POLICY_DOCUMENT = frozenset({"condition", "not_principals", "principals", "statement"})
_NESTED = {
    ("data", "aws_iam_policy_document"): _POLICY_DOCUMENT,
    ("provider", "aws"): frozenset({"assume_role", "assume_role_with_web_identity"}),
    ("resource", "aws_iam_role"): frozenset({"inline_policy"}),
    ("resource", "aws_kms_grant"): frozenset({"constraints"}),
}
"""JSON does not tell blocks from arguments: these are blocks, besides `dynamic` and its `content`."""

_ARGUMENTS_ONLY = frozenset({"locals", "output", "variable"})
"""Whatever stands in them is an argument, or of no concern."""


def as_hcl(file: DataFile) -> HclFile:
    """The blocks of a `.tf.json` file; the arguments of a `.tfvars.json` file."""
    if file.source.path.endswith(".tfvars.json"):
        return values_as_hcl(file)
    whole = Location(file.source, 0, len(file.source.text))
    reading = _Reading()
    body = Body((), tuple(reading.top_level(file.documents[0], whole)), whole)
    return HclFile(file.source, body, file.comments, tuple(reading.refusals.problems))


def values_as_hcl(file: DataFile) -> HclFile:
    """The arguments of a JSON file with values of variables, whatever its name."""
    whole = Location(file.source, 0, len(file.source.text))
    reading = _Reading()
    body = Body(tuple(reading.values(file.documents[0], whole)), (), whole)
    return HclFile(file.source, body, file.comments, tuple(reading.refusals.problems))


class _Reading:
    """One file being read: what has not the shape that Terraform asks for is noted, and left out."""

    def __init__(self) -> None:
        self.refusals = Refusals()

    def values(self, root: Node, whole: Location) -> Iterator[Argument]:
        """The values of variables: their strings are no templates."""
        for one in self._roots((root,), whole):
            for key, value in _members(one):
                yield Argument(key, self._value(value, literal=True, certain=True))

    def top_level(self, root: Node, whole: Location) -> Iterator[Block]:
        """The blocks of a whole file, which may be a list of objects too."""
        for one in self._roots(root.items if isinstance(root, Sequence) else (root,), whole):
            for key, value in _members(one):
                if key.text in LABELS:
                    yield from self._labelled(key, (), value, LABELS[key.text])
                elif key.text != _COMMENT:
                    self.refusals.add(refused_header(key.text, None), key.at)

    def _roots(self, nodes: Iterable[Node], whole: Location) -> Iterator[Mapping]:
        for node in nodes:
            if isinstance(node, Mapping):
                yield node
            else:
                self.refusals.add("not Terraform: the JSON text is no object", whole._replace(end=0))

    def _labelled(
        self, kind: Scalar, labels: tuple[Scalar, ...], node: Node, left: int, nested: frozenset[str] | None = None
    ) -> Iterator[Block]:
        """The blocks below a type; `left` is how many labels are still to come, each the key of an object."""
        if not left:
            yield from self._blocks(kind, labels, node, nested)
            return
        objects = node.items if isinstance(node, Sequence) else (node,)
        members = [member for one in objects if isinstance(one, Mapping) for member in _members(one)]
        if not members or not all(isinstance(one, Mapping) for one in objects):
            self.refusals.add(refused_header(kind.text, len(labels) + left), labels[-1].at if labels else kind.at)
        for key, value in members:
            yield from self._labelled(kind, (*labels, key), value, left - 1, nested)

    def _blocks(
        self, kind: Scalar, labels: tuple[Scalar, ...], node: Node, nested: frozenset[str] | None
    ) -> Iterator[Block]:
        """A block, a list of blocks, or null for none."""
        for one in node.items if isinstance(node, Sequence) else (node,):
            if isinstance(one, Mapping):
                yield self._block(kind, labels, one, nested)
            elif one is not node or not _is_null(node):
                self.refusals.add(f"{kind.text} must be an object", one.at)

    def _block(self, kind: Scalar, labels: tuple[Scalar, ...], node: Mapping, nested: frozenset[str] | None) -> Block:
        """Its header is the last label, or the opening brace: the type may stand far away, for many blocks."""
        first = labels[-1].at.start if labels else node.at.start
        if nested is None:
            nested = _NESTED.get((kind.text, labels[0].text if labels else ""), frozenset())
        type_ = kind._replace(at=Location(node.at.source, first, first + 1))
        body = self._body(node, kind.text, nested)
        return Block(type_, labels, body, Location(node.at.source, first, node.at.end))

    def _body(self, node: Mapping, kind: str, nested: frozenset[str]) -> Body:
        arguments: list[Argument] = []
        blocks: list[Block] = []
        certain = kind in _ARGUMENTS_ONLY
        self._refuse_twins(node, certain)
        for key, value in _members(node):
            if key.text == _COMMENT:
                continue
            if key.text == "dynamic" and not certain:
                blocks += self._labelled(key, (), value, 1, nested | {"content"})
            elif key.text in nested:
                blocks += self._blocks(key, (), value, nested)
            elif kind == "variable" and key.text == "type" and isinstance(value, Scalar):
                arguments.append(Argument(key, read_expression(value)))
            else:
                arguments.append(Argument(key, self._value(value, literal=kind == "variable", certain=certain)))
        return Body(tuple(arguments), tuple(blocks), node.at)

    def _value(self, node: Node, literal: bool, certain: bool) -> Node:
        """The expression that a JSON value stands for; `literal` says that its strings are no templates."""
        if isinstance(node, Mapping):
            if self._refuse_twins(node, certain):
                return Call("duplicate", (), False, node.at)
            inner = ((entry.key, entry.value) for entry in node.entries)
            entries = (Entry(*(self._value(one, literal, certain) for one in pair)) for pair in inner)
            return node.with_entries(entries)
        if isinstance(node, Sequence):
            return node.with_items(self._value(item, literal, certain) for item in node.items)
        return read_template(node) if isinstance(node, Scalar) and not literal else node

    def _refuse_twins(self, node: Mapping, certain: bool) -> bool:
        """Whether an argument stands twice. A nested block may; `certain` says that there are none here."""
        seen: set[str] = set()
        refused = False
        for key, value in _members(node):
            if key.text in seen and key.text != _COMMENT and (certain or not _may_be_block(value)):
                self.refusals.add(f'duplicate argument "{key.text}"', key.at)
                refused = True
            seen.add(key.text)
        return refused


def _members(node: Mapping) -> Iterator[tuple[Scalar, Node]]:
    return ((entry.key, entry.value) for entry in node.entries if isinstance(entry.key, Scalar))


def _may_be_block(node: Node) -> bool:
    """Whether it may be one nested block, several of them, or none."""
    if isinstance(node, Sequence):
        return all(isinstance(item, Mapping) for item in node.items)
    return isinstance(node, Mapping) or _is_null(node)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.style is Style.PLAIN and node.text == "null"
