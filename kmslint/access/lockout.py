"""Who can still manage a key tomorrow: what five callers may do with kms:PutKeyPolicy.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.access.caller import ROOT_USER, SOME_ROLE, SOME_USER, Caller, named, recreatable
from kmslint.access.decide import decide
from kmslint.access.once import once
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, OtherPolicies
from kmslint.access.principals import Form, account_of, form, is_service_linked_role
from kmslint.access.situation import Situation, is_own
from kmslint.access.worlds import worlds
from kmslint.aws.actions import PUT_KEY_POLICY, Action
from kmslint.model.accounts import Accounts, Ownership, accounts_in
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Key
from kmslint.model.policy import Document, Effect, Principal, PrincipalType, Statement, Test
from kmslint.values import Text, Unknown
from kmslint.verdict import NO, UNDECIDED, UNKNOWN, YES, Truth, Verdict, agreed, any_of, both, constant
from kmslint.wildcard import fold

_NAMED = frozenset({Form.ROLE, Form.USER, Form.SESSION, Form.DEPLOYER, Form.RESOURCE})


class LockoutClass(Enum):
    """How a key can be lost, from not at all to already."""

    NONE = "none"
    ROOT_ONLY = "root-only"
    DELETABLE_ONLY = "deletable-only"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class Holder(NamedTuple):
    """A principal that a statement names, and whether it may change the key policy."""

    principal: Principal
    statement: Statement
    """The statement that names it, or spares it."""
    form: Form
    may: Truth


class Lockout(NamedTuple):
    """Who may change the key policy, in every way the document can come out."""

    lockout: LockoutClass
    root_user: Verdict
    """R"""
    account_administrators: Verdict
    """D: an IAM administrator that the policy does not name."""
    anyone: Verdict
    """W: every identity of the account, without any IAM policy."""
    patterns: tuple[Holder, ...]
    """C: those that may, or perhaps may."""
    named: tuple[Holder, ...]
    """N: those that may, or perhaps may."""
    presumed: bool
    """Rests on the presumption that the only account id of the estate is the own one."""

    def holders(self) -> tuple[Holder, ...]:
        """The named principals that may change the policy in every way it can come out; else those that may in some."""
        certain = tuple(holder for holder in self.named if holder.may.some is YES)
        return certain or self.named


@once
def assess(document: Document, key: Key, accounts: Accounts) -> Lockout:
    """The lockout class of a key with that policy."""
    each = [_cautiously(world, key, accounts) for world in worlds(document)]
    first = each[0]
    classes = {one.lockout for one in each}
    return Lockout(
        first.lockout if len(classes) == 1 else LockoutClass.UNKNOWN,
        agreed(one.root_user for one in each),
        agreed(one.account_administrators for one in each),
        agreed(one.anyone for one in each),
        _merged(one.patterns for one in each),
        _merged(one.named for one in each),
        any(one.presumed for one in each),
    )


def may(document: Document, key: Key, accounts: Accounts, action: Action) -> tuple[Verdict, Verdict, Verdict]:
    """Whether R, D and W may use an action, under some condition they can meet."""
    allowed = []
    identities = (SOME_ROLE, SOME_USER)
    for callers, iam in (((ROOT_USER,), ADMINISTRATOR), (identities, ADMINISTRATOR), (identities, NOTHING)):
        truths = (decide(document, Situation(caller, action, key, accounts), iam).allowed.some for caller in callers)
        allowed.append(any_of(truths))
    return allowed[0], allowed[1], allowed[2]


def anybody_may(document: Document, key: Key, accounts: Accounts, action: Action) -> Verdict:
    """Whether somebody of the account may use an action, in every way the document can come out."""
    return agreed(_somebody(_assess(world, key, accounts, action)) for world in worlds(document))


def _somebody(reached: Lockout) -> Verdict:
    holders = (holder.may.some for holder in (*reached.patterns, *reached.named))
    return any_of((reached.root_user, reached.account_administrators, reached.anyone, *holders))


def _cautiously(document: Document, key: Key, accounts: Accounts) -> Lockout:
    """The assessment; that nobody is left must hold whichever way a presumed account id falls."""
    lockout = _assess(document, key, accounts)
    if lockout.lockout is not LockoutClass.NOBODY or not lockout.presumed:
        return lockout
    otherwise = _assess(document, key, accounts.otherwise())
    return lockout if otherwise.lockout is LockoutClass.NOBODY else lockout._replace(lockout=LockoutClass.UNKNOWN)


def _assess(document: Document, key: Key, accounts: Accounts, action: Action = PUT_KEY_POLICY) -> Lockout:
    """Who may use the action: kms:PutKeyPolicy, where it is about lockout."""
    root_user, administrators, anyone = may(document, key, accounts, action)
    # Where IAM policies decide, a pattern gives nobody what an administrator has not without it.
    policies = NOTHING if administrators is YES else ADMINISTRATOR
    patterns = tuple(_holders(arn_patterns(document), document, key, accounts, recreatable, policies, action))
    holders = tuple(_holders(_named(document), document, key, accounts, named, NOTHING, action))
    if administrators is not YES:
        exempted = tuple(_holders(_exempted(document), document, key, accounts, named, ADMINISTRATOR, action))
        known = {str(holder.principal.value) for holder in holders}
        holders += tuple(holder for holder in exempted if str(holder.principal.value) not in known)
    durable = any_of((administrators, anyone, *(holder.may.some for holder in patterns)))
    deletable = any_of(holder.may.some for holder in holders)
    return Lockout(
        _classify(durable, root_user, deletable),
        root_user,
        administrators,
        anyone,
        patterns,
        holders,
        _is_presumed(document, accounts),
    )


def _classify(durable: Verdict, root_user: Verdict, deletable: Verdict) -> LockoutClass:
    if durable is YES:
        return LockoutClass.NONE
    if durable is UNKNOWN:
        return LockoutClass.UNKNOWN
    if root_user is not NO:
        return LockoutClass.ROOT_ONLY if root_user is YES else LockoutClass.UNKNOWN
    if deletable is not NO:
        return LockoutClass.DELETABLE_ONLY if deletable is YES else LockoutClass.UNKNOWN
    return LockoutClass.NOBODY


def _holders(
    principals: Iterable[tuple[Principal, Statement]],
    document: Document,
    key: Key,
    accounts: Accounts,
    as_caller: Callable[[Text], Caller],
    others: OtherPolicies,
    action: Action,
) -> Iterator[Holder]:
    """Those of the principals that may use the action, or perhaps may, with such IAM policies."""
    seen: set[str] = set()
    for principal, statement in principals:
        if not isinstance(principal.value, Text) or str(principal.value) in seen:
            continue
        seen.add(str(principal.value))
        own = _is_own(principal, accounts)
        situation = Situation(as_caller(principal.value), action, key, accounts)
        truth = both((constant(own), decide(document, situation, others).allowed))
        if truth.some is not NO:
            yield Holder(principal, statement, form(principal), truth)


def _is_own(principal: Principal, accounts: Accounts) -> Verdict:
    account = account_of(principal)
    return YES if account is None or account.literal == "*" else is_own(account, accounts)


def _named(document: Document) -> Iterator[tuple[Principal, Statement]]:
    """N: the principals that Allow statements name, but for those nobody can act as."""
    for statement in document.statements:
        if statement.effect is not Effect.DENY:
            for principal in statement.principals or ():
                if form(principal) in _NAMED and not is_service_linked_role(principal):
                    yield principal, statement


def _exempted(document: Document) -> Iterator[tuple[Principal, Statement]]:
    """The principals that a Deny spares by NotPrincipal; they may be given IAM policies."""
    for statement in document.statements:
        for principal in statement.not_principals or ():
            if statement.effect is Effect.DENY and form(principal) in _NAMED and not is_service_linked_role(principal):
                yield principal, statement


def arn_patterns(document: Document) -> Iterator[tuple[Principal, Statement]]:
    """C: the names by which conditions on aws:PrincipalArn let somebody in, or a Deny spares somebody."""
    for statement in document.statements:
        spares = statement.effect is Effect.DENY
        for test in statement.conditions:
            if (
                isinstance(test, Test)
                and fold(str(test.key)) == "aws:principalarn"
                and spares == ("Not" in test.operator)
            ):
                found = (Principal(PrincipalType.AWS, value) for value in test.values if _is_pattern(value))
                yield from ((principal, statement) for principal in found)


def _is_pattern(value: Text | Unknown) -> bool:
    """Whether it covers users or roles that somebody can be: the root user is R, sessions show their role's ARN."""
    arn = parse_arn(value) if isinstance(value, Text) else None
    resource = str(arn.resource) if arn is not None else "root"
    return resource != "root" and not resource.startswith(("assumed-role/", "role/aws-service-role/"))


def _is_presumed(document: Document, accounts: Accounts) -> bool:
    """Whether the document names the one account id that is presumed to be the own one."""
    return any(accounts.ownership(account) is Ownership.PRESUMED_OWN for account in accounts_in((document,)))


def _merged(worlds_: Iterable[tuple[Holder, ...]]) -> tuple[Holder, ...]:
    """The holders of all worlds, each once; one who is not a holder in every world may be one."""
    listed = list(worlds_)
    first: dict[str, Holder] = {}
    truths: dict[str, list[Truth]] = {}
    for holder in (holder for world in listed for holder in world):
        name = str(holder.principal.value)
        first.setdefault(name, holder)
        truths.setdefault(name, []).append(holder.may)
    return tuple(
        holder if len(truths[name]) == len(listed) and len(set(truths[name])) == 1 else holder._replace(may=UNDECIDED)
        for name, holder in first.items()
    )
