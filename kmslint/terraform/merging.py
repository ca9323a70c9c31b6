"""Statements of several policy documents in one: a later one takes the place of one with the same Sid.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document#override_policy_documents
"""

from __future__ import annotations

from collections.abc import Iterable

from kmslint.location import Location
from kmslint.model.policy_text import decode_json
from kmslint.terraform.presence import ways
from kmslint.terraform.shapes import Absent, named, spliced
from kmslint.values import Choice, Encoded, Fields, HoleKind, Null, Text, Unknown, Value, unknown


def statements_of(document: Value) -> list[Value]:
    """The statements of a document; one that cannot be seen may have any number of them."""
    if isinstance(document, Encoded):
        return statements_of(document.value)
    if isinstance(document, Text):
        return statements_of(decode_json(document)) if document.literal != "" else []
    if isinstance(document, Fields):
        found = [statement for value in document.all("Statement") for statement in _listed(value)]
        return [*found, *_misspelt(document), *(unseen._replace(spread=True) for unseen in document.spread)]
    if isinstance(document, Choice):
        gone = Absent(document.at)
        return [
            *(document._replace(when_true=one, when_false=gone) for one in statements_of(document.when_true)),
            *(document._replace(when_true=gone, when_false=one) for one in statements_of(document.when_false)),
        ]
    if isinstance(document, Null):
        return []
    if isinstance(document, Unknown):
        return [document._replace(spread=True)]
    return [_unreadable("a value that is no policy document", document.at)]


def _misspelt(document: Fields) -> Iterable[Value]:
    """The provider reads names in any case, and writes them again in its own."""
    for field in document.fields:
        name = field.name.literal
        if name is not None and name != "Statement" and name.lower() == "statement":
            yield _unreadable(f"a document whose Statement is spelt {name}", field.name.at)


def _unreadable(reason: str, at: Location) -> Unknown:
    return unknown(reason, at, HoleKind.UNREADABLE)._replace(spread=True)


def _listed(value: Value) -> Iterable[Value]:
    elements = spliced(value)
    return (value,) if elements is None else elements


class Merged:
    """The statements so far, in the order in which the provider writes them."""

    def __init__(self) -> None:
        self.statements: list[Value] = []
        self._places: dict[str, int] = {}

    def add(self, statements: Iterable[Value], overriding: bool = False) -> None:
        """Statements of the next document."""
        for statement in statements:
            if overriding and isinstance(statement, Unknown):
                self._doubt(statement)
            sid = _sid(statement)
            if sid in self._places:
                place = self._places[sid]
                self.statements[place] = _instead(statement, self.statements[place])
                continue
            if sid:
                self._places[sid] = len(self.statements)
            self.statements.append(statement)

    def _doubt(self, unseen: Unknown) -> None:
        """A document that cannot be seen may replace every statement that has a Sid."""
        condition = f"{named(unseen.hole)} overrides no statement"
        for place in self._places.values():
            statement = self.statements[place]
            self.statements[place] = Choice(condition, statement, Absent(unseen.at), unseen.at)


def _sid(statement: Value) -> str:
    """The Sid, the same for all ways a statement may come out; empty if there is none."""
    sids = {str(way.value.get("Sid") or "") if isinstance(way.value, Fields) else "" for way in ways(statement)}
    return sids.pop() if len(sids) == 1 else ""


def _instead(statement: Value, replaced: Value) -> Value:
    """The later statement; the earlier one where the later one may be absent."""
    if isinstance(statement, Choice):
        first, second = _instead(statement.when_true, replaced), _instead(statement.when_false, replaced)
        return statement._replace(when_true=first, when_false=second)
    return replaced if isinstance(statement, Absent) else statement
