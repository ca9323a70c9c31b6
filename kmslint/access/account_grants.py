"""Grants of a key to the account that it belongs to.

AWS says that an account may be a grantee, and nothing about which of its users and roles then may use the key.
https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
"""

from __future__ import annotations

from kmslint.access.delegation import delegates
from kmslint.access.estate_grants import is_key
from kmslint.access.principals import account_of
from kmslint.access.situation import is_own
from kmslint.aws.actions import ACTIONS
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Grant, Key
from kmslint.model.policy import Principal
from kmslint.values import Items
from kmslint.verdict import YES


def key_of_own_account(grant: Grant, grantee: Principal, estate: Estate) -> Key | None:
    """The key of a grant to an account, if that account is certainly the one that the key belongs to."""
    account = account_of(grantee)
    key = next((key for key in estate.keys if is_key(grant.key, key) is YES), None)
    if key is None or account is None:
        return None
    return key if is_own(account, estate.accounts_of(key)) is YES else None


def is_left_to_iam(grant: Grant, key: Key, estate: Estate) -> bool:
    """Whether the key policy certainly lets the account's IAM policies decide about every operation of the grant."""
    document = key_document(key)
    entries = grant.operations.items if isinstance(grant.operations, Items) else ()
    names = {f"kms:{entry}" for entry in entries}
    actions = [action for action in ACTIONS if action.name in names]
    if document is None or not actions or len(actions) < len(entries):
        return False
    return all(delegates(document, key, estate.accounts_of(key), action) is YES for action in actions)
