"""What a run looks at before any rule has run: the files below a directory, and the estates in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kmslint.discovery import discover
from kmslint.estates import read_estates
from kmslint.suppression.scene import Scene


def scene_of(root: Path, files: Mapping[str, str], *paths: str) -> Scene:
    """The scene of these files, of which the paths are given; all of them if none is."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    discovered = discover([str(root / path) for path in paths or (".",)], str(root), False)
    return Scene(discovered, read_estates(discovered, None).estates)
