"""Whose account is it: which account id is the own one, and on what evidence.

A template seldom says in which account it will be deployed. `AWS::AccountId` and Terraform's
`aws_caller_identity` are the own account by definition; a literal id is judged by what stands beside it.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.model.arn import ACCOUNT_ID, parse_arn
from kmslint.model.policy import Document, PrincipalType, Test
from kmslint.values import HoleKind, Text
from kmslint.wildcard import fold

_ACCOUNT_KEYS = frozenset({"kms:calleraccount", "aws:principalaccount"})


class Ownership(Enum):
    """Whose an account id is."""

    OWN = "own"
    PRESUMED_OWN = "presumed own"
    """The only id in all policies of the estate."""
    FOREIGN = "foreign"
    PRESUMED_FOREIGN = "presumed foreign"
    """A literal id beside the symbolic own account: it might still be the same."""
    UNATTRIBUTED = "unattributed"
    """Nothing tells."""


class Accounts(NamedTuple):
    """The evidence of one estate."""

    configured: Text | None = None
    """By `--account`, the configuration, `allowed_account_ids` or the provider's `assume_role`."""
    symbolic: frozenset[str] = frozenset()
    """Some policy names the own account as such (`AWS::AccountId`, `aws_caller_identity`): their scopes."""
    ids: frozenset[str] = frozenset()
    """Every other account id in the estate's policies; one that cannot be resolved counts by its spelling."""

    foreign: frozenset[str] = frozenset()
    """Ids that are taken to be other accounts, to see what would follow."""
    related: frozenset[str] = frozenset()
    """Accounts that other providers of the module work in: the own one for some of its keys."""
    scope: str = ""
    """The scope of the own account: that of the provider that makes the key; empty for the default one."""
    providers: tuple[tuple[str, Text], ...] = ()
    """The accounts that providers are bound to, by their scope."""

    def of(self, scope: str) -> "Accounts":
        """The same evidence for keys that another provider makes."""
        if scope == self.scope:
            return self
        configured = dict(self.providers).get(scope)
        others = {str(account) for _, account in self.providers} | {str(self.configured)}
        related = frozenset(others - {str(configured), str(None)})
        return self._replace(scope=scope, configured=configured, related=related)

    def otherwise(self) -> "Accounts":
        """The evidence as it would be if no id in the policies were the own account."""
        return self._replace(ids=frozenset(), foreign=self.ids)

    def ownership(self, account: Text) -> Ownership:
        """Whose that account id is."""
        if _is_own_account(account):
            return Ownership.OWN if account.holes[0].scope == self.scope else Ownership.UNATTRIBUTED
        if str(account) in self.foreign:
            return Ownership.FOREIGN
        if str(account) in self.related:
            return Ownership.UNATTRIBUTED
        if self.configured is not None:
            if str(account) == str(self.configured):
                return Ownership.OWN
            known = account.literal is not None and self.configured.literal is not None
            return Ownership.FOREIGN if known else Ownership.UNATTRIBUTED
        if self.scope in self.symbolic:
            return Ownership.PRESUMED_FOREIGN if account.literal is not None else Ownership.UNATTRIBUTED
        return Ownership.PRESUMED_OWN if self.ids == {str(account)} else Ownership.UNATTRIBUTED


def collect_evidence(documents: Iterable[Document], configured: Text | None) -> Accounts:
    """The evidence in the estate's key and identity policies. Trust policies are none."""
    symbolic, ids = set(), set()
    for account in accounts_in(documents):
        if _is_own_account(account):
            # The ARN of a resource of the estate is no sign of how its author spells the account.
            if not account.holes[0].resource:
                symbolic.add(account.holes[0].scope)
        else:
            ids.add(str(account))
    return Accounts(configured, frozenset(symbolic), frozenset(ids))


def _is_own_account(account: Text) -> bool:
    return bool(account.holes) and len(account.parts) == 1 and account.holes[0].kind is HoleKind.OWN_ACCOUNT


def accounts_in(documents: Iterable[Document]) -> Iterator[Text]:
    """The account ids in principals and in conditions on the caller's account or ARN."""
    for document in documents:
        for statement in document.statements:
            for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
                if principal.type is PrincipalType.AWS and isinstance(principal.value, Text):
                    yield from _account_of(principal.value)
            for test in statement.conditions:
                if isinstance(test, Test):
                    yield from _accounts_in_test(test)


def _account_of(principal: Text) -> Iterator[Text]:
    arn = parse_arn(principal)
    if arn is not None:
        literal = arn.account.literal
        if arn.service.literal in ("iam", "sts") and (literal is None or ACCOUNT_ID.match(literal)):
            yield arn.account
    elif _looks_like_account_id(principal):
        yield principal


def _accounts_in_test(test: Test) -> Iterator[Text]:
    key = fold(str(test.key))
    for value in test.values:
        if not isinstance(value, Text):
            continue
        if key in _ACCOUNT_KEYS and _looks_like_account_id(value):
            yield value
        elif key == "aws:principalarn":
            yield from _account_of(value)


def _looks_like_account_id(text: Text) -> bool:
    literal = text.literal
    if literal is not None:
        return ACCOUNT_ID.match(literal) is not None
    return _is_own_account(text)
