"""Random variables: a type constraint, and a default that mostly fits it."""

from __future__ import annotations

from random import Random
from typing import Any, Final, Union

_SCALARS: Final = {
    "string": ('"a"', '"b"', '""', '"1"', "5", "true", "2.50", '"true"'),
    "number": ("1", "2.50", '"3"', '"0.10"', "-1"),
    "bool": ("true", "false", '"true"', '"false"'),
    "any": ('"a"', "1", "true", "[]", '["x"]', "{}", "{ a = 1 }", '[1, "a"]'),
}
_ATTRIBUTES: Final = ("a", "b", "c")


class Types:
    """Writes types and values for them. The same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def variable(self) -> tuple[str, str]:
        """A type and a default."""
        type_ = self._type(3)
        return _spelt(type_), self._value(type_, 0.97)

    def _type(self, depth: int) -> _Type:
        random = self.random
        kind = random.choice(("list", "set", "map", "tuple", "object", "object", *_SCALARS))
        if depth == 0 or kind in _SCALARS:
            return kind if kind in _SCALARS else random.choice([*_SCALARS])
        if kind == "tuple":
            return kind, [("", self._type(depth - 1), None) for _ in range(random.randint(0, 2))]
        if kind != "object":
            return kind, [("", self._type(depth - 1), None)]
        return kind, [self._attribute(name, depth - 1) for name in _ATTRIBUTES[: random.randint(0, 3)]]

    def _attribute(self, name: str, depth: int) -> _Part:
        type_ = self._type(depth)
        way = self.random.choice(("required", "optional", "default", "default"))
        if way == "default":
            return name, type_, self._value(type_, 1)
        return name, type_, "" if way == "optional" else None

    def _value(self, type_: _Type, fitting: float) -> str:
        """A value of the type; one of another with some probability."""
        random = self.random
        if random.random() < 0.06:
            return "null"
        if random.random() > fitting:
            type_ = self._type(1)
        if isinstance(type_, str):
            return random.choice(_SCALARS[type_])
        kind, parts = type_
        if kind == "tuple":
            return f"[{', '.join(self._value(inner, fitting) for _, inner, _ in parts)}]"
        if kind in ("list", "set"):
            return f"[{', '.join(self._value(parts[0][1], fitting) for _ in range(random.randint(0, 3)))}]"
        if kind == "map":
            names = _ATTRIBUTES[: random.randint(0, 3)]
            return f"{{ {', '.join(f'{name} = {self._value(parts[0][1], fitting)}' for name in names)} }}"
        given = [part for part in parts if part[2] is None or random.random() < 0.5]
        written = [f"{name} = {self._value(inner, fitting)}" for name, inner, _ in given]
        return f"{{ {', '.join([*written, 'z = 1'] if random.random() < 0.2 else written)} }}"


_Part = tuple[str, Any, "str | None"]
"""A name, a type and the default: None where the attribute is required, empty where it is optional without one."""
_Type = Union[str, tuple[str, list[_Part]]]


def _spelt(type_: _Type) -> str:
    if isinstance(type_, str):
        return type_
    kind, parts = type_
    if kind == "tuple":
        return f"tuple([{', '.join(_spelt(inner) for _, inner, _ in parts)}])"
    if kind == "object":
        return f"object({{ {', '.join(_spelt_attribute(part) for part in parts)} }})"
    return f"{kind}({_spelt(parts[0][1])})"


def _spelt_attribute(part: _Part) -> str:
    name, type_, default = part
    if default is None:
        return f"{name} = {_spelt(type_)}"
    return f"{name} = optional({_spelt(type_)}{f', {default}' if default else ''})"


def declared(variables: list[tuple[str, str]]) -> str:
    """A module of such variables: `var.v0`, `var.v1` and so on."""
    blocks = (
        f'variable "v{index}" {{\n  type    = {type_}\n  default = {default}\n}}\n'
        for index, (type_, default) in enumerate(variables)
    )
    return "".join(blocks)
