"""Runs kmslint in many ways that may not matter, and compares the bytes of every report.

    python tools/determinism.py [--python PYTHON]... [--corpus DIR] [--ways 180] [--seed 1]

The ways are all combinations of five hash seeds, three working directories, three locales (with time zones, widths,
umasks and Python's UTF-8 mode off) and the given Pythons; in each, directories are listed and arguments are given in
an order of its own. There is no `--jobs`: a run is one process. Each Python needs kmslint, or PYTHONPATH leads to it.

The tree is made of fixtures, or is that of --corpus, which nothing is written to. One distinct output a report is
wanted; it exits with 1 if there are more.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
FIXTURES: Final = ("KMS003", "KMS305", "stacks")
SEEDS: Final = (0, 1, 2, 3, 4)
DIRECTORIES: Final = ("the tree", "a directory in it", "/")
LINT_FORMATS: Final = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
ACCESS_FORMATS: Final = ("text", "json", "markdown", "csv")

_LEFT_OUT: Final = ("LC_", "LANG", "COVERAGE_")
"""How variables begin that each way sets itself, or that would have a way measured."""

_LIMIT: Final = 1200
"""Seconds that one way may take."""


class Locale(NamedTuple):
    """What the user's surroundings say."""

    variables: Mapping[str, str]
    umask: int


LOCALES: Final = (
    Locale({"LC_ALL": "C.UTF-8", "TZ": "UTC"}, 0o022),
    Locale({"LC_ALL": "C", "TZ": "Asia/Kathmandu", "COLUMNS": "40", "NO_COLOR": "1"}, 0o077),
    Locale(
        {
            "LC_ALL": "tr_TR.ISO-8859-9",
            "TZ": "America/St_Johns",
            "COLUMNS": "300",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
        },
        0o000,
    ),
)
"""A locale that the machine lacks is C, in whose encoding there is less."""


class Way(NamedTuple):
    """A way to run kmslint."""

    python: str
    hash_seed: int
    directory: str
    locale: Locale
    number: int
    """The seed of its order of listings and of arguments."""

    def __str__(self) -> str:
        variables = " ".join(f"{name}={value}" for name, value in self.locale.variables.items())
        return f"{self.python}, hash seed {self.hash_seed}, from {self.directory}, {variables}, order {self.number}"


DRIVER: Final = """
import json, os, random, sys
task = json.loads(sys.argv[1])
os.umask(task["umask"])
scandir, listdir = os.scandir, os.listdir
shuffle = random.Random(task["number"]).shuffle
class Entries(list):
    __enter__ = lambda self: self
    __exit__ = lambda *_: None
def shuffled(function, kind):
    def listing(path="."):
        found = kind(function(path))
        shuffle(found)
        return found
    return listing
os.scandir, os.listdir = shuffled(scandir, Entries), shuffled(listdir, list)
from kmslint.__main__ import run
import kmslint.cli
for name, arguments in task["calls"].items():
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.path.join(task["out"], name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        sys.argv = ["kmslint", *arguments]
        run()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with open(os.path.join(task["out"], name + ".code"), "w") as file:
        file.write(str(code))
"""
"""One process for all calls of a way: each is a child of it."""


def calls(paths: Sequence[str], out: str) -> dict[str, list[str]]:
    """The calls by their names, on paths in some order. Lint writes its reports into files."""
    reports = [part for name in LINT_FORMATS for part in ("-f", f"{name}:{out}/lint.{name}")]
    return {
        "lint": ["-v", "--show-suppressed", "--profile", "strict", *reports, *paths],
        **{f"access.{name}": ["access", "-f", name, *paths] for name in ACCESS_FORMATS},
        "rules": ["rules", "--format", "json"],
        "explain": ["explain", "KMS402"],
        "config": ["config", "show", "-f", "json", paths[0]],
    }


