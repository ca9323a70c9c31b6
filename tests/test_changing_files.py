"""A tree that changes while it is read: what is read is what was found, or it is said that it could not be."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

import pytest

from hostile_inputs import SECRET, TEMPLATE
from kmslint import discovery, limits, looking, reading
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.reading import over
from kmslint.settings import Settings

Damage = Callable[[Path], None]


def vanish(path: Path) -> None:
    path.unlink()


def become_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def become_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_link_out(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent.parent / "secret.yaml")


def become_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def lose_its_directory(path: Path) -> None:
    path.unlink()
    path.parent.rename(path.parent.with_name("gone"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.yaml").write_text(TEMPLATE.replace("Anybody", SECRET), encoding="utf-8")
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tree / "b.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tree


def linted(root: Path) -> Outcome:
    return lint([str(root)], Settings(root=str(root)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="NOT TRIED: no pipes, no links")
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (vanish, "cannot be read: no such file or directory"),
        (become_fifo, "cannot be read: not a regular file"),
        (become_directory, "cannot be read: not a regular file"),
        (become_link_out, "cannot be read: too many levels of symbolic links"),
        (become_loop, "cannot be read: too many levels of symbolic links"),
    ],
)
def test_a_file_changes_after_somebody_looked_where_it_leads(
    damage: Damage, reason: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def real_path(path: str) -> str:
        real = looking.real_path(path)
        if real.endswith("a.yaml"):
            damage(Path(real))
        return real

    monkeypatch.setattr(discovery, "real_path", real_path)
    outcome = linted(root)
    assert [(problem.path, problem.reason) for problem in outcome.problems] == [("a.yaml", reason)]
    assert {finding.at.path for finding in outcome.findings if finding.rule_id == "KMS201"} == {"b.yaml"}
    assert SECRET not in str(outcome.findings)


@pytest.mark.parametrize("damage", [vanish, become_fifo, become_directory, become_link_out, become_loop])
def test_a_file_changes_after_its_directory_was_listed(
    damage: Damage, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = discovery._Search._entries

    def listed(self: discovery._Search, directory: str) -> list[os.DirEntry[str]]:
        found = entries(self, directory)
        if directory == str(root):
            damage(root / "a.yaml")
        return found

    monkeypatch.setattr(discovery._Search, "_entries", listed)
    outcome = linted(root)
    assert [problem.path for problem in outcome.problems] == ["a.yaml"]
    assert {finding.at.path for finding in outcome.findings if finding.rule_id == "KMS201"} == {"b.yaml"}
    assert SECRET not in str(outcome.findings)


def while_it_is_read(monkeypatch: pytest.MonkeyPatch, damage: Callable[[IO[bytes]], None]) -> None:
    """Have a file change once it is open."""
    original = open

    def opened(file: object, mode: str = "r", **options: object) -> object:
        stream = original(cast(int, file), mode, **options)  # type: ignore[call-overload]
        damage(stream)
        return stream

    monkeypatch.setattr(reading, "open", opened, raising=False)


def test_a_file_is_cut_off_while_it_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "b.yaml").unlink()
    half = len(TEMPLATE) - 20
    while_it_is_read(monkeypatch, lambda _: os.truncate(root / "a.yaml", half))
    outcome = linted(root)
    assert [problem.path for problem in outcome.problems] == ["a.yaml"]


def test_a_file_grows_while_it_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    while_it_is_read(monkeypatch, lambda _: os.truncate(root / "a.yaml", limits.PLAN_BYTES * 2))
    outcome = linted(root)
    larger = f"cannot be read: {over('file-bytes')}"
    assert [(problem.path, problem.reason) for problem in outcome.problems][:1] == [("a.yaml", larger)]


def test_a_directory_vanishes_after_it_was_listed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "below").mkdir()
    (root / "below" / "c.yaml").write_text(TEMPLATE, encoding="utf-8")
    entries = discovery._Search._entries

    def listed(self: discovery._Search, directory: str) -> list[os.DirEntry[str]]:
        found = entries(self, directory)
        if directory == str(root):
            lose_its_directory(root / "below" / "c.yaml")
        return found

    monkeypatch.setattr(discovery._Search, "_entries", listed)
    outcome = linted(root)
    assert [(problem.path, problem.reason) for problem in outcome.problems] == [
        ("below", "cannot be read: no such file or directory")
    ]
    assert json.dumps([finding.at.path for finding in outcome.findings]).count("b.yaml") == 1
