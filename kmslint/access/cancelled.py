"""What a key policy allows and denies in one breath: Allow statements by which no request gets anything.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from kmslint.access.askers import askers
from kmslint.access.caller import Caller, CallerKind
from kmslint.access.condition_values import Met, met
from kmslint.access.conditions import truth_of
from kmslint.access.matching import applies, names_action
from kmslint.access.once import once
from kmslint.access.principals import meant
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, PUT_KEY_POLICY, Action, Group, matching
from kmslint.model.accounts import Accounts
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

_OF_THE_REQUEST: Final = _PLAIN - {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:userid",
    "kms:calleraccount",
}
"""Those of them that say nothing of who asks."""

_CONTEXT: Final = "kms:encryptioncontext:"
"""A pair of the encryption context: one value, which the caller writes. Nothing is encrypted under an ARN with a star
in it, for services write the ARN of what they encrypt: a Deny that spares such a text alone spares nothing.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
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


class _Left(NamedTuple):
    """What Deny statements leave one caller of one action, each by its position."""

    nothing: Mapping[int, Reason]
    """Those that deny every request by themselves."""
    spared: Mapping[int, Spared]
    """Those that spare some."""


def cancelled(document: Document, key: Key, estate: Estate) -> Iterator[Cancelled]:
    """The Allow statements of a key policy that Deny statements cancel.

    What an Allow names by a pattern and a Deny without a condition takes out of it is meant, and so is what makes the
    key unusable and is denied to everybody.
    """
    if not any(one.effect is Effect.DENY for one in document.statements):
        return
    accounts = estate.accounts_of(key)
    callers = tuple(asker.caller for asker in askers(document, estate))
    of_all = _Denies(document, callers, key, accounts)
    for allow in document.statements:
        if allow.effect is not Effect.ALLOW or means_key(allow, key, accounts) is not YES:
            continue
        denies = _Denies(document.under(allow.guards), callers, key, accounts) if allow.guards else of_all
        reached = [number for number, one in enumerate(callers) if _reaches(allow, one, key, accounts)]
        yield from _of_allow(allow, denies, reached)


def _reaches(allow: Statement, caller: Caller, key: Key, accounts: Accounts) -> bool:
    """Whether the Allow names the caller, or may."""
    return any_of(meant(allow, Situation(caller, PUT_KEY_POLICY, key, accounts))) is not NO


def _of_allow(allow: Statement, denies: _Denies, reached: Sequence[int]) -> Iterator[Cancelled]:
    found: dict[Reason, tuple[list[Text], list[Action]]] = {}
    for entry in texts(allow.actions):
        named = matching(entry.literal) if entry.literal else frozenset()
        actions = tuple(action for action in KEY_ACTIONS if action in named)
        reasons = {action: denies.reason(action, reached) for action in actions}
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


class _Denies:
    """The Deny statements. What they leave whom is worked out once for all the Allows."""

    def __init__(self, document: Document, callers: Sequence[Caller], key: Key, accounts: Accounts) -> None:
        self._statements = [one for one in document.statements if one.effect is Effect.DENY]
        self._callers, self._key, self._accounts = callers, key, accounts
        self._left: dict[tuple[int, Action], _Left] = {}
        self._impersonal: dict[Action, bool] = {}
        first: dict[CallerKind, int] = {}
        self._alike = [first.setdefault(caller.kind, number) for number, caller in enumerate(callers)]
        """For each caller the first of his kind."""

    def reason(self, action: Action, reached: Sequence[int]) -> Reason | None:
        """Why every request of the callers with these numbers for the action is denied; None if it is not certain
        that one is."""
        each, firsts = [], []
        for number in reached:
            left = self._left_to(number, action)
            first = next(_reasons(left.nothing, left.spared), None)
            if first is None:
                return None
            each.append(left)
            firsts.append(first)
        if not each:
            return None
        nothing = {at: one for at, one in each[0].nothing.items() if all(left.nothing.get(at) == one for left in each)}
        spared = {at: one for at, one in each[0].spared.items() if all(left.spared.get(at) == one for left in each)}
        return next(_reasons(nothing, spared), None) or _together(firsts)

    def _left_to(self, number: int, action: Action) -> _Left:
        alike = self._alike[number] if self._is_impersonal(action) else number
        if (alike, action) not in self._left:
            situation = Situation(self._callers[alike], action, self._key, self._accounts)
            self._left[alike, action] = _left(self._statements, situation)
        return self._left[alike, action]

    def _is_impersonal(self, action: Action) -> bool:
        """Whether it makes no difference to any Deny of the action who of a kind a caller is."""
        if action not in self._impersonal:
            naming = (deny for deny in self._statements if names_action(deny, action) is YES)
            self._impersonal[action] = all(map(_is_impersonal, naming))
        return self._impersonal[action]


