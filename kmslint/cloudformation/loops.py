"""`Fn::ForEach`: a part of the template that stands there once for each element of a list.

The loops are written out in the located tree, so that all that comes after meets a plain template in which every
node still knows its place. cfn-lint's own expansion is what the tests hold this against. It cannot take its place,
for it makes up names where a list is not known, and values where the key of a mapping is not.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kmslint import limits
from kmslint.cloudformation.calls import LOOP
from kmslint.cloudformation.repetition import Repetition, TooMuchError
from kmslint.location import Location
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence
from kmslint.values import Choice, Items, Null, Text, Unknown, Value

SECTIONS = ("Conditions", "Resources", "Outputs")
"""Where AWS takes loops, in the order in which they are written out: a list may hang on a condition."""
_TRANSFORM = "AWS::LanguageExtensions"
_CONCERNED = ("AWS::KMS::", "AWS::IAM::", "AWS::Serverless::", "AWS::CloudFormation::Stack")
"""Types of resources that keys and permissions may hide in."""

Evaluate = Callable[[Node], Value | None]
Report = Callable[[str, Location], None]


def is_loop(entry: Entry) -> bool:
    """Whether a member of a map is a loop."""
    return entry.name.text.startswith(LOOP)


def first_without_transform(document: Mapping) -> Scalar | None:
    """The first loop of a template that does not use the transform which loops need."""
    declared = document.get("Transform")
    transforms = declared.items if isinstance(declared, Sequence) else (declared,)
    if any(isinstance(one, Scalar) and one.text == _TRANSFORM for one in transforms):
        return None
    sections = map(document.get, SECTIONS)
    entries = (entry for section in sections if isinstance(section, Mapping) for entry in section.entries)
    return next((entry.name for entry in entries if is_loop(entry)), None)


class _Loop(NamedTuple):
    identifier: str
    collection: Node
    body: Mapping


class Loops:
    """The loops of one template."""

    def __init__(self, parameters: frozenset[str], report: Report, makes: Callable[[int], bool]) -> None:
        """The names of the parameters may not be those of loops. `makes` says whether so many nodes more may be."""
        self._parameters = parameters
        self._report = report
        self._makes = makes

    def written_out(self, section: Mapping, name: str, evaluate: Evaluate) -> Mapping:
        """A section of the template without loops.

        A loop that cannot be written out is reported if it may hide keys or permissions. Among properties it
        is left where it stands: any of them may come from it.
        """
        try:
            return _Section(name, evaluate, self._parameters, self._report, self._spend).written_out(section)
        except TooMuchError:
            reason = f"loops that make more than {limits.LOOP_NODES} values"
            self._report(limits.named(reason, "loop-nodes"), section.at)
            return section.with_entries(entry for entry in section.entries if not is_loop(entry))

    def _spend(self, nodes: int) -> None:
        if not self._makes(nodes):
            raise TooMuchError


class _Section:
    def __init__(
        self,
        name: str,
        evaluate: Evaluate,
        parameters: frozenset[str],
        report: Report,
        spend: Callable[[int], None],
    ) -> None:
        self._name = name
        self._evaluate = evaluate
        self._parameters = parameters
        self._report = report
        self._spend = spend

    def written_out(self, section: Mapping) -> Mapping:
        return section.with_entries(self._entries(section.entries, 0, inside=False))

    def _entries(self, entries: Iterable[Entry], depth: int, inside: bool) -> Iterator[Entry]:
        """The members of a map, in the place of each loop what it stands for. `inside` of a resource they are
        properties."""
        for entry in entries:
            if is_loop(entry):
                yield from self._loop(entry, depth, inside)
            else:
                yield Entry(entry.key, self._node(entry.value, depth))

    def _node(self, node: Node, depth: int) -> Node:
        if isinstance(node, Sequence):
            return node.with_items(self._node(item, depth) for item in node.items)
        if isinstance(node, Mapping):
            return node.with_entries(self._entries(node.entries, depth, inside=True))
        return node

    def _loop(self, entry: Entry, depth: int, inside: bool) -> Iterator[Entry]:
        key, loop = entry.name, _read(entry.value)
        missing = self._refusal(loop, depth)
        if missing:
            self._report(f"{key.text} {missing}", key.at)
        else:
            assert loop is not None
            values, missing = self._values(loop.collection)
            for value in values:
                body = Repetition(loop.identifier, value, self._spend).mapping(loop.body)
                yield from self._entries(body.entries, depth + 1, inside)
            if missing and self._name == "Resources" and not inside and _is_concerned(loop.body):
                self._report(f"{key.text} is not expanded: {missing}", key.at)
        if missing and inside:
            yield entry

    def _refusal(self, loop: _Loop | None, depth: int) -> str:
        """Why AWS does not take the loop."""
        if loop is None:
            return "is not a list of an identifier, a list and a map"
        if loop.identifier in self._parameters:
            return f'has an identifier "{loop.identifier}" that is a parameter'
        return f"is inside of {depth} others" if depth >= limits.LOOP_DEPTH else ""

    def _values(self, collection: Node) -> tuple[list[str], str]:
        """The elements that are known of the list, and what is not known of it."""
        listed = self._evaluate(collection)
        if not isinstance(listed, Items):
            return [], _missing(listed)
        values: list[str] = []
        missing = ""
        for item in listed.items:
            literal = item.literal if isinstance(item, Text) else None
            if literal is not None:
                values.append(literal)
            elif not isinstance(item, Null):
                missing = missing or _missing(item)
        return values, missing


def _read(node: Node) -> _Loop | None:
    if not isinstance(node, Sequence) or node.tag or len(node.items) != 3:
        return None
    identifier, collection, body = node.items
    if not isinstance(identifier, Scalar) or identifier.tag or not isinstance(body, Mapping) or body.tag:
        return None
    return _Loop(identifier.text, collection, body)


def _missing(value: Value | None) -> str:
    if isinstance(value, (Text, Unknown)) and (isinstance(value, Unknown) or value.holes):
        return f"{value} is not known"
    if isinstance(value, Choice):
        return f"its list hangs on the condition {value.condition}"
    return "its list is none of texts"


def _is_concerned(body: Mapping) -> bool:
    """Whether a loop over resources may make keys or permissions."""
    for entry in body.entries:
        if is_loop(entry):
            loop = _read(entry.value)
            if loop is None or _is_concerned(loop.body):
                return True
            continue
        type_ = entry.value.get("Type") if isinstance(entry.value, Mapping) else None
        if not isinstance(type_, Scalar) or type_.text.startswith(_CONCERNED) or "${" in type_.text:
            return True
    return False
