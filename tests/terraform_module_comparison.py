"""What kmslint makes of the modules of a tree, held against what Terraform plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kmslint.discovery import discover
from kmslint.terraform.assigned import Assigned
from kmslint.terraform.files import Tree as Readable
from kmslint.terraform.modules import Modules
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.resources import Instance
from kmslint.terraform.root import Root
from kmslint.terraform_library import TerraformLibrary
from kmslint.values import Fields, Null, Unknown, Value
from terraform_comparison import Outcome, holes
from terraform_matching import Data, fits
from terraform_module_trees import Tree
from terraform_modules import spelt
from terraform_tree_plans import Plan


class Found(NamedTuple):
    """What came of one comparison, and what to print of it."""

    outcome: Outcome
    what: str


class _AllConcerned(TerraformLibrary):
    """Modules that have nothing to do with keys are looked into as well."""

    def is_concerned(self, directory: str) -> bool:  # noqa: ARG002
        return True


def names_of(tree: Tree, directory: Path) -> ModuleNames:
    """The root module of a tree that is written to a directory."""
    discovered = discover([str(directory)], str(directory))
    library = _AllConcerned(discovered)
    declared = library.load(".")
    assert declared is not None
    readable = Readable(discovered.root, discovered.trees, ".")
    return ModuleNames(declared, Root(library, Assigned(tree.given), readable))


def compared(tree: Tree, directory: Path, plan: Plan) -> Iterator[Found]:
    """The outcome of every output, and of every resource, of a tree that is written to a directory."""
    names = names_of(tree, directory)
    for name, data in plan.outputs.items():
        block = names.declared.outputs[name]
        value = _it(names.output(name, block.at))
        yield Found(_outcome(value, data), f"output {name}\n  kmslint   {spelt(value)}\n  terraform {data}")
    modules = Modules(names)
    yield from _resources([*modules.of_type("terraform_data")], plan)
    for problem in (*names.root.problems, *names.declared.problems):
        yield Found(Outcome.WRONG, f"a problem where Terraform has none: {problem}")


def _it(value: Value) -> Value:
    """What an output of the root module is wrapped in an object for: Terraform does not show one that is null."""
    member = value.get("it") if isinstance(value, Fields) else None
    return value if member is None else member


def _outcome(value: Value, data: Data) -> Outcome:
    if not fits(value, data):
        return Outcome.WRONG
    if isinstance(value, Unknown):
        return Outcome.UNKNOWN
    return Outcome.FITS if any(True for _ in holes(value)) else Outcome.EQUAL


def _resources(instances: list[Instance], plan: Plan) -> Iterator[Found]:
    """Every instance of Terraform's is one of kmslint's, and those that are there for sure are Terraform's."""
    for instance in instances:
        pattern = _pattern(instance)
        exact = instance.address in plan.addresses
        meant = [instance.address] if exact else [one for one in plan.addresses if pattern.fullmatch(one)]
        if not meant and not instance.guards:
            yield Found(Outcome.WRONG, f"{instance.address} is not there")
        value = instance.argument("input") or Null(instance.at)
        for address in meant:
            if address in plan.inputs:
                data = plan.inputs[address]
                yield Found(_outcome(value, data), f"{address}\n  kmslint   {spelt(value)}\n  terraform {data}")
    for address in plan.addresses:
        if not any(one.address == address or _pattern(one).fullmatch(address) for one in instances):
            yield Found(Outcome.WRONG, f"{address} is not known to kmslint")


def _pattern(instance: Instance) -> re.Pattern[str]:
    """The addresses that the one of an instance stands for: it may stand for all, or have a hole in its index."""
    parts = re.split(r"(\$\{[^}]*\})", instance.address)
    spelt = "".join(".*" if part.startswith("${") else re.escape(part) for part in parts)
    return re.compile(re.sub(r"(\\\.(?:c|r)\d+)(?=\\\.|$)", r'\1(?:\\[(?:\\d+|"[^"]*")\\])?', spelt))
