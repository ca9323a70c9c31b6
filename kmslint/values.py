"""Values with holes: what a template's expressions come to when not everything can be known.

Both parsers turn their nodes into these, and everything after them reads nothing else. A value that
cannot be known is a `Hole` inside a `Text` or an `Unknown` in the place of a value: it never
disappears, and it never swallows its neighbours.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import NamedTuple, Union

from kmslint.location import Excerpt, Location


class HoleKind(Enum):
    """What is known of a piece of text that is not known."""

    OWN_ACCOUNT = "own account"
    PARTITION = "partition"
    REGION = "region"
    URL_SUFFIX = "url suffix"
    RESOURCE = "resource"
    """Something only AWS decides for a resource of the estate: a key id, a generated role name."""
    DEPLOYER = "deployer"
    """The ARN of whoever runs Terraform, or a part of it."""
    PARAMETER = "parameter"
    """A parameter or variable that nobody set."""
    EXPRESSION = "expression"
    """Anything else: an unknown function, another stack, a data source."""
    OUT_OF_BOUNDS = "out of bounds"
    """What would cost too much to work out, and leaves no other trace. The label says which bound it is."""
    UNREADABLE = "unreadable"
    """Something that is there and cannot be read: a policy that is not JSON. The label says why."""


ANY_TEXT = frozenset({HoleKind.PARAMETER, HoleKind.EXPRESSION, HoleKind.OUT_OF_BOUNDS})
"""Holes that any text may stand in; an account id or a name has a form."""
_ONE_OF_A_KIND = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION, HoleKind.URL_SUFFIX})


HoleIdentity = tuple[HoleKind, str, str]
TextIdentity = tuple[str | HoleIdentity, ...]


class Hole(NamedTuple):
    """A piece of text that is not known. Two holes that are `same` stand for the same text."""

    kind: HoleKind
    label: str
    """How the source spells it, without `${}`: `AWS::AccountId`, `var.name`, `aws_kms_key.a.key_id`."""
    scope: str = ""
    """What the label belongs to: a provider alias, or the resource whose `each.value` it is."""
    resource: str = ""
    """The address of the resource, for RESOURCE; for OWN_ACCOUNT that of the resource whose ARN it is part of."""

    def same(self, other: "Hole") -> bool:
        """Whether both are certainly the same text."""
        if self.kind is not other.kind or self.scope != other.scope:
            return False
        return self.kind in _ONE_OF_A_KIND or self.label == other.label

    @property
    def identity(self) -> HoleIdentity:
        """Equal for holes that are `same`."""
        return self.kind, self.scope, "" if self.kind in _ONE_OF_A_KIND else self.label

    def __str__(self) -> str:
        return f"${{{self.label}}}"


Part = str | Hole


class Encoded(NamedTuple):
    """The JSON text of a value, not spelt out: `jsonencode(x)`, `Fn::ToJsonString`."""

    value: "Value"
    at: Location


Piece = Excerpt | Hole | Encoded


class Text(NamedTuple):
    """A scalar: literal pieces and holes, in order, no two literal pieces side by side."""

    parts: tuple[Part, ...]
    at: Location
    typed: bool = False
    """Written as a number or a boolean rather than as a string (JSON, HCL) or left unquoted (YAML)."""
    pieces: tuple[Piece, ...] = ()
    """The same text as the source spells it, for policies written inside a text; empty where it was computed."""

    @property
    def literal(self) -> str | None:
        """The text, if all of it is known."""
        parts = self.parts
        if len(parts) == 1:
            part = parts[0]
            return part if isinstance(part, str) else None
        return None if parts else ""

    @property
    def identity(self) -> TextIdentity:
        """Equal for texts that are the same whatever their holes turn out to be, and for no others."""
        return tuple(part if isinstance(part, str) else part.identity for part in self.parts)

    @property
    def holes(self) -> tuple[Hole, ...]:
        return tuple(part for part in self.parts if isinstance(part, Hole))

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


class Null(NamedTuple):
    """JSON's and HCL's null, YAML's empty value. Where a property is concerned: absent."""

    at: Location


class Unknown(NamedTuple):
    """A value that cannot be known: text, list or map."""

    hole: Hole
    at: Location
    spread: bool = False
    """In a list: any number of elements, none included. In a map: any number of members."""

    def __str__(self) -> str:
        return str(self.hole)


class Items(NamedTuple):
    """A list."""

    items: "tuple[Value, ...]"
    at: Location


