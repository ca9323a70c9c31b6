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
from kmslint.suppression.units import members, walk
from kmslint.syntax.tree import DataFile, Mapping, Node, Scalar, Sequence

METADATA: Final = "Metadata"
IGNORE: Final = "ignore"
COMMENT: Final = "//"
_OPTIONS: Final = ("until", "statement", "content")
_MEMBERS: Final = ("id", "reason", *_OPTIONS)
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
        for name, member in members(document.get("Resources")):
            if isinstance(member, Mapping):
                yield from _of(member, known, whole_file=False, inside=name.at.start)


def _of(holder: Mapping, known: KnownRules, whole_file: bool, inside: int = 0) -> Iterator[Noted]:
    metadata = holder.get(METADATA)
    ours = metadata.get(MARK) if isinstance(metadata, Mapping) else None
    if ours is None:
        return
    listed = ours.get(IGNORE) if isinstance(ours, Mapping) and len(ours.entries) == 1 else None
    if not isinstance(listed, Sequence):
        yield Noted(Fault(f"this is not a list of suppressions: it is written {_FORM}", ours.at), inside)
        return
    for item in listed.items:
        yield Noted(_item(item, known, whole_file), inside)


def _item(item: Node, known: KnownRules, whole_file: bool) -> Words | Fault:
    if not isinstance(item, Mapping):
        return Fault(f"this is not a suppression: it is written {_FORM}", item.at)
    given: dict[str, Scalar] = {}
    for key, value in members(item):
        name = key.text
        if name in given:
            return Fault(f'"{name}" stands twice', key.at)
        if name not in _MEMBERS:
            return Fault(f'"{name}" says nothing here: {", ".join(_MEMBERS)} do', key.at)
        if not isinstance(value, Scalar) or (value.tag and not value.tag.startswith("!!")):
            return Fault(f'"{name}" is not a text', value.at)
        given[name] = value
    return _words(item.at, given, known, whole_file)


def _words(at: Location, given: dict[str, Scalar], known: KnownRules, whole_file: bool) -> Words | Fault:
    rules = (RuleName(given["id"].text, given["id"].at),) if "id" in given else ()
    reason = " ".join(given["reason"].text.split()) if "reason" in given else ""
    fault = fault_of_rules(rules, known, at) or fault_of_reason(reason, at)
    options = {name: given[name] for name in _OPTIONS if name in given}
    for name, value in options.items():
        fault = fault or fault_of_option(name, value.text, value.at)
    until, statement, content = (options[name].text if name in options else "" for name in _OPTIONS)
    until_at = options["until"].at if until else None
    return fault or Words(rules, reason, at, until, until_at, statement, content, whole_file)


def in_comment_members(file: DataFile, known: KnownRules) -> Iterator[Noted]:
    """The suppressions in the `"//"` of Terraform's JSON, one or a list of them."""
    for node in walk(file.documents):
        for key, value in members(node):
            if key.text == COMMENT:
                for text in value.items if isinstance(value, Sequence) else (value,):
                    if isinstance(text, Scalar):
                        yield from _noted(text, key.at.start, known, any(node is one for one in file.documents))


def _noted(text: Scalar, inside: int, known: KnownRules, at_top: bool) -> Iterator[Noted]:
    for words in read_words(text.excerpt, known):
        misplaced = isinstance(words, Words) and words.whole_file and not at_top
        yield Noted(Fault("ignore-file stands at the top of the file", words.at) if misplaced else words, inside)
