"""Texts that would act in some report if they were not made harmless, and outcomes with one in every field."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from kmslint.engine.finding import Finding, Related
from kmslint.engine.outcome import KeyVerdict, Outcome
from kmslint.errors import Problem
from kmslint.location import Location, Source
from reports import PUBLIC, outcome

PIECES: Final = (
    *"\"'`|<>&\\{}[]()#%$;~_*@!-+=. \t\r\n\x00\x0b\x1b\x7f\x85\u2028\u202e\u200b\ufeff\ufffe\uffff\udcff\ud800",
    *("a", "Z", "1", "鍵", "😀", "e\u0301", "\u1112\u1161\u11ab"),
    *("<script>alert(1)</script>", "<!--", "-->", "<br/>", "<![CDATA[", "]]>", "&amp;", "&#35;", "&quot;", "<?xml?>"),
    *("[a](javascript:1)", "![a](https://example.org)", "<https://example.org>", "https://example.org", "www.a.com"),
    *(
        "@octocat",
        "#1",
        "GH-1",
        "octo/cat#1",
        "a@example.org",
        "```",
        "~~~",
        "| --- |",
        "\n\n# a",
        "1. a",
        "- a",
        "$$a$$",
    ),
    *("::error::a", "##[error]", "##vso[a]", "%0A", "%25", "%%{init: {}}%%", "%% a", "#quot;", "#35;", "end", "--x"),
    *("click n1 href", "subgraph", "fa:fa-bug", ":::found", "style n1 fill:red", "\n  n1 --> n2", '"]\n', "n1@{"),
)
_PARTS: Final = st.sampled_from(PIECES) | st.integers(0, 0x10FFFF).map(chr)
TEXTS: Final = st.lists(_PARTS, max_size=6).map("".join)
NAMES: Final = st.lists(_PARTS, min_size=1, max_size=6).map("".join)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """A finding in which every text is a stranger's."""
    source = Source(draw(NAMES), f"{draw(TEXTS)}x{draw(TEXTS)}")
    at = Location(source, source.text.index("x"), source.text.index("x") + 1)
    related = tuple(Related(at, draw(TEXTS)) for _ in range(draw(st.integers(0, 2))))
    return PUBLIC.finding(
        at, draw(NAMES), draw(NAMES), related=related, subject=draw(TEXTS), about=draw(TEXTS), advice=draw(TEXTS)
    )


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    """An outcome full of such findings, keys and problems."""
    problems = (Problem(draw(NAMES), draw(NAMES)),) if draw(st.booleans()) else ()
    errors = (draw(NAMES),) if draw(st.booleans()) else ()
    made = outcome(*draw(st.lists(findings(), max_size=3)), problems=problems, errors=errors)
    key = KeyVerdict(draw(NAMES), draw(NAMES), 1, "explicit", "no", "no", "none", (draw(NAMES),), draw(st.booleans()))
    return made._replace(keys=(*made.keys, key))
