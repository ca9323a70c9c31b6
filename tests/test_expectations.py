"""The reader of annotations: a fixture that is misread would test nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations import AnnotationError, Expectation, differences, read_expectations
from kmslint.engine.finding import Finding
from kmslint.location import Location, Source

A = Expectation("f.yaml", 2, "KMS101")
B = Expectation("f.yaml", 2, "KMS203", "role App")


def read(tmp_path: Path, text: str, name: str = "f.yaml") -> list[Expectation]:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8", newline="")
    return read_expectations(tmp_path, [file])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 1\nb: 2  # expect: KMS101\n", [A], id="trailing"),
        pytest.param("# expect: KMS101\nb: 2\n", [A], id="line of its own"),
        pytest.param('# expect: KMS203 "role App"  # expect: KMS101\nb: 2\n', [B, A], id="two on a line"),
        pytest.param('a\nb  # expect: KMS203 "role App" # expect: KMS101', [B, A], id="two trailing"),
        pytest.param('\n#expect: KMS101\n  # expect: KMS203 "role App"\nb', [A._replace(line=4), B._replace(line=4)]),
        pytest.param("# expect: KMS101\nb # expect: KMS203", [A, B._replace(words="")], id="above and trailing"),
        pytest.param("a\r\nb  # expect: KMS101\r\n", [A], id="CRLF"),
        pytest.param("\ufeff# expect: KMS101\nb: 2\n", [A], id="byte order mark"),
        pytest.param("# we expect: nothing\n# expected\n", [], id="prose"),
    ],
)
def test_comments(tmp_path: Path, text: str, expected: list[Expectation]) -> None:
    assert read(tmp_path, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "b  # expect KMS101",
        "b  # expect: kms101",
        "b  # expect: KMS101 role App",
        'b  # expect: KMS101 "role App',
        'b  # expect: KMS101 ""',
        "b  # expect: KMS101, KMS203",
        "# expect: KMS101",
        "# expect: KMS101\n# expect: KMS203",
    ],
)
def test_unreadable_comments(tmp_path: Path, text: str) -> None:
    with pytest.raises(AnnotationError):
        read(tmp_path, text)


def test_sidecar(tmp_path: Path) -> None:
    found = read(tmp_path, '2: KMS101\n\n2:9: KMS203 "role App"\n', "f.yaml.expect")
    assert found == [A, B._replace(column=9)]


@pytest.mark.parametrize("line", ["KMS101", "2 KMS101", "2: KMS101 role", "2:x: KMS101", "# 2: KMS101"])
def test_unreadable_sidecar(tmp_path: Path, line: str) -> None:
    with pytest.raises(AnnotationError):
        read(tmp_path, line, "f.yaml.expect")


SOURCE = Source("f.yaml", "one\ntwo\n")
LOCKOUT = Finding("KMS101", Location(SOURCE, 5, 7), "nobody manages key A", "A")
STAR = Finding("KMS203", Location(SOURCE, 4, 7), "role App may do everything", "A")


@pytest.mark.parametrize(
    ("expected", "found", "reported"),
    [
        pytest.param([A, B], [LOCKOUT, STAR], [], id="as announced"),
        pytest.param([A], [LOCKOUT, STAR], ["f.yaml:2:1: unexpected KMS203 role App may do everything"]),
        pytest.param([A, B], [LOCKOUT], ['f.yaml:2: no KMS203 "role App"']),
        pytest.param([A, A], [LOCKOUT], ["f.yaml:2: no KMS101"], id="one finding meets one expectation"),
        pytest.param([B._replace(words=""), B], [STAR, STAR._replace(message="user Bob")], [], id="exact ones first"),
        pytest.param(
            [A._replace(column=1)],
            [LOCKOUT],
            ["f.yaml:2:2: unexpected KMS101 nobody manages key A", "f.yaml:2:1: no KMS101"],
            id="column",
        ),
    ],
)
def test_differences(expected: list[Expectation], found: list[Finding], reported: list[str]) -> None:
    assert differences(expected, found) == reported
