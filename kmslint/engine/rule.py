"""A rule: everything that is said of it, once."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, Protocol

from kmslint.engine.counterpart import Counterpart
from kmslint.engine.finding import Confidence, Finding, Related, Severity, StatementPlace
from kmslint.engine.shortened import with_short_sentences
from kmslint.location import Location
from kmslint.model.estate import Estate
from kmslint.model.policy import Statement
from kmslint.model.ways import IN_ANY_CASE, Ways

_TELLING = re.compile(r"[\w\"'][^\r\n]*[^\s,]")


class Profile(Enum):
    """In which runs a rule takes part."""

    DEFAULT = "default"
    STRICT = "strict"
    """Only with `--profile strict`, or selected by its id."""
    OFF = "off"
    """Only selected by its id."""


class Scope(Enum):
    """What two findings must share for one to silence the other."""

    STATEMENT = "statement"
    KEY = "key"


class Silence(NamedTuple):
    """A rule that says it better: where it fires in that scope, this one keeps quiet."""

    by: str
    scope: Scope


class Examples(NamedTuple):
    """Whole files, run by the tests: `bad` gives this finding, `good` does not."""

    bad: str
    good: str


class Rule(NamedTuple):
    """A rule's own account of itself: `explain`, the README, the docs and SARIF all come from here."""

    id: str
    name: str
    """The pattern it finds, in kebab case: reads well after "allow ..."."""
    title: str
    """One line, without a full stop."""
    severity: Severity
    rationale: str
    """What KMS does, and why that is a problem here: a paragraph or two."""
    remediation: str
    """What to do, in a sentence or two."""
    references: tuple[str, ...]
    cloudformation: Examples | None
    """None where the matter does not exist in CloudFormation."""
    terraform: Examples | None
    """None where it does not exist in Terraform."""
    profile: Profile = Profile.DEFAULT
    precision: Confidence = Confidence.HIGH
    """How seldom it errs: SARIF's precision."""
    silenced_by: tuple[Silence, ...] = ()
    counterparts: tuple[Counterpart, ...] = ()
    """What other catalogues and tools have of the same matter: none where they know nothing of it."""

    def finding(
        self,
        at: Location,
        message: str,
        resource: str,
        *,
        confidence: Confidence = Confidence.HIGH,
        related: tuple[Related, ...] = (),
        statement: Statement | None = None,
        subject: str = "",
        about: str = "",
        advice: str = "",
        ways: Ways | None = None,
    ) -> Finding:
        """A finding of this rule. A place outside its statement, in a variable say, is tied to it.

        Unless `ways` says more, what is found of a statement holds wherever the statement is there.
        """
        if ways is None:
            ways = IN_ANY_CASE if statement is None else (statement.guards,)
        around = None if statement is None else StatementPlace(statement.at, statement.position, statement.sid or "")
        if around is not None and not _is_inside(at, around.at):
            related = (Related(_first_line(around.at), "in this statement"), *related)
        found = Finding(self.id, at, message, resource, confidence, related, around, subject, about, advice, ways)
        return with_short_sentences(found)


class RuleModule(Protocol):
    """A module of `rules/`."""

    RULE: Rule

    def check(self, estate: Estate) -> Iterator[Finding]:
        """The findings of the rule in one estate."""
        ...


def _is_inside(at: Location, statement: Location) -> bool:
    return at.source is statement.source and statement.start <= at.start < max(statement.end, statement.start + 1)


def _first_line(statement: Location) -> Location:
    """The first line of a statement that says something: more than a brace."""
    text = statement.source.text[statement.start : statement.end]
    telling = _TELLING.search(text)
    start, end = telling.span() if telling else (0, len(text.partition("\n")[0]))
    return statement._replace(start=statement.start + start, end=statement.start + end)
