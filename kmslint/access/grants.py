"""Grants: what they let a principal do with one key, beside every policy.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
https://docs.aws.amazon.com/kms/latest/developerguide/grant-manage.html
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from kmslint.access.principals import reached
from kmslint.access.situation import Situation
from kmslint.aws.actions import Action
from kmslint.aws.condition_keys import carried
from kmslint.model.policy import Principal
from kmslint.verdict import (
    ALWAYS,
    NEVER,
    NO,
    SOMETIMES,
    UNDECIDED,
    UNKNOWN,
    YES,
    Truth,
    Verdict,
    any_of,
    both,
    constant,
    either,
)

_CONTEXT: Final = "kms:encryptioncontext:"


class Grant(NamedTuple):
    """A grant on the key at hand."""

    name: str
    """What it is called in the answer."""
    grantee: Principal
    operations: frozenset[str] | None
    """The actions it gives, without prefix: `Decrypt`. None: not known."""
    equals: tuple[tuple[str, str], ...] | None = None
    """The encryption context that a request must have, neither more nor less."""
    subset: tuple[tuple[str, str], ...] | None = None
    """What the encryption context of a request must contain."""
    constrained: bool = False
    """There is a constraint, and it is not known which."""
    retiring: Principal | None = None
    """Who may retire it beside the grantee."""
    on_key: Verdict = YES
    """Whether it is a grant on this key."""


class Granted(NamedTuple):
    """In which requests grants allow the action, and which grants do."""

    allowed: Truth
    by: tuple[Grant, ...]


def grants_allow(grants: Iterable[Grant], situation: Situation) -> Granted:
    """What grants on the key allow; in which requests, as far as the request decides."""
    each = [(grant, _allows(grant, situation)) for grant in grants]
    by = tuple(grant for grant, truth in each if truth.some is not NO)
    return Granted(either(truth for _, truth in each), by)


def _allows(grant: Grant, situation: Situation) -> Truth:
    action = situation.action
    if not action.grantable:
        return NEVER
    operation = action.name.removeprefix("kms:")
    named = UNKNOWN if grant.operations is None else Verdict.of(operation in grant.operations)
    holds = both((constant(named), _is_grantee(grant.grantee, situation), _constraints_hold(grant, situation)))
    if operation == "RetireGrant" and grant.retiring is not None:
        holds = either((holds, _is_grantee(grant.retiring, situation)))
    return both((constant(grant.on_key), holds))


def _is_grantee(principal: Principal, situation: Situation) -> Truth:
    """Whether the grant is to the caller. Who in an account has what is granted to the account, AWS does not say."""
    how = reached(principal, situation)
    if any_of((how.directly, how.as_role)) is YES:
        return ALWAYS
    return NEVER if any_of(how) is NO else UNDECIDED


def _constraints_hold(grant: Grant, situation: Situation) -> Truth:
    """Whether the request has the encryption context that a grant demands; some operations know none.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html
    """
    if not (grant.constrained or grant.equals or grant.subset) or not _knows_context(situation.action):
        return ALWAYS
    if situation.context is None or grant.constrained:
        return UNDECIDED if situation.is_one_request else SOMETIMES
    if situation.action.name == "kms:CreateGrant":
        return UNDECIDED  # it must hand the constraint on, and what the new grant will say is not in the request
    carries, equals = situation.context.encryption_context, frozenset(grant.equals or ())
    holds = (grant.equals is None or equals == carries) and carries.issuperset(grant.subset or ())
    return constant(Verdict.of(holds))


def _knows_context(action: Action) -> bool:
    return carried(f"{_CONTEXT}x", action.name) and action.name != "kms:RetireGrant"
