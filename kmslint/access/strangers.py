"""Principals of other accounts in a key policy."""

from __future__ import annotations

from kmslint.access.principals import Form, account_of, form
from kmslint.engine.finding import Confidence
from kmslint.model.accounts import Accounts, Ownership
from kmslint.model.policy import Principal


def foreign_confidence(principal: Principal, accounts: Accounts) -> Confidence | None:
    """How sure it is that a principal belongs to another account; None if it is not known to.

    A literal id beside the symbolic own account is taken to be another one, with medium confidence.
    """
    if form(principal) not in (Form.ACCOUNT, Form.ROLE, Form.USER, Form.SESSION):
        return None
    account = account_of(principal)
    assert account is not None  # by its form
    confidences = {Ownership.FOREIGN: Confidence.HIGH, Ownership.PRESUMED_FOREIGN: Confidence.MEDIUM}
    return confidences.get(accounts.ownership(account))
