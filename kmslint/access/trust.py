"""What the user vouches for, as far as principals of a key policy are concerned."""

from __future__ import annotations

from kmslint.access.identities import identity_of
from kmslint.access.principals import account_of
from kmslint.model.arn import is_own_account_id, parse_arn
from kmslint.model.estate import Estate
from kmslint.model.policy import Principal, Test
from kmslint.values import Text, text
from kmslint.verdict import YES
from kmslint.wildcard import covers


def is_trusted(principal: Principal, estate: Estate) -> bool:
    """Whether it belongs to an account that may be given anything."""
    account = account_of(principal)
    return account is not None and account.literal in estate.trust.accounts


def is_trusted_organization(test: Test, estate: Estate) -> bool:
    """Whether a condition on an organization, or on a path in one, names none but those that may be given keys.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    literals = [value.literal if isinstance(value, Text) else None for value in test.values]
    trusted = estate.trust.organizations
    return bool(literals) and all(one is not None and one.partition("/")[0] in trusted for one in literals)


def is_durable(principal: Principal, estate: Estate) -> bool:
    """Whether it is an administrator that nobody deletes.

    One that is named with an account counts where the template does not say which account it goes to.
    """
    identity = identity_of(principal, estate)
    value = identity.arn if identity is not None else principal.value
    arn = parse_arn(value) if isinstance(value, Text) else None
    if arn is None:
        return False
    for pattern in estate.trust.administrators:
        before, _, name = pattern.rpartition(":")
        account = before.rpartition(":")[2]
        if _is_account(account, arn.account, estate) and covers(text(name, arn.resource.at), arn.resource) is YES:
            return True
    return False


def _is_account(wanted: str, account: Text, estate: Estate) -> bool:
    own = estate.accounts.configured
    meant = own if own is not None and is_own_account_id(account) else account
    return wanted in ("", "*") or meant.literal is None or meant.literal == wanted
