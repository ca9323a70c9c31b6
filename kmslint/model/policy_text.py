"""A policy written as JSON text inside another text, read back into values.

Heredocs, quoted JSON and `Fn::Sub` mix literal text with holes. The holes become placeholder characters
for the JSON reader and holes again afterwards, so every value keeps its place in the host file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmslint import limits
from kmslint.errors import InputError
from kmslint.location import Excerpt
from kmslint.syntax import tree
from kmslint.values import (
    ANY_TEXT,
    Encoded,
    Field,
    Fields,
    Hole,
    HoleKind,
    Items,
    Null,
    Part,
    Text,
    Unknown,
    Value,
    join,
    unknown,
)

_FIRST_PLACEHOLDER = 0x100000
_PLACEHOLDER = re.compile("([\U00100000-\U0010fffd])")


def decode_json(text: Text) -> Value:
    """The value that a JSON text spells.

    Holes in strings stay holes; a hole in the place of a value becomes Unknown. Text that is not JSON
    comes back as Unknown: of kind UNREADABLE, with the reason, if all of it is known.
    """
    if sum(len(part) for part in text.parts if isinstance(part, str)) > limits.POLICY_CHARACTERS:
        reason = f"policy text over {limits.POLICY_CHARACTERS} characters"
        return unknown(limits.named(reason, "policy-characters"), text.at, HoleKind.UNREADABLE)
    if any(_PLACEHOLDER.search(part) for part in text.parts if isinstance(part, str)):
        return unknown("policy text with private-use characters", text.at, HoleKind.UNREADABLE)
    from kmslint.syntax.json import parse_json  # only for a policy inside a text

    template = _Template(text)
    try:
        return template.value(parse_json(template.excerpt, placeholders=True))
    except InputError as error:
        repairing = [filling for filling in template.fillings if isinstance(filling, Hole) and filling.kind in ANY_TEXT]
        if repairing:
            return Unknown(repairing[0], text.at)
        at = error.problem.at or text.at
        return unknown(f"policy text is not JSON: {error.problem.reason}", at, HoleKind.UNREADABLE)


class _Template:
    """One text with its holes replaced by placeholder characters."""

    def __init__(self, text: Text) -> None:
        self.fillings: list[Hole | Encoded] = []
        self.at = text.at
        characters: list[str] = []
        offsets: list[int] = []
        for piece in text.pieces or text.parts:
            if isinstance(piece, Excerpt) and piece.source is text.at.source:
                characters.append(piece.text)
                offsets.extend(piece.offsets[: len(piece.text)])
            elif isinstance(piece, (Excerpt, str)):
                literal = piece.text if isinstance(piece, Excerpt) else piece
                characters.append(literal)
                offsets.extend([text.at.start] * len(literal))
            else:
                characters.append(chr(_FIRST_PLACEHOLDER + len(self.fillings)))
                offsets.append(offsets[-1] + 1 if offsets else text.at.start)
                self.fillings.append(piece)
        offsets.append(offsets[-1] + 1 if offsets else text.at.start)
        self.excerpt = Excerpt(text.at.source, "".join(characters), tuple(offsets))

    def value(self, node: tree.Node) -> Value:
        """The node with its placeholders filled again."""
        if isinstance(node, tree.Mapping):
            return Fields(tuple(self._fields(node)), node.at)
        if isinstance(node, tree.Sequence):
            return Items(tuple(self._spread(self.value(item)) for item in node.items), node.at)
        assert isinstance(node, tree.Scalar)  # JSON has nothing else
        if node.style is tree.Style.PLAIN:
            return self._bare(node)
        return self._string(node)

    def _fields(self, node: tree.Mapping) -> Iterator[Field]:
        for entry in node.entries:
            assert isinstance(entry.key, tree.Scalar)  # a name, in JSON
            yield Field(self._string(entry.key), self.value(entry.value))

    def _bare(self, node: tree.Scalar) -> Value:
        if _PLACEHOLDER.match(node.text):
            filling = self._filling(node.text)
            return filling.value if isinstance(filling, Encoded) else Unknown(filling, node.at)
        return Null(node.at) if node.text == "null" else Text((node.text,), node.at, True, (node.excerpt,))

    def _string(self, node: tree.Scalar) -> Text:
        if not _PLACEHOLDER.search(node.text):
            return Text((node.text,) if node.text else (), node.at, False, (node.excerpt,))
        return join((self._part(chunk) for chunk in _PLACEHOLDER.split(node.text)), node.at)

    def _part(self, chunk: str) -> Part:
        if not _PLACEHOLDER.match(chunk):
            return chunk
        filling = self._filling(chunk)
        return Hole(HoleKind.EXPRESSION, "jsonencode(...)") if isinstance(filling, Encoded) else filling

    def _filling(self, placeholder: str) -> Hole | Encoded:
        return self.fillings[ord(placeholder) - _FIRST_PLACEHOLDER]

    @staticmethod
    def _spread(value: Value) -> Value:
        """An unknown among list elements may be several: `[${join(",", var.arns)}]`."""
        return value._replace(spread=True) if isinstance(value, Unknown) else value
