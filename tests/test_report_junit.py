"""JUnit's XML, read back by a parser of XML.

KMSLINT_JUNIT_XSD names a schema of it, such as Jenkins' `junit-10.xsd`; without it, or without lxml, that test is
skipped.
"""

from __future__ import annotations

import os
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from hostile_texts import outcomes
from kmslint.engine.outcome import Outcome
from kmslint.location import Location, Source
from kmslint.report import render
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, xml_text
from reports import APP, EVERYBODY, EVERYTHING, OPEN, PUBLIC, TWO_HALVES, outcome

SCHEMA = os.environ.get("KMSLINT_JUNIT_XSD", "")
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "system-out"},
    "testcase": {"failure", "error", "skipped"},
}
"""Of the elements of the schema those that are used."""
ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
}


PLAIN = Options()
RUN = "all rules ran"


def report_of(result: Outcome, options: Options = PLAIN) -> ET.Element:
    return ET.fromstring(render("junit", result, options))


def check(root: ET.Element) -> None:
    """Elements and attributes are those of the schema, and what is counted is there."""
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set())
        if "tests" in element.attrib:
            cases = list(element.iter("testcase"))
            assert int(element.attrib["tests"]) == len(cases)
            assert int(element.attrib["failures"]) == len(list(element.iter("failure")))
            assert int(element.attrib["errors"]) == len(list(element.iter("error")))
            names = [(case.attrib["classname"], case.attrib["name"]) for case in cases]
            assert len(set(names)) == len(names)
    assert all(case.attrib["classname"] == suite.attrib["name"] for suite in root for case in suite.iter("testcase"))


def results(root: ET.Element) -> dict[str, str]:
    """What became of each test."""
    return {case.attrib["name"]: case[0].tag if len(case) else "" for case in root.iter("testcase")}


@pytest.mark.parametrize("result", [outcome(), EVERYTHING, outcome()._replace(keys=())])
def test_the_report_is_of_the_schema(result: Outcome) -> None:
    check(report_of(result))
    check(report_of(result, Options(quiet=True, verbose=True)))


def test_a_finding_is_a_failure() -> None:
    root = report_of(outcome(TWO_HALVES))
    assert results(root) == {"KMS301 iam-allow-without-delegation Dev": "failure", "key Key": "", RUN: ""}
    (failure,) = root.iter("failure")
    assert failure.attrib == {"type": "high", "message": TWO_HALVES.message}
    assert failure.text == (
        f"stacks/app.yaml:5:18: high KMS301 {TWO_HALVES.message}\n"
        "stacks/keys.yaml:2: Key names only role Sec, here\n"
        "next: name the role in the key policy, or delegate to the account"
    )


def test_a_key_passes_unless_something_was_found_of_it() -> None:
    assert results(report_of(outcome())) == {"key Key": "", RUN: ""}
    assert "key Key" not in results(report_of(outcome(EVERYBODY)))


def test_what_is_unknown_neither_passes_nor_fails() -> None:
    assert results(report_of(outcome(OPEN))) == {"KMS001 policy-not-resolved Key": "skipped", RUN: ""}
    hidden = outcome(OPEN)._replace(findings=())
    assert results(report_of(hidden)) == {"key Key": "skipped", RUN: ""}


def test_what_was_not_analysed_is_an_error() -> None:
    root = report_of(EVERYTHING)
    cases = [case for case in root.iter("testcase") if case.find("error") is not None]
    errors = {(case.attrib["classname"], case[0].attrib["type"]) for case in cases}
    assert errors == {("bad\\xff.yaml", "not-analysed"), (APP.path, "not-analysed"), ("kmslint", "internal")}


def test_names_do_not_change_when_lines_move() -> None:
    text = "a: b\na: b\n"
    first, second = (PUBLIC.finding(Location(Source("x.yaml", text), at, at + 1), "m", "r") for at in (0, 5))
    assert list(results(report_of(outcome(first, second))))[1:3] == ["KMS201 public-key r", "KMS201 public-key r (2)"]


def test_the_summary_is_told_unless_quiet() -> None:
    (said,) = report_of(outcome()).iter("system-out")
    assert said.text == "no findings in 1 key, 2 identities, 1 estate."
    assert not list(report_of(outcome(), Options(quiet=True)).iter("system-out"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a < b & \"c\" 'd' ]]>", "a &lt; b &amp; &quot;c&quot; &#39;d&#39; ]]&gt;"),
        ("\x00\x08\ufffe\uffff\ud800", r"\x00\x08\ufffe\uffff\ud800"),
        ("鍵😀\U0001fffe", "鍵😀\U0001fffe"),
    ],
)
def test_xml_text(text: str, written: str) -> None:
    assert xml_text(text) == written


@given(outcomes())
def test_a_hostile_text_stays_a_text(result: Outcome) -> None:
    report = render("junit", result, Options())
    root = ET.fromstring(report)
    check(root)
    written = [
        re.sub("[\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):x}", safe_text(each.message))
        for each in result.findings
    ]
    assert sorted(each.attrib["message"] for each in root.iter("failure")) == sorted(written)
    assert "##[" not in report


@pytest.mark.skipif(not SCHEMA, reason="KMSLINT_JUNIT_XSD does not name a schema of JUnit's XML")
@pytest.mark.parametrize("result", [outcome(), EVERYTHING])
def test_the_schema_finds_nothing(result: Outcome) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.assertValid(etree.fromstring(render("junit", result, Options()).encode()))
