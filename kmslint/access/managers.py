"""Who may change a key policy: what five kinds of callers may do with kms:PutKeyPolicy.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from kmslint.access.caller import ROOT_USER, SOME_ROLE, SOME_USER, Caller, named, recreatable
from kmslint.access.other_policies import ADMINISTRATOR, NOTHING, OtherPolicies
from kmslint.access.principals import Form, account_of, form, is_service_linked_role
from kmslint.access.situation import Situation, is_own
from kmslint.aws.actions import PUT_KEY_POLICY, Action
from kmslint.model.accounts import Accounts
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Key
from kmslint.model.policy import Document, Effect, Principal, PrincipalType, Statement, Test
from kmslint.values import Text, Unknown
from kmslint.verdict import NO, UNKNOWN, YES, Truth, Verdict, any_of, both, constant
from kmslint.wildcard import fold

_NAMED: Final = frozenset({Form.ROLE, Form.USER, Form.SESSION, Form.DEPLOYER, Form.RESOURCE})

Candidate = tuple[Principal, Statement]
"""A principal, and the statement that names it, or spares it."""
Question = tuple[Situation, OtherPolicies]
"""Whether somebody may change the key policy, with such policies of his own."""
AsCaller = Callable[[Text], Caller]
Answers = Callable[[Situation, OtherPolicies], Truth]


class Holder(NamedTuple):
    """A principal that a statement names, and whether it may change the key policy."""

    principal: Principal
    statement: Statement
    """The statement that names it, or spares it."""
    form: Form
    may: Truth


class Managers(NamedTuple):
    """Who may change the key policy."""

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

    @property
    def durable(self) -> Verdict:
        """Whether somebody may who is always there, or can be made anew."""
        return any_of((self.account_administrators, self.anyone, *(holder.may.some for holder in self.patterns)))

    @property
    def deletable(self) -> Verdict:
        """Whether somebody may who is gone for good once he is deleted."""
        return any_of(holder.may.some for holder in self.named)


def managers(
    document: Document, key: Key, accounts: Accounts, answers: Answers, action: Action = PUT_KEY_POLICY
) -> Managers:
    """Who may change the key policy, or use another action, by the answers for each of those in question."""

    def may(questions: Iterable[Question]) -> Verdict:
        return any_of(answers(*question).some for question in questions)

    def held(candidates: Iterable[Candidate], as_caller: AsCaller, others: OtherPolicies) -> list[Holder]:
        asked = ((one, as_caller(value)) for one, value in _distinct(candidates))
        truths = ((one, answers(Situation(caller, action, key, accounts), others)) for one, caller in asked)
        return list(_holders(truths, accounts))

    administrators = may(administrators_asked(key, accounts, action))
    patterns = held(arn_patterns(document), recreatable, _beside(administrators))
    holders = held(named_principals(document), named, NOTHING)
    if administrators is not YES:
        known = {str(holder.principal.value) for holder in holders}
        exempted = held(exempted_principals(document), named, ADMINISTRATOR)
        holders += [holder for holder in exempted if str(holder.principal.value) not in known]
    return Managers(
        may(root_user_asked(key, accounts, action)),
        administrators,
        may(anyone_asked(key, accounts, action)),
        tuple(patterns),
        tuple(holders),
    )


def open_questions(found: Managers, document: Document, key: Key, accounts: Accounts) -> Iterator[Question]:
    """Whom it hangs on that nobody knows how a key could be lost: those who may be of the kind that lasts longest.

    None of the kind certainly may, or it would be known.
    """

    def asked(holders: Iterable[Holder], as_caller: AsCaller, others: OtherPolicies) -> Iterator[Question]:
        for holder in holders:
            assert isinstance(holder.principal.value, Text)  # by `_distinct`
            yield Situation(as_caller(holder.principal.value), PUT_KEY_POLICY, key, accounts), others

    if found.durable is UNKNOWN:
        yield from administrators_asked(key, accounts)
        yield from anyone_asked(key, accounts)
        yield from asked(found.patterns, recreatable, _beside(found.account_administrators))
    elif found.root_user is UNKNOWN:
        yield from root_user_asked(key, accounts)
    else:
        directly = {str(principal.value) for principal, _ in named_principals(document)}
        for holder in found.named:
            by_name = str(holder.principal.value) in directly
            yield from asked((holder,), named, NOTHING if by_name else ADMINISTRATOR)


def root_user_asked(key: Key, accounts: Accounts, action: Action = PUT_KEY_POLICY) -> tuple[Question, ...]:
    """R"""
    return ((Situation(ROOT_USER, action, key, accounts), ADMINISTRATOR),)


def administrators_asked(key: Key, accounts: Accounts, action: Action = PUT_KEY_POLICY) -> tuple[Question, ...]:
    """D"""
    return tuple((Situation(one, action, key, accounts), ADMINISTRATOR) for one in (SOME_ROLE, SOME_USER))


def anyone_asked(key: Key, accounts: Accounts, action: Action = PUT_KEY_POLICY) -> tuple[Question, ...]:
    """W"""
    return tuple((Situation(one, action, key, accounts), NOTHING) for one in (SOME_ROLE, SOME_USER))


def _beside(administrators: Verdict) -> OtherPolicies:
    """What a pattern is asked with: where IAM policies decide, it gives nobody what an administrator has anyway."""
    return NOTHING if administrators is YES else ADMINISTRATOR


def _distinct(candidates: Iterable[Candidate]) -> Iterator[tuple[Candidate, Text]]:
    seen: set[str] = set()
    for candidate in candidates:
        value = candidate[0].value
        assert isinstance(value, Text)  # by its form, or as a pattern
        if str(value) not in seen:
            seen.add(str(value))
            yield candidate, value


def _holders(truths: Iterable[tuple[Candidate, Truth]], accounts: Accounts) -> Iterator[Holder]:
    """Those of the principals that may change the key policy, or perhaps may."""
    for (principal, statement), truth in truths:
        may = both((constant(_is_own(principal, accounts)), truth))
        if may.some is not NO:
            yield Holder(principal, statement, form(principal), may)


def _is_own(principal: Principal, accounts: Accounts) -> Verdict:
    account = account_of(principal)
    return YES if account is None or account.literal == "*" else is_own(account, accounts)


def named_principals(document: Document) -> Iterator[Candidate]:
    """N: the principals that Allow statements name, but for those nobody can act as."""
    for statement in document.statements:
        if statement.effect is not Effect.DENY:
            for principal in statement.principals or ():
                if form(principal) in _NAMED and not is_service_linked_role(principal):
                    yield principal, statement


def exempted_principals(document: Document) -> Iterator[Candidate]:
    """The principals that a Deny spares by NotPrincipal; they may be given IAM policies."""
    for statement in document.statements:
        for principal in statement.not_principals or ():
            if statement.effect is Effect.DENY and form(principal) in _NAMED and not is_service_linked_role(principal):
                yield principal, statement


def arn_patterns(document: Document) -> Iterator[Candidate]:
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
