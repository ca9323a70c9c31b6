"""The sections of a template: parameters, mappings, conditions, resources, whatever shape they were given.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.cloudformation.calls import is_function
from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence

SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs", "Globals")
SERVERLESS = "AWS::Serverless::"
"""How the types of SAM begin."""
STACK_SET = "AWS::CloudFormation::StackSet"
_EXPANDED = ("Fn::ForEach::", "Fn::Transform")


class Parameter(NamedTuple):
    """A parameter as declared."""

    name: str
    type: str
    default: Scalar | None
    secret: bool
    """`NoEcho`: its default is not to be shown."""

    @property
    def is_list(self) -> bool:
        return self.type == "CommaDelimitedList" or "List<" in self.type


class Resource(NamedTuple):
    """A resource as declared."""

    name: str
    """Its logical id."""
    type: str
    at: Location
    """The logical id, where it is declared."""
    body: Mapping

    @property
    def address(self) -> str:
        """The logical id behind those of the nested stacks that it is in: `Network/Key`."""
        return f"{self.at.source.stack}{self.name}"

    @property
    def properties(self) -> Node | None:
        return self.body.get("Properties")

    def property(self, name: str) -> Node | None:
        """The node of a property; None if it is absent."""
        return self.properties.get(name) if isinstance(self.properties, Mapping) else None


class Template(NamedTuple):
    """What a template declares. A section that is absent or no map is None or empty."""

    parameters: tuple[Parameter, ...]
    mappings: Mapping | None
    conditions: Mapping | None
    resources: tuple[Resource, ...]
    problems: tuple[Problem, ...]
    """What is not shaped like a template; the rest is here."""
    outputs: Mapping | None = None
    globals: Mapping | None = None
    """What the functions of SAM have in common."""


def is_template(document: Node) -> bool:
    """Whether a document is a template: it has resources with a type, or says that it is one."""
    if not isinstance(document, Mapping):
        return False
    resources = document.get("Resources")
    if resources is None:
        return False
    if document.get("AWSTemplateFormatVersion") is not None:
        return True
    if isinstance(resources, Mapping):
        return any(_declares_resource(entry.value) or _is_expanded(entry.key) for entry in resources.entries)
    return isinstance(resources, Sequence) and any(map(_declares_resource, resources.items))


def read_template(document: Node, source: Source) -> Template:
    """The sections of a template; everything that has the wrong shape becomes a problem at its place."""
    return _Reader(source).template(document)


def _declares_resource(node: Node) -> bool:
    type_ = node.get("Type") if isinstance(node, Mapping) else None
    return isinstance(type_, Scalar) and "::" in type_.text


def _is_expanded(key: Node) -> bool:
    """Whether a member stands for others that AWS writes in its place."""
    return isinstance(key, Scalar) and key.text.startswith(_EXPANDED)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def template(self, document: Node) -> Template:
        if not isinstance(document, Mapping):
            self._problem("the template is not a map", document.at)
            return Template((), None, None, (), tuple(self.problems))
        self._duplicates(document)
        for entry in document.entries:
            if _is_expanded(entry.key):
                self._problem("Fn::Transform is not expanded", entry.key.at)
        sections = (self._section(document, name) for name in SECTIONS)
        parameters, mappings, conditions, resources, outputs, of_sam = sections
        if document.get("Resources") is None:
            self._problem("the template has no Resources", document.at)
        declared = {resource.name: resource for resource in self._resources(resources)}
        return Template(
            tuple(self._parameters(parameters)),
            mappings,
            conditions,
            tuple(declared.values()),
            tuple(self.problems),
            outputs,
            of_sam,
        )

    def _section(self, document: Mapping, name: str) -> Mapping | None:
        node = document.get(name)
        if node is None:
            return None
        if not isinstance(node, Mapping) or node.tag:
            self._problem(f"{name} is not a map", node.at)
            return None
        self._duplicates(node)
        return node

    def _parameters(self, section: Mapping | None) -> Iterator[Parameter]:
        for name, body in self._entries(section):
            if not isinstance(body, Mapping):
                self._problem(f'parameter "{name.text}" is not a map', body.at)
                continue
            self._duplicates(body)
            yield _parameter(name.text, body)

    def _resources(self, section: Mapping | None) -> Iterator[Resource]:
        for name, body in self._entries(section):
            if is_function(name.text):
                self._problem(f"{'::'.join(name.text.split('::')[:2])} is not expanded", name.at)
            elif not isinstance(body, Mapping):
                self._problem(f'resource "{name.text}" is not a map', body.at)
            else:
                self._duplicates(body)
                type_ = body.get("Type")
                if isinstance(type_, Scalar) and not type_.tag:
                    yield Resource(name.text, type_.text, name.at, body)
                else:
                    self._problem(f'resource "{name.text}" has no type', (type_ or name).at)

    def _entries(self, section: Mapping | None) -> Iterator[tuple[Scalar, Node]]:
        for key, value in section.entries if section else ():
            if isinstance(key, Scalar):
                yield key, value
            else:
                self._problem("a name is not a text", key.at)

    def _duplicates(self, mapping: Mapping) -> None:
        for key in mapping.duplicates():
            self._problem(f'duplicate key "{key.text}"', key.at)

    def _problem(self, reason: str, at: Location) -> None:
        self.problems.append(Problem(self.source.path, reason, at))


def _parameter(name: str, body: Mapping) -> Parameter:
    type_, default, secret = body.get("Type"), body.get("Default"), body.get("NoEcho")
    return Parameter(
        name,
        type_.text if isinstance(type_, Scalar) else "String",
        default if isinstance(default, Scalar) else None,
        isinstance(secret, Scalar) and secret.text.lower() == "true",
    )


def members(mapping: Mapping | None) -> Iterator[tuple[str, Entry]]:
    """The entries of a map with their names; entries without a literal name are left out."""
    for entry in mapping.entries if mapping else ():
        if isinstance(entry.key, Scalar):
            yield entry.key.text, entry