def paths_of(tree: Path) -> list[Path]:
    """What kmslint is called with: what the tree holds, but for hidden things."""
    return sorted(path for path in tree.iterdir() if not path.name.startswith("."))


def run(way: Way, tree: Path, only: str = "") -> dict[str, bytes]:
    """What one way gives, by the names of the reports; of the calls whose names begin so."""
    inside = next(path for path in paths_of(tree) if path.is_dir())
    start = {"the tree": tree, "a directory in it": inside, "/": Path("/")}[way.directory]
    paths = [os.path.relpath(path, start) for path in paths_of(tree)]
    first, rest = paths[0], paths[1:]
    Random(way.number).shuffle(rest)  # noqa: S311
    with tempfile.TemporaryDirectory() as out:
        every = calls([first, *rest] if way.number % 2 else [*rest, first], out)
        task = {
            "calls": {name: call for name, call in every.items() if name.startswith(only)},
            "number": way.number,
            "umask": way.locale.umask,
            "out": out,
        }
        done = subprocess.run(
            [way.python, "-c", DRIVER, json.dumps(task)],
            cwd=start,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)},
                **way.locale.variables,
                "PYTHONHASHSEED": str(way.hash_seed),
                "PYTHONIOENCODING": "utf-8",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_LIMIT,
        )
        if done.returncode != 0:
            raise SystemExit(f"{way}: {done.stderr.decode('utf-8', 'replace')}")
        found = {path.name: path.read_bytes() for path in Path(out).iterdir()}
    return {**found, "standard error": done.stderr}


def distinct(results: Iterable[tuple[Way, dict[str, bytes]]]) -> dict[str, dict[str, list[Way]]]:
    """For each report the digests of its bytes, and which ways gave them."""
    found: dict[str, dict[str, list[Way]]] = defaultdict(lambda: defaultdict(list))
    for way, reports in results:
        for name, data in reports.items():
            found[name][hashlib.sha256(data).hexdigest()].append(way)
    return found


def ways(pythons: Sequence[str], seed: int) -> Iterator[Way]:
    """All ways, those first that differ most."""
    every = list(itertools.product(pythons, SEEDS, DIRECTORIES, LOCALES))
    Random(seed).shuffle(every)  # noqa: S311
    for number, (python, hash_seed, directory, locale) in enumerate(every):
        yield Way(python, hash_seed, directory, locale, number)


def make_tree(directory: Path) -> Path:
    """A repository of fixtures."""
    tree = directory / "tree"
    for name in FIXTURES:
        shutil.copytree(ROOT / "fixtures" / name, tree / name)
    (tree / ".git").mkdir()
    return tree


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares the reports of runs that should not differ.")
    parser.add_argument("--python", action="append", help="A Python to run; by default this one.")
    parser.add_argument("--corpus", type=Path, help="The tree to lint, instead of fixtures.")
    parser.add_argument("--ways", type=int, default=10_000, help="Try so many of the ways.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="Write what differs into this directory.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        tree = arguments.corpus.resolve() if arguments.corpus else make_tree(Path(directory))
        chosen = list(itertools.islice(ways(arguments.python or [sys.executable], arguments.seed), arguments.ways))
        results = ((way, kept(run(way, tree), arguments.keep)) for way in chosen)
        found = distinct(results)
    for name in sorted(found):
        print(f"{name}: {len(found[name])} distinct in {len(chosen)} ways")
        for digest, gave in found[name].items() if len(found[name]) > 1 else ():
            print(f"  {digest[:12]}: {len(gave)}, as {gave[0]}")
    return int(any(len(digests) > 1 for digests in found.values()))


def kept(reports: dict[str, bytes], directory: Path | None) -> dict[str, bytes]:
    """The reports, each written under the digest of its bytes if there is a directory for them."""
    for name, data in reports.items() if directory is not None else ():
        assert directory is not None
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{name}.{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
    return reports


if __name__ == "__main__":
    sys.exit(main())
