"""Random expressions of a type that is asked for, of what a Terraform module knows and of what its calls give back."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

Type = tuple[str, tuple["Part", ...]]
"""`string`, `list(...)`, `object({...})` and their like: the name, and the parts with the names of attributes."""


class Part(NamedTuple):
    """What is inside a type."""

    name: str
    type: Type
    default: str | None = None
    """`optional(type, default)`; `""` is `optional(type)`."""


class Named(NamedTuple):
    """An expression of one step or more, and what it stands for."""

    spelt: str
    type: Type
    nullable: bool = False


class Call(NamedTuple):
    """The address of a called module or of a resource, and how it is repeated."""

    address: str
    outputs: tuple[Named, ...]
    repeated: str
    """`count`, `for_each` or neither."""
    keys: tuple[str, ...] = ()
    """Indexes that certainly are there."""


STRING: Final[Type] = ("string", ())
NUMBER: Final[Type] = ("number", ())
BOOL: Final[Type] = ("bool", ())
SCALARS: Final = (STRING, STRING, STRING, NUMBER, BOOL)
_STRINGS: Final = (
    '"a"',
    '"b"',
    '"c"',
    '"A-b c"',
    '""',
    '"10"',
    '"true"',
    '"x/y"',
    '"é"',
    '"arn:aws:iam::111122223333:root"',
)
KEYS: Final = ("a", "b", "c", "d e", "x.y")


def listed(inner: Type, kind: str = "list") -> Type:
    return kind, (Part("", inner),)


STRINGS: Final = listed(STRING)


def constraint(type_: Type) -> str:
    """The type as a variable writes it."""
    kind, parts = type_
    if kind != "object":
        return f"{kind}({constraint(parts[0].type)})" if parts else kind
    attributes = []
    for name, inner, default in parts:
        spelt = constraint(inner)
        if default is not None:
            spelt = f"optional({spelt}{', ' + default if default else ''})"
        attributes.append(f"{name} = {spelt}")
    return f"object({{ {', '.join(attributes)} }})"


class Expressions:
    """Writes expressions of the variables and locals of one module, and of what it calls."""

    def __init__(self, random: Random, known: list[Named], calls: list[Call]) -> None:
        self.random = random
        self.known = known
        self.calls = calls

    def literal(self, type_: Type, converted: bool = True) -> str:
        """A value of the type that names nothing; `converted` says that it need only convert to it."""
        random = self.random
        kind, parts = type_
        if kind == "string":
            return random.choice((*_STRINGS, "5", "true") if converted else _STRINGS)
        if kind == "number":
            return random.choice(("0", "1", "2", "3", "-1", '"2"') if converted else ("0", "1", "2", "3", "-1"))
        if kind == "bool":
            return random.choice(("true", "false", '"true"') if converted else ("true", "false"))
        if kind in ("list", "set"):
            items = ", ".join(self.literal(parts[0].type, converted) for _ in range(random.randint(0, 3)))
            return f"[{items}]" if kind == "list" or converted else f"toset([{items}])"
        if kind == "map":
            keys = random.sample(KEYS, random.randint(0, 3))
            return f"{{ {', '.join(f'{json.dumps(key)} = {self.literal(parts[0].type, converted)}' for key in keys)} }}"
        return self._object(parts, converted, lambda inner: self.literal(inner, converted))

    def _object(self, parts: tuple[Part, ...], converted: bool, value: Callable[[Type], str]) -> str:
        random = self.random
        members = []
        for name, type_, default in parts:
            if default is None or not converted:
                members.append(f"{name} = {value(type_)}")
            elif random.random() < 0.6:
                members.append(f"{name} = {'null' if random.random() < 0.2 else value(type_)}")
        if converted and random.random() < 0.15:
            members.append('more = "left out"')
        return f"{{ {', '.join(members)} }}"

    def expression(self, type_: Type, depth: int = 3, converted: bool = False) -> str:
        """An expression of the type."""
        random = self.random
        found = [one for one in self.known if one.type == type_]
        if found and random.random() < 0.5:
            return self._certain(random.choice(found))
        if depth == 0:
            return self.literal(type_, False)
        if random.random() < 0.12:
            condition, first, second = (self.expression(one, depth - 1) for one in (BOOL, type_, type_))
            return f"({condition} ? {first} : {second})"
        if random.random() < 0.25:
            inside = self._inside(type_)
            if inside is not None:
                return inside
        if random.random() < 0.08:
            (one,) = random.sample([*self.known, Named("path.module", STRING)], 1)
            if type_ == STRING:
                return f"jsonencode({one.spelt})"
        return self._composed(type_, depth - 1, converted)

    def _certain(self, one: Named) -> str:
        if not one.nullable:
            return one.spelt
        return f"({one.spelt} == null ? {self.literal(one.type, False)} : {one.spelt})"

    def _inside(self, type_: Type) -> str | None:
        """Something inside what is known, or what modules and resources give back."""
        random = self.random
        found: list[str] = []
        other = self.literal(type_, False)
        for name, (kind, parts), nullable in self.known:
            if nullable:
                continue
            if kind == "object":
                found += [
                    f"{name}.{part.name}" if part.default != "" else f"try(coalesce({name}.{part.name}), {other})"
                    for part in parts
                    if part.type == type_ and (part.default != "" or not type_[1])
                ]
            elif parts and parts[0].type == type_:
                if kind == "map":
                    found += [f'lookup({name}, "a", {other})', f'try({name}["b"], {other})', f"try({name}.a, {other})"]
                elif kind == "list":
                    found += [f"try({name}[0], {other})", f"element(concat({name}, [{other}]), 0)"]
        for call in self.calls:
            found += self._of_call(call, type_, other)
        return random.choice(found) if found else None

    def _of_call(self, call: Call, type_: Type, other: str) -> list[str]:
        """Expressions of that type over what one call gives back."""
        found: list[str] = []
        spelt = call.address
        for name, inner, nullable in call.outputs:
            if nullable:
                if inner == type_ and not call.repeated:
                    found.append(f"({spelt}.{name} == null ? {other} : {spelt}.{name})")
            elif inner == type_:
                found += self._one(call, name, other)
            elif type_ == listed(inner):
                found += _every(call, name)
            elif type_ == listed(inner, "map") and call.repeated:
                found.append(f'{{ for k, v in {spelt} : "${{k}}" => v.{name} }}')
        if type_ == NUMBER and call.repeated:
            found.append(f"length({spelt})")
        if call.repeated == "for_each":
            found += [f"keys({spelt})", f"[for k, v in {spelt} : k]"] if type_ == STRINGS else []
            found += [f'contains(keys({spelt}), "a")'] if type_ == BOOL else []
        return found

    def _one(self, call: Call, name: str, other: str) -> list[str]:
        """The output of one instance."""
        spelt = call.address
        if not call.repeated:
            return [f"{spelt}.{name}"]
        found = [f"{spelt}[{key}].{name}" for key in call.keys[:2]]
        around = "count.index" if call.repeated == "count" else "each.key"
        if any(one.spelt == around for one in self.known):
            found += [f"try({spelt}[{around}].{name}, {other})"] * 2
        if call.repeated == "count":
            return [*found, f"try({spelt}[0].{name}, {other})", f"element(concat({spelt}[*].{name}, [{other}]), 0)"]
        mapped = f"{{ for k, v in {spelt} : k => v.{name} }}"
        return [*found, f'try({spelt}["a"].{name}, {other})', f'lookup({mapped}, "a", {other})']

    def of_calls(self) -> str:
        """Whatever modules and resources give back, of one shape or another."""
        random = self.random
        call = random.choice(self.calls)
        output = random.choice(call.outputs) if call.outputs else Named("none", STRING)
        spelt, name = call.address, output.spelt
        self.of_calls_type = None
        if not call.outputs:
            self.of_calls_type = BOOL
            return "true"
        ways = [self._inside(type_) for type_ in (output.type, listed(output.type), listed(output.type, "map"))]
        if not call.repeated:
            ways += [
                f"{spelt}.{name}",
                f"[{spelt}.{name}, {spelt}.{name}]",
                f'try({spelt}.{name}, "none")',
            ]
        if call.repeated == "count":
            ways += [
                f"{spelt}[*].{name}",
                f"one(slice(concat({spelt}[*].{name}, [null]), 0, 1))",
                f'try({spelt}[1].{name}, "none")',
                f'{{ for i, one in {spelt} : "k${{i}}" => one.{name} }}',
                f'join(",", [for one in {spelt} : jsonencode(one.{name})])',
                f"concat({spelt}[*].{name}, {spelt}.*.{name})",
            ]
        if call.repeated == "for_each":
            ways += [
                f"{{ for k, v in {spelt} : k => v.{name} }}",
                f"{{ for k, v in {spelt} : k => v.{name}... }}",
                f"values({spelt})[*].{name}",
                f"[for k in sort(keys({spelt})) : {spelt}[k].{name}]",
                f'try({spelt}["b"].{name}, {spelt}["a"].{name}, "none")',
                f'{{ for k in ["a", "b"] : k => try({spelt}[k].{name}, null) }}',
                f"merge({{ z = 1 }}, {{ for k, v in {spelt} : k => v.{name} }})",
                f"length({spelt}) > 0 ? keys({spelt})[0] : null",
            ]
        if spelt.startswith("module."):
            ways += [spelt, f"jsonencode({spelt})", f"length({spelt})"]
            ways += [] if call.repeated else self._of_object(spelt, name)
        self.of_calls_type = ("unspelt", ())
        return random.choice([way for way in ways if way is not None])

    def _of_object(self, spelt: str, name: str) -> list[str]:
        """A module that is called once is an object."""
        return [
            f'{spelt}["{name}"]',
            f'try({spelt}[0].{name}, "none")',
            f'try({spelt}["a"].{name}, "none")',
            f'try({spelt}["nothing"], "none")',
            f"can({spelt}[0])",
            f'can({spelt}["{name}"])',
            f'[for one in ["{name}", "nothing"] : try({spelt}[one], "none")]',
            f"{{ for k, v in {spelt} : k => 1 }}",
            f'lookup({spelt}, "{name}", "none")',
            f"merge({spelt}, {{ z = 1 }})",
            f"keys({spelt})",
            f'contains(keys({spelt}), "{name}")',
            f"[for one in {spelt} : one]",
        ]

    def _composed(self, type_: Type, depth: int, converted: bool) -> str:
        random = self.random
        kind, parts = type_
        if kind == "object":
            return self._object(parts, converted, lambda inner: self.expression(inner, depth, converted))
        if not parts:
            return random.choice({"string": self._string, "number": self._number, "bool": self._bool}[kind](depth))
        inner = parts[0].type
        if kind == "map":
            return random.choice(self._map(type_, inner, depth, converted))
        found = self._list(inner, depth, converted)
        if kind == "list":
            return random.choice(found)
        return random.choice((f"toset({random.choice(found)})", f"setunion(toset([]), {random.choice(found)})"))

    def _string(self, depth: int) -> list[str]:
        def one() -> str:
            return self.expression(STRING, depth)

        return [
            self.literal(STRING, False),
            f'"${{{one()}}}-${{{self.expression(NUMBER, depth)}}}"',
            f'"p-${{{one()}}}"',
            f"upper({one()})",
            f'join("+", {self.expression(STRINGS, depth)})',
            f'format("%s/%s", {one()}, {self.expression(NUMBER, depth)})',
            f'coalesce({one()}, "z")',
            f'lookup({self.expression(listed(STRING, "map"), depth)}, "a", "none")',
            f'replace({one()}, "a", "A")',
        ]

    def _number(self, depth: int) -> list[str]:
        def one() -> str:
            return self.expression(NUMBER, depth)

        return [
            self.literal(NUMBER, False),
            f"{one()} + 1",
            f"length({self.expression(STRINGS, depth)})",
            f"length({self.expression(listed(STRING, 'map'), depth)})",
            f"max({one()}, {one()})",
            f"length({self.expression(STRING, depth)})",
        ]

    def _bool(self, depth: int) -> list[str]:
        return [
            self.literal(BOOL, False),
            f"({self.expression(STRING, depth)} == {self.expression(STRING, depth)})",
            f"({self.expression(NUMBER, depth)} > {self.expression(NUMBER, depth)})",
            f"!{self.expression(BOOL, depth)}",
            f"({self.expression(BOOL, depth)} && {self.expression(BOOL, depth)})",
            f"contains({self.expression(STRINGS, depth)}, {self.expression(STRING, depth)})",
            f"(length({self.expression(STRINGS, depth)}) > 0)",
        ]

    def _list(self, inner: Type, depth: int, converted: bool) -> list[str]:
        list_ = listed(inner)
        bound = self._with(Named("one", inner))
        found = [
            f"[{', '.join(self.expression(inner, depth, converted) for _ in range(self.random.randint(0, 3)))}]",
            f"concat({self.expression(list_, depth)}, {self.expression(list_, depth)})",
            f"[for one in {self.expression(list_, depth)} : {bound.expression(inner, depth)}]",
            f"[for one in {self.expression(list_, depth)} : one if {bound.expression(BOOL, depth)}]",
            f"values({self.expression(listed(inner, 'map'), depth)})",
            f"flatten([{self.expression(list_, depth)}, {self.expression(list_, depth)}])" if not inner[1] else "[]",
        ]
        if inner == STRING:
            strings = self.expression(list_, depth)
            found += [
                f"sort({strings})",
                f"distinct({strings})",
                f"compact({strings})",
                f"keys({self.expression(listed(STRING, 'map'), depth)})",
                f"tolist({self.expression(listed(STRING, 'set'), depth)})",
            ]
        return found

    def _map(self, type_: Type, inner: Type, depth: int, converted: bool) -> list[str]:
        keys = self.random.sample(KEYS, self.random.randint(0, 3))
        value = self._with(Named("k", STRING), Named("v", inner))
        other = self._with(Named("k", STRING))
        members = ", ".join(f"{json.dumps(key)} = {self.expression(inner, depth, converted)}" for key in keys)
        return [
            f"{{ {members} }}",
            f"{{ {members} }}",
            f"{{ for k, v in {self.expression(type_, depth)} : k => {value.expression(inner, depth)} }}",
            f'{{ for k, v in {self.expression(type_, depth)} : "${{k}}!" => v if {value.expression(BOOL, depth)} }}',
            f"{{ for k in toset({self.expression(STRINGS, depth)}) : k => {other.expression(inner, depth)} }}",
            f"merge({self.expression(type_, depth)}, {self.expression(type_, depth)})",
        ]

    def _with(self, *names: Named) -> Expressions:
        """The module as a `for` sees it."""
        taken = {one.spelt for one in names}
        known = [one for one in self.known if one.spelt not in taken]
        return Expressions(self.random, [*known, *names, *names], self.calls)


def _every(call: Call, name: str) -> list[str]:
    """The outputs of all instances."""
    spelt = call.address
    if call.repeated == "count":
        return [f"{spelt}[*].{name}", f"{spelt}.*.{name}", f"[for one in {spelt} : one.{name}]"]
    if call.repeated == "for_each":
        return [f"values({spelt})[*].{name}", f"[for k, v in {spelt} : v.{name}]"]
    return [f"{spelt}[*].{name}"]
