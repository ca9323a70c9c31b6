"""Whatever keeps a finding from a report is told of in it, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import Run, run
from kmslint.report import FORMATS

ANYBODY = "{Sid: All, Effect: Allow, Principal: '*', Action: 'kms:Decrypt', Resource: '*'}"
TEMPLATE = f"""\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {{AWS: !Sub "arn:aws:iam::${{AWS::AccountId}}:root"}}
            Action: kms:*
            Resource: '*'
          - {ANYBODY}
"""
SUPPRESSED = TEMPLATE.replace(f"- {ANYBODY}", f"# kmslint: ignore[KMS201] we know\n          - {ANYBODY}")
NOT_ROTATED = TEMPLATE.replace("      EnableKeyRotation: true\n", "")

IN_PATHS = "overrides:\n  - {paths: ['*.yaml'], ignore: [KMS201]}\n"
IGNORED = "1 finding ignored with a reason"
KNOWN = "1 finding known from b.json"
HIDDEN = "1 less severe finding not shown (--min-severity)"
OFF = "1 rule switched off by .kmslint.yaml:1: KMS201"
OFF_IN_PATHS = "1 rule switched off in *.yaml by .kmslint.yaml:2: KMS201; 1 finding left out"

CASES = [
    pytest.param(SUPPRESSED, "", (), IGNORED, id="a comment"),
    pytest.param(TEMPLATE, "", ("--baseline", "b.json"), KNOWN, id="a baseline"),
    pytest.param(NOT_ROTATED, "", ("--min-severity", "critical", "--select", "KMS501"), HIDDEN, id="less severe"),
    pytest.param(TEMPLATE, "ignore: [KMS201]\n", (), OFF, id="a file"),
    pytest.param(
        TEMPLATE,
        "overrides:\n  - {paths: ['*.yaml'], ignore: [KMS201]}\n",
        (),
        OFF_IN_PATHS,
        id="a file, in some paths",
    ),
]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()


def called(capsys: pytest.CaptureFixture[str], template: str, config: str, *options: str) -> Run:
    """What a run comes to, after a baseline was written where one is named."""
    Path("t.yaml").write_text(template, encoding="utf-8")
    if config:
        Path(".kmslint.yaml").write_text(config, encoding="utf-8")
    if "--baseline" in options:
        run(capsys, "--write-baseline", "--baseline", "b.json", "--select", "KMS201", "t.yaml")
    return run(capsys, *options, "t.yaml")


@pytest.mark.parametrize("quiet", [(), ("-q",)], ids=["", "quiet"])
@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(("template", "config", "options", "words"), CASES)
def test_it_is_told(
    capsys: pytest.CaptureFixture[str],
    format_name: str,
    template: str,
    config: str,
    options: tuple[str, ...],
    words: str,
    quiet: tuple[str, ...],
) -> None:
    told = called(capsys, template, config, *options, *quiet, "--format", format_name)
    assert told.code in (0, 1), told.err
    if format_name == "gitlab":  # holds findings and nothing else
        assert f"kmslint: {words}\n" in told.err
    elif format_name == "json":
        report = json.loads(told.out)
        assert (len(report["suppressed"]), report["summary"]["hidden"], len(report["switched_off"])) == {
            IGNORED: (1, 0, 0),
            KNOWN: (1, 0, 0),
            HIDDEN: (0, 1, 1),
            OFF: (0, 0, 1),
            OFF_IN_PATHS: (0, 0, 1),
        }[words]
    else:
        plain = told.out.replace("\\", "").replace("&#39;", "'").replace("\n", " ")
        assert words in plain


@pytest.mark.parametrize(("template", "config", "options", "words"), CASES[:2])
def test_sarif_has_the_suppressions_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str], template: str, config: str, options: tuple[str, ...], words: str
) -> None:
    told = called(capsys, template, config, *options, "--format", "sarif", "--show-suppressed")
    results = json.loads(told.out)["runs"][0]["results"]
    (suppressed,) = (result for result in results if result["suppressions"])
    assert suppressed["ruleId"] == "KMS201"
    (suppression,) = suppressed["suppressions"]
    assert suppression["kind"] == ("external" if words == KNOWN else "inSource")
    assert suppression["justification"]


def test_an_unknown_rule_in_a_comment_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = called(capsys, SUPPRESSED.replace("KMS201", "KMS999"), "", "--format", "concise")
    assert told.code == 1
    assert "KMS999" in told.out


def test_an_unknown_rule_in_a_configuration_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    told = called(capsys, TEMPLATE, "ignore: [KMS999]\n")
    assert (told.code, ".kmslint.yaml:1" in told.err) == (2, True)
