"""Calls of modules that are not here and that make keys.

https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.model.estate import Key, KeyKind, KeyPolicy, KeySettings, PolicyOrigin
from kmslint.syntax.tree import Block, Scalar
from kmslint.terraform.names import ModuleNames
from kmslint.values import Hole, HoleKind, Text, Unknown

_LOCAL = ("./", "../")


def read_module_calls(names: ModuleNames) -> Iterator[Key]:
    """A key that nothing is known of, for each call of a remote module that is about KMS by its name."""
    for block in names.declared.modules:
        source = _source(block)
        address = f"module.{block.labels[0].text}"
        guards = names.instances_of(address, block).guards()
        if guards is not None and "kms" in source.lower() and not source.startswith(_LOCAL):
            at = block.header
            missing = Unknown(Hole(HoleKind.EXPRESSION, f"{address} ({source})"), at)
            arn = Text((Hole(HoleKind.RESOURCE, f"{address}.key_arn", resource=address),), at)
            policy = KeyPolicy(PolicyOrigin.UNKNOWN, at, missing=missing)
            yield Key(address, KeyKind.MODULE, at, arn, policy, KeySettings(), guards=guards)


def _source(block: Block) -> str:
    node = block.body.get("source")
    return node.text if isinstance(node, Scalar) else ""
