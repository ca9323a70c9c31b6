"""A rule's page, and the list of all rules."""

from __future__ import annotations

import json
import re

from kmslint.engine.rule import Examples, Scope, Silence
from kmslint.report.explain import render_rule
from kmslint.report.rules_list import render_rules
from reports import DELEGATION, NOT_ANALYSED, PUBLIC, RULES

PAGE = """\
KMS301 iam-allow-without-delegation
An IAM policy allows what the key policy does not hand over
severity high, precision medium, runs with --profile strict, or when selected

Why
  KMS asks the key policy first. IAM policies count where it says so.

  Otherwise they do nothing.

How to fix it
  Name the role in the key policy, or delegate to the account. Both work.

Bad, in Terraform
  a: [bad]

Good, in Terraform
  a: [good]

Related rules
  KMS304: told instead of KMS301 on the same key

In other catalogues and tools
  none known

References
  https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""


def test_page() -> None:
    assert render_rule(DELEGATION, RULES, color=False) == PAGE


def test_page_in_colour_says_the_same() -> None:
    colored = render_rule(DELEGATION, RULES, color=True)
    assert colored != PAGE
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == PAGE


def test_page_has_the_examples_of_both_languages_as_they_are() -> None:
    rule = NOT_ANALYSED._replace(terraform=Examples('a {\n\n  b = "c"\n}\n', "a {}\n"))
    page = render_rule(rule, RULES, color=False)
    assert "Good, in CloudFormation\n  a: [good]\n" in page
    assert 'Bad, in Terraform\n  a {\n\n    b = "c"\n  }\n' in page


def test_page_names_a_catalogue_once() -> None:
    page = render_rule(PUBLIC, RULES, color=False)
    assert "tools\n  CWE      CWE-732\n  checkov  CKV_AWS_33\n           CKV_AWS_283\n\nReferences" in page


def test_page_names_the_rules_instead_of_which_it_is_told() -> None:
    other = PUBLIC._replace(silenced_by=(Silence("KMS301", Scope.STATEMENT),))
    page = render_rule(DELEGATION, (DELEGATION, other), color=False)
    assert "  KMS201 public-key: KMS301 is told instead on the same statement\n" in page


def test_list() -> None:
    assert render_rules(RULES, as_json=False).splitlines() == [
        "KMS000  high      default  not-analysed                  A part of the input could not be analysed",
        "KMS001  info      default  policy-not-resolved           The verdict hangs on something that cannot be seen",
        "KMS201  critical  default  public-key                    Everybody may use the key",
        f"KMS301  high      strict   iam-allow-without-delegation  {DELEGATION.title}",
    ]


def test_list_as_json() -> None:
    listed = json.loads(render_rules(RULES, as_json=True))
    assert listed["version"] == 1
    assert [rule["id"] for rule in listed["rules"]] == ["KMS000", "KMS001", "KMS201", "KMS301"]
    assert listed["rules"][3] == {
        "id": "KMS301",
        "name": "iam-allow-without-delegation",
        "title": "An IAM policy allows what the key policy does not hand over",
        "severity": "high",
        "precision": "medium",
        "profile": "strict",
        "rationale": DELEGATION.rationale,
        "remediation": DELEGATION.remediation,
        "references": ["https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"],
        "cloudformation": None,
        "terraform": {"bad": "a: [bad]\n", "good": "a: [good]\n"},
        "silenced_by": [{"rule": "KMS304", "scope": "key"}],
        "counterparts": {},
    }
    assert listed["rules"][2]["counterparts"] == {"CWE": ["CWE-732"], "checkov": ["CKV_AWS_33", "CKV_AWS_283"]}
