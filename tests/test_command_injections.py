"""Hostile names through the whole of kmslint: files, templates, configurations and arguments full of them.

KMSLINT_INJECTIONS is how many names each command is given (5 unless it is set).
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from commands import Run, run
from hostile_outcomes import hostile_text
from judges import (
    cells_that_are_formulas,
    characters_that_act,
    for_a_runner,
    for_a_terminal,
    linked_by_github,
    markdown_tokens,
    read_as_command,
)
from kmslint.report import FORMATS, access_formats
from kmslint.report.progress import ProgressLine
from kmslint.watch import Step

NAMES: Final = 5
SEEDS: Final = range(max(1, int(os.environ.get("KMSLINT_INJECTIONS", "5")) // NAMES))
OF_MARKDOWN: Final = {"text", "inline", "softbreak", "html_inline", "code_inline", "fence", "hardbreak"}
BLOCKS: Final = ("heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "ordered_list")
OF_MARKDOWN_TOO: Final = {
    f"{name}_{end}" for name in (*BLOCKS, "list_item", "em", "strong", "blockquote") for end in ("open", "close")
}
TAGS: Final = {"<br>", "<!-- -->", "<sup>", "</sup>"}


def names_of(seed: int) -> list[str]:
    """Without lone surrogates, which no file holds: `\\ud800` in JSON makes a template that is not analysed."""
    chance = random.Random(seed)
    texts = (hostile_text(chance).encode("utf-8", "replace").decode() for _ in range(NAMES))
    return list(dict.fromkeys(texts))


def as_argument(text: str) -> str:
    """The text as an argument, or as the name of a file: of bytes, some of which are no UTF-8, without a null."""
    return os.fsdecode(text.replace("\0", "\udcff").encode("utf-8", "surrogateescape"))


def as_file(text: str) -> str:
    name = os.fsencode(as_argument(text).replace("/", "_"))[:180]
    return os.fsdecode(name).strip(".") or "a"


def template(names: list[str]) -> str:
    """A template, in JSON, in which everything that has a name has one of these."""
    resources: dict[str, object] = {}
    for name in names:
        allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Sid": name}
        context = {"StringEquals": {f"kms:EncryptionContext:{name}": name, "kms:ViaService": name}}
        who = [
            {"AWS": {"Fn::GetAtt": [f"r{name}", "Arn"]}},
            {"AWS": {"Ref": name}},
            {"Service": f"{name}.amazonaws.com"},
        ]
        who.append({"AWS": f"arn:aws:iam::444455556666:role/{name}"})
        statements = [{**allow, "Principal": each, "Condition": context} for each in who]
        denied = {**allow, "Effect": "Deny", "Principal": "*", "Action": [name, f"kms:{name}"]}
        resources[f"k{name}"] = {
            "Type": "AWS::KMS::Key",
            "Properties": {"KeyPolicy": {"Statement": [*statements, denied]}, "Description": name},
        }
        policies = [{"PolicyName": name, "PolicyDocument": {"Statement": [{**allow, "Resource": name}]}}]
        resources[f"r{name}"] = {"Type": "AWS::IAM::Role", "Properties": {"Policies": policies}}
        resources[f"u{name}"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Ref": name}}}
    return json.dumps({"Parameters": {names[0]: {"Type": "String"}}, "Resources": resources})


def module(names: list[str]) -> str:
    """Terraform, in JSON, with a key for each name."""
    literal = [name.replace("${", "$${").replace("%{", "%%{") for name in names]
    policy = '${jsonencode({Statement=[{Sid=each.key,Effect="Allow",Principal="*",Action=each.key,Resource="*"}]})}'
    key = {"for_each": {name: name for name in literal}, "policy": policy, "description": "${each.key}"}
    return json.dumps({"resource": {"aws_kms_key": {"k": key}}})


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A working directory full of the names of a seed."""
    monkeypatch.setattr("kmslint.commands.width", lambda: 300)
    monkeypatch.chdir(tmp_path)
    seed: int = request.param
    grow(names_of(seed))
    return tmp_path


def grow(names: list[str]) -> None:
    """Files with hostile names: a template, a module, and some that cannot be read."""
    for number, name in enumerate(names):  # what is asked for grows with the square of the names in one template
        Path(f"{as_file(name)}{number}.json").write_text(template([name]), encoding="utf-8")
    below = Path(as_file(f"d{names[1]}"))
    below.mkdir(exist_ok=True)
    (below / "main.tf.json").write_text(module(names), encoding="utf-8")
    for number, name in enumerate(names[2:5]):
        broken = f"Resources:\n  a: {{Type: AWS::KMS::Key}}\n{name}\n: [{name}"
        Path(f"{as_file(name)}{number}.yaml").write_bytes(broken.encode("utf-8", "replace"))
        wrong = f'resource "aws_kms_key" "a" {{\n policy = {name}\n}}\n{name}'
        (below / f"{as_file(name)}{number}.tf").write_bytes(wrong.encode("utf-8", "replace"))


def judged(format_name: str, out: str) -> Iterator[str]:
    """What acts in a report of that format."""
    if format_name != "github":
        yield from for_a_runner(out)
    yield from characters_that_act(out)
    if format_name in ("json", "sarif", "gitlab"):
        json.loads(out)
    elif format_name == "junit":
        ET.fromstring(out)
    elif format_name == "csv":
        rows = list(csv.reader(io.StringIO(out), strict=True))
        yield from cells_that_are_formulas(rows)
        yield from (f"a row of {len(row)} cells" for row in rows if len(row) != len(rows[0]))
    elif format_name == "markdown":
        yield from markup(out)
    elif format_name == "github":
        lines = out.split("\n")[:-1]
        yield from (f"no command: {line}" for line in lines if read_as_command(line) is None or "##[" in line)


