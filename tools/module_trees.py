"""Compare what kmslint makes of random trees of Terraform modules with what `terraform plan` makes of them.

    python tools/module_trees.py [--trees 500] [--seed 1] [--keep DIRECTORY]
    python tools/module_trees.py --record fixtures/terraform/recorded_modules.json [--count 24]

Compared are the values of the root module's outputs, the addresses of all instances of `terraform_data` and their
arguments. In some trees kmslint has no value for variables that Terraform is given one for: what it knows of a
value has to be true all the same. Exit 1 if a value is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from terraform_comparison import Outcome  # noqa: E402
from terraform_module_comparison import compared  # noqa: E402
from terraform_module_trees import Tree, Trees  # noqa: E402
from terraform_oracle import TERRAFORM  # noqa: E402
from terraform_tree_plans import Plan, planned, spelt, write  # noqa: E402

LONGEST_RECORD: Final = 3_500
"""In characters: a recording is to be read by people and kept in the repository."""


def planned_trees(count: int, seed: int, directory: Path) -> Iterator[tuple[int, Tree, Path, Plan | None]]:
    """So many random trees with Terraform's plans."""
    random = Trees(seed)
    for number in range(count):
        tree = random.tree()
        place = directory / f"{number}" / "tree"
        write(tree, place)
        yield number, tree, place, planned(tree, place)


def compare(count: int, seed: int, directory: Path) -> bool:
    """Print the outcomes; whether none is wrong."""
    outcomes: Counter[str] = Counter()
    trees: Counter[str] = Counter()
    for number, tree, place, plan in planned_trees(count, seed, directory):
        trees["refused" if plan is None else "with unset variables" if tree.unset else "with all variables set"] += 1
        for found in compared(tree, place, plan) if plan is not None else ():
            of = "unset" if tree.unset else "set"
            outcomes[f"{of}: {found.outcome.value}"] += 1
            if found.outcome is Outcome.WRONG:
                print(f"\nWRONG in tree {number}: {found.what}")
    for title, counts in (("trees", trees), ("outputs and resources, variables", outcomes)):
        total = sum(counts.values())
        print(f"\n{title}: {total}")
        for name, many in sorted(counts.items()):
            print(f"{many:10}  {many / max(total, 1):6.1%}  {name}")
    return not any(name.endswith(Outcome.WRONG.value) for name in outcomes)


def record(file: Path, count: int, seed: int, directory: Path) -> None:
    """Write short trees, with what Terraform makes of them."""
    entries = []
    for _, tree, _, plan in planned_trees(20 * count, seed, directory):
        entry = {"files": tree.files, "given": tree.given, "unset": tree.unset}
        if plan is not None and len(plan.outputs) > 2 and len(json.dumps(entry)) < LONGEST_RECORD:
            entries.append({**entry, "plan": spelt(plan)})
        if len(entries) == count:
            break
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    print(f"{len(entries)} trees")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare trees of Terraform modules with `terraform plan`.")
    parser.add_argument("--trees", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty directory in which the trees are left")
    parser.add_argument("--record", type=Path, help="write trees with Terraform's plans, and compare nothing")
    parser.add_argument("--count", type=int, default=24, help="how many to record")
    arguments = parser.parse_args()
    if TERRAFORM is None:
        parser.error("terraform is not on the PATH")
    with tempfile.TemporaryDirectory() as temporary:
        directory = arguments.keep or Path(temporary)
        if arguments.record:
            record(arguments.record, arguments.count, arguments.seed, directory)
            return
        sys.exit(0 if compare(arguments.trees, arguments.seed, directory) else 1)


if __name__ == "__main__":
    main()
