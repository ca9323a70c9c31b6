"""Values that are given on the command line: of Terraform's variables, and of CloudFormation's parameters.

https://developer.hashicorp.com/terraform/language/values/variables#assigning-values-to-root-module-variables
"""

import os
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.errors import UsageError
from kmslint.raw import RawFile
from kmslint.reading import is_inside, read_bytes, reason_of


class GivenVariables(NamedTuple):
    """The values for the variables of root modules. A later one wins, and a text over all files."""

    texts: tuple[tuple[str, str], ...] = ()
    """Names and values of `--var`."""
    files: tuple[RawFile, ...] = ()
    """What `--var-file` names."""
    below: "GivenVariables | None" = None
    """What the configuration says: anything here counts over it, and no module has to declare its names."""

    def origins(self) -> Iterator[str]:
        """What the places of all values are called: the files, and the options."""
        yield from (file.path for file in self.files)
        yield from (f"--var {name}" for name, _ in self.texts)
        if self.below is not None:
            yield from self.below.origins()


NO_VARIABLES: Final = GivenVariables()


class GivenParameter(NamedTuple):
    """A value for a parameter of the templates."""

    name: str
    value: str
    file: str
    """What gives it: the path of a `--parameter-file`, or nothing for a `--parameter`."""
    configured: bool = False
    """The configuration gives it, to whichever template declares it."""


class GivenParameters(NamedTuple):
    """The values for the parameters of templates, in an order in which a later one wins."""

    values: tuple[GivenParameter, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values)


NO_PARAMETERS: Final = GivenParameters()


def given_variables(
    texts: Iterable[str], paths: Iterable[str], root: str, below: GivenVariables | None = None
) -> GivenVariables:
    """The values of `--var NAME=VALUE` and `--var-file PATH`, over those of the configuration.

    Raises UsageError for what is neither.
    """
    files = tuple(given_file("--var-file", path, root) for path in paths)
    return GivenVariables(tuple(map(_pair, texts)), files, below)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.replace("-", "_").isidentifier():
        raise UsageError(f"--var {text}: not NAME=VALUE")
    return name, value


def given_file(option: str, path: str, root: str, most: int = limits.FILE_BYTES) -> RawFile:
    """The file that an option names. Raises UsageError if it cannot be read."""
    real = os.path.realpath(path)
    if not is_inside(real, root):
        raise UsageError(f"{option} {path} lies outside {root}, to which all reported paths are relative")
    try:
        return RawFile(os.path.relpath(real, root).replace(os.sep, "/"), read_bytes(real, most), named=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {path} cannot be read: {reason_of(error)}") from None
