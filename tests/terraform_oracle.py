"""The oracle for expressions: `terraform console`, asked many at a time in a directory of its own."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from terraform_types import declared

TERRAFORM: Final = shutil.which("terraform")
AT_ONCE: Final = 400
ENVIRONMENT: Final = {**os.environ, "NO_COLOR": "1", "CHECKPOINT_DISABLE": "1"}


class Answer(NamedTuple):
    """What Terraform makes of an expression."""

    json: str | None
    """The value as `jsonencode` writes it; None if Terraform refuses the expression, or leaves it unknown."""
    unknown: bool = False
    """Terraform itself makes an unknown value of it."""


def answers(
    expressions: Sequence[str], directory: Path, around: str = "", variables: Mapping[str, str] | None = None
) -> list[Answer]:
    """What Terraform makes of each expression, in a module that has `around` in it."""
    found: list[Answer] = []
    for start in range(0, len(expressions), AT_ONCE):
        found += _asked(expressions[start : start + AT_ONCE], directory, around, variables or {})
    return found


def _asked(expressions: Sequence[str], directory: Path, around: str, variables: Mapping[str, str]) -> list[Answer]:
    """One run of the console; where one expression spoils it for the others, two runs of half as many each."""
    if not expressions:
        return []
    tried = "\n".join(
        f"  e{index} = try([jsonencode({expression}\n)], [])" for index, expression in enumerate(expressions)
    )
    (directory / "main.tf").write_text(f"{around}\nlocals {{\n{tried}\n}}\n", encoding="utf-8")
    question = f"base64encode(jsonencode([{', '.join(f'local.e{index}' for index in range(len(expressions)))}]))"
    output = console(question, directory, variables)
    if output.startswith('"'):
        return [Answer(one[0] if one else None) for one in json.loads(base64.b64decode(json.loads(output)))]
    if len(expressions) == 1:
        return [Answer(None, unknown="known after apply" in output)]
    half = len(expressions) // 2
    first = _asked(expressions[:half], directory, around, variables)
    return first + _asked(expressions[half:], directory, around, variables)


def console(question: str, directory: Path, variables: Mapping[str, str] | None = None) -> str:
    """What `terraform console` prints, empty if it refuses the question or the module."""
    assert TERRAFORM is not None
    options = [f"-var={name}={value}" for name, value in (variables or {}).items()]
    run = subprocess.run(
        [TERRAFORM, "console", *options],
        cwd=directory,
        input=question,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=300,
        check=False,
    )
    return run.stdout.strip() if run.returncode == 0 else ""


def defaults(variables: Sequence[tuple[str, str]], directory: Path) -> list[Answer]:
    """What Terraform makes of the defaults of variables, given the type and the default of each."""
    if not variables:
        return []
    (directory / "main.tf").write_text(declared([*variables]), encoding="utf-8")
    inner = ", ".join(f"jsonencode(var.v{index})" for index in range(len(variables)))
    output = console(f"base64encode(jsonencode([{inner}]))", directory)
    if output.startswith('"'):
        return [Answer(one) for one in json.loads(base64.b64decode(json.loads(output)))]
    if len(variables) == 1:
        return [Answer(None)]
    half = len(variables) // 2
    return defaults(variables[:half], directory) + defaults(variables[half:], directory)
