"""SARIF that everybody accepts: GitHub's demands, and two outside judges where they are at hand.

KMSLINT_SARIF_SCHEMA names the JSON schema of SARIF 2.1.0, KMSLINT_SARIF_MULTITOOL the executable of npm's
@microsoft/sarif-multitool (its package for the platform holds both). Neither is in the repository, so
without the variables those tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kmslint.engine.outcome import Outcome
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import Rule
from kmslint.report import render
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text
from kmslint.report.sarif_rules import describe
from reports import BROKEN, EVERYBODY, EVERYTHING, MISCHIEF, OPEN, TWO_HALVES, outcome
from sarif_logs import around, ends, log_of, members

SCHEMA = os.environ.get("KMSLINT_SARIF_SCHEMA", "")
MULTITOOL = os.environ.get("KMSLINT_SARIF_MULTITOOL", "")

RULES = tuple(module.RULE for module in all_rules())
CUT = outcome(EVERYBODY, EVERYBODY, OPEN, TWO_HALVES, MISCHIEF, BROKEN, EVERYBODY)
LOGS = [
    pytest.param(outcome()._replace(rules=RULES), id="the rules there are"),
    pytest.param(EVERYTHING, id="everything"),
    pytest.param(EVERYTHING._replace(internal_errors=()), id="no internal error"),
    pytest.param(outcome(), id="nothing"),
    pytest.param(outcome(EVERYBODY), id="one finding"),
    pytest.param(CUT, id="more than there is room for"),
]


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for all results of the outcomes but one."""
    monkeypatch.setattr("kmslint.report.sarif.RESULTS", len(CUT.findings) - 1)


def flaws(run: dict[str, Any]) -> Iterator[str]:
    """What GitHub would refuse or the standard forbids, beyond what a schema can say."""
    rules = run["tool"]["driver"]["rules"]
    for number, result in enumerate(run["results"]):
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield f"result {number}: ruleIndex leads to another rule"
        if len(result["locations"]) != 1:
            yield f"result {number}: not one location"
        links = [int(link) for link in re.findall(r"(?<!\\)\]\((\d+)\)", result["message"]["text"])]
        if links != [related["id"] for related in result.get("relatedLocations", [])]:
            yield f"result {number}: links are not those of the related locations"
    for path, name, value in members(run):
        if name == "region":
            start, end = ends(value)
            if min(start) < 1 or end < start:
                yield f"{path}: region ends before it begins"
        if name == "uri" and not re.fullmatch(r"[A-Za-z0-9\-._~/%]+", value):
            yield f"{path}: not a relative URI: {value}"
        if name == "uriBaseId" and value not in run["originalUriBaseIds"]:
            yield f"{path}: unknown base"
        if name in ("text", "markdown") and not path.endswith("snippet") and not value:
            yield f"{path}: empty text"
        if name in {"automationDetails", "startTimeUtc", "endTimeUtc", "guid", "suppressions"}:
            yield f"{path}: {name}"


@pytest.mark.parametrize("result", LOGS)
def test_no_flaw(result: Outcome) -> None:
    log = log_of(result)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    assert list(flaws(log["runs"][0])) == []
    locations = [value for _, name, value in members(log) if name == "physicalLocation" and "contextRegion" in value]
    assert all(map(around, locations))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_a_rule_fits_what_github_shows_of_it(rule: Rule) -> None:
    described = describe(rule)
    text = json.dumps(described, ensure_ascii=False)
    assert str(described["helpUri"]).startswith("https://")
    assert len(rule.title) < 1024
    assert len(str(described["name"])) <= 255
    languages = sum(examples is not None for examples in (rule.cloudformation, rule.terraform))
    assert text.count("```") == 4 * languages, "an example breaks out of its fence"
    assert safe_text(rule.title) == rule.title


@pytest.mark.skipif(not SCHEMA, reason="KMSLINT_SARIF_SCHEMA does not name the JSON schema of SARIF 2.1.0")
@pytest.mark.parametrize("result", LOGS)
def test_the_schema_finds_nothing(result: Outcome) -> None:
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8-sig"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log_of(result))] == []


# Notes that are left standing, and why.
EXCUSED = {
    "SARIF2003": "the commit is known to whoever uploads; reading it here would take a subprocess",
    "SARIF2006": "whether a page can be reached depends on where the judge runs",
    "SARIF2009": "what tells of results left out is none of the rules, whose ids have numbers",
    "SARIF2010": "a file that could not be read has no snippet",
    "SARIF2011": "nor a context",
    "SARIF2013": "files are not embedded: GitHub has them",
    "SARIF2015": "the one argument is the whole sentence, which quotes what it names",
}


@pytest.mark.skipif(not MULTITOOL, reason="KMSLINT_SARIF_MULTITOOL does not name Microsoft's Sarif.Multitool")
@pytest.mark.parametrize("result", LOGS)
def test_the_multitool_finds_nothing(result: Outcome, tmp_path: Path) -> None:
    report, verdict = tmp_path / "out.sarif", tmp_path / "verdict.sarif"
    report.write_text(render("sarif", result, Options()), encoding="utf-8")
    arguments = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--log", "ForceOverwrite"]
    subprocess.run([MULTITOOL, "validate", str(report), *arguments, "-o", str(verdict)], check=True)
    # The exit code is 0 whatever it finds.
    run = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"][0]
    found = [(each["ruleId"], each.get("level", "warning"), each["message"]) for each in run.get("results", [])]
    assert [each for each in found if each[1] != "note" or each[0] not in EXCUSED] == []
    assert "toolExecutionNotifications" not in run["invocations"][0]
