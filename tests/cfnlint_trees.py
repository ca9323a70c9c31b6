"""The tree that cfn-lint's decoder makes of a template, held against ours, and why they differ where they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.cloudformation.calls import is_null, read_call
from kmslint.cloudformation.plain_scalars import as_read
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style
from located import parts


class Reason(Enum):
    """Why the two may differ."""

    NAME_TWICE = "a name stands twice: cfn-lint refuses the template, and either member is judged here"
    KEY_NO_TEXT = "a key without quotes that is a number, a boolean or null: cfn-lint reads it as that, or stumbles"
    NUMBER = "a number that is written in another way: cfn-lint keeps its value, and its text stays here"
    NONE = "no reason"


class Difference(NamedTuple):
    """A place where the two differ."""

    reason: Reason
    path: str
    ours: str
    theirs: str


def differences(ours: Node, theirs: object, path: str = "") -> Iterator[Difference]:
    """Where a tree of ours is not what cfn-lint has decoded."""
    call = read_call(ours) if isinstance(ours, (Scalar, Sequence, Mapping)) and ours.tag else None
    if call is not None:
        if not isinstance(theirs, dict) or list(theirs) != [call.name]:
            yield _difference(ours, theirs, path)
        elif call.name == "Fn::GetAtt" and isinstance(call.argument, Scalar):
            if theirs[call.name] != call.argument.text.split(".", 1):
                yield _difference(ours, theirs, path)
        else:
            yield from differences(call.argument, theirs[call.name], f"{path}.{call.name}")
    elif isinstance(ours, Mapping) and isinstance(theirs, dict):
        yield from _of_maps(ours, theirs, path)
    elif isinstance(ours, Sequence) and isinstance(theirs, list) and len(ours.items) == len(theirs):
        for index, (item, other) in enumerate(zip(ours.items, theirs, strict=True)):
            yield from differences(item, other, f"{path}[{index}]")
    elif not isinstance(ours, Scalar) or not _is_same(ours, theirs):
        yield _difference(ours, theirs, path)


def refusal(ours: Node, messages: list[str], path: str) -> Difference:
    """That cfn-lint refuses what is read here."""
    maps = [part for part in parts(ours) if isinstance(part, Mapping)]
    reason = Reason.NONE
    if any("Duplicate found" in message for message in messages) and any(any(each.duplicates()) for each in maps):
        reason = Reason.NAME_TWICE
    elif any("start_mark" in message or "Null key" in message for message in messages):
        keys = (entry.key for each in maps for entry in each.entries)
        reason = Reason.KEY_NO_TEXT if any(isinstance(key, Scalar) and not _is_text(key) for key in keys) else reason
    return Difference(reason, path, "a tree", "; ".join(messages))


def _of_maps(ours: Mapping, theirs: dict[object, object], path: str) -> Iterator[Difference]:
    entries = {entry.key.text: entry for entry in ours.entries if isinstance(entry.key, Scalar)}
    others = {str(name): value for name, value in theirs.items()}
    odd = [name for name, entry in entries.items() if isinstance(entry.key, Scalar) and not _is_text(entry.key)]
    if entries.keys() != others.keys():
        reason = Reason.KEY_NO_TEXT if odd else Reason.NONE
        yield Difference(reason, path, ", ".join(entries), ", ".join(others))
    for name in entries.keys() & others.keys():
        yield from differences(entries[name].value, others[name], f"{path}.{name}")


def _difference(ours: Node, theirs: object, path: str) -> Difference:
    is_number = isinstance(ours, Scalar) and ours.style is Style.PLAIN and type(theirs) in (int, float)
    written = ours.text if isinstance(ours, Scalar) else type(ours).__name__
    same = is_number and _value(written) == theirs
    return Difference(Reason.NUMBER if same else Reason.NONE, path, written, repr(theirs))


def _value(written: str) -> float | None:
    try:
        return float(written.replace("_", ""))
    except ValueError:
        return None


def _is_same(ours: Scalar, theirs: object) -> bool:
    if theirs is None:
        return is_null(ours)
    if isinstance(theirs, bool):
        return as_read(ours) == str(theirs).lower()
    if isinstance(theirs, (int, float)):
        return as_read(ours) == str(theirs)
    if isinstance(theirs, (dt.date, dt.datetime)):
        return ours.text == theirs.isoformat()
    return ours.text == theirs


def _is_text(key: Scalar) -> bool:
    is_word = as_read(key) in ("true", "false") or is_null(key) or key.text[:1].isdigit()
    return key.style is not Style.PLAIN or not is_word