class Field(NamedTuple):
    """A member of a map; `name` is Text, for Terraform computes names too."""

    name: Text
    value: "Value"


class Fields(NamedTuple):
    """A map. Read from JSON it may have several members of one name, in order; `both_readings` settles which count."""

    fields: tuple[Field, ...]
    at: Location
    spread: tuple[Unknown, ...] = ()
    """Maps that were merged in and cannot be known: any member may come from them."""

    def get(self, name: str) -> "Value | None":
        """The value of the last member of that name: what JSON readers take."""
        found: Value | None = None
        for field in self.fields:
            if field.name.literal == name:
                found = field.value
        return found


class Doubt(str):
    """A condition that no author wrote: whether something is there that nobody can see, `length(var.x) > 0`.

    Its ways are no branches of a template: that it may come out badly is no more than a suspicion.
    """

    __slots__ = ()


class Choice(NamedTuple):
    """One of two values, by a condition nobody can decide here: `Fn::If`, `a ? b : c`."""

    condition: str
    """The condition as its source spells it; equal texts in one estate are the same condition."""
    when_true: "Value"
    when_false: "Value"
    at: Location


Value = Text | Null | Unknown | Items | Fields | Choice | Encoded

Json = Union[None, str, bool, int, float, list["Json"], dict[str, "Json"]]
"""What Python's reader of JSON gives."""


def text(literal: str, at: Location, typed: bool = False) -> Text:
    """A Text that is known."""
    return Text((literal,) if literal else (), at, typed)


def join(parts: Iterable[Part], at: Location, pieces: tuple[Piece, ...] = ()) -> Text:
    """A Text of parts, with neighbouring literal pieces made one."""
    joined: list[Part] = []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return Text(tuple(joined), at, False, pieces)


def unknown(label: str, at: Location, kind: HoleKind = HoleKind.EXPRESSION, spread: bool = False) -> Unknown:
    """An Unknown that says what was missing."""
    return Unknown(Hole(kind, label), at, spread)


def from_json(data: Json, at: Location) -> Value:
    """The value that data read from JSON stands for, all of it known and located at one place."""
    if isinstance(data, str):
        return text(data, at)
    if isinstance(data, dict):
        return Fields(tuple(Field(text(name, at), from_json(member, at)) for name, member in data.items()), at)
    if isinstance(data, list):
        return Items(tuple(from_json(item, at) for item in data), at)
    return Null(at) if data is None else text(json_scalar(data), at, typed=True)


def json_scalar(data: str | bool | int | float) -> str:
    """The text of a scalar of JSON, as a policy is compared with it: `true`, `10`."""
    if isinstance(data, float) and data.is_integer():
        data = int(data)
    return str(data).lower() if isinstance(data, bool) else str(data)


def boolean(value: Value | None) -> bool | None:
    """True or False, if the value certainly is one (`true`, `"true"`); None otherwise."""
    literal = value.literal if isinstance(value, Text) else None
    return {"true": True, "false": False}.get(literal.lower()) if literal is not None else None


class Guard(NamedTuple):
    """A condition that must have come out one way for something to be there."""

    condition: str
    holds: bool

    def __str__(self) -> str:
        if is_reading(self.condition):
            return self.condition if self.holds else f"{self.condition.removesuffix(_COUNTS)} does not count"
        name = compared(self.condition)
        if name:
            return self.condition if self.holds else f"{name} is not{self.condition.removeprefix(f'{name} is')}"
        also = f" (the same as {self.condition.told})" if isinstance(self.condition, SeveralNames) else ""
        return f"{self.condition}{also} is {'true' if self.holds else 'false'}"


Guards = frozenset[Guard]
ALWAYS: Guards = frozenset()


def contradictory(guards: Guards) -> bool:
    """Whether a condition would have to come out both ways."""
    return len({guard.condition for guard in guards}) < len(guards)


_FIRST = 'the first "'
_COUNTS = " counts"
_IS = ' is "'
_BLANK_OR_QUOTE = frozenset(' "')
_NAME = 60
"""Characters of a name that a condition shows."""


def first_counts(name: str, at: Location) -> str:
    """The condition that a reader takes the first of two members of that name; the place is that of the first."""
    return f'{_FIRST}{name if len(name) <= _NAME else f"{name[:_NAME]}..."}" (line {at.line}){_COUNTS}'


class Unsettled(str):
    """A condition that was not looked into, for the sake of a bound."""

    __slots__ = ("bound",)
    bound: str
    """Which bound, in words."""


