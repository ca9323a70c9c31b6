"""Mutants that somebody has looked at and found to behave as the code does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from mutation.sessions import Fate, Outcome
from mutation.sources import Key, Mutant

Triage = Mapping[Key, str]
"""The reason, by mutant."""


def read(path: Path) -> Triage:
    """The mutants listed in a file."""
    listed: list[dict[str, Any]] = (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None) or []
    return {_key(entry): str(entry.get("reason") or "") for entry in listed}


def _key(entry: Mapping[str, Any]) -> Key:
    module, function, before, after = (str(entry.get(name) or "") for name in Key._fields[:4])
    return Key(module, function, before, after, int(entry.get("number", 1)))


def draft(mutants: Iterable[Mutant]) -> str:
    """Entries for mutants, as they would stand in the file, without a reason."""
    entries = []
    for key in (mutant.key for mutant in mutants):
        entry = {**key._asdict(), "reason": ""}
        if key.number == 1:
            del entry["number"]
        entries.append(entry)
    return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=10_000)


def stale(triage: Triage, outcomes: Iterable[Outcome], root: Path) -> Iterator[str]:
    """What is wrong with the entries, given what became of every mutant of the modules that were run."""
    fates = {outcome.mutant.key: outcome.fate for outcome in outcomes}
    modules = {key.module for key in fates}
    for key, reason in triage.items():
        fate = fates.get(key)
        shown = f"{key.module}, {key.function or 'the module'}: {key.before!r} -> {key.after!r}"
        if not reason:
            yield f"{shown} has no reason"
        elif fate is None and (key.module in modules or not (root / key.module).exists()):
            yield f"{shown}: there is no such mutant"
        elif fate is not None and fate not in (Fate.SURVIVED, Fate.UNREACHED):
            yield f"{shown} is {fate.value}"
