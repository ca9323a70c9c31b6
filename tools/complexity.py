"""How the time that an input takes grows with it: families of inputs at n, 2n and 4n, and the exponent of the growth.

python tools/complexity.py             # all families; exit 1 if one grows too fast
python tools/complexity.py yaml json   # those whose names begin so

The bounds that would end the growth early are raised. Times are those of the processor, the best of three: the machine
may be busy.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

from kmslint.lint import lint_text
from kmslint.settings import Settings
from kmslint.wildcard import glob

STEEPEST: Final = 1.3
STEEPEST_OF_PATTERNS: Final = 2.1
LIMITS: Final = (
    *("nodes=10000000", "unrehearsed-characters=100000000", "policy-characters=100000000"),
    *("steps=100000000", "expression-steps=100000000", "elements=1000000", "instances=100000", "hcl-seconds=1000"),
    *("hcl-characters=10000000", "second-reader-characters=10000000"),
)
TEMPLATE: Final = 'Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {"Statement": [%s]}\n'
STATEMENT: Final = '{"Effect": "Allow", "Principal": %s, "Action": %s, "Resource": "*"}'
ARGUMENT: Final = 'resource "aws_kms_key" "k" {\n  policy = '
MODULE: Final = f"{ARGUMENT}%s\n}}\n"
DOCUMENT: Final = '{"Resources": {"K": {"Type": "AWS::KMS::Key"}}, "Metadata": '


class Family(NamedTuple):
    """Inputs of one kind, by a size."""

    path: str
    make: Callable[[int], str]
    size: int
    """The smallest: of what takes less than some hundredths of a second nothing can be told."""


def _statements(size: int) -> str:
    principals = (f'{{"AWS": "arn:aws:iam::111122223333:role/R{n}"}}' for n in range(size))
    return TEMPLATE % ", ".join(STATEMENT % (one, '"kms:Decrypt"') for one in principals)


def _actions(size: int) -> str:
    return TEMPLATE % (STATEMENT % ('"*"', json.dumps([f"kms:*a{n}*" for n in range(size)])))


def _principals(size: int) -> str:
    return TEMPLATE % (
        STATEMENT % (json.dumps({"AWS": [f"arn:aws:iam::111122223333:role/R{n}" for n in range(size)]}), '"kms:*"')
    )


def _keys(size: int) -> str:
    one = "  K%d:\n    Type: AWS::KMS::Key\n    Properties: {KeyPolicy: {Statement: [%s]}}\n"
    statement = STATEMENT % ('"*"', '"kms:*"')
    return "Resources:\n" + "".join(one % (number, statement) for number in range(size))


def _key_resources(size: int) -> str:
    one = 'resource "aws_kms_key" "k%d" {\n  policy = jsonencode({Statement = []})\n}\n'
    return "".join(one % number for number in range(size))


def _locals(size: int) -> str:
    chain = "".join(f"  a{n} = concat([{n}], [for x in [1, 2] : x])\n" for n in range(size))
    return f"locals {{\n{chain}}}\n" + MODULE % '"{}"'


def _conditions(size: int) -> str:
    declared = "".join(f"  C{n}: !Equals [!Ref AWS::Region, r{n}]\n" for n in range(size))
    one = STATEMENT % ('"*"', '"kms:Get*"')
    statements = (f"!If [C{n}, {one}, !Ref AWS::NoValue]" for n in range(size))
    return f"Conditions:\n{declared}" + TEMPLATE % ", ".join(statements)


def _repeated(before: str, middle: str, after: str = "") -> Callable[[int], str]:
    return lambda size: f"{before}{middle * size}{after}"


HEAD: Final = TEMPLATE % ""
FAMILIES: Final = {
    "yaml comments": Family("a.yaml", _repeated(HEAD, "# a\n"), 20_000),
    "yaml hashes in a text": Family("a.yaml", _repeated(f'{HEAD}Metadata: "', "#\n", '"\n'), 50_000),
    "yaml escapes": Family("a.yaml", _repeated(f'{HEAD}Metadata: "', "\\x41", '"\n'), 50_000),
    "yaml quotes": Family("a.yaml", _repeated(f"{HEAD}Metadata: '", "''", "'\n"), 100_000),
    "yaml block text": Family("a.yaml", _repeated(f"{HEAD}Metadata: |\n", "  a\n"), 50_000),
    "yaml list": Family("a.yaml", _repeated(f"{HEAD}Metadata: [", "a,", "]\n"), 10_000),
    "yaml keys": Family("a.yaml", lambda size: HEAD + "".join(f"K{n}: 1\n" for n in range(size)), 5_000),
    "yaml aliases": Family("a.yaml", _repeated(f"{HEAD}Metadata: [&a b,", "*a,", "]\n"), 20_000),
    "json list": Family("a.json", _repeated(f"{DOCUMENT}[", "1,", "1]}"), 10_000),
    "json escapes": Family("a.json", _repeated(f'{DOCUMENT}"', "\\u0041", '"}'), 50_000),
    "json twins": Family("a.json", _repeated(f"{DOCUMENT}{{", '"a":1,', '"a":1}}'), 5_000),
    "hcl comments": Family("a.tf", _repeated(MODULE % '"{}"', "# a\n"), 10_000),
    "hcl blocks": Family("a.tf", _repeated(MODULE % '"{}"', 'b "c" {\n  d = [1, 2]\n}\n'), 1_000),
    "hcl broken blocks": Family("a.tf", _repeated(MODULE % '"{}"', 'b "c" {\n  d = [1 +* 2]\n}\n'), 1_000),
    "hcl list": Family("a.tf", _repeated(f"{ARGUMENT}[", "a.b[0],", "1]\n}\n"), 1_000),
    "hcl second reader": Family("a.tf", _repeated(f"{ARGUMENT}[", "a.b[0],", "1]\n @}\n"), 500),
    "hcl template": Family("a.tf", _repeated(f'{ARGUMENT}"', "${a}", '"\n}\n'), 1_000),
    "hcl locals": Family("a.tf", _locals, 200),
    "hcl keys": Family("a.tf", _key_resources, 100),
    "policy statements": Family("a.yaml", _statements, 100),
    "policy actions": Family("a.yaml", _actions, 200),
    "policy principals": Family("a.yaml", _principals, 100),
    "policy conditions": Family("a.yaml", _conditions, 20),
    "template keys": Family("a.yaml", _keys, 50),
}
PATTERNS: Final = {
    "pattern of stars": (lambda size: glob("*a" * size + "b", "a" * 2 * size), 500),
    "pattern of questions": (lambda size: glob("*?" * size + "b", "a" * 2 * size), 500),
}


def seconds(work: Callable[[], object]) -> float:
    """The least of three times."""
    best = math.inf
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def growth(times: list[float]) -> float:
    """The exponent from the first to the last of times that are each of twice as much."""
    return math.log2(times[-1] / times[0]) / (len(times) - 1)


def measured(chosen: tuple[str, ...]) -> Iterator[tuple[str, list[float], float]]:
    """Each family that is wanted, its times and how steep it may be."""
    settings = Settings(profile="strict", limits=LIMITS)
    for name, family in FAMILIES.items():
        if name.startswith(chosen):
            texts = [family.make(family.size * factor).encode() for factor in (1, 2, 4)]
            lint_text(family.path, texts[0], settings)  # loads what it needs
            times = [seconds(partial(lint_text, family.path, text, settings)) for text in texts]
            yield name, times, STEEPEST
    for name, (work, size) in PATTERNS.items():
        if name.startswith(chosen):
            yield name, [seconds(partial(work, size * factor)) for factor in (1, 2, 4)], STEEPEST_OF_PATTERNS


def main() -> None:
    steep = []
    for name, times, most in measured(tuple(sys.argv[1:]) or ("",)):
        exponent = growth(times)
        print(f"{name:<24} {exponent:5.2f}  {'  '.join(f'{one:7.3f} s' for one in times)}", flush=True)
        if exponent > most:
            steep.append(name)
    if steep:
        sys.exit(f"too steep: {', '.join(steep)}")


if __name__ == "__main__":
    main()
