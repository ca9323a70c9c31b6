"""Trees of files for the tests of discovery, and what was found in them."""

from __future__ import annotations

from pathlib import Path

from kmslint.discovery import Discovered, discover

KEY = "Resources:\n  Key:\n    Type: AWS::KMS::Key\n"
MODULE = 'resource "aws_kms_key" "key" {}\n'


def write(root: Path, *names: str, text: str = KEY) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(root: Path, *paths: str, changed: bool = False) -> Discovered:
    return discover([str(root / path) for path in paths or (".",)], str(root), changed)


def templates(discovered: Discovered) -> list[str]:
    return [file.path for file in discovered.templates]


def modules(discovered: Discovered) -> list[tuple[str, list[str]]]:
    return [(module.directory, [file.path for file in module.files]) for module in discovered.modules]


def problems(discovered: Discovered) -> list[tuple[str, str]]:
    return [(problem.path, problem.reason) for problem in discovered.problems]
