"""What is shared with other accounts and encrypted under a key that AWS manages: they can never use that key.

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.naming import principal_name
from kmslint.access.principals import account_of
from kmslint.access.strangers import foreign_confidence
from kmslint.engine.finding import Confidence
from kmslint.model.accounts import Accounts, collect_evidence
from kmslint.model.estate import Estate
from kmslint.model.policy import Document, Effect, Principal, Statement, Test, texts
from kmslint.model.sharing import MANAGED, Managed, Share, Thing
from kmslint.values import Doubt, Guards, Text, contradictory, text
from kmslint.verdict import NO, YES, any_of
from kmslint.wildcard import covers, fold

_NEEDS_KEY: Final = {
    Thing.BUCKET: ("s3:GetObject", "s3:GetObjectVersion"),
    Thing.TOPIC: ("sns:Publish",),
    Thing.QUEUE: ("sqs:SendMessage", "sqs:ReceiveMessage"),
    Thing.SECRET: ("secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
}
"""The actions for which the caller needs the key. Who writes to a bucket may name another one.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""
_OF_TRANSPORT: Final = ("aws:securetransport", "s3:tlsversion", "s3:x-amz-")
"""Keys by which a Deny asks how a request is made, and takes nothing from those who make it so."""
_OF_CALLER: Final = ("aws:principal", "aws:userid", "aws:username", "aws:source", "aws:via", "aws:calledvia")
"""Keys by which an Allow may mean other callers than those its Principal names."""


class SharedWith(NamedTuple):
    """A principal of another account that a policy allows what needs the key."""

    principal: Principal
    name: str
    """As messages name it."""
    statement: Statement
    actions: tuple[str, ...]
    share: Share
    confidence: Confidence


class Shared(NamedTuple):
    """Something that other accounts may use and cannot, for the sake of its key."""

    managed: Managed
    alias: str
    others: tuple[SharedWith, ...]
    guards: Guards
    """On what all of it hangs."""


def shared_under_managed_keys(estate: Estate) -> Iterator[Shared]:
    """What is certainly under a key that AWS manages and certainly shared with another account."""
    found = [(share, one) for share in estate.sharing.shares for one in _strangers(share, estate)]
    for managed in estate.sharing.managed:
        others = tuple(
            one
            for share, one in found
            if share.thing is managed.thing
            and not set(share.names).isdisjoint(managed.names)
            and _together(managed.guards, share.guards | one.statement.guards)
        )
        if others:
            hanging = frozenset.intersection(*(one.share.guards | one.statement.guards for one in others))
            yield Shared(managed, MANAGED[managed.thing], others, managed.guards | hanging)


def _together(thing: Guards, policy: Guards) -> bool:
    """Whether both are there at once, and no more of it is a suspicion than the thing itself."""
    doubts = {guard for guard in policy if isinstance(guard.condition, Doubt)}
    return doubts <= thing and not contradictory(thing | policy)


def _strangers(share: Share, estate: Estate) -> Iterator[SharedWith]:
    """The principals of other accounts that the policy lets do what needs the key."""
    if share.document.unseen or any(one.effect is Effect.UNKNOWN for one in share.document.statements):
        return
    seen = estate._replace(accounts=_with_evidence(share, estate.accounts))
    for statement in share.document.statements:
        if statement.effect is not Effect.ALLOW or not all(map(_leaves_caller, statement.conditions)):
            continue
        actions = tuple(one for one in _NEEDS_KEY[share.thing] if _names(statement, one))
        for principal in statement.principals or ():
            confidence = foreign_confidence(principal, seen.accounts)
            left = tuple(one for one in actions if not _is_denied(one, principal, share.document))
            if confidence is not None and left:
                yield SharedWith(principal, principal_name(principal, seen), statement, left, share, confidence)


def _with_evidence(share: Share, accounts: Accounts) -> Accounts:
    """Whose account it is, by what the policies of keys and identities say, and by what this one says."""
    known, told = accounts.of(share.account), collect_evidence((share.document,), None)
    return known._replace(symbolic=known.symbolic | told.symbolic)


def _leaves_caller(test: object) -> bool:
    """Whether a condition of an Allow may well hold of the principal that the statement names."""
    return isinstance(test, Test) and not fold(str(test.key)).startswith(_OF_CALLER)


def _names(statement: Statement, action: str) -> bool:
    """Whether an Allow certainly names an action, or a pattern of it."""
    asked = text(action, statement.at)
    return any(covers(one, asked, ignore_case=True) is YES for one in texts(statement.actions))


def _is_denied(action: str, principal: Principal, document: Document) -> bool:
    """Whether a Deny may take the action from the principal again, but for how the request is made."""
    asked = text(action, principal.at)
    for deny in document.statements:
        if deny.effect is not Effect.DENY:
            continue
        known = tuple(texts(deny.actions))
        others = deny.actions is None or len(known) < len(deny.actions)
        if not others and any_of(covers(one, asked, ignore_case=True) for one in known) is NO:
            continue
        if deny.principals is not None and not any(_may_mean(one, principal) for one in deny.principals):
            continue
        if not any(isinstance(one, Test) and fold(str(one.key)).startswith(_OF_TRANSPORT) for one in deny.conditions):
            return True
    return False


def _may_mean(denied: Principal, principal: Principal) -> bool:
    """Whether a principal of a Deny may be that one, or its account."""
    if not isinstance(denied.value, Text):
        return True
    accounts = account_of(denied), account_of(principal)
    return denied.type is principal.type and (accounts[0] is None or str(accounts[0]) == str(accounts[1]))
