"""Terraform's functions that read a file as it is.

https://developer.hashicorp.com/terraform/language/functions/file
"""

from __future__ import annotations

from collections.abc import Callable

from kmslint.location import Location
from kmslint.syntax.excerpts import excerpt_between
from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given, call
from kmslint.terraform.digests import DIGESTS, Change, base64_of
from kmslint.terraform.files import Files, Missing, Unread
from kmslint.terraform.scalars import of_bool
from kmslint.terraform.text_functions import known_text
from kmslint.values import Hole, HoleKind, Text, Unknown, Value, text

_PATH = 60
"""Characters of a path that a label shows."""


def read(name: str, given: Given, files: Files) -> Value:
    """The result of one of the functions; an unknown that says why where the file cannot be read."""
    body = FILE_FUNCTIONS[name]

    def of_path(decided: Given) -> Value:
        path = known_text(decided, 0)
        return decided.unknown() if path is None else body(decided, path, files)

    return call(Function(of_path, (parameters.string,)), given)


def unread(given: Given, name: str, path: str, reason: str) -> Unknown:
    """The result where a file cannot be read. It is not a failure: the file may be made before Terraform runs."""
    shown = path if len(path) <= _PATH else f"…{path[1 - _PATH :]}"
    return Unknown(Hole(HoleKind.EXPRESSION, f'{name}("{shown}"): {reason}', given.hole.scope), given.at)


def _file(given: Given, path: str, files: Files) -> Value:
    source = files.tree.source(files.place(path))
    if isinstance(source, Unread):
        return unread(given, "file", path, source.reason)
    end = len(source.text)
    # It stands where it is written: a policy in it is read there.
    pieces = (excerpt_between(source, 0, end),)
    return Text((source.text,) if end else (), Location(source, 0, end), False, pieces)


def _fileexists(given: Given, path: str, files: Files) -> Value:
    found = files.tree.data(files.place(path))
    if isinstance(found, Unread) and not isinstance(found, Missing):
        return unread(given, "fileexists", path, found.reason)
    return of_bool(not isinstance(found, Missing), given.at)


def _of_bytes(name: str, change: Change) -> Callable[[Given, str, Files], Value]:
    def body(given: Given, path: str, files: Files) -> Value:
        data = files.tree.data(files.place(path))
        return unread(given, name, path, data.reason) if isinstance(data, Unread) else text(change(data), given.at)

    return body


FILE_FUNCTIONS: dict[str, Callable[[Given, str, Files], Value]] = {
    "file": _file,
    "filebase64": _of_bytes("filebase64", base64_of),
    "fileexists": _fileexists,
    **{f"file{name}": _of_bytes(f"file{name}", change) for name, change in DIGESTS.items()},
}
