"""The located tree: what YAML, JSON and HCL look like once read.

Nothing is interpreted: scalars stay text with the way they were written, members that stand twice stand
twice here, tags and expressions are kept. Every node knows its stretch of the source.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Union

from kmslint.errors import Problem
from kmslint.location import Excerpt, Location, Source

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform

    @dataclass_transform(frozen_default=True)
    class Nested:
        """A node with other nodes in it: a NamedTuple, of which type checkers see the names and not the tuple.

        Whether one tuple may stand for another, mypy finds out field by field: with tuples in tuples of a dozen kinds
        that took it minutes. A class is asked for its name.
        """

else:
    Nested = NamedTuple


class Style(Enum):
    """How a scalar was written."""

    PLAIN = "plain"
    """Without quotes: a YAML plain scalar, a JSON or HCL number, `true`, `null`, an HCL identifier as a key."""
    QUOTED = "quoted"
    BLOCK = "block"
    """YAML's `|` and `>`; HCL's heredocs."""


class Comment(NamedTuple):
    """A comment, its marker (`#`, `//`, `/* */`) left out."""

    text: str
    at: Location
    alone: bool
    """Nothing but the comment stands on its line."""


# --- data: YAML, JSON, and HCL's literals, lists and objects ---------------------------------------


class Scalar(NamedTuple):
    """A text, a number, a boolean or null, as text."""

    text: str
    at: Location
    style: Style
    excerpt: Excerpt
    """The same text, each character tied to the source: for a policy written inside a string."""
    tag: str = ""
    """YAML only: an explicit tag, `!Ref`."""


def member_name(key: Scalar) -> str:
    """What tells a member of a map from the others: `1` and `"1"` are one name, a function is another than its text."""
    return key.text if not key.tag or key.tag.startswith("!!") else f"{key.tag} {key.text}"


class Entry(NamedTuple):
    """A member of a mapping. In HCL the key may be an expression."""

    key: "Node"
    value: "Node"

    @property
    def name(self) -> Scalar:
        """The key of a member in YAML or JSON, which know no others than scalars."""
        assert isinstance(self.key, Scalar)
        return self.key


class Mapping(Nested):
    """YAML's and JSON's maps, HCL's objects."""

    entries: tuple[Entry, ...]
    at: Location
    tag: str = ""

    def get(self, name: str) -> "Node | None":
        """The value of the last entry with that literal key."""
        found: Node | None = None
        for entry in self.entries:
            if isinstance(entry.key, Scalar) and entry.key.text == name:
                found = entry.value
        return found

    def with_entries(self, entries: Iterable[Entry]) -> "Mapping":
        """The same map with other entries."""
        return Mapping(tuple(entries), self.at, self.tag)

    def duplicates(self) -> Iterator[Scalar]:
        """Keys that stand here a second time."""
        seen: set[str] = set()
        for entry in self.entries:
            if isinstance(entry.key, Scalar):
                name = member_name(entry.key)
                if name in seen:
                    yield entry.key
                seen.add(name)


class Sequence(Nested):
    """A list; HCL's tuple."""

    items: "tuple[Node, ...]"
    at: Location
    tag: str = ""

    def with_items(self, items: "Iterable[Node]") -> "Sequence":
        """The same list with other items."""
        return Sequence(tuple(items), self.at, self.tag)


# --- expressions: HCL only -------------------------------------------------------------------------


class Variable(NamedTuple):
    """A bare name at the root of an expression: `var`, `local`, `aws_kms_key`, a for-variable."""

    name: str
    at: Location


class Attribute(Nested):
    """`of.name`; the legacy index `of.0` too."""

    of: "Node"
    name: str
    at: Location


class Index(Nested):
    """`of[key]`."""

    of: "Node"
    key: "Node"
    at: Location


class Splat(Nested):
    """`of[*].rest`, `of.*.rest`: `each` is the expression for one element, rooted at `Variable("*")`."""

    of: "Node"
    each: "Node"
    is_full: bool
    """`[*]`: all steps behind it are for each element; of `.*` only the attributes are."""
    at: Location


class Call(Nested):
    """`name(arguments)`; `spread` is true for `f(list...)`."""

    name: str
    arguments: "tuple[Node, ...]"
    spread: bool
    at: Location


class Conditional(Nested):
    """`condition ? when_true : when_false`."""

    condition: "Node"
    when_true: "Node"
    when_false: "Node"
    at: Location


class Operation(Nested):
    """`left op right`; a unary operator has no left."""

    operator: str
    left: "Node | None"
    right: "Node"
    at: Location


class For(Nested):
    """`[for value in of : result if condition]` and `{for key, value in of : name => result... if condition}`."""

    key_variable: str
    """Empty where only the value is named."""
    value_variable: str
    of: "Node"
    name: "Node | None"
    """The key expression of an object; None for a list."""
    result: "Node"
    grouped: bool
    condition: "Node | None"
    at: Location


class Interpolation(Nested):
    """`${expression}` in a template."""

    expression: "Node"
    at: Location


class TemplateIf(Nested):
    """`%{if condition}...%{else}...%{endif}` in a template."""

    condition: "Node"
    when_true: "tuple[TemplatePart, ...]"
    when_false: "tuple[TemplatePart, ...]"
    at: Location


class TemplateFor(Nested):
    """`%{for key, value in of}...%{endfor}` in a template."""

    key_variable: str
    value_variable: str
    of: "Node"
    body: "tuple[TemplatePart, ...]"
    at: Location


TemplatePart = Union[Excerpt, Interpolation, TemplateIf, TemplateFor]


class Template(Nested):
    """A quoted string or heredoc with at least one `${` or `%{`; one without is a Scalar.

    Strip markers (`~`) and the indentation of `<<-` are already taken out of the literal parts.
    """

    parts: tuple[TemplatePart, ...]
    at: Location
    style: Style


Node = Union[Scalar, Mapping, Sequence, Variable, Attribute, Index, Splat, Call, Conditional, Operation, For, Template]


# --- HCL's body --------------------------------------------------------------------------------------


class Argument(NamedTuple):
    """`name = value` in a block."""

    name: Scalar
    value: Node

    @property
    def at(self) -> Location:
        return self.name.at


class Block(NamedTuple):
    """`type "label" "label" { ... }`."""

    type: Scalar
    labels: tuple[Scalar, ...]
    body: "Body"
    at: Location

    @property
    def header(self) -> Location:
        """The type and labels, without the body."""
        last = self.labels[-1] if self.labels else self.type
        return Location(self.at.source, self.at.start, last.at.end)


class Body(NamedTuple):
    """What stands between the braces of a block, or in a file. Arguments that stand twice are all here."""

    arguments: tuple[Argument, ...]
    blocks: tuple[Block, ...]
    at: Location

    def get(self, name: str) -> Node | None:
        """The value of the last argument of that name."""
        found: Node | None = None
        for argument in self.arguments:
            if argument.name.text == name:
                found = argument.value
        return found

    def all(self, type_: str) -> Iterator[Block]:
        """The nested blocks of that type."""
        return (block for block in self.blocks if block.type.text == type_)


# --- documents ---------------------------------------------------------------------------------------


class DataFile(NamedTuple):
    """A YAML or JSON file: its documents (JSON: one)."""

    source: Source
    documents: tuple[Node, ...]
    comments: tuple[Comment, ...]


class HclFile(NamedTuple):
    """An HCL file; `problems` are the blocks that nobody could read (they are not in the body)."""

    source: Source
    body: Body
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]
