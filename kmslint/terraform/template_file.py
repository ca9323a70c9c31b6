"""`data "template_file"`: what modules had before there was `templatefile`.

https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file
"""

from __future__ import annotations

from kmslint.syntax.tree import Body
from kmslint.terraform.calls import Given
from kmslint.terraform.declarations import Resource
from kmslint.terraform.expressions import Evaluator
from kmslint.terraform.kinds import ObjectFields
from kmslint.terraform.scope import Scope
from kmslint.values import Field, Hole, HoleKind, Null, Text, Value


def rendered(resource: Resource, evaluator: Evaluator, scope: Scope) -> Value | None:
    """The template with its variables filled in; None if the block has no template."""
    node = resource.body.get("template")
    if node is None:
        return None
    given = Given(
        (evaluator.evaluate(node, scope), _variables(resource, evaluator, scope)),
        Hole(HoleKind.EXPRESSION, f"{resource.address}.rendered"),
        resource.at,
        evaluator.budget.oddities,
    )
    return evaluator.rendering(scope).template_file(given)


def _variables(resource: Resource, evaluator: Evaluator, scope: Scope) -> Value:
    node = resource.body.get("vars")
    if node is not None:
        value = evaluator.evaluate(node, scope)
        return ObjectFields((), resource.at) if isinstance(value, Null) else value
    # Terraform 0.11 took a block.
    blocks = (block.body for block in resource.body.all("vars"))
    return ObjectFields(tuple(field for body in blocks for field in _fields(body, evaluator, scope)), resource.at)


def _fields(body: Body, evaluator: Evaluator, scope: Scope) -> list[Field]:
    return [Field(Text((one.name.text,), one.at), evaluator.evaluate(one.value, scope)) for one in body.arguments]
