"""A stranger's text in each medium: nothing in it may act."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmslint.report.sanitise import (
    github_message,
    github_property,
    json_without_commands,
    markdown_code,
    markdown_text,
    mermaid_text,
    safe_text,
    spreadsheet_cell,
    uri,
    valid_unicode,
    without_commands,
    xml_text,
)

ANY_TEXT = st.text(st.characters() | st.sampled_from("#[:%\r\n\t\x1b\u202e\ud800\udcff`]("), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("kms:Decrypt 鍵\u3000😀 é", "kms:Decrypt 鍵\u3000😀 é"),
        ("a\nb\tc\r", r"a\x0ab\x09c\x0d"),
        ("\x1b[31m\x07\x7f", r"\x1b[31m\x07\x7f"),
        ("\x85\x9b\xad", r"\x85\x9b\xad"),
        ("a\u2028\u2029b", r"a\u2028\u2029b"),
        ("\u202eABC\u202c\u2066\u061c", r"\u202eABC\u202c\u2066\u061c"),
        ("kms\u200b:\u200dDecrypt\ufeff\u3164", r"kms\u200b:\u200dDecrypt\ufeff\u3164"),
        ("\udcff\udc80 \ud800 \udc7f", r"\xff\x80 \ud800 \udc7f"),
        ("\udd00", r"\udd00"),
        ("\U000e0041", r"\U000e0041"),
        ("a\ufe0fb\U000e0100", r"a\ufe0fb\U000e0100"),
        ("\u17b4\u180b\ufff0\U00013430\U0001bca0\U0001d173", r"\u17b4\u180b\ufff0\U00013430\U0001bca0\U0001d173"),
        (r"C:\x1b", r"C:\x1b"),
    ],
)
def test_safe_text(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@given(ANY_TEXT)
def test_safe_text_stays_on_its_line_and_can_be_encoded(text: str) -> None:
    safe = safe_text(text)
    assert len(f"x{safe}x".splitlines()) == 1
    assert safe.encode().decode() == safe
    assert safe_text(safe) == safe


def test_valid_unicode_touches_surrogates_only() -> None:
    assert valid_unicode("a\n\u202e\udcff\ud800") == "a\n\u202e\\xff\\ud800"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  \t ::add-mask::x\n", "  \t \\x3a:add-mask::x\n"),
        ("a\n\u3000::error::x", "a\n\u3000\\x3a:error::x"),
        ("a ##[error]x ##vso[task.complete]", r"a ##\x5berror]x ##vso\x5btask.complete]"),
        (
            "AWS::KMS::Key, arn:aws:iam::111122223333:root, # ## [x]",
            "AWS::KMS::Key, arn:aws:iam::111122223333:root, # ## [x]",
        ),
    ],
)
def test_without_commands(text: str, shown: str) -> None:
    assert without_commands(text) == shown


@given(st.lists(ANY_TEXT))
def test_json_without_commands_says_the_same(texts: list[str]) -> None:
    document = json_without_commands(json.dumps(texts))
    assert "##[" not in document
    assert json.loads(document) == texts


def as_the_runner_reads(line: str) -> tuple[dict[str, str], str] | None:
    """A workflow command as GitHub's runner takes it apart: properties and message, or None if it is not one."""
    match = re.fullmatch(r"\s*::error ?(.*?)::(.*)", line, re.DOTALL)
    if not match:
        return None
    properties = dict(pair.split("=", 1) for pair in match[1].split(",") if "=" in pair)
    return {name: unescaped(value, True) for name, value in properties.items()}, unescaped(match[2], False)


@pytest.mark.parametrize(
    ("text", "message", "value"),
    [
        ("100%, a:b", "100%25, a:b", "100%25%2C a%3Ab"),
        ("%0A", "%250A", "%250A"),
        ("a\nb\r", "a%0Ab\\x0d", "a%0Ab\\x0d"),
        ("x ##[error]y", "x ##\\x5berror]y", "x ##\\x5berror]y"),
        ("##vso[a]\n##[b]", "##vso\\x5ba]%0A##\\x5bb]", "##vso\\x5ba]%0A##\\x5bb]"),
    ],
)
def test_a_github_command(text: str, message: str, value: str) -> None:
    assert (github_message(text), github_property(text)) == (message, value)


