"""What kmslint makes of the key policies of a template, held against those that moto stores."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

import yaml

from cloudformation_generator import REGION, Generated
from cloudformation_oracle import ACCOUNT, Answer
from kmslint.cloudformation.intrinsics import Evaluator
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.resources import Evaluated, evaluate_resources
from kmslint.cloudformation.template import read_template
from kmslint.location import Location, Source
from kmslint.model.policy_text import decode_json
from kmslint.syntax.data import read_data
from kmslint.values import (
    Encoded,
    Fields,
    Hole,
    HoleKind,
    Items,
    Null,
    Text,
    Unknown,
    Value,
    conditions_of,
    equality,
    specialise,
    text,
)

_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_PSEUDO: Final = {
    HoleKind.OWN_ACCOUNT: ACCOUNT,
    HoleKind.PARTITION: "aws",
    HoleKind.REGION: REGION,
    HoleKind.URL_SUFFIX: "amazonaws.com",
}


class Outcome(Enum):
    """How a value of ours stands to moto's; the later, the worse."""

    EQUAL = 0
    UNKNOWN = 1
    """Part of ours is not known, and the rest is the same."""
    WRONG = 2


class Compared(NamedTuple):
    """What became of one template."""

    outcome: Outcome
    key: str = ""
    """The key that is not equal."""
    ours: str = ""
    unknown: tuple[str, ...] = ()
    """The labels of what is not known."""


def compared(generated: Generated, answer: Answer, is_given: bool, is_yaml: bool = False) -> Compared:
    """The worst of the keys of a template; `is_given` says that kmslint gets the values of the parameters too."""
    written = json.dumps(generated.template)
    source = Source("t", yaml.dump(json.loads(written), Dumper=_DUMPER) if is_yaml else written)
    template = read_template(read_data(source).documents[0], source)
    at = Location(source, 0, 0)
    given = {
        name: text(value, at)
        for name, value in generated.parameters.items()
        if is_given or "Default" in generated.template["Parameters"][name]  # an open one has no default
    }
    evaluator = Evaluator(template, source.path, Inputs(given))
    world = _World(generated, answer)
    worst = Compared(Outcome.EQUAL)
    for name, holds in answer.conditions.items():
        decision = evaluator.decide(name)
        if isinstance(decision, bool) and decision is not holds:
            return Compared(Outcome.WRONG, name, f"{name} is {decision}")
    keys = [key for key in evaluate_resources(template, evaluator) if key.type == "AWS::KMS::Key"]
    there = {key.address for key in keys if all(world.holds(guard.condition) is guard.holds for guard in key.guards)}
    if there != answer.policies.keys():
        return Compared(Outcome.WRONG, " ".join(there ^ answer.policies.keys()), "is not there")
    for key in keys:
        if key.address in there:
            found = _key(key, answer, world)
            worst = found if found.outcome.value > worst.outcome.value else worst
    return worst


def _key(key: Evaluated, answer: Answer, world: _World) -> Compared:
    value = key.get("KeyPolicy")
    assert value is not None
    ours = world.settled(value)
    outcome = world.outcome(ours, answer.policies[key.address])
    return Compared(outcome, key.address, spelt(ours), tuple(sorted({hole.label for hole in _missing(ours)})))


