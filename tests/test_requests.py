"""What comes of one request, with everything that has a say in it: every case of fixtures/decisions/requests."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from kmslint.access.reasons import Reason
from kmslint.simulate import answer_line
from request_cases import RequestCase, request_cases

CASES = list(request_cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_request(case: RequestCase) -> None:
    answer = json.loads(answer_line(case.line))
    if case.decision is None:
        assert set(answer) == {"id", "error"}
        assert answer["error"]
        return
    assert "error" not in answer, answer
    statements = tuple((each["policy"], each["index"]) for each in answer["statements"])
    assert (answer["decision"], answer["reason"], statements) == (case.decision, case.reason, case.statements)


def test_every_reason_is_asked_for() -> None:
    assert {case.reason for case in CASES if case.reason} == {reason.value for reason in Reason}


def test_every_case_has_a_name_of_its_own_and_says_where_aws_answers_it() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []
    assert all(case.page.startswith("https://docs.aws.amazon.com/") for case in CASES)
