"""What a template says is data in every format of `kmslint access` and `kmslint can`, whatever it looks like."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from commands import run
from kmslint.report.access_formats import FORMATS
from kmslint.report.sanitise import markdown_text, spreadsheet_cell

NASTY = (
    "=HYPERLINK(1)",
    "@SUM(1)|x",
    "+1`ls`",
    "-2\n\n# heading\n| a | b |",
    "\tx[red]y[/red]:smile:",
    "::error file=x::y",
    "##[error]x",
    "\x1b[2J\x1b]0;x\x07\u202e\u200b",
    "<script>alert(1)</script><!-- --><img src=x onerror=y>",
    "[x](javascript:1) @octocat #1 https://example.org www.example.org $a$ *b* _c_ ~~d~~ &lt; \\| \\",
    "\u6f22\u5b57\u306e\u9375",
)
"""Names: each is a key, a role, a Sid, a service and the value of a condition."""


def template(name: str) -> str:
    """A template, in JSON, in which everything that has a name is called so."""
    trust = {
        "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    }
    allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    context = {"StringEquals": {f"kms:EncryptionContext:{name}": name, "kms:ViaService": name}}
    statements = [
        {**allow, "Sid": name, "Principal": {"AWS": {"Fn::GetAtt": [f"r{name}", "Arn"]}}, "Condition": context},
        {**allow, "Sid": name, "Principal": {"Service": f"{name}.amazonaws.com"}},
        {**allow, "Sid": name, "Principal": {"AWS": {"Ref": name}}},
        {**allow, "Sid": name, "Principal": {"AWS": f"arn:aws:iam::444455556666:role/{name}"}},
    ]
    role = {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": [{"Ref": name}]}
    resources = {
        name: {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": statements}}},
        f"r{name}": {"Type": "AWS::IAM::Role", "Properties": role},
        f"u{name}": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Ref": name}}},
    }
    return json.dumps({"Parameters": {name: {"Type": "String"}}, "Resources": resources})


@pytest.fixture(params=NASTY, ids=lambda name: re.sub(r"\W+", "-", name, flags=re.ASCII) or "cjk")
def name(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the names, with a template in the working directory that is full of it."""
    monkeypatch.setattr("kmslint.commands.width", lambda: 400)
    monkeypatch.chdir(tmp_path)
    Path("t.json").write_text(template(request.param), encoding="utf-8")
    return str(request.param)


def harmless(text: str) -> bool:
    """Whether nothing moves a cursor, and no line is a command to a CI runner."""
    printable = all(character == "\n" or character.isprintable() for character in text)
    return printable and not re.search(r"(?m)^\s*::|##\w*\[", text)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("options", [(), ("--principal", "anybody")], ids=["all", "one"])
@pytest.mark.usefixtures("name")
def test_nothing_moves_a_cursor_or_commands_a_runner(
    capsys: pytest.CaptureFixture[str], format_name: str, options: tuple[str, ...]
) -> None:
    result = run(capsys, "access", "--format", format_name, "t.json", *options)
    assert (result.code, result.err) == (0, "")
    assert harmless(result.out)


def test_the_answer_to_a_question_is_harmless(capsys: pytest.CaptureFixture[str], name: str) -> None:
    for format_name in ("text", "json"):
        result = run(capsys, "can", "--format", format_name, "--", f"r{name}", "Decrypt", name, "t.json")
        assert result.code == 3, result.err
        assert harmless(result.out)


def test_rich_reads_no_markup_in_names(capsys: pytest.CaptureFixture[str], name: str) -> None:
    out = run(capsys, "access", "--color", "always", "t.json").out
    assert set(re.findall(r"\x1b\[[\d;]*m", out)) <= {f"\x1b[{code}m" for code in INKS}
    assert "[red]y[/red]:smile:" in out if "[red]" in name else "\U0001f604" not in out


INKS = ("0", "1", "2", "32", "33", "35", "2;32", "2;33", "2;35")


def test_json_holds_names_as_they_are(capsys: pytest.CaptureFixture[str], name: str) -> None:
    report = json.loads(run(capsys, "access", "--format", "json", "t.json").out)
    keys = {key["address"]: key for key in report["keys"]}
    assert set(keys) == {name, f"u{name}"}
    assert f"role r{name}" in [row["principal"] for row in keys[name]["principals"]]
    assert keys[f"u{name}"]["missing"] == f"parameter {name}" or "." in name


@pytest.mark.usefixtures("name")
def test_csv_holds_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.reader(io.StringIO(run(capsys, "access", "--format", "csv", "t.json").out), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def tokens_of(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


@pytest.mark.usefixtures("name")
def test_markdown_holds_no_markup_of_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "access", "--format", "markdown", "t.json", "--principal", "anybody").out
    out += run(capsys, "access", "--format", "markdown", "t.json").out
    tokens = list(tokens_of(out))
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<sup>", "</sup>", "<!-- -->"}
    assert not {token.type for token in tokens} & {
        "html_block",
        "link_open",
        "image",
        "s_open",
        "em_open",
        "strong_open",
    }
    assert not {token.type for token in tokens} & {"fence", "code_block", "hr", "softbreak"}
    assert {token.tag for token in tokens if token.type == "heading_open"} == {"h2", "h3"}
    written = " ".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"@\w|#\d|://|www\.", written)


@pytest.mark.usefixtures("name")
def test_a_table_of_markdown_has_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    tokens = list(tokens_of(run(capsys, "access", "--format", "markdown", "t.json").out))
    opened = [token.type for token in tokens]
    assert opened.count("table_open") == 1
    assert opened.count("td_open") == 10 * (opened.count("tr_open") - 1)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b*c*", r"a\_b\*c\*"),
        ("@octocat", "@<!-- -->octocat"),
        ("gh-1 #2", r"gh<!-- -->-1 \#<!-- -->2"),
        ("https://x www.x", "https:<!-- -->//x www<!-- -->.x"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("<b> | $x$ &amp;", r"\<b\> \| \$x\$ \&amp;"),
        ("a\nb", r"a\\x0ab"),
    ],
)
def test_markdown_text(text: str, written: str) -> None:
    assert markdown_text(text) == written


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
def test_a_cell_is_no_formula(start: str) -> None:
    assert spreadsheet_cell(f"{start}1") == f"'{start}1"
    assert spreadsheet_cell(f"1{start}") == f"1{start}"


@pytest.mark.parametrize("format_name", FORMATS)
def test_long_names_are_not_repeated_whole_in_every_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, format_name: str
) -> None:
    """A template of 400 KB came to a report of 600 MB."""
    principals = [f"arn:aws:iam::111122223333:role/r{number}" for number in range(20)]
    sid, key = "S" * 40_000, "K" * 40_000
    context = {"StringEquals": {"kms:EncryptionContext:a": "C" * 40_000}}
    allow = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:Decrypt", "Resource": "*"}
    policy = {"Statement": [allow, {**allow, "Sid": f"{sid}2", "Action": "kms:Encrypt", "Condition": context}]}
    resources = {key: {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    for options in ((), ("--principal", principals[0])):
        result = run(capsys, "access", str(tmp_path / "t.json"), "--format", format_name, *options)
        assert result.code == 0
        assert len(result.out) < 5_000_000
