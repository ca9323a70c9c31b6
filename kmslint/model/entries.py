"""A statement as several that allow or deny the same: one for each entry of an element's list.

A statement on ten principals is ten statements on one each. So conditions on entries need not be tried together.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from kmslint.values import ALWAYS, Choice, Fields, Guard, Guards, Items, Null, Value, conditions_of, specialise

_LISTS = ("Principal", "Action", "Resource")
"""The elements of which any one entry is enough for the statement to apply."""


def entry_by_entry(statement: Fields) -> list[tuple[Fields, Guards]]:
    """The statement in parts, each with what must hold for it; empty if no element has several entries to part.

    Entries that hang on no condition stay together. Where none of the entries is there, there is no part.
    """
    for name in _LISTS:
        element = statement.get(name)
        entries = list(_entries(element))
        sorted_out: tuple[list[Value], list[Value]] = [], []
        for entry in entries:
            sorted_out[any(True for _ in conditions_of(entry))].append(entry)
        certain, hanging = sorted_out
        if len(entries) > 1 and hanging:
            assert element is not None  # it has entries
            parts = [(_together(certain, element), ALWAYS)] if certain else []
            parts += [way for entry in hanging for way in _ways(entry, ALWAYS)]
            return [(_with(statement, name, value), guards) for value, guards in parts]
    return []


def _entries(value: Value | None) -> Iterator[Value]:
    """The entries of an element; of a Principal, maps with one each."""
    if isinstance(value, Items):
        yield from value.items
    elif isinstance(value, Fields) and not value.spread:
        for field in value.fields:
            for entry in field.value.items if isinstance(field.value, Items) else (field.value,):
                yield Fields((field._replace(value=entry),), value.at)


def _together(entries: list[Value], element: Value) -> Value:
    if isinstance(element, Fields):
        return element._replace(fields=tuple(field for one in entries for field in cast(Fields, one).fields))
    return Items(tuple(entries), element.at)


def _ways(value: Value, guards: Guards) -> Iterator[tuple[Value, Guards]]:
    """What an entry may be, each with what must hold for it; nothing is no entry."""
    if isinstance(value, Fields) and len(value.fields) == 1:
        (field,) = value.fields
        for inner, way in _ways(field.value, guards):
            yield value._replace(fields=(field._replace(value=inner),)), way
    elif isinstance(value, Choice):
        for holds, branch in ((True, value.when_true), (False, value.when_false)):
            yield from _ways(specialise(branch, {value.condition: holds}), guards | {Guard(value.condition, holds)})
    elif not isinstance(value, Null):
        yield value, guards


def _with(statement: Fields, name: str, value: Value) -> Fields:
    fields = (field._replace(value=value) if field.name.literal == name else field for field in statement.fields)
    return statement._replace(fields=tuple(fields))
