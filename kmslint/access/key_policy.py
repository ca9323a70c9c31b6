"""What a key policy says of a situation, before IAM is asked.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from typing import NamedTuple

from kmslint.access.iam import doubtful
from kmslint.access.matching import Application, applies
from kmslint.access.situation import Situation
from kmslint.model.policy import Document, Effect, Statement
from kmslint.verdict import NEVER, NO, UNDECIDED, UNKNOWN, YES, Truth, either


class KeyPolicySays(NamedTuple):
    """What the statements of a key policy allow and deny."""

    directly: Truth
    """Some Allow names the caller."""
    by_account: Truth
    """Some Allow hands the action to the caller's account."""
    denied: Truth
    naming: tuple[Statement, ...]
    """The Allow statements that name the caller, or may."""
    delegating: tuple[Statement, ...]
    """Those that name its account, or may."""
    denying: tuple[Statement, ...]


def key_policy_says(document: Document, situation: Situation) -> KeyPolicySays:
    """What the key policy allows and denies; statements that cannot be seen may do both."""
    denies = [(one, either(applies(one, situation))) for one in document.statements if _may_be(one, Effect.DENY)]
    denying = [(one, reached) for one, reached in denies if reached.some is not NO]
    allowing = [
        (one, _left(one, applies(one, situation), [deny for deny, _ in denying], situation))
        for one in document.statements
        if _may_be(one, Effect.ALLOW)
    ]
    unseen = UNDECIDED if document.unseen else NEVER
    return KeyPolicySays(
        either((unseen, *(_truth(one, application.directly) for one, application in allowing))),
        either((unseen, *(_truth(one, application.by_account) for one, application in allowing))),
        either((unseen, *(_truth(one, reached) for one, reached in denying))),
        tuple(one for one, application in allowing if application.directly.some is not NO),
        tuple(one for one, application in allowing if application.by_account.some is not NO),
        tuple(one for one, _ in denying),
    )


def _may_be(statement: Statement, effect: Effect) -> bool:
    return statement.effect in (effect, Effect.UNKNOWN)


def _truth(statement: Statement, truth: Truth) -> Truth:
    return doubtful(truth) if statement.effect is Effect.UNKNOWN else truth


def _left(allow: Statement, application: Application, denies: list[Statement], situation: Situation) -> Application:
    """What is left of an Allow if a Deny applies to every request that meets the Allow's own conditions."""
    conditions = set(map(str, allow.conditions))
    for deny in denies:
        inescapable = deny.conditions and conditions >= set(map(str, deny.conditions))
        if inescapable and deny.effect is Effect.DENY:
            everywhere = either(applies(deny._replace(conditions=()), situation)).every
            if everywhere is YES:
                return Application(NEVER, NEVER)
            if everywhere is UNKNOWN:
                application = Application(*map(doubtful, application))
    return application
