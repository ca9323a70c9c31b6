"""More findings than anybody takes, and texts longer than anybody reads: nothing is left out in silence."""

from __future__ import annotations

import gzip
import json
import random
import re
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from commands import run
from judges import for_a_terminal, read_as_command
from kmslint.engine.finding import Finding, Related
from kmslint.engine.outcome import Outcome, Suppressed
from kmslint.engine.registry import all_rules
from kmslint.engine.shortened import MOST
from kmslint.lint import lint
from kmslint.location import Location, Source
from kmslint.report import FORMATS, compose, github, render, sarif_limits
from kmslint.report.options import Options
from kmslint.report.sarif_limits import LEFT_OUT, LOCATIONS, RESULTS, TAGS
from kmslint.report.sarif_rules import describe
from reports import DELEGATION, EVERYBODY, OPEN, PUBLIC, TWO_HALVES, locate, outcome
from sarif_logs import run_of

MANY: Final = 26_000
PLAIN: Final = Options()
UPLOAD: Final = 10_000_000


@cache
def many(number: int) -> Outcome:
    """So many findings, of two severities in turn, each in a line of its own."""
    source = Source("stacks/app.yaml", "".join(f"- Sid: Statement{each}\n" for each in range(number)))
    rules = (PUBLIC, DELEGATION)
    findings = (
        rules[each % 2].finding(
            Location(source, start + 2, start + 5), f"role Role{each} may not use key Key{each}", f"Role{each}"
        )
        for each, start in enumerate(source.line_starts[:-1])
    )
    return outcome(*findings)


@pytest.mark.parametrize("format_name", FORMATS)
def test_more_findings_than_github_takes(format_name: str) -> None:
    """Every format is ready in a moment, and holds all of them or says how many it does not."""
    begun = time.process_time()
    report = compose(format_name, many(MANY), PLAIN)
    assert time.process_time() - begun < 20
    left_out = {
        "sarif": MANY - RESULTS + 1,
        "markdown": int(match[1]) if (match := re.search(r"(\d+) of \d+ findings are left out", report.text)) else 0,
    }.get(format_name, 0)
    held = {"junit": "<failure ", "gitlab": '"check_name"', "json": '"rule"', "sarif": '"ruleId"', "github": "\n::"}
    mark = held.get(format_name, "role Role")
    assert report.text.count(mark) == MANY - left_out + (format_name == "sarif")
    assert report.left_out == (left_out if format_name == "sarif" else 0)
    assert format_name != "markdown" or len(report.text.encode()) < 2**20


