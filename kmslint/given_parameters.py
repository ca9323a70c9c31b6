"""`--parameter` and `--parameter-file`: values for the parameters of the templates that are nested in no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.cloudformation.parameter_files import values_in
from kmslint.errors import InputError, UsageError
from kmslint.given_variables import GivenParameter, GivenParameters, given_file

_NAMED = 10
"""Names that a message lists."""


def given_parameters(texts: Iterable[str], paths: Iterable[str], root: str) -> GivenParameters:
    """The values of `--parameter NAME=VALUE` and `--parameter-file PATH`: a text counts over all files.

    Raises UsageError for what is neither. No message shows a value, for it may be a secret.
    """
    of_files = [value for path in paths for value in _read(path, root)]
    return GivenParameters((*of_files, *map(_parameter, texts)))


def check_declared(given: GivenParameters, declared: set[str]) -> None:
    """Raises UsageError for a `--parameter` that no template declares, and for a file of which none declares any.

    A file may be shared by stacks that are not all here.
    """
    known = sorted(declared)
    shown = ", ".join(known[:_NAMED]) + (f" and {len(known) - _NAMED} more" if len(known) > _NAMED else "")
    there_is = f"there are {shown}" if known else "there is no template with parameters"
    asked = [value for value in given.values if not value.configured]
    for name, _, file, _ in asked:
        if not file and name not in declared:
            raise UsageError(f"--parameter {name}: no template here declares such a parameter; {there_is}")
    for file in dict.fromkeys(value.file for value in asked if value.file):
        names = [value.name for value in asked if value.file == file]
        if declared.isdisjoint(names):
            raise UsageError(f"--parameter-file {file}: no template here declares any of its parameters; {there_is}")


def _parameter(text: str) -> GivenParameter:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--parameter {name}: not NAME=VALUE")
    return GivenParameter(name, value, "")


def _read(path: str, root: str) -> Iterator[GivenParameter]:
    file = given_file("--parameter-file", path, root, "parameter-file-bytes")
    try:
        values = values_in(file)
    except InputError as error:
        raise UsageError(f"--parameter-file {error}") from None
    return (GivenParameter(name, value, file.path) for name, value in values)
