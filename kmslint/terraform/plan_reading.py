"""Goes through a plan, or a state, and takes out of it what concerns keys and permissions."""

from __future__ import annotations

import re
from collections.abc import Callable

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Location, Source
from kmslint.syntax.json_parts import JsonParts
from kmslint.syntax.tree import Node
from kmslint.terraform.plan_format import (
    Configured,
    ConfiguredModule,
    FormatError,
    Planned,
    called_modules,
    configured_module,
    existing,
    matters,
    member,
    planned,
    without_indexes,
)
from kmslint.values import Json

_VERSION = re.compile(r"[01]\.[0-9]+\Z")


class PlanText:
    """What a plan says."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.resources: dict[str, Planned] = {}
        """The resources, and the data sources that are read with them or were read before, by address."""
        self.variables: list[tuple[str, Node]] = []
        """The values of the root module's variables, but for the sensitive ones."""
        self.providers: Json = None
        self.problems: list[Problem] = []
        self._modules: dict[str, ConfiguredModule] = {}
        self._hidden_variables: frozenset[str] = frozenset()
        self._planned: list[Planned] = []
        self._members: dict[str, Callable[[JsonParts], None]] = {
            "complete": self._complete,
            "configuration": self._configuration,
            "deferred_changes": self._pass_over,
            "errored": self._errored,
            "format_version": self._version,
            "planned_values": self._planned_values,
            "prior_state": self._prior_state,
            "resource_changes": self._changes,
            "resource_drift": self._pass_over,
            "values": self._values,
            "variables": self._variables,
        }
        self._read()

    def module(self, address: str) -> ConfiguredModule | None:
        """The configuration of a module."""
        return self._modules.get(without_indexes(address))

    def configured(self, resource: Planned) -> Configured | None:
        """The block that a resource is configured by; None if the plan does not show it."""
        module = self.module(resource.module)
        return None if module is None else module.resources.get(resource.local)

    def _read(self) -> None:
        try:
            self._read_members(JsonParts(self.source))
        except InputError as error:
            self.problems.append(error.problem)
        hidden = self._hidden_variables
        self.variables = [(name, node) for name, node in self.variables if name not in hidden]

    def _read_members(self, parts: JsonParts) -> None:
        if not self._is(parts, "{", "a plan that is no object"):
            return
        for name in parts.members():
            read = self._members.get(name)
            if read is not None:
                read(parts)
        parts.end()
        missing = next((one for one in self._planned if one.address not in self.resources), None)
        if missing is not None:
            self._problem(f"{missing.address} is planned, and resource_changes does not tell of it", missing.at)

    def _changes(self, parts: JsonParts) -> None:
        self._each(parts, planned)

    def _values(self, parts: JsonParts) -> None:
        """Those of a state."""
        self._existing(parts, lambda one: one)

    def _planned_values(self, parts: JsonParts) -> None:
        """They say less than the changes: only whether one is missing."""
        self._existing(parts, self._planned.append)

    def _prior_state(self, parts: JsonParts) -> None:
        """What was there before, of which only the data sources that are read already are there now."""
        for name in parts.members():
            if name == "values":
                self._existing(parts, lambda one: one if one.is_data else None)

    def _version(self, parts: JsonParts) -> None:
        at, version = parts.here(), parts.data()
        if not isinstance(version, str) or not _VERSION.match(version):
            self._problem("a format of plans that is not known", at)

    def _errored(self, parts: JsonParts) -> None:
        at = parts.here()
        if parts.data() is True:
            self._problem("the plan is not whole: Terraform stopped with an error", at)

    def _complete(self, parts: JsonParts) -> None:
        at = parts.here()
        if parts.data() is False:
            self._problem("the plan is not whole: Terraform put changes off", at)

    def _pass_over(self, parts: JsonParts) -> None:
        """One element after the other: as a whole they may take much space."""
        for _ in parts.elements():
            pass

    def _each(self, parts: JsonParts, read: Callable[[Node], Planned | None]) -> None:
        """Reads the resources of an array that matter."""
        if not self._is(parts, "[", "resources that are no array"):
            return
        for _ in parts.elements():
            start, at = parts.position, parts.here()
            data = parts.data()
            if not isinstance(member(data, "type"), str):
                self._problem("a resource without a type", at)
            if not matters(data):
                continue
            parts.position = start
            try:
                found = read(parts.node())
            except FormatError as wrong:
                self._problem(str(wrong), at)
                continue
            if found is not None:
                self.resources.setdefault(found.address, found)

    def _existing(self, parts: JsonParts, wanted: Callable[[Planned], Planned | None]) -> None:
        for name in parts.members():
            if name == "root_module":
                self._existing_module(parts, lambda node: wanted(existing(node)), 0)

    def _existing_module(self, parts: JsonParts, read: Callable[[Node], Planned | None], depth: int) -> None:
        """The resources of a module and of those below it."""
        if depth > limits.MODULE_DEPTH:
            reason = f"modules nested deeper than {limits.MODULE_DEPTH}"
            self._problem(limits.named(reason, "module-depth"), parts.here())
            return
        for name in parts.members():
            if name == "resources":
                self._each(parts, read)
            elif name == "child_modules":
                for _ in parts.elements():
                    self._existing_module(parts, read, depth + 1)

    def _configuration(self, parts: JsonParts) -> None:
        if not self._is(parts, "{", "a configuration that is no object"):
            return
        for name in parts.members():
            if name == "provider_config":
                self.providers = parts.data()
            elif name == "root_module":
                self._add_module("", parts.data(), 0)

    def _add_module(self, path: str, data: Json, depth: int) -> None:
        self._modules[path] = configured_module(data)
        if not path:
            declared = member(data, "variables")
            names = declared if isinstance(declared, dict) else {}
            self._hidden_variables = frozenset(name for name, one in names.items() if member(one, "sensitive"))
        if depth < limits.MODULE_DEPTH:
            for name, module in called_modules(data):
                self._add_module(f"{path}.module.{name}" if path else f"module.{name}", module, depth + 1)

    def _variables(self, parts: JsonParts) -> None:
        for name in parts.members():
            for inner in parts.members():
                if inner == "value":
                    self.variables.append((name, parts.node()))

    def _is(self, parts: JsonParts, opening: str, reason: str) -> bool:
        if self.source.text.startswith(opening, parts.position):
            return True
        self._problem(reason, parts.here())
        return False

    def _problem(self, reason: str, at: Location) -> None:
        self.problems.append(Problem(self.source.path, reason, at))
