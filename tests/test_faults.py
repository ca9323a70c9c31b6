"""Every operation of the operating system fails once: nothing is lost without a word, and no file is left in part."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from failing_system import OUTPUT
from fault_tree import BASELINE, FILES, make_tree
from faulty import CRASH, Faulted, FaultServer, Faulty

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="NO FAULT WAS TRIED: each is one of a forked process")

STRIDE = 1 if "KMSLINT_FAULTS" in os.environ else 64
"""Of the operations one in so many fails; KMSLINT_FAULTS=1 has each fail in every way."""
LINT = ("-f", "concise", "--baseline", BASELINE, "--select", "KMS001,KMS201,KMS501", ".")
READING = ("EIO", "EACCES", "EMFILE", "memory")
"""What cannot be taken for an answer. ENOENT is one, but to a program that has just seen the file."""
SEEN = ("open", "scandir")
OPTIONAL = ("cdk.out/manifest.json", "live/policy.json", "live/.terraform/modules/modules.json")
"""What may not be there when it is looked for: that is an answer as well."""
OLD = "old"
REPORTS = {"r.sarif": "sarif", "r.json": "json", "r.md": "markdown"}


class Writing(NamedTuple):
    """A run that writes files."""

    name: str
    arguments: tuple[str, ...]
    written: tuple[str, ...]
    """What it writes, relative to the tree."""


WRITING = (
    Writing(
        "reports",
        (*(part for file, name in REPORTS.items() for part in ("-f", f"{name}:{file}")), "-f", "concise", "."),
        tuple(REPORTS),
    ),
    Writing("ignores", ("--add-ignore", "a reason", "--select", "KMS201", "."), tuple(FILES)),
    Writing("a baseline", ("--baseline", BASELINE, "--write-baseline", "."), (BASELINE,)),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("faults") / "tree"
    make_tree(root)
    return root


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[FaultServer]:
    started = FaultServer(str(place))
    yield started
    started.close()


def lines(run: Faulted) -> set[str]:
    """The findings of a run."""
    return {line for line in run.out.splitlines() if line and not line.startswith("#")}


def wrong_with(run: Faulted) -> str:
    """What may never come of a fault."""
    if "Traceback" in run.said:
        return "a traceback"
    if run.code not in (0, 1, 2, 3):
        return f"exit code {run.code}"
    if run.code == 2 and not run.err:
        return "an error without a word"
    return ""


def operation(run: Faulted, nth: int) -> str:
    return run.operations[nth - 1] if nth <= len(run.operations) else "nothing"


def test_the_tree_needs_all_that_there_is(server: FaultServer, place: Path) -> None:
    run = server.run(Faulty(str(place), LINT, 0, "EIO"))
    assert run.code == 1, run.said
    assert run.err == ""
    asked = {one.partition(" ")[2] for one in run.operations}
    unasked = set(FILES) - asked - {"ignored/key.yaml"}
    assert unasked == set()
    assert len(lines(run)) >= 10


@pytest.mark.parametrize("error", READING)
def test_nothing_is_lost_without_a_word(server: FaultServer, place: Path, error: str) -> None:
    """Whatever fails: what would be found without it is found, or it is said that something was not analysed."""
    whole = server.run(Faulty(str(place), LINT, 0, error))
    wrong = []
    for nth in range(1 + READING.index(error) * STRIDE // len(READING), len(whole.operations) + 1, STRIDE):
        run = server.run(Faulty(str(place), LINT, nth, error))
        silent = run.code in (0, 1) and not lines(run) >= lines(whole)
        if wrong_with(run) or silent:
            wrong.append((nth, operation(run, nth), wrong_with(run) or "silent", run.err))
    assert wrong == []


def test_what_vanishes_once_it_was_seen_is_told_of(server: FaultServer, place: Path) -> None:
    whole = server.run(Faulty(str(place), LINT, 0, "ENOENT"))
    needed = [one.startswith(SEEN) and not one.endswith(OPTIONAL) for one in whole.operations]
    numbers = [n for n, is_needed in enumerate(needed, 1) if is_needed]
    wrong = []
    for nth in numbers[:: max(1, STRIDE // 8)]:
        run = server.run(Faulty(str(place), LINT, nth, "ENOENT"))
        silent = run.code in (0, 1) and not lines(run) >= lines(whole)
        if wrong_with(run) or silent:
            wrong.append((nth, operation(run, nth), wrong_with(run) or "silent", run.err))
    assert wrong == []


NOTHING_ELSE_RUNS = "kmslint.cli.main"
"""What calls all the rest: a crash of its own comes out as Python prints it."""


def test_whichever_function_fails_the_run_ends_with_2(server: FaultServer, place: Path) -> None:
    """A bug anywhere: it is told of with its place, and no report says that all is well."""
    whole = server.run(Faulty(str(place), LINT, 0, CRASH))
    wrong = []
    for nth in range(3, len(whole.operations) + 1, STRIDE * 2):
        run = server.run(Faulty(str(place), LINT, nth, CRASH))
        told = "CrashError" in run.err and "\x1b" not in run.said
        if (wrong_with(run) or run.code != 2 or not told) and operation(run, nth) != NOTHING_ELSE_RUNS:
            wrong.append((nth, operation(run, nth), wrong_with(run), run.code, run.err))
    assert wrong == []


@pytest.mark.parametrize("writing", WRITING, ids=[writing.name for writing in WRITING])
def test_a_file_is_the_old_one_or_the_new_one(server: FaultServer, tmp_path: Path, writing: Writing) -> None:
    """However the writing of it fails."""
    root = tmp_path / "tree"

    def afresh() -> None:
        shutil.rmtree(root, ignore_errors=True)
        make_tree(root)
        for file in REPORTS if writing.written == tuple(REPORTS) else ():
            (root / file).write_text(OLD, encoding="utf-8")

    def contents() -> dict[str, bytes]:
        return {name: (root / name).read_bytes() for name in writing.written}

    afresh()
    old, names = contents(), set(all_files(root))
    whole = server.run(Faulty(str(root), writing.arguments, 0, "ENOSPC"))
    assert whole.code in (0, 1), whole.said
    new = contents()
    assert old != new
    wrong = []
    first = next(n for n, one in enumerate(whole.operations, 1) if ".kmslint-" in one or OUTPUT in one)
    step = 1 if STRIDE == 1 else max(1, (len(whole.operations) - first) // 6)
    for nth in range(first, len(whole.operations) + 1, step):
        afresh()
        run = server.run(Faulty(str(root), writing.arguments, nth, "ENOSPC"))
        found = contents()
        parts = [name for name in found if not is_whole(name, found[name], old[name], new[name])]
        stray = set(all_files(root)) - names
        untold = run.code in (0, 1) and found != new and "not ignored: " not in run.err
        if wrong_with(run) or parts or stray or untold:
            wrong.append((nth, operation(run, nth), wrong_with(run), parts, stray, untold, run.err))
    assert wrong == []


def is_whole(name: str, found: bytes, old: bytes, new: bytes) -> bool:
    """Whether a file is the old one or the new one; a report may tell of the fault, and a file may have fewer ignores
    than all, one after the other being written."""
    if found in (old, new):
        return True
    if name.endswith((".json", ".sarif")):
        return isinstance(json.loads(found), dict)
    return name.endswith(".md") or b"kmslint: ignore" in found


def all_files(root: Path) -> Iterator[str]:
    return (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
