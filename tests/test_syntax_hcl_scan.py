"""What HCL's scanner finds without a grammar: strings, heredocs, tags, comments, and what does not close."""

from __future__ import annotations

from itertools import islice

import pytest

from kmslint import limits
from kmslint.location import Source
from kmslint.syntax.hcl_scan import Kind, Scanner
from kmslint.syntax.hcl_statements import cut
from kmslint.syntax.hcl_templates import literal_string


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[1)", ["broken 2-3 in 1"]),
        ("(1}", ["broken 2-3 in 1"]),
        ("1]", ["broken 1-2 in 0"]),
        ("a /* b", ["broken 2-4 in 0"]),
        ("a /**/", ["comment 2-6 in 0"]),
        ("a /*/", ["broken 2-4 in 0"]),
        ("a # b", ["comment 2-5 in 0"]),
        ("a // b\n", ["comment 2-6 in 0", "line end 6-7 in 0"]),
        ("{\n}", ["line end 1-2 in 1"]),
        ('"a', ["broken 0-2 in 1"]),
        ('"a\n"', ["broken 0-3 in 1"]),
        ('"\\"" ""', ["string 0-4 in 0", "string 5-7 in 0"]),
        ('"$${" "%%{"', ["string 0-5 in 0", "string 6-11 in 0"]),
        ('"${"%{a}"}"', ["tag 4-8 in 3", "string 3-9 in 2", "tag 1-10 in 1", "string 0-11 in 0"]),
        ('"${a}${"', ["tag 1-5 in 1", "broken 7-8 in 3"]),
        ("<<E\nE", ["heredoc 0-5 in 0"]),
        ("<<-E \r\na\n E \n", ["heredoc 0-11 in 0", "line end 12-13 in 0"]),
        ("<<E\n${a}$${\nEE\nE\n", ["tag 4-8 in 1", "heredoc 0-16 in 0", "line end 16-17 in 0"]),
        ("<<E\na", ["broken 0-5 in 1"]),
        ("<<E a\n", ["line end 5-6 in 0"]),
        ('"${"a\n"}"', ["broken 3-6 in 3"]),
    ],
)
def test_finds_what_is_complete_without_a_grammar(text: str, found: list[str]) -> None:
    pieces = islice(Scanner(text, 0, len(text)).pieces(), 10)
    assert [f"{piece.kind.value} {piece.start}-{piece.end} in {piece.depth}" for piece in pieces] == found


@pytest.mark.parametrize(
    ("style", "text", "found"),
    [
        (Kind.HEREDOC, 'a\n\n${b}" ${c /* d */}\n', ["tag 3-7 in 1", "tag 9-21 in 1"]),
        (Kind.STRING, '${a}\\"$${b}%{c}', ["tag 0-4 in 1", "tag 11-15 in 1"]),
        (Kind.STRING, "a\n", ["broken 0-2 in 1"]),
        (Kind.STRING, "${[{", ["broken 3-4 in 4"]),
    ],
)
def test_finds_the_tags_of_a_template_without_a_grammar(style: Kind, text: str, found: list[str]) -> None:
    pieces = islice(Scanner(text, 0, len(text)).tags(style), 10)
    shown = [f"{piece.kind.value} {piece.start}-{piece.end} in {piece.depth}" for piece in pieces]
    assert shown[: len(found)] == found


def test_a_scanner_gives_up_where_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEPTH", 1)
    assert not list(Scanner("[" * 100 + "]" * 100, 0, 200).pieces())
    assert [piece.start for piece in Scanner("[" * 101 + "]" * 101, 0, 202).pieces()] == [100]


@pytest.mark.parametrize(
    ("text", "statements", "comments"),
    [
        (" \n a = 1", ["a = 1"], []),
        (
            "a = 1\n# b\n// c\n/* d */ e {\n f = 1 # g\n}\n",
            ["a = 1\n", "e {\n f = 1 # g\n}\n"],
            ["# b", "// c", "/* d */", "# g"],
        ),
        ("a = 1\n/* b", ["a = 1\n", "/* b"], []),
        ("a = [\nb {\n}\n]\n", ["a = [\nb {\n}\n]\n"], []),
        # Behind something that does not close, whatever looks like a header begins a statement.
        (
            'a {\n"\nk "l" m {\n}\nx = [\nb {\n}\n]\n',
            ['a {\n"\n', 'k "l" m {\n}\n', "x = [\n", "b {\n}\n", "]\n"],
            [],
        ),
    ],
)
def test_cuts_a_file_into_its_statements(text: str, statements: list[str], comments: list[str]) -> None:
    found: list[tuple[int, int]] = []
    assert [text[start:end] for start, end in cut(text, found)] == statements
    assert [text[start:end] for start, end in found] == comments


def test_a_label_has_the_escapes_of_a_string() -> None:
    label = literal_string(Source("main.tf", r'a "b\u0041${"'), 2, 13)
    assert (label.text, list(label.excerpt.offsets)) == ("bA${", [3, 4, 10, 11, 12])
