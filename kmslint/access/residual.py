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
from kmslint.access.grants import Granted, grants_allow
from kmslint.access.matching import Application
from kmslint.access.other_policies import Says
from kmslint.access.phrases import opposite_of, phrase
from kmslint.access.situation import Situation
from kmslint.model.policy import Statement, Test
from kmslint.values import Unknown
from kmslint.verdict import YES

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
    """What no Deny may meet: `only when the caller's organisation is o-1`, `not through Amazon S3 in us-east-1`."""

    def __str__(self) -> str:
        alternatives = " or ".join(self.only)
        only = [alternatives if alternatives.startswith("not ") else f"only {alternatives}"] if self.only else []
        return "; ".join((*only, *(words for words in self.avoiding if words not in only))) or "only in some requests"


def residual(decision: Decision) -> Residual:
    """What is left open in a decision that is a yes in some requests and not in all."""
    situation = decision.situation
    elsewhere = situation._replace(in_key_policy=False)
    key_policy = decision.key_policy
    direct = [(one, how.directly) for one, how in key_policy.allowing]
    direct += [(one, how.as_role) for one, how in key_policy.allowing if decision.limits.some is YES]
    delegated = [(one, how.by_account) for one, how in key_policy.allowing]
    by_account = _alternatives((one for one, truth in delegated if truth.some is YES), situation)
    root_user = situation.caller.kind is CallerKind.ROOT_USER
    by_iam = _ALWAYS if root_user else _by_iam(decision.others.identity, elsewhere)
    if situation.caller.own or situation.caller.kind is CallerKind.SERVICE:
        named = _alternatives((one for one, truth in direct if truth.some is YES), situation)
        ways = named | _together(by_account, by_iam)
    else:
        named = _alternatives((one for one, how in key_policy.allowing if _some(how)), situation)
        ways = _together(named, by_iam)
    ways |= _by_grant(decision.granted, situation)
    avoided = {_avoided(one, situation) for one, _ in key_policy.denying}
    for says in (decision.others.identity, decision.others.boundary, decision.others.session):
        avoided |= {_avoided(one.statement, elsewhere) for one in says.denying} if says else set()
    return Residual(_spelt(_least(ways)), tuple(sorted(avoided)))


def _some(how: Application) -> bool:
    return any(truth.some is YES for truth in how)


def _by_iam(says: Says, situation: Situation) -> Alternatives:
    """The alternatives of the caller's IAM policies; abstract ones allow without a statement."""
    if says.allowed.every is YES:
        return _ALWAYS
    return _alternatives((one.statement for one in says.allowing), situation)


def _by_grant(granted: Granted, situation: Situation) -> Alternatives:
    """The alternatives of the grants."""
    certain = [grant for grant in granted.by if grants_allow((grant,), situation).allowed.some is YES]
    return frozenset(
        frozenset({f"with the encryption context that grant {grant.name} asks for"} if grant.constrained else ())
        for grant in certain
    )


def _avoided(deny: Statement, situation: Situation) -> str:
    """What a request must be like for a Deny not to meet it: one of its tests must fail."""
    tests = _open(deny, situation)
    assert tests  # or it would meet every request that it may meet at all
    pairs = [(test, opposite_of(test)) for test in tests]
    words = _conjunction(frozenset(map(phrase, tests)))
    if any(opposite is None for _, opposite in pairs) and not words.startswith("not "):
        return f"not {words}"
    ways = {f"not {phrase(test)}" if opposite is None else phrase(opposite) for test, opposite in pairs}
    return f"only {' or '.join(sorted(ways, key=_through_first))}"


def _alternatives(statements: Iterable[Statement], situation: Situation) -> Alternatives:
    return frozenset(frozenset(map(phrase, _open(statement, situation))) for statement in statements)


def _open(statement: Statement, situation: Situation) -> tuple[Test | Unknown, ...]:
    """The tests of a statement that some of the caller's requests may fail."""
    return tuple(
        test for test in statement.conditions if truth_of(test, situation, statement.literal_variables).every is not YES
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
