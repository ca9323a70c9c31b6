"""`AWS::Include`: members of a map that stand in a file of their own.

On disk the location is a path beside the template; `aws cloudformation package` uploads the file and puts its
address in the place of the path.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint import limits
from kmslint.cloudformation.calls import read_call
from kmslint.cloudformation.growth import Growth
from kmslint.cloudformation.library import Library, Refused
from kmslint.cloudformation.macro_nodes import scalar
from kmslint.location import Source
from kmslint.syntax.in_source import in_source
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence

_TRANSFORM = "Fn::Transform"
_INCLUDE = "AWS::Include"
_READ = ("AWS::KMS::", "AWS::IAM::", "AWS::Serverless::", "AWS::CloudFormation::Stack")
"""Resources whose properties are looked at; the files of others are not read."""
_PATH = 80
"""Characters of a location that a label shows."""


class Includes:
    """What one template includes. Each file is read once."""

    def __init__(self, template: Source, library: Library | None, growth: Growth) -> None:
        self._template = template
        self._library = library
        self._growth = growth
        self._read: dict[str, Mapping | Refused] = {}
        self._texts: list[str] = []
        self._depth = 0
        """Of the node that is looked at: what is included may include something in turn."""

    @property
    def text(self) -> str:
        """The text of all files that were read."""
        return "".join(self._texts)

    def expanded(self, document: Mapping) -> Mapping:
        """The template with the members of local files in the place of their includes.

        An include that cannot be read keeps its place: `Fn::Transform` of a text that says what it is.
        """
        entries = (self._section(entry) for one in document.entries for entry in self._in_place(self._of_section(one)))
        return document.with_entries(entries)

    def _of_section(self, entry: Entry) -> Entry:
        """`Transform: {Name: AWS::Include}` is how a whole template includes a file."""
        is_whole = entry.name.text == "Transform" and _location(entry.value) is not None
        return entry._replace(key=scalar(_TRANSFORM, entry.key.at)) if is_whole else entry

    def _section(self, entry: Entry) -> Entry:
        if entry.name.text != "Resources" or not isinstance(entry.value, Mapping):
            return Entry(entry.key, self._node(entry.value))
        resources = (one for listed in entry.value.entries for one in self._in_place(listed))
        read = (Entry(one.key, self._node(one.value)) if _is_read(one.value) else one for one in resources)
        return Entry(entry.key, entry.value.with_entries(read))

    def _node(self, node: Node) -> Node:
        if self._depth >= limits.DEPTH:
            reason = f"{_INCLUDE} of what is nested more than {limits.DEPTH} deep"
            return self._refused(node, limits.named(reason, "depth"))
        self._depth += 1
        try:
            return self._expanded(node)
        finally:
            self._depth -= 1

    def _expanded(self, node: Node) -> Node:
        call = read_call(node)
        if call is not None and call.name == _TRANSFORM:
            return self._called(node, call.argument)
        if isinstance(node, Sequence):
            return node.with_items(self._node(item) for item in node.items)
        if isinstance(node, Mapping):
            entries = (Entry(one.key, self._node(one.value)) for all_ in node.entries for one in self._in_place(all_))
            return node.with_entries(entries)
        return node

    def _called(self, node: Node, argument: Node) -> Node:
        included = self._included(argument)
        if isinstance(included, Refused):
            return self._refused(node, included.reason)
        return node if included is None else included

    @staticmethod
    def _refused(node: Node, reason: str) -> Mapping:
        return Mapping((Entry(scalar(_TRANSFORM, node.at), scalar(reason, node.at)),), node.at)

    def _in_place(self, entry: Entry) -> Iterator[Entry]:
        """The member of a map, or those that are included in its place."""
        included = self._included(entry.value) if entry.name.text == _TRANSFORM else None
        if isinstance(included, Refused):
            yield entry._replace(value=scalar(included.reason, entry.value.at))
        elif included is None:
            yield entry
        else:
            yield from included.entries

    def _included(self, argument: Node) -> Mapping | Refused | None:
        """The map in the file; what is not read, and why; None for another transform."""
        location = _location(argument)
        if location is None:
            return None
        if not location:
            return Refused(f"{_INCLUDE} of a location that is not written out")
        shown = location if len(location) <= _PATH else f"{location[:_PATH]}..."
        if "://" in location:
            return Refused(f"{_INCLUDE} {shown}")
        if location not in self._read:
            self._read[location] = self._found(location)
        found = self._read[location]
        if isinstance(found, Mapping) and not self._growth.includes(found.at.end - found.at.start):
            reason = f"is not read: more than {limits.INCLUDED_CHARACTERS} characters would be included"
            found = Refused(limits.named(reason, "included-characters"))
        return Refused(f"{_INCLUDE} {shown} {found.reason}") if isinstance(found, Refused) else found

    def _found(self, location: str) -> Mapping | Refused:
        if self._library is None:
            return Refused("is not read")
        if not self._growth.looks_up():
            return Refused(limits.named(f"is not read: more than {limits.READ_FILES} files are included", "read-files"))
        file = self._library.load(self._template.path, location)
        if isinstance(file, Refused):
            return file
        if len(file.documents) != 1 or not isinstance(file.documents[0], Mapping) or file.documents[0].tag:
            return Refused("is not a map")
        self._texts.append(file.source.text)
        if not self._template.stack:
            return file.documents[0]
        return in_source(file.documents[0], Source(file.source.path, file.source.text, stack=self._template.stack))


def _location(transform: Node) -> str | None:
    """Where an include leads, an empty text if that is not written out; None for another transform."""
    if not isinstance(transform, Mapping):
        return None
    name = transform.get("Name")
    if not isinstance(name, Scalar) or name.text != _INCLUDE:
        return None
    parameters = transform.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, Mapping) else None
    return location.text if isinstance(location, Scalar) and not location.tag else ""


def _is_read(resource: Node) -> bool:
    type_ = resource.get("Type") if isinstance(resource, Mapping) else None
    return not isinstance(type_, Scalar) or type_.text.startswith(_READ)
