"""What a key policy says of a situation, before any other policy is asked.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from typing import Final, NamedTuple

from kmslint.access.effort import spend
from kmslint.access.matching import NOT_AT_ALL, Application, applies
from kmslint.access.namesakes import speaking
from kmslint.access.once import once
from kmslint.access.other_policies import doubtful
from kmslint.access.situation import Situation
from kmslint.model.policy import Document, Effect, Statement
from kmslint.verdict import ALWAYS, NEVER, NO, UNDECIDED, Truth, either

_PASSED_OVER: Final = 4
"""Statements on other actions, which are seen to be that in the time of one decision."""


class KeyPolicySays(NamedTuple):
    """What the statements of a key policy allow and deny."""

    directly: Truth
    """Some Allow names the caller, or everybody."""
    as_role: Truth
    """Some Allow names the role or user that the caller acts as."""
    by_account: Truth
    """Some Allow hands the action to the caller's account."""
    denied: Truth
    allowing: tuple[tuple[Statement, Application], ...]
    """The Allow statements that apply, or may."""
    denying: tuple[tuple[Statement, Truth], ...]
    """The Deny statements that apply, or may."""


class Denials(NamedTuple):
    """What the statements of a key policy deny."""

    denied: Truth
    denying: tuple[tuple[Statement, Truth], ...]
    """The Deny statements that apply, or may."""


SILENT = KeyPolicySays(NEVER, NEVER, NEVER, NEVER, (), ())
"""A key policy that does not speak of the situation."""


def key_policy_says(document: Document, situation: Situation) -> KeyPolicySays:
    """What the key policy allows and denies; statements that cannot be seen may do both."""
    denied, denying = denials(document, situation)
    inescapable = [] if situation.is_one_request else [deny for deny, _ in denying if deny.conditions]
    allowing = []
    for one in speaking(document.statements, situation.caller):
        application = applies(one, situation) if _may_be(one, Effect.ALLOW) else NOT_AT_ALL
        if application is not NOT_AT_ALL and inescapable:
            application = _left(one, application, inescapable, situation)
        if any(truth.some is not NO for truth in application):
            allowing.append((one, application))
    unseen = _unseen(document)
    return KeyPolicySays(
        either((unseen, *(_truth(one, how.directly) for one, how in allowing))),
        either(_truth(one, how.as_role) for one, how in allowing),
        either((unseen, *(_truth(one, how.by_account) for one, how in allowing))),
        denied,
        tuple(allowing),
        denying,
    )


def denials(document: Document, situation: Situation) -> Denials:
    """What the key policy denies: all that one of many Allow statements has to be asked with."""
    spoken = speaking(document.statements, situation.caller)
    spend(1 + len(spoken) // _PASSED_OVER)
    denies = [(one, either(applies(one, situation))) for one in spoken if _may_be(one, Effect.DENY)]
    denying = tuple((one, reached) for one, reached in denies if reached.some is not NO)
    return Denials(either((_unseen(document), *(_truth(one, reached) for one, reached in denying))), denying)


def _unseen(document: Document) -> Truth:
    return UNDECIDED if document.unseen else NEVER


def _may_be(statement: Statement, effect: Effect) -> bool:
    return statement.effect in (effect, Effect.UNKNOWN)


def _truth(statement: Statement, truth: Truth) -> Truth:
    return doubtful(truth) if statement.effect is Effect.UNKNOWN else truth


@once
def _spelt(statement: Statement) -> frozenset[str]:
    """Its conditions, as texts."""
    return frozenset(map(str, statement.conditions))


def _left(allow: Statement, application: Application, denies: list[Statement], situation: Situation) -> Application:
    """What is left of an Allow if a Deny applies to every request that meets the Allow's own conditions."""
    conditions = _spelt(allow)
    for deny in denies:
        if deny.effect is Effect.DENY and conditions >= _spelt(deny):
            if either(applies(deny._replace(conditions=()), situation)) == ALWAYS:
                return NOT_AT_ALL
            # Unknown: it is one of those that may apply, and without conditions the request makes no difference.
            application = Application(*map(doubtful, application))
    return application
