"""The Lambda functions of a template with their roles, and the queues and streams that Lambda reads for them.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.cloudformation.properties import Properties, is_on, literal, member, possible
from kmslint.model.consumers import EventSource, Function, name_of
from kmslint.values import Fields, Null, Text

_FUNCTION: Final = "AWS::Lambda::Function"
_SERVERLESS: Final = "AWS::Serverless::Function"
_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
WORKING: Final = frozenset({_FUNCTION, _SERVERLESS, _MAPPING})
"""The resource types that are read."""

_EVENTS: Final = {"SQS": "Queue", "Kinesis": "Stream"}
"""What names the source, in the events of a function of SAM."""


def read_functions(properties: Properties) -> Iterator[Function]:
    """The function that the resource is, for each role that it may have."""
    if properties.resource.type in (_FUNCTION, _SERVERLESS):
        names = (properties.name(), properties.attribute_name("Arn"))
        for around, guards in properties.around(("Role",)):
            given = properties.member(around, "Role")
            if given is None and properties.resource.type == _SERVERLESS:
                given = properties.attribute("Arn", f"{properties.resource.name}Role")
            for role, met in possible(given, guards):
                yield Function(properties.address, names, role, met)


def read_event_sources(properties: Properties) -> Iterator[EventSource]:
    """What the resource has Lambda read, if it is certainly not switched off."""
    if properties.resource.type == _MAPPING and is_on(properties.value_or_none("Enabled")):
        for source, guards in properties.values(("EventSourceArn",)):
            for function, met in possible(properties.value("FunctionName"), guards):
                yield EventSource(properties.address, properties.at, function, source, met)
    if properties.resource.type == _SERVERLESS:
        yield from _events(properties)


def _events(properties: Properties) -> Iterator[EventSource]:
    """The events of a function of SAM."""
    function = Text(properties.name(), properties.at)
    for events, guards in properties.values(("Events",)):
        for field in events.fields if isinstance(events, Fields) else ():
            for event, met in possible(field.value, guards):
                kind = literal(event.get("Type")) if isinstance(event, Fields) else None
                inside = event.get("Properties") if isinstance(event, Fields) else None
                if kind not in _EVENTS or not isinstance(inside, Fields) or not is_on(member(inside, "Enabled")):
                    continue
                source = inside.get(_EVENTS[kind])
                if source is not None and not isinstance(source, Null) and name_of(source):
                    yield EventSource(properties.address, field.name.at, function, source, met)
