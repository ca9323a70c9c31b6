"""A finding: a rule, a place, a sentence, and the places that belong to it."""

from enum import Enum
from typing import NamedTuple

from kmslint.location import Location
from kmslint.model.ways import IN_ANY_CASE, Ways


class Severity(Enum):
    """How bad it is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


class Confidence(Enum):
    """How sure the evaluator is."""

    HIGH = "high"
    MEDIUM = "medium"
    """Rests on a presumption, which the message names."""
    LOW = "low"


class Related(NamedTuple):
    """Another place that belongs to a finding."""

    at: Location
    message: str


class StatementPlace(NamedTuple):
    """Which statement of a policy a finding is about.

    The place alone does not tell: all that one `dynamic` block or one `for` makes stands there, and so does a
    statement with conditions in it, once for each way they come out.
    """

    at: Location
    """The whole statement."""
    position: int = 0
    """Its place in the policy."""
    sid: str = ""


class Finding(NamedTuple):
    """What a rule has to say of one place."""

    rule_id: str
    at: Location
    """The tight place: one principal, one action, one Sid."""
    message: str
    """Principal, action, statement, consequence, in one sentence; lower case, without a full stop."""
    resource: str
    """Logical id or Terraform address."""
    confidence: Confidence = Confidence.HIGH
    related: tuple[Related, ...] = ()
    statement: StatementPlace | None = None
    """The statement around the place, in the policy of the resource."""
    subject: str = ""
    """What of the resource it is about, free of line numbers: `Statement["Sid"]`, a principal."""
    about: str = ""
    """The key it is about, where that is not the resource."""
    advice: str = ""
    """What to do next, if the rule's remediation can be said more precisely here."""
    ways: Ways = IN_ANY_CASE
    """Under which open conditions it holds; the message says so, in the words of `when`."""
    declared: Location | None = None
    """Where the resource is declared, which may be far from the place."""
