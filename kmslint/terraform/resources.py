"""The instances of resources and data sources: their arguments, nested blocks and attributes.

https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from kmslint.location import Location
from kmslint.syntax.tree import Body, Node
from kmslint.terraform import attributes, data_sources
from kmslint.terraform.attributes import Subject
from kmslint.terraform.blocks import Nested, nested
from kmslint.terraform.budget import Budget
from kmslint.terraform.declarations import Resource
from kmslint.terraform.instances import Instances
from kmslint.terraform.policy_document import policy_document
from kmslint.terraform.resource_types import KEY_TYPES
from kmslint.terraform.scope import Scope
from kmslint.values import Guards, Hole, HoleKind, Null, Part, Text, Unknown, Value, contradictory


class AccountsAndRegions(Protocol):
    """Where providers work."""

    def account_scope(self, alias: str) -> str:
        """The scope of the own account under that alias; empty if it is that of the root module's default provider."""
        ...

    def region_scope(self, alias: str) -> str:
        """The scope of the region under that alias: empty for the root module's default provider."""
        ...

    def assumed_role(self, alias: str) -> Text | None:
        """The ARN of the role that it certainly works as under that alias."""
        ...


class Module(Protocol):
    """The module around an instance."""

    @property
    def guards(self) -> Guards:
        """What must hold for the module to be there."""
        ...

    @property
    def providers(self) -> AccountsAndRegions: ...

    @property
    def budget(self) -> Budget: ...

    def named(self, type_: str, name: tuple[Part, ...]) -> list[Subject]:
        """The resources of that type and name: what a data source finds that looks it up."""
        ...

    def rendered(self, resource: Resource, scope: Scope) -> Value | None:
        """The text of a `template_file`; None if it has no template."""
        ...

    def evaluate(self, node: Node, scope: Scope | None = None) -> Value:
        """The value of an expression in the module."""
        ...

    def once(self, at: Location, what: str, label: str, work: Callable[[], Value]) -> Value:
        """The value of what stands at a place, worked out once."""
        ...


class WrittenModule(Module, Protocol):
    """A module whose blocks come to instances."""

    def instances(self, resource: Resource) -> Instances:
        """How often a block is there."""
        ...


class Instance(NamedTuple):
    """One instance of a `resource` or `data` block, or the one that stands for all of them."""

    module: Module
    resource: Resource
    address: str
    """As Terraform prints it: `module.a.aws_kms_key.b["x"]`."""
    scope: Scope
    guards: Guards
    """What must hold for it to be there."""

    @property
    def type(self) -> str:
        return self.resource.type

    @property
    def at(self) -> Location:
        """The type and labels of the block."""
        return self.resource.at

    @property
    def body(self) -> Body:
        return self.resource.block.body

    @property
    def is_written(self) -> bool:
        """Whether its arguments are those that somebody wrote, and not what AWS gave back."""
        return True

    @property
    def is_data(self) -> bool:
        return self.resource.address.startswith("data.")

    def argument(self, name: str) -> Value | None:
        """An argument as it is written; None if it is not."""
        node = self.body.get(name)
        if node is None:
            return None
        label = f"{name} of {self.address}"
        return self.module.once(node.at, self.address, label, lambda: self.evaluate(node))

    def evaluate(self, node: Node) -> Value:
        """An expression of the block."""
        return self.module.evaluate(node, self.scope)

    def blocks(self, kind: str) -> list[Nested]:
        """The nested blocks of that type, dynamic ones included."""
        return list(nested(self.body, kind, self.module.evaluate, self.scope))

    @property
    def subject(self) -> Subject:
        """The instance as its attributes see it."""
        providers = self.module.providers
        return Subject(
            self.address,
            self.type,
            self.argument,
            self.at,
            providers.account_scope(self.resource.provider),
            providers.region_scope(self.resource.provider),
            self.module.named,
        )

    def attribute(self, name: str, at: Location) -> Value:
        """An attribute; a hole that names it where only AWS can tell."""
        label = f"{self.address}.{name}"
        value = self.module.once(self.resource.block.at, label, label, lambda: self._attribute(name))
        # A literal keeps its place, for a policy may be written in it.
        return value._replace(at=at) if isinstance(value, Text) and not value.pieces else value

    def _attribute(self, name: str) -> Value:
        if self.is_data and self.type == "aws_iam_policy_document" and name in ("json", "minified_json"):
            return policy_document(self.resource, self.module.evaluate, self.scope, self.module.budget)
        if self.type == "template_file" and self.is_data and name == "rendered":
            found = self.module.rendered(self.resource, self.scope)
            return found or Unknown(Hole(HoleKind.EXPRESSION, self.address), self.at)
        known = data_sources.known if self.is_data else attributes.computed
        value = known(self.subject, name)
        if value is None:
            value = self.argument(name)
        if value is not None and not isinstance(value, Null):
            return value
        label = f"{self.address}.{name}"
        if self.is_data or ("key" in name and self.type not in KEY_TYPES):
            # Perhaps the id of a key, of this module or another.
            return Unknown(Hole(HoleKind.EXPRESSION, label), self.at)
        return Unknown(Hole(HoleKind.RESOURCE, label, resource=self.address), self.at)


class Inventory(Protocol):
    """The instances of one root module with everything that it calls: as configured, or as planned."""

    def of_type(self, *types: str) -> Iterator[Instance]:
        """The instances of resources that may be there, in order."""
        ...

    def switched_off(self, *types: str) -> Iterator[Instance]:
        """One instance for each resource of which there certainly is none."""
        ...

    def instance(self, address: str) -> Instance | None:
        """The instance that a reference has led to."""
        ...


def of_resource(resource: Resource, module: WrittenModule) -> Iterator[Instance]:
    """The instances of a block that may be there."""
    for one in module.instances(resource).all:
        guards = one.guards | module.guards
        if not contradictory(guards):
            yield Instance(module, resource, one.address, one.scope, guards)


def switched_off(resource: Resource, module: WrittenModule) -> Instance:
    """The instance there would be if `count` or `for_each` did not come to nothing."""
    one = module.instances(resource).switched_off()
    return Instance(module, resource, one.address, one.scope, one.guards)
