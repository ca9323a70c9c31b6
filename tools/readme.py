"""Write the generated parts of README.md: the output that it shows, and the table of rules.

python tools/readme.py            # write them
python tools/readme.py --check    # exit 1 if they are out of date
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Profile, Rule

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SHOWN = ("fixtures/templates/orders.yaml",)
"""Arguments of the run whose output stands in the README."""


def output() -> str:
    """What kmslint prints for the example, as a block."""
    command = [sys.executable, "-m", "kmslint", "--color", "never", *SHOWN]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 1:
        sys.exit(f"kmslint {' '.join(SHOWN)} should find something and exit 1, not {run.returncode}:\n{run.stderr}")
    return f"```console\n$ kmslint {' '.join(SHOWN)}\n{run.stdout.strip()}\n```\n"


def rule_table() -> str:
    rows = "".join(map(row, (module.RULE for module in all_rules())))
    return f"| id | name | severity | finds |\n| --- | --- | --- | --- |\n{rows}"


def row(rule: Rule) -> str:
    only = "" if rule.profile is Profile.DEFAULT else f" (only with `--profile {rule.profile.value}`)"
    return f"| {rule.id} | {rule.name} | {rule.severity.value} | {rule.title.replace('|', '&#124;')}{only} |\n"


def with_block(text: str, name: str, block: str) -> str:
    """The text with what stands between the two markers of that name replaced."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        sys.exit(f"README.md has no block {name}")
    return f"{before}{begin}{block}{end}{after}"


def main() -> None:
    old = README.read_text(encoding="utf-8")
    new = with_block(with_block(old, "output", output()), "rules", rule_table())
    if "--check" not in sys.argv[1:]:
        README.write_text(new, encoding="utf-8")
    elif new != old:
        sys.exit("README.md is out of date: run `make readme`")


if __name__ == "__main__":
    main()
