"""The statement that lets the root user manage a key.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
"""

from __future__ import annotations

from kmslint.access.caller import ROOT_USER
from kmslint.access.matching import applies
from kmslint.access.situation import Situation
from kmslint.aws.actions import PUT_KEY_POLICY
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Effect, Statement
from kmslint.verdict import NO, YES, either


def root_user_statement(document: Document, key: Key, estate: Estate) -> Statement:
    """The first Allow by which the root user certainly may change the key policy, or perhaps if there is none.

    For a document in which there is one.
    """
    situation = Situation(ROOT_USER, PUT_KEY_POLICY, key, estate.accounts_of(key))
    allows = [one for one in document.statements if one.effect is Effect.ALLOW]
    giving = [(one, truth.some) for one in allows if (truth := either(applies(one, situation))).some is not NO]
    return next((one for one, some in giving if some is YES), giving[0][0])


def how_only_root(statement: Statement) -> str:
    """By which part of the policy a statement that allows the account serves the root user alone."""
    if statement.conditions:
        return f"statement {statement.label} allows the account under a condition that no user or role meets"
    return f"statement {statement.label} allows the account, and a Deny takes it from its users and roles"
