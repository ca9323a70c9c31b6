"""`Globals` of a SAM template: what its functions have in common.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.cloudformation.calls import is_null, read_call
from kmslint.cloudformation.macro_nodes import Allowance
from kmslint.cloudformation.template import SERVERLESS, Resource, members
from kmslint.location import Location
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence

_NEVER_GLOBAL = frozenset({"Role", "Policies"})


class Globals:
    """The section, and the properties that resources have with it."""

    def __init__(self, section: Mapping | None, allowance: Allowance, report: Callable[[str, Location], None]) -> None:
        self._allowance = allowance
        self._sections = {name: entry.value for name, entry in members(section)}
        for name, section_entry in members(section):
            of_kind = section_entry.value
            for refused, entry in members(of_kind if isinstance(of_kind, Mapping) else None):
                if refused in _NEVER_GLOBAL and name == "Function":
                    report(f'"{refused}" cannot stand in Globals', entry.key.at)

    def property_of(self, resource: Resource, name: str) -> Node | None:
        """The node of a property of a resource, together with what Globals say of it; None if it is absent."""
        own = resource.property(name)
        section = self._sections.get(resource.type.removeprefix(SERVERLESS))
        general = section.get(name) if isinstance(section, Mapping) and not _ignores(resource, name) else None
        found = general if own is None else own if general is None else self._together(general, own)
        return None if found is None or is_null(found) else found

    def _together(self, general: Node, own: Node) -> Node:
        """Maps are merged and lists joined; of anything else, functions too, the resource's own counts."""
        if read_call(general) is not None or read_call(own) is not None:
            return own
        if isinstance(general, Sequence) and isinstance(own, Sequence):
            affordable = self._allowance.spend(len(general.items) + len(own.items), own.at)
            return own.with_items((*general.items, *own.items)) if affordable else own
        if isinstance(general, Mapping) and isinstance(own, Mapping):
            affordable = self._allowance.spend(len(general.entries) + len(own.entries), own.at)
            return self._one_map(general, own) if affordable else own
        return own

    def _one_map(self, general: Mapping, own: Mapping) -> Mapping:
        of_own = dict(members(own))
        entries: list[Entry] = []
        for entry in general.entries:
            mine = of_own.pop(entry.name.text, None)
            entries.append(entry if mine is None else Entry(mine.key, self._together(entry.value, mine.value)))
        entries += [entry for entry in own.entries if entry.name.text in of_own]
        return own.with_entries(entries)


def _ignores(resource: Resource, name: str) -> bool:
    """Whether `IgnoreGlobals` leaves out what Globals say of a property."""
    ignored = resource.body.get("IgnoreGlobals")
    if isinstance(ignored, Scalar):
        return ignored.text == "*"
    return isinstance(ignored, Sequence) and any(
        isinstance(item, Scalar) and item.text == name for item in ignored.items
    )
