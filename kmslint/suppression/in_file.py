"""The suppressions of one file, each with what it speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from kmslint import limits
from kmslint.location import Location, Source
from kmslint.suppression.marker import Fault, KnownRules, RuleName, Words, read_words
from kmslint.suppression.metadata import in_comment_members, in_metadata
from kmslint.suppression.sources import JSON_CONFIGURATION
from kmslint.suppression.units import Units, units_of
from kmslint.syntax.excerpts import excerpt_between
from kmslint.syntax.tree import Comment, DataFile, HclFile

_BEHIND_CODE = " \t,;"
_LOOKED_BACK = 100
_BLANKS = " \t\r\n\x85\u2028\u2029\ufeff"


class Reach(NamedTuple):
    """What a suppression speaks of, besides what stands on `line`."""

    line: int = 0
    """0: none."""
    begins: int = 0
    """The units that begin on this line; 0: none."""
    unit: int = -1
    """The unit at this place among those of the file; -1: none."""
    whole_file: bool = False


class Suppression(NamedTuple):
    """One suppression of a file."""

    words: Words
    reach: Reach

    @property
    def at(self) -> Location:
        return self.words.at

    def unit_in(self, units: Units) -> int:
        """The place of the unit that it speaks of; -1 if it speaks of none."""
        return units.beginning_on(self.reach.begins) if self.reach.begins else self.reach.unit

    @property
    def rules(self) -> tuple[RuleName, ...]:
        return self.words.rules


class InFile(NamedTuple):
    """What a file says of its findings."""

    source: Source
    units: Units
    suppressions: tuple[Suppression, ...]
    faults: tuple[Fault, ...]


def read_suppressions(file: HclFile | DataFile, known: KnownRules) -> InFile:
    """All of them, in comments and in what stands for comments."""
    units = units_of(file)
    lines = _Lines(file, units)
    suppressions: list[Suppression] = []
    faults: list[Fault] = []
    found = islice(_all(file, lines, known), limits.IGNORES + 1)
    for number, (words, reach) in enumerate(found):
        if number == limits.IGNORES:
            reason = f"more than {limits.IGNORES} suppressions in one file: the others count for nothing"
            faults.append(Fault(limits.named(reason, "ignores"), words.at))
        elif isinstance(words, Fault):
            faults.append(words)
        else:
            suppressions.append(Suppression(words, reach))
    return InFile(file.source, units, tuple(suppressions), tuple(faults))


def _all(file: HclFile | DataFile, lines: _Lines, known: KnownRules) -> Iterator[tuple[Words | Fault, Reach]]:
    for number, comment in enumerate(file.comments):
        excerpt = excerpt_between(file.source, comment.at.start, comment.at.end)
        for words in read_words(excerpt, known):
            if isinstance(words, Fault) or not words.whole_file:
                yield words, lines.reach(number)
            elif comment.at.start < lines.top:
                yield words, Reach(whole_file=True)
            else:
                yield Fault("ignore-file stands at the top of the file, above everything else", words.at), Reach()
    if isinstance(file, DataFile):
        of_json = file.source.path.endswith(JSON_CONFIGURATION)
        for words, inside in in_comment_members(file, known) if of_json else in_metadata(file, known):
            whole = isinstance(words, Words) and words.whole_file
            yield words, Reach(whole_file=True) if whole else Reach(unit=lines.units.innermost(inside))


class _Lines:
    """Where the code of a file stands around its comments."""

    def __init__(self, file: HclFile | DataFile, units: Units) -> None:
        self.text = file.source.text
        self.units = units
        self.comments = file.comments
        self.is_yaml = isinstance(file, DataFile)
        self._next: list[int] = self._next_code()
        self._last: list[int] = self._last_code()
        self.top = self._top(file)

    def _top(self, file: HclFile | DataFile) -> int:
        """Where the code of the file begins."""
        if isinstance(file, DataFile):
            return min((document.at.start for document in file.documents), default=len(self.text))
        blocks = [block.at.start for block in file.body.blocks]
        return min([*blocks, *(one.at.start for one in file.body.arguments)], default=len(self.text))

    def _next_code(self) -> list[int]:
        """For each comment the offset of the code that follows it; the end of the file if none does."""
        found: list[int] = []
        code = following = len(self.text)
        for comment in reversed(self.comments):
            between = self.text[comment.at.end : following]
            rest = between.lstrip(_BLANKS)
            if rest:
                code = following - len(rest)
            found.append(code)
            following = comment.at.start
        return found[::-1]

    def _last_code(self) -> list[int]:
        """For each comment the offset of the last character of code before it; 0 if there is none."""
        found: list[int] = []
        code = position = 0
        for comment in self.comments:
            between = self.text[position : comment.at.start]
            rest = between.rstrip(_BLANKS)
            if rest:
                code = position + len(rest) - 1
            found.append(code)
            position = comment.at.end
        return found

    def reach(self, number: int) -> Reach:
        """What a comment speaks of: the line it stands on, or, where it stands alone, the next one."""
        comment, code = self.comments[number], self._next[number]
        if self._belongs_above(comment, code, self._last[number]):
            return Reach(unit=self._container(comment, number))
        line = self.units.line(code if comment.alone else comment.at.start)
        if self.units.beginning_on(line) >= 0:
            return Reach(line, begins=line)
        return Reach(line, unit=self._container(comment, number))

    def _belongs_above(self, comment: Comment, code: int, last: int) -> bool:
        """Whether a comment of YAML is indented as what stands above it, and more than what follows."""
        column = self._column(comment.at.start)
        return self.is_yaml and self._column(code) < column <= self._indentation(last) + 1

    def _indentation(self, offset: int) -> int:
        line = self.units.source.line(self.units.line(offset))
        return len(line) - len(line.lstrip())

    def _container(self, comment: Comment, number: int) -> int:
        """The innermost unit that a comment stands in."""
        last = self._last[number]
        if not comment.alone:
            start = max(0, last + 1 - _LOOKED_BACK)
            return self.units.innermost(start + len(self.text[start : last + 1].rstrip(_BEHIND_CODE)) - 1)
        if not self.is_yaml:
            return self.units.innermost(comment.at.start)
        inside = (place for place in self.units.around(last) if self._is_deep(comment, place))
        return next(inside, -1)

    def _is_deep(self, comment: Comment, place: int) -> bool:
        """Whether a comment of YAML is indented enough to be in a unit, or stands between its brackets."""
        unit = self.units.all[place]
        column, begin = self._column(comment.at.start), self._column(unit.start)
        return comment.at.start < unit.end or column > begin or (unit.is_statement and column == begin)

    def _column(self, offset: int) -> int:
        return self.units.source.position(offset)[1]
