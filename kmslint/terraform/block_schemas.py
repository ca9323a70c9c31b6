"""What the blocks of a policy document may hold; Terraform refuses anything else.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document#argument-reference
https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.syntax.tree import Block, Body
from kmslint.terraform.declarations import Declarations

_NO_BLOCKS: Mapping[str, Schema] = {}


class Schema(NamedTuple):
    """The arguments and nested blocks of one type of block."""

    arguments: frozenset[str]
    required: tuple[str, ...] = ()
    blocks: Mapping[str, Schema] = _NO_BLOCKS


_PRINCIPALS = Schema(frozenset({"type", "identifiers"}), ("type", "identifiers"))
_CONDITION = Schema(frozenset({"test", "variable", "values"}), ("test", "variable", "values"))
STATEMENT = Schema(
    frozenset({"sid", "effect", "actions", "not_actions", "resources", "not_resources"}),
    blocks={"principals": _PRINCIPALS, "not_principals": _PRINCIPALS, "condition": _CONDITION},
)
DOCUMENT = Schema(
    frozenset(
        {
            "count",
            "depends_on",
            "for_each",
            "lifecycle",  # JSON writes it like an argument
            "override_json",
            "override_policy_documents",
            "policy_id",
            "provider",
            "source_json",
            "source_policy_documents",
            "version",
        }
    ),
    blocks={"statement": STATEMENT},
)
PLANNED_DOCUMENT = DOCUMENT._replace(arguments=DOCUMENT.arguments | {"id", "json", "minified_json"})
"""With what the data source gives back: a plan does not tell it from what is written."""

_INLINE_POLICY = Schema(frozenset({"name", "policy"}))
_META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})


def schema_problems(declared: Declarations) -> Iterator[Problem]:
    """What Terraform refuses in the policy documents of a module, and in the `dynamic` blocks of its roles."""
    for twins in declared.resources.values():
        for resource in twins:
            if resource.address.startswith("data.aws_iam_policy_document."):
                yield from refused(resource.block, DOCUMENT)
            elif resource.address.startswith("aws_iam_role."):
                yield from _refused_in_role(resource.body)


def refused(block: Block, schema: Schema) -> Iterator[Problem]:
    """What Terraform refuses in a block and in the blocks inside."""
    yield from refused_here(block, schema)
    for inner in block.body.blocks:
        kind, content = _unwrapped(inner)
        if content is not None and kind in schema.blocks:
            yield from refused(content, schema.blocks[kind])


def refused_here(block: Block, schema: Schema) -> Iterator[Problem]:
    """The same, without what is inside the nested blocks."""
    for argument in block.body.arguments:
        if argument.name.text not in schema.arguments:
            yield _problem(f'unsupported argument "{argument.name.text}" in {_called(block)}', argument.at)
    for name in schema.required:
        if block.body.get(name) is None:
            yield _problem(f'missing argument "{name}" in {_called(block)}', block.header)
    for inner in block.body.blocks:
        if inner.type.text == "dynamic":
            yield from _refused_dynamic(inner)
        kind = _unwrapped(inner)[0]
        if kind not in schema.blocks and kind not in _META_BLOCKS:
            yield _problem(f'unsupported block type "{kind}" in {_called(block)}', inner.header)
        elif inner.labels and kind in schema.blocks and inner.type.text != "dynamic":
            yield _problem(f"a {kind} block has no labels", inner.header)


def _refused_in_role(body: Body) -> Iterator[Problem]:
    for inner in body.blocks:
        if inner.type.text == "dynamic":
            yield from _refused_dynamic(inner)
        kind, content = _unwrapped(inner)
        if kind == "inline_policy" and content is not None:
            yield from refused_here(content, _INLINE_POLICY)


def _refused_dynamic(block: Block) -> Iterator[Problem]:
    if len(block.labels) != 1:
        yield _problem("a dynamic block has one label, the type of its blocks", block.header)
    called = " ".join(("dynamic", *(f'"{label.text}"' for label in block.labels)))
    if block.body.get("for_each") is None:
        yield _problem(f'missing argument "for_each" in {called}', block.header)
    contents = list(block.body.all("content"))
    if len(contents) != 1:
        missing = "no content block" if not contents else "more than one content block"
        yield _problem(f"{missing} in {called}", block.header)
    for argument in block.body.arguments:
        if argument.name.text not in ("for_each", "iterator", "labels"):
            yield _problem(f'unsupported argument "{argument.name.text}" in {called}', argument.at)
    for inner in block.body.blocks:
        if inner.type.text != "content":
            yield _problem(f'unsupported block type "{inner.type.text}" in {called}', inner.header)


def _unwrapped(block: Block) -> tuple[str, Block | None]:
    """The type of a nested block and the block itself; of a `dynamic` one those of what it makes."""
    if block.type.text != "dynamic":
        return block.type.text, block
    content = next(block.body.all("content"), None)
    return block.labels[0].text if block.labels else "dynamic", content


def _problem(reason: str, at: Location) -> Problem:
    return Problem(at.path, reason, at)


def _called(block: Block) -> str:
    return block.labels[0].text if block.type.text == "data" and block.labels else block.type.text
