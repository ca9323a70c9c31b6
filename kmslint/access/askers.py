"""Who may ask for a key: the identities of the estate, whoever the key policy names, and the abstract callers.

Each comes with what is known of its own policies. Of a principal of this account that the estate does not make, the
IAM policies cannot be seen: they may allow, and are taken not to deny.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from kmslint.access.caller import (
    ANYBODY,
    FRESH,
    NOWHERE,
    ROOT_USER,
    SOME_ROLE,
    Caller,
    CallerKind,
    named,
    recreatable,
    service,
)
from kmslint.access.identities import groups_of, identity_of
from kmslint.access.managers import arn_patterns
from kmslint.access.naming import principal_name
from kmslint.access.once import once
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, OtherPolicies, Says, policies_of
from kmslint.access.principals import Form, account_of, form
from kmslint.access.situation import Situation
from kmslint.access.strangers import foreign_confidence
from kmslint.model.estate import Estate, Identity, IdentityKind
from kmslint.model.facts import Facts
from kmslint.model.policy import Document, Principal
from kmslint.values import Text, join
from kmslint.verdict import NEVER, UNDECIDED


class Standing(Enum):
    """What is known of a caller's own policies."""

    ROOT_USER = "root user"
    ADMINISTRATORS = "account administrators"
    """Any identity of the account that the key policy does not name and whose IAM policies allow everything."""
    ANYONE = "any identity of the account"
    """With no IAM policy at all."""
    ANYBODY = "anybody, in any account"
    """Whose own account allows it everything."""
    IDENTITY = "identity of the estate"
    NAMED = "named in the key policy"
    """Its IAM policies are elsewhere."""
    FOREIGN = "of another account"
    """Its own account is taken to allow it everything."""
    SERVICE = "AWS service"


class Asker(NamedTuple):
    """Somebody who may ask for a key."""

    label: str
    standing: Standing
    caller: Caller
    identity: Identity | None = None
    groups: tuple[Identity, ...] = ()
    principal: Principal | None = None
    """As the key policy names it."""

    def settled(self, facts: Facts) -> Asker:
        """The same with the policies that it has where that is known of conditions."""
        if self.identity is None:
            return self
        groups = tuple(group.settled(facts) for group in self.groups)
        return self._replace(identity=self.identity.settled(facts), groups=groups)

    def others(self, situation: Situation) -> OtherPolicies:
        """What the policies beside the key policy say of it."""
        if self.identity is not None:
            return policies_of(self.identity, situation, self.groups)
        return _OTHERS[self.standing]


_NOT_SEEN: Final = OtherPolicies(Says(UNDECIDED, NEVER))
_OTHERS: Final = {
    Standing.ROOT_USER: NOTHING,
    Standing.ADMINISTRATORS: ADMINISTRATOR,
    Standing.ANYONE: NOTHING,
    Standing.ANYBODY: ADMINISTRATOR,
    Standing.NAMED: _NOT_SEEN,
    Standing.FOREIGN: ADMINISTRATOR,
    Standing.SERVICE: NOTHING,
}
_OWN_FORMS: Final = frozenset({Form.ROLE, Form.USER, Form.SESSION, Form.DEPLOYER, Form.RESOURCE})


def askers(document: Document, estate: Estate) -> tuple[Asker, ...]:
    """Everybody who may ask for a key with that policy: abstract callers, identities, then the others it names."""
    *own, anybody = abstract_askers()
    return (*own, *_of_estate(estate), *_named(document, estate), *_by_pattern(document, estate), anybody)


@once
def _of_estate(estate: Estate) -> tuple[Asker, ...]:
    return tuple(identity_asker(one, estate) for one in estate.identities if one.kind is not IdentityKind.GROUP)


def abstract_askers() -> tuple[Asker, ...]:
    """Those who stand for everybody that no policy names."""
    return (
        Asker("root user", Standing.ROOT_USER, ROOT_USER),
        Asker("account administrators", Standing.ADMINISTRATORS, SOME_ROLE),
        Asker("any identity of the account", Standing.ANYONE, SOME_ROLE),
        Asker("anybody, in any account", Standing.ANYBODY, ANYBODY),
    )


def identity_asker(identity: Identity, estate: Estate) -> Asker:
    """An identity of the estate with its policies."""
    kind = CallerKind.USER if identity.kind is IdentityKind.USER else CallerKind.ROLE
    caller = named(identity.arn)._replace(kind=kind, bounded=identity.boundary is not None)
    return Asker(identity.label, Standing.IDENTITY, caller, identity, groups_of(identity, estate))


def principal_asker(principal: Principal, estate: Estate) -> Asker | None:
    """A principal as a key policy may name it; None for everybody, for an own account, and for nobody."""
    kind = form(principal)
    label = principal_name(principal, estate)
    if not isinstance(principal.value, Text):
        return None
    if kind is Form.SERVICE:
        return Asker(label, Standing.SERVICE, service(principal.value), principal=principal)
    account = account_of(principal)
    if foreign_confidence(principal, estate.accounts) is not None and account is not None:
        stranger = named(principal.value)._replace(account=account, own=False)
        caller = _of_account(account) if kind is Form.ACCOUNT else stranger
        return Asker(label, Standing.FOREIGN, caller, principal=principal)
    if kind not in _OWN_FORMS:
        return None
    return Asker(label, Standing.NAMED, named(principal.value), principal=principal)


def _of_account(account: Text) -> Caller:
    """Some role of an account."""
    arn = join(("arn:aws:iam::", *account.parts, f":role/{FRESH}"), NOWHERE)
    return Caller(CallerKind.ROLE, arn, account, own=False, unnamed=True)


def _named(document: Document, estate: Estate) -> Iterator[Asker]:
    """Those whom the key policy names and the estate does not make, each once."""
    seen = set()
    for statement in document.statements:
        for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
            asker = None if identity_of(principal, estate) is not None else principal_asker(principal, estate)
            if asker is not None and asker.label not in seen:
                seen.add(asker.label)
                yield asker


def _by_pattern(document: Document, estate: Estate) -> Iterator[Asker]:
    """Those whom a condition on `aws:PrincipalArn` lets in by name or pattern, unless the estate makes them."""
    seen = set()
    for principal, _ in arn_patterns(document):
        if not isinstance(principal.value, Text) or identity_of(principal, estate) is not None:
            continue
        label = f"{principal.value} (aws:PrincipalArn)"
        if label not in seen:
            seen.add(label)
            yield Asker(label, Standing.NAMED, recreatable(principal.value), principal=principal)
