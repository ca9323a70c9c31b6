"""The identities of the estate, as principals mean them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from kmslint.access.once import once
from kmslint.access.principals import Form, account_of, form
from kmslint.access.situation import is_own
from kmslint.model.arn import Arn, parse_arn
from kmslint.model.estate import Estate, Identity, IdentityPolicy, Key
from kmslint.model.policy import Effect, Principal, PrincipalType, Statement
from kmslint.values import ALWAYS, Doubt, Guards, Text, TextIdentity
from kmslint.verdict import YES
from kmslint.wildcard import equal


def identity_of(principal: Principal, estate: Estate) -> Identity | None:
    """The identity of the estate that a principal certainly is."""
    value = principal.value
    arn = parse_arn(value) if isinstance(value, Text) and form(principal) in (Form.ROLE, Form.USER) else None
    if arn is None:
        return None
    spelt_alike = _by_resource(estate.identities).get(arn.resource.identity, ())
    return next((one for one, its_arn in spelt_alike if _are_of_one_account(its_arn, arn, estate)), None)


@once
def _by_resource(identities: tuple[Identity, ...]) -> Mapping[TextIdentity, Sequence[tuple[Identity, Arn]]]:
    """The identities by what stands behind the account in their ARNs: with many identities and many principals, asking
    each principal about each identity takes too long."""
    found: defaultdict[TextIdentity, list[tuple[Identity, Arn]]] = defaultdict(list)
    arns = ((identity, parse_arn(identity.arn)) for identity in identities)
    for identity, arn in ((one, arn) for one, arn in arns if arn is not None):
        found[arn.resource.identity].append((identity, arn))
    return found


def is_own_principal(principal: Principal, key: Key, estate: Estate) -> bool:
    """Whether a principal is certainly a user or role of the account of the key."""
    if identity_of(principal, estate) is not None:
        return True
    account = account_of(principal)
    if form(principal) not in (Form.ROLE, Form.USER) or account is None:
        return False
    return is_own(account, estate.accounts_of(key)) is YES


def _are_of_one_account(one: Arn, other: Arn, estate: Estate) -> bool:
    both_own = is_own(one.account, estate.accounts) is YES and is_own(other.account, estate.accounts) is YES
    return both_own or equal(one.account, other.account) is YES


def groups_of(identity: Identity, estate: Estate) -> tuple[Identity, ...]:
    """The groups that a user is in, as far as the estate makes them."""
    groups = (estate.identity(address) for address in identity.groups)
    return tuple(group for group in groups if group is not None)


def worth_saying(policy: IdentityPolicy, statement: Statement, estate: Estate) -> Guards:
    """Under which conditions somebody holds what a statement of an IAM policy says, where the resource is there in
    which the policy is written. Whether it is there needs no saying; of what nobody knows no more than a doubt is said.
    """
    owner = estate.identity(policy.address)
    written = (one.guards for one in estate.policies if one.address == policy.address)
    there = owner.guards if owner is not None else ALWAYS.union(*written)
    held = policy.guards | statement.guards
    return frozenset(guard for guard in held - there if not isinstance(guard.condition, Doubt))


def software(identity: Identity) -> str:
    """The service or identity provider by which it is certain that software takes the role; empty if none is.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html
    """
    for statement in identity.trust.statements if identity.trust is not None else ():
        if statement.effect is Effect.ALLOW and not statement.guards:
            for principal in statement.principals or ():
                if _is_software(principal, statement):
                    return str(principal.value)
    return ""


def _is_software(principal: Principal, statement: Statement) -> bool:
    """A service, or a web identity; people sign in through SAML, or take the role from another principal."""
    if principal.type is PrincipalType.SERVICE:
        return True
    web_identity = {str(action) for action in statement.actions or ()} == {"sts:AssumeRoleWithWebIdentity"}
    return principal.type is PrincipalType.FEDERATED and web_identity
