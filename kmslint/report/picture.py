"""The picture of a key: from whom, through which statements, to the key; and where a way ends before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
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
from kmslint.report.access_table import shown_rows
from kmslint.report.access_view import place

_NAMES_SHOWN: Final = 6
"""Of principals that share all their ways."""
_LONGEST: Final = 90
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
    label: str
    """What goes along it: uses or actions."""
    answer: Answer
    """NO: it ends here."""


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
        lines = tuple(dict.fromkeys(drawing.lines(row)))
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
        return Point(Shape.KEY, (_short(self._key.address), str(place(self._key.at))), tuple(sorted(rules)))

    def lines(self, row: Row) -> Iterator[Line]:
        """The lines of a row, uses that take the same way together."""
        same: dict[tuple[Answer, bool, tuple[Point, ...], tuple[Point, ...]], list[tuple[str, str]]] = {}
        for cell in row.cells:
            reply = _telling(cell, row, self._key)
            if reply is None:
                continue
            denied = cell.answer is Answer.NO and reason_of(reply.decision).is_deny
            points = [self._point(one, row) for one in statements_of(reply.decision)]
            grants = [self._grant(grant.name, grant.grantee.at) for grant in reply.decision.granted.by]
            first = tuple(point for is_key_policy, point in points if not is_key_policy)
            last = (*(point for is_key_policy, point in points if is_key_policy), *grants)
            same.setdefault((cell.answer, denied, first, last), []).append(_label(cell, reply))
        for (answer, denied, first, last), labels in same.items():
            yield from self._way(answer, denied, first, last, _labels(labels))

    def _way(
        self, answer: Answer, denied: bool, first: Sequence[Point], last: Sequence[Point], label: str
    ) -> Iterator[Line]:
        """From the principal through its own policies and through the key's. Which of several statements of a policy
        serves which action is not told apart."""
        for point in (*first, *last):
            if point.shape is Shape.DENY:
                yield Line(_START, point, label, Answer.NO if denied else answer)
        if denied:
            return
        stages = [[point for point in stage if point.shape is not Shape.DENY] for stage in (first, last) if stage]
        stages = [stage for stage in stages if stage]
        before: Iterable[Point] = (_START,)
        for number, stage in enumerate([*stages, [_END]]):
            is_last = number == len(stages)
            how = answer if is_last or answer is not Answer.NO else Answer.YES
            yield from (Line(start, end, label if number == 0 else "", how) for start in before for end in stage)
            before = stage

    def _point(self, one: Deciding, row: Row) -> tuple[bool, Point]:
        """Whether a statement is one of the key policy, and how it is drawn."""
        statement = one.statement
        is_key_policy = one.policy == KEY_POLICY
        shape = Shape.DENY if statement.effect is Effect.DENY else Shape.ALLOW
        whose = "key policy" if is_key_policy else policy_name(one.policy, row.asker)
        name = f"{'Deny' if shape is Shape.DENY else 'Allow'} {statement.label}"
        rules = self._rules(each for each in self._findings if _is_in(each, statement.at))
        lines = (_short(name), _short(whose), _short(str(place(statement.header))))
        return is_key_policy, Point(shape, lines, rules)

    def _grant(self, name: str, at: Location) -> Point:
        rules = self._rules(each for each in self._findings if each.resource == name)
        return Point(Shape.GRANT, (_short(f"grant {name}"), _short(str(place(at)))), rules)

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
    said = (" ".join(filter(None, (", ".join(names), _short(conditions)))) for conditions, names in same.items())
    return "; ".join(said)


def _is_in(finding: Finding, statement: Location) -> bool:
    around = finding.statement.at if finding.statement is not None else finding.at
    return around.source is statement.source and statement.start <= around.start < max(statement.end, 1)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
