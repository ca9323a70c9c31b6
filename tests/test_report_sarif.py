"""SARIF: what GitHub shows of a finding, and nothing of a stranger's that acts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from findings import statement_at
from kmslint.engine.finding import Confidence, Finding, Related, Severity, StatementPlace
from kmslint.engine.fingerprint import line_hashes, own_fingerprints
from kmslint.location import Location, Source
from kmslint.report import render
from kmslint.report.options import Options
from reports import (
    APP,
    BROKEN,
    DELEGATION,
    EVERYBODY,
    EVERYTHING,
    HOSTILE,
    KEYS,
    MISCHIEF,
    NOT_ANALYSED,
    OPEN,
    PROBLEM,
    PUBLIC,
    TWO_HALVES,
    locate,
    outcome,
)
from sarif_logs import around, ends, log_of, members, run_of


def result_of(finding: Finding) -> dict[str, Any]:
    (result,) = run_of(outcome(finding))["results"]
    assert isinstance(result, dict)
    return result


def physical(finding: Finding) -> dict[str, Any]:
    location = result_of(finding)["locations"][0]["physicalLocation"]
    assert isinstance(location, dict)
    return location


def test_every_rule_is_described_in_order_whether_it_fired_or_not() -> None:
    rules = run_of(outcome())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["KMS000", "KMS001", "KMS201", "KMS301"]
    assert {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules} == {
        "KMS000": "error",
        "KMS001": "note",
        "KMS201": "error",
        "KMS301": "error",
    }
    assert rules[3]["name"] == "IamAllowWithoutDelegation"
    assert rules[3]["shortDescription"]["text"].endswith("does not hand over.")
    assert rules[3]["helpUri"] == DELEGATION.references[0]
    assert rules[3]["messageStrings"] == {"default": {"text": "{0}."}}


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", None),
    ],
)
def test_severity(severity: Severity, level: str, score: str | None) -> None:
    rule = PUBLIC._replace(severity=severity, precision=Confidence.LOW)
    run = run_of(outcome(EVERYBODY)._replace(rules=(rule,)))
    (described,) = run["tool"]["driver"]["rules"]
    assert described["properties"].get("security-severity") == score
    assert described["properties"]["precision"] == "low"
    assert described["properties"]["tags"] == ["security", "aws-kms", "access", "external/cwe/cwe-732"]
    assert run["results"][0]["level"] == level


def test_a_rule_names_its_counterparts() -> None:
    described = {rule["id"]: rule for rule in run_of(outcome())["tool"]["driver"]["rules"]}
    assert described["KMS201"]["properties"]["counterparts"] == {
        "CWE": ["CWE-732"],
        "checkov": ["CKV_AWS_33", "CKV_AWS_283"],
    }
    assert "CWE CWE-732; checkov CKV_AWS_33, CKV_AWS_283" in described["KMS201"]["help"]["markdown"]
    assert "CWE CWE-732; checkov CKV_AWS_33, CKV_AWS_283" in described["KMS201"]["help"]["text"]
    assert described["KMS301"]["properties"]["tags"] == ["security", "aws-kms", "delegation"]
    assert "counterparts" not in described["KMS301"]["properties"]


def test_help_shows_both_languages_where_there_are_both() -> None:
    described = {rule["id"]: rule["help"] for rule in run_of(outcome())["tool"]["driver"]["rules"]}
    assert "## CloudFormation\n\nBad:\n\n```yaml\na: [bad]\n```" in described["KMS201"]["markdown"]
    assert "## Terraform\n\nBad:\n\n```hcl\na: [bad]\n```" in described["KMS201"]["markdown"]
    assert "CloudFormation" not in described["KMS301"]["markdown"]
    assert "Good, in Terraform:\n\na: [good]" in described["KMS301"]["text"]
    assert "`kmslint explain KMS301`" in described["KMS301"]["markdown"]


def test_a_long_rationale_ends_with_a_sentence_in_the_description_and_is_whole_in_the_help() -> None:
    rule = PUBLIC._replace(rationale="One two three. " * 100)
    (described,) = run_of(outcome()._replace(rules=(rule,)))["tool"]["driver"]["rules"]
    assert len(described["fullDescription"]["text"]) <= 1024
    assert described["fullDescription"]["text"].endswith("three.")
    assert len(described["fullDescription"]["text"]) > 1_000
    assert described["help"]["text"].count("One two three.") == 100


@pytest.mark.parametrize(("length", "shown"), [(1024, 1024), (1025, 2)])
def test_a_rationale_as_long_as_may_be_is_whole(length: int, shown: int) -> None:
    rule = PUBLIC._replace(rationale="x. " + "y" * (length - 4) + ".")
    (described,) = run_of(outcome()._replace(rules=(rule,)))["tool"]["driver"]["rules"]
    assert len(described["fullDescription"]["text"]) == shown


def test_a_result() -> None:
    message = f"Role{TWO_HALVES.message[4:]}. See [Key names only role Sec, here](1)"
    assert result_of(TWO_HALVES) == {
        "ruleId": "KMS301",
        "ruleIndex": 3,
        "level": "error",
        "message": {"text": f"{message}.", "id": "default", "arguments": [message]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "stacks/app.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {
                        "startLine": 5,
                        "startColumn": 18,
                        "endLine": 5,
                        "endColumn": 29,
                        "snippet": {"text": "kms:Decrypt"},
                    },
                    "contextRegion": {
                        "startLine": 4,
                        "startColumn": 9,
                        "endLine": 5,
                        "endColumn": 47,
                        "snippet": {"text": "Effect: Allow\n        Action: [kms:Decrypt, kms:DescribeKey]"},
                    },
                },
                "logicalLocations": [{"fullyQualifiedName": "Dev", "kind": "resource"}],
            }
        ],
        "properties": {"confidence": "high"},
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {
                    "artifactLocation": {"uri": "stacks/keys.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {
                        "startLine": 2,
                        "startColumn": 18,
                        "endLine": 2,
                        "endColumn": 33,
                        "snippet": {"text": "!GetAtt Sec.Arn"},
                    },
                    "contextRegion": {
                        "startLine": 2,
                        "startColumn": 1,
                        "endLine": 3,
                        "endColumn": 1,
                        "snippet": {"text": "Key: {Principal: !GetAtt Sec.Arn, Sid: 鍵😀 of 'Sec'}\r\n"},
                    },
                },
                "message": {"text": "Key names only role Sec, here."},
            }
        ],
        "partialFingerprints": {
            "kmslint/v1": own_fingerprints([TWO_HALVES])[0],
            "primaryLocationLineHash": line_hashes(APP.text)[4],
        },
    }


def test_columns_are_code_points() -> None:
    assert run_of(EVERYTHING)["columnKind"] == "unicodeCodePoints"
    assert ends(physical(EVERYBODY)["region"]) == ((2, 40), (2, 42))


MESSAGES = [
    ("role Dev may not", "Role Dev may not."),
    ("kms:Decrypt is not", "kms:Decrypt is not."),
    ("aws_kms_key.a is", "aws_kms_key.a is."),
    ("nobody. If so, root", "Nobody. If so, root."),
    ("ends already.", "Ends already."),
    ("[x](1) and [y](http://z)", "[x] (1) and [y] (http://z)."),
    ("a\n\x1b\u202e", r"a\x0a\x1b\u202e."),
    ('aws_kms_key.a["x"] is', 'aws_kms_key.a["x"] is.'),
    ("${Key} is {0} and {{12}}", "${Key} is { 0} and {{ 12}}."),
]


@pytest.mark.parametrize(("message", "text"), MESSAGES)
def test_a_message_is_a_sentence_without_links_of_a_strangers(message: str, text: str) -> None:
    assert result_of(EVERYBODY._replace(message=message))["message"]["text"] == text


def test_brackets_in_a_link_are_escaped() -> None:
    related = (Related(locate(KEYS, "Sid"), 'a["x"](2) \\'), Related(locate(KEYS, "Key"), "second"))
    text = result_of(EVERYBODY._replace(related=related))["message"]["text"]
    assert text == r'Everybody may use Key. See [a\["x"\] (2) \\](1), [second](2).'


@pytest.mark.parametrize(
    ("places", "end"),
    [
        (10, "[place 8](9), [place 9](10)."),
        (11, "[place 9](10), and 1 more places."),
        (99, "and 89 more places."),
        (100, "and 90 more places (1 of them in the JSON report alone)."),
    ],
)
def test_how_many_related_places_there_are(places: int, end: str) -> None:
    related = tuple(Related(locate(KEYS, "Sid"), f"place {number}") for number in range(places))
    result = result_of(EVERYBODY._replace(related=related))
    assert result["message"]["text"].endswith(end)
    assert len(result["relatedLocations"]) == min(places, 99)


def test_a_crowd_of_related_places_does_not_bury_the_message() -> None:
    crowd = tuple(Related(locate(KEYS, "Sid"), f"place {number}") for number in range(30))
    result = result_of(EVERYBODY._replace(related=crowd))
    assert result["message"]["text"].endswith("[place 9](10), and 20 more places.")
    assert len(result["relatedLocations"]) == 30


def test_no_markdown_but_the_rules_own() -> None:
    paths = {path for path, name, _ in members(log_of(EVERYTHING)) if name == "markdown"}
    assert paths
    assert all(re.fullmatch(r"\$\.runs\[0\]\.tool\.driver\.rules\[\d\]\.help", path) for path in paths)


def test_a_hostile_path_is_a_relative_uri() -> None:
    uri = physical(MISCHIEF)["artifactLocation"]["uri"]
    assert uri == "we%C4%B1rd%20dir/a%3Ab%0A%3A%3Aerror%3A%3Ax%20%2541%23%3F.tf"
    assert physical(BROKEN)["artifactLocation"]["uri"] == "bad%FF.yaml"


def test_a_path_outside_the_root_has_no_base() -> None:
    finding = PUBLIC.finding(Location(Source("/srv/x.tf", "x"), 0, 1), "m", "r")
    assert physical(finding)["artifactLocation"] == {"uri": "file:///srv/x.tf"}


def around_it(place: Location) -> Finding:
    return TWO_HALVES._replace(statement=StatementPlace(place))


CONTEXTS = [
    pytest.param(TWO_HALVES, "Effect: Allow", id="the statement"),
    pytest.param(around_it(TWO_HALVES.at), "        Action:", id="a statement no larger"),
    pytest.param(around_it(locate(APP, "Resources:")), "        Action:", id="not around it"),
    pytest.param(around_it(locate(APP, "Allow\n        Action: [kms")), "        Action:", id="not around all of it"),
    pytest.param(around_it(locate(APP, "Decrypt, kms:DescribeKey]")), "        Action:", id="beginning inside of it"),
    pytest.param(around_it(locate(APP, "Allow\n        Action: [kms:Decrypt")), "Allow\n", id="ending with it"),
    pytest.param(around_it(locate(APP, "kms:Decrypt, kms:")), "kms:Decrypt, kms:", id="beginning with it"),
    pytest.param(around_it(locate(KEYS, "Key")), "        Action:", id="in another file"),
    pytest.param(
        around_it(Location(Source("x", "x" * 999), 0, 999)), "        Action:", id="in another file, which is longer"
    ),
    pytest.param(MISCHIEF, '\tname\t= "\x1b[31m\u202e鍵"', id="its line"),
]


@pytest.mark.parametrize(("finding", "start"), CONTEXTS)
def test_context(finding: Finding, start: str) -> None:
    location = physical(finding)
    assert location["contextRegion"]["snippet"]["text"].startswith(start)
    assert around(location)


def test_a_minified_file_is_not_repeated_in_every_result() -> None:
    source = Source("x.json", "[" + "x" * 100_000 + "]")
    statement = statement_at(Location(source, 0, 100_002))
    location = physical(PUBLIC.finding(Location(source, 5, 9), "m", "r", statement=statement))
    assert location["region"]["snippet"] == {"text": "xxxx"}
    assert "contextRegion" not in location
    whole = physical(PUBLIC.finding(Location(source, 0, 100_002), "m", "r"))
    assert "snippet" not in whole["region"]


@pytest.mark.parametrize(("length", "shown"), [(4_000, True), (4_001, False)])
def test_a_snippet_is_no_longer_than_4000_characters_wherever_it_stands(length: int, shown: bool) -> None:
    source = Source("x.json", " " * 9_000 + "\n" + "[" + "x" * (length - 2) + "]\n")
    place = Location(source, 9_001, 9_001 + length)
    assert ("snippet" in physical(PUBLIC.finding(place, "m", "r"))["region"]) == shown
    inside = PUBLIC.finding(Location(source, 9_005, 9_009), "m", "r", statement=statement_at(place))
    assert physical(inside)["region"]["snippet"] == {"text": "xxxx"}
    assert ("contextRegion" in physical(inside)) == shown


def test_a_file_that_could_not_be_read_has_no_line_hash_of_ours() -> None:
    result = result_of(BROKEN)
    assert list(result["partialFingerprints"]) == ["kmslint/v1"]
    assert ends(result["locations"][0]["physicalLocation"]["region"]) == ((1, 1), (1, 1))


def test_line_hashes_are_those_of_each_results_own_file() -> None:
    results = run_of(outcome(TWO_HALVES, EVERYBODY, OPEN, MISCHIEF))["results"]
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    texts = [(APP, 4), (KEYS, 1), (KEYS, 1), (HOSTILE, 0)]
    assert hashes == [line_hashes(source.text)[line] for source, line in texts]


def test_line_hashes_are_those_of_what_was_read() -> None:
    """Of one path there may be two texts: a file may change while it is read for a second estate."""
    texts = ("x: a\n", "\n\nx: a\n")
    findings = [PUBLIC.finding(locate(Source("t.yaml", text), "x"), "m", "r") for text in texts]
    results = run_of(outcome(*findings))["results"]
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert hashes == [line_hashes(texts[0])[0], line_hashes(texts[1])[2]]


def test_every_kind_of_notification_is_described() -> None:
    described = run_of(outcome())["tool"]["driver"]["notifications"]
    assert [(each["id"], each["name"]) for each in described] == [
        ("not-analysed", "NotAnalysed"),
        ("internal-error", "InternalError"),
        ("results-left-out", "ResultsLeftOut"),
        ("rules-switched-off", "RulesSwitchedOff"),
        ("findings-held-back", "FindingsHeldBack"),
    ]
    for each in described:
        texts = [each[name]["text"] for name in ("shortDescription", "fullDescription", "help")]
        assert all(text.endswith(".") for text in texts)
        assert len(set(texts)) == 3
        assert each["messageStrings"] == {"default": {"text": "{0}."}}


def test_what_was_not_analysed_is_a_notification_of_a_run_that_worked() -> None:
    (invocation,) = run_of(outcome(BROKEN, problems=(PROBLEM,)))["invocations"]
    assert invocation["executionSuccessful"] is True
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["descriptor"] == {"id": "not-analysed", "index": 0}
    assert notification["message"]["text"] == "bad\\xff.yaml:1 not UTF-8 at byte 7."
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad%FF.yaml"


def test_an_internal_error_makes_a_run_that_did_not_work() -> None:
    (invocation,) = run_of(outcome(errors=("rule KMS301 failed",)))["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert (notification["descriptor"]["id"], notification["level"]) == ("internal-error", "error")


def test_the_same_outcome_is_the_same_bytes_whatever_the_order_of_the_rules() -> None:
    again = EVERYTHING._replace(rules=(DELEGATION, PUBLIC, *EVERYTHING.rules[:2]))
    assert NOT_ANALYSED in again.rules
    assert render("sarif", again, Options()) == render("sarif", EVERYTHING, Options(color=True, verbose=True))
