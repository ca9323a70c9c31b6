"""Texts that a report repeats, kept to what somebody can read.

A name may have a million characters (AWS takes 255, but who reads a stranger's template cannot rely on that), and
stands in every finding that is about it.
"""

from __future__ import annotations

from typing import Final

from kmslint.engine.finding import Finding, Related

MOST: Final = 4_000
"""Characters: ten times as many as the longest sentence that a rule makes of names such as AWS takes."""
_START: Final = 2_500
_END: Final = 1_000


def shortened(text: str) -> str:
    """The text, without its middle if it is too long; how much that is stands in its place."""
    if len(text) <= MOST:
        return text
    return f"{text[:_START]}...({len(text) - _START - _END} characters)...{text[-_END:]}"


def with_short_sentences(finding: Finding) -> Finding:
    """The finding with all that it says shortened. What it is known by stays as it is."""
    related = finding.related
    if any(len(one.message) > MOST for one in related):
        related = tuple(Related(one.at, shortened(one.message)) for one in related)
    return finding._replace(message=shortened(finding.message), advice=shortened(finding.advice), related=related)
