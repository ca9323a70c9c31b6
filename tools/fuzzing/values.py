"""Changes to the structure of JSON values: members dropped, doubled, swapped, wrapped, and of other types."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple, cast

from fuzzing.inputs import Value
from fuzzing.tokens import ACTIONS, CONDITION_VALUES, INTRINSICS, PRINCIPALS, WORDS

Container = list[Value] | dict[str, Value]


class Slot(NamedTuple):
    """A place in a value: a member of a list or of a map."""

    container: Container
    key: int | str

    @property
    def value(self) -> Value:
        if isinstance(self.container, list):
            return self.container[cast(int, self.key)]
        return self.container[cast(str, self.key)]

    def put(self, value: Value) -> None:
        if isinstance(self.container, list):
            self.container[cast(int, self.key)] = value
        else:
            self.container[cast(str, self.key)] = value

    def drop(self) -> None:
        if isinstance(self.container, list):
            del self.container[cast(int, self.key)]
        else:
            del self.container[cast(str, self.key)]


def copied(value: Value) -> Value:
    """Another value, equal to it."""
    return cast(Value, json.loads(json.dumps(value)))


def varied(random: Random, value: Value, changes: int) -> Value:
    """A value with so many changes somewhere in it."""
    value = copied(value)
    for _ in range(changes):
        slots = _slots(value)
        if slots:
            random.choice(_CHANGES)(random, random.choice(slots), slots)
    return value


def one_of(random: Random, *values: Value) -> Value:
    """One of some values."""
    return random.choice(values)


def odd_value(random: Random) -> Value:
    """A value that seldom stands where one is needed."""
    texts = random.choice((ACTIONS, PRINCIPALS, CONDITION_VALUES, WORDS))
    ways: tuple[Callable[[], Value], ...] = (
        lambda: random.choice(texts),
        lambda: random.choice((None, True, False, 0, -1, 1.5, 10**30, 111122223333, 1e300)),
        list,
        dict,
        lambda: [random.choice(texts), random.choice(texts)],
        lambda: {random.choice(WORDS): random.choice(texts)},
        lambda: {random.choice(INTRINSICS): odd_value(random)},
        lambda: [[random.choice(texts)]],
        lambda: {"AWS": odd_value(random)},
    )
    return random.choice(ways)()


def _slots(value: Value) -> list[Slot]:
    found: list[Slot] = []
    pending: list[Value] = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            found += [Slot(one, key) for key in one]
            pending += one.values()
        elif isinstance(one, list):
            found += [Slot(one, at) for at in range(len(one))]
            pending += one
    return found


def _replace(random: Random, slot: Slot, _: list[Slot]) -> None:
    slot.put(odd_value(random))


def _drop(_: Random, slot: Slot, __: list[Slot]) -> None:
    slot.drop()


def _swap(random: Random, slot: Slot, slots: list[Slot]) -> None:
    """Another member takes its place too; as a copy, so that nothing holds itself."""
    slot.put(copied(random.choice(slots).value))


def _wrap(random: Random, slot: Slot, _: list[Slot]) -> None:
    value = slot.value
    slot.put(one_of(random, [value], [value, value], {random.choice(INTRINSICS): value}, {"AWS": value}, [[value]]))


def _unwrap(random: Random, slot: Slot, _: list[Slot]) -> None:
    value = slot.value
    if isinstance(value, list) and value:
        slot.put(random.choice(value))
    elif isinstance(value, dict) and value:
        slot.put(random.choice(list(value.values())))


def _spell(random: Random, slot: Slot, _: list[Slot]) -> None:
    """The same as a text, or a text that is spelt otherwise."""
    value = slot.value
    if not isinstance(value, str):
        slot.put(json.dumps(value))
        return
    at = random.randrange(len(value) + 1)
    spelt = (value.lower(), value.upper(), value + " ", value[:at], value[:at] + random.choice(WORDS) + value[at:])
    slot.put(random.choice(spelt))


def _rename(random: Random, slot: Slot, slots: list[Slot]) -> None:
    """A key that stands elsewhere, or that means something."""
    if isinstance(slot.container, dict):
        names = [other.key for other in slots if isinstance(other.key, str)]
        value = slot.value
        slot.drop()
        slot.container[random.choice((*names, *INTRINSICS, str(slot.key).lower(), f"{slot.key} "))] = value


def _repeat(random: Random, slot: Slot, _: list[Slot]) -> None:
    if isinstance(slot.container, list):
        slot.container.extend(copied(slot.value) for _ in range(random.choice((1, 1, 2, 5, 40))))
    else:
        slot.container[f"{slot.key}{random.randrange(3)}"] = copied(slot.value)


def _nest(random: Random, slot: Slot, _: list[Slot]) -> None:
    value, name = slot.value, random.choice(INTRINSICS)
    for level in range(random.choice((3, 10, 40, 110))):
        value = [value] if level % 2 else {name: value}
    slot.put(value)


_CHANGES: Final = (
    _replace,
    _replace,
    _replace,
    _drop,
    _swap,
    _swap,
    _wrap,
    _unwrap,
    _spell,
    _spell,
    _rename,
    _repeat,
    _nest,
)
