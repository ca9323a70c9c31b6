"""Mutation testing: put one small mistake into the code, and see whether a test fails.

    python tools/mutants.py [--part PART] [MODULE...] [--jobs 2] [--sample N] [--seed S] [--slowest SECONDS]
        [--effort SECONDS] [--notes DIRECTORY] [--list] [--draft]

The parts are those of mutation/parts.py: the evaluator, unless another is named. A module is a path, or the name of a
file of the part. Survivors are shown as diffs. One that behaves as the code does belongs into
mutants_triaged/PART.yaml, with the reason. Exits with 1 if less than 95 % of the others are killed, or if an entry of
that file is out of date. Not for Windows: every mutant is run in a forked process.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mutation import triage
from mutation.parts import PARTS, Part
from mutation.running import Subject, run
from mutation.sessions import Fate, Outcome
from mutation.sources import Mutant, enums_below, mutants_of

ROOT: Final = Path(__file__).resolve().parent.parent
TRIAGED: Final = Path(__file__).with_name("mutants_triaged")
PACKAGE: Final = "kmslint"
_DEAD: Final = (Fate.KILLED, Fate.TIMED_OUT)


def module_path(name: str, part: Part) -> Path:
    """The file that is meant by a path, or by the name of one of the modules of the part."""
    path = Path(name).resolve()
    if path.is_file():
        return path
    wanted = name.removesuffix(".py").rpartition(".")[2]
    found = [each for each in part.paths(ROOT / PACKAGE) if each.stem == wanted]
    if not found:
        sys.exit(f"no such module: {name}")
    return found[0]


def chosen(arguments: argparse.Namespace) -> list[Mutant]:
    """The mutants asked for."""
    enums = enums_below(ROOT / PACKAGE)
    part = PARTS[arguments.part]
    paths = [module_path(name, part) for name in arguments.modules] or part.paths(ROOT / PACKAGE)
    mutants = [
        mutant
        for path in paths
        for mutant in mutants_of(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), enums)
    ]
    mutants = [mutant for mutant in mutants if can_be_imported(mutant)]
    if arguments.sample is not None and arguments.sample < len(mutants):
        picked = random.Random(arguments.seed).sample(range(len(mutants)), arguments.sample)  # noqa: S311
        mutants = [mutants[index] for index in sorted(picked)]
    return mutants


def can_be_imported(mutant: Mutant) -> bool:
    """Whether there is what the mistake needs: `ALWAYS` is a name in two modules, and one of them has no `NEVER`."""
    if mutant.needs is None:
        return True
    module, name = mutant.needs
    path = ROOT / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return not path.exists() or re.search(rf"^{name}\b", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def diff(mutant: Mutant, note: str) -> str:
    where = f"{mutant.module}:{mutant.line}" + (f" in {mutant.function}" if mutant.function else "")
    return f"{where}{note}\n  - {mutant.before}\n  + {mutant.after}"


def shown(outcome: Outcome) -> str:
    """A mutant that is alive."""
    return diff(outcome.mutant, "" if outcome.fate is Fate.SURVIVED else f": {outcome.fate.value} {outcome.detail}")


class Progress:
    """Collects outcomes, and says on standard error how far it has come and what survives."""

    def __init__(self, total: int, triaged: triage.Triage) -> None:
        self.outcomes: list[Outcome] = []
        self._total = total
        self._triaged = triaged

    def __call__(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if category(outcome, self._triaged) == "survived":
            print(shown(outcome), file=sys.stderr, flush=True)
        done = len(self.outcomes)
        if sys.stderr.isatty() or done % 100 == 0:
            alive = sum(each.fate not in _DEAD for each in self.outcomes)
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"{done} of {self._total}, {alive} alive", end=end, file=sys.stderr, flush=True)


def table(outcomes: Sequence[Outcome], triaged: triage.Triage) -> tuple[str, float]:
    """The outcomes counted by module, and the score of all."""
    columns = ("module", "killed", "timed out", "survived", "triaged", "score")
    rows, score = [], 100.0
    modules = sorted({outcome.mutant.module for outcome in outcomes})
    for name, among in [*((module, {module}) for module in modules), ("all", set(modules))]:
        counts = Counter(category(each, triaged) for each in outcomes if each.mutant.module in among)
        judged = sum(counts.values()) - counts["triaged"]
        score = 100 * (counts["killed"] + counts["timed out"]) / judged if judged else 100.0
        rows.append((name, *(str(counts[column]) for column in columns[1:-1]), f"{score:.1f} %"))
    width = max(len(row[0]) for row in rows)
    lines = (f"{row[0]:{width}}" + "".join(f"  {cell:>9}" for cell in row[1:]) for row in [columns, *rows])
    return "\n".join(lines), score


def category(outcome: Outcome, triaged: triage.Triage) -> str:
    """The column in which an outcome counts."""
    if outcome.fate in _DEAD:
        return str(outcome.fate.value)
    return "triaged" if outcome.mutant.key in triaged else "survived"


def arguments_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mutation testing.")
    parser.add_argument("--part", choices=PARTS, default="evaluator", help="whose modules and tests")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--sample", type=int, help="only so many mutants, at random")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--slowest", type=float, default=math.inf, help="CPU seconds of a test; others are left out")
    parser.add_argument("--effort", type=float, default=math.inf, help="CPU seconds of tests on one mutant at most")
    parser.add_argument("--notes", type=Path, help="a directory for what the next run need not find out again")
    parser.add_argument("--list", action="store_true", help="show the mutants and do not run them")
    parser.add_argument("--draft", action="store_true", help="show survivors as entries for mutants_triaged/PART.yaml")
    return parser.parse_args()


def main() -> None:
    arguments = arguments_of()
    mutants = chosen(arguments)
    if arguments.list:
        print("\n".join(diff(mutant, "") for mutant in mutants), f"{len(mutants)} mutants", sep="\n\n")
        return
    part, listed = PARTS[arguments.part], TRIAGED / f"{arguments.part}.yaml"
    triaged = triage.read(listed)
    began, progress = time.monotonic(), Progress(len(mutants), triaged)
    subject = Subject(ROOT, PACKAGE, part.test_files(ROOT), arguments.slowest, arguments.effort, arguments.notes)
    run(subject, mutants, arguments.jobs, progress)
    outcomes = sorted(progress.outcomes, key=lambda outcome: (outcome.mutant.module, outcome.mutant.line))
    alive = [outcome for outcome in outcomes if category(outcome, triaged) == "survived"]
    if arguments.draft:
        print(triage.draft(outcome.mutant for outcome in alive))
    for outcome in () if arguments.draft else alive:
        print(shown(outcome))
    out_of_date = [] if arguments.sample is not None else list(triage.stale(triaged, outcomes, ROOT))
    print(*(f"out of date in {listed.name}: {line}" for line in out_of_date), sep="\n", file=sys.stderr)
    counted, score = table(outcomes, triaged)
    told = sys.stderr if arguments.draft else sys.stdout
    print(counted, f"{len(mutants)} mutants in {time.monotonic() - began:.0f} s", sep="\n\n", file=told)
    sys.exit(int(score < part.bar or bool(out_of_date)))


if __name__ == "__main__":
    main()
