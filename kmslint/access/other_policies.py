"""What every policy but the key's own says: the caller's, the organisation's, the VPC endpoint's.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from kmslint.access.matching import applies, statement_applies
from kmslint.access.situation import Situation
from kmslint.model.estate import Identity, IdentityPolicy
from kmslint.model.policy import Document, Effect, Statement
from kmslint.values import ALWAYS as UNGUARDED
from kmslint.values import Guards
from kmslint.verdict import ALWAYS, NEVER, NO, UNDECIDED, UNKNOWN, Truth, both, either


class NamedPolicy(NamedTuple):
    """A policy that has a say, and what it is called in the answer."""

    name: str
    document: Document | None
    """None: it cannot be seen."""
    guards: Guards = UNGUARDED


class Deciding(NamedTuple):
    """A statement that decides, and the policy in which it stands."""

    policy: str
    statement: Statement
    applies: Truth
    guards: Guards = UNGUARDED
    """What must hold for the statement to have a say at all."""


class Says(NamedTuple):
    """In which requests a set of policies allows and denies."""

    allowed: Truth
    denied: Truth
    allowing: tuple[Deciding, ...] = ()
    """The Allow statements that apply, or may."""
    denying: tuple[Deciding, ...] = ()


class OtherPolicies(NamedTuple):
    """What the policies beside the key policy say. None: there is no such policy."""

    identity: Says
    """The caller's IAM policies, and those of its groups."""
    boundary: Says | None = None
    session: Says | None = None
    scps: tuple[Says, ...] = ()
    """The service control policies on the caller's account, a level of the organisation each."""
    rcps: Says | None = None
    """The resource control policies on the key's account, of all levels: they only take away."""
    endpoint: Says | None = None
    """The policy of the VPC endpoint by which the request comes."""

    def limits(self) -> Truth:
        """In which requests the permissions boundary and the session policy let through what they are there for."""
        return both(says.allowed for says in (self.boundary, self.session) if says is not None)

    def denied(self) -> Truth:
        """In which requests some policy says Deny."""
        rest = (self.boundary, self.session, *self.scps, self.rcps, self.endpoint)
        return either((self.identity.denied, *(says.denied for says in rest if says is not None)))


ADMINISTRATOR: Final = OtherPolicies(Says(ALWAYS, NEVER))
"""IAM policies that allow everything."""

NOTHING: Final = OtherPolicies(Says(NEVER, NEVER))
"""No IAM policy at all."""


def policies_of(identity: Identity, situation: Situation, groups: tuple[Identity, ...] = ()) -> OtherPolicies:
    """What the policies of an identity and of its groups say; those that cannot be seen may allow and deny anything."""
    owners = (identity, *groups)
    says = identity_policies_say(
        (_named(policy) for owner in owners for policy in owner.policies),
        situation,
        unseen=any(owner.unseen_policies for owner in owners),
    )
    if identity.boundary is None:
        return OtherPolicies(says)
    return OtherPolicies(says, identity_policies_say((_named(identity.boundary),), situation))


def _named(policy: IdentityPolicy) -> NamedPolicy:
    return NamedPolicy(policy.address, policy.document, policy.guards)


def identity_policies_say(policies: Iterable[NamedPolicy], situation: Situation, unseen: bool = False) -> Says:
    """What policies without a Principal say: IAM policies, a boundary, a session policy, one level of SCPs."""
    return _say(policies, situation._replace(in_key_policy=False), statement_applies, unseen)


def resource_policies_say(policies: Iterable[NamedPolicy], situation: Situation) -> Says:
    """What policies with a Principal say that stand around the key policy: RCPs, the policy of a VPC endpoint."""
    return _say(policies, situation._replace(in_key_policy=False), _applies_in_any_way, unseen=False)


def _applies_in_any_way(statement: Statement, situation: Situation) -> Truth:
    return either(applies(statement, situation))


def _say(
    policies: Iterable[NamedPolicy],
    situation: Situation,
    how_applies: Callable[[Statement, Situation], Truth],
    unseen: bool,
) -> Says:
    allows: list[Truth] = []
    denies: list[Truth] = []
    allowing: list[Deciding] = []
    denying: list[Deciding] = []
    for policy in policies:
        unseen = unseen or policy.document is None or bool(policy.document.unseen)
        for statement in policy.document.statements if policy.document else ():
            truth = how_applies(statement, situation)
            if truth.some is NO:
                continue
            if policy.guards or statement.effect is Effect.UNKNOWN:
                truth = doubtful(truth)
            deciding = Deciding(policy.name, statement, truth, policy.guards | statement.guards)
            if statement.effect in (Effect.ALLOW, Effect.UNKNOWN):
                allows.append(truth)
                allowing.append(deciding)
            if statement.effect in (Effect.DENY, Effect.UNKNOWN):
                denies.append(truth)
                denying.append(deciding)
    if unseen:
        allows.append(UNDECIDED)
        denies.append(UNDECIDED)
    return Says(either(allows), either(denies), tuple(allowing), tuple(denying))


def doubtful(truth: Truth) -> Truth:
    """The truth of something that may not be there."""
    return Truth(NO if truth.some is NO else UNKNOWN, NO if truth.every is NO else UNKNOWN)
