"""The blocks of a module by what they declare, whatever file they stand in.

https://developer.hashicorp.com/terraform/language/files
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.tree import Argument, Attribute, Block, Body, HclFile, Node, Scalar, Variable

_OURS = ("aws_kms_", "aws_iam_")


class Resource(NamedTuple):
    """A `resource` or `data` block."""

    address: str
    """`aws_kms_key.a`, `data.aws_region.current`."""
    type: str
    name: str
    block: Block
    provider: str
    """The provider's alias; empty for the default one."""

    @property
    def body(self) -> Body:
        return self.block.body

    @property
    def at(self) -> Location:
        """The type and labels."""
        return self.block.header


Named = TypeVar("Named", Resource, Block, Argument)


class Declarations:
    """What the files of a module declare."""

    def __init__(self) -> None:
        self.variables: defaultdict[str, list[Block]] = defaultdict(list)
        self.assigned: dict[str, Node] = {}
        """Values of variables from `terraform.tfvars` and `*.auto.tfvars`."""
        self.locals: defaultdict[str, list[Argument]] = defaultdict(list)
        self.resources: defaultdict[str, list[Resource]] = defaultdict(list)
        """The `resource` and `data` blocks by address."""
        self.managed: list[Resource] = []
        """The `resource` blocks in the order of their files."""
        self.modules: list[Block] = []
        self.outputs: dict[str, Block] = {}
        self.providers: list[Block] = []
        self.problems: list[Problem] = []

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of those types, in order."""
        return (resource for resource in self.managed if resource.type in types)

    def resource(self, address: str, source: Source) -> Resource | None:
        """The resource or data source of that address, as a file sees it."""
        return _nearest(self.resources.get(address, []), source)

    def variable(self, name: str, source: Source) -> Block | None:
        """The declaration of a variable."""
        return _nearest(self.variables.get(name, []), source)

    def local(self, name: str, source: Source) -> Argument | None:
        """The declaration of a local value."""
        return _nearest(self.locals.get(name, []), source)


def _nearest(twins: Sequence[Named], source: Source) -> Named | None:
    """What is declared under one name: Terraform refuses twins, so each file is taken to mean its own."""
    return next((one for one in reversed(twins) if one.at.source is source), twins[-1] if twins else None)


def declarations(files: Sequence[HclFile]) -> Declarations:
    """What the files declare; values of variables in the order in which Terraform reads them."""
    found = Declarations()
    for file in sorted(files, key=_reading_order):
        found.problems += file.problems
        if _holds_values(file):
            found.assigned.update((argument.name.text, argument.value) for argument in file.body.arguments)
        elif _overrides(file):
            at = Location(file.source, 0, 0)
            found.problems.append(Problem(file.source.path, "override files are not read", at))
        else:
            for block in file.body.blocks:
                _declare(block, found)
    return found


def _reading_order(file: HclFile) -> tuple[bool, str]:
    name = _file_name(file)
    return (not name.startswith("terraform.tfvars"), name)


def _file_name(file: HclFile) -> str:
    return file.source.path.rpartition("/")[2]


def _holds_values(file: HclFile) -> bool:
    return file.source.path.endswith((".tfvars", ".tfvars.json"))


def _overrides(file: HclFile) -> bool:
    name = _file_name(file)
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def _declare(block: Block, found: Declarations) -> None:
    kind, labels = block.type.text, [label.text for label in block.labels]
    if kind in ("resource", "data"):
        if len(labels) == 2:
            _declare_resource(block, found)
        else:
            found.problems.append(Problem(block.at.path, f"{kind} needs a type and a name", block.header))
    elif kind == "variable" and len(labels) == 1:
        found.variables[labels[0]].append(block)
    elif kind == "locals":
        for argument in block.body.arguments:
            found.locals[argument.name.text].append(argument)
    elif kind == "module" and len(labels) == 1:
        found.modules.append(block)
    elif kind == "output" and len(labels) == 1:
        found.outputs[labels[0]] = block
    elif kind == "provider" and labels == ["aws"]:
        found.providers.append(block)


def _declare_resource(block: Block, found: Declarations) -> None:
    type_, name = (label.text for label in block.labels)
    is_data = block.type.text == "data"
    address = f"data.{type_}.{name}" if is_data else f"{type_}.{name}"
    resource = Resource(address, type_, name, block, _provider(block.body))
    if address in found.resources and type_.startswith(_OURS):
        found.problems.append(Problem(block.at.path, f"{address} is declared twice", block.header))
    found.resources[address].append(resource)
    if not is_data:
        found.managed.append(resource)


def _provider(body: Body) -> str:
    """The alias in `provider = aws.alias`; Terraform 0.11 wrote it in quotes."""
    node = body.get("provider")
    if isinstance(node, Attribute) and isinstance(node.of, Variable):
        return node.name
    return node.text.partition(".")[2] if isinstance(node, Scalar) else ""
