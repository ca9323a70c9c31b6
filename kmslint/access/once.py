"""Answers that several rules ask for are worked out once.

Documents and keys are deep tuples: hashing one costs as much as some answers, so the cache goes by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from kmslint.model.accounts import Accounts
from kmslint.model.estate import Key
from kmslint.model.policy import Document

Answer = TypeVar("Answer")
Question = Callable[[Document, Key, Accounts], Answer]

_REMEMBERED = 256
"""Keys whose answers are kept; the rules ask for one estate at a time."""


class _Same:
    """Something that equals only itself; it keeps its value alive, so no other can take its identity."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value


def once(question: Question[Answer]) -> Question[Answer]:
    """The same question, remembering its last answers. The answer must be immutable."""

    @lru_cache(maxsize=_REMEMBERED)
    def remembered(document: _Same, key: _Same, accounts: _Same) -> Answer:
        return question(document.value, key.value, accounts.value)  # type: ignore[arg-type]

    @wraps(question)
    def asked(document: Document, key: Key, accounts: Accounts) -> Answer:
        return remembered(_Same(document), _Same(key), _Same(accounts))

    return asked
