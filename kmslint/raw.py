"""Files, and directories of Terraform files, as they are on disk."""

from collections.abc import Mapping
from typing import Final, NamedTuple

VARIABLES: Final = (".tfvars", ".tfvars.json")
"""How the files end that hold values of Terraform's variables."""


class RawFile(NamedTuple):
    """A file's bytes, read once."""

    path: str
    """Relative to the root, POSIX."""
    data: bytes
    named: bool
    """Given on the command line, rather than found below a directory."""


class Module(NamedTuple):
    """The Terraform files of one directory."""

    directory: str
    """Relative to the root, POSIX."""
    files: tuple[RawFile, ...]
    calls: Mapping[str, str] = {}
    """The directories that its local sources lead to."""
    holds_keys: bool = True
    """It, or a module that it calls, has to do with keys or permissions on them."""
    concerned: bool = True
    """It, or a module that it calls, has to do with keys, permissions on them, or identities."""
    installed: Mapping[str, str] = {}
    """The directories of the modules that `terraform init` has fetched for it, by the names of the calls: `a.b`.
    Empty for one that lies where no such module does."""
