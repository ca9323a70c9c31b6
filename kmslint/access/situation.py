"""A question to the evaluator: who, what, which key, and what kind of policy is being read."""

from typing import NamedTuple

from kmslint.access.caller import Caller
from kmslint.aws.actions import Action
from kmslint.model.accounts import Accounts, Ownership
from kmslint.model.estate import Key
from kmslint.values import Text
from kmslint.verdict import Verdict
from kmslint.wildcard import covers


class Situation(NamedTuple):
    """One caller, one action, one key; everything else about the request is open."""

    caller: Caller
    action: Action
    key: Key
    accounts: Accounts
    in_key_policy: bool = True
    """Whether the statement at hand stands in the key policy, or in one of the caller's own."""


def account_is(account: Text, situation: Situation) -> Verdict:
    """Whether an account id, as written, is the account of the caller."""
    if account.literal == "*":
        return Verdict.YES
    if not situation.caller.own:
        if situation.accounts.ownership(account) in (Ownership.OWN, Ownership.PRESUMED_OWN):
            return Verdict.NO
        compared = covers(account, situation.caller.account)
        return Verdict.NO if situation.caller.unnamed and compared is not Verdict.YES else compared
    return is_own(account, situation.accounts)


def is_own(account: Text, accounts: Accounts) -> Verdict:
    """Whether an account id, as written, is the account of the key."""
    ownership = accounts.ownership(account)
    if ownership in (Ownership.OWN, Ownership.PRESUMED_OWN):
        return Verdict.YES
    return Verdict.NO if ownership is Ownership.FOREIGN else Verdict.UNKNOWN