def unescaped(text: str, in_property: bool) -> str:
    codes = {"%0D": "\r", "%0A": "\n"} | ({"%3A": ":", "%2C": ","} if in_property else {}) | {"%25": "%"}
    return re.sub("|".join(codes), lambda match: codes[match[0]], text)


@given(ANY_TEXT, ANY_TEXT)
def test_a_github_command_is_one_line_and_comes_out_as_it_went_in(path: str, message: str) -> None:
    line = f"::error file={github_property(path)},line=1::{github_message(message)}"
    assert len(line.splitlines()) == 1
    assert "##[" not in line
    read = as_the_runner_reads(line)
    assert read is not None
    properties, text = read
    assert properties.keys() <= {"file", "line"}
    assert properties["line"] == "1"
    assert text == re.sub(r"##(\w*)\[", r"##\1\\x5b", "\n".join(map(safe_text, message.split("\n"))))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kms:*", "`kms:*`"),
        ("a`b", "``a`b``"),
        ("a`b``c`d", "```a`b``c`d```"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        ("``", "``` `` ```"),
        ("a\n# b", r"`a\x0a# b`"),
        ("", "``"),
    ],
)
def test_markdown_code(text: str, code: str) -> None:
    assert markdown_code(text) == code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a *b* <c>", r"a \*b\* \<c\>"),
        ("- a", r"\- a"),
        ("  12. a", r"  12\. a"),
        ("=a", r"\=a"),
        ("a - b", "a - b"),
        ("@a", "@<!-- -->a"),
        ("https://a", "https:<!-- -->//a"),
    ],
)
def test_markdown_text(text: str, shown: str) -> None:
    assert markdown_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<a b=\"c\"> & 'd'", "&lt;a b=&quot;c&quot;&gt; &amp; &#39;d&#39;"),
        ("a\ufffe\uffff\x1b", r"a\ufffe\uffff\x1b"),
        ("##[error]", "##&#91;error]"),
        ("##vso[task]", "##vso&#91;task]"),
    ],
)
def test_xml_text(text: str, shown: str) -> None:
    assert xml_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\uff1d1", "'\uff1d1"), ("a=1", "a=1")],
)
def test_a_cell_of_a_spreadsheet_is_no_formula(text: str, shown: str) -> None:
    assert spreadsheet_cell(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        ('"a"', "#34;a#34;"),
        ("a_b[c]", "a#95;b#91;c#93;"),
        ("- a", "#45; a"),
        ("1. a", "1#46; a"),
        ("$$x$$", "#36; #36;x#36; #36;"),
        ("http://a", "http#58;//a"),
        ("www.a", "www#46;a"),
    ],
)
def test_mermaid_text(text: str, shown: str) -> None:
    assert mermaid_text(text) == shown


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("stacks/app.yaml", "stacks/app.yaml"),
        ("a b/ü#?.tf", "a%20b/%C3%BC%23%3F.tf"),
        ("c:/x.tf", "c%3A/x.tf"),
        ("100%41.tf", "100%2541.tf"),
        ("\udcff\udc80.tf", "%FF%80.tf"),
        ("\ud800.tf", "%ED%A0%80.tf"),
        ("a\nb\\[c].tf", "a%0Ab%5C%5Bc%5D.tf"),
        ("/abs/x.tf", "file:///abs/x.tf"),
    ],
)
def test_uri(path: str, address: str) -> None:
    assert uri(path) == address


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_uri_is_relative_and_leads_back_to_the_path(path: str) -> None:
    address = uri(path)
    assert re.fullmatch(r"[A-Za-z0-9\-._~/%:]*", address)
    if not path.startswith("/"):
        assert urlsplit(address).scheme == ""
        assert unquote_to_bytes(address) == path.encode("utf-8", "surrogateescape")
