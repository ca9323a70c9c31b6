"""Where the names of a module lead: variables, locals, resources, data sources and called modules.

https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kmslint import limits
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.syntax import tree
from kmslint.terraform.access import element_of
from kmslint.terraform.attributes import Subject
from kmslint.terraform.choices import distribute
from kmslint.terraform.constraints import converted
from kmslint.terraform.declarations import Declarations, Resource
from kmslint.terraform.expansion import refusal
from kmslint.terraform.expressions import Evaluator, Step
from kmslint.terraform.files import Files
from kmslint.terraform.instances import Instances, One
from kmslint.terraform.named_resources import NamedResources
from kmslint.terraform.places import place
from kmslint.terraform.providers import Handed, Providers
from kmslint.terraform.resources import Instance
from kmslint.terraform.root import Root, Target
from kmslint.terraform.scalars import as_text
from kmslint.terraform.scope import Scope, failure_for, unknown_for
from kmslint.terraform.shapes import Failure, is_instance
from kmslint.terraform.template_file import rendered
from kmslint.values import ALWAYS, Choice, Guards, Hole, HoleKind, Null, Part, Text, Unknown, Value

_NOT_KNOWN = frozenset({"path", "terraform", "each", "count", "self"})


class Called(NamedTuple):
    """The call that a module is here by."""

    caller: ModuleNames
    block: tree.Block
    one: One
    is_off: bool = False
    """`count` or `for_each` of the call, or of one above, comes to nothing."""


class ModuleNames:
    """The names of one module, as it is called from one place. What leads in a circle is unknown, and says so."""

    def __init__(
        self, declared: Declarations, root: Root | None = None, called: Called | None = None, directory: str = "."
    ) -> None:
        self.declared = declared
        self.directory = directory
        self.root = root or Root()
        self.called = called
        self.address = called.one.address if called else ""
        """`module.a["x"].module.b`; empty for the root module."""
        self.guards: Guards = called.one.guards | called.caller.guards if called else ALWAYS
        """What must hold for the module to be there."""
        self.is_off: bool = called is not None and (called.is_off or called.caller.is_off)
        """It is certainly not there."""
        self.budget = self.root.budget
        self.files = None if self.root.tree is None else Files(self.root.tree, directory)
        self.evaluator = Evaluator(self, self.budget, self.files)
        self.scope = Scope(module=self.address)
        self.providers = Providers(declared.providers, self.evaluator.evaluate, self.scope, _handed(called))
        self._named = NamedResources(declared, self._subject)
        self._instances: dict[Location, Instances] = {}
        self._calls = {block.labels[0].text: block for block in declared.modules}
        self._children: dict[str, ModuleNames | None] = {}

    def look_up(self, root: tree.Variable, steps: Sequence[Step], scope: Scope) -> tuple[Value, int]:
        """What a reference names, and how many of its steps that took."""
        first = _attribute_name(steps, 0)
        if first is not None and root.name in ("path", "terraform"):
            return place(root.name, first, self.files, root.at), 1
        if first is None or root.name in _NOT_KNOWN:
            return self._unknown(root.name, root.at), 0
        if root.name == "var":
            return self._variable(first, root.at), 1
        if root.name == "local":
            return self._local(first, root.at), 1
        if root.name == "module":
            return self._module(first, steps, scope)
        if root.name != "data":
            return self._resource(f"{root.name}.{first}", steps, 1, scope)
        second = _attribute_name(steps, 1)
        if second is None:
            return self._unknown("data", root.at), 0
        return self._resource(f"data.{first}.{second}", steps, 2, scope)

    def attribute(self, instance: Hole, name: str, at: Location) -> Value:
        """An attribute of an instance of a resource or module; a hole that names it where nobody can tell."""
        return self.root.targets[instance.resource].attribute(name, at)

    def evaluate(self, node: tree.Node, scope: Scope | None = None) -> Value:
        return self.evaluator.evaluate(node, self.scope if scope is None else scope)

    def once(self, at: Location, what: str, label: str, work: Callable[[], Value]) -> Value:
        """The value of what stands at a place in the source of this module."""
        return self.root.once((self.address, at, what), label, work)

    def instances(self, resource: Resource) -> Instances:
        """How often a resource or data source is there."""
        return self.instances_of(resource.address, resource.block)

    def instances_of(self, address: str, block: tree.Block) -> Instances:
        """How often a block is there; the address is the one within the module."""
        if block.at not in self._instances:
            full = self.full(address)
            number, for_each = (self._meta(full, block.body.get(name)) for name in ("count", "for_each"))
            refused = refusal(number, for_each)
            if refused:
                self.root.problems.append(Problem(block.at.path, f"{full}: {refused}", block.header))
            few = min(limits.INSTANCES_OF_ONE, self.root.instances_left)
            found = Instances(full, block.header, self.scope, number, for_each, few)
            if not found.are_known and few < limits.INSTANCES_OF_ONE and not self.root.instances_told:
                # Whether it is for want of room, and not for what nobody knows.
                there = Instances(full, block.header, self.scope, number, for_each)
                self.root.instances_told = there.are_known
                if there.are_known:
                    reason = limits.named(f"more than {limits.INSTANCES} instances to be told apart", "instances")
                    self.root.problems.append(Problem(block.at.path, f"{full}: {reason}", block.header))
            self.root.instances_left -= 0 if found.single else len(found.all)
            self._instances[block.at] = found
        return self._instances[block.at]

    def full(self, address: str) -> str:
        """The address from the root module on."""
        return f"{self.address}.{address}" if self.address else address

    def output(self, name: str, at: Location) -> Value:
        """What the module gives back under that name."""
        block = self.declared.outputs.get(name)
        node = block.body.get("value") if block is not None else None
        if block is None or node is None:
            return Unknown(Hole(HoleKind.EXPRESSION, f"{self.address}.{name}"), at)
        label = f"{self.address}.{name}"
        value = self.once(block.at, "", label, lambda: self.evaluate(node))
        # What is computed stands where it is asked for, what is written where it is written.
        return value._replace(at=at) if isinstance(value, Text) and not value.pieces else value

    def named(self, type_: str, name: tuple[Part, ...]) -> list[Subject]:
        """The resources of that type and name, as far as they are certainly there."""
        return self._named.find(type_, name)

    def rendered(self, resource: Resource, scope: Scope) -> Value | None:
        """The text of a `template_file`; None if it has no template."""
        return rendered(resource, self.evaluator, scope)

    def child(self, block: tree.Block, one: One, is_off: bool = False) -> ModuleNames | None:
        """The module that a block calls; None if its source is not here."""
        if one.address not in self._children:
            found = self.root.load(block, self.directory, self.directories(), self.names_of(block))
            child = None
            if found is not None:
                child = ModuleNames(found.declared, self.root, Called(self, block, one, is_off), found.directory)
            self._children[one.address] = child
        return self._children[one.address]

    def directories(self) -> tuple[str, ...]:
        """The directories from this module up to the root module."""
        above = self.called.caller.directories() if self.called else ()
        return (self.directory, *above)

    def _subject(self, resource: Resource) -> Subject:
        """A resource without `count` and `for_each`, as attributes see it."""
        return Instance(self, resource, self.full(resource.address), self.scope, self.guards).subject

    def names_of(self, block: tree.Block) -> str:
        """The names of the calls from the root module down to a block of this one: `a.b`."""
        name = block.labels[0].text
        return f"{self.called.caller.names_of(self.called.block)}.{name}" if self.called else name

    def _meta(self, address: str, node: tree.Node | None) -> Value | None:
        if node is None:
            return None
        return self.once(node.at, "", f"instances of {address}", lambda: self.evaluate(node))

    def _unknown(self, label: str, at: Location, kind: HoleKind = HoleKind.EXPRESSION) -> Unknown:
        return Unknown(Hole(kind, label, self.address), at)

    def _variable(self, name: str, at: Location) -> Value:
        block = self.declared.variable(name, at.source)
        if block is None:
            return self._unknown(f"var.{name}", at, HoleKind.PARAMETER)
        return self.once(block.at, "", self.full(f"var.{name}"), lambda: self._variable_value(name, block))

    def _variable_value(self, name: str, block: tree.Block) -> Value:
        default = block.body.get("default")
        value = self._given(name, block)
        if value is None and default is not None:
            value = self.evaluate(default)
        if value is not None and _is_false(block.body.get("nullable")):
            value = _not_null(value, None if default is None else self.evaluate(default))
        if value is None:
            return self._unknown(f"var.{name}", block.header, HoleKind.PARAMETER)
        return converted(value, block.body.get("type"), self.evaluate)

    def _given(self, name: str, block: tree.Block) -> Value | None:
        """The value that the caller gives to a variable, or a file of variables to one of the root module."""
        if self.called is None:
            value = self.root.assigned.value(name, block, self.evaluate)
            node = self.declared.assigned.get(name)
            return self.evaluate(node) if value is None and node is not None else value
        node = self.called.block.body.get(name)
        return None if node is None else self.called.caller.evaluate(node, self.called.one.scope)

    def _local(self, name: str, at: Location) -> Value:
        argument = self.declared.local(name, at.source)
        if argument is None:
            return self._unknown(f"local.{name}", at)
        return self.once(argument.at, "", self.full(f"local.{name}"), lambda: self.evaluate(argument.value))

    def _resource(self, address: str, steps: Sequence[Step], used: int, scope: Scope) -> tuple[Value, int]:
        resource = self.declared.resource(address, steps[0].at.source)
        if resource is None:
            return self._unknown(address, steps[used - 1].at), used

        def target(one: One) -> Target:
            return Instance(self, resource, one.address, one.scope, one.guards)

        return self._instance(self.instances(resource), target, steps, used, scope)

    def _module(self, name: str, steps: Sequence[Step], scope: Scope) -> tuple[Value, int]:
        block = self._calls.get(name)
        if block is None:
            return self._unknown(f"module.{name}", steps[0].at), 1
        instances = self.instances_of(f"module.{name}", block)
        there = instances.all or (instances.switched_off(),)
        children = {one.address: self.child(block, one, is_off=not instances.all) for one in there}
        if None in children.values():
            return self._unknown(f"module.{name}", steps[0].at), 1
        if instances.single and _is_index(steps, 1):
            (child,) = children.values()
            assert child is not None
            return self._output_by_index(child, steps[1], scope), 2

        def target(one: One) -> Target:
            child = children[one.address]
            assert child is not None
            return Outputs(child)

        return self._instance(instances, target, steps, 1, scope)

    def _output_by_index(self, child: ModuleNames, step: Step, scope: Scope) -> Value:
        """`module.a["b"]` of a module that is called once: the output of that name."""

        def named(keys: tuple[Value, ...]) -> Value:
            name = as_text(keys[0])
            if name is None or name.literal is None:
                if scope.attempt:
                    self.evaluator.doubts.add(scope)
                return unknown_for(step, scope)
            return (
                Outputs(child).attribute(name.literal, step.at) if name.literal in child.declared.outputs else refused
            )

        refused = failure_for(step, scope)
        return distribute((self._index(step, scope),), named, unknown_for(step, scope))

    def _index(self, step: Step, scope: Scope) -> Value:
        return self.evaluate(step.key, scope) if isinstance(step, tree.Index) else Text((step.name,), step.at, True)

    def _instance(
        self, instances: Instances, target: Callable[[One], Target], steps: Sequence[Step], used: int, scope: Scope
    ) -> tuple[Value, int]:
        """The instance that the steps lead to, or all of them."""

        def hole(one: One) -> Hole:
            return self.root.instance(one.address, lambda: target(one))

        at = steps[used - 1].at
        if instances.single:
            # An index on what has no instances: Terraform 0.11 took it.
            return Unknown(hole(instances.all[0]), at), used + _is_index(steps, used)
        if not _is_index(steps, used):
            if used < len(steps) and (only := _only(instances)) is not None:
                return Unknown(hole(only), at), used
            return instances.whole(hole), used
        step = steps[used]
        key = self._index(step, scope)
        unsure = unknown_for(step, scope)

        def chosen(keys: tuple[Value, ...]) -> Value:
            one = instances.find(keys[0])
            if one is None:
                return failure_for(step, scope) if instances.has_no(keys[0]) else unsure
            value = Unknown(hole(one), at)
            return _if_there(one, value, failure_for(step, scope)) if scope.attempt else value

        found = distribute((key,), chosen, unsure)
        if scope.attempt:
            found = _attempted(instances.whole(hole), key, found, failure_for(step, scope))
            is_other = isinstance(found, Unknown) and not is_instance(found.hole)
            if is_other or not instances.tells(key):
                self.evaluator.doubts.add(scope)
        return found, used + 1


class Outputs(NamedTuple):
    """An instance of a called module, as its caller sees it."""

    module: ModuleNames

    def attribute(self, name: str, at: Location) -> Value:
        return self.module.output(name, at)


def _not_null(value: Value, default: Value | None) -> Value | None:
    """The value of a variable that cannot be null: its default in the places of null."""
    if isinstance(value, Choice):
        first, second = _not_null(value.when_true, default), _not_null(value.when_false, default)
        return None if first is None or second is None else value._replace(when_true=first, when_false=second)
    return default if isinstance(value, Null) else value


def _handed(called: Called | None) -> Handed | None:
    if called is None:
        return None
    node = called.block.body.get("providers")
    providers = node if isinstance(node, tree.Mapping) else tree.Mapping((), called.block.at)
    return Handed(called.caller.providers, providers)


def _only(instances: Instances) -> One | None:
    """The only instance there may be: Terraform 0.11 took its attributes without an index."""
    return instances.all[0] if len(instances.all) == 1 else None


def _if_there(one: One, value: Value, refused: Failure) -> Value:
    """An instance inside `try`, which goes on to the next where the instance is not there."""
    for guard in sorted(one.guards, reverse=True):
        first, second = (value, refused) if guard.holds else (refused, value)
        value = Choice(guard.condition, first, second, refused.at)
    return value


def _attempted(whole: Value, key: Value, one: Value, refused: Failure) -> Value:
    """An instance that may not be there, inside `try`."""
    found = element_of(whole, key, refused)
    unsure = isinstance(found, Unknown) and not isinstance(found, Failure) and not is_instance(found.hole)
    return one if unsure else found


def _attribute_name(steps: Sequence[Step], index: int) -> str | None:
    step = steps[index] if index < len(steps) else None
    return step.name if isinstance(step, tree.Attribute) else None


def _is_index(steps: Sequence[Step], index: int) -> bool:
    step = steps[index] if index < len(steps) else None
    return isinstance(step, tree.Index) or (isinstance(step, tree.Attribute) and step.name.isdigit())


def _is_false(node: tree.Node | None) -> bool:
    return isinstance(node, tree.Scalar) and node.text == "false"
