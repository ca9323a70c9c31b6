"""`kmslint access` as JSON, CSV and Markdown: every member and every column."""

from __future__ import annotations

import csv
import io
import json

import pytest

from cases import ROOT
from commands import run
from kmslint.access.matrix import USES
from kmslint.report.access_csv import HEADER

ORDERS = "fixtures/access/orders.yaml"
PATTERNS = "fixtures/access/patterns.yaml"
UNSEEN = "fixtures/access/unseen.yaml"
OWN = ("--account", "111122223333")


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(run(capsys, "access", "--format", "json", ORDERS, *OWN).out)
    assert list(report) == ["version", "tool", "keys", "not_analysed"]
    assert (report["version"], report["tool"]["name"], report["not_analysed"]) == (1, "kmslint", [])
    (key,) = report["keys"]
    rows = {row["principal"]: row for row in key.pop("principals")}
    assert key == {
        "address": "OrderKey",
        "path": ORDERS,
        "line": 11,
        "policy": "explicit",
        "missing": None,
        "only_when": [],
        "presumed_account": None,
        "classes": ["delegates", "root user", "direct", "service", "foreign"],
        "classes_unknown": [],
        "lockout": "none",
        "administrators": ["<account administrators>", "<root user>"],
        "delegates": [f"kms:{name}" for name in DELEGATED],
        "unlisted": [],
    }
    assert [(row["kind"], row["arn"]) for row in rows.values()] == KINDS
    uses = {use["use"]: use for use in rows["role Api"]["uses"]}
    assert list(uses) == [use.name for use in USES]
    condition = "only through Amazon S3 in ${AWS::Region}"
    assert uses["decrypt"] == {
        "use": "decrypt",
        "answer": "conditional",
        "conditions": condition,
        "actions": {
            "kms:Decrypt": {"answer": "conditional", "reason": "key-policy-direct", "conditions": condition},
            "kms:ReEncryptFrom": {"answer": "no", "reason": "none", "conditions": ""},
        },
        "why": (
            f"the key policy of OrderKey allows kms:Decrypt to role Api directly, {condition}; no IAM policy is needed"
        ),
        "statements": [{"what": 'statement "Api" of the key policy of OrderKey', "path": ORDERS, "line": 27}],
        "next": "",
    }


DELEGATED = (
    "PutKeyPolicy",
    "GetParametersForImport",
    "ListGrants",
    "DescribeKey",
    "GetKeyLastUsage",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "GetPublicKey",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
)
KINDS = [
    ("root user", None),
    ("account administrators", None),
    ("any identity of the account", None),
    *(
        ("identity of the estate", f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/${{{name}}}")
        for name in ("Api", "Report", "Audit", "Clerk", "Guest")
    ),
    ("of another account", "arn:aws:iam::444455556666:root"),
    ("AWS service", None),
    ("anybody, in any account", None),
]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_line_for_each_key_principal_and_use(capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(run(capsys, "access", "--format", "csv", ORDERS, *OWN).out)
    assert list(rows[0]) == list(HEADER)
    assert len(rows) == len(KINDS) * len(USES)
    (line,) = [row for row in rows if row["principal"] == "role Report" and row["use"] == "decrypt"]
    assert line == {
        "address": "OrderKey",
        "path": ORDERS,
        "line": "11",
        "policy": "explicit",
        "principal": "role Report",
        "kind": "identity of the estate",
        "arn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Report}",
        "use": "decrypt",
        "answer": "no",
        "conditions": "",
        "actions": "kms:Decrypt kms:ReEncryptFrom",
        "why": (
            "an inline policy of role Report allows kms:Decrypt, but the key policy of OrderKey neither allows it to "
            "role Report nor lets the account's IAM policies decide"
        ),
        "statements": (
            f'statement "ReadOrders" of an inline policy of role Report ({ORDERS}:69); '
            f"the key policy of OrderKey: no statement of it applies ({ORDERS}:15)"
        ),
        "next": (
            "allow kms:Decrypt to role Report in the key policy of OrderKey, or to the account there, so that IAM "
            "policies decide"
        ),
    }


def test_csv_names_a_key_without_a_policy_that_can_be_seen(capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(run(capsys, "access", "--format", "csv", UNSEEN, "--key", "Elsewhere").out)
    assert [(row["address"], row["answer"], row["why"]) for row in rows] == [
        ("Elsewhere", "unknown", "the policy of Elsewhere cannot be seen: parameter Policy")
    ]


MARKDOWN = """\
## `Other`

`fixtures/access/patterns.yaml:16`

- managed by: nobody
- delegates: nothing
- kind of policy: direct

| | encrypt | decrypt | data keys | sign/verify | grant | view | administer | change policy | delete |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| `root user` | no | no | no | no | no | no | no | no | no |
| `account administrators` | no | no | no | no | no | no | no | no | no |
| `role Dev` | no | no <sup>1</sup> | no | no | no | no | no | no | no |
| `role Sec` | no | yes <sup>2</sup> | no | no | no | no | no | no | no |

1. IAM policy DevDecrypts allows it, but the key policy neither allows it to role Dev nor lets the account's IAM \
policies decide (fixtures/access/patterns.yaml:20, fixtures/access/patterns.yaml:62)
2. only kms:Decrypt

## `Delegated`
"""


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert MARKDOWN in run(capsys, "access", "--format", "markdown", PATTERNS).out
