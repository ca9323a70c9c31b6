"""What a stranger may name in an expression: what is refused, at what bound, and how that is called."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.lint import lint, lint_text
from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.settings import Settings
from kmslint.syntax.hcl import read_hcl
from kmslint.terraform.files import Tree
from terraform_modules import read_module

SECRET = "secret"
ROOT = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository, with a file outside it."""
    (tmp_path / "outside.json").write_text(SECRET, encoding="utf-8")
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "config").write_text(SECRET, encoding="utf-8")
    (root / "module").mkdir()
    (root / "key.json").write_text(ROOT, encoding="utf-8")
    return root


def estate(root: Path, policy: str, around: str = "") -> Estate:
    text = f'{around}\nresource "aws_kms_key" "k" {{\n  policy = {policy}\n}}\n'
    file = read_hcl(Source("module/main.tf", text))
    assert file.problems == ()
    start = time.process_time()
    read = read_module("module", [file], Tree(str(root), (str(root),), "module"))
    assert time.process_time() - start < 10
    return read


def missing(root: Path, policy: str, around: str = "") -> str:
    """What the policy of the only key is missing."""
    (key,) = estate(root, policy, around).keys
    assert key.policy.missing is not None, key.policy
    assert SECRET not in repr(key)
    return key.policy.missing.hole.label


REFUSED = {
    'file("/etc/passwd")': 'file("/etc/passwd"): outside the repository',
    'file("../../../../../../../../../etc/passwd")': (
        'file("../../../../../../../../../etc/passwd"): outside the repository'
    ),
    'file("../../outside.json")': 'file("../../outside.json"): outside the repository',
    'file("../../no-such-file")': 'file("../../no-such-file"): outside the repository',
    'file("~/.aws/credentials")': 'file("~/.aws/credentials"): in somebody\'s home, outside the repository',
    'file("../.git/config")': 'file("../.git/config"): what Git keeps for itself',
    'file("x.json")': 'file("x.json"): no such file',
    'file("${path.module}/x.json")': 'file("./x.json"): no such file',
    'file("..")': 'file(".."): not a regular file',
    'file("../key.json/x")': 'file("../key.json/x"): not a directory',
    f'file("{"x" * 5000}")': f'file("…{"x" * 59}"): file name too long',
    'file("a\\u0000b")': None,
    'file("../${path.cwd}/x")': 'file("../${path.cwd}/x")',
    'templatefile("/etc/passwd", {})': 'templatefile("/etc/passwd"): outside the repository',
    'templatefile("x.tpl", {})': 'templatefile("x.tpl"): no such file',
    'filebase64("../../outside.json")': 'filebase64("../../outside.json"): outside the repository',
    'filemd5("../../outside.json")': 'filemd5("../../outside.json"): outside the repository',
    'fileexists("../../outside.json") ? file("../key.json") : "x"': None,
    'join("", fileset("..", "**"))': None,
    "file(abspath(path.module))": None,
}


@pytest.mark.parametrize(("policy", "reason"), REFUSED.items())
def test_refused(repository: Path, policy: str, reason: str | None) -> None:
    if reason is None:
        assert SECRET not in repr(estate(repository, policy))
    else:
        assert missing(repository, policy) == reason


def test_read(repository: Path) -> None:
    (key,) = estate(repository, 'file("${path.module}/../key.json")').keys
    assert key.policy.document is not None
    assert [statement.at.path for statement in key.policy.document.statements] == ["key.json"]


@pytest.mark.skipif(os.name == "nt", reason="links take a privilege on Windows")
@pytest.mark.parametrize("target", ["../outside.json", "../../outside.json", "/etc/passwd", ".git/config"])
def test_link_out_of_the_tree(repository: Path, target: str) -> None:
    (repository / "link.json").symlink_to(target if target != "../../outside.json" else repository / target[3:])
    assert missing(repository, 'file("../link.json")').startswith('file("../link.json"): ')


@pytest.mark.skipif(os.name == "nt", reason="links take a privilege on Windows")
def test_link_to_a_directory_outside(repository: Path) -> None:
    (repository / "module" / "up").symlink_to("../..")
    assert missing(repository, 'file("up/outside.json")').endswith("outside the repository")


@pytest.mark.skipif(os.name == "nt", reason="links take a privilege on Windows")
def test_link_that_stays_inside(repository: Path) -> None:
    (repository / "module" / "link.json").symlink_to("../key.json")
    assert estate(repository, 'file("link.json")').keys[0].policy.document is not None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe(repository: Path) -> None:
    os.mkfifo(repository / "pipe")
    assert missing(repository, 'file("../pipe")') == 'file("../pipe"): not a regular file'


def test_large_file(repository: Path) -> None:
    with (repository / "large").open("wb") as file:
        file.truncate(100_000_000)
    assert missing(repository, 'file("../large")') == f'file("../large"): {LARGE}'
    assert missing(repository, 'templatefile("../large", {})').endswith(LARGE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"\xff", "not UTF-8 text"), (b"a\0b", "a NUL character in the text"), ("a".encode("utf-16"), "not UTF-8 text")],
)
def test_no_text(repository: Path, data: bytes, reason: str) -> None:
    (repository / "x").write_bytes(data)
    assert missing(repository, 'file("../x")') == f'file("../x"): {reason}'


