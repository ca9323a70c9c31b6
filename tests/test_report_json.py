"""The JSON report, which scripts rely on to the letter."""

from __future__ import annotations

import json

from kmslint import __version__
from kmslint.engine.fingerprint import own_fingerprints
from kmslint.engine.outcome import Counts, Outcome
from kmslint.report import render
from kmslint.report.options import Options
from reports import BLOCK_PROBLEM, EVERYBODY, EVERYTHING, MISCHIEF, OPEN, PROBLEM, RULES, TWO_HALVES, outcome


def written(result: Outcome) -> object:
    return json.loads(render("json", result, Options()))


def test_the_whole_of_a_report() -> None:
    report = render("json", outcome(TWO_HALVES, problems=(PROBLEM, BLOCK_PROBLEM)), Options())
    expected = {
        "version": 1,
        "tool": {"name": "kmslint", "version": __version__},
        "summary": {
            "candidates": 4,
            "analysed": 2,
            "not_analysed": 2,
            "excluded": 0,
            "keys": 1,
            "findings": 1,
            "suppressed": 0,
            "by_severity": {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0},
            "hidden": 0,
        },
        "findings": [
            {
                "rule": "KMS301",
                "name": "iam-allow-without-delegation",
                "severity": "high",
                "confidence": "high",
                "message": TWO_HALVES.message,
                "path": "stacks/app.yaml",
                "line": 5,
                "column": 18,
                "end_line": 5,
                "end_column": 29,
                "resource": "Dev",
                "related": [
                    {
                        "path": "stacks/keys.yaml",
                        "line": 2,
                        "column": 18,
                        "end_line": 2,
                        "end_column": 33,
                        "message": "Key names only role Sec, here",
                    }
                ],
                "fingerprint": own_fingerprints([TWO_HALVES])[0],
            }
        ],
        "not_analysed": [
            {"path": "bad\\xff.yaml", "line": 1, "reason": "not UTF-8 at byte 7"},
            {"path": "stacks/app.yaml", "line": 3, "reason": "a [tab](1) where none may be"},
        ],
        "suppressed": [],
        "keys": [
            {
                "address": "Key",
                "path": "stacks/keys.yaml",
                "line": 2,
                "policy": "explicit",
                "delegates": "no",
                "delegates_admin": "no",
                "lockout": "deletable-only",
                "administrators": ["${Sec.Arn}"],
            }
        ],
        "switched_off": [],
    }
    # As text, because the order of the members is part of the contract.
    assert report == json.dumps(expected, indent=2) + "\n"


def test_columns_count_code_points_and_confidence_is_the_findings() -> None:
    report = written(outcome(EVERYBODY, OPEN))
    assert isinstance(report, dict)
    assert [(each["column"], each["end_column"], each["confidence"]) for each in report["findings"]] == [
        (40, 42, "medium"),
        (1, 4, "high"),
    ]


def test_ascii_only_and_text_as_it_is() -> None:
    report = render("json", EVERYTHING, Options())
    assert report.isascii()
    assert "##[" not in report
    mischief = json.loads(report)["findings"][3]
    assert mischief["message"] == MISCHIEF.message
    assert mischief["path"] == MISCHIEF.at.path
    assert mischief["resource"] == 'aws_kms_key.a["\\xff\n"]'


def test_nothing_found() -> None:
    report = written(Outcome(RULES, (), (), (), Counts()))
    assert isinstance(report, dict)
    assert list(report) == [
        "version",
        "tool",
        "summary",
        "findings",
        "not_analysed",
        "suppressed",
        "keys",
        "switched_off",
    ]
    assert report["findings"] == report["not_analysed"] == report["suppressed"] == report["keys"] == []
