"""The properties of one resource, evaluated as they are asked for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.resources import alternatives, guards_of
from kmslint.cloudformation.template import Resource
from kmslint.location import Location
from kmslint.model.consumers import Name, name_of
from kmslint.values import ALWAYS, Fields, Guards, Null, Text, Value, contradictory

Found = tuple[Value, Guards]
Around = tuple[Fields | None, Guards]
"""A map in a property, or None for the properties themselves, and what must hold for it."""


class Properties:
    """What a resource says, as far as somebody asks."""

    def __init__(self, resource: Resource, evaluator: Evaluator) -> None:
        self.resource = resource
        self._evaluator = evaluator
        self._guards = guards_of(resource, evaluator)

    @property
    def address(self) -> str:
        return self.resource.address

    @property
    def at(self) -> Location:
        return self.resource.at

    def name(self) -> Name:
        """What `Ref` gives."""
        return self._evaluator.references.name(self.resource, self.at).parts

    def attribute(self, attribute: str, resource: str = "") -> Value:
        """What `Fn::GetAtt` gives, of the resource or of another one."""
        return self._evaluator.references.attribute(resource or self.resource.name, attribute, self.at)

    def attribute_name(self, attribute: str) -> Name:
        """How `Fn::GetAtt` spells an attribute."""
        return name_of(self.attribute(attribute))

    def inside(self, name: str, at: Location) -> Location:
        """The place of a value if it stands in the property, or else that of the property."""
        node = self.resource.property(name)
        if node is None or (at.source is node.at.source and node.at.start <= at.start < node.at.end):
            return at
        return node.at

    def value(self, name: str) -> Value | None:
        """A property as a whole."""
        node = self.resource.property(name)
        return None if node is None else self._evaluator.evaluate_under(self._guards or ALWAYS, node)

    def values(self, path: tuple[str, ...]) -> Iterator[Found]:
        """What a path of names leads to, each that it may come to."""
        for around, guards in self.around(path):
            yield from possible(self.member(around, path[-1]), guards)

    def around(self, path: tuple[str, ...]) -> Iterator[Around]:
        """The maps around what a path leads to; None for the properties themselves."""
        if self._guards is None:
            return
        if len(path) == 1:
            yield None, self._guards
            return
        found = list(possible(self.value(path[0]), self._guards))
        for name in path[1:-1]:
            inner = [possible(one.get(name), guards) for one, guards in found if isinstance(one, Fields)]
            found = [each for several in inner for each in several]
        yield from ((one, guards) for one, guards in found if isinstance(one, Fields))

    def member(self, around: Fields | None, name: str) -> Value | None:
        """A member of such a map; Unknown if it may come from what cannot be seen."""
        return self.value_or_none(name) if around is None else member(around, name)

    def value_or_none(self, name: str) -> Value | None:
        """A property; None if it is null."""
        value = self.value(name)
        return None if isinstance(value, Null) else value


def member(around: Fields, name: str) -> Value | None:
    """A member of a map; Unknown if it may come from what cannot be seen, None if it is absent or null."""
    value = around.get(name)
    if value is None and around.spread:
        return around.spread[0]
    return None if isinstance(value, Null) else value


def possible(value: Value | None, guards: Guards) -> Iterator[Found]:
    """What a value may come to, without what no stack is: a condition that comes out both ways."""
    for one, met in alternatives(value, guards):
        if not contradictory(met):
            yield one, met


def literal(value: Value | None) -> str | None:
    """The text, if all of it is known."""
    return value.literal if isinstance(value, Text) else None


def is_on(value: Value | None) -> bool:
    """Whether what is on if nothing is said certainly is: `true`, `ENABLED`."""
    return value is None or (literal(value) or "").lower().startswith(("true", "enabled"))
