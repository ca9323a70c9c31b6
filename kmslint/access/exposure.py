"""What a key policy gives to everybody, in every AWS account."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.caller import ANYBODY
from kmslint.access.conditions import truth_of
from kmslint.access.denials import actions_of_allow
from kmslint.access.key_policy import denials
from kmslint.access.key_use import servable
from kmslint.access.matching import applies
from kmslint.access.once import once
from kmslint.access.situation import Situation
from kmslint.aws.actions import KEY_ACTIONS, Action, most_telling
from kmslint.model.accounts import Accounts
from kmslint.model.estate import Key
from kmslint.model.policy import Document, Effect, Statement, Test
from kmslint.model.ways import Ways
from kmslint.values import ALWAYS, text
from kmslint.verdict import NO, YES
from kmslint.wildcard import fold

_WEAK: Final = (
    "kms:viaservice",
    "kms:encryptioncontext:",
    "kms:encryptioncontextkeys",
    "kms:encryptionalgorithm",
    "kms:requestalias",
    "kms:grantisforawsresource",
    "kms:grantoperations",
    "kms:signingalgorithm",
    "kms:messagetype",
    "kms:macalgorithm",
    "aws:securetransport",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:requestedregion",
    "aws:currenttime",
    "aws:epochtime",
    "aws:useragent",
    "aws:referer",
    "aws:principalarn",  # where it holds of anybody at all, it is the name, and names are free in one's own account
    "aws:userid",  # likewise: the name of a session
    "aws:principaltag/",
    "aws:principaltype",
    "aws:viaawsservice",
    "aws:calledvia",
)
"""Keys that say how a request is made, or that every account can set for itself: not who may make it."""


class Exposure(NamedTuple):
    """A statement that reaches every AWS account."""

    statement: Statement
    actions: tuple[Action, ...]
    weak: tuple[Test, ...]
    """Its conditions, none of which says who; empty if it has none at all."""
    ways: Ways
    """Under which open conditions it does."""


@once
def exposures(document: Document, key: Key, accounts: Accounts) -> tuple[Exposure, ...]:
    """The statements of a key policy by which anybody may use the key, Deny statements counted."""
    each = (_exposures(statement, document, key, accounts) for statement in document.statements)
    return tuple(exposure for found in each for exposure in found)


def is_public_for_key(statement: Statement, document: Document, key: Key, accounts: Accounts) -> bool:
    """Whether a statement that is not about the key would let everybody in if it were."""
    mended = statement._replace(resources=(text("*", statement.at),), not_resources=None)
    return any(_exposures(mended, document, key, accounts))


def _exposures(statement: Statement, document: Document, key: Key, accounts: Accounts) -> Iterator[Exposure]:
    """A statement may reach everybody for other actions where other Denies are there."""
    tests = tuple(test for test in statement.conditions if isinstance(test, Test))
    reaches_all = statement.effect is Effect.ALLOW and any(one.is_star for one in statement.principals or ())
    if not reaches_all:
        return
    here, candidates = statement._replace(guards=ALWAYS), servable(KEY_ACTIONS, key)

    def ask(world: Document) -> tuple[Action, ...]:
        situations = (Situation(ANYBODY, action, key, accounts) for action in candidates)
        return tuple(situation.action for situation in situations if _reaches(here, world, situation))

    for actions, ways in actions_of_allow(statement, document, ask).items():
        yield Exposure(statement, most_telling(actions), tests, ways)


def _reaches(statement: Statement, document: Document, situation: Situation) -> bool:
    if not situation.action.cross_account or applies(statement, situation).directly.some is not YES:
        return False
    if not _only_weak(statement, situation):
        return False
    found = denials(document, situation)
    return found.denied.every is NO and all(_spares_strangers(deny) for deny, _ in found.denying)


def _only_weak(statement: Statement, situation: Situation) -> bool:
    """Whether no condition of an Allow tells one account from another."""
    return all(
        isinstance(test, Test)
        and (truth_of(test, situation, statement.literal_variables).every is YES or _is_weak(test))
        for test in statement.conditions
    )


def _spares_strangers(deny: Statement) -> bool:
    """Whether a Deny that holds at times can be avoided by anybody, whoever he is: by one of its tests, for all of them
    have to hold."""
    return any(
        isinstance(test, Test) and (_is_weak_key(test) or "Not" not in test.operator) for test in deny.conditions
    )


def _is_weak(test: Test) -> bool:
    anything = any(str(value) == "*" for value in test.values)  # of an operator that takes it as it stands, nothing is
    passes_when_absent = test.if_exists or test.operator == "Null" or test.quantifier == "ForAllValues"
    return anything or passes_when_absent or "Not" in test.operator or _is_weak_key(test)


def _is_weak_key(test: Test) -> bool:
    key = fold(str(test.key))
    if any(key == weak or (weak[-1] in ":/" and key.startswith(weak)) for weak in _WEAK):
        return True
    return any(str(value) in ("0.0.0.0/0", "::/0") for value in test.values)
