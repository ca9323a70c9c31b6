"""kmslint started inside of a stranger's directory: none of its code runs, and no secret beside it is shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostile_inputs import BEHAVED, SECRET, TEMPLATE, hcl_key
from kmslint.report import FORMATS

MARKER = "it-ran"
LIBRARIES = {"yaml", "_yaml", "click", "hcl2", "lark", "tree_sitter", "pathspec", "rich", "tomli"}
OF_A_START = {"sitecustomize", "usercustomize", "site", "runpy", "signal", "codecs", "encodings"}
SHADOWS = sorted(LIBRARIES | OF_A_START | set(sys.stdlib_module_names))
"""A module of each of these names lies in the directory."""
PACKAGES = ("kmslint", "rules", "kmslint_rules", "kmslint.rules")
EXECUTABLES = ("git", "terraform", "python", "sh", "aws")
SCRIPT = Path(sys.executable).with_name("kmslint")
STARTS = {
    "console script": (str(SCRIPT),),
    "module": (sys.executable, "-m", "kmslint"),
    "module, safe path": (sys.executable, "-P", "-m", "kmslint"),
}
COMMANDS = {
    "lint": (".",),
    "access": ("access", "."),
    "can": ("can", "root", "kms:Decrypt", "Open", "a.yaml"),
    "explain": ("explain", "KMS201"),
    "rules": ("rules",),
    "config show": ("config", "show"),
    "simulate": ("simulate",),
    "completion": ("completion", "bash"),
}


def shadow(tree: Path, with_packages: bool) -> None:
    """Fill a directory with what would run if anything in it were taken for a part of the program."""
    runs = f"import _io\n_io.open({str(tree.parent / MARKER)!r}, 'a').write(__name__)\nraise SystemExit(77)\n"
    for name in SHADOWS:
        (tree / f"{name}.py").write_text(runs, encoding="utf-8")
    for name in PACKAGES if with_packages else ():
        (tree / name).mkdir()
        for file in ("__init__", "__main__", "cli", "kms999_evil"):
            (tree / name / f"{file}.py").write_text(runs, encoding="utf-8")
    (tree / "evil.pth").write_text(f"import sys; open({str(tree.parent / MARKER)!r}, 'a')\n", encoding="utf-8")
    (tree / "setup.cfg").write_text("[kmslint]\nplugins = evil\n[options.entry_points]\nx = evil\n", encoding="utf-8")
    (tree / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tree / "main.tf").write_text(hcl_key(), encoding="utf-8")
    for name in EXECUTABLES:
        path = tree / name
        path.write_text(f"#!/bin/sh\ntouch '{tree.parent / MARKER}'\n", encoding="utf-8")
        path.chmod(0o755)


def environment(tree: Path) -> dict[str, str]:
    """One in which programs are looked for in the working directory, too."""
    return {
        **os.environ,
        "PATH": f".{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONSTARTUP": str(tree / "yaml.py"),
        "HOME": str(tree.parent),
        "A_SECRET": SECRET,
        "TF_VAR_who": SECRET,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }


def called(tree: Path, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=tree, env=environment(tree), stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True
    )


def calls() -> Iterator[tuple[str, str]]:
    """Each start with lint, and the console script with every command."""
    yield from (("module", "lint"), ("module, safe path", "lint"))
    yield from (("console script", command) for command in COMMANDS)


@pytest.mark.parametrize(("start", "command"), list(calls()))
def test_nothing_of_the_directory_runs(start: str, command: str, tmp_path: Path) -> None:
    if start == "console script" and not SCRIPT.exists():
        pytest.skip("NOT TRIED: there is no console script beside this Python")
    if start.startswith("module") and sys.version_info < (3, 11):
        pytest.skip("NOT TRIED: before 3.11, `python -m` itself imports from the working directory")
    tree = tmp_path / "tree"
    tree.mkdir()
    shadow(tree, with_packages=start != "module")  # `python -m` takes a `kmslint` that lies there for ours
    done = called(tree, (*STARTS[start], *COMMANDS[command]))
    assert not (tmp_path / MARKER).exists(), (tmp_path / MARKER).read_text(encoding="utf-8")
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    if command.startswith(("lint", "access")):
        assert BEHAVED in done.stdout or "Open" in done.stdout


def test_what_runs_is_seen(tmp_path: Path) -> None:
    """A marker that nothing sets would prove nothing."""
    tree = tmp_path / "tree"
    tree.mkdir()
    shadow(tree, with_packages=True)
    for command in ((sys.executable, "-c", "import click"), ("git",)):
        called(tree, command)
        assert (tmp_path / MARKER).exists()
        (tmp_path / MARKER).unlink()


CONFIGURED = {
    ".kmslint.yaml": "plugins: [evil]\n",
    "pyproject.toml": '[tool.kmslint]\nplugins = ["evil"]\n',
    ".kmslint.yaml ": "extend-select: !!python/object/apply:os.system ['touch ../it-ran']\n",
    ".kmslint.yaml  ": "append-rules: [./rules]\nrequire: evil\n",
}


@pytest.mark.parametrize("name", CONFIGURED)
def test_a_configuration_loads_no_code(name: str, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    shadow(tree, with_packages=True)
    (tree / name.strip()).write_text(CONFIGURED[name], encoding="utf-8")
    script = "import sys, os\nfrom kmslint.__main__ import run\nsys.argv = ['kmslint', '.']\nrun()\n"
    safe = ("-P",) if sys.version_info >= (3, 11) else ()
    done = called(tree, (sys.executable, *safe, "-c", script)) if safe else called(tree, (str(SCRIPT), "."))
    assert not (tmp_path / MARKER).exists()
    assert done.returncode == 2, done.stdout
    assert name.strip() in done.stderr


def test_an_empty_entry_of_the_path_is_not_the_directory(tmp_path: Path) -> None:
    """`PYTHONPATH=$PYTHONPATH:/lib` has one where the variable was not set. What Python itself imports before it
    comes to kmslint, no program can help."""
    tree = tmp_path / "tree"
    tree.mkdir()
    shadow(tree, with_packages=False)
    for name in {*sys.stdlib_module_names, *OF_A_START}:
        (tree / f"{name}.py").unlink(missing_ok=True)
    path = os.pathsep.join([*filter(None, sys.path), ""])
    done = subprocess.run(
        [str(SCRIPT), "a.yaml"] if SCRIPT.exists() else [sys.executable, "-m", "kmslint", "a.yaml"],
        cwd=tree,
        env={**environment(tree), "PYTHONPATH": path},
        capture_output=True,
        check=False,
        text=True,
    )
    assert not (tmp_path / MARKER).exists()
    assert done.returncode == 1, done.stderr


ASKING = f"""\
locals {{
  a = file("../secret.json")
  b = file("~/secret.json")
  c = file(pathexpand("~/secret.json"))
  d = templatefile("../secret.json", {{}})
  e = filebase64("../secret.json")
  f = file("link.json")
  g = jsondecode(file("${{path.module}}/../secret.json"))
  h = file("/proc/self/environ")
  i = filesha256("../secret.json")
  j = file("below/secret.json")
}}
variable "who" {{}}
{hcl_key("local.a", name="a")}{hcl_key("local.b", name="b")}{hcl_key("local.c", name="c")}\
{hcl_key("local.d", name="d")}{hcl_key("base64decode(local.e)", name="e")}{hcl_key("local.f", name="f")}\
{hcl_key("jsonencode(local.g)", name="g")}{hcl_key("local.h", name="h")}{hcl_key("local.i", name="i")}\
{hcl_key("local.j", name="j")}{hcl_key('"${var.who}"', name="k")}{hcl_key()}"""
NESTING = """\
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../secret.yaml}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: link.yaml}}
  C: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../secret.yaml}}}
