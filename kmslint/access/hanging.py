"""What an undecided answer hangs on, in words: `parameter AdminArn`, `whether Prod holds`."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.askers import Asker, Standing
from kmslint.access.decide import Decision
from kmslint.access.grants import grants_allow
from kmslint.access.open_parts import hole_name, open_in
from kmslint.access.other_policies import Deciding
from kmslint.access.principals import Form, form
from kmslint.model.accounts import Ownership, accounts_in
from kmslint.model.estate import IdentityPolicy, Key
from kmslint.model.policy import Document, Effect, Statement
from kmslint.values import question
from kmslint.verdict import NO, UNKNOWN, YES

_NOT_TOLD = frozenset({Ownership.UNATTRIBUTED, Ownership.PRESUMED_FOREIGN})


def policy_name(address: str, asker: Asker) -> str:
    """What an IAM policy is called: `IAM policy ReadOrders`, `an inline policy of role Dev`."""
    owners = (asker.identity, *asker.groups) if asker.identity is not None else ()
    owner = next((one for one in owners if one.address == address), None)
    return f"IAM policy {address}" if owner is None else f"an inline policy of {owner.label}"


def hangs_on(decision: Decision, asker: Asker, key: Key) -> tuple[str, ...]:
    """Everything that the decision on a caller hangs on, each once; what the key policy leaves open comes first."""
    found = (
        *_in_key_policy(decision, key),
        *_in_iam(decision, asker),
        *_in_grants(decision),
    )
    return tuple(dict.fromkeys(found)) or ("what cannot be seen here",)


def accounts_not_told(decision: Decision) -> tuple[str, ...]:
    """The account ids of which it hangs whether they are the key's own."""
    found = (account for statement in _undecided_in_key_policy(decision) for account in _not_told(statement, decision))
    return tuple(dict.fromkeys(found))


def _in_key_policy(decision: Decision, key: Key) -> Iterator[str]:
    document = key.policy.document
    yield from (hole_name(unseen.hole) for unseen in (document.unseen if document is not None else ()))
    for statement in _undecided_in_key_policy(decision):
        found = (
            *(question(guard.condition) for guard in sorted(statement.guards)),
            *(f"whether account {account} is the key's own" for account in _not_told(statement, decision)),
            *open_in(statement),
        )
        yield from found or _open_principals(statement)


def _open_principals(statement: Statement) -> tuple[str, ...]:
    """The principals that can be anybody: an ARN whose account a variable was to fill in. Else the statement itself."""
    anybody = tuple(principal for principal in statement.principals or () if form(principal) is Form.OPEN)
    if not anybody:
        return (f"whether statement {statement.label} of the key policy applies to it",)
    return tuple(f"principal {principal.value}" for principal in anybody)


def _undecided_in_key_policy(decision: Decision) -> Iterator[Statement]:
    """The statements that may add something: where one certainly hands it to the account, another one adds nothing."""
    says = decision.key_policy
    sure = [truth.some is YES for truth in (says.directly, says.as_role, says.by_account)]
    for one, how in says.allowing:
        if one.effect is Effect.UNKNOWN or any(
            truth.some is UNKNOWN and not known for truth, known in zip(how, sure, strict=True)
        ):
            yield one
    yield from (one for one, truth in says.denying if UNKNOWN in truth)


def _not_told(statement: Statement, decision: Decision) -> Iterator[str]:
    alone = Document((statement,), (), None, statement.at)
    accounts = decision.situation.accounts
    return (str(account) for account in accounts_in((alone,)) if accounts.ownership(account) in _NOT_TOLD)


def _in_iam(decision: Decision, asker: Asker) -> Iterator[str]:
    """What is open in the caller's IAM policies and its boundary, as far as they have a say."""
    says, boundary, identity = decision.others.identity, decision.others.boundary, asker.identity
    asked = decision.key_policy.by_account.some is not NO or decision.situation.without_key
    allowed = asked and says.allowed.some is UNKNOWN
    if asker.standing is Standing.NAMED and allowed:
        yield "its IAM policies (not seen here)"
    if identity is None:
        return
    for owner in (identity, *asker.groups):
        for unseen in owner.unseen_policies:
            yield f"the policy {hole_name(unseen.hole)} attached to {'it' if owner is identity else owner.label}"
        for policy in owner.policies:
            yield from _in_policy(policy, policy_name(policy.address, asker))
    for one in (*(says.allowing if allowed else ()), *says.denying):
        yield from _in_statement(one, policy_name(one.policy, asker))
    if boundary is not None and identity.boundary is not None and UNKNOWN in (*boundary.allowed, *boundary.denied):
        name = f"permissions boundary {identity.boundary.address}"
        yield from _in_policy(identity.boundary, name)
        for one in (*boundary.allowing, *boundary.denying):
            yield from _in_statement(one, name)


def _in_policy(policy: IdentityPolicy, name: str) -> Iterator[str]:
    if policy.document is None or policy.document.unseen:
        yield from (question(guard.condition) for guard in sorted(policy.guards))
        yield f"{name} (not seen here)"


def _in_statement(one: Deciding, policy: str) -> Iterator[str]:
    if UNKNOWN not in one.applies:
        return
    found = [question(guard.condition) for guard in sorted(one.guards)]
    found += [f"{part} of {policy}" for part in open_in(one.statement)]
    yield from found or (f"whether statement {one.statement.label} of {policy} means this key",)


def _in_grants(decision: Decision) -> Iterator[str]:
    yield from (
        f"what grant {grant.name} gives"
        for grant in decision.granted.by
        if grants_allow((grant,), decision.situation).allowed.some is UNKNOWN
    )
