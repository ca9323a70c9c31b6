"""Reports onto a disk that is full, into a directory that takes nothing, and to readers that go away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile_inputs import KEY, TEMPLATE
from kmslint.report import FORMATS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="NO FULL DISK WAS TRIED: only Linux is known here")

OLD = "old"
ODD = b"odd \xff\n::error::x \xe2\x80\xae.yaml"
"""A name of a file: not UTF-8, a line of its own, a direction mark."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    place = tmp_path / "tree"
    (place / ".git").mkdir(parents=True)
    (place / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    return place


def linted(tree: Path, *arguments: str, before: str = "") -> subprocess.CompletedProcess[bytes]:
    code = f"import sys\n{before}\nfrom kmslint.__main__ import run\nsys.argv[0] = 'kmslint'\nrun()\n"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tree, capture_output=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("NO FULL DISK WAS TRIED: this user may not mount one")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize(("name", "room", "fits"), [("sarif", 0, False), ("sarif", 14, False), ("json", 2, True)])
def test_a_disk_that_fills_up(name: str, room: int, fits: bool, small_disk: Path, tree: Path) -> None:
    """Of its 16 pages the old report takes one, and so many are free: too few for all the rules of SARIF."""
    (small_disk / "r.json").write_text(OLD, encoding="utf-8")
    for number in range(15 - room):
        (small_disk / f"fill{number}").write_bytes(b"x" * 4096)
    before = sorted(os.listdir(small_disk))
    done = linted(tree, "-f", f"{name}:{small_disk}/r.json", ".")
    assert sorted(os.listdir(small_disk)) == before
    text = (small_disk / "r.json").read_text(encoding="utf-8")
    if done.returncode == 1:
        assert json.loads(text)["findings"]
    else:
        assert (done.returncode, text) == (2, OLD)
        assert b"cannot be written: No space left on device" in done.stderr
    assert (done.returncode == 1) == fits


def test_a_quota(tree: Path) -> None:
    (tree / "r.sarif").write_text(OLD, encoding="utf-8")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    done = linted(tree, "-f", "sarif:r.sarif", ".", before=limit)
    assert (done.returncode, (tree / "r.sarif").read_text(encoding="utf-8")) == (2, OLD)
    assert b"File too large" in done.stderr
    assert sorted(os.listdir(tree)) == [".git", "a.yaml", "r.sarif"]


def test_a_directory_that_takes_nothing(tree: Path) -> None:
    """Even root may not write into /proc."""
    done = linted(tree, "-f", "sarif:/proc/self/r.sarif", ".")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_that_goes_away(name: str, tree: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = "import sys; sys.argv[0] = 'kmslint'; from kmslint.__main__ import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "-f", name, "."], cwd=tree, stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")


def test_a_slow_reader(tree: Path) -> None:
    """It gets everything."""
    (tree / "a.yaml").write_text("Resources:\n" + "".join(KEY.replace("Open", f"Key{n}") for n in range(60)), "utf-8")
    code = "import sys; sys.argv[0] = 'kmslint'; from kmslint.__main__ import run; run()"
    with subprocess.Popen([sys.executable, "-c", code, "-f", "json", "."], cwd=tree, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        time.sleep(0.5)
        first = process.stdout.read(1)
        time.sleep(0.2)
        assert json.loads(first + process.stdout.read())
    assert process.returncode == 1


def test_a_name_that_is_no_text(tree: Path, tmp_path: Path) -> None:
    """In every format: shown with escapes, and bytes for bytes where it is a URI."""
    odd = os.path.join(os.fsencode(tree), ODD)
    with open(odd, "wb") as file:
        file.write(TEMPLATE.encode())
    reports = [part for name in FORMATS for part in ("-f", f"{name}:{tmp_path}/r.{name}")]
    done = linted(tree, *reports, ".")
    assert (done.returncode, done.stderr) == (1, b"")
    for name in FORMATS:
        data = (tmp_path / f"r.{name}").read_bytes()
        text = data.decode("utf-8")
        assert "\n::error::x" not in text
        assert "\u202e" not in text
        assert "odd" in text
    log = json.loads((tmp_path / "r.sarif").read_bytes())
    places = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["runs"][0]["results"]
    }
    assert "odd%20%FF%0A%3A%3Aerror%3A%3Ax%20%E2%80%AE.yaml" in places
