"""The key policy AWS attaches where none is written.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from kmslint.location import Location
from kmslint.model.estate import Key, PolicyOrigin
from kmslint.model.policy import Document, Effect, Principal, PrincipalType, Statement
from kmslint.values import Hole, HoleKind, Text, text


def key_document(key: Key) -> Document | None:
    """The policy of a key, AWS's default included; None if it cannot be seen."""
    if key.policy.origin is PolicyOrigin.DEFAULT:
        return default_document(key.at, key.account)._replace(facts=key.policy.facts)
    return key.policy.document


def default_document(at: Location, account_scope: str = "") -> Document:
    """One statement that hands every action to the account's IAM policies; all of it stands at `at`.

    The scope is that of the provider which makes the key, where it works in another account than the default one.
    """
    account = Text((Hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId", account_scope),), at)
    statement = Statement(
        position=0,
        sid="Enable IAM User Permissions",
        effect=Effect.ALLOW,
        principals=(Principal(PrincipalType.AWS, account),),
        not_principals=None,
        actions=(text("kms:*", at),),
        not_actions=None,
        resources=(text("*", at),),
        not_resources=None,
        conditions=(),
        at=at,
        header=at,
    )
    return Document((statement,), (), text("2012-10-17", at), at)
