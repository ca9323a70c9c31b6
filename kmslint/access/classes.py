"""What kind of key policy it is, by what the abstract callers may do: no real name is needed.

Delegating to the account's IAM policies, direct to principals of the account, open to every identity of the account,
to services, to other accounts, to everybody.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from kmslint.access.askers import Asker, Standing
from kmslint.access.caller import ANYBODY, ROOT_USER, SOME_ROLE, SOME_USER, Caller
from kmslint.access.decide import decide
from kmslint.access.delegation import delegates_any
from kmslint.access.hinges import may_at_all
from kmslint.access.identities import identity_of
from kmslint.access.lockout import Lockout, assess
from kmslint.access.managers import arn_patterns
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, OtherPolicies
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, Action
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document
from kmslint.verdict import Verdict, any_of


class PolicyClass(Enum):
    """Whom a key policy lets in."""

    DELEGATES = "delegates"
    """The account's IAM policies can give something."""
    ROOT_USER = "root user"
    ACCOUNT_WIDE = "account-wide"
    """Every identity of the account is let in, without any IAM policy."""
    DIRECT = "direct"
    """It names principals of the account."""
    SERVICE = "service"
    FOREIGN = "foreign"
    """It names principals of other accounts."""
    PUBLIC = "public"
    """Everybody is let in whom the own account allows it."""


class Classification(NamedTuple):
    """Which of the classes hold; a policy may be of several."""

    classes: tuple[tuple[PolicyClass, Verdict], ...]
    lockout: Lockout
    delegated: tuple[Action, ...]
    """The actions that IAM policies of the account can certainly give, under some condition."""

    def verdict(self, which: PolicyClass) -> Verdict:
        """Whether the policy is of that class."""
        return dict(self.classes)[which]


def classify(document: Document, key: Key, estate: Estate, named: tuple[Asker, ...]) -> Classification:
    """The classes of a key's policy, given whom it names."""
    identities = (SOME_ROLE, SOME_USER)
    classes = {
        PolicyClass.DELEGATES: delegates_any(document, key, estate.accounts_of(key)),
        PolicyClass.ROOT_USER: _may(document, key, estate, (ROOT_USER,), NOTHING),
        PolicyClass.ACCOUNT_WIDE: _may(document, key, estate, identities, NOTHING),
        PolicyClass.DIRECT: _of_askers(document, key, estate, _named_in(document, named, estate), NOTHING),
        PolicyClass.SERVICE: _of_askers(document, key, estate, _of(named, Standing.SERVICE), NOTHING),
        PolicyClass.FOREIGN: _of_askers(document, key, estate, _of(named, Standing.FOREIGN), ADMINISTRATOR),
        PolicyClass.PUBLIC: _may(document, key, estate, (ANYBODY,), ADMINISTRATOR),
    }
    delegated = tuple(
        action
        for action in KEY_ACTIONS
        if _may_use(document, key, estate, identities, ADMINISTRATOR, action) is Verdict.YES
    )
    return Classification(tuple(classes.items()), assess(document, key, estate.accounts_of(key)), delegated)


def _of(askers: tuple[Asker, ...], standing: Standing) -> tuple[Asker, ...]:
    return tuple(asker for asker in askers if asker.standing is standing)


def _named_in(document: Document, askers: tuple[Asker, ...], estate: Estate) -> tuple[Asker, ...]:
    """The principals of the account that the policy names, in Principal or in a condition on their ARN."""
    principals = [principal for statement in document.statements for principal in statement.principals or ()]
    principals += [principal for principal, _ in arn_patterns(document)]
    made_here = {id(identity) for identity in (identity_of(one, estate) for one in principals) if identity is not None}
    identities = tuple(asker for asker in askers if id(asker.identity) in made_here)
    return (*identities, *_of(askers, Standing.NAMED))


def _of_askers(
    document: Document, key: Key, estate: Estate, askers: tuple[Asker, ...], others: OtherPolicies
) -> Verdict:
    return _may(document, key, estate, tuple(asker.caller for asker in askers), others)


def _may(document: Document, key: Key, estate: Estate, callers: tuple[Caller, ...], others: OtherPolicies) -> Verdict:
    """Whether one of the callers may use some action on the key."""
    return any_of(_may_use(document, key, estate, callers, others, action) for action in KEY_ACTIONS)


def _may_use(
    document: Document, key: Key, estate: Estate, callers: tuple[Caller, ...], others: OtherPolicies, action: Action
) -> Verdict:
    situations = [Situation(caller, action, key, estate.accounts_of(key)) for caller in callers]
    return may_at_all(document, lambda world: (decide(world, situation, others) for situation in situations))
