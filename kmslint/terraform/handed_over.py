"""The roles whose names are given to modules that are not here, which may attach policies to them.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from kmslint.location import Location
from kmslint.model.estate import Identity
from kmslint.syntax import tree
from kmslint.terraform.modules import Modules
from kmslint.terraform.resource_types import IDENTITY_TYPES
from kmslint.terraform.root import local_source

_NAMES: Final = frozenset({"id", "name", "role_name"})
"""The attributes that are the name: nobody attaches anything by an ARN."""


def with_handed_over(identities: Iterable[Identity], modules: Modules) -> Iterator[Identity]:
    """The identities, with the mark of those that are handed over."""
    handed = frozenset(_handed_over(modules))
    for identity in identities:
        given = bool(handed) and not handed.isdisjoint(_around(identity.address))
        yield identity._replace(handed_over=True) if given else identity


def _handed_over(modules: Modules) -> Iterator[str]:
    """The addresses of such identities, without indexes, and those of modules that put out the name of a role."""
    for module in modules:
        for block in module.declared.modules:
            if local_source(block) is not None:
                continue
            instances = module.instances_of(f"module.{block.labels[0].text}", block).all
            if any(module.child(block, one) is None for one in instances):
                yield from (module.full(address) for address in _named_in(block.body.arguments))


def _named_in(node: object) -> Iterator[str]:
    """What the expressions name by its name: `aws_iam_role.app.name`, `module.role.role_name`."""
    waiting: list[Any] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tree.Attribute):
            of = one.of.of if isinstance(one.of, tree.Index) else one.of
            if isinstance(of, tree.Attribute) and isinstance(of.of, tree.Variable):
                if of.of.name in IDENTITY_TYPES and one.name in _NAMES:
                    yield f"{of.of.name}.{of.name}"
                elif of.of.name == "module" and "role" in one.name and not one.name.endswith("arn"):
                    yield f"module.{of.name}"
        if isinstance(one, tuple) and not isinstance(one, (tree.Scalar, Location)):
            waiting += one


def _around(address: str) -> Iterator[str]:
    """An address without its index, and those of the modules it stands in, with indexes and without."""
    yield address
    yield from (address[:at] for at, character in enumerate(address) if character in ".[")
