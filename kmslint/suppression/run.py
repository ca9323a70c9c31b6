"""From what the rules found to what is reported: without the suppressed, with what is wrong with suppressions."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from kmslint.engine.baseline import Baseline
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Outcome, Suppressed
from kmslint.engine.precedence import Heard, order, settle_estates, tell
from kmslint.engine.registry import all_rules
from kmslint.engine.rule import RuleModule
from kmslint.suppression.in_file import Suppression
from kmslint.suppression.known import KnownFindings
from kmslint.suppression.marker import KnownRules
from kmslint.suppression.reading import suppressions_in
from kmslint.suppression.scene import Scene
from kmslint.suppression.seen import Seen
from kmslint.suppression.sieve import Sieve
from kmslint.suppression.verdicts import UNUSED, verdicts


def suppress(
    outcome: Outcome,
    found: Sequence[Heard],
    scene: Scene,
    hears: Callable[[Finding], bool],
    usual: Sequence[RuleModule],
    run_usual: Callable[[], Sequence[Heard]],
    baseline: Baseline | None = None,
) -> Outcome:
    """The outcome with the findings, and with those that are suppressed or known.

    `hears` tells whether what is wrong with a suppression is wanted where it stands.

    `usual` are the rules that would take part if none had been selected. They are run if a suppression names one of
    them that has not taken part, and is to be judged: who selects KMS002 asks whether suppressions are of use.
    """
    known_rules = KnownRules(
        frozenset(module.RULE.id for module in all_rules()),
        tuple((module.RULE.name, module.RULE.id) for module in all_rules()),
    )
    sieve = Sieve(suppressions_in(scene, known_rules), scene.today or time.strftime("%Y-%m-%d", time.gmtime()))
    known = None if baseline is None else KnownFindings(baseline)
    kept: list[Finding] = []
    taken: defaultdict[Suppression, list[Finding]] = defaultdict(list)
    for heard in found:
        of_estate, out = sieve.sift(heard.findings)
        left = heard._replace(findings=tuple(of_estate))
        kept.extend(tell(left if known is None else known.sift(left)))
        by_suppression: defaultdict[Suppression, list[Finding]] = defaultdict(list)
        for finding, by in out:
            by_suppression[by].append(finding)
        for by, findings in by_suppression.items():
            taken[by].extend(tell(heard._replace(findings=tuple(findings))))
    kept.extend(filter(hears, _verdicts(outcome, sieve, scene, usual, run_usual)))
    suppressed = [
        Suppressed(finding, by.words.reason, by.words.until, by.at)
        for by, findings in taken.items()
        for finding in settle_estates(findings)
    ]
    if known is not None:
        suppressed.extend(known.suppressed())
        outcome = outcome._replace(baseline=known.comparison(_ran_everywhere(outcome), scene, _undecided(outcome)))
    return outcome._replace(
        findings=settle_estates(kept), suppressed=tuple(sorted(suppressed, key=lambda one: order(one.finding)))
    )


def _undecided(outcome: Outcome) -> set[tuple[str, str, int]]:
    return {(key.path, key.address, key.line) for key in outcome.keys if key.undecided}


def _ran_everywhere(outcome: Outcome) -> set[str]:
    """The rules that took part, without those that are switched off for some paths; none if one failed."""
    if outcome.internal_errors:
        return set()
    here_and_there = {rule for one in outcome.switched_off if one.paths for rule in one.rules}
    return {rule.id for rule in outcome.rules} - here_and_there


def _verdicts(
    outcome: Outcome,
    sieve: Sieve,
    scene: Scene,
    usual: Sequence[RuleModule],
    run_usual: Callable[[], Sequence[Heard]],
) -> list[Finding]:
    """What is wrong with suppressions, as far as the rules that say so take part."""
    rules = {rule.id: rule for rule in outcome.rules}
    ran = set(rules)
    more = {module.RULE.id for module in usual} - ran
    if UNUSED in rules and any(True for _ in sieve.named(more)):
        for heard in run_usual():
            sieve.sift(heard.findings)
    whole = not scene.in_part and not outcome.internal_errors
    seen = Seen(scene.discovered, scene.estates, _undecided(outcome)) if whole else None
    return list(verdicts(sieve, rules, ran | more, seen))
