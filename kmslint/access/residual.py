"""What a request must be like for a conditional decision to be a yes, in words.

Several Allow statements are alternatives; each Deny that can be avoided is one more thing to avoid. The words are the
same in whatever order the statements stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kmslint.access.caller import CallerKind
from kmslint.access.conditions import truth_of
from kmslint.access.decide import Decision
from kmslint.access.other_policies import Says
from kmslint.access.phrases import phrase
from kmslint.access.situation import Situation
from kmslint.model.policy import Statement
from kmslint.verdict import NO, YES

Alternatives = frozenset[frozenset[str]]
"""Any one of these sets is enough, if everything in it holds."""

_ALWAYS: Alternatives = frozenset({frozenset()})
_MOST = 6
"""Alternatives that are spelt out."""


class Residual(NamedTuple):
    """What is left for the request to decide."""

    only: tuple[str, ...]
    """The alternatives: `through Amazon S3 in us-east-1 and when encryption context Dept is IT`."""
    avoiding: tuple[str, ...]
    """What must not be: `when the caller's organisation is not o-1`."""

    def __str__(self) -> str:
        parts = [f"only {' or '.join(self.only)}"] if self.only else []
        parts += [f"not {what}" for what in self.avoiding]
        return "; ".join(parts)


def residual(decision: Decision) -> Residual:
    """What is left open in a decision that is a yes in some requests and not in all."""
    situation = decision.situation
    elsewhere = situation._replace(in_key_policy=False)
    key_policy = decision.key_policy
    direct = [(one, how.directly) for one, how in key_policy.allowing]
    direct += [(one, how.as_role) for one, how in key_policy.allowing if decision.limits.some is YES]
    delegated = [(one, how.by_account) for one, how in key_policy.allowing]
    by_account = _alternatives((one for one, truth in delegated if truth.some is YES), situation)
    by_iam = _by_iam(decision.others.identity, elsewhere)
    if situation.caller.own or situation.caller.kind is CallerKind.SERVICE:
        named = _alternatives((one for one, truth in direct if truth.some is YES), situation)
        ways = named | _together(by_account, by_iam)
    else:
        named = _alternatives((one for one, how in key_policy.allowing if _some(how)), situation)
        ways = _together(named, by_iam)
    denies = _alternatives((one for one, _ in key_policy.denying), situation)
    for says in (decision.others.identity, decision.others.boundary, decision.others.session):
        denies |= _alternatives((one.statement for one in says.denying), elsewhere) if says else frozenset()
    return Residual(_spelt(_least(ways)), tuple(sorted(_conjunction(deny) for deny in denies if deny)))


def _some(truths: Iterable[object]) -> bool:
    return any(getattr(truth, "some", NO) is YES for truth in truths)


def _by_iam(says: Says, situation: Situation) -> Alternatives:
    """The alternatives of the caller's IAM policies; abstract ones allow without a statement."""
    if says.allowed.every is YES:
        return _ALWAYS
    return _alternatives((one.statement for one in says.allowing), situation)


def _alternatives(statements: Iterable[Statement], situation: Situation) -> Alternatives:
    return frozenset(
        frozenset(
            phrase(test)
            for test in statement.conditions
            if truth_of(test, situation, statement.literal_variables).every is not YES
        )
        for statement in statements
    )


def _together(one: Alternatives, other: Alternatives) -> Alternatives:
    return frozenset(first | second for first in one for second in other)


def _least(ways: Alternatives) -> Alternatives:
    """Without those that ask for more than another one does."""
    return frozenset(way for way in ways if not any(other < way for other in ways))


def _spelt(ways: Alternatives) -> tuple[str, ...]:
    if frozenset() in ways:
        return ()
    listed = sorted(map(_conjunction, ways))
    return (*listed[:_MOST], f"in {len(listed) - _MOST} more ways") if len(listed) > _MOST else tuple(listed)


def _conjunction(phrases: frozenset[str]) -> str:
    return " and ".join(sorted(phrases, key=_through_first))


def _through_first(words: str) -> tuple[bool, str]:
    return not words.startswith(("through", "not through")), words
