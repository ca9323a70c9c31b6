"""A template and the stacks nested in it: what is passed in, and what comes out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint import limits
from kmslint.cloudformation.assembly import relocated
from kmslint.cloudformation.branches import Knowledge
from kmslint.cloudformation.budget import Budget
from kmslint.cloudformation.expansion import read_expanded
from kmslint.cloudformation.growth import Growth
from kmslint.cloudformation.intrinsics import Evaluator, Surroundings
from kmslint.cloudformation.library import Library, Refused
from kmslint.cloudformation.parameters import Inputs
from kmslint.cloudformation.references import unknown_output
from kmslint.cloudformation.resources import guards_of
from kmslint.cloudformation.template import Resource, Template, is_template
from kmslint.cloudformation.transforms import transformed
from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.in_source import in_source
from kmslint.syntax.tree import DataFile, Mapping, Node, Scalar
from kmslint.values import ALWAYS, Fields, Guards, Hole, HoleKind, Text, Unknown, Value

_TEMPLATES = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""The property that names the template of a nested stack."""


_Declared = tuple[Location, Guards]
"""A resource: its logical id may stand twice."""


class Family:
    """What a template shares with all stacks nested in it."""

    def __init__(self, library: Library | None, around: Family | None = None) -> None:
        """`around` is that of the template around a stack set."""
        self.library = library
        self.problems: list[Problem] = []
        budget = Budget(lambda reason, at: self.problems.append(Problem(at.path, reason, at)))
        self.growth: Growth = Growth(budget) if around is None else around.growth
        self.budget = self.growth.budget
        self.knowledge = Knowledge()
        self._stacks = 0
        self._characters = 0

    def excess(self, source: Source, depth: int) -> str:
        """The bound that one more stack would break; empty if there is room for it."""
        self._stacks += 1
        self._characters += len(source.text)
        if depth > limits.STACK_DEPTH:
            return limits.named(f"stacks nested more than {limits.STACK_DEPTH} deep", "stack-depth")
        if self._stacks > limits.STACKS:
            return limits.named(f"more than {limits.STACKS} nested stacks", "stacks")
        if self._characters > limits.NESTED_CHARACTERS:
            reason = f"nested templates of more than {limits.NESTED_CHARACTERS} characters"
            return limits.named(reason, "nested-characters")
        return ""


