"""The sections of a template: parameters, mappings, conditions, resources, whatever shape they were given.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.cloudformation.calls import LOOP, is_function
from kmslint.cloudformation.duplicates import Member, bodies, duplicates_in, members_that_count
from kmslint.cloudformation.plain_scalars import as_read, lost_zero
from kmslint.cloudformation.repeated import as_written
from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.model.duplicates import Duplicate
from kmslint.model.lost_zeros import LostZero
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence
from kmslint.values import ALWAYS, Guards

SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs", "Globals")
SERVERLESS = "AWS::Serverless::"
"""How the types of SAM begin."""
STACK_SET = "AWS::CloudFormation::StackSet"
_EXPANDED = (LOOP, "Fn::Transform")


class Parameter(NamedTuple):
    """A parameter as declared."""

    name: str
    at: Location
    """Its name, where it is declared."""
    type: str
    default: Scalar | None
    secret: bool
    """`NoEcho`: its default is not to be shown."""
    guards: Guards = ALWAYS
    """Which of several declarations of the name counts."""
    allowed: tuple[str, ...] | None = None
    """`AllowedValues`; None if any value is."""
    pattern: str = ""
    """`AllowedPattern`."""

    @property
    def is_list(self) -> bool:
        return "CommaDelimitedList" in self.type or "List<" in self.type

    @property
    def is_one_text(self) -> bool:
        return self.type in ("String", "Number")

    @property
    def is_stored(self) -> bool:
        """Whether what it is given is the name of a value that Systems Manager stores."""
        return self.type.startswith("AWS::SSM::")


class Resource(NamedTuple):
    """A resource as declared."""

    name: str
    """Its logical id."""
    type: str
    at: Location
    """The logical id, where it is declared."""
    body: Mapping
    guards: Guards = ALWAYS
    """Which of several declarations of the logical id counts."""

    @property
    def address(self) -> str:
        """The logical id behind those of the nested stacks that it is in: `Network/Key`."""
        return f"{self.at.source.stack}{self.name}"

    @property
    def properties(self) -> Node | None:
        return self.body.get("Properties")

    @property
    def may_have_more(self) -> bool:
        """Whether a property that is not written may be there: a macro, or a loop over what is not known, adds some."""
        node = self.properties
        return isinstance(node, Mapping) and (bool(node.tag) or any(is_function(name) for name, _ in members(node)))

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
    duplicates: tuple[Duplicate, ...] = ()
    """Names that stand again in the template, in a section, a parameter or a resource."""
    lost_zeros: tuple[LostZero, ...] = ()
    """Among the defaults of parameters."""
    document: Node | None = None
    """What it was read from."""


def is_template(document: Node) -> bool:
    """Whether a document is a template: it has resources with a type, or says that it is one."""
    if not isinstance(document, Mapping):
        return False
    resources = [entry.value for name, entry in members(document) if name == "Resources"]
    is_declared = document.get("AWSTemplateFormatVersion") is not None
    if not resources:
        whole = document.get("Fn::Transform") or document.get("Transform")
        return is_declared and isinstance(whole, Mapping)  # it may include them
    if is_declared:
        return True
    return any(map(_holds_resources, resources))


def read_template(document: Node, source: Source) -> Template:
    """The sections of a template; everything that has the wrong shape becomes a problem at its place."""
    return _Reader(source).template(document)


def _holds_resources(node: Node) -> bool:
    if isinstance(node, Mapping):
        return any(_declares_resource(entry.value) or _is_expanded(entry) for entry in node.entries)
    return isinstance(node, Sequence) and any(map(_declares_resource, node.items))


def _declares_resource(node: Node) -> bool:
    type_ = node.get("Type") if isinstance(node, Mapping) else None
    return isinstance(type_, Scalar) and "::" in type_.text


def _is_expanded(entry: Entry) -> bool:
    """Whether a member stands for others that AWS writes in its place."""
    return entry.name.text.startswith(_EXPANDED)


class _Section(NamedTuple):
    """A section of the template, and where it counts if there are two."""

    mapping: Mapping
    guards: Guards


def _joined(sections: list[_Section]) -> Mapping | None:
    """The entries of a section; names that two of them share stand twice."""
    if len(sections) < 2:
        return sections[0].mapping if sections else None
    return sections[0].mapping.with_entries(entry for section in sections for entry in section.mapping.entries)


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.duplicates: list[Duplicate] = []
        self.lost_zeros: list[LostZero] = []

    def template(self, document: Node) -> Template:
        if not isinstance(document, Mapping):
            self._problem("the template is not a map", document.at)
            return Template((), None, None, (), tuple(self.problems))
        self.duplicates.extend(duplicates_in(document))
        for entry in document.entries:
            if _is_expanded(entry):
                self._not_expanded(entry.name, entry.value)
        sections = (self._section(document, name) for name in SECTIONS)
        parameters, mappings, conditions, resources, outputs, of_sam = sections
        for section in (*parameters, *mappings):
            for name, entry in members(section.mapping):
                if name.startswith(LOOP):
                    self._not_expanded(entry.name, entry.value)  # AWS takes no loops there
        if document.get("Resources") is None:
            self._problem("the template has no Resources", document.at)
        return Template(
            tuple(parameter for section in parameters for parameter in self._parameters(section)),
            _joined(mappings),
            _joined(conditions),
            tuple(resource for section in resources for resource in self._resources(section)),
            tuple(self.problems),
            _joined(outputs),
            _joined(of_sam),
            tuple(self.duplicates),
            tuple(self.lost_zeros),
            document,
        )

    def _section(self, document: Mapping, name: str) -> list[_Section]:
        """A section; both of them where it stands twice."""
        found: list[_Section] = []
        for member in members_that_count(document):
            if member.key.text != name:
                continue
            if not isinstance(member.value, Mapping) or member.value.tag:
                self._problem(f"{name} is not a map", member.value.at)
                continue
            self.duplicates.extend(duplicates_in(member.value))
            found.append(_Section(member.value, member.guards))
        return found

    def _parameters(self, section: _Section) -> Iterator[Parameter]:
        for name, body, guards in self._entries(section):
            if is_function(name.text):
                continue
            if not isinstance(body, Mapping):
                self._problem(f'parameter "{name.text}" is not a map', body.at)
                continue
            self.duplicates.extend(duplicates_in(body))
            for inner, reading in bodies(body):
                default = reading.get("Default")
                zero = lost_zero(default) if isinstance(default, Scalar) else None
                self.lost_zeros.extend([zero] if zero else [])
                parameter = _parameter(name, reading, guards | inner)
                if parameter.secret:
                    _hide(reading.get("Default"), reading.get("AllowedValues"))
                yield parameter

    def _resources(self, section: _Section) -> Iterator[Resource]:
        for name, body, guards in self._entries(section):
            if is_function(name.text):
                self._not_expanded(name, body)
            elif not isinstance(body, Mapping):
                self._problem(f'resource "{name.text}" is not a map', body.at)
            else:
                self.duplicates.extend(duplicates_in(body))
                for inner, reading in bodies(body):
                    type_ = reading.get("Type")
                    if isinstance(type_, Scalar) and not type_.tag:
                        yield Resource(name.text, type_.text, name.at, reading, guards | inner)
                    else:
                        self._problem(f'resource "{name.text}" has no type', (type_ or name).at)

    def _not_expanded(self, name: Scalar, body: Node) -> None:
        """A macro brings in what cannot be seen; a text in its place says which file it was to include."""
        macro = "::".join(name.text.split("::")[:2])
        why = f": {body.text}" if isinstance(body, Scalar) else ""
        self._problem(f"{macro} is not expanded{why}", name.at)

    def _entries(self, section: _Section) -> Iterator[Member]:
        for member in members_that_count(section.mapping):
            yield member._replace(guards=section.guards | member.guards)

    def _problem(self, reason: str, at: Location) -> None:
        at = as_written(at)
        self.problems.append(Problem(at.path, reason, at))


def _parameter(name: Scalar, body: Mapping, guards: Guards) -> Parameter:
    type_, default, secret = body.get("Type"), body.get("Default"), body.get("NoEcho")
    pattern = body.get("AllowedPattern")
    return Parameter(
        name.text,
        name.at,
        type_.text if isinstance(type_, Scalar) else "String",
        default._replace(text=as_read(default)) if isinstance(default, Scalar) else None,
        isinstance(secret, Scalar) and secret.text.lower() == "true",
        guards,
        _allowed(body.get("AllowedValues")),
        pattern.text if isinstance(pattern, Scalar) else "",
    )


def _hide(*nodes: Node | None) -> None:
    """Keep what is secret out of the excerpts that reports show."""
    for node in nodes:
        if node is not None:
            node.at.source.hide(node.at.start, node.at.end)


def _allowed(node: Node | None) -> tuple[str, ...] | None:
    """The entries of a list of literals."""
    if not isinstance(node, Sequence) or not node.items:
        return None
    literals = tuple(as_read(item) for item in node.items if isinstance(item, Scalar) and not item.tag)
    return literals if len(literals) == len(node.items) else None


def members(mapping: Mapping | None) -> Iterator[tuple[str, Entry]]:
    """The entries of a map with their names."""
    for entry in mapping.entries if mapping else ():
        yield entry.name.text, entry
