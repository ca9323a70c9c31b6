"""The key policy AWS attaches where none is written.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from kmslint.location import Location
from kmslint.model.policy import Document, Effect, Principal, PrincipalType, Statement
from kmslint.values import Hole, HoleKind, Text, text

_ACCOUNT = "AWS::AccountId"


def default_document(at: Location, account_scope: str = "") -> Document:
    """One statement that hands every action to the account's IAM policies; all of it stands at `at`."""
    account = Text((Hole(HoleKind.OWN_ACCOUNT, _ACCOUNT, account_scope),), at)
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


def in_account(document: Document, account_scope: str) -> Document:
    """The document, its default statements as they are for a key that another provider makes."""

    def is_default(statement: Statement) -> bool:
        values = [one.value for one in statement.principals or () if isinstance(one.value, Text)]
        return any(hole.label == _ACCOUNT for value in values for hole in value.holes)

    statements = (
        statement._replace(principals=default_document(statement.at, account_scope).statements[0].principals)
        if is_default(statement)
        else statement
        for statement in document.statements
    )
    return document._replace(statements=tuple(statements))
