"""`kmslint simulate` against an independent policy simulator, on random requests.

The simulator is a program of its own, which not everybody has. So its decisions on some requests are recorded, and
compared in every run; with KMSLINT_ORACLE set, as many new requests as wanted are put to both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from cases import FIXTURES, ROOT
from incomparable import excluded
from kmslint.simulate import answer_line
from random_conditions import OPERATORS
from random_requests import ALLOWED, GOALS, Case, random_cases
from request_parts import Json, conditions_of, statements
from smaller_requests import smallest

RECORDED = FIXTURES / "decisions" / "recorded.jsonl"
"""Written by `tools/differential.py --record`: requests, decisions, and the reason each request was made for."""
PARTS = 20
"""In which the recording is replayed: a mistake is to be seen soon."""
ORACLE = os.environ.get("KMSLINT_ORACLE")
REQUESTS = os.environ.get("KMSLINT_ORACLE_REQUESTS", "50000")


@cache
def recorded() -> tuple[Json, ...]:
    return tuple(map(json.loads, RECORDED.read_text(encoding="utf-8").splitlines()))


@cache
def generated() -> tuple[Case, ...]:
    return tuple(random_cases("health", 2000))


@pytest.mark.parametrize("part", range(PARTS))
def test_the_recorded_decisions_are_kmslints(part: int) -> None:
    wrong = []
    for record in recorded()[part::PARTS]:
        answer = json.loads(answer_line(json.dumps(record["request"])))
        expected = {name: record[name] for name in ("decision", "reason") if name in record}
        if not expected.items() <= answer.items():
            wrong.append(f"expected {expected}\nkmslint  {answer}\n{json.dumps(record['request'])}")
    assert not wrong, f"{len(wrong)} of a {PARTS}th\n" + "\n\n".join(wrong[:5])


def test_the_recording_has_something_for_every_reason() -> None:
    reasons = Counter(record.get("reason") for record in recorded())
    assert len(recorded()) >= 1000
    assert min(reasons[goal.reason] for goal in GOALS) >= 10
    assert RECORDED.stat().st_size < 1_000_000


@pytest.mark.skipif(ORACLE is None, reason="the oracle: KMSLINT_ORACLE does not name the directory of oracle.mjs")
def test_new_decisions_are_the_oracles() -> None:
    command = [sys.executable, "tools/differential.py", "--oracle", str(ORACLE), "--requests", REQUESTS, "--jobs", "2"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"


def test_the_generator_comes_to_every_decision_and_reason() -> None:
    """By what the requests were made for."""
    reasons = Counter(case.goal.reason for case in generated() if not case.disturbed)
    allowed = sum(case.goal.decision == ALLOWED for case in generated()) / len(generated())
    assert 0.35 < allowed < 0.55
    assert set(reasons) == {goal.reason for goal in GOALS}
    assert min(reasons.values()) >= len(generated()) / 100


def test_the_generator_uses_the_whole_language() -> None:
    found = [one for case in generated() for one in statements(case.request)]
    tests = [test for one in found for test in conditions_of(one)]
    elements = Counter(element for one in found for element in one.statement)
    bases = Counter(test.base for test in tests)
    assert min(elements[name] for name in ("NotAction", "NotResource", "NotPrincipal", "Condition", "Sid")) >= 10
    assert {one.kind for one in found} == {
        *("resourcePolicy", "identityPolicies", "boundary", "session", "scps", "rcps", "vpce")
    }
    assert min(bases[operator] for family in OPERATORS.values() for operator in (*family, "Null")) >= 10
    assert min(Counter(test.quantifier for test in tests).values()) >= 50
    assert sum(test.if_exists for test in tests) >= 100
    assert sum("${" in str(value) for test in tests for value in test.values) >= 50
    assert {one.document.get("Version") for one in found} == {"2012-10-17", "2008-10-17", None}


def test_few_requests_are_left_out_of_the_comparison() -> None:
    left_out = Counter(excluded(case.request) for case in generated())
    assert left_out[None] > 0.9 * len(generated())
    assert len(left_out) > 15


def test_a_seed_gives_the_same_requests_again() -> None:
    assert [case.request for case in random_cases("health", 50)] == [case.request for case in generated()[:50]]


def test_a_request_is_made_small() -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": ["kms:Sign", "kms:Decrypt"], "Resource": "*"}
    request = {
        "id": 1,
        "resourcePolicy": {"Statement": [statement, statement]},
        "context": {"aws:SourceIp": "10.0.0.1"},
    }
    assert smallest(request, lambda smaller: "kms:Decrypt" in json.dumps(smaller)) == {
        "id": 1,
        "resourcePolicy": {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": ["kms:Decrypt"]}]},
    }
