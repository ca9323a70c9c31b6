"""Terraform modules written in a test, and values in a form that a test can spell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from kmslint.location import Source
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Statement
from kmslint.syntax.hcl import read_hcl
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import DataFile, HclFile
from kmslint.terraform.declarations import declarations
from kmslint.terraform.files import Tree
from kmslint.terraform.module import declared_in, read_declared
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.shapes import Absent, Each, Failure, SetItems
from kmslint.terraform.types import Kind, Type
from kmslint.values import Choice, Encoded, Fields, Items, Null, Text, Unknown, Value


def files_of(texts: dict[str, str]) -> list[HclFile | DataFile]:
    """The files of a module by name, read."""
    return [
        read_json(Source(path, text)) if path.endswith(".json") else read_hcl(Source(path, text))
        for path, text in texts.items()
    ]


def read_module(directory: str, files: Sequence[HclFile | DataFile], tree: Tree | None = None) -> Estate:
    """The estate of a root module that calls no other."""
    return read_declared(directory, declared_in(files), tree=tree)


def module(main: str = "", others: dict[str, str] | None = None) -> Estate:
    """The estate of `main.tf` and other files."""
    return read_module(".", files_of({"main.tf": main, **(others or {})}))


@cache
def _read(path: str, text: str) -> HclFile:
    """A file that stands around many expressions."""
    return read_hcl(Source(path, text))


def value_of(expression: str, around: str = "", path: str = "main.tf") -> Value:
    """What an expression, in a file of its own, comes to in a module of two files."""
    it = read_hcl(Source("it.tf", f"locals {{\n  it = {expression}\n}}\n"))
    names = ModuleNames(declarations([it, _read(path, around)]))
    assert not names.declared.problems
    return names.evaluate(names.declared.locals["it"][0].value)


def reasons(estate: Estate) -> list[str]:
    """The problems of a module, each with its place."""
    return [f"{problem.path}:{problem.line}: {problem.reason}" for problem in estate.problems]


def the_key(estate: Estate) -> Key:
    """The only key of a module that has no problem."""
    assert estate.problems == ()
    assert len(estate.keys) == 1
    return estate.keys[0]


def statements_of(key: Key) -> tuple[Statement, ...]:
    """The statements of an explicit key policy."""
    assert key.policy.document is not None, key.policy
    return key.policy.document.statements


def spelt(value: Value | None) -> str:
    """A value on one line: lists in `[]`, sets in `<>`, choices as conditionals, `...` behind what may be several."""
    if value is None:
        return "nothing"
    if isinstance(value, Text):
        return str(value) if value.typed else f'"{value}"'
    if isinstance(value, Absent):
        return "-"
    if isinstance(value, Null):
        return "null"
    if isinstance(value, Failure):
        return f"refused {value}"
    if isinstance(value, Unknown):
        return f"{value}{'...' if value.spread else ''}"
    if isinstance(value, Encoded):
        return f"json {spelt(value.value)}"
    if isinstance(value, Items):
        inner = ", ".join(map(spelt, value.items))
        return f"<{inner}>" if isinstance(value, SetItems) else f"[{inner}]"
    if isinstance(value, Fields):
        fields = [f"{field.name}: {spelt(field.value)}" for field in value.fields]
        return "{" + ", ".join([*fields, *(f"{spread}..." for spread in value.spread)]) + "}"
    return _choice(value)


def spelt_type(type_: Type) -> str:
    """A type on one line, as Terraform writes it where it is certain: `object({a = string})`."""
    inner = [spelt_type(part) for part in type_.inner]
    if type_.kind is Kind.OBJECT:
        named = (f"{name} = {part}" for name, part in zip(type_.names, inner, strict=True))
        return f"object({{{', '.join(named)}}})"
    if type_.kind is Kind.TUPLE:
        return f"tuple([{', '.join(inner)}])"
    return f"{type_.kind.value}({', '.join(inner)})" if inner else type_.kind.value


def _choice(value: Choice) -> str:
    dots = "..." if isinstance(value, Each) else ""
    return f"({value.condition} ? {spelt(value.when_true)} : {spelt(value.when_false)}){dots}"