def markup(out: str) -> Iterator[str]:
    """What in Markdown is not kmslint's own."""
    tokens = list(markdown_tokens(out))
    yield from {token.type for token in tokens} - OF_MARKDOWN - OF_MARKDOWN_TOO
    yield from (token.content for token in tokens if token.type == "html_inline" and token.content not in TAGS)
    yield from (token.info for token in tokens if token.type == "fence" and token.info != "mermaid")
    yield from linked_by_github(out)


def checked(called: Run, format_name: str, *codes: int) -> None:
    assert called.code in codes, called.err
    assert list(for_a_terminal(called.err)) == []
    if called.code != 2:
        assert list(judged(format_name, called.out)) == []
    else:
        assert called.out == ""


@pytest.mark.parametrize("tree", SEEDS, indirect=True)
def test_linting(capsys: pytest.CaptureFixture[str], tree: Path) -> None:  # noqa: ARG001
    for format_name in FORMATS:
        options = ("--no-config", "--profile", "strict", "--show-suppressed", "-v")
        checked(run(capsys, ".", "--format", format_name, *options), format_name, 1, 3)


@pytest.mark.parametrize("tree", SEEDS, indirect=True)
def test_access(capsys: pytest.CaptureFixture[str], tree: Path) -> None:
    files = sorted(str(file) for file in tree.iterdir() if file.suffix == ".json")
    for format_name in access_formats.FORMATS:
        for options in ((), ("--principal", "anybody")):
            called = run(capsys, "access", "--no-config", *files, "--format", format_name, *options)
            checked(called, format_name, 0, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_questions(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [as_argument(name) for name in names_of(seed)]
    for name in names[:5]:
        Path("t.json").write_text(template([name]), encoding="utf-8")
        for format_name in ("text", "json"):
            asked = run(capsys, "can", "--format", format_name, "--", f"r{name}", "Decrypt", f"k{name}", "t.json")
            checked(asked, format_name, 0, 2, 3)


CALLS: Final = (
    ("--format", "{}", "."),
    ("--format", "{}:x", "."),
    ("--profile", "{}", "."),
    ("--select", "{}", "."),
    ("--ignore", "{}", "."),
    ("--fail-on", "{}", "."),
    ("--account", "{}", "."),
    ("--deployed-by", "{}", "."),
    ("--config", "{}", "."),
    ("--baseline", "{}", "."),
    ("--var", "{}", "."),
    ("--var", "a={}", "."),
    ("--var-file", "{}", "."),
    ("--format", "text:a/{}", "."),
    ("--{}", "."),
    ("{}.nope",),
    ("./{}",),
    ("-", "--stdin-filename", "{}"),
    ("explain", "{}"),
    ("rules", "--format", "{}"),
    ("completion", "{}"),
    ("config", "{}"),
    ("config", "show", "{}"),
    ("config", "show", "--ignore", "{}", "--account", "{}"),
    ("access", "--key", "{}", "t.json"),
    ("access", "--principal", "{}", "t.json"),
    ("access", "{}"),
    ("can", "{}", "Decrypt", "k", "t.json"),
    ("can", "role/r", "{}", "k", "t.json"),
    ("can", "role/r", "Decrypt", "{}", "t.json"),
    ("--add-ignore", "{}", "t.json"),
    ("--write-baseline", "--baseline", "b/{}", "t.json"),
)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_arguments(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in SEEDS:
        for name in names_of(seed)[: NAMES if len(SEEDS) > 2 else 1]:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(name.encode("utf-8", "replace"))))
            Path("t.json").write_text(template(["k"]), encoding="utf-8")
            made = [part.replace("{}", as_argument(name)) for part in call]
            checked(run(capsys, *made), "text", 0, 1, 2, 3)


def configuration(chance: random.Random, name: str) -> str:
    """A configuration with a name where something else may stand, in YAML that is JSON, or in none."""
    if chance.random() < 0.1:
        return f"ignore: [{name}\n{name}: {name}"
    said = {
        name: 1,
        "ignore": [name],
        "select": name,
        "fail-on": name,
        "account": name,
        "exclude": [name],
        "overrides": [{"paths": [name], "ignore": ["KMS5", name]}],
        "var": {name: name},
    }
    chosen = chance.sample(sorted(said), chance.randint(1, 3))
    return json.dumps({key: said[key] for key in chosen})


@pytest.mark.parametrize("seed", SEEDS)
def test_configurations(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    Path("t.json").write_text(template(["k"]), encoding="utf-8")
    chance = random.Random(seed)
    for name in names_of(seed):
        Path(".kmslint.yaml").write_bytes(configuration(chance, name).encode("utf-8", "replace"))
        for format_name in ("text", "json"):
            checked(run(capsys, "config", "show", "--format", format_name), format_name, 0, 2)
        for format_name in ("text", "concise", "github", "markdown"):
            checked(run(capsys, ".", "--format", format_name), format_name, 0, 1, 2, 3)


class Terminal(io.StringIO):
    """A terminal that keeps what is written."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("seed", SEEDS)
def test_progress(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    now = iter(range(0, 1_000_000, 10))
    monkeypatch.setattr("kmslint.report.progress.time.monotonic", lambda: next(now))
    stream = Terminal()
    line = ProgressLine(stream)
    for number, name in enumerate(names_of(seed)):
        line.tell(Step("reading", number, NAMES, name))
    line.clear()
    assert list(characters_that_act(stream.getvalue().replace("\r", "\n"))) == []
