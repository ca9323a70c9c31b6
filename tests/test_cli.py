"""The command line: options, exit codes, and what surrounds a process."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

import kmslint
from kmslint import cli, limits
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.report import FORMATS

STATEMENT = "{Sid: S, Effect: Allow, Principal: %s, Action: %s, Resource: '*'}"
TEMPLATE = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: kms:*, Resource: "*"}
"""
PUBLIC = f"{TEMPLATE}          - {STATEMENT % (repr('*'), 'kms:Decrypt')}\n"
"""One finding of the worst kind: KMS201."""
NO_ROTATION = TEMPLATE.replace("EnableKeyRotation: true", "Description: x")
"""One finding of low severity: KMS501."""
BROKEN = TEMPLATE + "     - x: [\n"

ESCAPE = "\x1b["


class Run(NamedTuple):
    """What one call came to."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    with pytest.raises(SystemExit) as caught:
        cli.main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return Run(caught.value.code, captured.out, captured.err)


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def report(out: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(out))


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (TEMPLATE, [], 0),
        (PUBLIC, [], 1),
        (PUBLIC, ["--fail-on", "critical"], 1),
        (PUBLIC, ["--fail-on", "never"], 0),
        (PUBLIC, ["--exit-zero"], 0),
        (PUBLIC, ["--ignore", "KMS201"], 0),
        (PUBLIC, ["--select", "KMS5"], 0),
        (PUBLIC, ["--select", "KMS5", "--extend-select", "KMS201"], 1),
        (PUBLIC, ["--extend-ignore", "KMS2,KMS5"], 0),
        (NO_ROTATION, [], 0),
        (NO_ROTATION, ["--fail-on", "low"], 1),
        (NO_ROTATION, ["--fail-on", "info"], 1),
        (NO_ROTATION, ["--fail-on", "high"], 0),
        (BROKEN, [], 3),
        (BROKEN, ["--exit-zero"], 3),
        (BROKEN, ["--fail-on", "never"], 3),
        (BROKEN, ["--ignore", "KMS000"], 3),
        (BROKEN, ["--min-severity", "critical"], 3),
        (f"{PUBLIC}---\n{BROKEN}", [], 3),
        (PUBLIC, ["--no-config"], 1),
        (PUBLIC, ["--profile", "strict"], 1),
        (PUBLIC, ["--account", "111122223333"], 1),
        (PUBLIC, ["--changed"], 1),
        (PUBLIC, ["-q"], 1),
        (PUBLIC, ["-v"], 1),
        ("a: 1\n", [], 3),
        ("a: 1\n", ["--changed"], 0),
    ],
)
def test_exit_code(capsys: pytest.CaptureFixture[str], text: str, options: list[str], code: int) -> None:
    assert run(capsys, *options, write("a.yaml", text)).code == code


@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize(("text", "code"), [(TEMPLATE, 0), (PUBLIC, 1), (BROKEN, 3)])
def test_the_exit_code_is_the_same_in_every_format(
    capsys: pytest.CaptureFixture[str], target: str, text: str, code: int
) -> None:
    assert run(capsys, "-f", target, write("a.yaml", text)).code == code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.yaml"], "gone.yaml: no such file or directory"),
        (["--fail-on", "bad", "a.yaml"], "'bad' is not one of"),
        (["--min-severity", "never", "a.yaml"], "'never' is not one of"),
        (["--profile", "lax", "a.yaml"], "'lax' is not one of"),
        (["--color", "blue", "a.yaml"], "'blue' is not one of"),
        (["--nonsense", "a.yaml"], "No such option"),
        (["-f", "xml", "a.yaml"], "'xml' is none of text, concise, json, sarif, github, gitlab, junit, markdown"),
        (["-f", "text", "-f", "json", "a.yaml"], "only one report fits on standard output"),
        (["-f", "json:", "-f", "text", "a.yaml"], "names no file"),
        (["-f", "json:x", "-f", "sarif:x", "a.yaml"], "two reports to one file"),
        (["--select", "KMS9", "a.yaml"], "no rule has an id that begins with 'KMS9'"),
        (["--ignore", "KMS101,NOPE", "a.yaml"], "no rule has an id that begins with 'NOPE'"),
        (["-q"], "Missing argument 'PATH...'"),
        (["--statistics", "-f", "json", "a.yaml"], "--statistics needs the format text or concise"),
        (["-"], "needs --stdin-filename"),
        (["-", "a.yaml", "--stdin-filename", "b.yaml"], "- stands alone"),
        (
            ["-f", "json:no/such/directory/out.json", "a.yaml"],
            "the report no/such/directory/out.json cannot be written",
        ),
        (["-f", "json:.", "a.yaml"], "the report . cannot be written"),
        (["explain"], "Missing argument 'RULE'"),
        (["explain", "KMS999"], "there is no rule 'KMS999'"),
        (["rules", "--format", "xml"], "'xml' is not one of"),
        (["/etc/hostname", "a.yaml"], "lies outside"),
        # Every id of the templates would be a foreign one.
        (["--account", "12345", "a.yaml"], "12345"),
    ],
)
def test_what_cannot_be_done_is_said_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    write("a.yaml", TEMPLATE)
    done = run(capsys, *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_several_reports_of_one_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    def counted(*arguments: Any) -> Outcome:
        runs.append(arguments)
        return lint(*arguments)

    monkeypatch.setattr(cli, "lint", counted)
    done = run(capsys, "-f", "json:out.json", "-f", "concise", "-f", "sarif:out.sarif", write("a.yaml", PUBLIC))
    assert done.code == 1
    assert "KMS201" in done.out
    assert [each["rule"] for each in report(Path("out.json").read_text(encoding="utf-8"))["findings"]] == ["KMS201"]
    assert report(Path("out.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert len(runs) == 1


def test_a_report_in_a_file_leaves_standard_output_empty(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "-f", "text:out.txt", "--color", "always", write("a.yaml", PUBLIC))
    assert (done.code, done.out, done.err) == (1, "", "")
    written = Path("out.txt").read_text(encoding="utf-8")
    assert "KMS201" in written
    assert ESCAPE not in written


def test_a_report_that_cannot_be_written_leaves_the_old_one(capsys: pytest.CaptureFixture[str]) -> None:
    write("out.json", "old")
    write("a.yaml", PUBLIC)
    assert run(capsys, "-f", "json:out.json", "-f", "sarif:no/out.sarif", "a.yaml").code == 2
    assert report(Path("out.json").read_text(encoding="utf-8"))["version"] == 1
    assert sorted(os.listdir(".")) == ["a.yaml", "out.json"]


@pytest.mark.parametrize(
    ("severity", "rules"),
    [("info", ["KMS201", "KMS501"]), ("low", ["KMS201", "KMS501"]), ("medium", ["KMS201"]), ("critical", ["KMS201"])],
)
def test_min_severity(capsys: pytest.CaptureFixture[str], severity: str, rules: list[str]) -> None:
    text = PUBLIC.replace("EnableKeyRotation: true", "Description: x")
    done = run(capsys, "-f", "json", "--min-severity", severity, write("a.yaml", text))
    assert sorted(each["rule"] for each in report(done.out)["findings"]) == rules


def test_selections_may_be_repeated_and_joined(capsys: pytest.CaptureFixture[str]) -> None:
    text = PUBLIC.replace("EnableKeyRotation: true", "Description: x")
    write("a.yaml", text)
    for options in (["--select", "KMS201, kms501"], ["--select", "KMS201", "--select", "KMS501"]):
        done = run(capsys, "-f", "json", *options, "a.yaml")
        assert sorted(each["rule"] for each in report(done.out)["findings"]) == ["KMS201", "KMS501"]


@pytest.mark.parametrize(
    ("options", "lockout"),
    [([], "none"), (["--account", "111122223333"], "none"), (["--account", "444455556666"], "nobody")],
)
def test_account(capsys: pytest.CaptureFixture[str], options: list[str], lockout: str) -> None:
    text = TEMPLATE.replace("{AWS: !Ref AWS::AccountId}", "{AWS: 'arn:aws:iam::111122223333:root'}")
    done = run(capsys, "-f", "json", *options, write("a.yaml", text))
    assert [key["lockout"] for key in report(done.out)["keys"]] == [lockout]


@pytest.mark.parametrize(("name", "code"), [("x.yaml", 1), ("dir/x.yaml", 1), ("x.json", 1)])
def test_standard_input_goes_by_the_name_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PUBLIC.encode())))
    done = run(capsys, "-f", "json", "--stdin-filename", name, "-")
    assert done.code == code
    assert {each["path"] for each in report(done.out)["findings"]} == {name}


def test_standard_input_as_terraform(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    module = b'resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(module)))
    done = run(capsys, "-f", "json", "--stdin-filename", "main.tf", "-")
    assert done.code == 0
    assert [key["address"] for key in report(done.out)["keys"]] == ["aws_kms_key.k"]


def test_more_standard_input_than_a_file_may_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To cut it off without a word might cut off what makes the template bad."""
    monkeypatch.setattr(limits, "FILE_BYTES", len(TEMPLATE))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PUBLIC.encode())))
    assert run(capsys, "--stdin-filename", "a.yaml", "-").code == 3


