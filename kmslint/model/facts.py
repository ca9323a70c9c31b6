"""What is known of open conditions together: which of them cannot come out so at once.

A template with `IsProd: !Equals [!Ref Env, prod]` and `IsDev: !Equals [!Ref Env, dev]` has no stack in which both hold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from kmslint import limits
from kmslint.values import ALWAYS, Guard, Guards
from kmslint.verdict import NO, Verdict


class Equals(NamedTuple):
    """The condition that something is this text; it is no other one then."""

    subject: str
    text: str


class AllOf(NamedTuple):
    """The condition that all of these come out so."""

    guards: Guards


Meaning = Equals | AllOf


class Meanings(Protocol):
    """What conditions mean, as a map has it."""

    def get(self, condition: str, /) -> Meaning | None:
        """What the condition means, if anybody knows."""
        ...


class Facts:
    """What the conditions of a template mean, as far as it is known, and which of them are settled.

    Conditions without a meaning come out either way, whatever the others do.
    """

    __slots__ = ("_patience", "given", "meanings", "texts")

    def __init__(
        self,
        meanings: Meanings = MappingProxyType({}),
        texts: Mapping[str, frozenset[str]] = MappingProxyType({}),
        steps: int = sys.maxsize,
    ) -> None:
        """`texts` are all that a subject may be; `steps` are how much is tried in all."""
        self.meanings = meanings
        self.texts = texts
        self.given: Guards = ALWAYS
        """How some conditions came out."""
        self._patience = _Patience(steps)

    def under(self, guards: Guards) -> Facts:
        """The same where these conditions came out so as well."""
        if not guards:
            return self
        facts = Facts(self.meanings, self.texts)
        facts.given, facts._patience = self.given | guards, self._patience
        return facts

    def possible(self, guards: Iterable[Guard]) -> Verdict:
        """Whether the conditions can come out so at once, beside what is given; UNKNOWN if it takes too long to see."""
        self._patience.renew()
        trial = _Trial(self, self._patience)
        found = trial.take((*self.given, *guards)) and _solve(trial)
        return Verdict.UNKNOWN if self._patience.is_spent else Verdict.of(found)

    def open_part(self, guards: Guards) -> Guards | None:
        """Those of the conditions that can still come out either way; None if they cannot come out so."""
        rest = guards - self.given
        if not rest:
            return rest
        if self.possible(rest) is NO:
            return None
        return frozenset(one for one in rest if self.possible((Guard(one.condition, not one.holds),)) is not NO)


class _Patience:
    """How much is tried: for one question, and in all."""

    def __init__(self, steps: int) -> None:
        self._question = self._total = steps

    def renew(self) -> None:
        """Another question."""
        self._question = min(self._total, limits.FACT_STEPS)

    def spend(self, steps: int) -> None:
        self._question -= steps
        self._total -= steps

    @property
    def is_spent(self) -> bool:
        return self._question < 0


class _Trial:
    """How conditions come out, as far as it is settled on the way to a combination that is possible."""

    def __init__(self, facts: Facts, patience: _Patience) -> None:
        self._facts = facts
        self.patience = patience
        self.known: dict[str, bool] = {}
        self.one_fails: list[Guards] = []
        """Of each of these at least one comes out the other way."""
        self._is: dict[str, str] = {}
        self._is_not: dict[str, set[str]] = {}

    def copy(self) -> _Trial:
        other = _Trial(self._facts, self.patience)
        other.known, other.one_fails, other._is = dict(self.known), list(self.one_fails), dict(self._is)
        other._is_not = {subject: set(texts) for subject, texts in self._is_not.items()}
        self.patience.spend(len(self.known) + len(self.one_fails))
        return other

    def take(self, guards: Iterable[Guard]) -> bool:
        """Settle these, and what follows from them at once; False if they contradict what is settled."""
        pending = list(guards)
        while pending and not self.patience.is_spent:
            self.patience.spend(1)
            condition, holds = pending.pop()
            if condition in self.known:
                if self.known[condition] != holds:
                    return False
                continue
            self.known[condition] = holds
            meaning = self._facts.meanings.get(condition)
            if isinstance(meaning, Equals):
                if not self._compare(meaning, holds):
                    return False
            elif meaning is not None and holds:
                pending.extend(meaning.guards)
            elif meaning is not None and len(meaning.guards) == 1:
                pending.extend(Guard(name, not way) for name, way in meaning.guards)
            elif meaning is not None:
                self.one_fails.append(meaning.guards)
        return True

    def _compare(self, meaning: Equals, holds: bool) -> bool:
        subject, text = meaning
        excluded, texts = self._is_not.setdefault(subject, set()), self._facts.texts.get(subject)
        if holds:
            is_free = self._is.setdefault(subject, text) == text and text not in excluded
            return is_free and (texts is None or text in texts)
        excluded.add(text)
        return self._is.get(subject) != text and (texts is None or not texts <= excluded)


def _solve(trial: _Trial) -> bool:
    """Whether there is a combination in which what must not hold altogether does not."""
    while trial.one_fails:
        guards = trial.one_fails.pop()
        trial.patience.spend(len(guards))
        if any(trial.known.get(guard.condition, guard.holds) != guard.holds for guard in guards):
            continue
        for condition, holds in sorted(guards):
            other = trial.copy()
            if trial.patience.is_spent or (other.take((Guard(condition, not holds),)) and _solve(other)):
                return True
        return False
    return True


UNRELATED: Final = Facts()
"""Nothing is known: every condition comes out as it likes."""
