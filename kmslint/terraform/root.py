"""What the modules below one root module share: the budget, the values that are worked out, and the instances found."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from kmslint import limits
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.syntax.tree import Block, Scalar
from kmslint.terraform.assigned import Assigned
from kmslint.terraform.budget import Budget
from kmslint.terraform.declarations import Declarations
from kmslint.terraform.files import Tree
from kmslint.values import Hole, HoleKind, Unknown, Value

Key = tuple[str, Location, str]
"""The module, a place in its source, and which attribute of the block there."""


_NOTHING = Assigned()


class Library(Protocol):
    """The modules on disk, each read once."""

    def load(self, directory: str) -> Declarations | None:
        """What a directory declares; None if it holds no Terraform files, or lies outside the root."""
        ...

    def directory(self, caller: str, source: str) -> str:
        """The directory that a local source leads to from the directory of its caller."""
        ...

    def is_concerned(self, directory: str) -> bool:
        """Whether the directory, or a module it calls, has anything to do with keys, permissions or identities."""
        ...


class Target(Protocol):
    """An instance of a resource or of a module: whatever attributes can be asked of."""

    def attribute(self, name: str, at: Location) -> Value:
        """An attribute; a hole that names it where nobody can tell."""
        ...


class Loaded(NamedTuple):
    """A module that is called."""

    declared: Declarations
    directory: str


class Root:
    """One root module with everything that is called from it."""

    def __init__(self, library: Library | None = None, assigned: Assigned = _NOTHING, tree: Tree | None = None) -> None:
        self.library = library
        self.tree = tree
        """The files that expressions may read; None if they may read none."""
        self.assigned = assigned
        self.budget = Budget()
        self.targets: dict[str, Target] = {}
        """The instances that references have led to, by address."""
        self.problems: list[Problem] = []
        self.declared: list[Declarations] = []
        """What the called modules declare, once for each call."""
        self._worked_out: dict[Key, Value] = {}
        self._open: dict[Key, str] = {}

    def once(self, key: Key, label: str, work: Callable[[], Value]) -> Value:
        """The value of what stands at a place; the label is how a circle names it."""
        if key in self._worked_out:
            return self._worked_out[key]
        module, at, _ = key
        if key in self._open:
            labels = list(self._open.values())[list(self._open).index(key) :]
            circle = f"circle: {' -> '.join((*labels, label))}"
            return Unknown(Hole(HoleKind.EXPRESSION, circle, module), at)
        self._open[key] = label
        try:
            value = self.budget.bounded(work(), at)
        finally:
            del self._open[key]
        self._worked_out[key] = value
        return value

    def load(self, block: Block, caller: str, above: tuple[str, ...]) -> Loaded | None:
        """The module that a block calls; None, and a problem if it should be there, if it cannot be read.

        `above` are the directories from the caller up to the root module.
        """
        source = local_source(block)
        if source is None or self.library is None:
            return None
        directory = self.library.directory(caller, source)
        declared = self.library.load(directory)
        reason = ""
        if declared is None:
            reason = f"{source} holds no Terraform files, or is not inside the repository"
        elif directory in above:
            reason = f"{source} leads back to a module that it is called from"
        elif len(above) > limits.MODULE_DEPTH or len(self.declared) >= limits.MODULES:
            reason = f"more than {limits.MODULES} modules, or nested deeper than {limits.MODULE_DEPTH}"
        if declared is None or reason:
            name = block.labels[0].text
            self.problems.append(Problem(block.at.path, f'module "{name}": {reason}', block.header))
            return None
        self.declared.append(declared)
        return Loaded(declared, directory)

    def instance(self, address: str, make: Callable[[], Target]) -> Hole:
        """The hole that stands for an instance as a whole, whose attributes can be asked for."""
        if address not in self.targets:
            self.targets[address] = make()
        return Hole(HoleKind.RESOURCE, address, resource=address)


def local_source(block: Block) -> str | None:
    """The `source` of a module call that is a path; None if the module is to be fetched from somewhere.

    https://developer.hashicorp.com/terraform/language/modules/sources#local-paths
    """
    node = block.body.get("source")
    source = node.text if isinstance(node, Scalar) else ""
    return source if source.startswith(("./", "../")) or source in (".", "..") else None
