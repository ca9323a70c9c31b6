"""A template in every form that people keep it in: read once as plain data, and written again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style

Data = str | bool | list["Data"] | dict[str, "Data"]

POLICIES = ("KeyPolicy", "PolicyDocument", "AssumeRolePolicyDocument")


def data(node: Node) -> Data:
    """The plain data of a located tree, functions in their long form."""
    argument = _without_tag(node)
    if isinstance(node, (Scalar, Sequence, Mapping)) and node.tag:
        name = node.tag[1:]
        if name == "GetAtt" and isinstance(argument, str):
            argument = list(argument.split(".", 1))
        return {name if name == "Ref" else f"Fn::{name}": argument}
    return argument


def _without_tag(node: Node) -> Data:
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    if isinstance(node, Mapping):
        return {str(cast(Scalar, entry.key).text): data(entry.value) for entry in node.entries}
    assert isinstance(node, Scalar)
    return node.text == "true" if node.style is Style.PLAIN and node.text in ("true", "false") else node.text


def changed(value: Data, change: Callable[[str, Data], Data]) -> Data:
    """The data with the value of each member changed, the inner ones first."""
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    if isinstance(value, dict):
        return {name: change(name, changed(member, change)) for name, member in value.items()}
    return value


def with_policies_as_texts(value: Data, indent: int | None) -> Data:
    """Policies as JSON texts, functions in them as variables of `Fn::Sub`."""

    def variables(inner: Data) -> Data:
        if isinstance(inner, list):
            return [variables(item) for item in inner]
        if not isinstance(inner, dict):
            return inner
        if "Fn::Sub" in inner:
            return inner["Fn::Sub"]
        if "Ref" in inner:
            return f"${{{inner['Ref']}}}"
        if "Fn::GetAtt" in inner:
            return f"${{{'.'.join(cast(list[str], inner['Fn::GetAtt']))}}}"
        return {name: variables(member) for name, member in inner.items()}

    def change(name: str, member: Data) -> Data:
        return {"Fn::Sub": json.dumps(variables(member), indent=indent)} if name in POLICIES else member

    return changed(value, change)


def with_single_elements(value: Data) -> Data:
    """Lists of one statement, action or principal as that one."""
    names = ("Statement", "Action", "Resource", "AWS", "Service")

    def change(name: str, member: Data) -> Data:
        return member[0] if name in names and isinstance(member, list) and len(member) == 1 else member

    return changed(value, change)


def with_lists(value: Data) -> Data:
    """One statement, action or principal as a list of it."""
    names = ("Statement", "Action", "Resource", "AWS", "Service")

    def change(name: str, member: Data) -> Data:
        return [member] if name in names and not isinstance(member, list) else member

    return changed(value, change)


class Spelling(NamedTuple):
    """How YAML is written."""

    key: Callable[[str], str] = json.dumps
    scalar: Callable[[str], str] = json.dumps
    boolean: Callable[[bool], str] = lambda value: "true" if value else "false"
    short: Callable[[int], bool] = lambda _: False
    """Whether a function that stands so deep has its short form."""
    complex: bool = False
    """Keys are written with a question mark."""


def written(value: Data, spelling: Spelling) -> str:
    """The data as YAML, in block style."""
    return "".join(f"{line}\n" for line in _block(value, spelling, 0))


def _block(value: Data, spelling: Spelling, depth: int) -> Iterator[str]:
    if isinstance(value, list) and value:
        for item in value:
            first, *others = _block(item, spelling, depth + 1)
            yield f"- {first}"
            yield from (f"  {line}" for line in others)
    elif isinstance(value, dict) and value and not _is_short(value, spelling, depth):
        for name, member in value.items():
            first, *others = _block(member, spelling, depth + 1)
            is_inline = not isinstance(member, (list, dict)) or not member or _is_short(member, spelling, depth + 1)
            key = spelling.key(name)
            if spelling.complex:
                yield f"? {key}"
            before = "" if spelling.complex else key
            if is_inline:
                yield f"{before}: {first}"
            else:
                yield f"{before}:"
                yield f"  {first}"
            yield from (f"  {line}" for line in others)
    else:
        yield from _inline(value, spelling).split("\n")


def _is_short(value: Data, spelling: Spelling, depth: int) -> bool:
    return (
        isinstance(value, dict)
        and len(value) == 1
        and next(iter(value)).startswith(("Fn::", "Ref"))
        and spelling.short(depth)
    )


def _inline(value: Data, spelling: Spelling) -> str:
    if isinstance(value, bool):
        return spelling.boolean(value)
    if isinstance(value, str):
        return spelling.scalar(value)
    if isinstance(value, list):
        return f"[{', '.join(_inline(item, spelling) for item in value)}]"
    if not value:
        return "{}"
    ((name, argument),) = value.items()
    if name == "Fn::GetAtt":
        argument = ".".join(cast(list[str], argument))
    return f"!{name.removeprefix('Fn::')} {_inline(argument, spelling)}"


def single_quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def plain(value: str) -> str:
    """Without quotes, where that is possible."""
    return value if re.fullmatch(r"[A-Za-z0-9/.-][A-Za-z0-9/.:$ -]*[A-Za-z0-9/.-]", value) else json.dumps(value)


def folded(value: str) -> str:
    """In lines of one word each."""
    return ">-\n  " + value.replace(" ", "\n  ") if value.strip() == value and value else json.dumps(value)


def literal(value: str) -> str:
    return "|-\n  " + value.replace("\n", "\n  ") if value and not value[0].isspace() else json.dumps(value)
