"""What .gitignore files leave out of a walk."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kmslint import limits
from trees import found, templates, write


@pytest.mark.parametrize(
    ("ignores", "files", "expected"),
    [
        ({".gitignore": "*.yaml\n"}, ["a.yaml", "b/a.yaml", "a.yml"], ["a.yml"]),
        ({".gitignore": "/a.yaml\n"}, ["a.yaml", "b/a.yaml"], ["b/a.yaml"]),
        ({".gitignore": "build/\n"}, ["build/a.yaml", "x/build/a.yaml", "builds/a.yaml"], ["builds/a.yaml"]),
        ({".gitignore": "build\n!build/keep.yaml\n"}, ["build/keep.yaml"], []),
        ({".gitignore": "build/*\n!build/keep.yaml\n"}, ["build/keep.yaml", "build/a.yaml"], ["build/keep.yaml"]),
        ({".gitignore": "*.yaml\n!a.yaml\n"}, ["a.yaml", "b.yaml", "c/a.yaml"], ["a.yaml", "c/a.yaml"]),
        ({".gitignore": "*.yaml\n", "b/.gitignore": "!a.yaml\n"}, ["a.yaml", "b/a.yaml"], ["b/a.yaml"]),
        ({".gitignore": "*.yaml\n", "b/.gitignore": "!a.yaml\n"}, ["b/c/a.yaml", "c/a.yaml"], ["b/c/a.yaml"]),
        ({"b/.gitignore": "a.yaml\n"}, ["a.yaml", "b/a.yaml"], ["a.yaml"]),
        ({"b/.gitignore": "/c/a.yaml\n"}, ["c/a.yaml", "b/c/a.yaml"], ["c/a.yaml"]),
        ({".gitignore": "**/gen/*.yaml\n# a.yaml\n\n"}, ["a.yaml", "x/gen/a.yaml"], ["a.yaml"]),
        ({"b/.gitignore": "!a.yaml\n", "b/c/.gitignore": "a.yaml\n"}, ["b/a.yaml", "b/c/a.yaml"], ["b/a.yaml"]),
        # A pattern that is none: git passes over it.
        ({".gitignore": "!\nb.yaml\n"}, ["a.yaml", "b.yaml"], ["a.yaml"]),
    ],
)  # fmt: skip
def test_gitignore(tmp_path: Path, ignores: dict[str, str], files: list[str], expected: list[str]) -> None:
    """https://git-scm.com/docs/gitignore"""
    write(tmp_path, *files)
    for name, text in ignores.items():
        write(tmp_path, name, text=text)
    assert templates(found(tmp_path)) == expected


@pytest.mark.parametrize("pattern", ["a\\\\", "[z-a]", "!", "!/", "\\\\", "\\0"])
def test_a_pattern_that_is_none_is_passed_over(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    write(tmp_path, ".gitignore", text=f"{pattern}\nb.yaml\n")
    assert templates(found(tmp_path)) == ["a.yaml"]


def test_a_pattern_with_many_stars_takes_no_time(tmp_path: Path) -> None:
    """A regular expression tries all ways: a seventh star would take minutes. Strangers write .gitignore."""
    write(tmp_path, f"{'a' * 140}.yaml")
    write(tmp_path, ".gitignore", text=f"{'*a' * 5}b\n")
    started = time.process_time()
    assert len(templates(found(tmp_path))) == 1
    assert time.process_time() - started < 0.5


def test_what_is_named_is_not_ignored(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b/a.yaml")
    write(tmp_path, ".gitignore", text="*.yaml\n")
    assert templates(found(tmp_path, "a.yaml")) == ["a.yaml"]


def test_a_directory_that_is_named_is_not_ignored(tmp_path: Path) -> None:
    write(tmp_path, "build/a.yaml")
    write(tmp_path, ".gitignore", text="build/\n")
    assert templates(found(tmp_path, "build")) == ["build/a.yaml"]


def test_an_ignore_file_that_cannot_be_read_ignores_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    os.mkfifo(tmp_path / ".gitignore")
    assert templates(found(tmp_path)) == ["a.yaml"]


def test_what_is_let_in_by_too_many_stars_is_not_left_out(tmp_path: Path) -> None:
    """A line that cannot be used must not leave out what git keeps."""
    write(tmp_path, "axbxcxd.yaml")
    write(tmp_path, ".gitignore", text="*.yaml\n!a*b*c*d*.yaml\n")
    assert templates(found(tmp_path)) == ["axbxcxd.yaml"]


@pytest.mark.parametrize("pattern", ["*a*a*a%d", "*a*b%d", "a%d"])
def test_many_patterns_and_many_names_end_at_a_bound(pattern: str, tmp_path: Path) -> None:
    """Each name is tried at every place for every star: 400 patterns took half a second for one name."""
    files = [f"{'a' * 110}{number}.yaml" for number in range(60)]
    write(tmp_path, *files)
    write(tmp_path, ".gitignore", text="".join(pattern % number + "\n" for number in range(400)))
    started = time.process_time()
    with limits.within({"gitignore-steps": 2_000_000}):
        discovered = found(tmp_path)
    assert time.process_time() - started < 3
    assert len(templates(discovered)) == 60
    told = [problem.reason for problem in discovered.problems]
    several = pattern.count("*") == 3
    reason = "more than 2000000 steps to see what .gitignore leaves out; --limit gitignore-steps=N raises this"
    assert told == ([reason] if several else [])


def test_a_million_patterns_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml")
    write(tmp_path, ".gitignore", text="a\n" * 1_000_000)
    started = time.process_time()
    discovered = found(tmp_path)
    assert time.process_time() - started < 2
    assert templates(discovered) == ["a.yaml"]
    assert len(discovered.problems) == 1
