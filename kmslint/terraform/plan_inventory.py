"""The resources of a plan, as the readers of keys, policies and identities see resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kmslint import limits
from kmslint.location import Location
from kmslint.syntax.tree import Attribute, Block, Mapping, Node, Scalar, Sequence, Style, Variable
from kmslint.terraform.attributes import Subject
from kmslint.terraform.declarations import Resource
from kmslint.terraform.kinds import Untyped
from kmslint.terraform.plan_blocks import SENSITIVE, PlannedBlock
from kmslint.terraform.plan_format import Planned
from kmslint.terraform.plan_places import at, fitted, placed
from kmslint.terraform.plan_providers import PlanProviders
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.plan_references import POLICIES, References
from kmslint.terraform.plan_sources import PlanSources
from kmslint.terraform.resource_types import KEY_TYPES
from kmslint.terraform.resources import Instance
from kmslint.terraform.root import Root
from kmslint.terraform.scope import Scope
from kmslint.values import ALWAYS, Field, Fields, Hole, HoleKind, Items, Null, Part, Text, Unknown, Value, text, unknown

_CHARACTERS_PER_STEP = 4
_KEY_IDS = frozenset({"key_id", "target_key_id"})


class PlannedInstance(Instance):
    """An instance of which Terraform has worked out what it could; the sources tell where, and what else."""

    __slots__ = ()

    @property
    def is_written(self) -> bool:
        return False

    def argument(self, name: str) -> Value | None:
        value = super().argument(name)
        plan = self.module
        if value is None or not isinstance(plan, PlanInventory):
            return value
        node = self.body.get(name)
        if isinstance(node, Variable) and node.name.endswith(SENSITIVE):
            return value
        if isinstance(node, (Attribute, Variable)):
            written = plan.sources.argument(self.address, name)
            is_better = name in POLICIES or isinstance(value, Unknown)
            if written is None:
                return value
            return written if is_better and not isinstance(written, Unknown) else at(value, written.at)
        if name in _KEY_IDS and self.type not in KEY_TYPES:
            value = plan.of_key(value, self.resource.provider)
        if not plan.sources.has(self.address):
            return value
        written = plan.sources.argument(self.address, name)
        if name in POLICIES:
            return placed(value, written, self.at)
        found = None if written is None else fitted(value, written)
        return at(value, self.at if written is None else written.at) if found is None else found

    def attribute(self, name: str, at: Location) -> Value:
        known = super().argument(name)
        if known is not None and not isinstance(known, (Null, Unknown)):
            return known
        return super().attribute(name, at)


class PlanInventory:
    """All instances of a plan. It is the module of each of them, too: nothing in a plan has to be looked up in one."""

    guards = ALWAYS

    def __init__(self, plan: PlanText, sources: PlanSources) -> None:
        self.sources = sources
        self.providers = PlanProviders(plan)
        self.root = Root()
        self.budget = self.root.budget
        self.budget.left = limits.STEPS + len(plan.source.text) // _CHARACTERS_PER_STEP
        references = References(plan)
        self._instances: dict[str, PlannedInstance] = {}
        self._key_ids: dict[tuple[str, str], str] = {}
        for resource in plan.resources.values():
            block = PlannedBlock(resource, plan.configured(resource), references).block()
            self._add(resource, sources.standing(resource, block), self.providers.alias(plan, resource))

    def of_type(self, *types: str) -> Iterator[Instance]:
        """The instances of those types that there will be."""
        return (one for one in self._instances.values() if one.type in types and not one.is_data)

    def switched_off(self, *_types: str) -> Iterator[Instance]:
        """None: a plan does not tell of what is not there."""
        return iter(())

    def instance(self, address: str) -> Instance | None:
        return self._instances.get(address)

    def evaluate(self, node: Node, scope: Scope | None = None) -> Value:  # noqa: ARG002 - nothing is bound in a plan
        """The value of a node of the plan; of an attribute that is not known, what is known of the resource."""
        if isinstance(node, Scalar):
            return _scalar(node)
        if isinstance(node, Mapping):
            fields = ((entry.key, entry.value) for entry in node.entries)
            named = (
                Field(text(key.text, key.at), self.evaluate(one)) for key, one in fields if isinstance(key, Scalar)
            )
            return Fields(tuple(named), node.at)
        if isinstance(node, Sequence):
            return Items(tuple(self.evaluate(item) for item in node.items), node.at)
        if isinstance(node, Attribute) and isinstance(node.of, Variable):
            return self._instances[node.of.name].attribute(node.name, node.at)
        return unknown(node.name if isinstance(node, Variable) else "known after apply", node.at)

    def named(self, type_: str, name: tuple[Part, ...]) -> list[Subject]:  # noqa: ARG002 - a plan has looked it up
        """None: what a data source has found, the plan tells."""
        return []

    def rendered(self, resource: Resource, scope: Scope) -> Value | None:
        """None: the text of a template, too."""

    def once(self, at: Location, what: str, label: str, work: Callable[[], Value]) -> Value:
        # What is not known yet stands nowhere: only the label tells one argument from another.
        return self.root.once((label, at, what), label, work)

    def of_key(self, value: Value, provider: str) -> Value:
        """The id of a key; of a key in the plan as what it is, whether it is known or not."""
        literal = value.literal if isinstance(value, Text) else None
        address = None if literal is None else self._key_ids.get((provider, literal))
        if address is None:
            return value
        return Text((Hole(HoleKind.RESOURCE, f"{address}.key_id", resource=address),), value.at)

    def _add(self, resource: Planned, block: Block, provider: str) -> None:
        declared = Resource(resource.local, resource.type, resource.name, block, provider)
        self._instances[resource.address] = PlannedInstance(self, declared, resource.address, Scope(), ALWAYS)
        if resource.type in KEY_TYPES and not resource.is_data:
            for name in ("arn", "id", "key_id"):
                node = resource.values.get(name)
                if isinstance(node, Scalar) and node.style is Style.QUOTED:
                    self._key_ids[provider, node.text] = resource.address


def _scalar(node: Scalar) -> Value:
    if node.style is Style.PLAIN:
        return Untyped(node.at) if node.text == "null" else text(node.text, node.at, typed=True)
    return Text((node.text,) if node.text else (), node.at, False, (node.excerpt,))
