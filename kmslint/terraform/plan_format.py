"""What `terraform show -json` prints, as far as it matters here: planned resources and the configuration's references.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kmslint.location import Location
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from kmslint.terraform.consumer_types import IN_PLANS
from kmslint.terraform.resource_types import OURS
from kmslint.values import Json

INDEX = r'\["(?:[^"\\]|\\.)*"\]|\[[0-9]+\]'
"""The pattern of what an instance of a resource or module has behind its name."""

_INDEX = re.compile(INDEX)
_MODULES = re.compile(rf"(?:module\.[\w-]+(?:{INDEX})?\.)*")
_WANTED = frozenset({"aws_caller_identity", "aws_partition", "aws_region"})
_GONE = frozenset({"delete", "forget"})


class Planned(NamedTuple):
    """One instance of a resource or data source, as it will be once the plan is applied."""

    address: str
    module: str
    """The address of its module; empty for the root module."""
    is_data: bool
    type: str
    name: str
    instance: str
    """`["x"]`, `[0]`, or nothing: as it stands at the end of the address."""
    values: Mapping
    unknown: Json
    """True in the places of values that Terraform does not know yet."""
    sensitive: Json
    """True in the places of values that nobody should see."""
    at: Location
    """The address as it stands in the plan."""

    @property
    def local(self) -> str:
        """The address within the module, without index: `data.aws_region.here`."""
        return f"{'data.' if self.is_data else ''}{self.type}.{self.name}"


class Configured(NamedTuple):
    """A block of the configuration."""

    expressions: Json
    for_each: Json
    provider: str
    """`aws`, `aws.west`, `module.a:aws.west`."""


class ConfiguredModule(NamedTuple):
    """A module of the configuration, whatever the number of its instances."""

    resources: dict[str, Configured]
    calls: dict[str, Json]
    """The arguments of its calls, by their names."""
    outputs: dict[str, Json]


class FormatError(Exception):
    """A part of the plan is not of the form that Terraform writes."""


def planned(node: Node) -> Planned | None:
    """A member of `resource_changes`; None for one that the plan takes away. Raises FormatError."""
    change = _mapping(node, "change")
    actions = plain(change.get("actions"))
    if not isinstance(actions, list) or not actions or not all(isinstance(action, str) for action in actions):
        raise FormatError("a change without actions")
    if all(action in _GONE for action in actions):
        return None
    found = _resource(node, _mapping(change, "after"))
    unknown, sensitive = plain(change.get("after_unknown")), plain(change.get("after_sensitive"))
    return found._replace(unknown=unknown, sensitive=sensitive)


def existing(node: Node) -> Planned:
    """A member of `resources` in the values of a state. Raises FormatError."""
    found = _resource(node, _mapping(node, "values"))
    return found._replace(sensitive=plain(node.get("sensitive_values") if isinstance(node, Mapping) else None))


def _resource(node: Node, values: Mapping) -> Planned:
    address = node.get("address") if isinstance(node, Mapping) else None
    type_, name, mode = (_text(node, member) for member in ("type", "name", "mode"))
    if not isinstance(address, Scalar) or not type_ or not name or mode not in ("managed", "data"):
        raise FormatError("a resource without address, type, name or mode")
    modules = _MODULES.match(address.text)
    assert modules
    block = f"{modules[0]}{'data.' if mode == 'data' else ''}{type_}.{name}"
    index = address.text.removeprefix(block)
    if not address.text.startswith(block) or (index and not _INDEX.fullmatch(index)):
        raise FormatError("a resource whose address is not that of its type and name")
    module = modules[0].removesuffix(".")
    return Planned(address.text, module, mode == "data", type_, name, index, values, None, None, address.at)


def without_indexes(address: str) -> str:
    """`module.a.aws_kms_key.b` for `module.a["x"].aws_kms_key.b[0]`."""
    return _INDEX.sub("", address)


def matters(data: Json) -> bool:
    """Whether a resource is of a type that has to do with keys or permissions, or may use a key."""
    type_ = data.get("type") if isinstance(data, dict) else None
    return isinstance(type_, str) and (type_ in _WANTED or type_ in IN_PLANS or type_.startswith(OURS))


def configured_module(data: Json) -> ConfiguredModule:
    """The blocks of a module in `configuration`, without those of the modules it calls."""
    module = data if isinstance(data, dict) else {}
    resources = {}
    for one in _list(module.get("resources")):
        address, key = one.get("address"), one.get("provider_config_key")
        if isinstance(address, str) and matters(one):
            for_each, provider = one.get("for_each_expression"), key if isinstance(key, str) else ""
            resources[address] = Configured(one.get("expressions", {}), for_each, provider)
    calls = {name: member(call, "expressions") for name, call in _members(module.get("module_calls"))}
    outputs = {name: member(output, "expression") for name, output in _members(module.get("outputs"))}
    return ConfiguredModule(resources, calls, outputs)


def called_modules(data: Json) -> Iterator[tuple[str, Json]]:
    """The names and the content of the modules that a module of the configuration calls."""
    for name, call in _members(member(data, "module_calls")):
        yield name, member(call, "module")


def member(data: Json, name: str) -> Json:
    """A member of an object; None if it is none or has none of that name."""
    return data.get(name) if isinstance(data, dict) else None


def references(expression: Json) -> list[str]:
    """What an expression refers to: each reference before the resource that it belongs to."""
    found = member(expression, "references")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def plain(node: Node | None) -> Json:
    """A located tree as data; numbers are left out."""
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries if isinstance(entry.key, Scalar)}
    if isinstance(node, Scalar):
        words = {"true": True, "false": False, "null": None}
        return node.text if node.style is Style.QUOTED else words.get(node.text)
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return None


def _mapping(node: Node | None, name: str) -> Mapping:
    found = node.get(name) if isinstance(node, Mapping) else None
    if not isinstance(found, Mapping):
        raise FormatError(f"a resource whose {name} is no object")
    return found


def _text(node: Node, name: str) -> str:
    found = node.get(name) if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) and found.style is Style.QUOTED else ""


def _list(data: Json) -> Iterator[dict[str, Json]]:
    for one in data if isinstance(data, list) else ():
        if isinstance(one, dict):
            yield one


def _members(data: Json) -> Iterator[tuple[str, Json]]:
    yield from data.items() if isinstance(data, dict) else ()
