"""What a statement gives, by its actions alone."""

from __future__ import annotations

from kmslint.access.matching import names_action
from kmslint.aws.actions import ACTIONS, CREATE_GRANT, KEY_ACTIONS, PUT_KEY_POLICY, Action, Group
from kmslint.model.policy import Document, Effect, Statement, Test
from kmslint.verdict import NO, YES
from kmslint.wildcard import fold

_GRANT_LIMITS = frozenset(
    {
        "kms:viaservice",
        "kms:grantisforawsresource",
        "kms:grantoperations",
        "kms:granteeprincipal",
        "kms:granteeserviceprincipal",
        "kms:grantconstrainttype",
        "kms:grantconstraintsourcearn",
        "kms:retiringprincipal",
        "kms:encryptioncontextkeys",
    }
)


def certain_actions(statement: Statement) -> tuple[Action, ...]:
    """The actions on keys that a statement certainly names."""
    return tuple(action for action in KEY_ACTIONS if names_action(statement, action) is YES)


def administers_and_uses(statement: Statement) -> Action | None:
    """The first cryptographic action (that is kms:Decrypt, if it is one) that a statement gives together with
    kms:PutKeyPolicy; None if it gives not both."""
    if names_action(statement, PUT_KEY_POLICY) is not YES:
        return None
    return next((action for action in certain_actions(statement) if action.group is Group.CRYPTO), None)


def gives_unlimited_grants(statement: Statement) -> bool:
    """Whether the statement certainly allows kms:CreateGrant with nothing that limits what a grant may give.

    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    if names_action(statement, CREATE_GRANT) is not YES:
        return False
    return not any(_limits_grants(test) for test in statement.conditions)


def _limits_grants(test: object) -> bool:
    if not isinstance(test, Test):
        return True  # cannot be resolved: it may
    key, values = fold(str(test.key)), {fold(str(value)) for value in test.values}
    if values == {"*"} or (key == "kms:grantisforawsresource" and "true" not in values):
        return False
    return key in _GRANT_LIMITS or key.startswith("kms:encryptioncontext:")


def only_without_key(statement: Statement) -> bool:
    """Whether every action a statement names is one that no key policy decides, and there is one."""
    if statement.effect is Effect.DENY and any(action.name == "kms:RetireGrant" for action in _named(statement)):
        return False  # no key policy gives it, but a Deny takes it away
    named = _named(statement)
    return bool(named) and not any(action.on_key for action in named)


def _named(statement: Statement) -> list[Action]:
    return [action for action in ACTIONS if names_action(statement, action) is not NO]


def may_be_denied(action: Action, document: Document) -> bool:
    """Whether some Deny names the action, for whomever and under whatever condition."""
    return any(
        statement.effect in (Effect.DENY, Effect.UNKNOWN) and names_action(statement, action) is not NO
        for statement in document.statements
    )


def is_like_managed_key(document: Document) -> bool:
    """Whether the policy is made after those of AWS managed keys: everybody of the account, through one service.

    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
    """
    for statement in document.statements:
        if statement.effect is Effect.ALLOW and any(principal.is_star for principal in statement.principals or ()):
            keys = {fold(str(test.key)) for test in statement.conditions if isinstance(test, Test)}
            if {"kms:calleraccount", "kms:viaservice"} <= keys:
                return True
    return False
