"""What is there and cannot be read is a problem, and never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.discovery import discover
from kmslint.errors import UsageError
from kmslint.reading import read_bytes, reason_of
from trees import KEY, MODULE, found, modules, problems, templates, write


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_dangling_link(path: Path) -> None:
    path.symlink_to("gone")


def make_link_out(path: Path) -> None:
    secret = path.parent.parent / "secret.yaml"
    secret.write_text(KEY, encoding="utf-8")
    path.symlink_to(secret)


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + 1)


UNREADABLE = [
    (make_fifo, "cannot be read: not a regular file"),
    (make_dangling_link, "cannot be read: no such file or directory"),
    (make_link_out, "is a link that leads out of the tree"),
    (make_loop, "cannot be read: too many levels of symbolic links"),
    (make_large, f"cannot be read: larger than {limits.FILE_BYTES} bytes; --limit file-bytes=N raises this"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.mark.parametrize(("make", "reason"), UNREADABLE)
def test_a_template_that_cannot_be_read_is_a_problem(root: Path, make: object, reason: str) -> None:
    assert callable(make)
    make(root / "a.yaml")
    write(root, "b.yaml")
    discovered = found(root)
    assert problems(discovered) == [("a.yaml", reason)]
    assert templates(discovered) == ["b.yaml"]


@pytest.mark.parametrize(("make", "reason"), UNREADABLE)
def test_a_terraform_file_that_cannot_be_read_is_a_problem(root: Path, make: object, reason: str) -> None:
    assert callable(make)
    make(root / "a.tf")
    write(root, "b.tf", text=MODULE)
    discovered = found(root)
    assert problems(discovered) == [("a.tf", reason)]
    assert modules(discovered) == [(".", ["b.tf"])]


@pytest.mark.parametrize("make", [make_fifo, make_large])
def test_a_named_path_that_cannot_be_read_is_a_problem(root: Path, make: object) -> None:
    assert callable(make)
    make(root / "a.yaml")
    assert [path for path, _ in problems(found(root, "a.yaml"))] == ["a.yaml"]


def test_a_device_is_not_drained() -> None:
    discovered = discover(["/dev/zero"], "/dev")
    assert problems(discovered) == [("zero", "cannot be read: not a regular file")]


def test_a_named_link_out_of_the_root(root: Path) -> None:
    make_link_out(root / "a.yaml")
    with pytest.raises(UsageError, match="lies outside"):
        found(root, "a.yaml")


def test_permission_denied_is_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "a.yaml", "locked/b.yaml")

    def refuse(path: str, most: int = 0) -> bytes:  # noqa: ARG001 - as read_bytes
        raise PermissionError(13, "Permission denied", path)

    scandir = os.scandir

    def refuse_one(path: str) -> object:
        return scandir(path) if not str(path).endswith("locked") else refuse(path)

    monkeypatch.setattr("kmslint.discovery.read_bytes", refuse)
    monkeypatch.setattr("os.scandir", refuse_one)
    assert problems(found(root)) == [
        ("a.yaml", "cannot be read: permission denied"),
        ("locked", "cannot be read: permission denied"),
    ]


def test_read_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\x00\xff")
    assert read_bytes(str(path)) == b"\x00\xff"


@pytest.mark.parametrize(("name", "reason"), [(".", "not a regular file"), ("b", "no such file or directory")])
def test_read_bytes_of_no_file(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises((OSError, ValueError)) as caught:
        read_bytes(str(tmp_path / name))
    assert isinstance(caught.value, OSError | ValueError)
    assert reason_of(caught.value) == reason


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors by /proc")
def test_a_directory_leaves_no_descriptor_open(tmp_path: Path) -> None:
    """Python does not close what it was handed if it then finds a directory."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(ValueError, match="not a regular file"):
            read_bytes(str(tmp_path))
    assert len(os.listdir("/proc/self/fd")) == before
