"""Writes suppressions for findings: each bound to the content of its statement, so that another one is reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from kmslint.byte_search import is_plan
from kmslint.engine.finding import Finding
from kmslint.errors import InputError, UsageError
from kmslint.location import Excerpt, Location, Source
from kmslint.suppression.insertions import New, insertions, is_json
from kmslint.suppression.marker import KnownRules, Words, hides_characters, read_words
from kmslint.suppression.rewriting import UnwritableError, UnwrittenError, inserted, read_own, replace
from kmslint.suppression.scene import MARK
from kmslint.suppression.sources import JSON_CONFIGURATION, Contents, parse
from kmslint.suppression.units import Unit, units_of
from kmslint.syntax.bytes import decode
from kmslint.syntax.excerpts import excerpt_between
from kmslint.syntax.tree import DataFile, HclFile

_NO_PLACE: Final = "no comment can stand there"


class NoPlaceError(UnwritableError):
    """What would be written would be no comment, or break the file."""


class Refused(NamedTuple):
    """A finding for which nothing was written."""

    finding: Finding
    reason: str
    failed: bool = False
    """The system did not take what would have been written."""

    def __str__(self) -> str:
        at = self.finding.at
        return f"{at.path}:{at.line}: {self.finding.rule_id}: {self.reason}"


class Added(NamedTuple):
    """What was written."""

    findings: int
    paths: frozenset[str]
    refused: tuple[Refused, ...]


def read_reason(text: str) -> Words:
    """The reason of `--add-ignore`, which may begin with `until=2027-03-31`. Raises UsageError."""
    if hides_characters(text):
        raise UsageError("--add-ignore: a reason is one line, without characters that nobody sees")
    source = Source("", f"{MARK}: ignore[KMS101] {text}")
    found = list(read_words(excerpt_between(source, 0, len(source.text)), KnownRules(frozenset({"KMS101"}), ())))
    words = found[0] if len(found) == 1 else None
    if not isinstance(words, Words):
        raise UsageError(f"--add-ignore: {'two suppressions in one reason' if words is None else words.reason}")
    if not text.rstrip().endswith(words.reason) or words.statement or words.content:
        raise UsageError("--add-ignore: give a reason, or until=2027-03-31 and a reason")
    return words


def add(root: str, findings: Iterable[Finding], words: Words) -> Added:
    """Writes suppressions of the findings into the files below the root. What cannot be written is refused."""
    by_path: defaultdict[str, list[tuple[Finding, Unit]]] = defaultdict(list)
    files: dict[str, _File | str] = {}
    refused: list[Refused] = []
    for finding in findings:
        path, unit = _target(root, finding, files)
        if unit is None:
            refused.append(Refused(finding, path))
        else:
            by_path[path].append((finding, unit))
    contents = Contents()
    written: set[str] = set()
    count = 0
    for path, each in by_path.items():
        file = files[path]
        assert isinstance(file, _File)
        try:
            try:
                _write(root, file, _new(each, words, contents))
            except NoPlaceError:  # a line that begins inside of a text: those of resources hardly do
                _write(root, file, _new(_of_resources(file, each), words, contents))
            written.add(path)
            count += len(each)
        except UnwritableError as error:
            failed = isinstance(error, UnwrittenError)
            refused.extend(Refused(finding, f"{path}: {error}", failed) for finding, _ in each)
    return Added(count, frozenset(written), tuple(refused))


class _File(NamedTuple):
    """A file that may be changed."""

    data: bytes
    read: HclFile | DataFile


def _target(root: str, finding: Finding, files: dict[str, _File | str]) -> tuple[str, Unit | None]:
    """The file and the statement or resource that a suppression of the finding speaks of; or why there is none."""
    statement = finding.statement.at.shown if finding.statement else None
    places = [(statement, True), (finding.declared and finding.declared.shown, False), (statement, False)]
    reason = _NO_PLACE
    for place, in_statement in (*places, (finding.at.shown, False)):
        if place is None:
            continue
        if place.path not in files:
            files[place.path] = _open(root, place)
        file = files[place.path]
        if not isinstance(file, _File):
            reason = file
            continue
        unit = _unit(file.read, place, in_statement)
        if unit is not None:
            return place.path, unit
    return reason, None


def _open(root: str, place: Location) -> _File | str:
    try:
        data = read_own(root, place.path)
        source = decode(place.path, data)
    except (UnwritableError, InputError) as error:
        return str(error)
    if is_plan(data):
        return "a plan is made anew each time"
    if source.text != place.source.text:
        return "it has changed in the meantime"
    read = parse(source)
    return _NO_PLACE if read is None else _File(data, read)


def _unit(file: HclFile | DataFile, place: Location, in_statement: bool) -> Unit | None:
    """What a suppression for that place speaks of."""
    units = units_of(file)
    around = [units.all[unit] for unit in units.around(place.start)]
    if in_statement:
        takes_comments = file.source.path.endswith(JSON_CONFIGURATION) or not is_json(file.source)
        if around and around[0].is_statement and takes_comments:
            return around[0]
        return None
    return next((unit for unit in reversed(around) if not unit.is_statement), None)


def _of_resources(file: _File, findings: Iterable[tuple[Finding, Unit]]) -> Iterator[tuple[Finding, Unit]]:
    """The findings, each with the resource around the statement that would have had its suppression."""
    units = units_of(file.read)
    return ((finding, units.all[units.resource(unit.start)]) for finding, unit in findings)


def _new(findings: Iterable[tuple[Finding, Unit]], words: Words, contents: Contents) -> list[New]:
    rules: defaultdict[tuple[Unit, str, str], list[str]] = defaultdict(list)
    for finding, unit in findings:
        content = contents.mark(finding.statement.at) if finding.statement else ""
        sid = finding.statement.sid if finding.statement and not unit.is_statement else ""
        rules[unit, sid, content].append(finding.rule_id)
    return [
        New(unit, tuple(dict.fromkeys(ids)), words.reason, words.until, sid, content)
        for (unit, sid, content), ids in rules.items()
    ]


def _write(root: str, file: _File, new: list[New]) -> None:
    """Raises UnwritableError."""
    source = file.read.source
    data = inserted(file.data, source.text, insertions(file.read, new))
    read = parse(decode(source.path, data))
    if read is None or (not is_json(source) and _shape(read) != _shape(file.read)):
        raise NoPlaceError(_NO_PLACE)
    replace(root, source.path, file.data, data)


def _shape(file: HclFile | DataFile) -> str:
    """What a file says, wherever it stands in it."""

    def digest(node: object) -> str:
        if isinstance(node, Location):
            return ""
        if isinstance(node, Excerpt):
            return node.text
        if not isinstance(node, tuple):
            return repr(node)
        parts = map(digest, node)
        return sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8")).hexdigest()

    return digest(file.documents if isinstance(file, DataFile) else file.body)
