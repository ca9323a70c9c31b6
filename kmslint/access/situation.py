"""A question to the evaluator: who, what, which key, and what kind of policy is being read."""

from collections.abc import Mapping
from typing import NamedTuple

from kmslint.access.caller import Caller
from kmslint.aws.actions import Action, Group
from kmslint.model.accounts import Accounts, Ownership
from kmslint.model.estate import Key
from kmslint.values import Text
from kmslint.verdict import Verdict
from kmslint.wildcard import equal


class RequestContext(NamedTuple):
    """What one request carries."""

    values: Mapping[str, tuple[Text, ...]]
    """The values of each condition key, by the key's name in lower case."""
    encryption_context: frozenset[tuple[str, str]] = frozenset()
    """Names and values of the encryption context, as they are spelt."""


class Situation(NamedTuple):
    """One caller, one action, one key."""

    caller: Caller
    action: Action
    key: Key
    accounts: Accounts
    in_key_policy: bool = True
    """Whether the statement at hand stands in the key policy, or in some other one."""
    context: RequestContext | None = None
    """What one request carries. None: all the requests that the caller can make are meant at once."""
    on_alias: bool = False
    """What the request names is an alias, for an action on aliases; `key` carries the alias's ARN."""

    @property
    def is_one_request(self) -> bool:
        """Whether it is one request and everything about it is known."""
        return self.context is not None

    @property
    def without_key(self) -> bool:
        """Whether no key policy has a say: the request names no key, or the alias alone.

        https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
        https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
        """
        return self.on_alias or self.action.group is Group.ACCOUNT


def account_is(account: Text, situation: Situation) -> Verdict:
    """Whether an account id without wildcards, as written, is the account of the caller."""
    if not situation.caller.own:
        if situation.accounts.ownership(account) in (Ownership.OWN, Ownership.PRESUMED_OWN):
            return Verdict.NO
        compared = equal(account, situation.caller.account)
        return Verdict.NO if situation.caller.unnamed and compared is not Verdict.YES else compared
    return is_own(account, situation.accounts)


def is_own(account: Text, accounts: Accounts) -> Verdict:
    """Whether an account id, as written, is the account of the key."""
    ownership = accounts.ownership(account)
    if ownership in (Ownership.OWN, Ownership.PRESUMED_OWN):
        return Verdict.YES
    return Verdict.NO if ownership is Ownership.FOREIGN else Verdict.UNKNOWN
