"""A message as SARIF wants it: sentences, in which links to related locations are ours alone."""

from __future__ import annotations

import re
from typing import Final

from kmslint.engine.finding import Finding
from kmslint.report.json import JsonObject
from kmslint.report.sanitise import safe_text
from kmslint.report.sarif_limits import LOCATIONS

_LINKS: Final = 10
"""More would bury the message, which is the title of the alert."""

_FIRST_WORD = re.compile(r"[a-z]+(?=[,.]? )")
_PLACEHOLDER = re.compile(r"\{(?=\d+\})")
_BRACKET = re.compile(r"[\[\]\\]")


def finding_message(finding: Finding) -> JsonObject:
    """The message of a finding. GitHub shows a related location only if the message links to it."""
    linked = finding.related[:_LINKS]
    links = [f"[{_link_text(related.message)}]({number})" for number, related in enumerate(linked, 1)]
    if len(finding.related) > _LINKS:
        links.append(f"and {len(finding.related) - _LINKS} more places{_beyond(len(finding.related))}")
    text = sentence(finding.message)
    return message(f"{text} See {', '.join(links)}." if links else text)


def _beyond(places: int) -> str:
    """How many of them are not even listed."""
    beyond = places - (LOCATIONS - 1)
    return f" ({beyond} of them in the JSON report alone)" if beyond > 0 else ""


def message(text: str) -> JsonObject:
    """Sentences as a message, for GitHub whole, for others as the argument of a rule's message string."""
    return {"text": text, "id": "default", "arguments": [text.removesuffix(".")]}


def sentence(text: str) -> str:
    """The text with a capital, unless the first word is a name of something, and a full stop."""
    text = _plain(text)
    if _FIRST_WORD.match(text):
        text = text[0].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def _plain(text: str) -> str:
    """Text in which `[words](1)` is no link, and `{0}` stands for nothing: the blank tells even readers that know no
    escapes, as GitHub is for placeholders (SARIF 3.11.5)."""
    return _PLACEHOLDER.sub("{ ", safe_text(text)).replace("](", "] (")


def _link_text(text: str) -> str:
    return _BRACKET.sub(r"\\\g<0>", _plain(text))
