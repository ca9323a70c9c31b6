"""Who may do what with a key: every question of fixtures/decisions."""

from __future__ import annotations

from collections import Counter

import pytest

from decisions import Question, questions
from kmslint.access.reasons import KEY_POLICY, reason_of, statements_of

QUESTIONS = list(questions())


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_decision(question: Question) -> None:
    decision = question.decision()
    assert decision.allowed == question.allowed
    if question.reason is not None:
        assert reason_of(decision).value == question.reason
    if question.sids is not None:
        assert tuple(one.statement.sid for one in statements_of(decision) if one.policy == KEY_POLICY) == question.sids


def test_every_question_is_asked_once_and_says_where_aws_answers_it() -> None:
    names = Counter(question.name for question in QUESTIONS)
    assert [name for name, count in names.items() if count > 1 and "IAM" not in name] == []
    assert {question.page.partition("/latest/")[0] for question in QUESTIONS} == {
        "https://docs.aws.amazon.com/IAM",
        "https://docs.aws.amazon.com/kms",
    }
