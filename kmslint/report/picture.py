"""The picture of a key: from whom, through which statements, to the key; and where a way ends before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import product
from typing import Final, NamedTuple

from kmslint.access.hanging import policy_name
from kmslint.access.matrix import Answer, Cell, Reply, Row
from kmslint.access.other_policies import Deciding
from kmslint.access.reasons import KEY_POLICY, reason_of, statements_of
from kmslint.engine.finding import Finding
from kmslint.key_access import KeyAccess
from kmslint.location import Location
from kmslint.model.estate import Key
from kmslint.model.policy import Effect
from kmslint.report.access_notes import in_the_way, which_actions
from kmslint.report.access_table import COLUMNS, shown_rows
from kmslint.report.access_view import place

_NAMES_SHOWN: Final = 6
"""Of principals that share all their ways."""
_LONGEST: Final = 80
"""Characters of a line in a picture."""


class Shape(Enum):
    """What a point of the picture is."""

    PRINCIPAL = "principal"
    ALLOW = "allow"
    DENY = "deny"
    GRANT = "grant"
    KEY = "key"


class Point(NamedTuple):
    """What a line leads from or to. Equal points are one."""

    shape: Shape
    lines: tuple[str, ...]
    """What is written in it, not sanitised; the place is in it, so that no two statements are equal."""
    rules: tuple[str, ...] = ()
    """The ids of the rules that found something in it."""


class Line(NamedTuple):
    """From one point to the next."""

    start: Point
    end: Point
    answer: Answer
    """NO: it ends here."""
    label: str
    """What goes along it: uses or actions, and under which conditions."""


class Way(NamedTuple):
    """All that leads from some principals to a key, or to where it ends."""

    principals: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def found(self) -> bool:
        """Whether it passes a finding, not counting those of the key itself."""
        return any(line.start.rules or (line.end.rules and line.end.shape is not Shape.KEY) for line in self.lines)


def ways(one: KeyAccess, findings: Sequence[Finding]) -> tuple[Way, ...]:
    """The ways to a key, those with findings first. Principals with the same ways go together.

    `findings` are those of the key's estate. One on the key that is in none of the statements stands at the key.
    """
    drawing = _Drawing(one.key, findings)
    together: dict[tuple[Line, ...], list[str]] = {}
    for row in shown_rows(one, everybody=False):
        lines = drawing.lines(row)
        if lines:
            together.setdefault(lines, []).append(row.asker.label)
    end = drawing.end()
    found = [Way(tuple(names), _joined(lines, _start(names), end)) for lines, names in together.items()]
    return tuple(sorted(found, key=lambda way: not way.found))


_START: Final = Point(Shape.PRINCIPAL, ())
_END: Final = Point(Shape.KEY, ())
"""What stands for the principals and for the key until all is known that is written there."""


def _start(names: Sequence[str]) -> Point:
    shown = names[:_NAMES_SHOWN]
    more = (f"and {len(names) - len(shown)} more",) if len(names) > len(shown) else ()
    return Point(Shape.PRINCIPAL, (*map(_short, shown), *more))


def _joined(lines: Iterable[Line], start: Point, end: Point) -> tuple[Line, ...]:
    known = {_START: start, _END: end}
    return tuple(
        line._replace(start=known.get(line.start, line.start), end=known.get(line.end, line.end)) for line in lines
    )


class _Drawing:
    """Draws the rows of one key."""

    def __init__(self, key: Key, findings: Sequence[Finding]) -> None:
        self._key = key
        self._findings = findings
        self._drawn: set[int] = set()

    def end(self) -> Point:
        """The key, with the findings that stand nowhere else in the picture."""
        rest = (each for each in self._findings if id(each) not in self._drawn)
        rules = {each.rule_id for each in rest if self._key.address in (each.resource, each.about)}
        return Point(Shape.KEY, (_short(self._key.address), self._place(self._key.at)), tuple(sorted(rules)))

    def lines(self, row: Row) -> tuple[Line, ...]:
        """The lines of a row, each once, with all that goes along it."""
        labels: dict[tuple[Point, Point, Answer], list[tuple[str, str]]] = {}
        for cell in row.cells:
            reply = _telling(cell, row, self._key)
            if reply is None:
                continue
            label = _label(cell, reply)
            for start, end, answer in self._way(reply, row):
                labels.setdefault((start, end, answer), []).extend((label,) if start is _START else ())
        return tuple(Line(*line, _labels(said)) for line, said in labels.items())

    def _way(self, reply: Reply, row: Row) -> Iterator[tuple[Point, Point, Answer]]:
        """From the principal through its own policies, then through the key's, to the key; to what denies it."""
        decision, answer = reply.decision, reply.answer
        denied = answer is Answer.NO and reason_of(decision).is_deny
        points = [self._point(one, row) for one in statements_of(decision)]
        for _, point in points:
            if point.shape is Shape.DENY:
                yield _START, point, answer
        if denied:
            return
        allowing = [(is_key_policy, point) for is_key_policy, point in points if point.shape is not Shape.DENY]
        own = [point for is_key_policy, point in allowing if not is_key_policy]
        of_key = [point for is_key_policy, point in allowing if is_key_policy]
        of_key += [self._grant(grant.name, grant.grantee.at) for grant in decision.granted.by]
        before = [_START]
        for stage in filter(None, (own, of_key)):
            # Where it is refused, it still comes as far as the statements that are there.
            yield from product(before, stage, (Answer.YES if answer is Answer.NO else answer,))
            before = stage
        yield from product(before, (_END,), (answer,))

    def _point(self, one: Deciding, row: Row) -> tuple[bool, Point]:
        """Whether a statement is one of the key policy, and how it is drawn."""
        statement = one.statement
        is_key_policy = one.policy == KEY_POLICY
        shape = Shape.DENY if statement.effect is Effect.DENY else Shape.ALLOW
        whose = "key policy" if is_key_policy else policy_name(one.policy, row.asker)
        name = f"{'Deny' if shape is Shape.DENY else 'Allow'} {statement.label}"
        rules = self._rules(each for each in self._findings if _is_in(each, statement.at))
        lines = (_short(name), _short(whose), self._place(statement.header))
        return is_key_policy, Point(shape, lines, rules)

    def _grant(self, name: str, at: Location) -> Point:
        rules = self._rules(each for each in self._findings if each.resource == name)
        return Point(Shape.GRANT, (_short(f"grant {name}"), self._place(at)), rules)

    def _place(self, at: Location) -> str:
        """Where something stands: the line alone, if it is in the key's own file."""
        if at.path == self._key.at.path:
            return f"line {at.line}"
        where = str(place(at))
        return where if len(where) <= _LONGEST else f"...{where[3 - _LONGEST :]}"

    def _rules(self, found: Iterable[Finding]) -> tuple[str, ...]:
        """The rules of findings that are drawn here."""
        here = list(found)
        self._drawn.update(map(id, here))
        return tuple(sorted({each.rule_id for each in here}))


