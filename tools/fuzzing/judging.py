"""What must hold of every input, whatever it is.

- Nothing is raised but KmslintError, and nothing fails inside: `internal_errors` is empty, in which the books of a run
  are among what is checked.
- Every place that is told of lies inside its file, and its file is one of the input's.
- Nothing is silent. What can be proved without kmslint's own readers:
  1. A text that is given by name is a candidate, and what became of it is counted. So is a template of a tree that
     holds `AWS::KMS::`, and a module that holds `aws_kms_`: no byte search may rule them out.
  2. Where PyYAML reads a template (or `json` does) and finds a resource of a key's type in its Resources, kmslint shows
     that key, or says that something could not be analysed.
  3. Where a line of a Terraform file begins with `resource "aws_kms_key"` and no comment, heredoc, count or for_each is
     in the file, a key or a problem is shown.
- A sample is rendered in every format, read back where a format has a reader, run a second time with the same report,
  and asked who can do what.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple, cast
from xml.etree import ElementTree as ET

from fuzzing.inputs import File, Input, Value
from fuzzing.plain_yaml import plain_documents
from fuzzing.sources import KEY_TYPES
from kmslint.access.effort import EffortError
from kmslint.engine.outcome import Outcome
from kmslint.errors import KmslintError
from kmslint.key_access import key_access
from kmslint.lint import lint, lint_text
from kmslint.location import Location
from kmslint.report import FORMATS, render
from kmslint.report.options import Options
from kmslint.setting_options import settled_call

RENDERED: Final = 20
"""One in so many is rendered, and run twice."""
DRAWN: Final = 100
"""One in so many is rendered in the formats that take time, too."""
_QUICK: Final = tuple(name for name in FORMATS if name != "markdown")
ASKED: Final = 50
"""Of one in so many it is asked who can do what."""
LONGEST: Final = 20_000
"""Bytes of the texts that are read by PyYAML too: it is slow."""
_TEMPLATES: Final = (".yaml", ".yml", ".json", ".template")
_MODULES: Final = (".tf", ".tf.json", ".tofu")
_RESOURCE: Final = re.compile(rb'^resource "aws_kms_key" "[a-z]+" \{$', re.MULTILINE)
_OTHERWISE: Final = re.compile(rb"/\*|<<|count|for_each|\r|\\")
_ODD_KEY: Final = re.compile(r"[^A-Za-z0-9]")


class Became(Enum):
    """What became of an input."""

    KEYS = "keys were judged"
    TOLD = "something could not be analysed"
    JUDGED = "read, and no key in it"
    EXCLUDED = "ruled out: nothing for kmslint"
    REFUSED = "the call was refused"


class Judged(NamedTuple):
    """What an input came to."""

    became: Became
    findings: int = 0
    wrong: tuple[str, ...] = ()
    """What does not hold."""


def judged(one: Input, number: int, directory: Path | None = None) -> Judged:
    """Runs an input, and holds it against all of it, or what is done of a sample. A tree needs a directory that
    holds it."""
    sampled, asked = number % RENDERED == 0, number % ASKED == 1
    run = _runner(one, directory)
    try:
        outcome = run()
    except KmslintError:
        return Judged(Became.REFUSED)
    wrong = [*outcome.internal_errors, *_misplaced(outcome, one), *_silent(outcome, one)]
    if sampled:
        wrong += _badly_rendered(outcome, FORMATS if number % DRAWN == 0 else _QUICK)
        if render("json", outcome, Options()) != render("json", run(), Options()):
            wrong.append("a second run comes to something else")
    if asked:
        _asked(outcome)
    return Judged(_became(outcome), len(outcome.findings), tuple(wrong))


def _runner(one: Input, directory: Path | None) -> Callable[[], Outcome]:
    if directory is None:
        assert not one.is_tree
        return lambda: lint_text(*one.text)
    path = str(directory)

    def run() -> Outcome:
        given: dict[str, object] = {name: _option(value, directory) for name, value in one.options}
        settings = settled_call((path,), given).settings
        baseline = directory / ".kmslint-baseline.json"
        return lint((path,), settings._replace(baseline=str(baseline) if baseline.is_file() else None))

    return run


def _option(value: Value, directory: Path) -> object:
    """As the command line gives it: tuples, and the paths of files."""
    if not isinstance(value, list):
        return value
    return tuple(str(directory / each) if (directory / str(each)).is_file() else each for each in map(str, value))


def _became(outcome: Outcome) -> Became:
    if outcome.keys:
        return Became.KEYS
    if outcome.problems:
        return Became.TOLD
    return Became.JUDGED if outcome.counts.identities or outcome.counts.analysed else Became.EXCLUDED


def _misplaced(outcome: Outcome, one: Input) -> Iterator[str]:
    """Places outside their files."""
    names = {file.path for file in one.files}
    for place in _places(outcome):
        shown = place.shown
        if not 0 <= shown.start <= shown.end <= len(shown.source.text):
            yield f"a place outside its file: {shown.start} to {shown.end} of {len(shown.source.text)} in {place.path}"
        if not one.is_tree and place.path not in names | {""}:
            yield f"a place in another file: {place.path}"


def _places(outcome: Outcome) -> Iterator[Location]:
    for problem in outcome.problems:
        if problem.at is not None:
            yield problem.at
    for finding in (*outcome.findings, *(suppressed.finding for suppressed in outcome.suppressed)):
        yield finding.at
        yield from (related.at for related in finding.related)
        if finding.statement is not None:
            yield finding.statement.at
        if finding.declared is not None:
            yield finding.declared


def _silent(outcome: Outcome, one: Input) -> Iterator[str]:
    counts = outcome.counts
    if counts.candidates != counts.analysed + counts.not_analysed + counts.excluded:
        yield f"the sum is wrong: {counts}"
    if one.is_tree:
        beside = {name.rpartition("/")[2] for name, _ in one.files} & {".gitignore"}
        marked = any(map(_is_marked, one.files))
        if marked and not beside and not counts.candidates:
            yield "no file is a candidate"
        return
    if not counts.candidates:
        yield "it is no candidate"
    name, data = one.text
    if outcome.problems:
        return
    if name.endswith(".tf") and not outcome.keys and _RESOURCE.search(data) and not _OTHERWISE.search(data):
        yield "silent: a resource that makes a key is not shown"
    if not name.endswith(_MODULES) and len(data) <= LONGEST:
        shown = {key.address for key in outcome.keys}
        shown |= {key.address for estate in outcome.estates for key in estate.switched_off}
        for address in _keys_in(name, data):
            if address not in shown:
                yield f"silent: the key {address} is not shown"


def _is_marked(file: File) -> bool:
    """Whether no byte search may rule it out."""
    if file.path.endswith(_MODULES):
        return b"aws_kms_" in file.data
    return file.path.endswith(_TEMPLATES) and b"AWS::KMS::" in file.data


def _keys_in(name: str, data: bytes) -> Iterator[str]:
    """The logical ids of keys, by another reader. None of what has a name that no template may have."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    if not any(kind in text for kind in KEY_TYPES):
        return
    for document in _documents(name, text):
        resources = document.get("Resources") if isinstance(document, dict) else None
        for address, resource in resources.items() if isinstance(resources, dict) else ():
            kind = resource.get("Type") if isinstance(resource, dict) else None
            if isinstance(kind, str) and kind in KEY_TYPES and not _ODD_KEY.search(str(address)):
                yield address