def test_a_plan_on_standard_input_may_be_as_large_as_a_plan(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off where a template ends, it would be one that nobody can read."""
    key = {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k", "values": {}}
    state = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": [key]}},
    }
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(state).encode())))
    done = run(capsys, "-f", "json", "--stdin-filename", "plan.json", "--limit", "file-bytes=100", "-")
    assert [each["address"] for each in report(done.out)["keys"]] == ["aws_kms_key.k"]
    assert report(done.out)["not_analysed"] == []


def test_a_rule_that_fails_is_2_and_the_report_still_comes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*arguments: Any) -> Outcome:
        return lint(*arguments)._replace(internal_errors=("rule KMS999 failed on a.yaml: \x1b[31mKeyError: x",))

    monkeypatch.setattr(cli, "lint", failing)
    done = run(capsys, "-f", "concise", write("a.yaml", PUBLIC))
    assert done.code == 2
    assert "KMS201" in done.out
    assert "kmslint: rule KMS999 failed on a.yaml: " in done.err
    assert ESCAPE not in done.err
    assert run(capsys, "--exit-zero", write("b.yaml", BROKEN)).code == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_an_interrupt_is_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def interrupted(*_: object) -> Outcome:
        raise error

    monkeypatch.setattr(cli, "lint", interrupted)
    done = run(capsys, write("a.yaml", TEMPLATE))
    assert (done.code, done.out) == (130, "")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("options", "environment", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ([], {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (["--color", "auto"], {"FORCE_COLOR": "1"}, True),
        (["-f", "json"], {"FORCE_COLOR": "1"}, False),
        (["-f", "concise"], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_color(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    environment: dict[str, str],
    colored: bool,
) -> None:
    """https://no-color.org"""
    for name, setting in environment.items():
        monkeypatch.setenv(name, setting)
    done = run(capsys, *options, write("a.yaml", PUBLIC))
    assert (ESCAPE in done.out) is colored


@pytest.mark.parametrize(("term", "colored"), [("xterm", True), ("dumb", False)])
def test_a_terminal_has_colours_unless_it_is_dumb(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, term: str, colored: bool
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", term)
    assert (ESCAPE in run(capsys, write("a.yaml", PUBLIC)).out) is colored


def test_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    for options in (["--statistics"], ["--statistics", "-q"], ["--statistics", "-f", "concise", "-f", "json:x.json"]):
        lines = run(capsys, *options, write("a.yaml", PUBLIC)).out.splitlines()
        assert "1  critical  KMS201 public-key" in lines
    assert "KMS201 public-key" not in run(capsys, "-f", "concise", "a.yaml").out


def test_quiet_and_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    undecided = TEMPLATE.replace("!Ref AWS::AccountId", "!Ref Admin").replace(
        "Resources:", "Parameters: {Admin: {Type: String}}\nResources:"
    )
    write("a.yaml", undecided)
    normal, quiet, verbose = (run(capsys, *options, "a.yaml").out for options in ([], ["-q"], ["-v"]))
    assert len(quiet) < len(normal)
    assert normal.endswith("\n")
    assert "KMS001" in verbose


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "--version")
    assert (done.code, done.out) == (0, f"kmslint, version {kmslint.__version__}\n")
    for arguments in (["--help"], ["-h"], []):
        done = run(capsys, *arguments)
        assert done.code == 0
        assert "Exit codes: 0 nothing at or above --fail-on" in done.out
        assert "explain KMS101" in done.out


def test_help_names_every_option_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run(capsys, "--help").out
    options = """
        --format --select --ignore --extend-select --extend-ignore --profile --min-severity --fail-on --account
        --changed --stdin-filename --no-config --color --exit-zero --quiet --verbose --version
    """
    assert [option for option in options.split() if option not in shown] == []


@pytest.mark.parametrize("wanted", ["KMS101", "kms101", "nobody-manages-key"])
def test_explain(capsys: pytest.CaptureFixture[str], wanted: str) -> None:
    done = run(capsys, "explain", wanted)
    assert done.code == 0
    assert "KMS101" in done.out
    assert ESCAPE not in done.out
    assert ESCAPE in run(capsys, "explain", wanted, "--color", "always").out


def test_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert "KMS101" in run(capsys, "rules").out
    listed = json.loads(run(capsys, "rules", "--format", "json").out)
    assert "KMS101" in json.dumps(listed)


def test_a_path_with_the_name_of_a_command_is_given_with_a_dot(capsys: pytest.CaptureFixture[str]) -> None:
    Path("rules").mkdir()
    write("rules/a.yaml", PUBLIC)
    assert run(capsys, "./rules").code == 1
    assert run(capsys, "rules").code == 0


def test_what_is_shown_does_not_change_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.yaml", NO_ROTATION)
    shown = run(capsys, "a.yaml", "--fail-on", "low", "--select", "KMS501")
    hidden = run(capsys, "a.yaml", "--fail-on", "low", "--select", "KMS501", "--min-severity", "critical")
    assert (shown.code, hidden.code) == (1, 1)
    assert "KMS501" not in hidden.out