@pytest.mark.parametrize("fails", ["real_path", "read_bytes"])
def test_a_disk_that_fails_is_told(repository: Path, fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is such a file nobody knows: that is a problem of the run, not an answer."""

    def broken(*_: object) -> str:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    (repository / "x").write_text("{}")
    (repository / "main.tf").write_text('resource "aws_kms_key" "k" {\n  policy = file("x")\n}\n')
    monkeypatch.setattr(f"kmslint.terraform.files.{fails}", broken)
    outcome = lint([str(repository)], Settings(root=str(repository)))
    assert [(problem.path, problem.reason) for problem in outcome.problems] == [
        ("x", "cannot be read: input/output error")
    ]
    assert [key.policy for key in outcome.keys] == ["unknown"]


def test_many_files(repository: Path) -> None:
    count = limits.READ_FILES + 10
    for index in range(count):
        (repository / f"{index}.txt").write_text(str(index), encoding="utf-8")
    label = missing(repository, f'[for i in range({count}) : file("../${{i}}.txt")][{count - 1}]')
    reason = limits.named(f"more than {limits.READ_FILES} files read by one module", "read-files")
    assert label == f'file("../{count - 1}.txt"): {reason}'


def test_many_large_files(repository: Path) -> None:
    for index in range(50):
        (repository / f"{index}.txt").write_text("x" * 900_000, encoding="utf-8")
    estate(repository, 'join("", [for i in range(50) : file("../${i}.txt")])')
    estate(repository, 'join("", [for i in range(50) : upper(file("../${i}.txt"))])')
    estate(repository, 'join("", [for i in range(50) : templatefile("../${i}.txt", {})])')


LARGE = "larger than 1000000 bytes; --limit read-file-bytes=N raises this"
TEMPLATES = {
    "itself": '${templatefile("it.tpl", {})}',
    "another": '${templatefile("../other.tpl", {})}',
    "nested loops": "%{ for a in range(1000) }" * 6 + "x" + "%{ endfor }" * 6,
    "nested empty loops": "%{ for a in range(1000) }" * 6 + "%{ endfor }" * 6,
    "doubled loops": "%{ for a in [1, 2] }" * 40 + "%{ endfor }" * 40,
    "deep ifs": "%{ if true }" * 90 + "%{ endif }" * 90,
    "too deep ifs": "%{ if true }" * 50_000 + "%{ endif }" * 50_000,
    "deep interpolations": '${"' * 5_000 + '"}' * 5_000,
    "deep brackets": "${" + "[" * 100_000 + "]" * 100_000 + "}",
    "open conditions": "".join(f"%{{ if c{index} }}{index}%{{ endif }}" for index in range(40)),
    "unclosed": "${" * 30_000,
    "unpaired": "%{ if true }" * 3_000,
    "long": "${x} " * 100_000,
    "not closed text": '${"' + "a" * 900_000,
    "dollars": "$" * 900_000,
    "escapes": "$${" * 300_000,
    "blanks": " " * 500_000 + "${~ x ~}" + "\n" * 400_000,
    "percent": "%\n" * 400_000,
    "many tags": "%{ if true }%{ endif }" * 40_000,
    "heredoc": "${<<E\n" * 20_000,
    "comments": "${/*" * 20_000,
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_template(repository: Path, name: str) -> None:
    (repository / "module" / "it.tpl").write_text(TEMPLATES[name], encoding="utf-8")
    variables = "".join(f'variable "c{index}" {{}}\n' for index in range(40))
    conditions = ", ".join(f"c{index} = var.c{index}" for index in range(40))
    estate(repository, f'templatefile("it.tpl", {{ x = 1, {conditions} }})', variables)
    calls = '"' + "".join(f'${{templatefile("it.tpl", {{ x = {index}, {conditions} }})}}' for index in range(20)) + '"'
    estate(repository, calls, variables)


def test_many_hard_templates(repository: Path) -> None:
    for index in range(150):
        (repository / f"{index}.tpl").write_text("${a" + str(index) + ' "' * 3_000, encoding="utf-8")
    estate(repository, 'join("", [for i in range(150) : templatefile("../${i}.tpl", {})])')


def test_deep_callers(repository: Path) -> None:
    """A template that nests deeply, rendered where the expressions around it nest deeply too."""
    (repository / "module" / "it.tpl").write_text("%{ if true }" * 90 + "${x}" + "%{ endif }" * 90, encoding="utf-8")
    step = "".join(f'  a{index} = "${{upper(local.a{index - 1})}}!"\n' for index in range(1, 60))
    estate(repository, "local.a59", f'locals {{\n  a0 = templatefile("it.tpl", {{ x = 1 }})\n{step}}}\n')


def test_texts_from_elsewhere_read_no_file() -> None:
    text = b'resource "aws_kms_key" "k" {\n  policy = file("main.tf")\n}\n'
    outcome = lint_text("main.tf", text)
    assert [finding.message for finding in outcome.findings if finding.rule_id == "KMS001"] == [
        'what aws_kms_key.k allows is not decided: it hangs on file("main.tf")'
    ]


def test_without_a_repository_only_the_given_directory(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(ROOT, encoding="utf-8")
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "main.tf").write_text(
        'resource "aws_kms_key" "k" {\n  policy = file("../key.json")\n}\n', encoding="utf-8"
    )
    inside = lint([str(tmp_path)], Settings(root=str(tmp_path)))
    assert {finding.at.path for finding in inside.findings if finding.rule_id == "KMS201"} == {"key.json"}
    outside = lint([str(tmp_path / "module")], Settings(root=str(tmp_path)))
    open_policies = [finding.message for finding in outside.findings if finding.rule_id == "KMS001"]
    assert [message.endswith('file("../key.json"): outside the repository') for message in open_policies] == [True]
