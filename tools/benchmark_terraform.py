"""How many megabytes of Terraform kmslint analyses a second of CPU time in one process, and how that grows.

    python tools/benchmark_terraform.py DIRECTORY     every module below a directory
    python tools/benchmark_terraform.py               ever more modules that are made up, each called by ten others

Not a test: a machine's speed is no property of the code. Aim for 0.7 MB a second, and for times that grow with the
number of files. Measure an installed wheel. Starting up is part of each time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmark import cpu_of_children

SIZES = (50, 100, 200, 400)
CALLERS = 10
NAMES = (".tf", ".tofu", ".tf.json", ".tfvars")

MODULE = """variable "principals" {{
  type = list(string)
}}

data "aws_iam_policy_document" "this" {{
  dynamic "statement" {{
    for_each = var.principals
    content {{
      sid       = "Principal${{statement.key}}"
      actions   = ["kms:*"]
      resources = ["*"]
      principals {{
        type        = "AWS"
        identifiers = [statement.value]
      }}
    }}
  }}
}}

resource "aws_kms_key" "this" {{
  description = "{name}"
  policy      = data.aws_iam_policy_document.this.json
}}
"""

CALL = """data "aws_caller_identity" "current" {{}}

module "key" {{
  source     = "../../modules/{name}"
  principals = ["arn:aws:iam::${{data.aws_caller_identity.current.account_id}}:root"]
}}
"""


class Measured(NamedTuple):
    """One run."""

    files: int
    megabytes: float
    keys: int
    seconds: float

    def __str__(self) -> str:
        speed = self.megabytes / self.seconds
        return (
            f"{self.files:6} files  {self.megabytes:7.2f} MB  {self.keys:5} keys  {self.seconds:6.2f} s"
            f"  {speed:5.2f} MB/s  {1000 * self.seconds / max(self.files, 1):6.2f} ms/file"
        )


def files_below(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.name.endswith(NAMES) and path.is_file())


def measure(directory: Path) -> Measured:
    """The CPU time of linting a directory, after one run that fills the caches."""
    command = [sys.executable, "-I", "-m", "kmslint", str(directory), "--format", "json", "--exit-zero"]
    subprocess.run(command, check=False, capture_output=True)
    before = cpu_of_children()
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = cpu_of_children() - before
    found = list(files_below(directory))
    megabytes = sum(path.stat().st_size for path in found) / 1e6
    return Measured(len(found), megabytes, json.loads(run.stdout)["summary"]["keys"], seconds)


def make(directory: Path, modules: int) -> None:
    """So many modules with a key, and ten root modules for each of them."""
    for number in range(modules):
        name = f"m{number}"
        _write(directory / "modules" / name / "main.tf", MODULE.format(name=name))
        for caller in range(CALLERS):
            _write(directory / "live" / f"{name}-{caller}" / "main.tf", CALL.format(name=name))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Throughput of kmslint on Terraform.")
    parser.add_argument("directory", nargs="?", type=Path)
    directory = parser.parse_args().directory
    if directory is not None:
        print(measure(directory))
        return
    for size in SIZES:
        with tempfile.TemporaryDirectory() as made:
            make(Path(made), size)
            print(measure(Path(made)))


if __name__ == "__main__":
    main()
