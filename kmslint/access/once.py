"""Answers that several rules ask for are worked out once.

Documents and keys are deep tuples: hashing one costs as much as some answers, so the cache goes by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_REMEMBERED = 4096
"""Answers that are kept for each question: enough for the keys of the largest estate, for the rules ask for one estate
at a time, and for all of its keys in turn."""


def once(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """The same question, remembering its answers. The answer must be immutable."""
    # What was asked about is kept beside the answer, so that nothing else can take its identity.
    answers: dict[tuple[int, ...], tuple[object, Answer]] = {}

    @wraps(question)
    def answer(*asked: Asked.args, **named: Asked.kwargs) -> Answer:
        if named:
            return question(*asked, **named)
        identity = tuple(map(id, asked))
        found = answers.get(identity)
        if found is None:
            found = asked, question(*asked, **named)
            if len(answers) >= _REMEMBERED:
                answers.clear()
            answers[identity] = found
        return found[1]

    return answer
