"""Policy documents: statements as AWS reads them, each element with its place.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple, TypeVar

from kmslint.location import Location
from kmslint.model.duplicates import Duplicate
from kmslint.model.facts import UNRELATED, Facts
from kmslint.values import ALWAYS, Guard, Guards, Hole, Text, Unknown
from kmslint.verdict import NO

Element = Text | Unknown
"""One entry of an element's list."""


class Effect(Enum):
    ALLOW = "Allow"
    DENY = "Deny"
    UNKNOWN = "unknown"
    """Cannot be resolved: either of the two."""
    INVALID = "invalid"
    """Missing or misspelt (`allow`): AWS refuses the document."""


class PrincipalType(Enum):
    """The members of a Principal element."""

    AWS = "AWS"
    """An account, a user, a role, a session, or `*`; a bare `"*"` too."""
    SERVICE = "Service"
    FEDERATED = "Federated"
    CANONICAL_USER = "CanonicalUser"
    UNKNOWN = "unknown"
    """The whole element, or the name of its member, cannot be resolved."""


class Principal(NamedTuple):
    """One entry of a Principal or NotPrincipal element."""

    type: PrincipalType
    value: Element

    @property
    def at(self) -> Location:
        return self.value.at

    @property
    def is_star(self) -> bool:
        """Whether it is `*`: everybody."""
        return self.type is PrincipalType.AWS and isinstance(self.value, Text) and self.value.literal == "*"


class Test(NamedTuple):
    """One key of one operator of a Condition element: `"StringEquals": {"aws:PrincipalType": "Account"}`."""

    operator: str
    """Without quantifier and `IfExists`, in AWS's own spelling where it is one of AWS's: `StringEquals`."""
    key: Text
    values: tuple[Element, ...]
    at: Location
    """The key and its values."""
    if_exists: bool = False
    quantifier: str = ""
    """`ForAllValues`, `ForAnyValue` or empty."""

    def __str__(self) -> str:
        prefix = f"{self.quantifier}:" if self.quantifier else ""
        suffix = "IfExists" if self.if_exists else ""
        return f"{prefix}{self.operator}{suffix} {self.key} {', '.join(map(str, self.values))}"


class Malformed(NamedTuple):
    """Something in a statement that is not shaped like a policy; it matches nothing."""

    what: str
    at: Location
    guards: Guards = ALWAYS
    """What must hold for it to be in the document at all."""
    mend: str = ""
    """What to write instead, where that is known."""


class Unseen(NamedTuple):
    """A statement, or any number of them, that cannot be resolved: it may allow or deny anything."""

    hole: Hole
    at: Location
    guards: Guards = ALWAYS
    """What must hold for it to be in the document at all."""


class Statement(NamedTuple):
    """One statement. An element that is absent is None; an empty list is an empty tuple."""

    position: int
    """Place in the document, from 0."""
    sid: str | None
    effect: Effect
    principals: tuple[Principal, ...] | None
    not_principals: tuple[Principal, ...] | None
    actions: tuple[Element, ...] | None
    not_actions: tuple[Element, ...] | None
    resources: tuple[Element, ...] | None
    not_resources: tuple[Element, ...] | None
    conditions: tuple[Test | Unknown, ...]
    at: Location
    """The whole statement."""
    header: Location
    """A tight place to point at: the Sid, else the first member."""
    malformed: tuple[Malformed, ...] = ()
    guards: Guards = ALWAYS
    """What must hold for the statement to be in the document at all."""
    literal_variables: bool = False
    """The document's version has no policy variables: `${...}` is literal text."""

    @property
    def label(self) -> str:
        """How messages name it: its Sid, or its number from 1."""
        return f'"{self.sid}"' if self.sid else f"number {self.position + 1}"


class Document(NamedTuple):
    """A policy document."""

    statements: tuple[Statement, ...]
    unseen: tuple[Unseen, ...]
    version: Text | None
    at: Location
    malformed: tuple[Malformed, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    """Members that stand twice, where the policy is written as a text."""
    facts: Facts = UNRELATED
    """What is known of the conditions on which parts of it hang, and of those on which it hangs itself."""

    def guards(self) -> set[str]:
        """The conditions on which the presence of some part hangs."""
        return {guard.condition for guards in self.presence() for guard in guards}

    def presence(self) -> Iterator[Guards]:
        """What must hold for each part to be there that may allow or deny anything."""
        yield from (statement.guards for statement in self.statements)
        yield from (unseen.guards for unseen in self.unseen)

    def under(self, guards: Guards) -> "Document":
        """The document where those conditions came out so."""
        if not guards:
            return self
        opposite = frozenset(Guard(condition, not holds) for condition, holds in guards)

        def left(part: Guards) -> Guards | None:
            return part - guards if part.isdisjoint(opposite) else None

        return self._replace(
            statements=tuple(_kept(self.statements, left)),
            unseen=tuple(_kept(self.unseen, left)),
            malformed=tuple(_kept(self.malformed, left)),
            facts=self.facts.under(guards),
        )

    def settled(self, facts: Facts) -> "Document":
        """The document as it is where that is known of its conditions."""
        if not self.guards():
            return self
        return self._replace(
            statements=tuple(_kept(self.statements, facts.open_part)),
            unseen=tuple(_kept(self.unseen, facts.open_part)),
            malformed=tuple(_kept(self.malformed, facts.open_part)),
        )

    def with_facts(self, facts: Facts) -> "Document":
        """The document without the parts that are never in it, given what is known of its conditions."""

        def left(part: Guards) -> Guards | None:
            return part if not part or facts.possible(part) is not NO else None

        return self._replace(
            statements=tuple(_kept(self.statements, left)),
            unseen=tuple(_kept(self.unseen, left)),
            malformed=tuple(_kept(self.malformed, left)),
            facts=facts,
        )


_Part = TypeVar("_Part", Statement, Unseen, Malformed)


def _kept(parts: Iterable[_Part], left: Callable[[Guards], Guards | None]) -> Iterator[_Part]:
    """The parts that are still there, each with what it still hangs on."""
    for part in parts:
        guards = left(part.guards)
        if guards is not None:
            yield part if guards == part.guards else part._replace(guards=guards)


def texts(elements: tuple[Element, ...] | None) -> Iterator[Text]:
    """The entries that are text."""
    return (element for element in elements or () if isinstance(element, Text))
