"""Compare the key policies that kmslint resolves in random templates with those that moto stores for them.

    python tools/cloudformation_templates.py [--templates 1000] [--seed 1]
    python tools/cloudformation_templates.py --templates 300 --record fixtures/cloudformation/recorded_templates.jsonl

Each template is compared twice: once with the values of its parameters, once as it stands in a repository, without
them; what is open then has to come to moto's policy once moto's values are put in. Templates with something that
moto is known to do otherwise than AWS are counted by that. Exit 1 if a policy is wrong.

Needs moto: pip install -e '.[oracle]'
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cloudformation_comparison import Outcome, compared  # noqa: E402
from cloudformation_generator import Generated, TemplateGenerator  # noqa: E402
from cloudformation_oracle import HAS_MOTO, Answer, answers  # noqa: E402

AT_ONCE: Final = 50


class Results:
    """The outcomes of a run."""

    def __init__(self) -> None:
        self.outcomes: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self.unknown: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self.wrong = 0

    def add(self, number: int, generated: Generated, answer: Answer) -> None:
        """One template, with and without the values of its parameters."""
        for is_given in (True, False):
            if answer.error:
                reason = f"moto: {generated.faults[0]}" if generated.faults else f"MOTO FAILS: {answer.error[:100]}"
                self.outcomes[is_given][reason] += 1
                continue
            found = compared(generated, answer, is_given, is_yaml=number % 2 == 1)
            if found.outcome is Outcome.WRONG and generated.faults:
                self.outcomes[is_given][f"moto: {generated.faults[0]}"] += 1
                continue
            self.outcomes[is_given][found.outcome.name.lower()] += 1
            if found.outcome is Outcome.UNKNOWN:
                self.unknown[is_given].update(_cause(label) for label in found.unknown)
            if found.outcome is Outcome.WRONG:
                self.wrong += 1
                print(f"\nWRONG {number} {found.key} given={is_given}\n  kmslint {found.ours}")
                print(f"  moto    {answer.policies.get(found.key)}\n  {json.dumps(generated)}")

    def print(self) -> None:
        """The tables."""
        for is_given in (True, False):
            print(f"\nwith{'' if is_given else 'out'} the values of the parameters")
            for name, count in self.outcomes[is_given].most_common():
                print(f"{count:8}  {name}")
            if self.unknown[is_given]:
                print("  not known, by what is missing")
            for name, count in self.unknown[is_given].most_common(12):
                print(f"{count:10}  {name}")


def _cause(label: str) -> str:
    return label if label.startswith("Fn::") and " " not in label else label.partition(" ")[0]


def _batches(seed: int, count: int) -> Iterator[list[Generated]]:
    generator = TemplateGenerator(seed)
    for start in range(0, count, AT_ONCE):
        yield [generator.generated() for _ in range(min(AT_ONCE, count - start))]


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare resolved key policies with moto's.")
    parser.add_argument("--templates", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path)
    arguments = parser.parse_args()
    if not HAS_MOTO:
        print("moto is not installed: pip install -e '.[oracle]'")
        return 2
    results, recorded, number = Results(), [], 0
    for batch in _batches(arguments.seed, arguments.templates):
        for generated, answer in zip(batch, answers(batch), strict=True):
            results.add(number, generated, answer)
            number += 1
            recorded.append(json.dumps([*generated, *answer], separators=(",", ":")))
    results.print()
    if arguments.record is not None:
        arguments.record.write_text("".join(f"{line}\n" for line in recorded), encoding="utf-8")
    return 1 if results.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
