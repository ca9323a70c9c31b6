"""What mutants are made of: the fixtures, and the templates of a directory."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from fuzzing.inputs import File

ROOT: Final = Path(__file__).resolve().parent.parent.parent
FIXTURES: Final = ROOT / "fixtures"
ENDINGS: Final = (".yaml", ".yml", ".json", ".template", ".tf", ".tf.json")
MARKERS: Final = (
    *(b"AWS::KMS::Key", b"AWS::KMS::ReplicaKey", b"aws_kms_key", b"aws_kms_replica_key", b"aws_kms_external_key"),
    *(b"aws_iam_", b"AWS::IAM::", b"AWS::Serverless::"),
)
"""Of what kmslint has to read."""
KEY_TYPES: Final = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
LARGEST: Final = 12_000
"""Of a source. Larger ones say the same more often, and take the time of many small ones."""
SMALL: Final = 1_500


class Pool(NamedTuple):
    """The sources, in an order that depends on nothing but their names."""

    small: tuple[File, ...]
    large: tuple[File, ...]
    plans: tuple[File, ...]
    trees: tuple[tuple[File, ...], ...]
    """Directories of several files: modules, stacks, configurations."""


def pool(corpus: Path | None = None) -> Pool:
    """The fixtures, and what lies in a directory of real templates."""
    files = [*_files(FIXTURES)]
    if corpus is not None:
        files += _files(corpus)
    marked = [file for file in files if any(marker in file.data for marker in MARKERS)]
    plans = [file for file in marked if b'"planned_values"' in file.data]
    texts = [file for file in marked if file not in plans and file.path.endswith(ENDINGS)]
    return Pool(
        tuple(file for file in texts if len(file.data) <= SMALL),
        tuple(file for file in texts if SMALL < len(file.data) <= LARGEST),
        tuple(plan for plan in plans if len(plan.data) <= LARGEST),
        _trees(),
    )


def _files(top: Path) -> list[File]:
    paths = (path for path in sorted(top.rglob("*")) if path.is_file() and not path.is_symlink())
    named = ((path, path.relative_to(top).as_posix()) for path in paths if path.name.endswith(ENDINGS))
    return [File(name, path.read_bytes()) for path, name in named if path.stat().st_size <= LARGEST]


def _trees() -> tuple[tuple[File, ...], ...]:
    """Directories of fixtures that belong together, as far as they are small."""
    found = []
    tops = [*(FIXTURES / "modules").iterdir(), *(FIXTURES / "stacks").iterdir(), *(FIXTURES / "config").rglob("*")]
    tops += [FIXTURES / "terraform" / "files", *(FIXTURES / "equivalent").iterdir(), *(FIXTURES / "damaged").iterdir()]
    for top in sorted(tops):
        if top.is_dir():
            paths = [path for path in sorted(top.rglob("*")) if path.is_file() and not path.is_symlink()]
            files = tuple(File(path.relative_to(top).as_posix(), path.read_bytes()) for path in paths)
            if 1 < len(files) <= 20 and sum(len(file.data) for file in files) <= 4 * LARGEST:
                found.append(files)
    return tuple(found)
