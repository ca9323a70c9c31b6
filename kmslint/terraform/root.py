"""What the modules below one root module share: the budget, the values that are worked out, and the instances found."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from kmslint import limits
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.syntax.tree import Block, Scalar
from kmslint.terraform.assigned import NOTHING_ASSIGNED, Assigned
from kmslint.terraform.budget import Budget
from kmslint.terraform.declarations import Declarations
from kmslint.terraform.files import Tree
from kmslint.values import Hole, HoleKind, Unknown, Value

Key = tuple[str, Location, str]
"""The module, a place in its source, and which attribute of the block there."""


class Library(Protocol):
    """The modules on disk, each read once."""

    def load(self, directory: str, called_at: Location | None = None) -> Declarations | None:
        """What a directory declares; None if it holds no Terraform files, or lies outside the root.

        With the place of a call, everything in it is shown there.
        """
        ...

    def installed(self, root: str, names: str) -> str | None:
        """The directory of a module that `terraform init` has fetched for a root module, by the names of the calls
        down to it, `a.b`; None if it has not, empty if it lies where no such module does."""
        ...

    def characters(self, directory: str) -> int:
        """The length of the files of a directory."""
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

    def __init__(
        self, library: Library | None = None, assigned: Assigned = NOTHING_ASSIGNED, tree: Tree | None = None
    ) -> None:
        self.library = library
        self.tree = tree
        """The files that expressions may read; None if they may read none."""
        self.assigned = assigned
        self.budget = Budget()
        self.instances_left = limits.INSTANCES
        """So many instances of `count` and `for_each` may still be told apart: their modules multiply them."""
        self.instances_told = False
        """That there are more has been said."""
        self._resources_left = limits.REPEATED_RESOURCES
        self.targets: dict[str, Target] = {}
        """The instances that references have led to, by address."""
        self.problems: list[Problem] = []
        self.declared: list[Declarations] = []
        """What the called modules declare, once for each call."""
        self.not_known: dict[Location, str] = {}
        """Why a description does not hold for a call, by the block."""
        self._called: dict[tuple[Location, str], Declarations | None] = {}
        self._characters = 0
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

    def load(self, block: Block, caller: str, above: tuple[str, ...], names: str) -> Loaded | None:
        """The module that a block calls; None, and a problem if it should be there, if it cannot be read.

        `above` are the directories from the caller up to the root module, `names` those of the calls down to this one.
        """
        directory = self.directory(block, caller, above[-1], names)
        if directory is None:
            return self._described(block)
        called_at = block.at.source.called_at if local_source(block) is not None else block.header.shown
        reason = self._refused(block, directory, above, called_at is not None)
        # Nothing is loaded before: what no root module has loaded is read by itself.
        declared = None if reason else self._declared(block, directory, called_at)
        if declared is None and not reason:
            reason = f"{source_of(block)} holds no Terraform files, or is not inside the repository"
        if declared is not None and any(one is declared for one in self.declared):
            self._resources_left -= declared.number_that_matters
            if self._resources_left < 0:
                reason = f"more than {limits.REPEATED_RESOURCES} resources in repeated modules"
                declared, reason = None, limits.named(reason, "repeated-resources")
        if declared is None:
            self.problems.append(Problem(block.at.path, f'module "{block.labels[0].text}": {reason}', block.header))
            return None
        self.declared.append(declared)
        return Loaded(declared, directory)

    def directory(self, block: Block, caller: str, root: str, names: str) -> str | None:
        """The directory of the module that a block calls; None if it is not on disk, empty if it may not be read."""
        source = local_source(block)
        if self.library is None:
            return None
        return self.library.installed(root, names) if source is None else self.library.directory(caller, source)

    def _refused(self, block: Block, directory: str, above: tuple[str, ...], is_fetched: bool) -> str:
        """Why a module is not read."""
        if not directory:
            return ".terraform/modules/modules.json leads out of .terraform/modules"
        if directory in above:
            return f"{source_of(block)} leads back to a module that it is called from"
        if len(above) > limits.MODULE_DEPTH:
            return limits.named(f"nested deeper than {limits.MODULE_DEPTH} modules", "module-depth")
        if len(self.declared) >= limits.MODULES:
            return limits.named(f"more than {limits.MODULES} modules", "modules")
        if is_fetched and self._characters > limits.CALLED_CHARACTERS:
            reason = f"more than {limits.CALLED_CHARACTERS} characters of fetched modules"
            return limits.named(reason, "called-characters")
        return ""

    def _declared(self, block: Block, directory: str, called_at: Location | None) -> Declarations | None:
        assert self.library is not None
        if called_at is None:
            return self.library.load(directory)
        key = (block.at, directory)
        if key not in self._called:
            self._characters += self.library.characters(directory)
            self._called[key] = self.library.load(directory, called_at)
        return self._called[key]

    def _described(self, block: Block) -> Loaded | None:
        """A module that is not on disk and of which enough is known."""
        if local_source(block) is not None:
            return None
        if len(self.declared) >= limits.MODULES:
            self.not_known[block.at] = reason = limits.named(f"more than {limits.MODULES} modules", "modules")
            self.problems.append(Problem(block.at.path, f'module "{block.labels[0].text}": {reason}', block.header))
            return None
        key = (block.at, "")
        if key not in self._called:
            from kmslint.terraform.known_modules import known_module  # reads HCL: not every call has a description

            known = known_module(block)
            self._called[key] = known.declared
            self.not_known[block.at] = known.reason
        declared = self._called[key]
        if declared is None:
            return None
        self.declared.append(declared)
        return Loaded(declared, f"description of {source_of(block)}")

    def instance(self, address: str, make: Callable[[], Target]) -> Hole:
        """The hole that stands for an instance as a whole, whose attributes can be asked for."""
        if address not in self.targets:
            self.targets[address] = make()
        return Hole(HoleKind.RESOURCE, address, resource=address)


def local_source(block: Block) -> str | None:
    """The `source` of a module call that is a path; None if the module is to be fetched from somewhere.

    https://developer.hashicorp.com/terraform/language/modules/sources#local-paths
    """
    source = source_of(block)
    return source if source.startswith(("./", "../")) or source in (".", "..") else None


def source_of(block: Block) -> str:
    """The `source` of a module call; empty if it is no plain text."""
    node = block.body.get("source")
    return node.text if isinstance(node, Scalar) else ""
