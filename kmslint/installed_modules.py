"""What `terraform init` has fetched for a root module: `.terraform/modules/modules.json`.

The file is Terraform's own and not described in its documentation; it has had this form since Terraform 0.12:
`{"Modules": [{"Key": "a.b", "Source": "registry.terraform.io/x/y/aws", "Version": "1.0.0", "Dir": "..."}]}`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from kmslint.looking import is_directory, real_path
from kmslint.reading import is_inside

MODULES: Final = os.path.join(".terraform", "modules")
MANIFEST: Final = os.path.join(MODULES, "modules.json")

_LOCAL: Final = ("./", "../")


def installed_modules(data: bytes, directory: str) -> dict[str, str] | None:
    """The directories of the fetched modules by the names of their calls, `a.b`; None if the file is something else.

    `directory` is that of the root module. One that lies anywhere but below its `.terraform/modules` is empty; one
    that is not there is left out, as before `terraform init`. Raises OSError where nobody can tell.
    """
    import json  # only where a `.terraform` is

    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        return None
    entries = manifest.get("Modules") if isinstance(manifest, dict) else None
    if not isinstance(entries, list):
        return None
    modules = real_path(os.path.join(directory, MODULES))
    places = {names: os.path.join(directory, place) for names, place in _fetched(entries)}
    there = {names: real_path(place) for names, place in places.items() if is_directory(place)}
    return {names: real if is_inside(real, modules) and real != modules else "" for names, real in there.items()}


def _fetched(entries: list[object]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        names, source, place = map(entry.get, ("Key", "Source", "Dir")) if isinstance(entry, dict) else (None,) * 3
        if not (isinstance(names, str) and isinstance(source, str) and isinstance(place, str)):
            continue
        if names and source and not source.startswith(_LOCAL):
            yield names, place