def test_sarif_keeps_the_worst_and_says_what_is_left_out() -> None:
    result = outcome(*[OPEN] * 10, *[TWO_HALVES] * RESULTS, EVERYBODY)
    report = compose("sarif", result, PLAIN)
    (run_,) = json.loads(report.text)["runs"]
    assert report.left_out == 12
    assert len(run_["results"]) == RESULTS
    assert Counter(each["ruleId"] for each in run_["results"]) == {
        "KMS301": RESULTS - 2,
        "KMS201": 1,
        "results-left-out": 1,
    }
    said = "12 findings are left out of this report, the least severe of all, because GitHub takes no more"
    stand_in = run_["results"][-1]
    assert stand_in["message"]["text"] == f"{said}, from here on."
    assert (stand_in["level"], run_["tool"]["driver"]["rules"][stand_in["ruleIndex"]]["id"]) == ("error", LEFT_OUT.id)
    assert stand_in["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == TWO_HALVES.at.path
    (notification,) = run_["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == f"{said}."


def test_the_notice_stands_where_the_first_is_that_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmslint.report.sarif.RESULTS", 4)
    report = compose("sarif", many(8), PLAIN)
    results = json.loads(report.text)["runs"][0]["results"]
    told = [(each["ruleId"], each["locations"][0]["physicalLocation"]["region"]["startLine"]) for each in results]
    (invocation,) = json.loads(report.text)["runs"][0]["invocations"]
    assert [each["level"] for each in invocation["toolExecutionNotifications"]] == ["warning"]
    assert "logicalLocations" not in results[-1]["locations"][0]
    assert results[-1]["properties"]["confidence"] == "high"
    assert told == [("KMS201", 1), ("KMS201", 3), ("KMS201", 5), ("results-left-out", 7)]
    assert (report.left_out, compose("sarif", many(4), PLAIN).left_out) == (5, 0)


def test_as_many_as_there_is_room_for_are_all_there() -> None:
    report = compose("sarif", outcome(*[TWO_HALVES] * RESULTS), PLAIN)
    assert report.left_out == 0
    assert [each["id"] for each in json.loads(report.text)["runs"][0]["tool"]["driver"]["rules"]][-1] == "KMS301"
    assert report.text.count('"ruleId"') == RESULTS


def test_what_is_suppressed_is_left_out_first() -> None:
    suppressed = Suppressed(EVERYBODY, "we know", "", EVERYBODY.at)
    result = outcome(*[OPEN] * RESULTS)._replace(suppressed=(suppressed,) * 3)
    report = compose("sarif", result, Options(suppressed=True))
    assert report.left_out == 4
    assert "4 findings are left out of this report, 3 of them suppressed" in report.text
    (log_run,) = json.loads(report.text)["runs"]
    assert all("suppressions" in each for each in log_run["results"])


def noisy(number: int) -> tuple[Finding, ...]:
    """Findings that no compression makes small."""
    chance = random.Random(3)
    letters = "".join(map(chr, range(0x4E00, 0x8000)))
    source = Source("t.yaml", "".join("x" + "".join(chance.choices(letters, k=1_500)) + "\n" for _ in range(number)))
    starts = source.line_starts
    places = [Location(source, start, start + 1) for start in starts[:-1]]
    return tuple(
        (PUBLIC if each % 2 else DELEGATION).finding(at, "m", "r", related=(Related(places[-1 - each], "there"),))
        for each, at in enumerate(places)
    )


def test_a_compressed_file_is_no_larger_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_limits, "COMPRESSED_BYTES", 900_000)
    result = outcome(*noisy(400))
    report = compose("sarif", result, PLAIN)
    size = len(gzip.compress(report.text.encode()))
    assert UPLOAD // 20 < size < UPLOAD // 10
    (log_run,) = json.loads(report.text)["runs"]
    assert 0 < report.left_out == 401 - len(log_run["results"])
    kept = Counter(each["ruleId"] for each in log_run["results"])
    assert kept["KMS301"] == 0 or kept["KMS201"] == 200, "the worst are kept first"


def test_of_results_that_do_not_fit_the_first_are_kept_in_order_of_their_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sarif_limits, "COMPRESSED_BYTES", 9_000)
    noise = random.Random(3).randbytes(60_000).hex()
    loud: list[tuple[int, dict[str, object]]] = [(99 - each, {"x": noise[each * 400 :][:400]}) for each in range(100)]
    kept = sarif_limits.fitting(loud)
    size = len(gzip.compress(json.dumps(kept).encode()))
    assert 8_000 < size < 9_000
    assert kept == [result for _, result in reversed(loud[: len(kept)])]
    quiet: list[tuple[int, dict[str, object]]] = [(each, {"x": "x" * 400}) for each in range(100)]
    assert sarif_limits.fitting(quiet) == [result for _, result in quiet]
    for room, number in ((0, 10), (-1, 9), (1, 10)):
        monkeypatch.setattr(sarif_limits, "BYTES", 10 * len(json.dumps(quiet[0][1])) + room)
        assert len(sarif_limits.fitting(quiet)) == number


@pytest.mark.parametrize(
    ("left_out", "suppressed", "beginning"),
    [
        (1, 0, "1 finding is left out of this report, the least"),
        (2, 1, "2 findings are left out of this report, 1 of them suppressed, the least"),
    ],
)
def test_how_many_are_left_out(left_out: int, suppressed: int, beginning: str) -> None:
    assert sarif_limits.left_out_sentence(left_out, suppressed).startswith(beginning)


def test_a_file_is_bounded_before_it_is_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_limits, "BYTES", 100_000)
    report = compose("sarif", many(500), PLAIN)
    assert report.left_out > 100
    assert f"{report.left_out} findings are left out" in report.text


def test_a_result_has_no_more_locations_than_github_keeps() -> None:
    crowd = tuple(Related(locate(EVERYBODY.at.source, "Sid"), f"place {number}") for number in range(130))
    (result,) = run_of(outcome(EVERYBODY._replace(related=crowd)))["results"]
    assert len(result["locations"]) + len(result["relatedLocations"]) == LOCATIONS
    text = result["message"]["text"]
    assert text.endswith("[place 9](10), and 120 more places (31 of them in the JSON report alone).")


def test_no_rule_has_more_tags_than_github_keeps() -> None:
    for rule in (*(module.RULE for module in all_rules()), LEFT_OUT):
        properties: Any = describe(rule)["properties"]
        assert len(properties["tags"]) <= TAGS