def unsettled(condition: str, bound: str) -> Unsettled:
    """A condition, and the bound for which it was not looked into."""
    left = Unsettled(condition)
    left.bound = bound
    return left


class SeveralNames(str):
    """The first name of a condition that is declared under others too."""

    __slots__ = ("told",)
    told: str
    """The others, as messages tell them."""


def several_names(first: str, others: Sequence[str]) -> SeveralNames:
    """A condition by its first name, and what else it is called."""
    condition = SeveralNames(first)
    condition.told = others[0] if len(others) == 1 else f"{others[0]} and {len(others) - 1} more"
    return condition


class OneOf(str):
    """The condition that a parameter is a certain text, of which it is known what else it may be."""

    __slots__ = ("all",)
    all: frozenset[str]
    """The conditions that it is one of the texts: exactly one of them holds."""


def equality(name: str, literal: str) -> str:
    """The condition that a parameter which nobody set is that text: `Env is "prod"`."""
    return f'{name}{_IS}{literal}"'


def one_of(name: str, literal: str, texts: Iterable[str]) -> OneOf:
    """The same of a parameter that is one of some texts."""
    condition = OneOf(equality(name, literal))
    condition.all = frozenset(equality(name, each) for each in texts)
    return condition


def compared(condition: str) -> str:
    """The parameter that a condition compares with a text, by `equality`; empty for any other one."""
    name, _, literal = condition.partition(_IS)
    return name if literal.endswith('"') and not _BLANK_OR_QUOTE.intersection(name) else ""


def is_reading(condition: str) -> bool:
    """Whether a condition is about which of two members counts, and not one that the source declares."""
    return _FIRST in condition and condition.endswith(_COUNTS)


def question(condition: str) -> str:
    """What an answer hangs on that hangs on a condition: `whether Prod holds`."""
    tells_all = is_reading(condition) or compared(condition)
    asked = f"whether {condition}" if tells_all else f"whether {condition} holds"
    return f"{asked} ({condition.bound})" if isinstance(condition, Unsettled) else asked


def specialise(value: Value, world: dict[str, bool]) -> Value:
    """The value as it is in a world where those conditions are decided."""
    if isinstance(value, Choice):
        if value.condition in world:
            return specialise(value.when_true if world[value.condition] else value.when_false, world)
        return value._replace(
            when_true=specialise(value.when_true, world), when_false=specialise(value.when_false, world)
        )
    if isinstance(value, Encoded):
        return value._replace(value=specialise(value.value, world))
    if isinstance(value, Items):
        return value._replace(items=tuple(specialise(item, world) for item in value.items))
    if isinstance(value, Fields):
        return value._replace(
            fields=tuple(field._replace(value=specialise(field.value, world)) for field in value.fields)
        )
    return value


def branches(value: Value, most: int) -> list[tuple[dict[str, bool], Value]] | None:
    """The value in each way the choices inside it can come out, with what decides that; None for more than `most`.

    A condition is settled only where it still makes a difference: a choice by eight texts of a parameter has eight
    ways, and not two to the eighth.
    """
    found: list[tuple[dict[str, bool], Value]] = []
    pending: list[tuple[dict[str, bool], Value]] = [({}, value)]
    while pending:
        world, one = pending.pop()
        condition = min(_outer_conditions(one), default=None)
        if condition is None:
            found.append((world, one))
        elif len(found) + len(pending) + 2 > most:
            return None
        else:
            pending += [({**world, condition: holds}, specialise(one, {condition: holds})) for holds in (False, True)]
    return found


def _outer_conditions(value: Value) -> Iterator[str]:
    """The conditions of the choices inside a value that stand inside no other choice."""
    if isinstance(value, Choice):
        yield value.condition
    elif isinstance(value, Encoded):
        yield from _outer_conditions(value.value)
    elif isinstance(value, Items):
        for item in value.items:
            yield from _outer_conditions(item)
    elif isinstance(value, Fields):
        for field in value.fields:
            yield from _outer_conditions(field.value)


def conditions_of(value: Value) -> Iterator[str]:
    """The conditions of the choices inside a value, each as often as it stands there."""
    if isinstance(value, Choice):
        yield value.condition
        yield from conditions_of(value.when_true)
        yield from conditions_of(value.when_false)
    elif isinstance(value, Encoded):
        yield from conditions_of(value.value)
    elif isinstance(value, Items):
        for item in value.items:
            yield from conditions_of(item)
    elif isinstance(value, Fields):
        for field in value.fields:
            yield from conditions_of(field.value)
