"""Every rule on every estate, and the verdict on every key, within what the judging may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from kmslint.access.effort import EffortError, bounded, too_many
from kmslint.crashes import Crashes
from kmslint.engine.constructs import with_constructs
from kmslint.engine.declarations import with_declarations
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import KeyVerdict
from kmslint.engine.precedence import Heard, hear
from kmslint.engine.rule import Rule, RuleModule
from kmslint.errors import Problem
from kmslint.key_verdicts import key_verdicts
from kmslint.location import Location
from kmslint.model.estate import Estate, unreadable
from kmslint.selection import Selection
from kmslint.watch import Steps, Watch


class Judged(NamedTuple):
    """What came of judging some estates."""

    heard: list[Heard]
    keys: list[KeyVerdict]


def judge(chosen: Selection, estates: Sequence[Estate], watch: Watch, crashes: Crashes) -> Judged:
    """The findings of every rule on every estate, and the verdict on every key.

    A rule that fails is an error to be seen; the others still run. Where judging an estate takes too much, one more
    stands behind them all, and its problem says so.
    """
    heard: list[Heard] = []
    keys: list[KeyVerdict] = []
    unjudged: list[Estate] = []
    steps = Steps(watch, "judging", len(estates))
    for estate in estates:
        steps.begin(estate.path)
        of_estate: list[Finding] = []
        unsaid: list[str] = []
        with bounded():
            for module in chosen.modules:
                of_rule = partial(_found, module, estate, unsaid)
                found, _ = crashes.all_of(f"rule {module.RULE.id}", estate.path, of_rule)
                of_estate += filter(chosen.hears, found)
        heard.append(_heard(estate, of_estate, [module.RULE for module in chosen.modules], crashes))
        keys += crashes.all_of("the verdict", estate.path, partial(key_verdicts, estate, unsaid))[0]
        if unsaid:
            unjudged.append(unreadable(_unjudged(estate, unsaid)))
    if unjudged:
        heard += judge(chosen, unjudged, watch, crashes).heard
    return Judged(heard, keys)


def _found(module: RuleModule, estate: Estate, unsaid: list[str]) -> Iterator[Finding]:
    """What a rule finds; it is `unsaid` what it would have found with more effort."""
    try:
        yield from module.check(estate)
    except EffortError:
        unsaid.append(module.RULE.id)


def _unjudged(estate: Estate, unsaid: Sequence[str]) -> Problem:
    at = max(_documents(estate), default=(0, None), key=lambda found: found[0])[1]
    reason = f"{too_many()}: {', '.join(dict.fromkeys(unsaid))} may have more to say"
    return Problem(estate.path if at is None else at.path, reason, at)


def _documents(estate: Estate) -> Iterator[tuple[int, Location | None]]:
    """How much there is to judge in each policy of an estate, and where that stands."""
    policies = [
        *((key.policy.document, key.at) for key in estate.keys),
        *((one.document, one.at) for one in estate.policies),
    ]
    for document, at in policies:
        if document is not None:
            yield sum(1 + len(each.principals or ()) for each in document.statements), at


def _heard(estate: Estate, found: list[Finding], rules: Sequence[Rule], crashes: Crashes) -> Heard:
    """The findings that no other one says better; where that cannot be told, all of them."""
    place, heard = partial(crashes.first_of, where=estate.path), tuple(found)
    heard = place("the search for declarations", work=lambda: _declared(estate, heard), otherwise=heard)
    heard = place("the choice of findings", work=lambda: tuple(hear(heard, rules)), otherwise=heard)
    return Heard(estate, heard)


def _declared(estate: Estate, found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(with_declarations(with_constructs(found, estate.constructs), estate))
