"""Write the generated parts of README.md (the output that it shows, as text and as a picture, and the tables), and the
schema of configurations.

python tools/readme.py            # write them
python tools/readme.py --check    # exit 1 if the README is out of date
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from screen import svg

from kmslint.access.reasons import Reason
from kmslint.config.schema import schema
from kmslint.engine.counterpart import Catalogue
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Profile, Rule
from kmslint.limits import declared
from kmslint.report.config_list import render_schema
from kmslint.settings import IN_FILES, Settings, key_of
from kmslint.terraform.known_modules import known_sources

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / ".github" / "report.svg"
SCHEMA = ROOT / "kmslint" / "config" / "schema.json"
EXAMPLE = "fixtures/templates/orders.yaml"


class Run(NamedTuple):
    """A run of kmslint whose output stands in the README."""

    block: str
    arguments: tuple[str, ...]
    exit_code: int


RUNS = (
    Run("output", (EXAMPLE,), 1),
    Run("access", ("access", EXAMPLE), 0),
    Run("can", ("can", "role/ReportRole", "kms:Decrypt", "OrderKey", EXAMPLE), 0),
)


SUMMARY = Run("summary", ("--format", "markdown", EXAMPLE), 1)
SCREEN = Run("", ("fixtures/templates/archive.yaml",), 1)
COLUMNS = 100


def printed(run: Run, color: bool = False) -> str:
    """What kmslint prints in a run."""
    command = [sys.executable, "-m", "kmslint", *run.arguments, *(("--color", "always") if color else ())]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": str(COLUMNS)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != run.exit_code:
        sys.exit(f"{shown(run)} should exit {run.exit_code}, not {done.returncode}:\n{done.stderr}")
    return done.stdout


def shown(run: Run) -> str:
    return f"kmslint {' '.join(run.arguments)}"


def output(run: Run) -> str:
    """What kmslint prints for the example, as a block."""
    lines = "\n".join(line.rstrip() for line in printed(run).strip().split("\n"))
    return f"```console\n$ {shown(run)}\n{lines}\n```\n"


def summary() -> str:
    """What a job summary of the example shows; without headings, which would be those of the README."""
    lines = [line for line in printed(SUMMARY).split("\n") if not line.startswith("#")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def rule_table() -> str:
    rows = "".join(map(row, (module.RULE for module in all_rules())))
    return f"| id | name | severity | finds |\n| --- | --- | --- | --- |\n{rows}"


def counterpart_table() -> str:
    rules = [module.RULE for module in all_rules()]
    rows = "".join(f"| {catalogue.value} | {_switch(catalogue, rules)} |\n" for catalogue in Catalogue)
    return f"| catalogue or tool | its id: that of kmslint |\n| --- | --- |\n{rows}"


def _switch(catalogue: Catalogue, rules: Sequence[Rule]) -> str:
    """Each id of a catalogue with the rules that are about the same matter."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for counterpart in rule.counterparts:
            if counterpart.catalogue is catalogue:
                for name in counterpart.ids:
                    found.setdefault(name, []).append(rule.id)
    return "; ".join(f"`{name}`: {', '.join(ids)}" for name, ids in sorted(found.items()))


def reason_table() -> str:
    rows = "".join(f"| `{reason.value}` | {reason.meaning} |\n" for reason in Reason)
    return f"| reason | meaning |\n| --- | --- |\n{rows}"


def row(rule: Rule) -> str:
    title = rule.title.replace("|", "&#124;")
    return f"| {rule.id} | {rule.name} | {rule.severity.value} | {title}{_ONLY[rule.profile]} |\n"


_ONLY = {
    Profile.DEFAULT: "",
    Profile.STRICT: " (only with `--profile strict`)",
    Profile.OFF: " (only when selected)",
}


def setting_table() -> str:
    rows = "".join(
        f"| `{key_of(name)}` | {f'`{setting.option}`' if setting.option else ''} | {setting.said}{default(name)} |\n"
        for name, setting in IN_FILES.items()
    )
    return f"| key | option | what it says |\n| --- | --- | --- |\n{rows}"


def limit_table() -> str:
    rows = "".join(f"| `{name}` | {limit.default:,} | {limit.counts} |\n" for name, limit in declared().items())
    return f"| limit | default | what it bounds |\n| --- | --- | --- |\n{rows}"


def default(name: str) -> str:
    value = Settings._field_defaults[name]
    return f" Default: `{str(value).lower()}`." if isinstance(value, (str, bool)) else ""


def module_table() -> str:
    rows = "".join(
        f"| `{source}` | {'.'.join(map(str, first))} | {last[0]}.x |\n"
        for source, (first, last) in known_sources().items()
    )
    return f"| module | from version | to |\n| --- | --- | --- |\n{rows}"


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
    new = with_block(with_block(old, "rules", rule_table()), "reasons", reason_table())
    new = with_block(new, "counterparts", counterpart_table())
    new = with_block(with_block(new, "modules", module_table()), "settings", setting_table())
    new = with_block(new, "limits", limit_table())
    for run in RUNS:
        new = with_block(new, run.block, output(run))
    new = with_block(new, SUMMARY.block, summary())
    picture = svg(shown(SCREEN), printed(SCREEN, color=True), COLUMNS)
    if "--check" not in sys.argv[1:]:
        README.write_text(new, encoding="utf-8")
        PICTURE.write_text(picture, encoding="utf-8")
        SCHEMA.write_text(render_schema(schema()), encoding="utf-8")
    elif new != old:
        sys.exit("README.md is out of date: run `make readme`")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture:
        sys.exit(f"{PICTURE.relative_to(ROOT)} is out of date: run `make readme`")


if __name__ == "__main__":
    main()