class Stack:
    """A template with the values it comes to, and the stacks nested in it."""

    def __init__(
        self,
        template: Template,
        source: Source,
        inputs: Inputs,
        family: Family,
        above: tuple[str, ...] = (),
        made_at: Location | None = None,
        live: bool = True,
    ) -> None:
        """`above` are the paths of the templates that it is nested in."""
        self.template = transformed(template)
        self.source = source
        self.above = above
        self.made_at = made_at
        """The resource that makes it; None for the template around all others."""
        self.live = live
        """Whether it is made: no condition that is false stands in the way."""
        self.family = family
        around = Surroundings(self.family.budget, self._output, self._exported, self.family.knowledge)
        self.evaluator = Evaluator(self.template, source.path, inputs, around)
        self._nested: dict[_Declared, Stack | None] = {}
        self._outputs: dict[str, Value | None] = {}

    @property
    def stack(self) -> str:
        """How addresses in it begin; empty for the template around all others."""
        return self.source.stack

    @property
    def problems(self) -> Iterator[Problem]:
        yield from self.evaluator.problems

    def all(self) -> Iterator[Stack]:
        """It and the stacks nested in it, in the order of the templates, also those that are not made."""
        yield self
        for resource in self.template.resources:
            nested = self._nested_stack(resource)
            if nested is not None:
                yield from nested.all()

    def _nested_stack(self, resource: Resource) -> Stack | None:
        """The stack that a resource makes; None if it makes none, or one whose template is not here."""
        if resource.type not in _TEMPLATES:
            return None
        declared = (resource.at, resource.guards)
        if declared not in self._nested:
            self._nested[declared] = None  # also for one whose parameters hang on what it puts out
            self._nested[declared] = self._make(resource)
        return self._nested[declared]

    def _make(self, resource: Resource) -> Stack | None:
        met = guards_of(resource, self.evaluator)
        guards = ALWAYS if met is None else met
        written = self._template_of(resource, guards)
        if written is None or self.family.library is None:
            return None
        file = self._fit(self.family.library.load(self.source.path, written))
        if isinstance(file, Refused):
            self.evaluator.report(f'the template of "{resource.address}", {written}, {file.reason}', resource.at)
            return None
        source = Source(file.source.path, file.source.text, stack=f"{resource.address}/")
        document = next(document for document in file.documents if is_template(document))
        inputs = self._inputs(resource, guards, source.stack)
        family = self.family
        template = read_expanded(in_source(document, source), source, inputs, family.library, family.growth)
        live = self.live and met is not None
        return Stack(template, source, inputs, family, (*self.above, self.source.path), resource.at, live)

    def _fit(self, file: DataFile | Refused) -> DataFile | Refused:
        """The file, if a stack is made of it."""
        if isinstance(file, Refused):
            return file
        if sum(map(is_template, file.documents)) != 1:
            return Refused("is no template")
        if file.source.path in (*self.above, self.source.path):
            return Refused("makes itself")
        excess = self.family.excess(file.source, len(self.above) + 1)
        return Refused(excess) if excess else file

    def _template_of(self, resource: Resource, guards: Guards) -> str | None:
        """The path of the template of a nested stack, as it is written; None if it is no path."""
        staged = _staged(resource)
        if staged is not None:
            return staged
        node = resource.property(_TEMPLATES[resource.type])
        value = None if node is None else self.evaluator.evaluate_anywhere(node, guards)
        written = value.literal if isinstance(value, Text) else None
        return written if written and "://" not in written else None

    def _inputs(self, resource: Resource, guards: Guards, stack: str) -> Inputs:
        node = resource.property("Parameters")
        value = None if node is None else self.evaluator.evaluate_anywhere(node, guards)
        if value is None:
            return Inputs(guards=guards, stack=stack)
        if not isinstance(value, Fields):
            hole = Hole(HoleKind.EXPRESSION, f"{resource.address}.Parameters")
            return Inputs(rest=Unknown(hole, value.at), guards=guards, stack=stack)
        given = {str(field.name): field.value for field in value.fields}
        return Inputs(given, next(iter(value.spread), None), guards, stack)

    def _output(self, resource: Resource, name: str, at: Location) -> Value:
        """What a nested stack puts out, as if it stood where it is asked for."""
        nested = self._nested_stack(resource)
        value = None if nested is None else nested.output(name)
        return unknown_output(resource, name, at) if value is None else relocated(value, at)

    def _exported(self, name: str) -> Value | None:
        library = self.family.library
        return None if library is None else library.exported(name, (*self.above, self.source.path)[0])

    def output(self, name: str) -> Value | None:
        """What the stack puts out under a name; None if it puts out nothing of that name."""
        if name not in self._outputs:
            declared = self.template.outputs.get(name) if self.template.outputs else None
            node = declared.get("Value") if isinstance(declared, Mapping) else None
            self._outputs[name] = None if node is None else self.evaluator.evaluate_anywhere(node)
        return self._outputs[name]


def stack_of(document: Node, source: Source, inputs: Inputs, library: Library | None) -> Stack:
    """A template with everything that is nested in it. Without a library nothing is."""
    family = Family(library)
    template = read_expanded(document, source, inputs, library, family.growth)
    return Stack(template, source, inputs, family)


def _staged(resource: Resource) -> str | None:
    """Where the CDK has staged the template of a nested stack, beside that of the stack.

    https://docs.aws.amazon.com/cdk/v2/guide/assets.html
    """
    metadata = resource.body.get("Metadata")
    if isinstance(metadata, Mapping):
        path, used_for = metadata.get("aws:asset:path"), metadata.get("aws:asset:property")
        if isinstance(path, Scalar) and isinstance(used_for, Scalar) and used_for.text == _TEMPLATES[resource.type]:
            return path.text
    return None
