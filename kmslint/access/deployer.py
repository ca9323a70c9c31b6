"""Whoever runs the deployment, and whether AWS takes a key policy from them.

Without the bypass flag KMS takes a policy only from a caller whom that policy lets change it again.
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.access.askers import Asker, Standing, identity_asker
from kmslint.access.caller import ROOT_USER, named
from kmslint.access.decide import Decision, decide
from kmslint.access.hinges import hinge_in_iam, hinge_of, undecided
from kmslint.access.identities import identity_of
from kmslint.access.naming import principal_name
from kmslint.access.other_policies import ADMINISTRATOR, OtherPolicies
from kmslint.access.principals import Form, form
from kmslint.access.situation import Situation
from kmslint.access.worlds import explore, told_from
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Principal, PrincipalType
from kmslint.model.ways import Ways
from kmslint.values import Null, Text, boolean
from kmslint.verdict import NO


class Refused(NamedTuple):
    """A key policy that AWS does not take from the deployer."""

    key: Key
    deployer: Asker
    arn: Text
    """The deployer, where it is named: on the command line that is nowhere."""
    decision: Decision
    """Why it may not change the policy again, in the first of the ways."""
    ways: Ways


def refused_policies(estate: Estate) -> Iterator[Refused]:
    """The key policies by which their deployer certainly could not change them again."""
    for key, document in estate.key_documents():
        arn = _named(key, estate)
        if arn is None or not _is_checked(key):
            continue
        asker = _asker(arn, key, estate)
        if asker is not None:
            yield from _refused(key, document, arn, asker, estate)


def deployer_of(key: Key, estate: Estate) -> Asker | None:
    """Who makes the key; None if that is not known, or is of another account than the key.

    An identity of the estate comes with its policies.
    """
    arn = _named(key, estate)
    return None if arn is None else _asker(arn, key, estate)


def _asker(arn: Text, key: Key, estate: Estate) -> Asker | None:
    parts, own = parse_arn(arn), estate.accounts_of(key).configured
    if parts is None or own is None or estate.in_other_accounts or own.identity != parts.account.identity:
        return None
    principal, seen = Principal(PrincipalType.AWS, arn), estate.seen_by(key)
    if form(principal) is Form.ACCOUNT:
        return Asker("the root user", Standing.ROOT_USER, ROOT_USER, principal=principal)
    identity = identity_of(principal, seen)
    if identity is not None:
        return None if identity.guards else identity_asker(identity, seen)
    return Asker(principal_name(principal, seen), Standing.NAMED, named(arn), principal=principal)


def _named(key: Key, estate: Estate) -> Text | None:
    """The ARN of the deployer: what the provider takes on, it takes on whoever runs Terraform."""
    return key.deployer or estate.deployer


def _is_checked(key: Key) -> bool:
    bypass = key.settings.bypass_lockout_check
    return bypass is None or isinstance(bypass, Null) or boolean(bypass) is False


def _refused(key: Key, document: Document, arn: Text, asker: Asker, estate: Estate) -> Iterator[Refused]:
    situation = Situation(asker.caller, PUT_KEY_POLICY, key, estate.accounts_of(key))

    def ask(world: Document) -> Decision:
        there = asker.settled(world.facts)
        return decide(world, situation, _others(there, situation))

    def hinge(world: Document, decision: Decision) -> str | None:
        return hinge_of(undecided((decision,)), world) or hinge_in_iam(decision)

    found = explore(document, ask, hinge)
    ways, _ = told_from(document, found, _is_refused)
    if ways:
        yield Refused(key, asker, arn, next(decision for _, decision in found if _is_refused(decision)), ways)


def _is_refused(decision: Decision) -> bool:
    return decision.allowed.some is NO


def _others(asker: Asker, situation: Situation) -> OtherPolicies:
    """Its IAM policies, as far as the estate shows any; where it shows none, it is taken for an administrator."""
    others = asker.others(situation)
    owners = () if asker.identity is None else (asker.identity, *asker.groups)
    return others if any(owner.policies for owner in owners) else ADMINISTRATOR._replace(boundary=others.boundary)