class _World:
    """What moto knows and kmslint does not."""

    def __init__(self, generated: Generated, answer: Answer) -> None:
        self._parameters = generated.parameters
        self._lists = {
            name for name, one in generated.template["Parameters"].items() if one["Type"] == "CommaDelimitedList"
        }
        self._ids = answer.ids
        self._conditions: Mapping[str, bool] = answer.conditions

    def holds(self, condition: str) -> bool:
        """How a condition came out: one of the template's, or that a parameter is a text."""
        if condition in self._conditions:
            return self._conditions[condition]
        return any(condition == equality(*parameter) for parameter in self._parameters.items())

    def settled(self, value: Value) -> Value:
        """The value with conditions decided, and everything filled in that moto can fill."""
        world = {condition: self.holds(condition) for condition in conditions_of(value)}
        return self._filled(specialise(value, world))

    def _filled(self, value: Value) -> Value:
        if isinstance(value, Text):
            parts = tuple(self._part(part) for part in value.parts)
            return Text(parts, value.at, value.typed, value.pieces)
        if isinstance(value, Unknown):
            return self._unknown(value)
        if isinstance(value, Encoded):
            return value._replace(value=self._filled(value.value))
        if isinstance(value, Items):
            items = (self._filled(item) for item in value.items if not isinstance(item, Null))
            return value._replace(items=tuple(items))
        if isinstance(value, Fields):
            fields = (field for field in value.fields if not isinstance(field.value, Null))
            return value._replace(fields=tuple(one._replace(value=self._filled(one.value)) for one in fields))
        return value

    def _unknown(self, value: Unknown) -> Value:
        given = self._parameters.get(value.hole.label)
        if value.hole.kind is not HoleKind.PARAMETER or given is None:
            return value
        return Items(tuple(text(item, value.at) for item in given.split(",")), value.at)

    def _part(self, part: str | Hole) -> str | Hole:
        if isinstance(part, str):
            return part
        if part.kind is HoleKind.PARAMETER and part.label not in self._lists:
            return self._parameters.get(part.label, part)
        if part.label == "AWS::StackName":
            return "stack"
        if part.kind is HoleKind.RESOURCE:
            return self._ids.get(part.label, part)
        return _PSEUDO.get(part.kind, part)

    def outcome(self, ours: Value, theirs: Any) -> Outcome:
        """How a value stands to moto's."""
        if isinstance(ours, Unknown):
            return Outcome.UNKNOWN
        if isinstance(ours, Text):
            return self._text(ours, theirs)
        if isinstance(ours, Encoded):
            return self.outcome(ours.value, _decoded(theirs))
        if isinstance(ours, Items) and isinstance(theirs, list):
            return self._items(ours, theirs)
        if isinstance(ours, Fields) and isinstance(theirs, dict):
            names = [str(field.name) for field in ours.fields]
            if sorted(names) != sorted(theirs) or ours.spread:
                return Outcome.UNKNOWN if ours.spread else Outcome.WRONG
            return _worst(self.outcome(field.value, theirs[str(field.name)]) for field in ours.fields)
        return Outcome.WRONG

    def _items(self, ours: Items, theirs: list[Any]) -> Outcome:
        if any(isinstance(item, Unknown) and item.spread for item in ours.items):
            return Outcome.UNKNOWN
        if len(ours.items) != len(theirs):
            return Outcome.WRONG
        return _worst(self.outcome(one, other) for one, other in zip(ours.items, theirs, strict=True))

    def _text(self, ours: Text, theirs: Any) -> Outcome:
        if isinstance(theirs, (dict, list)) or theirs is None:
            return Outcome.UNKNOWN if ours.holes and len(ours.parts) == 1 else Outcome.WRONG
        spelt = str(theirs).lower() if isinstance(theirs, bool) else str(theirs)
        pattern = "".join(re.escape(part) if isinstance(part, str) else "(?s:.*)" for part in ours.parts)
        if re.fullmatch(pattern, spelt):
            is_known = all(hole.kind is HoleKind.RESOURCE for hole in ours.holes)
            return Outcome.EQUAL if is_known else Outcome.UNKNOWN
        if spelt.startswith("{") and _decoded(spelt) is not None:
            # A policy that is written as text is read as JSON: blanks do not count.
            return self.outcome(self.settled(decode_json(ours)), _decoded(spelt))
        return Outcome.WRONG


def spelt(value: Value) -> str:
    """A value on one line."""
    if isinstance(value, Text):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, Encoded):
        return f"json({spelt(value.value)})"
    if isinstance(value, Items):
        return f"[{', '.join(map(spelt, value.items))}]"
    if isinstance(value, Fields):
        return f"{{{', '.join(f'{field.name}: {spelt(field.value)}' for field in value.fields)}}}"
    return str(value)


def _decoded(theirs: Any) -> Any:
    try:
        return json.loads(theirs) if isinstance(theirs, str) else None
    except ValueError:
        return None


def _worst(outcomes: Iterator[Outcome]) -> Outcome:
    return max(outcomes, key=lambda outcome: outcome.value, default=Outcome.EQUAL)


def _missing(value: Value) -> Iterator[Hole]:
    """The holes that are left, but for those of resources."""
    if isinstance(value, Unknown):
        yield value.hole
    elif isinstance(value, Text):
        yield from (hole for hole in value.holes if hole.kind is not HoleKind.RESOURCE)
    elif isinstance(value, Encoded):
        yield from _missing(value.value)
    elif isinstance(value, Items):
        for item in value.items:
            yield from _missing(item)
    elif isinstance(value, Fields):
        for field in value.fields:
            yield from _missing(field.value)
