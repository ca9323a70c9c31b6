"""Conditions on the attestation of an enclave or instance, and the ways past them.

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-attestation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.caller import named
from kmslint.access.decide import Decision, decide
from kmslint.access.identities import groups_of, identity_of
from kmslint.access.matching import names_action
from kmslint.access.other_policies import NOTHING, policies_of
from kmslint.access.principals import Form, account_of, form
from kmslint.access.resources import means_key
from kmslint.access.situation import Situation, is_own
from kmslint.aws.actions import KEY_ACTIONS, Action
from kmslint.aws.condition_keys import carried
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Principal, Statement, Test
from kmslint.values import Text
from kmslint.verdict import YES
from kmslint.wildcard import fold

_PREFIX = "kms:recipientattestation:"
_ATTESTED = tuple(action for action in KEY_ACTIONS if carried(f"{_PREFIX}pcr0", action.name))
_NAMED = frozenset({Form.ROLE, Form.USER, Form.SESSION, Form.RESOURCE})


class Bypass(NamedTuple):
    """A principal that needs no attestation, although a statement asks it for one."""

    key: Key
    statement: Statement
    """The statement that asks."""
    test: Test
    principal: Principal
    action: Action
    past: Statement | None
    """The statement of the key policy that does not; None if it is an IAM policy."""


def attestation_tests(statement: Statement) -> tuple[Test, ...]:
    """The conditions of a statement on an attestation document."""
    tests = (test for test in statement.conditions if isinstance(test, Test))
    return tuple(test for test in tests if fold(str(test.key)).startswith(_PREFIX))


def is_optional(test: Test) -> bool:
    """Whether a request without an attestation document passes."""
    return test.if_exists or test.quantifier == "ForAllValues" or "Not" in test.operator


def attested_action(statement: Statement) -> Action | None:
    """An action of an Allow for which a request can carry an attestation document; kms:Decrypt if it is one."""
    if statement.effect is not Effect.ALLOW:
        return None
    return next((action for action in _ATTESTED if names_action(statement, action) is YES), None)


def is_demanded(document: Document) -> bool:
    """Whether a Deny, or what may be one, asks for the attestation."""
    denies = (statement for statement in document.statements if statement.effect is not Effect.ALLOW)
    return bool(document.unseen) or any(attestation_tests(statement) for statement in denies)


def bypasses(estate: Estate) -> Iterator[Bypass]:
    """Each principal that a statement asks for an attestation, and that may do the same without."""
    for key, document in estate.key_documents():
        if is_demanded(document):
            continue
        for statement in document.statements:
            asking = next((test for test in attestation_tests(statement) if not is_optional(test)), None)
            action = attested_action(statement)
            if asking is None or action is None:
                continue
            if means_key(statement, key, estate.accounts_of(key)) is YES:
                world = document.under(statement.guards)
                for principal in statement.principals or ():
                    decision = _decision(world, principal, action, key, estate)
                    if decision is not None and decision.allowed.every is YES:  # and not only with the attestation
                        yield Bypass(key, statement, asking, principal, action, _past(decision))


def _decision(document: Document, principal: Principal, action: Action, key: Key, estate: Estate) -> Decision | None:
    """What the key policy and the IAM policies that are seen decide; None of who is not in the account."""
    accounts, account = estate.accounts_of(key), account_of(principal)
    if form(principal) not in _NAMED or not isinstance(principal.value, Text):
        return None
    if account is not None and is_own(account, accounts) is not YES:
        return None
    situation = Situation(named(principal.value), action, key, accounts)
    identity = identity_of(principal, estate)
    policies = NOTHING if identity is None else policies_of(identity, situation, groups_of(identity, estate))
    return decide(document, situation, policies)


def _past(decision: Decision) -> Statement | None:
    """The statement of the key policy that names the principal."""
    allowing = decision.key_policy.allowing
    return next((one for one, how in allowing if YES in (how.directly.every, how.as_role.every)), None)
