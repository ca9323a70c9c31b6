"""Suppressions in files that have no comments: `Metadata` of CloudFormation, `"//"` of Terraform's JSON.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html
https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.location import Location
from kmslint.suppression.marker import (
    Fault,
    KnownRules,
    RuleName,
    Words,
    fault_of_option,
    fault_of_reason,
    fault_of_rules,
    read_words,
)
from kmslint.suppression.scene import MARK
from kmslint.suppression.units import walk
from kmslint.syntax.tree import DataFile, Mapping, Node, Scalar, Sequence

METADATA: Final = "Metadata"
IGNORE: Final = "ignore"
COMMENT: Final = "//"
_MEMBERS: Final = ("id", "reason", "until", "statement", "content")
_FORM: Final = "Metadata: {kmslint: {ignore: [{id: KMS101, reason: ...}]}}"


class Noted(NamedTuple):
    """A suppression, and what it is a member of."""

    words: Words | Fault
    inside: int
    """An offset in the resource or statement that it speaks of."""


def in_metadata(file: DataFile, known: KnownRules) -> Iterator[Noted]:
    """The suppressions in the Metadata of a template, which speak of all of it, and of its resources."""
    for document in file.documents:
        if not isinstance(document, Mapping):
            continue
        yield from _of(document, known, whole_file=True)
        resources = document.get("Resources")
        for entry in resources.entries if isinstance(resources, Mapping) else ():
            if isinstance(entry.value, Mapping):
                yield from _of(entry.value, known, whole_file=False, inside=entry.key.at.start)


def _of(holder: Mapping, known: KnownRules, whole_file: bool, inside: int = 0) -> Iterator[Noted]:
    metadata = holder.get(METADATA)
    ours = metadata.get(MARK) if isinstance(metadata, Mapping) else None
    if ours is None:
        return
    listed = ours.get(IGNORE) if isinstance(ours, Mapping) else None
    if not isinstance(ours, Mapping) or not isinstance(listed, Sequence) or len(ours.entries) != 1:
        yield Noted(Fault(f"this is not a list of suppressions: it is written {_FORM}", ours.at), inside)
        return
    for item in listed.items:
        yield Noted(_item(item, known, whole_file), inside)


def _item(item: Node, known: KnownRules, whole_file: bool) -> Words | Fault:
    if not isinstance(item, Mapping):
        return Fault(f"this is not a suppression: it is written {_FORM}", item.at)
    members: dict[str, Scalar] = {}
    for entry in item.entries:
        name = entry.key.text if isinstance(entry.key, Scalar) else ""
        if name not in _MEMBERS or name in members:
            what = "stands twice" if name in members else f"says nothing here: {', '.join(_MEMBERS)} do"
            return Fault(f'"{name}" {what}', entry.key.at)
        if not isinstance(entry.value, Scalar) or (entry.value.tag and not entry.value.tag.startswith("!!")):
            return Fault(f'"{name}" is not a text', entry.value.at)
        members[name] = entry.value
    return _words(item.at, members, known, whole_file)


def _words(at: Location, members: dict[str, Scalar], known: KnownRules, whole_file: bool) -> Words | Fault:
    rules = tuple(RuleName(members[name].text, members[name].at) for name in ("id",) if name in members)
    reason = " ".join(members["reason"].text.split()) if "reason" in members else ""
    fault = fault_of_rules(rules, known, at) or fault_of_reason(reason, at)
    options = {name: members[name] for name in ("until", "statement", "content") if name in members}
    for name, value in options.items():
        fault = fault or fault_of_option(name, value.text, value.at)
    until, statement, content = (options[name].text if name in options else "" for name in _MEMBERS[2:])
    until_at = options["until"].at if until else None
    return fault or Words(rules, reason, at, until, until_at, statement, content, whole_file)


def in_comment_members(file: DataFile, known: KnownRules) -> Iterator[Noted]:
    """The suppressions in the `"//"` of Terraform's JSON, one or a list of them."""
    for node in walk(file.documents):
        for entry in node.entries if isinstance(node, Mapping) else ():
            if isinstance(entry.key, Scalar) and entry.key.text == COMMENT:
                for text in entry.value.items if isinstance(entry.value, Sequence) else (entry.value,):
                    if isinstance(text, Scalar):
                        yield from _noted(text, entry.key.at.start, known, any(node is one for one in file.documents))


def _noted(text: Scalar, inside: int, known: KnownRules, at_top: bool) -> Iterator[Noted]:
    for words in read_words(text.excerpt, known):
        misplaced = isinstance(words, Words) and words.whole_file and not at_top
        yield Noted(Fault("ignore-file stands at the top of the file", words.at) if misplaced else words, inside)
