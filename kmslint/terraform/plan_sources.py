"""The sources of a plan, where they lie beside it: where its resources are written, and what Terraform did not tell."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from kmslint.location import Location
from kmslint.syntax.tree import Attribute, Block, Node, Variable
from kmslint.terraform.modules import Modules
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.plan_format import Planned, without_indexes
from kmslint.terraform.plan_places import differs
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.resource_types import OURS
from kmslint.terraform.resources import Instance, Inventory
from kmslint.terraform.root import Root
from kmslint.terraform.sources import Sources
from kmslint.values import Guard, Value

_META = frozenset({"count", "depends_on", "for_each", "provider", "tags"})


class PlanSources:
    """The configuration that a plan was made of, with the values of variables that it was made with."""

    def __init__(self, plan: PlanText, sources: Sources | None) -> None:
        self._modules: dict[str, ModuleNames] = {}
        self._standing: dict[str, Instance] = {}
        self._sources = sources
        if sources is None:
            return
        declared = copy.copy(sources.declared)
        declared.assigned = {**declared.assigned, **dict(plan.variables)}
        names = ModuleNames(declared, Root(sources.library), directory=sources.directory)
        for module in Modules(names).everything():
            self._modules[module.address] = module
            self._modules.setdefault(without_indexes(module.address), module)
        planned = (one for one in plan.resources.values() if not one.module and not one.is_data)
        if not all(resource.local in declared.resources for resource in planned):
            self._modules, self._sources = {}, None  # another configuration

    def standing(self, resource: Planned, block: Block) -> Block:
        """The block of a resource of the plan, with the type and the labels where they are written."""
        found = self._find(resource)
        if found is None:
            return block
        self._standing[resource.address] = found
        written = found.resource.block
        return Block(written.type, written.labels, block.body, written.at)

    def has(self, address: str) -> bool:
        """Whether a resource of the plan stands in the sources."""
        return address in self._standing

    def argument(self, address: str, name: str) -> Value | None:
        """An argument of a resource as it is written; None if it is not."""
        instance = self._standing.get(address)
        return None if instance is None else instance.argument(name)

    @property
    def calls(self) -> tuple[tuple[str, Location], ...]:
        """The calls of modules that are written: the address, and the place."""
        found = {module.address: module.called.block.header for module in self._modules.values() if module.called}
        return tuple(found.items())

    def _find(self, resource: Planned) -> Instance | None:
        module = self._modules.get(resource.module) or self._modules.get(without_indexes(resource.module))
        found = module.declared.resources.get(resource.local) if module is not None else None
        if module is None or not found:
            return None
        instances = module.instances(found[-1])
        one = next((one for one in instances.all if one.address == resource.address), None)
        one = one or (instances.all[0] if instances.all else instances.switched_off())
        return Instance(module, found[-1], one.address, one.scope, one.guards)

    def are_told_by(self, plan: PlanText, inventory: Inventory) -> bool:
        """Whether a plan tells all that the configuration does, and nothing else where that is known.

        What the plan says of variables is not believed here: whoever wrote it could explain everything by them.
        """
        if self._sources is None:
            return False
        names = ModuleNames(self._sources.declared, Root(self._sources.library), directory=self._sources.directory)
        if any(_is_otherwise(name, node, names) for name, node in plan.variables):
            return False
        modules = Modules(names)
        types = {one.type for module in modules for one in module.declared.managed if one.type.startswith(OURS)}
        planned: dict[str, list[Instance]] = {}
        for instance in inventory.of_type(*types):
            planned.setdefault(without_indexes(instance.address), []).append(instance)
        for written in modules.of_type(*types):
            found = planned.get(without_indexes(written.address), [])
            if not found and not written.guards:
                return False
            exact = [one for one in found if one.address == written.address] or found
            if any(_say_otherwise(one, written) for one in exact):
                return False
        return True


def _is_otherwise(name: str, node: Node, names: ModuleNames) -> bool:
    reference = Attribute(Variable("var", node.at), name, node.at)
    return differs(names.evaluate(node), names.evaluate(reference))


def _say_otherwise(planned: Instance, written: Instance) -> bool:
    for argument in written.body.arguments:
        name = argument.name.text
        value = Instance.argument(planned, name)
        if name not in _META and value is not None and differs(value, written.argument(name)):
            return True
    if planned.blocks("constraints") and not written.blocks("constraints"):
        return True
    given = [policy for policy, _ in _inline_policies(planned)]
    return any(
        not guards and all(differs(one, policy) for one in given) for policy, guards in _inline_policies(written)
    )


def _inline_policies(role: Instance) -> Iterator[tuple[Value, tuple[Guard, ...]]]:
    """The policies in the blocks of a role, which a plan gives in an order of its own, and on what they hang."""
    for block in role.blocks("inline_policy"):
        policy = block.body.get("policy")
        if policy is not None:
            yield role.module.evaluate(policy, block.scope), block.way.guards
