"""A stranger's text made harmless, for each medium it is written to.

Names, Sids, paths and whole lines of a report come from a template somebody else wrote: they may hold
terminal sequences, commands for a CI runner, or letters that change the order of what stands beside them.
"""

from __future__ import annotations

import re
from typing import Final

# Patterns stay text until they are needed: to compile them all takes longer than to import the rest.

# Control characters, line and paragraph separators, lone surrogates, and all that is not seen or changes the order of
# what is: https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt (Default_Ignorable_Code_Point) and
# the format characters beside it. Spelt out, because `str.isprintable` changes with Python's version and takes the
# ideographic space for unprintable.
_UNSAFE: Final = (
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SURROGATE: Final = r"[\ud800-\udfff]"
_RUNNER_PREFIX: Final = r"##(\w*)\["
_RUNNER_COMMAND: Final = r"(?m)^([^\S\n]*):(?=:)"
_MARKDOWN: Final = r"[\\`*_\[\]<>#|~$&]"
_MARKDOWN_FOUND_LATER: Final = r"(?i)@|#|gh(?=-\d)|www(?=\.)|:(?=//)"
_LIST_ITEM: Final = r"\A(\s*\d*)([+\-=.])"
_NO_CHARACTER_OF_XML: Final = "[\ufffe\uffff]"
_NOT_PLAIN_IN_MERMAID: Final = r"[^\w .,/:-]|_|\A[ -]|(?<=\d)\.(?= )|:(?=//)|(?i:(?<=www)\.)"
_FOUND_LATER_BY_MERMAID: Final = r"\$(?=\$)|:(?=fa-)"
_FORMULA: Final = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def safe_text(text: str) -> str:
    r"""The text for one line of a terminal: what is invisible or moves the cursor is written as `\xNN` or `\uNNNN`."""
    return text if text.isascii() and text.isprintable() else re.sub(_UNSAFE, _escape, text)


def valid_unicode(text: str) -> str:
    r"""The text with lone surrogates written as `\xNN` or `\uNNNN`: no encoding takes them, and JSON readers differ."""
    return text if text.isascii() else re.sub(_SURROGATE, _escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # how Python spells a byte of a file name that is not UTF-8
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def without_commands(text: str) -> str:
    """The text, no line of which a CI runner takes for a command: `::error::`, `##[error]`, `##vso[...]`.

    GitHub looks for `::` after the blanks at the start of a line and for `##[` anywhere in it:
    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    if "##" in text:
        text = re.sub(_RUNNER_PREFIX, r"##\1\\x5b", text)
    return re.sub(_RUNNER_COMMAND, r"\1\\x3a", text) if "::" in text else text


def json_without_commands(document: str) -> str:
    """The JSON text without `##[`, saying the same: `##` stands in strings only, and there a bracket may be escaped."""
    return re.sub(_RUNNER_PREFIX, r"##\1\\u005b", document) if "##" in document else document


def github_message(text: str) -> str:
    """The text of a GitHub workflow command. Lines stay lines; everything else unsafe is escaped as in a terminal."""
    return github_text(text).replace("%", "%25").replace("\n", "%0A")


def github_text(text: str) -> str:
    """The same as GitHub shows it."""
    return "\n".join(re.sub(_RUNNER_PREFIX, r"##\1\\x5b", safe_text(line)) for line in text.split("\n"))


def github_property(text: str) -> str:
    """The value of a property of a GitHub workflow command, such as `file`."""
    return github_message(text).replace(":", "%3A").replace(",", "%2C")


def markdown_code(text: str) -> str:
    """The text as code inside a line of Markdown, within more backticks than it has itself."""
    text = safe_text(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def markdown_text(text: str) -> str:
    """The text in a line of Markdown, none of it markup, HTML, a formula, or a link that nobody wrote.

    Mentions, references and bare addresses are found after the markup, so a comment stands inside them.
    """
    text = re.sub(_MARKDOWN, r"\\\g<0>", safe_text(text))
    text = re.sub(_MARKDOWN_FOUND_LATER, "\\g<0><!-- -->", text)
    return re.sub(_LIST_ITEM, r"\1\\\2", text)


def xml_text(text: str) -> str:
    """The text in a line of XML 1.0, within an element or the quotes of an attribute.

    XML cannot write control characters, which are escaped as in a terminal, nor two more:
    https://www.w3.org/TR/xml/#charsets
    """
    text = re.sub(_NO_CHARACTER_OF_XML, _escape, safe_text(text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = text.replace('"', "&quot;").replace("'", "&#39;")
    return re.sub(_RUNNER_PREFIX, r"##\1&#91;", text) if "##" in text else text


def mermaid_text(text: str) -> str:
    """The text within the quotes of a label of Mermaid: no quote, directive, comment, formula, icon or HTML, and none
    of the Markdown that Mermaid draws or refuses to draw, such as lists and links.

    All but letters, digits and a few signs is written as Mermaid's codes for characters, `#34;`:
    https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
    Formulas and icons it looks for after it has read the codes, so a blank stands in them.
    """
    text = re.sub(_FOUND_LATER_BY_MERMAID, r"\g<0> ", safe_text(text))
    return re.sub(_NOT_PLAIN_IN_MERMAID, lambda match: f"#{ord(match[0])};", text)


def spreadsheet_cell(text: str) -> str:
    """The text of a cell of CSV, which no spreadsheet takes for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if re.match(_FORMULA, text) else text


def uri(path: str) -> str:
    """The path as a relative URI reference, or a `file:` URI if it is absolute.

    Colons are encoded too, so that no first segment looks like a scheme.
    """
    try:
        encoded = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = path.encode("utf-8", "surrogatepass")
    quoted = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in encoded)
    return f"file://{quoted}" if quoted.startswith("/") else quoted
