"""What is asked once: remembered for the very thing that was asked about, and for no other."""

from __future__ import annotations

import pytest

from kmslint.access import once as module
from kmslint.access.once import once


def test_asks_once_for_each_thing() -> None:
    asked: list[tuple[str, int]] = []

    @once
    def question(about: tuple[str, ...], number: int) -> str:
        asked.append((about[0], number))
        return f"{about[0]}{number}"

    one, equal = tuple("a"), tuple("a")
    assert [question(one, 1), question(one, 1), question(one, 2), question(equal, 1)] == ["a1", "a1", "a2", "a1"]
    assert asked == [("a", 1), ("a", 2), ("a", 1)]


def test_nothing_takes_the_identity_of_what_is_gone() -> None:
    question = once(lambda about: about[0])
    assert [question([number]) for number in range(1000)] == list(range(1000))


def test_what_is_remembered_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    asked: list[str] = []

    @once
    def question(about: str) -> str:
        asked.append(about)
        return about

    assert [question(about) for about in "abacb"] == list("abacb")
    assert asked == list("abcb")


def test_asked_by_name() -> None:
    @once
    def question(about: str, again: str) -> str:
        return about + again

    assert (question("a", "b"), question(again="a", about="b")) == ("ab", "ba")
