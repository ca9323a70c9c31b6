"""No text of a stranger's is more than a text, in whatever field of whatever format: parsers of the formats judge.

KMSLINT_INJECTIONS is how many texts each field of each format is fed (200 unless it is set). GitHub's own parser of
Markdown, a second one of XML and the JSON schema of SARIF judge as well where they are at hand.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from hostile_outcomes import Twins, twins
from judges import (
    URI,
    characters_that_act,
    for_a_runner,
    for_a_terminal,
    html_form,
    linked_by_github,
    markdown_form,
    read_as_command,
)
from kmslint.engine.outcome import Outcome
from kmslint.report import FORMATS, render
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text
from sarif_logs import members

T = TypeVar("T")

TEXTS: Final = int(os.environ.get("KMSLINT_INJECTIONS", "200"))
SCHEMA: Final = os.environ.get("KMSLINT_SARIF_SCHEMA", "")
MEMBERS: Final = 10
SEEDS: Final = range(max(1, TEXTS // MEMBERS))
ALL: Final = Options(verbose=True, suppressed=True, statistics=True)


@cache
def twins_of(seed: int) -> Twins:
    """The outcomes of a seed, for all formats the same."""
    return twins(seed, MEMBERS)


def each(judge: Callable[[Twins], T]) -> None:
    """Has a judge look at all outcomes."""
    for seed in SEEDS:
        made = twins_of(seed) if len(SEEDS) <= 50 else twins(seed, MEMBERS)
        try:
            judge(made)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


@pytest.mark.parametrize("format_name", ["text", "concise"])
@pytest.mark.parametrize(
    "options", [ALL, ALL._replace(color=True, width=40), Options(quiet=True)], ids=["all", "color", "quiet"]
)
def test_lines(format_name: str, options: Options) -> None:
    def judge(made: Twins) -> None:
        report = render(format_name, made.hostile, options)
        assert list(for_a_terminal(report, options.color)) == []
        if format_name == "concise":
            assert report.count("\n") == render(format_name, made.harmless, options).count("\n")

    each(judge)


def test_commands_of_a_runner() -> None:
    def judge(made: Twins) -> None:
        report = render("github", made.hostile, ALL)
        assert "##[" not in report
        assert list(for_a_terminal(report)) == [f"a command: {line[:200]!r}" for line in report.split("\n")[:-1]]
        read = [read_as_command(line) for line in report.split("\n")[:-1]]
        found = Counter((one.properties["file"], one.message) for one in read if one and "file" in one.properties)
        assert found == Counter(map(annotation, made.hostile.findings))
        assert len(read) == render("github", made.harmless, ALL).count("\n")

    each(judge)


def annotation(finding: Any) -> tuple[str, str]:
    """The file and the message of an annotation. Lines stay lines in the name of a file."""
    said = [safe_text(finding.message)]
    said += [f"{safe_text(other.at.path)}:{other.at.line}: {safe_text(other.message)}" for other in finding.related]
    return "\n".join(map(no_prefix, finding.at.path.split("\n"))), "\n".join(map(no_prefix, said))


def no_prefix(line: str) -> str:
    """What stands for a line in which a runner would find a command."""
    return re.sub(r"##(\w*)\[", r"##\1\\x5b", safe_text(line))


def strict_json(report: str) -> Any:
    """What a strict reader makes of JSON: no NaN, and no name twice."""

    def refuse(text: str) -> None:
        raise AssertionError(text)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    assert report.isascii()
    assert list(for_a_runner(report)) == []
    assert report == report.strip() + "\n"
    return json.loads(report, parse_constant=refuse, object_pairs_hook=once)


def unicode_of(text: str) -> str:
    """The text with what no encoding takes written out."""
    return "".join(
        (f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else f"\\u{ord(c):04x}")
        if "\ud800" <= c <= "\udfff"
        else c
        for c in text
    )


def test_json() -> None:
    """All that is in the outcome comes back as it is."""

    def judge(made: Twins) -> None:
        result = made.hostile
        read = strict_json(render("json", result, ALL))
        written = [
            (each["message"], each["path"], each["resource"], [(r["path"], r["message"]) for r in each["related"]])
            for each in (*read["findings"], *read["suppressed"])
        ]
        told = (*result.findings, *(one.finding for one in result.suppressed))
        assert written == [
            (
                *map(unicode_of, (f.message, f.at.path, f.resource)),
                [(unicode_of(r.at.path), unicode_of(r.message)) for r in f.related],
            )
            for f in told
        ]
        assert [each["reason"] for each in read["suppressed"]] == [unicode_of(one.reason) for one in result.suppressed]
        assert [(p["path"], p["reason"]) for p in read["not_analysed"]] == [
            (unicode_of(p.path), unicode_of(p.reason)) for p in result.problems
        ]
        assert [(k["address"], k["path"], k["administrators"]) for k in read["keys"]] == [
            (unicode_of(k.address), unicode_of(k.path), list(map(unicode_of, k.administrators))) for k in result.keys
        ]
        assert [(s["by"], s["paths"]) for s in read["switched_off"]] == [
            (unicode_of(s.by), list(map(unicode_of, s.paths))) for s in result.switched_off
        ]
        if result.baseline is not None:
            assert read["summary"]["baseline"]["path"] == unicode_of(result.baseline.path)

    each(judge)


@cache
def schema_of_sarif() -> Any:
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8-sig"))
    return jsonschema.validators.validator_for(schema)(schema)


def flaws_of(log: Any, result: Outcome) -> Iterator[str]:
    """What a reader of SARIF would act upon."""
    (run,) = log["runs"]
    if len(run["results"]) != len(result.findings) + len(result.suppressed):
        yield "results"
    for number, each in enumerate(run["results"]):
        text = each["message"]["text"]
        links = re.findall(r"\]\((.*?)\)", text)
        if links != [str(related["id"]) for related in each.get("relatedLocations", [])]:
            yield f"result {number}: {text}"
    for path, name, value in members(run):
        if name == "uri" and not URI.fullmatch(value):
            yield f"{path}: no URI: {value}"
        if name == "markdown" and not re.fullmatch(r"\$\.tool\.driver\.rules\[\d\]\.help", path):
            yield f"{path}: {value}"
        said = [value] if name in ("text", "justification") else value if name == "arguments" else []
        if path.endswith("nippet") or ".driver" in path:
            continue
        for text in said:
            yield from (f"{path}: {flaw}" for flaw in characters_that_act(text))
            if name != "justification" and re.search(r"\{\d+\}", text):
                yield f"{path}: a placeholder: {text}"
    if SCHEMA:
        yield from (f"{error.json_path}: {error.message}" for error in schema_of_sarif().iter_errors(log))


def test_sarif() -> None:
    def judge(made: Twins) -> None:
        log = strict_json(render("sarif", made.hostile, ALL))
        assert list(flaws_of(log, made.hostile)) == []
        for finding, written in zip(made.hostile.findings, log["runs"][0]["results"], strict=False):
            (location,) = written["locations"]
            uri = location["physicalLocation"]["artifactLocation"]["uri"].removeprefix("file://")
            assert unquote_to_bytes(uri) == as_bytes(finding.at.path)

    each(judge)


def as_bytes(path: str) -> bytes:
    """The name of a file in bytes; some surrogates stand for no byte."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def test_gitlab() -> None:
    def judge(made: Twins) -> None:
        issues = strict_json(render("gitlab", made.hostile, ALL))
        assert [(issue["description"], issue["location"]["path"]) for issue in issues] == [
            (f"{found.rule_id}: {safe_text(found.message)}", safe_text(found.at.path))
            for found in made.hostile.findings
        ]
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)

    each(judge)


