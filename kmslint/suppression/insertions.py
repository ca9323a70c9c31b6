"""Where new suppressions of a file come to stand, and in which form: a line above, or a member of a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.errors import InputError
from kmslint.location import Source
from kmslint.suppression.metadata import COMMENT, IGNORE, METADATA
from kmslint.suppression.rewriting import Insertion, UnwritableError
from kmslint.suppression.scene import MARK
from kmslint.suppression.sources import JSON_CONFIGURATION
from kmslint.suppression.units import Unit, walk
from kmslint.syntax.tree import DataFile, HclFile, Mapping, Node
from kmslint.syntax.tree import Sequence as ListNode

_LINE_END = re.compile(r"\r\n|[\r\n]")
_BLANKS = re.compile(r"[ \t]*")
_SIMPLE: Final = re.compile(r"[A-Za-z0-9_.-]+\Z")


class New(NamedTuple):
    """A suppression to be written."""

    unit: Unit
    """What it speaks of."""
    rules: tuple[str, ...]
    reason: str
    until: str = ""
    statement: str = ""
    content: str = ""

    @property
    def words(self) -> str:
        """As a comment has it."""
        sid = f"statement={self.statement}" if _SIMPLE.match(self.statement) else ""
        until = f"until={self.until}" if self.until else ""
        content = f"content={self.content}" if self.content else ""
        return " ".join(filter(None, (f"{MARK}: ignore[{','.join(self.rules)}]", until, sid, content, self.reason)))

    @property
    def members(self) -> Iterator[str]:
        """As CloudFormation's Metadata has it: an object for each rule."""
        for rule in self.rules:
            options = {"until": self.until, "statement": self.statement, "content": self.content}
            given = {name: value for name, value in options.items() if value}
            yield _json({"id": rule, "reason": self.reason, **given})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def insertions(file: HclFile | DataFile, new: Iterable[New]) -> list[Insertion]:
    """What has to be put into a file for them."""
    by_unit: dict[Unit, list[New]] = {}
    for one in new:
        by_unit.setdefault(one.unit, []).append(one)
    if isinstance(file, HclFile) or not is_json(file.source):
        return list(_lines_above(file.source, by_unit))
    if file.source.path.endswith(JSON_CONFIGURATION):
        return [_comment_member(file, unit, each) for unit, each in by_unit.items()]
    return [_in_metadata(file, unit, each) for unit, each in by_unit.items()]


def is_json(source: Source) -> bool:
    """Whether a text is JSON, in which no comment can be."""
    from kmslint.syntax.json import read_json

    try:
        read_json(source)
    except InputError:
        return False
    return True


def _lines_above(source: Source, by_unit: dict[Unit, list[New]]) -> Iterator[Insertion]:
    for unit, each in by_unit.items():
        line = source.position(unit.start)[0]
        start = source.line_starts[line - 1]
        indentation = _BLANKS.match(source.text, start)
        end = _LINE_END.search(source.text, start) or _LINE_END.search(source.text)
        for words in dict.fromkeys(one.words for one in each):
            yield Insertion(start, f"{indentation[0] if indentation else ''}# {words}{end[0] if end else chr(10)}")


def _comment_member(file: DataFile, unit: Unit, new: Sequence[New]) -> Insertion:
    """As a `"//"` more: Terraform takes any number of them, with anything in them."""
    holder = next(node for node in walk(file.documents) if isinstance(node, Mapping) and node.at.end == unit.end)
    words = list(dict.fromkeys(one.words for one in new))
    return _appended(file.source, holder, f"{_json(COMMENT)}: {_json(words[0] if len(words) == 1 else words)}")


def _in_metadata(file: DataFile, unit: Unit, new: Sequence[New]) -> Insertion:
    items = ", ".join(dict.fromkeys(member for one in new for member in one.members))
    holder = _member_at(file, unit)
    missing = [METADATA, MARK, IGNORE]
    while len(missing) > 1 and isinstance(inner := holder.get(missing[0]), Mapping):
        holder = inner
        missing.pop(0)
    there = holder.get(missing[0])
    if isinstance(there, ListNode) and missing == [IGNORE]:
        return _appended(file.source, there, items)
    if there is not None:
        raise UnwritableError(f"what its {missing[0]} holds is no place for a suppression")
    text = f"[{items}]"
    for name in reversed(missing[1:]):
        text = f"{{{_json(name)}: {text}}}"
    return _appended(file.source, holder, f"{_json(missing[0])}: {text}")


def _member_at(file: DataFile, unit: Unit) -> Mapping:
    """The body of the resource that a unit is."""
    return next(
        entry.value
        for node in walk(file.documents)
        if isinstance(node, Mapping)
        for entry in node.entries
        if entry.key.at.start == unit.start and isinstance(entry.value, Mapping)
    )


def _appended(source: Source, holder: Mapping | ListNode, text: str) -> Insertion:
    """The text as the last member of an object or a list, on a line of its own where the others are."""
    first: list[Node] = [entry.key for entry in holder.entries] if isinstance(holder, Mapping) else list(holder.items)
    if not first:
        return Insertion(holder.at.start + 1, text)
    last = holder.entries[-1].value if isinstance(holder, Mapping) else holder.items[-1]
    start = source.line_starts[source.position(first[-1].at.start)[0] - 1]
    before = source.text[start : first[-1].at.start]
    end = _LINE_END.search(source.text)
    between = f"{end[0]}{before}" if end and not before.strip() else " "
    return Insertion(last.at.end, f",{between}{text}")
