"""Values of Terraform variables that are given on the command line.

https://developer.hashicorp.com/terraform/language/values/variables#assigning-values-to-root-module-variables
"""

import os
from collections.abc import Iterable
from typing import Final, NamedTuple

from kmslint.errors import UsageError
from kmslint.raw import RawFile
from kmslint.reading import is_inside, read_bytes, reason_of


class GivenVariables(NamedTuple):
    """The values for the variables of root modules. A later one wins, and a text over all files."""

    texts: tuple[tuple[str, str], ...] = ()
    """Names and values of `--var`."""
    files: tuple[RawFile, ...] = ()
    """What `--var-file` names."""


NO_VARIABLES: Final = GivenVariables()


def given_variables(texts: Iterable[str], paths: Iterable[str], root: str) -> GivenVariables:
    """The values of `--var NAME=VALUE` and `--var-file PATH`. Raises UsageError for what is neither."""
    return GivenVariables(tuple(map(_pair, texts)), tuple(_file(path, root) for path in paths))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.replace("-", "_").isidentifier():
        raise UsageError(f"--var {text}: not NAME=VALUE")
    return name, value


def _file(path: str, root: str) -> RawFile:
    real = os.path.realpath(path)
    if not is_inside(real, root):
        raise UsageError(f"--var-file {path} lies outside {root}, to which all reported paths are relative")
    try:
        return RawFile(os.path.relpath(real, root).replace(os.sep, "/"), read_bytes(real), named=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"--var-file {path} cannot be read: {reason_of(error)}") from None
