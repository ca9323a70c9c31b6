"""Statements of a key policy for which AWS refuses all of it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.matching import names_action
from kmslint.access.principals import Form, form
from kmslint.aws.actions import Action
from kmslint.location import Location
from kmslint.model.estate import Estate
from kmslint.model.policy import Document, Effect, Principal, Statement
from kmslint.values import Text
from kmslint.verdict import NO


def refused_alone(action: Action, document: Document, estate: Estate) -> Statement | None:
    """The first of the statements that speak of an action, if each is an Allow with principals that are none: the
    policy with which nobody may use it never takes effect."""
    speaking = [one for one in document.statements if names_action(one, action) is not NO]
    return speaking[0] if speaking and all(_is_refused(one, estate) for one in speaking) else None


def _is_refused(statement: Statement, estate: Estate) -> bool:
    """Whether it is an Allow for whose principals AWS refuses the policy."""
    return statement.effect is Effect.ALLOW and next(refused_principals(statement, estate), None) is not None


def refused_principals(statement: Statement, estate: Estate) -> Iterator[tuple[Location, str]]:
    """The principals of a statement that are none, each with what is wrong with it."""
    if not statement.principals and not statement.not_principals and not statement.malformed:
        yield statement.header, "nobody is named, and every statement of a key policy needs a principal"
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        hole = (
            principal.value.holes[0] if form(principal) is Form.RESOURCE and isinstance(principal.value, Text) else None
        )
        if hole is not None and estate.identity(hole.resource) is not None:
            yield principal.at, f"{principal.value} is the name of {hole.resource}, not its ARN"
        if form(principal) is Form.INVALID and not _is_placeholder(principal, statement):
            yield principal.at, _what(principal)
    for flaw in statement.malformed:
        if "Principal" in flaw.what:
            yield flaw.at, flaw.what


def _is_placeholder(principal: Principal, statement: Statement) -> bool:
    """A text such as "" or "undefined" that comes from elsewhere: the default of a variable that is to be set."""
    at = principal.at
    inside = at.source is statement.at.source and statement.at.start <= at.start < statement.at.end
    return not inside and not str(principal.value).startswith("arn:")


def _what(principal: Principal) -> str:
    value = str(principal.value)
    if "*" in value or "?" in value:
        return f"{value} has a wildcard inside, and a principal is either * or one name"
    if ":group/" in value:
        return f"{value} is a group, and a group is no principal"
    if ":instance-profile/" in value or ":instanceprofile/" in value:
        return f"{value} is an instance profile, not the role in it"
    return f"{value or 'an empty text'} is no ARN of an account, user, role or session"
