"""Fixtures as cases: a file or a directory, linted alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from expectations import SIDECAR
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
_KEY = re.compile(r"^# key (?P<address>.*): (?P<policy>[a-z]+), (?P<lockout>[a-z-]+)(?:, off)?$", re.MULTILINE)


def cases_in(directory: Path) -> Iterator[Path]:
    """The files and modules of a fixture directory, in order."""
    return (path for path in sorted(directory.iterdir()) if not path.name.endswith(SIDECAR))


def files_of(case: Path) -> list[Path]:
    """The files of a case that may announce findings, sidecars included."""
    if case.is_dir():
        return sorted(path for path in case.rglob("*") if path.is_file())
    sidecar = case.with_name(case.name + SIDECAR)
    return [case, sidecar] if sidecar.exists() else [case]


def announced_keys(case: Path) -> list[tuple[str, str, str]]:
    """The keys that the files of a case announce, `# key ADDRESS: POLICY, LOCKOUT`, in order."""
    return sorted(key for file in files_of(case) for key in _KEY.findall(file.read_text(encoding="utf-8")))


def keys_of(outcome: Outcome) -> list[tuple[str, str, str]]:
    """The same of what was found."""
    return sorted((key.address, key.policy, key.lockout) for key in outcome.keys)


def lint_alone(case: Path, root: Path, options: Settings) -> Outcome:
    """Lint a copy of the case below `root`: a Terraform file would bring its neighbours, which are other cases.

    Paths in the outcome are those of the case in the repository.
    """
    return lint([str(copy_alone(case, root))], options._replace(root=str(root)))


def copy_alone(case: Path, root: Path) -> Path:
    """A copy of the case below `root`, where it stands in the repository."""
    copy = root / case.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    if case.is_dir():
        shutil.copytree(case, copy)
    else:
        shutil.copyfile(case, copy)
    return copy
