"""Which files of a directory are read as what, and in which order.

https://developer.hashicorp.com/terraform/language/files
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmslint.syntax.tree import HclFile

_VALUES = (".tfvars", ".tfvars.json")
_FIRST = ("terraform.tfvars", "terraform.tfvars.json")
_INSTEAD = {".tf": ".tofu", ".tf.json": ".tofu.json"}
"""A file that OpenTofu reads in place of another one of the same name.

Terraform reads the other one. Whoever writes both means OpenTofu to have its own, and together they would
declare everything twice. https://opentofu.org/docs/language/files/
"""
_ENDINGS = (".tf", ".tofu", ".tf.json", ".tofu.json")


class ModuleFiles(NamedTuple):
    """The files of a module, each group in the order in which it is read."""

    values: tuple[HclFile, ...]
    """Values of variables: a later one wins."""
    configuration: tuple[HclFile, ...]
    overrides: tuple[HclFile, ...]
    """Merged into the configuration, one after the other."""


def module_files(files: Sequence[HclFile]) -> ModuleFiles:
    """The files by what they are for; without those that OpenTofu leaves to Terraform."""
    values, configuration, overrides = [], [], []
    for file in sorted(_read(files), key=_reading_order):
        name = _file_name(file)
        if name.endswith(_VALUES):
            values.append(file)
        elif _overrides(name):
            overrides.append(file)
        else:
            configuration.append(file)
    return ModuleFiles(tuple(values), tuple(configuration), tuple(overrides))


def _read(files: Sequence[HclFile]) -> Iterator[HclFile]:
    names = {_file_name(file) for file in files}
    for file in files:
        stem, ending = _parts(_file_name(file))
        if stem + _INSTEAD.get(ending, "/") not in names:
            yield file


def _reading_order(file: HclFile) -> tuple[bool, str]:
    name = _file_name(file)
    return (name not in _FIRST, name)


def _file_name(file: HclFile) -> str:
    return file.source.path.rpartition("/")[2]


def _overrides(name: str) -> bool:
    stem = _parts(name)[0]
    return stem == "override" or stem.endswith("_override")


def _parts(name: str) -> tuple[str, str]:
    """The name without its ending, and the ending."""
    ending = next((ending for ending in _ENDINGS if name.endswith(ending)), "")
    return name.removesuffix(ending), ending
