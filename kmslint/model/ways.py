"""Under which open conditions of a template something holds, and how messages say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from kmslint.model.facts import Facts
from kmslint.values import ALWAYS, Doubt, Guard, Guards, OneOf, compared
from kmslint.verdict import NO

Ways = tuple[Guards, ...]
"""Each is enough for it to hold; none: it never does. Of no length: it always does."""

IN_ANY_CASE: Ways = (ALWAYS,)

_PAIRED = 8
"""Conditions of which each two are tried together; of more, conditions are left out one by one."""
_SPELT = 3
"""Ways that a message spells out."""


def fewest(outcomes: Iterable[Guards], others: Iterable[Guards], facts: Facts) -> tuple[Ways, tuple[Guards, ...]]:
    """What is enough to tell some outcomes of conditions from all others, and the outcomes that this leaves out.

    No way rests on a Doubt: those are left out that nothing else tells from the others. Outcomes cannot be as little
    as some of their conditions say if the facts rule that out.
    """
    rest = tuple(others)
    ways: list[Guards] = []
    untold: list[Guards] = []
    for outcome in sorted(outcomes, key=lambda guards: (len(guards), sorted(guards))):
        if any(way.issubset(outcome) for way in ways):
            continue
        way = _least(outcome, rest, facts)
        if way is None:
            untold.append(outcome)
        else:
            ways.append(way)
    return simplified(ways), tuple(untold)


def _least(outcome: Guards, others: tuple[Guards, ...], facts: Facts) -> Guards | None:
    """A small part of an outcome that rules out all the others; None if nothing but a Doubt does."""

    def is_enough(part: Guards) -> bool:
        opposite = {Guard(condition, not holds) for condition, holds in part}
        return all(not opposite.isdisjoint(other) or facts.possible(part | other) is NO for other in others)

    told = sorted((guard for guard in outcome if not isinstance(guard.condition, Doubt)), key=_yes_first)
    if not is_enough(frozenset(told)):
        return None
    for size in range(3 if len(told) <= _PAIRED else 2):
        for part in combinations(told, size):
            if is_enough(frozenset(part)):
                return frozenset(part)
    kept = list(told)
    for guard in reversed(told):
        fewer = [one for one in kept if one != guard]
        if is_enough(frozenset(fewer)):
            kept = fewer
    return frozenset(kept)


def _yes_first(guard: Guard) -> tuple[bool, str]:
    return not guard.holds, guard.condition


def simplified(ways: Iterable[Guards]) -> Ways:
    """The same in fewer words: a condition that makes no difference is left out."""
    kept = list(dict.fromkeys(ways))
    merging = True
    while merging:
        merging = False
        for one, other in combinations(kept, 2):
            different = one ^ other
            if len(different) == 2 and len({guard.condition for guard in different}) == 1:
                kept = [way for way in kept if way not in (one, other)]
                kept.append(one & other)
                merging = True
                break
    least = [way for way in kept if not any(other < way for other in kept)]
    found = tuple(sorted(dict.fromkeys(least), key=lambda way: (len(way), sorted(way))))
    return IN_ANY_CASE if ALWAYS in _told(found) else found


def together(ways: Ways, guards: Guards) -> Ways:
    """The ways where those conditions came out so as well."""
    return simplified(way | guards for way in ways)


def within(ways: Ways, others: Ways) -> bool:
    """Whether whatever holds in these ways holds in some of the others too."""
    return all(any(other <= way for other in others) for way in ways)


def when_in(ways: Ways) -> str:
    """` when CreateAdminRole is false`, for a message; empty for what holds in any case."""
    ways = _told(ways)
    if not ways or ALWAYS in ways:
        return ""
    listed = [enumerate_names(sorted(map(str, way))) for way in ways]
    if len(listed) > _SPELT:
        listed = [*listed[: _SPELT - 1], f"in {len(listed) - _SPELT + 1} more cases"]
    alike = all(len(way) == 1 for way in ways)
    return f" when {enumerate_names(listed, 'or') if alike else ', or '.join(listed)}"


def _told(ways: Ways) -> Ways:
    """The ways as messages tell them: a parameter that is one text is no other, and is one of those it may be."""
    told = set(map(_by_texts, ways))
    while True:
        whole = next((rest for way in told for rest in _rests(way, told)), None)
        if whole is None:
            return tuple(sorted(told, key=lambda way: (len(way), sorted(way))))
        told = {way for way in told if not way.issuperset(whole)} | {whole}


def _by_texts(way: Guards) -> Guards:
    known = {compared(guard.condition) for guard in way if guard.holds} - {""}
    kept = {guard for guard in way if guard.holds or compared(guard.condition) not in known}
    denied = {guard.condition for guard in kept if not guard.holds}
    for condition in denied:
        if isinstance(condition, OneOf) and len(left := condition.all - denied) == 1:
            kept = {guard for guard in kept if guard.condition not in condition.all}
            kept.update(Guard(text, True) for text in left)
    return frozenset(kept)


def _rests(way: Guards, ways: set[Guards]) -> Iterator[Guards]:
    """What is left of a way without a parameter that may be any of its texts."""
    for condition, holds in way:
        rest = way - {Guard(condition, holds)}
        if isinstance(condition, OneOf) and all(rest | {Guard(text, True)} in ways for text in condition.all):
            yield rest


def enumerate_names(names: Iterable[str], conjunction: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; beyond four the rest is counted."""
    listed = list(dict.fromkeys(names))
    if len(listed) > 4:
        listed = [*listed[:3], f"{len(listed) - 3} more"]
    return f" {conjunction} ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
