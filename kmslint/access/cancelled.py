"""What a key policy allows and denies in one breath: Allow statements by which no request gets anything.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from kmslint.access.askers import askers
from kmslint.access.caller import Caller
from kmslint.access.conditions import truth_of
from kmslint.access.matching import applies, names_action
from kmslint.access.principals import meant
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, PUT_KEY_POLICY, Action, Group, matching
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement, Test, texts
from kmslint.values import Text
from kmslint.verdict import NO, YES, any_of, either
from kmslint.wildcard import fold

_PLAIN: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "kms:viaservice",
    }
)
"""Keys of which a request has one value at most, and never one with a star or a question mark in it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""


class Spared(NamedTuple):
    """The one test by which a Deny spares requests, and the values with which it does."""

    deny: Statement
    test: Test
    values: frozenset[str]
    """Without those that no request can have."""


class Reason(NamedTuple):
    """Why no request is spared."""

    denies: tuple[Statement, ...]
    words: str


class Cancelled(NamedTuple):
    """An Allow statement of which some actions are denied in every request."""

    allow: Statement
    entries: tuple[Text, ...]
    """The entries of Action that are denied, or of which a part is."""
    actions: tuple[Action, ...]
    """The actions that are denied."""
    reason: Reason


def cancelled(document: Document, key: Key, estate: Estate) -> Iterator[Cancelled]:
    """The Allow statements of a key policy that Deny statements cancel.

    What an Allow names by a pattern and a Deny without a condition takes out of it is meant, and so is what makes the
    key unusable and is denied to everybody.
    """
    accounts = estate.accounts_of(key)
    for allow in document.statements:
        if allow.effect is not Effect.ALLOW or not allow.actions or means_key(allow, key, accounts) is not YES:
            continue
        world = document.under(allow.guards)
        denies = [one for one in world.statements if one.effect is Effect.DENY and not one.guards]
        if denies:
            callers = _reached(allow, document, key, estate)
            if callers:
                yield from _of_allow(allow, denies, callers, key, estate)


def _reached(allow: Statement, document: Document, key: Key, estate: Estate) -> tuple[Caller, ...]:
    """Everybody whom the Allow names, or may."""
    accounts = estate.accounts_of(key)
    callers = (asker.caller for asker in askers(document, estate))
    return tuple(
        caller for caller in callers if any_of(meant(allow, Situation(caller, PUT_KEY_POLICY, key, accounts))) is not NO
    )


def _of_allow(
    allow: Statement, denies: Sequence[Statement], callers: tuple[Caller, ...], key: Key, estate: Estate
) -> Iterator[Cancelled]:
    found: dict[Reason, tuple[list[Text], list[Action]]] = {}
    for entry in texts(allow.actions):
        named = matching(entry.literal) if entry.literal else frozenset()
        actions = tuple(action for action in KEY_ACTIONS if action in named)
        reasons = {action: _reason(action, denies, callers, key, estate) for action in actions}
        for action, reason in reasons.items():
            if reason is None:
                continue
            by_chance = any(deny.conditions for deny in reason.denies)
            if by_chance or (None not in reasons.values() and action.group is not Group.DESTRUCTIVE):
                entries, dead = found.setdefault(reason, ([], []))
                entries += [entry] if entry not in entries else []
                dead.append(action)
    for reason, (entries, dead) in found.items():
        yield Cancelled(allow, tuple(entries), tuple(dict.fromkeys(dead)), reason)


def _reason(
    action: Action, denies: Sequence[Statement], callers: tuple[Caller, ...], key: Key, estate: Estate
) -> Reason | None:
    """Why every request of all these callers for the action is denied; None if it is not certain that one is."""
    suspects = [deny for deny in denies if names_action(deny, action) is YES]
    each: list[tuple[Reason, ...]] = []
    for caller in callers if suspects else ():
        each.append(tuple(_reasons(suspects, Situation(caller, action, key, estate.accounts_of(key)))))
        if not each[-1]:
            return None
    if not each:
        return None
    common = next((one for one in each[0] if all(one in reasons for reasons in each)), None)
    return common or _together([reasons[0] for reasons in each])


def _together(reasons: Sequence[Reason]) -> Reason:
    """Each of the callers is denied by another Deny."""
    denies = {deny.position: deny for reason in reasons for deny in reason.denies}
    return Reason(tuple(denies[position] for position in sorted(denies)), "between them they spare nobody")


def _reasons(denies: Sequence[Statement], situation: Situation) -> Iterator[Reason]:
    """The ways in which the Deny statements leave the caller nothing."""
    spared = []
    for deny in denies:
        if either(applies(deny, situation)).every is YES:
            yield Reason((deny,), "its conditions hold in every request" if deny.conditions else "it has no condition")
        else:
            one = _spared(deny, situation)
            spared += [one] if one is not None else []
    for one in spared:
        if not one.values:
            yield Reason((one.deny,), _never_equal(one.test))
    for first, second in combinations(spared, 2):
        same_key = fold(str(first.test.key)) == fold(str(second.test.key))
        if same_key and first.values and second.values and first.values.isdisjoint(second.values):
            yield Reason((first.deny, second.deny), _disjoint(first, second))


def _never_equal(test: Test) -> str:
    values = " or ".join(map(str, test.values))
    return f"{test.operator} takes * and ? for mere characters, so that no request has {values} as {test.key}"


def _disjoint(first: Spared, second: Spared) -> str:
    one, other = (" or ".join(sorted(spared.values)) for spared in (first, second))
    return f"the one spares only {one} as {first.test.key}, the other only {other}, and no request has both"


def _spared(deny: Statement, situation: Situation) -> Spared | None:
    """What a Deny spares that would deny every request of the caller but for one negated test."""
    if either(applies(deny._replace(conditions=()), situation)).every is not YES:
        return None
    open_tests = [
        test for test in deny.conditions if truth_of(test, situation, deny.literal_variables).every is not YES
    ]
    test = open_tests[0] if len(open_tests) == 1 else None
    if not isinstance(test, Test) or test.quantifier or fold(str(test.key)) not in _PLAIN:
        return None
    if test.operator not in ("StringNotEquals", "StringNotEqualsIgnoreCase"):
        return None
    literals = [value.literal if isinstance(value, Text) else None for value in test.values]
    if None in literals:
        return None
    values = frozenset(fold(one) for one in literals if one is not None and "*" not in one and "?" not in one)
    return Spared(deny, test, values) if "${" not in "".join(values) else None
