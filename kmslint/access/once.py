"""Answers that several rules ask for are worked out once.

Documents and keys are deep tuples: hashing one costs as much as some answers, so the cache goes by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_REMEMBERED = 4096
"""Answers that are kept for each question: enough for the keys of the largest estate, for the rules ask for one estate
at a time, and for all of its keys in turn."""


class _Same:
    """Something that equals only itself; it keeps its value alive, so no other can take its identity."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value


def once(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """The same question, remembering its last answers. The answer must be immutable."""

    @lru_cache(maxsize=_REMEMBERED)
    def remembered(*asked: _Same, **named: _Same) -> Answer:
        return question(*(one.value for one in asked), **{name: one.value for name, one in named.items()})  # type: ignore[arg-type]

    @wraps(question)
    def answer(*asked: Asked.args, **named: Asked.kwargs) -> Answer:
        return remembered(*map(_Same, asked), **{name: _Same(value) for name, value in named.items()})

    return answer
