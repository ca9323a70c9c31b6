"""Inputs at random: mutants of the fixtures and of real templates, and what grammars write. Nothing may break kmslint.

    python tools/fuzz.py [--inputs 10000] [--seed 1] [--kind KIND] [--corpus DIR] [--first N] [--report FILE]
    python tools/fuzz.py --seed S --only NUMBER [--write DIR] ...

What must hold of each is written at the top of tools/fuzzing/judging.py. Every input is made of the seed and its number
alone (and of --kind and --corpus): --only makes that one again, writes it, and runs it with a traceback. Exit 1 if
something does not hold. Not for Windows: inputs are run in forked processes, within bounds.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from fuzzing.making import KINDS, made  # noqa: E402
from fuzzing.running import Result, Tally, Task, results, run_one, warm_up, write  # noqa: E402
from fuzzing.sources import pool  # noqa: E402


def table(tally: Tally) -> Iterable[str]:
    yield f"inputs: {tally.inputs}, findings in them: {tally.findings}"
    for title, counts in (("became", tally.became), ("kinds", tally.kinds)):
        told = ", ".join(f"{name} {number}" for name, number in counts.most_common())
        yield f"{title}: {told}"
    yield f"nothing was judged in {tally.ruled_out:.1%}"
    speed = tally.inputs / max(tally.cpu + tally.making, 0.001)
    yield f"CPU seconds: {tally.cpu:.1f} running, {tally.making:.1f} making; {speed:.0f} inputs a second"
    p50, p99, p999 = (tally.within(share) for share in (0.5, 0.99, 0.999))
    yield f"an input: half within {p50:.3f} s, 99 % within {p99:.3f} s, 99.9 % within {p999:.3f} s"
    slowest = ", ".join(f"{number} ({kind or 'ended'}) {seconds:.2f} s" for seconds, number, kind in tally.slowest)
    yield f"slowest: {slowest}"
    yield f"most memory: {tally.memory / 1e6:.0f} MB"
    yield f"wrong: {len(tally.wrong)}"


def told(result: Result) -> str:
    return f"{result.number} ({result.kind or '?'}): {'; '.join(result.wrong)}"


def arguments_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Inputs at random, none of which may break kmslint.")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kind", choices=tuple(KINDS), help="only such inputs")
    parser.add_argument("--corpus", type=Path, help="a directory of real templates; the fixtures are there anyway")
    parser.add_argument("--only", type=int, help="the number of one input: it is shown, and run with a traceback")
    parser.add_argument("--write", type=Path, help="where --only writes it")
    parser.add_argument("--report", type=Path, help="a file for the report, and the failures as JSON lines beside it")
    return parser.parse_args()


def show(arguments: argparse.Namespace) -> int:
    """One input again."""
    make = partial(made, pool(arguments.corpus), arguments.seed, kind=arguments.kind)
    one = make(arguments.only)
    print(f"{one.kind}: {one.made}\noptions: {dict(one.options)}")
    if arguments.write is not None:
        write(one, arguments.write)
        print("\n".join(str(arguments.write / file.path) for file in one.files))
    with tempfile.TemporaryDirectory() as place:
        result = run_one(arguments.only, make, Path(place) / "t", print)
    print(result)
    return int(bool(result.wrong))


def main() -> int:
    arguments = arguments_of()
    if arguments.only is not None:
        return show(arguments)
    make = partial(made, pool(arguments.corpus), arguments.seed, kind=arguments.kind)
    numbers = range(arguments.first, arguments.first + arguments.inputs)
    warm_up(partial(made, make.args[0], "warm", kind=arguments.kind))
    tally, start = Tally(), time.monotonic()
    for result in results(Task(numbers, make)):
        tally.add(result)
        if result.wrong:
            print(told(result), flush=True)
        if tally.inputs % (1000 if sys.stderr.isatty() else 5000) == 0:
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"{tally.inputs} of {arguments.inputs}", end=end, file=sys.stderr, flush=True)
    lines = [f"seed {arguments.seed}, from {arguments.first}, {time.monotonic() - start:.0f} s", *table(tally)]
    print("\n".join(lines))
    if arguments.report is not None:
        failures = [json.dumps(result._asdict()) for result in tally.wrong]
        arguments.report.write_text("\n".join([*lines, *failures, ""]), encoding="utf-8")
    return int(bool(tally.wrong))


if __name__ == "__main__":
    sys.exit(main())
