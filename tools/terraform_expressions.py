"""Compare what kmslint makes of random Terraform expressions with what `terraform console` makes of them.

    python tools/terraform_expressions.py [--expressions 5000] [--seed 1]
    python tools/terraform_expressions.py --record fixtures/terraform/recorded_expressions.json [--count 220]
    python tools/terraform_expressions.py --values fixtures/terraform/recorded_values.json

Two thirds of the expressions have variables in them that kmslint has no value for: Terraform evaluates these once for
each of some assignments, and what kmslint knows of the value has to be true of every result. Random variables, with a
type and a default, are compared too. Exit 1 if a value is wrong.

--record writes a number of comparisons of each sort with Terraform's answers, for the test that runs without it.
--values asks again about the expressions that are listed in a file, and writes what Terraform and kmslint make of each:
to list another one, write `{"expression": "..."}` into the file, a quick way to see what it comes to.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from kmslint.terraform.types import type_of  # noqa: E402
from kmslint.values import Unknown, Value  # noqa: E402
from terraform_comparison import (  # noqa: E402
    Outcome,
    asked,
    cause,
    decided_conditions,
    declared,
    evaluated,
    generator,
    outcome,
    outcome_of_variable,
)
from terraform_generator import AROUND  # noqa: E402
from terraform_modules import spelt, spelt_type  # noqa: E402
from terraform_oracle import ENVIRONMENT, TERRAFORM, Answer, defaults  # noqa: E402
from terraform_types import Types  # noqa: E402
from terraform_types import declared as variables_of  # noqa: E402

LONGEST_RECORD: Final = 260
"""In characters: a recording is to be read by people and kept in the repository."""


def compare(count: int, seed: int, unset: bool, directory: Path) -> Counter[str]:
    """The outcomes of so many random expressions."""
    random = generator(seed, unset)
    expressions = [random.expression() for _ in range(count)]
    ours = evaluated(expressions, declared() if unset else AROUND)
    theirs = asked(expressions, directory, unset)
    conditions = decided_conditions(ours, directory) if unset else [{}]
    outcomes: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    for expression, value, answers in zip(expressions, ours, theirs, strict=True):
        found = outcome(value, answers, conditions)
        outcomes[found.value] += 1
        if found is Outcome.UNKNOWN and isinstance(value.value, Unknown):
            causes[cause(value.value)] += 1
        if found is Outcome.WRONG:
            print(f"\nWRONG {expression}\n  kmslint {spelt(value.value)}")
            print("\n".join(f"  terraform {answer.json}" for answer in answers))
    table(f"expressions with{'' if unset else 'out'} variables that are not known", outcomes)
    table("not known to kmslint, by what is missing", causes)
    return outcomes


def compare_variables(count: int, seed: int, directory: Path) -> Counter[str]:
    """The outcomes of so many random variables."""
    random = Types(seed)
    variables = [random.variable() for _ in range(count)]
    outcomes: Counter[str] = Counter()
    for variable, answer in zip(variables, defaults(variables, directory), strict=True):
        found = outcome_of_variable(variable, answer)
        outcomes[found.value] += 1
        if found is Outcome.WRONG:
            print(f"\nWRONG {variable}\n  terraform {answer.json}")
    table("variables", outcomes)
    return outcomes


def table(title: str, counts: Counter[str]) -> None:
    total = sum(counts.values())
    print(f"\n{title}: {total}")
    for name, number in counts.most_common():
        print(f"{number:10}  {number / max(total, 1):6.1%}  {name}")


def record(file: Path, count: int, seed: int, directory: Path) -> None:
    """Write comparisons of every sort, short ones, and the names of Terraform's functions."""
    recorded: dict[str, Any] = {"functions": functions()}
    for name, unset in (("known", False), ("unset", True)):
        random = generator(seed, unset)
        written = dict.fromkeys(random.expression() for _ in range(20 * count))
        expressions = [one for one in written if 12 < len(one) <= LONGEST_RECORD][: 3 * count]
        entries = [
            {"expression": expression, "answers": [_recorded(answer) for answer in answers]}
            for expression, answers in zip(expressions, asked(expressions, directory, unset), strict=True)
        ]
        # Most of what is recorded has a value.
        refused = [entry for entry in entries if set(entry["answers"]) <= {"refused", "unknown"}]
        valued = [entry for entry in entries if entry not in refused]
        recorded[name] = [*valued[: count - count // 5], *refused[: count // 5]]
    random_types = Types(seed)
    variables = [
        one for one in (random_types.variable() for _ in range(3 * count)) if len("".join(one)) < LONGEST_RECORD
    ]
    recorded["variables"] = [
        {"type": type_, "default": default, "answer": _recorded(answer)}
        for (type_, default), answer in zip(variables[:count], defaults(variables[:count], directory), strict=True)
    ]
    file.write_text(_spelt(recorded), encoding="utf-8", newline="\n")
    print({name: len(entries) for name, entries in recorded.items()})


def record_values(file: Path, directory: Path) -> bool:
    """Write anew what both make of the expressions of a file; whether every value is right."""
    listed = json.loads(file.read_text(encoding="utf-8"))
    right = True
    for name, unset in (("known", False), ("unset", True)):
        expressions = list(dict.fromkeys(entry["expression"] for entry in listed[name]))
        ours = evaluated(expressions, declared() if unset else AROUND)
        theirs = asked(expressions, directory, unset)
        conditions = decided_conditions(ours, directory) if unset else [{}]
        listed[name] = []
        for expression, value, answers in zip(expressions, ours, theirs, strict=True):
            recorded = [_recorded(answer) for answer in answers]
            if outcome(value, answers, conditions) is Outcome.WRONG:
                print(f"\nWRONG {expression}\n  kmslint {spelt(value.value)}\n  terraform {recorded}")
                right = False
            listed[name].append({"expression": expression, **_known(value.value), "answers": recorded})
    variables = list(dict.fromkeys((entry["type"], entry["default"]) for entry in listed["variables"]))
    listed["variables"] = []
    for (type_, default), answer in zip(variables, defaults(variables, directory), strict=True):
        (value,) = evaluated(["var.v0"], variables_of([(type_, default)]))
        if outcome_of_variable((type_, default), answer) is Outcome.WRONG:
            print(f"\nWRONG {type_} = {default}\n  kmslint {spelt(value.value)}\n  terraform {answer.json}")
            right = False
        listed["variables"].append(
            {"type": type_, "default": default, **_known(value.value), "answer": _recorded(answer)}
        )
    file.write_text(_spelt(listed), encoding="utf-8", newline="\n")
    print({name: len(entries) for name, entries in listed.items()})
    return right


def _known(value: Value) -> dict[str, str]:
    """What kmslint makes of an expression."""
    return {"value": spelt(value), "kind": spelt_type(type_of(value))}


def _recorded(answer: Answer) -> str:
    return answer.json if answer.json is not None else "unknown" if answer.unknown else "refused"


def _spelt(recorded: dict[str, Any]) -> str:
    """JSON with one entry a line."""
    sections = (
        f'"{name}": [\n' + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]"
        for name, entries in recorded.items()
    )
    return "{\n" + ",\n".join(sections) + "\n}\n"


def functions() -> list[str]:
    """The names of Terraform's functions."""
    command = [str(TERRAFORM), "metadata", "functions", "-json"]
    run = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    names = json.loads(run.stdout)["function_signatures"]
    return sorted({name.removeprefix("core::") for name in names})


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare Terraform expressions with `terraform console`.")
    parser.add_argument("--expressions", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help="write comparisons with Terraform's answers, and compare nothing")
    parser.add_argument("--values", type=Path, help="write anew what both make of the expressions of that file")
    parser.add_argument("--count", type=int, default=220, help="how many of each sort to record")
    arguments = parser.parse_args()
    if TERRAFORM is None:
        parser.error("terraform is not on the PATH")
    with tempfile.TemporaryDirectory() as directory:
        if arguments.record:
            record(arguments.record, arguments.count, arguments.seed, Path(directory))
            return
        if arguments.values:
            sys.exit(0 if record_values(arguments.values, Path(directory)) else 1)
        third = arguments.expressions // 3
        outcomes = [
            compare(arguments.expressions - third, arguments.seed, True, Path(directory)),
            compare(third, arguments.seed, False, Path(directory)),
            compare_variables(max(third // 3, 1), arguments.seed, Path(directory)),
        ]
    sys.exit(1 if any(found[Outcome.WRONG.value] for found in outcomes) else 0)


if __name__ == "__main__":
    main()