@once
def _is_impersonal(deny: Statement) -> bool:
    """Whether a Deny means everybody, and tests nothing that hangs on who it is, but perhaps on what kind of caller."""
    if deny.principals is None or not all(one.is_star for one in deny.principals) or deny.not_principals is not None:
        return False
    tests = [test for test in deny.conditions if isinstance(test, Test)]
    written = (*(deny.resources or ()), *(deny.not_resources or ()), *(one for test in tests for one in test.values))
    return (
        len(tests) == len(deny.conditions)
        and all(fold(str(test.key)) in _OF_THE_REQUEST or _is_context(test) for test in tests)
        and not any("${" in str(one) for one in written)
    )


def _left(denies: Sequence[Statement], situation: Situation) -> _Left:
    """What the Deny statements leave the caller."""
    nothing: dict[int, Reason] = {}
    spared: dict[int, Spared] = {}
    for deny in denies:
        if either(applies(deny, situation)).every is YES:
            nothing[deny.position] = Reason((deny,), _unsparing(deny))
        else:
            one = _spared(deny, situation)
            if one is not None:
                spared[deny.position] = one
    never = {at: Reason((one.deny,), _never_equal(one.test)) for at, one in spared.items() if not one.values}
    return _Left(nothing | never, spared)


def _reasons(nothing: Mapping[int, Reason], spared: Mapping[int, Spared]) -> Iterator[Reason]:
    """The ways in which that leaves nothing."""
    yield from nothing.values()
    keyed = [(fold(str(one.test.key)), one) for one in spared.values()]
    for (key, first), (other_key, second) in combinations(keyed, 2):
        if key == other_key and first.values.isdisjoint(second.values):
            yield Reason((first.deny, second.deny), _disjoint(first, second))


def _together(reasons: Sequence[Reason]) -> Reason:
    """Each of the callers is denied by another Deny."""
    denies = {deny.position: deny for reason in reasons for deny in reason.denies}
    return Reason(tuple(denies[position] for position in sorted(denies)), "between them they spare nobody")


def _unsparing(deny: Statement) -> str:
    """Why a Deny holds in every request: best, a test that was to spare some, with values that no request has."""
    if not deny.conditions:
        return "it has no condition"
    for test in deny.conditions:
        if isinstance(test, Test) and met(test, deny.literal_variables, by_service=False) is Met.NEVER:
            return _never_equal(test)
    return "its conditions hold in every request"


def _never_equal(test: Test) -> str:
    values = " or ".join(map(str, test.values))
    nobody = f"{'nothing is encrypted with' if _is_context(test) else 'no request has'} {values} as {test.key}"
    pattern = any("*" in str(value) or "?" in str(value) for value in test.values)
    return f"{test.operator} takes * and ? for mere characters, so that {nobody}" if pattern else nobody


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
    if not isinstance(test, Test) or test.quantifier:
        return None
    if fold(str(test.key)) not in _PLAIN and not _is_context(test):
        return None
    if test.operator not in ("StringNotEquals", "StringNotEqualsIgnoreCase"):
        return None
    literals = [value.literal if isinstance(value, Text) else None for value in test.values]
    if None in literals:
        return None
    values = frozenset(fold(one) for one in literals if one is not None and not _is_never_sent(one, test))
    return Spared(deny, test, values) if "${" not in "".join(values) else None


def _is_context(test: Test) -> bool:
    return fold(str(test.key)).startswith(_CONTEXT)


def _is_never_sent(value: str, test: Test) -> bool:
    """Whether a value is a pattern that the operator takes as it stands, and no request has such a text."""
    return ("*" in value or "?" in value) and (value.startswith("arn:") or not _is_context(test))
