"""The blocks of a module by what they declare, whatever file they stand in.

https://developer.hashicorp.com/terraform/language/files
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from kmslint.errors import Problem
from kmslint.location import Location, Source
from kmslint.syntax.tree import Argument, Attribute, Block, Body, HclFile, Index, Node, Scalar, Template, Variable
from kmslint.terraform.block_types import LABELS, refused_header
from kmslint.terraform.duplicates import without_duplicates
from kmslint.terraform.free_names import is_constant
from kmslint.terraform.module_files import module_files
from kmslint.terraform.overriding import overridden
from kmslint.terraform.refusals import Refusals
from kmslint.terraform.resource_types import OURS
from kmslint.terraform.type_constraints import is_constraint


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


class _Placed(Protocol):
    @property
    def at(self) -> Location: ...


Named = TypeVar("Named", bound=_Placed)


class Twins(list[Named]):
    """What is declared under one name: Terraform refuses twins, so each file is taken to mean its own."""

    def __init__(self) -> None:
        super().__init__()
        self._by_source: dict[Source, Named] = {}

    def append(self, one: Named) -> None:
        super().append(one)
        self._by_source[one.at.source] = one

    def nearest(self, source: Source) -> Named | None:
        """The last one of that file, or else the last one of all."""
        return self._by_source.get(source) or (self[-1] if self else None)


class Declarations:
    """What the files of a module declare."""

    def __init__(self) -> None:
        self.variables: defaultdict[str, Twins[Block]] = defaultdict(Twins)
        self.assigned: dict[str, Node] = {}
        """Values of variables from `terraform.tfvars` and `*.auto.tfvars`."""
        self.locals: defaultdict[str, Twins[Argument]] = defaultdict(Twins)
        self.resources: defaultdict[str, Twins[Resource]] = defaultdict(Twins)
        """The `resource` and `data` blocks by address."""
        self.managed: list[Resource] = []
        """The `resource` blocks in the order of their files."""
        self.modules: list[Block] = []
        self.outputs: dict[str, Block] = {}
        self.providers: list[Block] = []
        self.problems: list[Problem] = []
        self.refusals = Refusals()
        """Twins, and whatever else Terraform refuses: they become problems."""
        self._names: set[str] = set()

    def once(self, name: str, at: Location) -> None:
        """Note a name; a problem if it is declared already."""
        if name in self._names:
            self.refusals.add(f"{name} is declared twice", at)
        self._names.add(name)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of those types, in order."""
        return (resource for resource in self.managed if resource.type in types)

    @property
    def number_that_matters(self) -> int:
        """How many resources are about keys or permissions."""
        return sum(resource.type.startswith(OURS) for resource in self.managed)

    def resource(self, address: str, source: Source) -> Resource | None:
        """The resource or data source of that address, as a file sees it."""
        return self.resources[address].nearest(source) if address in self.resources else None

    def variable(self, name: str, source: Source) -> Block | None:
        """The declaration of a variable."""
        return self.variables[name].nearest(source) if name in self.variables else None

    def local(self, name: str, source: Source) -> Argument | None:
        """The declaration of a local value."""
        return self.locals[name].nearest(source) if name in self.locals else None


def declarations(files: Sequence[HclFile]) -> Declarations:
    """What the files declare, override files merged in; values of variables in the order Terraform reads them in."""
    found = Declarations()
    arranged = module_files(files)
    for file in arranged.values:
        given = assigned_in(file)
        found.problems += given.problems
        found.assigned.update(given.values)
    blocks = [block for file in arranged.configuration for block in _blocks(file, found)]
    overrides = [block for file in arranged.overrides for block in _blocks(file, found)]
    merged = overridden(blocks, overrides)
    for block in merged.blocks:
        _declare(block, found)
    for reason, at in merged.refused:
        found.refusals.add(reason, at)
    found.problems += found.refusals.problems
    return found


class Values(NamedTuple):
    """The values of variables in one file."""

    values: Mapping[str, Node]
    problems: tuple[Problem, ...]
    """What Terraform refuses in it."""


def assigned_in(file: HclFile) -> Values:
    """The values of variables in a `.tfvars` file, or in one that is given as such."""
    refusals = Refusals()
    body = _body(file)
    for block in () if file.problems else body.blocks:
        refusals.add(f"{block.type.text}: a block among the values of variables", block.header)
    for argument in file.body.arguments:
        if not is_constant(argument.value):
            refusals.add(f"{argument.name.text}: a value of a variable that is no constant", argument.at)
    values = {argument.name.text: argument.value for argument in body.arguments}
    return Values(values, (*file.problems, *refusals.problems))


def _blocks(file: HclFile, found: Declarations) -> Iterator[Block]:
    """The top-level blocks of a file that have the shape of their type."""
    found.problems += file.problems
    body = _body(file)
    for argument in () if file.problems else body.arguments:
        found.refusals.add(f'argument "{argument.name.text}" outside of any block', argument.at)
    for block in body.blocks:
        kind = block.type.text
        labels = LABELS.get(kind)
        if len(block.labels) == labels:
            yield block
        else:
            found.refusals.add(refused_header(kind, labels), block.header)


def _body(file: HclFile) -> Body:
    return without_duplicates(file.body) if file.problems else file.body


def _declare(block: Block, found: Declarations) -> None:
    kind, labels = block.type.text, [label.text for label in block.labels]
    if kind in ("resource", "data"):
        _declare_resource(block, found)
    elif kind == "variable":
        found.once(f"var.{labels[0]}", block.header)
        found.variables[labels[0]].append(block)
        type_ = block.body.get("type")
        if type_ is not None and not is_constraint(type_):
            found.refusals.add(f"var.{labels[0]}: a type that Terraform does not have", type_.at)
    elif kind == "locals":
        for argument in block.body.arguments:
            found.once(f"local.{argument.name.text}", argument.at)
            found.locals[argument.name.text].append(argument)
    elif kind == "module":
        found.once(f"module.{labels[0]}", block.header)
        found.modules.append(block)
        if isinstance(block.body.get("source"), Template):
            # OpenTofu takes variables in it; nobody here does.
            found.refusals.add(f"module.{labels[0]}: the source is no plain text", block.header)
    elif kind == "provider":
        alias = block.body.get("alias")
        name = f"{labels[0]}.{alias.text}" if isinstance(alias, Scalar) else labels[0]
        found.once(f"provider {name}", block.header)
        if labels == ["aws"]:
            found.providers.append(block)
    elif labels:
        found.once(".".join((kind, *labels)), block.header)
        if kind == "output":
            found.outputs[labels[0]] = block


def _declare_resource(block: Block, found: Declarations) -> None:
    type_, name = (label.text for label in block.labels)
    is_data = block.type.text == "data"
    address = f"data.{type_}.{name}" if is_data else f"{type_}.{name}"
    found.once(address, block.header)
    resource = Resource(address, type_, name, block, _provider(block.body))
    found.resources[address].append(resource)
    if not is_data:
        found.managed.append(resource)


def _provider(body: Body) -> str:
    """The alias in `provider = aws.alias`; Terraform 0.11 wrote it in quotes."""
    node = body.get("provider")
    if isinstance(node, Index):
        # OpenTofu: one of the instances of a provider.
        return node.at.source.text[node.at.start : node.at.end]
    if isinstance(node, Attribute) and isinstance(node.of, Variable):
        return node.name
    return node.text.partition(".")[2] if isinstance(node, Scalar) else ""
