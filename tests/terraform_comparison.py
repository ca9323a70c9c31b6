"""What kmslint makes of an expression, held against what Terraform makes of it for every value of what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import terraform_types
from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl
from kmslint.syntax.tree import HclFile
from kmslint.terraform.declarations import declarations
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.scope import Scope
from kmslint.terraform.sets import set_of
from kmslint.terraform.shapes import Each, Failure, SetItems
from kmslint.values import Choice, Encoded, Fields, Hole, Items, Text, Unknown, Value
from terraform_generator import AROUND, VARIABLES, Generator
from terraform_matching import fits, read
from terraform_oracle import Answer, answers

UNSET: Final = {
    "unset": "any",
    "unset_text": "string",
    "unset_number": "number",
    "unset_name": "string",
    "unset_flag": "bool",
    "unset_list": "list(string)",
    "unset_map": "map(string)",
}
"""Variables without a value, and their types. `unset_name` is no name of a member that is written."""

ASSIGNMENTS: Final = (
    ('"x"', '"vault"', "0", '"n"', "true", '["a"]', '{ a = "1" }'),
    ('["b", "a"]', '""', "3", '"x y"', "false", "[]", "{}"),
    ('{ a = 1, b = "x" }', '"a,b"', "-1", '""', "true", '["b", "a", "b"]', '{ name = "n", b = "2" }'),
    ("null", "null", "null", "null", "null", "null", "null"),
    ("2.5", '"true"', "1", '"Z"', "false", '["", "x"]', '{ b = "" }'),
    ("[]", '"b"', "2", '"é"', "true", '["2", "10"]', "{}"),
    ('[{ name = "ann", tags = ["p"] }, { name = "bob", tags = [] }]', '"0"', "1.5", '"0"', "false", '["x"]', "null"),
    ("{}", '" arn:aws:iam::111122223333:root"', "10", '"q-r"', "true", "[null]", '{ a = null, "d e" = "a" }'),
    ("true", '"A-b c"', "1", '"true"', "true", '["a", "b", "c"]', '{ a = "b", b = "a" }'),
)
"""Values for them, in that order, of which kmslint knows nothing."""

_OPEN: Final = {
    "string": (
        *["var.unset_text"] * 4,
        '(var.unset_flag ? "a" : "b")',
        '(var.unset_text == "b" ? "b" : "")',
        "var.unset_list[0]",
    ),
    "number": ("var.unset_number", "var.unset_number", "(var.unset_flag ? 1 : 2)", "length(var.unset_list)"),
    "bool": (*["var.unset_flag"] * 4, 'var.unset_text == "b"', 'contains(var.unset_list, "a")'),
    "list": (
        *["var.unset_list"] * 4,
        '[(var.unset_flag ? "a" : "b"), "b"]',
        '(var.unset_flag ? ["b", "a"] : ["c"])',
        '[for v in ["b", "a"] : v if v != var.unset_text]',
        "[for v in var.unset_list : upper(v)]",
        '(var.unset_flag ? var.unset_list : ["a"])',
        'compact([var.unset_text, "b"])',
    ),
    "set": ('toset(["b", (var.unset_flag ? "a" : "c")])', "toset(var.unset_list)"),
    "map": (
        *["var.unset_map"] * 3,
        '(var.unset_flag ? { a = "1" } : {})',
        '{ for v in ["b", "a"] : v => upper(v) if v == var.unset_text }',
        '{ for k, v in var.unset_map : k => "${v}!" }',
    ),
    "object": (
        "{ a = 0, (var.unset_name) = 1 }",
        '{ (var.unset_name) = "x", b = "y" }',
        '{ a = var.unset_text, b = (var.unset_flag ? ["x"] : []) }',
        'merge({ a = "0" }, var.unset_map)',
    ),
}
"""Expressions of which something is not known, by their type."""

_TRUTHS: Final = ("true", "false")
NOTHING_DECIDED: Final[Mapping[str, bool]] = {}
_NUMBER_OF_CONDITIONS = 8
"""If a value hangs on more, they are not decided together."""


class Outcome(Enum):
    """What came of one comparison."""

    EQUAL = "equal, all of it known"
    FITS = "partly known, and fits"
    UNKNOWN = "not known to kmslint"
    REFUSED = "refused by both"
    REFUSED_INSIDE = "refused by Terraform; kmslint refuses a part of it"
    REFUSED_UNKNOWN = "refused by Terraform; not known to kmslint"
    REFUSED_VALUE = "refused by Terraform; kmslint has a value"
    NO_ANSWER = "not known to Terraform"
    WRONG = "WRONG"


class Evaluated(NamedTuple):
    """What kmslint makes of an expression."""

    value: Value
    refused: bool
    """Some part of the expression is refused."""


def generator(seed: int, unset: bool) -> Generator:
    """Random expressions; with variables that have no value or without such."""
    if not unset:
        return Generator(seed)
    return Generator(seed, {kind: (*names, *_OPEN[kind]) for kind, names in VARIABLES.items()}, "var.unset")


def declared(values: Sequence[str] | None = None) -> str:
    """The module around expressions with variables that have no value, or have these."""
    written = [AROUND]
    for index, (name, type_) in enumerate(UNSET.items()):
        default = "" if values is None else f"  default = {values[index]}\n"
        written.append(f'variable "{name}" {{\n  type = {type_}\n{default}}}\n')
    return "".join(written)


def evaluated(expressions: Sequence[str], around: str) -> list[Evaluated]:
    """What kmslint makes of each, every one with a budget of its own."""
    parsed = _read("around.tf", around)
    return [_evaluated(expression, parsed) for expression in expressions]


def _read(path: str, text: str) -> HclFile:
    file = read_hcl(Source(path, text))
    assert file.problems == (), (file.problems, text)
    return file


def _evaluated(expression: str, around: HclFile) -> Evaluated:
    names = ModuleNames(declarations([_read("it.tf", f"locals {{\n  it = {expression}\n}}\n"), around]))
    methods = names.evaluator._methods
    refused: list[Value] = []
    for kind, method in list(methods.items()):

        def watched(node: object, scope: Scope, method=method) -> Value:  # type: ignore[no-untyped-def]
            value: Value = method(node, scope)
            if isinstance(value, Failure):
                refused.append(value)
            return value

        methods[kind] = watched
    value = names.evaluate(names.declared.locals["it"][0].value, Scope())
    return Evaluated(value, bool(refused))


def asked(expressions: Sequence[str], directory: Path, unset: bool) -> list[tuple[Answer, ...]]:
    """What Terraform makes of each: once, or once for every assignment."""
    arounds = [declared(values) for values in ASSIGNMENTS] if unset else [AROUND]
    return list(zip(*(answers(expressions, directory, around) for around in arounds), strict=True))


def decided_conditions(values: Sequence[Evaluated], directory: Path) -> list[dict[str, bool]]:
    """For each assignment how the conditions come out that values hang on: as Terraform evaluates them."""
    conditions = list(dict.fromkeys(one for value in values for one in _conditions(value.value) if _is_asked(one)))
    found: list[dict[str, bool]] = []
    for assignment in ASSIGNMENTS:
        theirs = answers(conditions, directory, declared(assignment))
        found.append(
            {
                one: answer.json == "true"
                for one, answer in zip(conditions, theirs, strict=True)
                if answer.json in _TRUTHS
            }
        )
    return found


def _is_asked(condition: str) -> bool:
    """Whether Terraform can read the condition: it names no round of a loop and is not cut off."""
    return not re.search(r" \([^()]*(?:=|element)[^()]*\)$|…|\[\*\]|key of|index of", condition)


def outcome(
    ours: Evaluated, theirs: Sequence[Answer], decided: Sequence[Mapping[str, bool]] = (NOTHING_DECIDED,) * 9
) -> Outcome:
    """What comes of comparing them: a wrong value counts for more than anything else."""
    value = ours.value
    known = [(assignment, one.json) for assignment, one in enumerate(theirs) if one.json is not None]
    if not known:
        if any(one.unknown for one in theirs):
            return Outcome.NO_ANSWER
        if isinstance(value, Failure):
            return Outcome.REFUSED
        if isinstance(value, Unknown):
            return Outcome.REFUSED_UNKNOWN
        return Outcome.REFUSED_INSIDE if ours.refused else Outcome.REFUSED_VALUE
    for assignment, json in known:
        values = dict(zip((f"var.{name}" for name in UNSET), ASSIGNMENTS[assignment], strict=True))
        if not _fits_in_some_world(value, json, values, decided[assignment]):
            return Outcome.WRONG
    if isinstance(value, Unknown):
        return Outcome.UNKNOWN
    return Outcome.FITS if any(True for _ in holes(value)) else Outcome.EQUAL


def _fits_in_some_world(value: Value, json: str, values: Mapping[str, str], decided: Mapping[str, bool]) -> bool:
    """Whether the value fits, with every condition that it hangs on decided one way throughout."""
    data = read(json)
    value = _in_world(value, decided, values)
    conditions = list(dict.fromkeys(_conditions(value)))
    if len(conditions) > _NUMBER_OF_CONDITIONS:
        return fits(value, data)
    for ways in product((True, False), repeat=len(conditions)):
        if fits(_in_world(value, dict(zip(conditions, ways, strict=True)), values), data):
            return True
    return False


def _conditions(value: Value) -> Iterator[str]:
    if isinstance(value, Choice) and not isinstance(value, Each):
        yield value.condition
    for inner in _inside(value):
        yield from _conditions(inner)


def _inside(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Choice):
        return value.when_true, value.when_false
    if isinstance(value, Encoded):
        return (value.value,)
    if isinstance(value, Items):
        return value.items
    return (*(field.value for field in value.fields), *value.spread) if isinstance(value, Fields) else ()


def _in_world(value: Value, world: Mapping[str, bool], values: Mapping[str, str]) -> Value:
    """The value with its conditions decided, and the texts of variables filled in."""
    if isinstance(value, Choice):
        if not isinstance(value, Each) and value.condition in world:
            return _in_world(value.when_true if world[value.condition] else value.when_false, world, values)
        first, second = (_in_world(way, world, values) for way in (value.when_true, value.when_false))
        return value._replace(when_true=first, when_false=second)
    if isinstance(value, Encoded):
        return value._replace(value=_in_world(value.value, world, values))
    if isinstance(value, Items):
        changed = value._replace(items=tuple(_in_world(item, world, values) for item in value.items))
        return set_of(changed) if isinstance(value, SetItems) else changed
    if isinstance(value, Fields):
        fields = (
            field._replace(name=_filled(field.name, values), value=_in_world(field.value, world, values))
            for field in value.fields
        )
        return type(value)(tuple(fields), value.at, value.spread)
    return _filled(value, values) if isinstance(value, Text) else value


def _filled(value: Text, values: Mapping[str, str]) -> Text:
    """The text with the values of variables in it, where they are texts."""
    parts: list[str | Hole] = []
    for part in value.parts:
        given = values.get(part.label, "") if isinstance(part, Hole) else ""
        filled = read(given) if re.fullmatch(r'".*"', given) else part
        if isinstance(filled, str) and parts and isinstance(parts[-1], str):
            parts[-1] += filled
        else:
            parts.append(filled)
    return value._replace(parts=tuple(part for part in parts if part != ""))


def holes(value: Value) -> Iterator[Hole]:
    """What is not known of a value."""
    if isinstance(value, Unknown):
        yield value.hole
    elif isinstance(value, Text):
        yield from value.holes
    elif isinstance(value, Fields):
        for field in value.fields:
            yield from field.name.holes
    for inner in _inside(value):
        yield from holes(inner)


def cause(value: Unknown) -> str:
    """Why a value is not known: the function it comes from, or what else."""
    label = value.hole.label
    called = re.match(r"(?:core::)?([a-z0-9_]+)\(", label)
    if called is not None:
        return f"{called[1]}()"
    if re.match(r"var\.\w+$", label):
        return "a variable"
    return "conditional" if "?" in label else "other"


def outcome_of_variable(variable: tuple[str, str], answer: Answer) -> Outcome:
    """What comes of comparing a variable, given its type and its default."""
    (ours,) = evaluated(["var.v0"], terraform_types.declared([variable]))
    return outcome(ours._replace(refused=True), [answer])
