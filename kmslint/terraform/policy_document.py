"""`data "aws_iam_policy_document"`: its statements as the policy they become.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kmslint import limits
from kmslint.location import Location
from kmslint.syntax.tree import Body
from kmslint.terraform.block_schemas import PLANNED_DOCUMENT, refused_here
from kmslint.terraform.blocks import nested
from kmslint.terraform.budget import Budget
from kmslint.terraform.declarations import Resource
from kmslint.terraform.iteration import Evaluate
from kmslint.terraform.merging import Merged, Origin
from kmslint.terraform.scope import Scope, out_of_bounds
from kmslint.terraform.shapes import as_list
from kmslint.terraform.source_documents import SourceDocument, source_document
from kmslint.terraform.statements import read_block
from kmslint.values import Choice, Doubt, Encoded, Field, Fields, HoleKind, Items, Null, Text, Value, text, unknown

_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_policy_documents", "override_json")
_OLD, _NEW = "2008-10-17", "2012-10-17"
_LEVELS = 3
"""Of an expression: what one document takes, where documents are made of documents."""


def policy_document(resource: Resource, evaluate: Evaluate, scope: Scope, budget: Budget) -> Value:
    """The document as the JSON text that the data source gives; the budget is told what the provider refuses."""
    if budget.depth + _LEVELS > limits.DEPTH:
        reason = f"documents of documents, nested deeper than {limits.DEPTH} levels"
        return out_of_bounds(limits.named(reason, "depth"), resource.at)
    budget.enter(_LEVELS)
    try:
        return _merged(resource, evaluate, scope, budget)
    finally:
        budget.leave(_LEVELS)


def _merged(resource: Resource, evaluate: Evaluate, scope: Scope, budget: Budget) -> Value:
    problems = budget.problems
    document = _Document(resource.body, evaluate, scope, budget)
    sources, overrides = document.given(_SOURCES), document.given(_OVERRIDES)
    merged = Merged()
    merged.add(_statements(sources), Origin.SOURCES)
    blocks = nested(resource.body, "statement", evaluate, scope)
    merged.add((block.wrap(read_block(block, evaluate)) for block in blocks), Origin.OWN)
    merged.add(_statements(overrides), Origin.OVERRIDES)
    problems += merged.problems
    at = resource.at
    statements = merged.statements
    if any(refused_here(resource.block, PLANNED_DOCUMENT)):
        statements.append(unknown("a document that Terraform refuses", at, HoleKind.UNREADABLE, spread=True))
    own = document.argument("version") or text(_NEW, at)
    versions = [own, *(one.version for one in (*sources, *overrides) if one.version is not None)]
    fields = [Field(text("Version", at), _latest(versions, at))]
    names = [document.argument("policy_id"), *(one.name for one in overrides)]
    name = next((one for one in (*reversed(names), *(one.name for one in reversed(sources))) if _is_given(one)), None)
    if name is not None:
        fields.append(Field(text("Id", at), name))
    fields.append(Field(text("Statement", at), Items(tuple(statements), resource.block.at)))
    return Encoded(Fields(tuple(fields), resource.block.at), at)


class _Document(NamedTuple):
    """The arguments of the data source."""

    body: Body
    evaluate: Evaluate
    scope: Scope
    budget: Budget

    def argument(self, name: str) -> Value | None:
        node = self.body.get(name)
        value = None if node is None else self.evaluate(node, self.scope)
        return value if _is_given(value) else None

    def given(self, names: tuple[str, ...]) -> list[SourceDocument]:
        """The documents in those arguments, in the order in which the provider merges them."""
        budget = self.budget
        return [source_document(value, budget.problems, budget.oddities) for value in self._values(names)]

    def _values(self, names: tuple[str, ...]) -> Iterator[Value]:
        for name in names:
            value = self.argument(name)
            if value is not None:
                items = as_list(value) if not isinstance(value, (Text, Encoded)) else None
                yield from (value,) if items is None else items.items


def _is_given(value: Value | None) -> bool:
    return not (value is None or isinstance(value, Null) or (isinstance(value, Text) and not value.parts))


def _statements(documents: Iterable[SourceDocument]) -> Iterator[Value]:
    return (statement for document in documents for statement in document.statements)


def _latest(versions: list[Value], at: Location) -> Value:
    """The later of the versions, as texts: a document that is merged in never brings it down."""
    unseen = [version for version in versions if not (isinstance(version, Text) and version.literal is not None)]
    known = [version for version in versions if isinstance(version, Text) and version.literal is not None]
    latest = max(known, key=str) if known else text(_OLD, at)
    if not unseen or str(latest) >= _NEW:
        # There is no later one than that.
        return latest
    open_ones = [one for one in unseen if not isinstance(one, Null)]
    if len(versions) == 1 or not open_ones:
        return versions[0]
    newer = Doubt("a document that is merged in is of version 2012-10-17")
    return Choice(newer, text(_NEW, at), latest, at)
