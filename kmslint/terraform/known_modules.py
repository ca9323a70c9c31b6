"""Public modules that are not on disk and whose documentation says what they make.

Each is described by a file of Terraform in `known/`, written from the documented inputs and outputs of the module:
it declares every input that the description knows, and what these decide of keys, policies and identities. Where the
documentation does not decide, the description refers to a local value that it does not declare: that is unknown.
`local.since_4_0` says whether the module is of that version or a later one; what stands in a block `since_4_0` or
`before_4_0` is there for such a version only. The block `described` lists releases: the first and the last that the
description holds for, and the last of each major version, at least; with those that begin a block `since_4_0` too, a
constraint that leaves later releases out finds one that is like its own. Its `includes` are files whose Terraform is
part of the description too: what several modules have in common.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.location import Source
from kmslint.syntax.hcl import read_hcl, refused
from kmslint.syntax.tree import Block, Body, HclFile, Scalar, Sequence
from kmslint.terraform.called_files import called_from
from kmslint.terraform.declarations import Declarations, declarations
from kmslint.terraform.remote_sources import remote_source
from kmslint.terraform.versions import Version, chosen, version

_KNOWN: Final = os.path.join(os.path.dirname(__file__), "known")
_HEAD: Final = "described"
"""The block that tells of the description itself; the rest is Terraform."""
_SINCE: Final = re.compile(r"\blocal\.(since_(\d+(?:_\d+){0,2}))\b")
_VERSIONED: Final = re.compile(r"(since|before)_(\d+(?:_\d+){0,2})")
_META: Final = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


class Known(NamedTuple):
    """What is known of a call of a module that is not on disk."""

    declared: Declarations | None
    reason: str = ""
    """Why the description does not hold for this call."""


def known_module(block: Block) -> Known:
    """The description of the module that a block calls, every place in it shown at the block."""
    remote = remote_source(_text(block, "source") or "")
    file_name = "" if remote is None else f"{remote.name.replace('//modules/', '/').replace('/', '.')}.tf"
    if remote is None or file_name not in _file_names():
        return Known(None)
    written = _text(block, "version") if remote.from_registry else remote.version
    releases = _releases(file_name)
    found = None if written is None else chosen(written, releases)
    if found is None:
        return Known(None, f"version {written} is not known" if written else "its version is not known")
    declared = declarations([called_from(_file(file_name, found), block.header.shown)])
    unknown = sorted({argument.name.text for argument in block.body.arguments} - _META - declared.variables.keys())
    unknown += [inner.type.text for inner in block.body.blocks if inner.type.text != "providers"]
    if unknown:
        return Known(None, f"input {unknown[0]} is not known")
    return Known(declared)


def known_sources() -> dict[str, tuple[Version, Version]]:
    """The sources of the modules that are described, as a call spells them, with the first and last known release."""
    found = {_source(name): _releases(name) for name in sorted(_file_names())}
    return {source: (releases[0], releases[-1]) for source, releases in found.items()}


def _source(file_name: str) -> str:
    namespace, name, provider, *below = file_name.removesuffix(".tf").split(".")
    return "/".join((namespace, name, provider)) + "".join(f"//modules/{part}" for part in below)


@lru_cache(maxsize=1)
def _file_names() -> frozenset[str]:
    return frozenset(name for name in os.listdir(_KNOWN) if name.endswith(".tf"))


@lru_cache(maxsize=64)
def _text_of(file_name: str) -> str:
    with open(os.path.join(_KNOWN, file_name), encoding="utf-8") as file:
        return file.read()


@lru_cache(maxsize=64)
def _file(name: str, of: Version) -> HclFile:
    """The description as it holds for a version, with what it includes: one file, where no two places are alike."""
    text = "\n".join(map(_text_of, (*_listed(name, "includes"), name)))
    since = {found[1]: _is_since(of, found[2]) for found in _SINCE.finditer(text)}
    answers = (f"  {local} = {'true' if holds else 'false'}\n" for local, holds in since.items())
    with limits.usual():  # it is ours
        file = read_hcl(Source("", f"{text}\nlocals {{\n{''.join(answers)}}}\n"))
    # What is for some versions only stands in blocks of ours, which no module has.
    unreadable = set(file.problems) - set(refused(file.body))
    body = _as_of(file.body, of)
    return file._replace(body=body, problems=(*unreadable, *refused(body)))


def _as_of(body: Body, of: Version) -> Body:
    """What there is for a version, with the blocks that say since when or until when opened up."""
    arguments, blocks = list(body.arguments), []
    for block in body.blocks:
        if block.type.text == _HEAD:
            continue
        inner = _as_of(block.body, of)
        versioned = _VERSIONED.fullmatch(block.type.text)
        if versioned is None:
            blocks.append(block._replace(body=inner))
        elif _is_since(of, versioned[2]) == (versioned[1] == "since"):
            arguments += inner.arguments
            blocks += inner.blocks
    return body._replace(arguments=tuple(arguments), blocks=tuple(blocks))


def _is_since(of: Version, first: str) -> bool:
    lowest = version(first.replace("_", "."))
    return lowest is not None and of >= lowest


@lru_cache(maxsize=64)
def _releases(name: str) -> tuple[Version, ...]:
    found = map(version, _listed(name, "releases"))
    return tuple(sorted(one for one in found if one is not None))


@lru_cache(maxsize=64)
def _head(name: str) -> Body:
    """What the description says of itself."""
    with limits.usual():
        blocks = read_hcl(Source("", _text_of(name))).body.blocks
    return next(block.body for block in blocks if block.type.text == _HEAD)


def _listed(name: str, argument: str) -> tuple[str, ...]:
    node = _head(name).get(argument)
    return tuple(item.text for item in node.items if isinstance(item, Scalar)) if isinstance(node, Sequence) else ()


def _text(block: Block, name: str) -> str | None:
    """An argument as it is written, empty if it is not; None for more than a literal, as OpenTofu takes it."""
    node = block.body.get(name)
    if node is None:
        return ""
    return node.text if isinstance(node, Scalar) else None
