"""Judges of reports: what a terminal, GitHub's runner, and parsers of each format make of one.

Each knows its format from its documentation and not from kmslint, and tells what acts in a report beside what kmslint
itself has put there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SEEN: Final = frozenset(map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)))
"""Characters of the category Cf that are drawn: signs of Arabic, Syriac and Kaithi."""
# https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt, Default_Ignorable_Code_Point
_IGNORED: Final = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)


def acts_on_a_terminal(character: str) -> bool:
    """Whether it moves the cursor, changes the order of what is shown, cannot be encoded, or is not seen."""
    if character in _SEEN:
        return False
    code = ord(character)
    named = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return named or any(first <= code <= last for first, last in _IGNORED)


_OUR_COLORS: Final = re.compile(r"\x1b\[(?:0|1|2|32|33|34|35|36|1;31|1;33|1;34|1;35|2;32|2;33|2;35)m")


def for_a_terminal(report: str, color: bool = False) -> Iterator[str]:
    """What acts in a text of lines."""
    if color:
        report = _OUR_COLORS.sub("", report)
    yield from characters_that_act(report)
    yield from for_a_runner(report)


def characters_that_act(report: str) -> Iterator[str]:
    """The characters in lines that a terminal does not only draw."""
    return (f"{each!r} on a terminal" for each in sorted(set(report) - {"\n"}) if acts_on_a_terminal(each))


def for_a_runner(report: str) -> Iterator[str]:
    """The lines of a report that GitHub's runner, or that of Azure, takes for commands."""
    for line in re.split(r"[\r\n]", report):
        if read_as_command(line) is not None or re.search(r"##\w*\[", line):
            yield f"a command: {line[:200]!r}"


class Command(NamedTuple):
    """A workflow command."""

    kind: str
    properties: dict[str, str]
    message: str


def read_as_command(line: str) -> Command | None:
    """A line as GitHub's runner reads it: any name it may know, to be on the safe side.

    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    match = re.match(r"\s*::([^ :]*)( [^:]*(?::[^:]+)*)?::", line)
    if match is None:
        return None
    pairs = (pair.partition("=") for pair in (match[2] or "").strip().split(","))
    properties = {name: _unescaped(value, {"%3A": ":", "%2C": ","}) for name, _, value in pairs if name and value}
    return Command(match[1], properties, _unescaped(line[match.end() :], {}))


def _unescaped(text: str, more: dict[str, str]) -> str:
    # One after the other and the percent sign last, as the runner does it.
    for code, character in ({"%0D": "\r", "%0A": "\n"} | more | {"%25": "%"}).items():
        text = text.replace(code, character)
    return text


def markdown_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in GitHub's dialect, one after the other."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def markdown_form(text: str) -> list[tuple[str, str, str]]:
    """What a text of Markdown consists of, but for its words."""
    kept = (token for token in markdown_tokens(text) if token.type != "text" and token.content != "<!-- -->")
    return [(token.type, token.tag, "" if token.type == "code_inline" else token.markup) for token in kept]


class _Elements(HTMLParser):
    """The elements of a page, and the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}",))


def html_form(page: str) -> list[tuple[str, ...]]:
    """What a page consists of, but for its words."""
    elements = _Elements()
    elements.feed(page)
    elements.close()
    return elements.found


def linked_by_github(text: str) -> Iterator[str]:
    """What GitHub would make a link of after it has read the Markdown: mentions, references, addresses."""
    written = " ".join(token.content for token in markdown_tokens(text) if token.type == "text")
    yield from re.findall(r"@\w\S*|#\d+|(?i:\bgh-\d+)|\w+://\S*|(?i:www\.\S*)", written)


# https://datatracker.ietf.org/doc/html/rfc3986#appendix-A
_PCHAR: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_NO_COLON: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})"
_RELATIVE: Final = rf"(?:{_NO_COLON}+(?:/{_PCHAR}*)*)?"
_FILE: Final = rf"file://(?:/{_PCHAR}*)+"
URI: Final = re.compile(rf"{_RELATIVE}|{_FILE}")
"""A relative reference without a query or a fragment, or a `file:` URI."""


def cells_that_are_formulas(rows: list[list[str]]) -> list[str]:
    """What a spreadsheet works out: https://owasp.org/www-community/attacks/CSV_Injection."""
    return [cell for row in rows for cell in row if re.match("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]", cell)]
