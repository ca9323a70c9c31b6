"""The oracle for modules: `terraform plan`, which needs no provider for `terraform_data`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from terraform_matching import Data, read
from terraform_module_trees import Tree
from terraform_oracle import ENVIRONMENT, TERRAFORM

_INITIALISED = ("init", "-input=false", "-backend=false")
_PLANNED = ("plan", "-input=false", "-refresh=false", "-lock=false", "-out=plan", "-var-file=../unset.tfvars")


class Plan(NamedTuple):
    """What Terraform makes of a tree."""

    outputs: dict[str, Data]
    """The values of the root module's outputs that are known before anything is made."""
    addresses: list[str]
    """Of all instances of `terraform_data`."""
    inputs: dict[str, Data]
    """By their address the `input` of those of which it is known."""


def write(tree: Tree, directory: Path) -> None:
    """Put the files of a tree into a directory."""
    for name, text in tree.files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8", newline="\n")


def planned(tree: Tree, directory: Path) -> Plan | None:
    """What Terraform makes of a tree that is written to a directory of its own; None if it refuses it."""
    unset = "".join(f"{name} = {value}\n" for name, value in tree.unset.items())
    (directory.parent / "unset.tfvars").write_text(unset, encoding="utf-8")
    given = [f"-var={name}={value}" for name, value in tree.given.items()]
    for command in (_INITIALISED, (*_PLANNED, *given)):
        if _run(directory, *command) is None:
            return None
    shown = _run(directory, "show", "-json", "plan")
    assert shown is not None
    return _plan(read(shown))


def _plan(shown: dict[str, Any]) -> Plan:
    outputs = {
        name: change["after"]["it"]
        for name, change in shown.get("output_changes", {}).items()
        if not _is_unknown(change["after_unknown"]) and change["after"] is not None
    }
    changes = {change["address"]: change["change"] for change in shown.get("resource_changes", [])}
    inputs = {
        address: change["after"].get("input")
        for address, change in changes.items()
        if not _is_unknown(change["after_unknown"].get("input"))
    }
    return Plan(outputs, [*changes], inputs)


def _is_unknown(unknown: Data) -> bool:
    """Whether anything of a value is: Terraform writes `true` in the places of what is not known."""
    inside = unknown.values() if isinstance(unknown, dict) else unknown if isinstance(unknown, list) else ()
    return unknown is True or any(map(_is_unknown, inside))


def _run(directory: Path, *arguments: str) -> str | None:
    """What a command prints; None if it fails."""
    assert TERRAFORM is not None
    run = subprocess.run(
        [TERRAFORM, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=ENVIRONMENT,
        timeout=300,
        check=False,
    )
    return run.stdout if run.returncode == 0 else None


def spelt(plan: Plan) -> dict[str, str]:
    """A plan as a recording keeps it: JSON in texts."""
    return {name: _json(part) for name, part in plan._asdict().items()}


def recorded(entry: dict[str, str]) -> Plan:
    return Plan(**{name: read(part) for name, part in entry.items()})


def _json(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, default=_number)


def _number(number: Any) -> int | float:
    return int(number) if number == int(number) else float(number)
