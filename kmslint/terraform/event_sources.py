"""The Lambda functions of a module with their roles, and the queues and streams that Lambda reads for them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_event_source_mapping
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.model.consumers import EventSource, Function, Name, name_of
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.around import is_on
from kmslint.terraform.consumer_types import EVENT_SOURCES, FUNCTION_ALIASES, FUNCTIONS
from kmslint.terraform.resources import Instance, Inventory
from kmslint.values import Value

_NAMES = ("arn", "function_name", "id", "qualified_arn")
_NAMES_OF_ALIAS = ("arn", "id")


def read_functions(inventory: Inventory) -> Iterator[Function]:
    """The functions, each for every role that it may have."""
    for instance in inventory.of_type(*FUNCTIONS):
        names = _names(instance, _NAMES)
        for role, guards in alternatives(instance.argument("role"), instance.guards):
            yield Function(instance.address, names, role, guards)


def read_event_sources(inventory: Inventory) -> Iterator[EventSource]:
    """What Lambda reads, where that is certainly not switched off."""
    aliases = {
        name: function
        for alias in inventory.of_type(*FUNCTION_ALIASES)
        for function, _ in alternatives(alias.argument("function_name"))
        for name in _names(alias, _NAMES_OF_ALIAS)
    }
    for instance in inventory.of_type(*EVENT_SOURCES):
        if is_on(instance.argument("enabled")):
            yield from _event_sources(instance, aliases)


def _event_sources(instance: Instance, aliases: dict[Name, Value]) -> Iterator[EventSource]:
    for source, guards in alternatives(instance.argument("event_source_arn"), instance.guards):
        for function, met in alternatives(instance.argument("function_name"), guards):
            function_of_alias = aliases.get(name_of(function), function)
            yield EventSource(instance.address, instance.at, function_of_alias, source, met)


def _names(instance: Instance, attributes: tuple[str, ...]) -> tuple[Name, ...]:
    names = (name_of(instance.attribute(attribute, instance.at)) for attribute in attributes)
    return tuple(dict.fromkeys(name for name in names if name))
