"""Start-up is most of what one template costs, so nothing heavy is imported on its way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from measured import unmeasured

DRIVER = """
import sys
from kmslint.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""

NEVER = {
    "asyncio",
    "cfnlint",
    "hcl2",
    "importlib.metadata",
    "jinja2",
    "jsonschema",
    "lark",
    "networkx",
    "rich",
    "sympy",
}

TEMPLATE = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
"""

MODULE = """\
resource "aws_kms_key" "key" {
  description = "the default policy"
}
"""


def modules_of_a_run(*arguments: str) -> set[str]:
    """Names of all modules that one run of kmslint imports. The run must have printed something."""
    # -I: neither the working directory nor the environment may lend a module.
    command = [sys.executable, "-I", "-c", DRIVER, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=unmeasured())
    assert run.returncode == 0, run.stderr
    assert run.stdout
    return set(run.stderr.split())


@pytest.mark.parametrize(
    ("name", "text", "unwanted"),
    [
        pytest.param("template.yaml", TEMPLATE, NEVER | {"pathspec", "tree_sitter"}, id="a template"),
        pytest.param("main.tf", MODULE, NEVER | {"pathspec"}, id="a module"),
    ],
)
def test_linting_imports_nothing_heavy(tmp_path: Path, name: str, text: str, unwanted: set[str]) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert modules_of_a_run(str(file)) & unwanted == set()


CONFIGURED = {"kmslint.config.check", "kmslint.config.load", "kmslint.path_settings", "tomli", "tomllib"}


def test_without_a_configuration_nothing_reads_one(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    assert modules_of_a_run(str(file)) & CONFIGURED == set()


def test_a_configuration_imports_what_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".kmslint.yaml").write_text("fail-on: high\n", encoding="utf-8")
    imported = modules_of_a_run(str(file))
    assert imported & CONFIGURED == {"kmslint.config.check", "kmslint.config.load"}
    assert imported & (NEVER | {"pathspec", "tree_sitter"}) == set()


@pytest.mark.parametrize("arguments", [("--version",), ("rules",), ("explain", "KMS101")])
def test_talk_imports_no_reader(arguments: tuple[str, ...]) -> None:
    assert modules_of_a_run(*arguments) & (NEVER | {"pathspec", "tree_sitter", "yaml"}) == set()


@pytest.mark.parametrize("format_name", ["json", "csv", "markdown"])
def test_only_a_table_in_a_terminal_imports_rich(tmp_path: Path, format_name: str) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE, encoding="utf-8")
    assert modules_of_a_run("access", "--format", format_name, str(file)) & NEVER == set()
    assert modules_of_a_run("can", "root", "kms:Decrypt", "Key", str(file)) & NEVER == set()
    assert "rich" in modules_of_a_run("access", str(file))