"""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that asks for what lies around it."""
    tree = tmp_path_factory.mktemp("asking") / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / ".git" / "config").write_text(f"[url]\n{SECRET}\n", encoding="utf-8")
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": SECRET, "Effect": "Allow", "Principal": "*"}]}
    (tree.parent / "secret.json").write_text(json.dumps(policy), encoding="utf-8")
    (tree.parent / "secret.yaml").write_text(TEMPLATE.replace("Anybody", SECRET), encoding="utf-8")
    (tree / "link.json").symlink_to("../secret.json")
    (tree / "link.yaml").symlink_to("../secret.yaml")
    (tree / "below").symlink_to("..")
    (tree / "main.tf").write_text(ASKING, encoding="utf-8")
    (tree / "git.tf").write_text('locals {\n  z = file(".git/config")\n}\n' + hcl_key("local.z", name="z"), "utf-8")
    (tree / "a.yaml").write_text(NESTING, encoding="utf-8")
    (tree / "b.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tree


@pytest.mark.parametrize(
    "command",
    [
        ("-v", "--show-suppressed", *(part for name in FORMATS for part in ("-f", f"{name}:{{}}/{name}")), "."),
        ("access", "."),
        ("access", "--principal", "*", "-f", "json", "."),
        ("can", "root", "kms:Decrypt", "aws_kms_key.open", "."),
    ],
    ids=["lint", "access", "access json", "can"],
)
def test_no_secret_is_shown(command: tuple[str, ...], asking: Path, tmp_path: Path) -> None:
    done = called(asking, (sys.executable, "-m", "kmslint", *(part.format(tmp_path) for part in command)))
    assert done.returncode in (0, 2, 3), done.stderr
    assert "Traceback" not in done.stderr
    texts = [done.stdout, done.stderr, *(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())]
    assert len(texts) == 2 + (len(FORMATS) if command[0] == "-v" else 0)
    assert any("open" in text for text in texts)
    assert not [text for text in texts if SECRET in text]


def without_network() -> list[str]:
    """A command in front of another that takes the network away; empty if that is not to be had."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    command = [unshare, "-n"]
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


def test_without_a_network(tmp_path: Path) -> None:
    command = without_network()
    if not command:
        pytest.skip("NOT TRIED: this user may not take the network away (`unshare -n`)")
    (tmp_path / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    plain = [sys.executable, "-m", "kmslint", "-f", "json", "a.yaml"]
    runs = [
        subprocess.run([*before, *plain], cwd=tmp_path, capture_output=True, check=False) for before in (command, [])
    ]
    assert runs[0].stdout == runs[1].stdout
    assert [run.returncode for run in runs] == [1, 1]
