"""Direct grants to everybody within an account, or an organisation.

Principal `*` asks for no IAM policy: within the account of the key whoever meets the condition is allowed.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.access.caller import ANYBODY, SOME_ROLE
from kmslint.access.conditions import truth_of
from kmslint.access.denials import actions_of_allow
from kmslint.access.key_policy import denials
from kmslint.access.matching import applies
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, PUT_KEY_POLICY, Action, Group, most_telling
from kmslint.model.accounts import Accounts, Ownership
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement, Test
from kmslint.model.ways import Ways
from kmslint.values import ALWAYS, Text
from kmslint.verdict import NO, YES, both, opposite
from kmslint.wildcard import fold


class Reach(Enum):
    """How far a statement with principal `*` reaches."""

    ACCOUNT = "account"
    ORGANISATION = "organisation"


class _Sense(Enum):
    """What a condition does to the statement."""

    ACCOUNT = "keeps other accounts out"
    ORGANISATION = "keeps other organisations out"
    IDLE = "lets everybody pass"
    OTHER = "chooses among the identities, or cannot be judged"


class WideGrant(NamedTuple):
    """A statement that gives actions on a key to everybody so far."""

    key: Key
    statement: Statement
    limit: Test
    """The condition that says how far."""
    actions: tuple[Action, ...]
    presumed: bool
    """Rests on the presumption that the account named is the own one."""
    ways: Ways
    """Under which open conditions it does."""


def wide_grants(estate: Estate, reach: Reach) -> Iterator[WideGrant]:
    """The statements that let everybody use or administer a key, Deny statements counted.

    What services do for the callers (kms:ViaService), and looking at the key, does not count: the keys that AWS
    manages are shared so, and the console of CloudTrail writes such statements.
    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/default-kms-key-policy.html
    """
    for key, document in estate.key_documents():
        for statement in document.statements:
            if statement.effect is Effect.ALLOW and any(one.is_star for one in statement.principals or ()):
                yield from _grants(statement, document, key, estate.accounts_of(key), reach)


def _grants(
    statement: Statement, document: Document, key: Key, accounts: Accounts, reach: Reach
) -> Iterator[WideGrant]:
    """A statement may give other actions where other Denies are there."""
    tests = tuple(test for test in statement.conditions if isinstance(test, Test))
    senses = [_sense(test, Situation(SOME_ROLE, PUT_KEY_POLICY, key, accounts), statement) for test in tests]
    if len(tests) < len(statement.conditions) or _Sense.OTHER in senses or _reach(senses) is not reach:
        return
    here = statement._replace(guards=ALWAYS)

    def ask(world: Document) -> tuple[Action, ...]:
        return tuple(one for one in KEY_ACTIONS if _gives(here, world, Situation(SOME_ROLE, one, key, accounts)))

    limit = tests[senses.index(_Sense[reach.name])]
    for actions, ways in actions_of_allow(statement, document, ask).items():
        if any(action.group is not Group.VIEW for action in actions):
            yield WideGrant(key, statement, limit, most_telling(actions), _is_presumed(limit, accounts), ways)


def _reach(senses: list[_Sense]) -> Reach | None:
    if _Sense.ACCOUNT in senses:
        return Reach.ACCOUNT
    return Reach.ORGANISATION if _Sense.ORGANISATION in senses else None


def _sense(test: Test, situation: Situation, statement: Statement) -> _Sense:
    key, positive = fold(str(test.key)), "Not" not in test.operator and test.operator != "Null"
    own = truth_of(test, situation, statement.literal_variables)
    strangers = truth_of(test, situation._replace(caller=ANYBODY), statement.literal_variables)
    if key in ("kms:calleraccount", "aws:principalaccount") and own.every is YES and strangers.some is NO:
        return _Sense.ACCOUNT
    if key in ("aws:principalorgid", "aws:principalorgpaths") and positive and own.some is YES:
        return _Sense.ORGANISATION
    if own.every is YES or (key == "aws:securetransport" and own.some is YES):
        return _Sense.IDLE
    return _Sense.OTHER


def _gives(statement: Statement, document: Document, situation: Situation) -> bool:
    directly = applies(statement, situation).directly
    if directly.some is not YES:
        return False
    denied = denials(document, situation).denied
    return both((directly, opposite(denied))).some is YES


def _is_presumed(test: Test, accounts: Accounts) -> bool:
    values = (value for value in test.values if isinstance(value, Text))
    return any(accounts.ownership(value) is Ownership.PRESUMED_OWN for value in values)
