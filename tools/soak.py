"""Every long test, one after the other, and what came of each: the long tier, before a release.

    python tools/soak.py [--corpus DIR] [--oracle DIR] [--hostile FILE] [--sarif-schema FILE] [--sarif-multitool FILE]
                         [--only NAME]... [--list]

What needs something that is not given is said to be left out. Prints a table for tests/README.md; exits with 1 if
anything failed. All of it takes some hours on two cores: run it with `nice`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
_SUMMARY: Final = re.compile(r"^=*\s*(.*\b(?:passed|failed|error|skipped)\b.* in [0-9.]+s.*?)\s*=*$", re.MULTILINE)


class Given(NamedTuple):
    """What lies outside the repository."""

    corpus: str | None
    oracle: str | None
    hostile: str | None
    sarif_schema: str | None
    sarif_multitool: str | None


class Long(NamedTuple):
    """A long test."""

    name: str
    what: str
    command: tuple[str, ...]
    """What Python runs."""
    variables: Mapping[str, str | None]
    """Set in its environment; one that is None is not given, and the test is left out."""


class Result(NamedTuple):
    """What became of one."""

    name: str
    what: str
    said: str
    seconds: float
    failed: bool


def pytest(*files: str) -> tuple[str, ...]:
    return ("-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/test_{name}.py" for name in files))


def long_tests(given: Given) -> Iterator[Long]:
    """All of them, the quick ones first."""
    corpus = ("--corpus", given.corpus) if given.corpus else ()
    yield Long(
        "corpus",
        "every template of a directory: no crash, all accounted for, read as cfn-lint's decoder reads it",
        pytest("corpus", "cfnlint_decoder", "syntax_hcl_corpus", "known_modules_oracle"),
        {"KMSLINT_CORPUS": given.corpus},
    )
    schemas = {"KMSLINT_SARIF_SCHEMA": given.sarif_schema, "KMSLINT_SARIF_MULTITOOL": given.sarif_multitool}
    yield Long(
        "sarif",
        "SARIF of the corpus against its schema and Microsoft's validator, with GitHub's rules",
        pytest("report_sarif_valid"),
        {"KMSLINT_CORPUS": given.corpus, **schemas},
    )
    yield Long("hostile", "88 hostile inputs of others", pytest("hostile_inputs"), {"KMSLINT_HOSTILE": given.hostile})
    yield Long("touches", "what `access` and `can` touch", pytest("hostile_inputs"), {"KMSLINT_TOUCHES": "1"})
    yield Long("cuts", "fixtures cut off anywhere", pytest("truncation"), {"KMSLINT_CUTS": "20000"})
    injected = {"KMSLINT_INJECTIONS": "10000", "KMSLINT_SARIF_SCHEMA": given.sarif_schema}
    yield Long("injections", "hostile texts in every field of every format", pytest("injections"), injected)
    yield Long("faults", "every operation fails, every function crashes", pytest("faults"), {"KMSLINT_FAULTS": "1"})
    yield Long("ends", "signals at any moment", pytest("ended_processes"), {"KMSLINT_ENDS": "1000"})
    yield Long("determinism", "one report in all circumstances", ("tools/determinism.py",), {})
    yield Long("fuzz", "mutants and random documents", ("tools/fuzz.py", "--inputs", "10000", *corpus), {})
    yield Long("growth", "how time grows with the input", ("tools/complexity.py",), {})
    one_by_one = {"KMSLINT_REQUESTS": "200000"}
    yield Long("requests", "all requests at once against single ones", pytest("one_and_all"), one_by_one)
    yield Long(
        "templates", "key policies against moto's", pytest("cloudformation_oracle"), {"KMSLINT_TEMPLATES": "1000"}
    )
    console = {"KMSLINT_EXPRESSIONS": "20000"}
    yield Long("expressions", "Terraform's values against its console", pytest("terraform_oracle"), console)
    yield Long("simulator", "decisions against a simulator", pytest("differential"), {"KMSLINT_ORACLE": given.oracle})
    for part in ("evaluator", "values", "suppression", "sarif", "cloudformation", "syntax", "terraform"):
        sample = ("tools/mutants.py", "--part", part, "--sample", "300", "--seed", "1")
        yield Long(f"mutants-{part}", "small mistakes in the code: do tests see them?", sample, {})


def run(test: Long) -> Result:
    """Runs it, with what it prints shown as it comes."""
    environment = os.environ | {name: value for name, value in test.variables.items() if value is not None}
    began = time.monotonic()
    lines = []
    with subprocess.Popen(
        [sys.executable, *test.command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    text = "".join(lines)
    summary = _SUMMARY.findall(text)
    said = summary[-1] if summary else next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
    return Result(test.name, test.what, said, time.monotonic() - began, process.returncode != 0)


def table(results: list[Result]) -> str:
    """Markdown for tests/README.md."""
    rows = [
        f"| {each.name} | {each.what} | {'FAILED: ' if each.failed else ''}{each.said} | {each.seconds:.0f} s |"
        for each in results
    ]
    day = datetime.now(timezone.utc).date()
    return "\n".join([f"{day}", "", "| test | what | result | time |", "| --- | --- | --- | ---: |", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description="Run every long test.")
    for name in Given._fields:
        parser.add_argument(f"--{name.replace('_', '-')}")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    tests = list(long_tests(Given(*(getattr(arguments, name) for name in Given._fields))))
    if arguments.list:
        print("\n".join(f"{test.name:12} {test.what}" for test in tests))
        return
    results = []
    for test in tests:
        if arguments.only and test.name not in arguments.only:
            continue
        missing = [name for name, value in test.variables.items() if value is None]
        print(f"\n== {test.name}: {test.what}", flush=True)
        if missing:
            results.append(Result(test.name, test.what, f"left out: no {', '.join(missing)}", 0, failed=False))
        else:
            results.append(run(test))
    print(f"\n{table(results)}")
    sys.exit(int(any(each.failed for each in results)))


if __name__ == "__main__":
    main()
