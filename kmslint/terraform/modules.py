"""The root module and every module that it calls: what there is of a type in all of them."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.syntax.tree import Block
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.resources import Instance, of_resource, switched_off
from kmslint.terraform.root import local_source


class Modules:
    """The modules of one root module, each as often as it is called."""

    def __init__(self, names: ModuleNames) -> None:
        self.names = names
        """Those of the root module."""
        self._all = tuple(_below(names))

    def __iter__(self) -> Iterator[ModuleNames]:
        """The modules that may be there: a caller before those that it calls."""
        return (module for module in self._all if not module.is_off)

    def everything(self) -> tuple[ModuleNames, ...]:
        """The modules, those that are certainly not there included."""
        return self._all

    def of_type(self, *types: str) -> Iterator[Instance]:
        """The instances of resources that may be there, in order."""
        for module in self:
            for resource in module.declared.of_type(*types):
                yield from of_resource(resource, module)

    def switched_off(self, *types: str) -> Iterator[Instance]:
        """One instance for each resource of which there certainly is none: `count` or `for_each` comes to nothing."""
        for module in self._all:
            for resource in module.declared.of_type(*types):
                if module.is_off or not module.instances(resource).all:
                    yield switched_off(resource, module)

    def instance(self, address: str) -> Instance | None:
        """The instance that a reference has led to."""
        target = self.names.root.targets.get(address)
        return target if isinstance(target, Instance) else None


def _below(module: ModuleNames) -> Iterator[ModuleNames]:
    yield module
    for block in module.declared.modules:
        if not _is_concerned(module, block):
            continue
        instances = module.instances_of(f"module.{block.labels[0].text}", block)
        for one in instances.all or (instances.switched_off(),):
            child = module.child(block, one, is_off=not instances.all)
            if child is not None:
                yield from _below(child)


def _is_concerned(module: ModuleNames, block: Block) -> bool:
    """Whether the module has anything to do with keys or identities: others are asked for their outputs alone."""
    root = module.root
    directory = root.directory(block, module.directory, module.directories()[-1], module.names_of(block))
    if not directory or root.library is None:
        return local_source(block) is None
    return root.library.is_concerned(directory)
