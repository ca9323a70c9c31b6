"""A statement against a situation: whether it applies, and by which half of the key policy's rule."""

from typing import NamedTuple

from kmslint.access.conditions import conditions_hold
from kmslint.access.once import once
from kmslint.access.principals import NOBODY, meant
from kmslint.access.resources import means_resource
from kmslint.access.situation import Situation
from kmslint.aws.actions import ACTIONS, Action, matching
from kmslint.model.policy import Element, Statement
from kmslint.values import Unknown, text
from kmslint.verdict import NEVER, NO, UNKNOWN, YES, Truth, Verdict, all_of, any_of, both, constant, negate
from kmslint.wildcard import covers, fold


class Application(NamedTuple):
    """In which requests a statement of a key policy applies, by the ways in which it reaches the caller."""

    directly: Truth
    """It names the caller, or everybody."""
    as_role: Truth
    """It names the role, or the user, that the caller acts as."""
    by_account: Truth
    """It names the caller's account."""


NOT_AT_ALL = Application(NEVER, NEVER, NEVER)


@once
def names_action(statement: Statement, action: Action) -> Verdict:
    """Whether Action or NotAction covers the action; a statement with neither has no effect.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
    """
    if statement.not_actions is not None and statement.actions is not None:
        return NO  # AWS takes one or the other
    if statement.not_actions is not None:
        return negate(any_of(_covers_action(element, action) for element in statement.not_actions))
    return any_of(_covers_action(element, action) for element in statement.actions or ())


def names_no_action(element: Element) -> bool:
    """Whether an entry of Action or NotAction is certainly none of KMS's actions, nor a pattern of them."""
    return all(_covers_action(element, action) is NO for action in ACTIONS)


def _covers_action(element: Element, action: Action) -> Verdict:
    if isinstance(element, Unknown):
        return UNKNOWN
    if element.literal is not None:
        return _covers_known(element.literal, action)
    return covers(element, text(action.name, element.at), ignore_case=True)


def _covers_known(pattern: str, action: Action) -> Verdict:
    """The same for a pattern without holes. Of wildcards in the name of the service AWS does not say what they mean."""
    if action not in matching(pattern):
        return NO
    service = pattern.partition(":")[0]
    return YES if fold(service) in ("kms", "*") else UNKNOWN


def present(statement: Statement) -> Verdict:
    """Whether the statement is in the document at all."""
    return UNKNOWN if statement.guards else YES


def applies(statement: Statement, situation: Situation) -> Application:
    """In which requests a statement with a Principal applies to the situation."""
    action = names_action(statement, situation.action)
    if action is NO:
        return NOT_AT_ALL
    reached = meant(statement, situation)
    if reached == NOBODY:
        return NOT_AT_ALL
    fixed = all_of((action, means_resource(statement, situation), present(statement)))
    if fixed is NO:
        return NOT_AT_ALL
    truth = both((constant(fixed), conditions_hold(statement, situation)))
    return Application(*(NEVER if verdict is NO else both((constant(verdict), truth)) for verdict in reached))


def statement_applies(statement: Statement, situation: Situation) -> Truth:
    """In which requests a statement without a Principal applies to the situation: one of an IAM policy, or an SCP."""
    action = names_action(statement, situation.action)
    if action is NO:
        return NEVER
    fixed = all_of((action, means_resource(statement, situation), present(statement)))
    if fixed is NO:
        return NEVER
    return both((constant(fixed), conditions_hold(statement, situation)))