def _documents(name: str, text: str) -> Sequence[Value]:
    if not name.endswith(".json"):
        return plain_documents(text) or ()
    try:
        return (cast(Value, json.loads(text)),)
    except (ValueError, RecursionError):
        return ()


def _badly_rendered(outcome: Outcome, formats: Iterable[str]) -> Iterator[str]:
    """Formats that cannot be read back."""
    rendered = {name: render(name, outcome, Options(verbose=True, suppressed=True)) for name in formats}
    for name in ("json", "sarif", "gitlab"):
        json.loads(rendered[name], parse_constant=_no_constant)
        rendered[name].encode("utf-8")
    ET.fromstring(rendered["junit"])  # noqa: S314 - our own
    for result in json.loads(rendered["sarif"])["runs"][0]["results"]:
        for place in result["locations"]:
            region = place["physicalLocation"].get("region", {"startLine": 1})
            if region["startLine"] < 1 or region.get("endLine", region["startLine"]) < region["startLine"]:
                yield f"a region in SARIF that is none: {region}"
    if len(json.loads(rendered["json"])["findings"]) != len(outcome.findings):
        yield "JSON holds other findings"
    for name, text in rendered.items():
        if text and not text.endswith("\n"):
            yield f"{name} does not end with a new line"


def _no_constant(name: str) -> Value:
    raise ValueError(f"{name} is no JSON")


def _asked(outcome: Outcome) -> None:
    """Who can do what with the keys: it may not fail, and may say that it takes too much."""
    for estate in outcome.estates:
        for key in estate.keys[:2]:
            with suppress(EffortError):
                key_access(key, estate)
