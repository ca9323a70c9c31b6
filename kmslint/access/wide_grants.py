"""Direct grants to everybody within an account, or an organisation.

Principal `*` asks for no IAM policy: within the account of the key whoever meets the condition is allowed.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from kmslint.access.caller import ANYBODY, SOME_ROLE
from kmslint.access.capabilities import gives_unlimited_grants
from kmslint.access.conditions import truth_of
from kmslint.access.denials import actions_of_allow
from kmslint.access.key_policy import denials
from kmslint.access.key_use import servable
from kmslint.access.matching import applies
from kmslint.access.situation import Situation
from kmslint.aws.actions import CREATE_GRANT, KEY_ACTIONS, PUT_KEY_POLICY, Action, Group, most_telling
from kmslint.model.accounts import Accounts, Ownership
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement, Test
from kmslint.model.ways import Ways
from kmslint.values import ALWAYS, Text
from kmslint.verdict import NO, YES
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
    return _wide_grants(estate, reach, _gives)


def account_wide_administration(estate: Estate) -> Iterator[WideGrant]:
    """The statements that let everybody in the account administer a key: change its policy, create any grant on it,
    or make it unusable. Where a Deny may bind somebody it says who, and it is no administration for everybody.

    Whoever may create any grant can give what a grant can hold to anybody, much as one who may change the policy.
    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    return _wide_grants(estate, Reach.ACCOUNT, _administers)


_Gives = Callable[[Statement, Document, Situation], bool]


def _wide_grants(estate: Estate, reach: Reach, gives: _Gives) -> Iterator[WideGrant]:
    for key, document in estate.key_documents():
        for statement in document.statements:
            if statement.effect is Effect.ALLOW and any(one.is_star for one in statement.principals or ()):
                yield from _grants(statement, document, _Scene(key, estate.accounts_of(key), reach, gives))


class _Scene(NamedTuple):
    """What is asked, and of which key."""

    key: Key
    accounts: Accounts
    reach: Reach
    gives: _Gives


def _grants(statement: Statement, document: Document, scene: _Scene) -> Iterator[WideGrant]:
    """A statement may give other actions where other Denies are there; on what cannot be resolved it gives none."""
    key, accounts, reach, gives = scene
    tests = tuple(test for test in statement.conditions if isinstance(test, Test))
    senses = [_sense(test, Situation(SOME_ROLE, PUT_KEY_POLICY, key, accounts), statement) for test in tests]
    if _Sense.OTHER in senses or _reach(senses) is not reach:
        return
    here, candidates = statement._replace(guards=ALWAYS), servable(KEY_ACTIONS, key)

    def ask(world: Document) -> tuple[Action, ...]:
        return tuple(one for one in candidates if gives(here, world, Situation(SOME_ROLE, one, key, accounts)))

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
    if key in ("kms:calleraccount", "aws:principalaccount") and strangers.some is NO:
        return _Sense.ACCOUNT
    if key in ("aws:principalorgid", "aws:principalorgpaths") and positive:
        return _Sense.ORGANISATION
    if own.every is YES or key == "aws:securetransport":
        return _Sense.IDLE
    return _Sense.OTHER


def _gives(statement: Statement, document: Document, situation: Situation) -> bool:
    directly = applies(statement, situation).directly
    return directly.some is YES and denials(document, situation).denied.every is NO


def _administers(statement: Statement, document: Document, situation: Situation) -> bool:
    action = situation.action
    if action.name not in _ADMINISTRATION or (action is CREATE_GRANT and not gives_unlimited_grants(statement)):
        return False
    if document.unseen or applies(statement, situation).directly.some is not YES:
        return False
    return all(map(_is_for_plain_text, (deny for deny, _ in denials(document, situation).denying)))


_ADMINISTRATION: Final = frozenset({"kms:PutKeyPolicy", "kms:CreateGrant", "kms:DisableKey", "kms:ScheduleKeyDeletion"})
"""What every key can be given away or made unusable by: only that of some has imported material to delete."""


def _is_for_plain_text(deny: Statement) -> bool:
    """Whether a Deny is for requests without TLS alone: KMS takes none of these from anybody.

    https://docs.aws.amazon.com/kms/latest/developerguide/infrastructure-security.html
    """
    return deny.effect is Effect.DENY and any(
        fold(str(test.key)) == "aws:securetransport"
        and test.operator == "Bool"
        and {fold(str(value)) for value in test.values} == {"false"}
        for test in deny.conditions
        if isinstance(test, Test)
    )


def _is_presumed(test: Test, accounts: Accounts) -> bool:
    values = (value for value in test.values if isinstance(value, Text))
    return any(accounts.ownership(value) is Ownership.PRESUMED_OWN for value in values)