def test_the_number_of_a_rule_says_what_it_is_about() -> None:
    rules = (*(module.RULE for module in all_rules()), LEFT_OUT)
    topics: Any = {(rule.id[3:4], describe(rule)["properties"]["tags"][2]) for rule in rules}  # type: ignore[index]
    about = ["analysis", "lockout", "access", "delegation", "policy", "settings"]
    assert topics == {*((str(number), topic) for number, topic in enumerate(about)), ("u", "analysis")}


def test_notifications_are_bounded() -> None:
    errors = tuple(f"rule {number} failed" for number in range(1_500))
    told = run_of(outcome(errors=errors))["invocations"][0]["toolExecutionNotifications"]
    assert len(told) == 1_001
    assert told[-1]["message"]["text"] == "500 notifications like these are left out."
    assert (told[-1]["level"], told[-1]["descriptor"]["id"]) == ("warning", "results-left-out")


def test_annotations_say_how_many_there_are() -> None:
    """In the first notice, for of each kind GitHub shows ten."""
    result = outcome(*[OPEN] * 12, *[TWO_HALVES] * 3)
    first, *others = render("github", result, PLAIN).splitlines()
    shown = "GitHub shows the first 10 errors, warnings and notices of a step, its log all"
    assert first == f"::notice title=kmslint::15 findings; {shown}"
    assert [line[:8] for line in others] == ["::error "] * 3 + ["::notice"] * 12
    assert "GitHub shows" not in render("github", outcome(*[OPEN] * 9, *[TWO_HALVES] * 10), PLAIN)
    assert "GitHub shows" in render("github", outcome(*[OPEN] * 10), PLAIN)


@pytest.mark.parametrize("character", ["x", "鍵", "😀", "\x1b", "##["])
def test_a_message_is_no_longer_than_github_takes(character: str) -> None:
    long = EVERYBODY._replace(message=character * 3_000, related=(Related(EVERYBODY.at, character * 3_000),) * 2)
    (line,) = render("github", outcome(long), PLAIN).splitlines()
    command = read_as_command(line)
    assert command is not None
    assert len(command.message.encode("utf-16-le")) // 2 <= github.MESSAGE
    assert re.search(r"\.\.\. \(\d+ more characters in the format json\)$", command.message)


def long_texts(seed: int) -> Outcome:
    """A finding in which every text has a million characters, and a problem and a key with one."""
    text = f"{seed} [a](javascript:1) <b> ::error::\x1b[2J\n" * 25_000
    found = PUBLIC.finding(EVERYBODY.at, text, text, related=(Related(EVERYBODY.at, text),), advice=text, subject=text)
    made = outcome(found, errors=(text,))
    return made._replace(keys=(made.keys[0]._replace(address=text, administrators=(text,)),))


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_long_text_is_shortened_and_says_so(format_name: str) -> None:
    report = render(format_name, long_texts(1), Options(verbose=True))
    assert len(report) < 60 * MOST
    assert re.search(r"\.\.\.\(?\(\d{6,7} (?:more )?characters", " ".join(report.replace("\\", "").split()))
    assert format_name == "github" or list(for_a_terminal(report)) == []


def test_a_long_name_is_not_repeated_whole_in_every_finding(tmp_path: Path) -> None:
    """A template of 300 KB with a hundred findings about one key came to a report of 60 MB."""
    name = "K" * 300_000
    allow = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    statements = [{**allow, "Sid": f"S{number}"} for number in range(100)]
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": statements}}}
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"Resources": {name: key}}), encoding="utf-8")
    result = lint([str(file)])
    assert len(result.findings) > 100
    assert max(len(finding.message) for finding in result.findings) <= MOST
    assert len(render("json", result, PLAIN)) < 3_000_000


def test_a_report_that_is_cut_ends_with_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = {f"Key{number}": {"Type": "AWS::KMS::Key"} for number in range(5)}
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"Resources": keys}), encoding="utf-8")
    monkeypatch.setattr("kmslint.report.sarif.RESULTS", 2)
    told = run(capsys, str(file), "--format", "sarif", "--exit-zero")
    assert (told.code, told.err) == (3, "kmslint: findings left out of the report in sarif: 4; json holds all\n")
    assert "4 findings are left out of this report" in told.out
    assert run(capsys, str(file), "--format", "json", "--exit-zero").code == 0