def _telling(cell: Cell, row: Row, key: Key) -> Reply | None:
    """The reply that is drawn; None where nothing was meant to be allowed."""
    if cell.answer is not Answer.NO:
        return cell.best
    return next((reply for reply in cell.replies if in_the_way(reply, row.asker, key) is not None), None)


def _label(cell: Cell, reply: Reply) -> tuple[str, str]:
    """The use, or the few actions of it; and under which conditions."""
    if cell.answer is Answer.NO:
        return cell.use.name, ""
    which = which_actions(cell).partition(";")[0]
    if which.startswith("only "):
        return which.removeprefix("only "), reply.conditions
    return f"{cell.use.name} ({which})" if which else cell.use.name, reply.conditions


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    """The labels of one way, those under the same conditions together."""
    same: dict[str, list[str]] = {}
    for name, conditions in labels:
        same.setdefault(conditions, []).append(name)
    if same == {"": list(COLUMNS)}:
        return "everything"
    said = (" ".join(filter(None, (", ".join(names), _short(conditions)))) for conditions, names in same.items())
    return "; ".join(said)


def _is_in(finding: Finding, statement: Location) -> bool:
    around = finding.statement.at if finding.statement is not None else finding.at
    return around.source is statement.source and statement.start <= around.start < max(statement.end, 1)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
