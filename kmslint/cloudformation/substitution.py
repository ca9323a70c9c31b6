"""`${Name}` in `Fn::Sub`, and what any text may hold: dynamic references, and what other programs put in before.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
https://www.serverless.com/framework/docs/guides/variables
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from kmslint.cloudformation.assembly import named_hole
from kmslint.location import Excerpt, Location
from kmslint.syntax.tree import Scalar
from kmslint.values import Hole, Text

# No alternative can run past a brace that it does not need, so a text full of openings is read in one pass.
_VARIABLE = r"\$\{(?P<name>[^{}]*)\}"
_REFERENCE = r"\{\{(?:resolve:(?:[^{}]|\$\{[^{}]*\})*)\}\}"
_FRAMEWORK = r"\$\{(?:(?:self|opt|env|sls|param|cf|file)[:(](?:[^{}]|\$\{[^{}]*\})*)\}"
_TEMPLATE_LANGUAGE = r"\{\{(?!resolve:)(?:[^{}]*)\}\}|<%=(?:[^%<>]*)%>"
"""Jinja, Go templates, ERB: the file is filled in by another program before it is deployed."""
_IN_SUBSTITUTION = re.compile(f"{_VARIABLE}|{_REFERENCE}|{_TEMPLATE_LANGUAGE}")
_ELSEWHERE = re.compile(f"{_REFERENCE}|{_FRAMEWORK}|{_TEMPLATE_LANGUAGE}")


class Variable(NamedTuple):
    """`${name}`."""

    name: str
    at: Location


Token = Excerpt | Variable | Hole


def has_holes(content: str) -> bool:
    """Whether a text that is no `Fn::Sub` has something in it that is put in later."""
    return ("{" in content or "<%" in content) and _ELSEWHERE.search(content) is not None


def tokens(scalar: Scalar, substitution: bool) -> Iterator[Token]:
    """A scalar as literal stretches, holes, and variables if it is the text of `Fn::Sub`."""
    excerpt, end = scalar.excerpt, 0
    for match in (_IN_SUBSTITUTION if substitution else _ELSEWHERE).finditer(excerpt.text):
        yield from _stretch(excerpt, end, match.start())
        end = match.end()
        at = excerpt.locate(match.start(), end)
        name = match["name"] if substitution else None
        if name is None:
            hole = named_hole(_within(match[0]), at)
            # Its variables may be this function's own: spelt alike elsewhere, they may stand for something else.
            own = substitution and "${" in match[0]
            yield hole._replace(scope=f"{hole.scope}offset {at.start}") if own else hole
        elif name.startswith("!"):
            # `${!Name}` is how a literal `${Name}` is written.
            yield from _stretch(excerpt, match.start(), match.start("name"))
            yield from _stretch(excerpt, match.start("name") + 1, end)
        else:
            yield Variable(name.strip(), at)
    yield from _stretch(excerpt, end, len(excerpt.text))


def without_dynamic_references(text: Text) -> Text:
    """The text; one hole if a dynamic reference was put together from several pieces of it."""
    if "{{resolve:" in str(text):
        return Text((named_hole(str(text).removeprefix("{{").removesuffix("}}"), text.at),), text.at)
    return text


def _within(spelt: str) -> str:
    """What stands between the marks: `${...}`, `{{...}}`, `<%=...%>`."""
    if spelt.startswith("<%="):
        return spelt[3:-2].strip()
    return spelt[2:-2].strip() if spelt.startswith("{{") else spelt[2:-1]


def _stretch(excerpt: Excerpt, start: int, end: int) -> Iterator[Excerpt]:
    if end > start:
        yield Excerpt(excerpt.source, excerpt.text[start:end], excerpt.offsets[start : end + 1])
