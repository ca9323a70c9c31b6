"""Builds excerpts: texts that were decoded from a source, character by character tied to it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import overload

from kmslint.location import Excerpt, Source


class Runs(Sequence[int]):
    """Ascending offsets, kept as runs of neighbours: one number for each line or escape, not for each character."""

    __slots__ = ("_indexes", "_length", "_offsets")

    def __init__(self, indexes: list[int], offsets: list[int], length: int) -> None:
        self._indexes = indexes
        self._offsets = offsets
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        if isinstance(index, slice):
            return tuple(self[position] for position in range(*index.indices(self._length)))
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        run = bisect_right(self._indexes, index) - 1
        return self._offsets[run] + index - self._indexes[run]


class ExcerptBuilder:
    """Takes decoded text piece by piece, each with the offset at which it stands in the source."""

    __slots__ = ("_indexes", "_offsets", "_texts", "length")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._indexes: list[int] = []
        self._offsets: list[int] = []
        self.length = 0
        """Characters so far."""

    def add(self, text: str, offset: int) -> None:
        """Text that stands in the source as it is; of an escape, the one character it means."""
        if text:
            self._texts.append(text)
            self._mark(offset)
            self.length += len(text)

    def copy(self, excerpt: Excerpt, start: int, end: int) -> None:
        """A part of another excerpt."""
        if isinstance(excerpt.offsets, range):
            self.add(excerpt.text[start:end], excerpt.offsets[start])
        else:
            for index in range(start, end):
                self.add(excerpt.text[index], excerpt.offsets[index])

    def finish(self, source: Source, end: int) -> Excerpt:
        """The excerpt; `end` is the offset after its last character."""
        self._mark(end)
        text = "".join(self._texts)
        if len(self._indexes) == 1:
            return Excerpt(source, text, range(self._offsets[0], end + 1))
        return Excerpt(source, text, Runs(self._indexes, self._offsets, self.length + 1))

    def _mark(self, offset: int) -> None:
        if not self._indexes or self._offsets[-1] + self.length - self._indexes[-1] != offset:
            self._indexes.append(self.length)
            self._offsets.append(offset)


def excerpt_between(source: Source, start: int, end: int) -> Excerpt:
    """A stretch of the source as it stands there."""
    return Excerpt(source, source.text[start:end], range(start, end + 1))
