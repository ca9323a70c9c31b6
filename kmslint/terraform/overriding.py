"""Override files: their blocks, merged into the blocks of the same header.

https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmslint.location import Location
from kmslint.syntax.tree import Argument, Block, Body, Node, Scalar

_Header = tuple[str, ...]

_NOT_OVERRIDDEN = frozenset({"check", "import", "moved"})
"""Terraform takes none of them in an override file."""

_WITHOUT_EFFECT = frozenset({"removed", "terraform"})


class Refused(NamedTuple):
    """A block or local value of an override file that Terraform does not take."""

    reason: str
    at: Location


class Overridden(NamedTuple):
    """The blocks of a module with its override files merged in."""

    blocks: tuple[Block, ...]
    refused: tuple[Refused, ...]
    """What overrides nothing, and what cannot be overridden."""


def overridden(blocks: Sequence[Block], overrides: Sequence[Block]) -> Overridden:
    """The blocks where they stand, with what the override blocks say instead, the last one said last.

    Of twins the last one is overridden: Terraform refuses them anyhow.
    """
    if not overrides:
        return Overridden(tuple(blocks), ())
    merging = _Merging(overrides)
    merged = [merging.merged(block) for block in reversed(blocks)]
    return Overridden((*reversed(merged), *merging.default_providers()), tuple(merging.refused()))


class _Merging:
    """The override blocks by their headers; whatever is taken out by the end has overridden nothing."""

    def __init__(self, overrides: Sequence[Block]) -> None:
        self._blocks: defaultdict[_Header, list[Block]] = defaultdict(list)
        self._locals: dict[str, Argument] = {}
        self._refused: list[Refused] = []
        for block in overrides:
            kind = block.type.text
            if kind == "locals":
                self._locals.update((argument.name.text, argument) for argument in block.body.arguments)
            elif kind in _NOT_OVERRIDDEN:
                self._refused.append(Refused(f"{kind} in an override file", block.header))
            elif kind not in _WITHOUT_EFFECT:
                self._blocks[_header(block)].append(block)

    def merged(self, block: Block) -> Block:
        if block.type.text == "locals":
            return block._replace(body=block.body._replace(arguments=tuple(self._values(block.body))))
        overrides = self._blocks.pop(_header(block), None)
        return block if overrides is None else block._replace(body=_merged(block.body, overrides))

    def default_providers(self) -> Iterator[Block]:
        """A provider without an alias is there even where nobody configures it."""
        for header in [header for header in self._blocks if header[0] == "provider" and header[-1] == ""]:
            first, *rest = self._blocks.pop(header)
            yield first._replace(body=_merged(first.body, rest))

    def refused(self) -> Iterator[Refused]:
        yield from self._refused
        for header, blocks in self._blocks.items():
            for block in blocks:
                yield Refused(f"nothing to override: there is no {_words(header)}", block.header)
        for name, argument in self._locals.items():
            yield Refused(f"nothing to override: there is no local.{name}", argument.at)

    def _values(self, body: Body) -> Iterator[Argument]:
        for argument in body.arguments:
            override = self._locals.pop(argument.name.text, None)
            yield argument if override is None else argument._replace(value=override.value)


def _merged(body: Body, overrides: Sequence[Block]) -> Body:
    """Arguments replace those of the same name, and nested blocks all those of the same type."""
    arguments: dict[str, Argument] = {}
    blocks: dict[str, list[Block]] = {}
    for override in overrides:
        arguments.update((argument.name.text, argument) for argument in override.body.arguments)
        of_type: defaultdict[str, list[Block]] = defaultdict(list)
        for block in override.body.blocks:
            of_type[_type_of(block)].append(block)
        blocks.update(of_type)
    return Body(
        (*(one for one in body.arguments if one.name.text not in arguments), *arguments.values()),
        (
            *(one for one in body.blocks if _type_of(one) not in blocks),
            *(one for each in blocks.values() for one in each),
        ),
        body.at,
    )


def _type_of(block: Block) -> str:
    """The type of a nested block, or of those that a `dynamic` block makes."""
    return block.labels[0].text if block.type.text == "dynamic" and block.labels else block.type.text


def _header(block: Block) -> _Header:
    """What an override block has in common with the block that it overrides."""
    header = (block.type.text, *(label.text for label in block.labels))
    return (*header, _text(block.body.get("alias"))) if block.type.text == "provider" else header


def _words(header: _Header) -> str:
    kind, *labels = header
    return f"{kind} {'.'.join(filter(None, labels))}".rstrip()


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""
