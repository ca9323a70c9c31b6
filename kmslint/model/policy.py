"""Policy documents: statements as AWS reads them, each element with its place.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.location import Location
from kmslint.model.duplicates import Duplicate
from kmslint.values import ALWAYS, Guards, Text, Unknown

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
    unseen: tuple[Unknown, ...]
    """Statements, or lists of them, that cannot be resolved: each may allow or deny anything."""
    version: Text | None
    at: Location
    malformed: tuple[Malformed, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    """Members that stand twice, where the policy is written as a text."""

    def guards(self) -> set[str]:
        """The conditions on which the presence of some statement hangs."""
        return {guard.condition for statement in self.statements for guard in statement.guards}

    def in_world(self, world: dict[str, bool]) -> "Document":
        """The document where those conditions are decided."""
        present = []
        for statement in self.statements:
            if all(world.get(guard.condition, guard.holds) == guard.holds for guard in statement.guards):
                open_guards = frozenset(guard for guard in statement.guards if guard.condition not in world)
                present.append(statement._replace(guards=open_guards))
        return self._replace(statements=tuple(present))


def texts(elements: tuple[Element, ...] | None) -> Iterator[Text]:
    """The entries that are text."""
    return (element for element in elements or () if isinstance(element, Text))
