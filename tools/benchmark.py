"""What kmslint costs on one small template, in CPU time, beside `python -c pass`.

    python tools/benchmark.py [--runs 21] [TEMPLATE]

Not a test: a machine's speed is no property of the code. Aim for at most seven times the bare interpreter.
Runs are interleaved, so that a machine that slows down does so for all of them; the median is shown. Measure
an installed wheel: an editable install makes every start of Python slower, the bare one too.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "fixtures" / "templates" / "archive.yaml"


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one run of a command and what it starts."""
    before = cpu_of_children()
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return cpu_of_children() - before


def commands(template: str) -> dict[str, list[str]]:
    python = [sys.executable, "-I"]
    return {
        "python -c pass": [*python, "-c", "pass"],
        "import click": [*python, "-c", "import click"],
        "import click, yaml": [*python, "-c", "import click, yaml"],
        "kmslint --version": [*python, "-m", "kmslint", "--version"],
        f"kmslint {Path(template).name}": [*python, "-m", "kmslint", template],
    }


def measure(template: str, runs: int) -> dict[str, float]:
    """The median of every command, in seconds, after one run that fills the caches."""
    times: dict[str, list[float]] = {}
    for number in range(runs + 1):
        for name, command in commands(template).items():
            seconds = cpu_seconds(command)
            if number:
                times.setdefault(name, []).append(seconds)
    return {name: statistics.median(of_one) for name, of_one in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU time of kmslint on one template.")
    parser.add_argument("template", nargs="?", default=str(TEMPLATE))
    parser.add_argument("--runs", type=int, default=21)
    arguments = parser.parse_args()
    medians = measure(arguments.template, arguments.runs)
    bare = medians["python -c pass"]
    width = max(map(len, medians))
    print(f"{'':{width}}  CPU ms  times")
    for name, seconds in medians.items():
        print(f"{name:{width}}  {seconds * 1000:6.0f}  {seconds / bare:5.1f}")
    if any(module.startswith("__editable__") for module in sys.modules):
        print("This is an editable install, which slows down every line: measure an installed wheel.")


if __name__ == "__main__":
    main()
