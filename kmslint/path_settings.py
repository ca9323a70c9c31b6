"""Settings that hold for some paths only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final

from kmslint.engine.finding import Finding
from kmslint.engine.outcome import SwitchedOff
from kmslint.engine.registry import is_meant
from kmslint.engine.rule import Rule
from kmslint.gitignore import covering
from kmslint.settings import Override


class PathSettings:
    """The overrides of a configuration. Of several that speak of one thing the last one counts."""

    def __init__(self, overrides: Sequence[Override], refused: tuple[str, ...] = ()) -> None:
        """`refused` are rules that no override brings back, by the beginnings of their ids."""
        self._refused: Final = refused
        self._overrides: Final = tuple((override, covering(override.paths)) for override in overrides)
        self._at: Final = lru_cache(maxsize=None)(self._find)
        self._left_out: Final = [0] * len(overrides)
        """For each override the findings that it left out."""

    def _find(self, path: str) -> tuple[int, ...]:
        return tuple(place for place, (_, covers) in enumerate(self._overrides) if covers(path))

    def account(self, path: str) -> str | None:
        """The account of the template with that path, or of the module in that directory."""
        at = dict.fromkeys((*self._at(path), *self._at(f"{path}/")))
        accounts = (self._overrides[place][0].account for place in sorted(at, reverse=True))
        return next((account for account in accounts if account is not None), None)

    def hears(self, finding: Finding, rule: Rule, selected: Collection[str]) -> bool:
        """Whether a finding counts where it stands. `selected` are the ids of the rules that take part anywhere."""
        for place in reversed(self._at(finding.at.path)):
            override = self._overrides[place][0]
            if is_meant(rule, override.ignore):
                self._left_out[place] += 1
                return False
            if is_meant(rule, override.extend_select):
                return not is_meant(rule, self._refused)
        return rule.id in selected

    def switched_off(self, rules: Sequence[Rule]) -> Iterator[SwitchedOff]:
        """What the overrides have switched off of the rules, once all findings are heard."""
        for (override, _), left_out in zip(self._overrides, self._left_out, strict=True):
            ids = tuple(rule.id for rule in rules if is_meant(rule, override.ignore))
            if ids:
                yield SwitchedOff(ids, override.origin, override.paths, left_out)
