"""The resources of a template that are in the stack or may be, with their properties evaluated."""

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.cloudformation.assembly import unresolved
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.template import Resource, Template
from kmslint.location import Location
from kmslint.values import ALWAYS, Choice, Fields, Guard, Guards, Items, Null, Text, Unknown, Value

READ = ("AWS::KMS::", "AWS::IAM::")
"""How the types begin whose properties are evaluated as a whole."""


class Evaluated(NamedTuple):
    """A resource that is in the stack, or may be."""

    resource: Resource
    properties: Fields
    guards: Guards
    """The condition of the resource, where it is open; which declaration counts, where there are several."""
    evaluator: Evaluator
    """The values of the stack that it is in."""

    @property
    def address(self) -> str:
        return self.resource.address

    @property
    def type(self) -> str:
        return self.resource.type

    @property
    def at(self) -> Location:
        return self.resource.at

    @property
    def name(self) -> Text:
        """What it is called, or a hole where AWS makes a name up."""
        return self.evaluator.references.name(self.resource, self.at)

    @property
    def arn(self) -> Text:
        """The ARN of a key, a managed policy or an identity."""
        return self.evaluator.references.arn(self.resource, self.at)

    def get(self, name: str) -> Value | None:
        """The value of a property; None if it is absent, Unknown if it may come from what cannot be seen."""
        value = self.properties.get(name)
        if value is None and self.properties.spread:
            return self.properties.spread[0]._replace(spread=False)
        return None if isinstance(value, Null) else value


def evaluate_resources(template: Template, evaluator: Evaluator) -> tuple[Evaluated, ...]:
    """The resources of KMS and IAM, without those whose condition is false."""
    evaluated = (_evaluate(resource, evaluator) for resource in template.resources if resource.type.startswith(READ))
    return tuple(resource for resource in evaluated if resource is not None)


def evaluate_switched_off(
    template: Template, evaluator: Evaluator, types: frozenset[str], live: bool
) -> tuple[Evaluated, ...]:
    """The resources of these types whose condition is false, as they would be if it were true.

    All of them if the stack itself is not live.
    """
    return tuple(
        Evaluated(resource, _properties(resource, resource.guards, evaluator), resource.guards, evaluator)
        for resource in template.resources
        if resource.type in types and (not live or guards_of(resource, evaluator) is None)
    )


def alternatives(value: Value | None, guards: Guards = ALWAYS) -> Iterator[tuple[Value, Guards]]:
    """The elements of a list, or the one value in its place, each with the conditions under which it is there."""
    if isinstance(value, Choice):
        for holds, branch in ((True, value.when_true), (False, value.when_false)):
            yield from alternatives(branch, guards | {Guard(value.condition, holds)})
    elif isinstance(value, Items):
        for item in value.items:
            yield from alternatives(item, guards)
    elif value is not None and not isinstance(value, Null):
        yield value, guards


def _evaluate(resource: Resource, evaluator: Evaluator) -> Evaluated | None:
    guards = guards_of(resource, evaluator)
    if guards is None:
        return None
    return Evaluated(resource, _properties(resource, guards, evaluator), guards, evaluator)


def guards_of(resource: Resource, evaluator: Evaluator) -> Guards | None:
    """What must hold for the resource to be in the stack; None if its condition is false."""
    around = evaluator.inputs.guards | resource.guards
    node = resource.body.get("Condition")
    if node is None:
        return around
    # The language extensions take a look-up in a mapping here, and none where it comes to `AWS::NoValue`.
    name = evaluator.evaluate_under(ALWAYS, node)
    if name is None:
        return around
    if not isinstance(name, Text) or name.literal is None:
        is_unknown = isinstance(name, (Text, Unknown))
        evaluator.report(f'the condition of "{resource.address}" is not {"known" if is_unknown else "a name"}', node.at)
        return around
    decision = evaluator.decide(name.literal)
    if decision is False:
        return None
    return around | {decision} if isinstance(decision, Guard) else around


def _properties(resource: Resource, guards: Guards, evaluator: Evaluator) -> Fields:
    node = resource.properties
    value = Null(resource.at) if node is None else evaluator.evaluate_under(guards, node)
    if isinstance(value, Fields):
        tried = evaluator.tried(value, guards)
        return tried if isinstance(tried, Fields) else value
    if value is None or isinstance(value, Null):
        return Fields((), resource.at)
    if not isinstance(value, Unknown):
        evaluator.report(f'the properties of "{resource.address}" are not a map', value.at)
        value = unresolved("Properties", value.at)
    return Fields((), value.at, (value._replace(spread=True),))
