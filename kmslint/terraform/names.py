"""Where the names of a module lead: variables, locals, resources and data sources, each worked out once.

https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kmslint.location import Location
from kmslint.syntax import tree
from kmslint.terraform import attributes, data_sources
from kmslint.terraform.access import element_of
from kmslint.terraform.attributes import Subject
from kmslint.terraform.blocks import Nested, nested
from kmslint.terraform.budget import Budget
from kmslint.terraform.constraints import converted
from kmslint.terraform.declarations import Declarations, Resource
from kmslint.terraform.expressions import Evaluator, Step
from kmslint.terraform.instances import Instances
from kmslint.terraform.policy_document import policy_document
from kmslint.terraform.providers import Providers
from kmslint.terraform.scope import Scope, failure_for
from kmslint.terraform.shapes import Failure, is_instance
from kmslint.values import Hole, HoleKind, Null, Text, Unknown, Value, unknown

_Key = tuple[Location, str]
"""A place in the source, and which attribute of the block there."""

_NOT_KNOWN = frozenset({"path", "terraform", "each", "count", "self"})


class ModuleNames:
    """The names of one module. What leads in a circle is unknown, and says so."""

    def __init__(self, declared: Declarations) -> None:
        self.declared = declared
        self.budget = Budget()
        self.evaluator = Evaluator(self, self.budget)
        self.providers = Providers(declared.providers, self.evaluator.evaluate)
        self._worked_out: dict[_Key, Value] = {}
        self._open: dict[_Key, str] = {}
        self._instances: dict[Location, Instances] = {}

    def look_up(self, root: tree.Variable, steps: Sequence[Step], scope: Scope) -> tuple[Value, int]:
        """What a reference names, and how many of its steps that took."""
        first = _attribute_name(steps, 0)
        if first is None or root.name in _NOT_KNOWN:
            return unknown(root.name, root.at), 0
        if root.name == "var":
            return self._variable(first, root.at), 1
        if root.name == "local":
            return self._local(first, root.at), 1
        if root.name == "module":
            return unknown(f"module.{first}", root.at), 1
        if root.name != "data":
            return self._resource(f"{root.name}.{first}", steps, 1, scope)
        second = _attribute_name(steps, 1)
        return (
            (unknown("data", root.at), 0)
            if second is None
            else self._resource(f"data.{first}.{second}", steps, 2, scope)
        )

    def attribute(self, instance: Hole, name: str, at: Location) -> Value:
        """An attribute of a resource; a hole that names it where only AWS can tell."""
        resource = self.declared.resource(instance.resource, at.source)
        if resource is None:
            return Unknown(instance._replace(label=f"{instance.label}.{name}"), at)
        value = self._once(
            (resource.block.at, name), f"{resource.address}.{name}", lambda: self._attribute(resource, name)
        )
        # A literal keeps its place, for a policy may be written in it.
        return value._replace(at=at) if isinstance(value, Text) and not value.pieces else value

    def argument(self, resource: Resource, name: str) -> Value | None:
        """An argument of a block as it is written; None if it is not."""
        node = resource.body.get(name)
        if node is None:
            return None
        label = f"{name} of {resource.address}"
        return self._once((node.at, ""), label, lambda: self.evaluate(node, self.scope(resource)))

    def argument_in(self, resource: Resource, name: str, scope: Scope) -> Value | None:
        """An argument for one instance of many."""
        node = resource.body.get(name)
        return None if node is None else self.budget.bounded(self.evaluate(node, scope), node.at)

    def evaluate(self, node: tree.Node, scope: Scope) -> Value:
        return self.evaluator.evaluate(node, scope)

    def blocks(self, resource: Resource, kind: str) -> list[Nested]:
        """The nested blocks of that type, dynamic ones included."""
        return list(nested(resource.body, kind, self.evaluate, self.scope(resource)))

    def scope(self, resource: Resource) -> Scope:
        return self.instances(resource).scope()

    def instances(self, resource: Resource) -> Instances:
        return self.instances_of(resource.address, resource.block)

    def instances_of(self, address: str, block: tree.Block) -> Instances:
        """How often a block is there."""
        if block.at not in self._instances:
            values = (self._meta(address, block.body.get(name)) for name in ("count", "for_each"))
            self._instances[block.at] = Instances(address, block.header, *values)
        return self._instances[block.at]

    def subject(self, resource: Resource) -> Subject:
        """The resource as its attributes see it."""
        return Subject(
            resource.address,
            resource.type,
            lambda name: self.argument(resource, name),
            resource.at,
            self.providers.account_scope(resource.provider),
            resource.provider,
        )

    def _meta(self, address: str, node: tree.Node | None) -> Value | None:
        if node is None:
            return None
        return self._once((node.at, ""), f"instances of {address}", lambda: self.evaluate(node, Scope()))

    def _once(self, key: _Key, label: str, work: Callable[[], Value]) -> Value:
        """The value of what stands at a place; the label is how a circle names it."""
        if key in self._worked_out:
            return self._worked_out[key]
        if key in self._open:
            labels = list(self._open.values())[list(self._open).index(key) :]
            return unknown(f"circle: {' -> '.join((*labels, label))}", key[0])
        self._open[key] = label
        try:
            value = self.budget.bounded(work(), key[0])
        finally:
            del self._open[key]
        self._worked_out[key] = value
        return value

    def _variable(self, name: str, at: Location) -> Value:
        block = self.declared.variable(name, at.source)
        if block is None:
            return unknown(f"var.{name}", at, HoleKind.PARAMETER)
        return self._once((block.at, ""), f"var.{name}", lambda: self._variable_value(name, block))

    def _variable_value(self, name: str, block: tree.Block) -> Value:
        default = block.body.get("default")
        node = self.declared.assigned.get(name, default)
        value = self.evaluate(node, Scope()) if node is not None else None
        if isinstance(value, Null) and _is_false(block.body.get("nullable")):
            value = self.evaluate(default, Scope()) if default is not None else None
        if value is None:
            return unknown(f"var.{name}", block.header, HoleKind.PARAMETER)
        return converted(value, block.body.get("type"), lambda inner: self.evaluate(inner, Scope()))

    def _local(self, name: str, at: Location) -> Value:
        argument = self.declared.local(name, at.source)
        if argument is None:
            return unknown(f"local.{name}", at)
        return self._once((argument.at, ""), f"local.{name}", lambda: self.evaluate(argument.value, Scope()))

    def _resource(self, address: str, steps: Sequence[Step], used: int, scope: Scope) -> tuple[Value, int]:
        resource = self.declared.resource(address, steps[0].at.source)
        if resource is None:
            return unknown(address, steps[used - 1].at), used
        instance = Hole(HoleKind.RESOURCE, address, resource=address)
        one = Unknown(instance, steps[used - 1].at)
        instances = self.instances(resource)
        if instances.single:
            # An index on what has no instances: Terraform 0.11 took it.
            return one, used + _is_index(steps, used)
        if not _is_index(steps, used):
            return (one if used < len(steps) else instances.whole(instance)), used
        return (self._attempted(instances, one, steps[used], scope) if scope.attempt else one), used + 1

    def _attempted(self, instances: Instances, one: Unknown, step: Step, scope: Scope) -> Value:
        """An instance that may not be there, inside `try`."""
        key = self.evaluate(step.key, scope) if isinstance(step, tree.Index) else Text((step.name,), step.at, True)
        found = element_of(instances.whole(one.hole), key, failure_for(step, scope))
        unsure = isinstance(found, Unknown) and not isinstance(found, Failure) and not is_instance(found.hole)
        return one if unsure else found

    def _attribute(self, resource: Resource, name: str) -> Value:
        subject = self.subject(resource)
        is_data = resource.address.startswith("data.")
        if is_data and resource.type == "aws_iam_policy_document" and name in ("json", "minified_json"):
            return policy_document(resource, self.evaluate, self.scope(resource))
        value = data_sources.known(subject, name) if is_data else attributes.computed(subject, name)
        if value is None:
            value = self.argument(resource, name)
        if value is not None and not isinstance(value, Null):
            return value
        label = f"{resource.address}.{name}"
        if is_data or ("key" in name and resource.type not in attributes.KEY_TYPES):
            # Perhaps the id of a key, of this module or another.
            return unknown(label, resource.at)
        return Unknown(Hole(HoleKind.RESOURCE, label, resource=resource.address), resource.at)


def _attribute_name(steps: Sequence[Step], index: int) -> str | None:
    step = steps[index] if index < len(steps) else None
    return step.name if isinstance(step, tree.Attribute) else None


def _is_index(steps: Sequence[Step], index: int) -> bool:
    step = steps[index] if index < len(steps) else None
    return isinstance(step, tree.Index) or (isinstance(step, tree.Attribute) and step.name.isdigit())


def _is_false(node: tree.Node | None) -> bool:
    return isinstance(node, tree.Scalar) and node.text == "false"