def xml_form(root: ET.Element) -> Counter[tuple[str, ...]]:
    """What a document consists of, but for its words; the suites are in order of their names."""
    return Counter((one.tag, *sorted(one.attrib), *sorted(child.tag for child in one)) for one in root.iter())


def test_junit() -> None:
    try:
        from lxml import etree
    except ImportError:
        etree = None

    def judge(made: Twins) -> None:
        report = render("junit", made.hostile, ALL)
        assert list(for_a_terminal(report)) == []
        root = ET.fromstring(report)
        assert xml_form(root) == xml_form(ET.fromstring(render("junit", made.harmless, ALL)))
        told = Counter(
            re.sub("[\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):04x}", safe_text(found.message))
            for found in made.hostile.findings
            if found.rule_id != "KMS000"
        )
        results = (*root.iter("failure"), *root.iter("skipped"))
        assert not told - Counter(one.attrib["message"] for one in results)
        if etree is not None:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            second = etree.fromstring(report.encode(), parser)
            assert [(one.tag, dict(one.attrib), one.text) for one in second.iter()] == [
                (one.tag, one.attrib, one.text) for one in root.iter()
            ]

    each(judge)


def test_markdown() -> None:
    try:
        from cmarkgfm import github_flavored_markdown_to_html as page_of
    except ImportError:
        page_of = None

    def judge(made: Twins) -> None:
        report, harmless = (render("markdown", one, ALL) for one in made)
        assert list(for_a_terminal(report)) == []
        assert markdown_form(report) == markdown_form(harmless)
        assert list(linked_by_github(report)) == []
        if page_of is not None:
            assert html_form(page_of(report)) == html_form(page_of(harmless))

    each(judge)


def test_each_format_has_a_judge() -> None:
    assert set(FORMATS) == {"text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"}
