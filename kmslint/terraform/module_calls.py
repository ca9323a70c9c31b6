"""Calls of modules that are not here, of which too little is known, and that make keys.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.model.estate import Key, KeyKind, KeyPolicy, KeySettings, PolicyOrigin
from kmslint.syntax.tree import Block
from kmslint.terraform.instances import One
from kmslint.terraform.modules import Modules
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.root import local_source, source_of
from kmslint.values import Hole, HoleKind, Text, Unknown


def read_module_calls(modules: Modules) -> Iterator[Key]:
    """A key that nothing is known of, for each call of a remote module that is about KMS by its name."""
    for module in modules:
        for block in module.declared.modules:
            source = source_of(block)
            if "kms" in source.lower() and local_source(block) is None:
                for one in module.instances_of(f"module.{block.labels[0].text}", block).all:
                    if module.child(block, one) is None:
                        yield _key(one, source, block, module)


def _key(one: One, source: str, block: Block, module: ModuleNames) -> Key:
    at = block.header
    reason = module.root.not_known.get(block.at) or "a module that is not here"
    missing = Unknown(Hole(HoleKind.EXPRESSION, f"{one.address} ({source}: {reason})"), at)
    arn = Text((Hole(HoleKind.RESOURCE, f"{one.address}.key_arn", resource=one.address),), at)
    policy = KeyPolicy(PolicyOrigin.UNKNOWN, at, missing=missing)
    return Key(one.address, KeyKind.MODULE, at, arn, policy, KeySettings(), guards=one.guards | module.guards)
