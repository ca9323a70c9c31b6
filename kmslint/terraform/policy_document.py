"""`data "aws_iam_policy_document"`: its statements as the policy they become.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.syntax.tree import Body
from kmslint.terraform.blocks import nested
from kmslint.terraform.declarations import Resource
from kmslint.terraform.iteration import Evaluate
from kmslint.terraform.merging import Merged, statements_of
from kmslint.terraform.scope import Scope
from kmslint.terraform.shapes import as_list
from kmslint.terraform.statements import read_block
from kmslint.values import Encoded, Field, Fields, Items, Null, Text, Value, text

_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_json", "override_policy_documents")


def policy_document(resource: Resource, evaluate: Evaluate, scope: Scope) -> Value:
    """The document as the JSON text that the data source gives."""
    merged = Merged()
    for value in _documents(resource.body, _SOURCES, evaluate, scope):
        merged.add(statements_of(value))
    own = [block.wrap(read_block(block, evaluate)) for block in nested(resource.body, "statement", evaluate, scope)]
    merged.add(own)
    for value in _documents(resource.body, _OVERRIDES, evaluate, scope):
        merged.add(statements_of(value), overriding=True)
    at = resource.at
    version = _given(resource.body, "version", evaluate, scope) or text("2012-10-17", at)
    name = _given(resource.body, "policy_id", evaluate, scope)
    fields = [Field(text("Version", at), version)]
    if name is not None:
        fields.append(Field(text("Id", at), name))
    fields.append(Field(text("Statement", at), Items(tuple(merged.statements), resource.block.at)))
    return Encoded(Fields(tuple(fields), resource.block.at), at)


def _given(body: Body, name: str, evaluate: Evaluate, scope: Scope) -> Value | None:
    node = body.get(name)
    value = None if node is None else evaluate(node, scope)
    return None if isinstance(value, Null) else value


def _documents(body: Body, names: tuple[str, ...], evaluate: Evaluate, scope: Scope) -> Iterator[Value]:
    for name in names:
        value = _given(body, name, evaluate, scope)
        if value is None or (isinstance(value, Text) and value.literal == ""):
            continue
        items = as_list(value) if not isinstance(value, (Text, Encoded)) else None
        yield from (value,) if items is None else items.items
