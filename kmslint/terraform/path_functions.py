"""Terraform's functions on paths that look at no file. Paths are those of Unix, as nearly everybody's are.

https://developer.hashicorp.com/terraform/language/functions/basename
"""

from __future__ import annotations

import posixpath

from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.text_functions import known_text
from kmslint.values import Value, text


def _basename(given: Given) -> Value:
    path = known_text(given, 0)
    if path is None or "\\" in path:
        return given.unknown()
    if not path:
        return text(".", given.at)
    return text(posixpath.basename(path.rstrip("/")) or "/", given.at)


def _dirname(given: Given) -> Value:
    path = known_text(given, 0)
    if path is None or "\\" in path:
        return given.unknown()
    directory = posixpath.normpath(path[: path.rfind("/") + 1] or ".")
    return text("/" if directory == "//" else directory, given.at)


def _pathexpand(given: Given) -> Value:
    """Only the user's home is expanded, and nobody knows it here."""
    path = known_text(given, 0)
    return given.unknown() if path is None or path.startswith("~") else text(path, given.at)


PATH_FUNCTIONS: dict[str, Function] = {
    "basename": Function(_basename, (parameters.string,)),
    "dirname": Function(_dirname, (parameters.string,)),
    "pathexpand": Function(_pathexpand, (parameters.string,)),
}
