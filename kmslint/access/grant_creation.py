"""Who may create grants on a key that nothing limits: such a grant hands the use of the key to anybody.

https://docs.aws.amazon.com/kms/latest/developerguide/grant-authorization.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.caller import named
from kmslint.access.capabilities import gives_unlimited_grants
from kmslint.access.conditions import conditions_hold
from kmslint.access.decide import decide
from kmslint.access.identities import groups_of, identity_of
from kmslint.access.key_policy import denials
from kmslint.access.matching import names_action
from kmslint.access.other_policies import NOTHING, policies_of
from kmslint.access.principals import Form, form
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation
from kmslint.access.strangers import foreign_confidence
from kmslint.aws.actions import CREATE_GRANT, PUT_KEY_POLICY
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement, texts
from kmslint.values import ALWAYS, Text
from kmslint.verdict import NO, YES

_NAMED = frozenset({Form.ROLE, Form.USER, Form.SESSION, Form.DEPLOYER, Form.RESOURCE})


class GrantMakers(NamedTuple):
    """A statement of a key policy that lets principals create grants without any limit."""

    key: Key
    statement: Statement
    action: Text
    """The entry of Action that names kms:CreateGrant."""
    principals: tuple[Principal, ...]
    """Those to whom it gives more than they have anyway."""


def unlimited_grant_makers(estate: Estate) -> Iterator[GrantMakers]:
    """The statements by which a principal of the own account may create any grant, though not change the key policy.

    Whoever may change the key policy can give the key to anybody as it is; other accounts are `strangers`.
    """
    for key, document in estate.key_documents():
        for statement in document.statements:
            action = granting_action(statement)
            if action is None or means_key(statement, key, estate.accounts_of(key)) is not YES:
                continue
            if any(principal.is_star for principal in statement.principals or ()):
                continue
            world = document.under(statement.guards)
            here = statement._replace(guards=ALWAYS)
            makers = tuple(one for one in statement.principals or () if _is_maker(one, here, world, key, estate))
            if makers:
                yield GrantMakers(key, statement, action, makers)


def granting_action(statement: Statement) -> Text | None:
    """The entry of Action by which an Allow gives kms:CreateGrant with nothing that limits the grants."""
    if statement.effect is not Effect.ALLOW or not gives_unlimited_grants(statement):
        return None
    entries = texts(statement.actions)
    return next((one for one in entries if names_action(statement._replace(actions=(one,)), CREATE_GRANT) is YES), None)


def _is_maker(principal: Principal, statement: Statement, document: Document, key: Key, estate: Estate) -> bool:
    accounts = estate.accounts_of(key)
    if form(principal) not in _NAMED or not isinstance(principal.value, Text):
        return False
    if foreign_confidence(principal, accounts) is not None:
        return False
    situation = Situation(named(principal.value), CREATE_GRANT, key, accounts)
    if conditions_hold(statement, situation).some is not YES:
        return False
    # Whatever a Deny leaves, it limits which grants there can be.
    return denials(document, situation).denied.some is NO and not _changes_policy(
        principal, document, situation, estate
    )


def _changes_policy(principal: Principal, document: Document, situation: Situation, estate: Estate) -> bool:
    """Whether the key policy lets the principal change it, perhaps, or IAM policies that are seen certainly do."""
    asked = situation._replace(action=PUT_KEY_POLICY)
    if decide(document, asked, NOTHING).allowed.some is not NO:
        return True
    identity = identity_of(principal, estate)
    if identity is None:
        return False
    return decide(document, asked, policies_of(identity, asked, groups_of(identity, estate))).allowed.some is YES
