"""A baseline as it is written: a stranger may have edited it, so what is not exactly one is an error with its line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Final

from kmslint import limits
from kmslint.engine.baseline import Baseline, Entry, Known
from kmslint.engine.registry import all_rules
from kmslint.errors import InputError, Problem, UsageError
from kmslint.given_variables import given_file
from kmslint.location import Location
from kmslint.looking import is_there, real_path
from kmslint.reading import reason_of
from kmslint.suppression.marker import hides_characters
from kmslint.syntax.bytes import decode
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence, Style

OF_THE_ANALYSIS: Final = "KMS0"
"""What is said of the analysis itself is no state to be accepted."""

_VERSION: Final = "1"
_TEXTS: Final = {
    "path": "path",
    "resource": "resource",
    "rule": "rule",
    "subject": "subject",
    "about": "about",
    "in": "seen_from",
    "content": "content",
}
"""The members that tell what is known, and the fields they are."""
_REQUIRED: Final = ("path", "resource", "rule", "subject", "reason")
_CONTENT: Final = re.compile("[0-9a-f]{10}", re.ASCII)
_COUNT: Final = re.compile("[1-9][0-9]{0,4}", re.ASCII)
_QUOTED: Final = 60


def read_baseline(path: str, root: str, may_lack: bool = False) -> Baseline:
    """The baseline in a file below the root; with `may_lack`, none if there is no such file. Raises UsageError."""
    try:
        if may_lack and not is_there(path):
            return Baseline(os.path.relpath(real_path(path), root).replace(os.sep, "/"))
    except OSError as error:
        raise UsageError(f"--baseline {path} cannot be read: {reason_of(error)}") from None
    file = given_file("--baseline", path, root, "baseline-bytes")
    try:
        (document,) = read_json(decode(file.path, file.data)).documents
        return Baseline(file.path, tuple(_entries(document)))
    except InputError as error:
        raise UsageError(f"--baseline {error}") from None


def baseline_document(entries: Iterable[Entry]) -> dict[str, object]:
    """What is written of entries, in an order of their own. Raises UsageError for more than would be read again."""
    listed = sorted(entries, key=lambda entry: entry.known)
    if len(listed) > limits.BASELINE_ENTRIES:
        reason = f"--write-baseline: more than {limits.BASELINE_ENTRIES} entries: narrow it with --select"
        raise UsageError(limits.named(reason, "baseline-entries"))
    return {"version": int(_VERSION), "findings": [_written(entry) for entry in listed]}


def _written(entry: Entry) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, field in _TEXTS.items():
        value: str = getattr(entry.known, field)
        if value or name in _REQUIRED:
            members[name] = value
    if entry.times > 1:
        members["count"] = entry.times
    return {**members, "reason": entry.reason}


def _entries(document: Node) -> Iterator[Entry]:
    members = _members(document, ("version", "findings"), ("version", "findings"))
    version = members["version"]
    if not isinstance(version, Scalar) or version.style is not Style.PLAIN or version.text != _VERSION:
        raise _error(version, f"a baseline of another version than {_VERSION}: is it of a newer kmslint?")
    findings = members["findings"]
    if not isinstance(findings, Sequence):
        raise _error(findings, "findings is not a list")
    if len(findings.items) > limits.BASELINE_ENTRIES:
        reason = f"more than {limits.BASELINE_ENTRIES} entries"
        raise _error(findings.items[limits.BASELINE_ENTRIES], limits.named(reason, "baseline-entries"))
    rules = {module.RULE.id for module in all_rules()}
    first: dict[Known, Location] = {}
    for item in findings.items:
        entry = _entry(item, rules)
        if entry.known in first:
            raise _error(item, f"the same entry as on line {first[entry.known].line}: make it one, with a count")
        first[entry.known] = item.at
        yield entry


def _entry(node: Node, rules: set[str]) -> Entry:
    members = _members(node, (*_TEXTS, "count", "reason"), _REQUIRED)
    texts = {field: _text(members[name], name) if name in members else "" for name, field in _TEXTS.items()}
    known = Known(**texts)
    if known.rule not in rules:
        raise _error(members["rule"], f"{_quoted(known.rule)} is no rule")
    if known.rule.startswith(OF_THE_ANALYSIS):
        raise _error(members["rule"], f"{known.rule} tells of the analysis itself, which no baseline can accept")
    if "content" in members and not _CONTENT.fullmatch(known.content):
        raise _error(members["content"], "content is not ten digits of 0 to 9 and a to f")
    return Entry(known, _reason(members["reason"]), _count(members.get("count")), node.at)


def _reason(node: Node) -> str:
    reason = _text(node, "reason").strip()
    if not reason:
        raise _error(node, "a reason is required")
    if len(reason) > limits.REASON:
        raise _error(node, f"a reason of more than {limits.REASON} characters")
    if hides_characters(reason):
        raise _error(node, "a reason is one line, without characters that nobody sees")
    return reason


def _count(node: Node | None) -> int:
    if node is None:
        return 1
    if not isinstance(node, Scalar) or node.style is not Style.PLAIN or not _COUNT.fullmatch(node.text):
        raise _error(node, "count is not a whole number from 1 to 99999")
    return int(node.text)


def _text(node: Node, name: str) -> str:
    if not isinstance(node, Scalar) or node.style is not Style.QUOTED:
        raise _error(node, f"{name} is not a text")
    if len(node.text) > limits.BASELINE_TEXT:
        raise _error(node, f"{name} has more than {limits.BASELINE_TEXT} characters")
    return node.text


def _members(node: Node, allowed: Iterable[str], required: Iterable[str]) -> dict[str, Node]:
    """The members of an object, each once."""
    if not isinstance(node, Mapping):
        raise _error(node, "not an object")
    members: dict[str, Node] = {}
    for key, value in node.entries:
        assert isinstance(key, Scalar)  # a name, in JSON
        if key.text not in allowed:
            raise _error(key, f"unknown member {_quoted(key.text)}; there are {', '.join(allowed)}")
        if key.text in members:
            raise _error(key, f"{key.text} stands twice")
        members[key.text] = value
    for name in required:
        if name not in members:
            raise _error(node, f"{name} is missing")
    return members


def _quoted(text: str) -> str:
    return f'"{text[:_QUOTED]}{"..." if len(text) > _QUOTED else ""}"'


def _error(node: Node, reason: str) -> InputError:
    return InputError(Problem(node.at.source.path, reason, node.at))
