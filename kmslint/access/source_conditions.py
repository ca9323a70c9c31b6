"""Conditions on the source of a call that EventBridge does not meet when it publishes to an encrypted topic.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.matching import names_action
from kmslint.access.service_use import ServiceUse, missing_actions, service_uses
from kmslint.aws.actions import Action
from kmslint.model.consumers import Purpose, Sender
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate
from kmslint.model.policy import Effect, Statement, Test
from kmslint.values import Guards
from kmslint.verdict import YES
from kmslint.wildcard import fold

_UNSUPPORTED: Final = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"})


class UnmetCondition(NamedTuple):
    """A statement that is to let EventBridge publish to topics, and does not for its condition."""

    statement: Statement
    test: Test
    actions: tuple[Action, ...]
    uses: tuple[ServiceUse, ...]
    """The rules that send to topics under the key."""


def unmet_conditions(estate: Estate) -> Iterator[UnmetCondition]:
    """The statements by which alone EventBridge would publish to topics of the estate, and does not."""
    found: dict[str, list[ServiceUse]] = {}
    for use in service_uses(estate):
        if use.consumer.purpose is Purpose.TOPIC and use.delivery is not None and use.delivery.sender is Sender.RULE:
            found.setdefault(use.key.address, []).append(use)
    for uses in found.values():
        answers = {use.guards: _of_use(use, estate) for use in uses}
        unmet = {_place(each.statement): each for answer in answers.values() for each in answer}
        kept = tuple(use for use in uses if answers[use.guards])
        yield from (each._replace(uses=kept) for each in unmet.values())


def _place(statement: Statement) -> tuple[int, Guards]:
    return statement.position, statement.guards


def _of_use(use: ServiceUse, estate: Estate) -> tuple[UnmetCondition, ...]:
    """The statements that do not let EventBridge publish to one topic, if nothing else does; all uses are alike."""
    document = key_document(use.key)
    if document is None:
        return ()
    unmet = [(one, test) for one in document.statements for test in _tests(one, use)[:1]]
    rest = tuple(one for one in document.statements if not _tests(one, use))
    missing = missing_actions(document._replace(statements=rest), use, estate)
    found = []
    for statement, test in unmet:
        actions = tuple(action for action in missing if names_action(statement, action) is YES)
        if actions:
            found.append(UnmetCondition(statement, test, actions, ()))
    return tuple(found)


def _tests(statement: Statement, use: ServiceUse) -> list[Test]:
    """The conditions on the source in an Allow for EventBridge."""
    if statement.effect is not Effect.ALLOW:
        return []
    if not any(str(principal.value) == str(use.service) for principal in statement.principals or ()):
        return []
    return [test for test in statement.conditions if isinstance(test, Test) and _is_unmet(test)]


def _is_unmet(test: Test) -> bool:
    """Whether the test fails where the request does not carry its key."""
    positive = test.operator.startswith(("String", "Arn")) and "Not" not in test.operator
    return positive and not test.if_exists and not test.quantifier and fold(str(test.key)) in _UNSUPPORTED
