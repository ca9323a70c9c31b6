"""Documents that `aws_iam_policy_document` takes in, as the provider reads their JSON.

The provider reads names in any case and writes them again in its own; what it has no name for is gone.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document#source_policy_documents
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.model.duplicates import last_reading
from kmslint.model.policy_text import decode_json
from kmslint.terraform.oddities import Oddities
from kmslint.terraform.shapes import Absent, spliced
from kmslint.values import Choice, Encoded, Field, Fields, HoleKind, Items, Null, Text, Unknown, Value, text, unknown

_DOCUMENT = {name.lower(): name for name in ("Version", "Id", "Statement")}
_STATEMENT = {
    name.lower(): name
    for name in (
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    )
}


class SourceDocument(NamedTuple):
    """What a document contributes."""

    statements: tuple[Value, ...] = ()
    """One that cannot be seen stands for any number of them."""
    version: Value | None = None
    name: Value | None = None
    """Its `Id`."""


NOTHING = SourceDocument()


def source_document(value: Value, problems: list[Problem], oddities: Oddities) -> SourceDocument:
    """The document that a value stands for; `problems` is told what the provider certainly cannot read."""
    if isinstance(value, Encoded):
        return source_document(value.value, problems, oddities)
    if isinstance(value, Text):
        return NOTHING if value.literal == "" else _decoded(decode_json(value), problems, oddities)
    if isinstance(value, Fields):
        return _document(value, problems)
    if isinstance(value, Choice):
        return _either(value, oddities)
    if isinstance(value, Null):
        return NOTHING
    if isinstance(value, Unknown):
        if value.hole.kind is HoleKind.UNREADABLE:
            problems.append(_problem(value.hole.label, value.at))
        return SourceDocument((value._replace(spread=True),), version=value)
    return _unreadable("a value that is no policy document", value.at, problems)


def _decoded(value: Value, problems: list[Problem], oddities: Oddities) -> SourceDocument:
    if isinstance(value, Text):  # a string or a number, which would be read again and again
        return _unreadable("a value that is no policy document", value.at, problems)
    reading = last_reading(value)
    oddities.add_duplicates(reading.duplicates)
    return source_document(reading.value, problems, oddities)


def _document(fields: Fields, problems: list[Problem]) -> SourceDocument:
    members = _spelt(fields, _DOCUMENT)
    statements: list[Value] = []
    listed = members.get("Statement", Null(fields.at))
    elements = spliced(_list_of_null(listed))
    if elements is None:
        # https://github.com/hashicorp/terraform-provider-aws/issues/41964
        return _unreadable("its Statement is not a list", listed.at, problems)
    statements += map(_statement, elements)
    statements += (unseen._replace(spread=True) for unseen in fields.spread)
    return SourceDocument(tuple(statements), members.get("Version"), members.get("Id"))


def _list_of_null(value: Value) -> Value:
    """The provider takes null for no statements."""
    if isinstance(value, Choice):
        return value._replace(when_true=_list_of_null(value.when_true), when_false=_list_of_null(value.when_false))
    return Items((), value.at) if isinstance(value, Null) else value


def _either(value: Choice, oddities: Oddities) -> SourceDocument:
    gone = Absent(value.at)
    # What one way cannot be read may never come out that way: no problem of the module.
    first, second = (source_document(way, [], oddities) for way in (value.when_true, value.when_false))
    versions = first.version or Null(value.at), second.version or Null(value.at)
    names = first.name or Null(value.at), second.name or Null(value.at)
    return SourceDocument(
        (
            *(value._replace(when_true=one, when_false=gone) for one in first.statements),
            *(value._replace(when_true=gone, when_false=one) for one in second.statements),
        ),
        value._replace(when_true=versions[0], when_false=versions[1]) if first.version or second.version else None,
        value._replace(when_true=names[0], when_false=names[1]) if first.name or second.name else None,
    )


def _unreadable(reason: str, at: Location, problems: list[Problem]) -> SourceDocument:
    problems.append(_problem(reason, at))
    return SourceDocument((unknown(reason, at, HoleKind.UNREADABLE, spread=True),))


def _problem(reason: str, at: Location) -> Problem:
    return Problem(at.path, f"a document given to aws_iam_policy_document cannot be read: {reason}", at)


def _spelt(fields: Fields, names: dict[str, str]) -> dict[str, Value]:
    """The members as the provider calls them; of several the last."""
    known = ((names.get((field.name.literal or "").lower()), field.value) for field in fields.fields)
    return {name: value for name, value in known if name is not None}


def _statement(value: Value) -> Value:
    if isinstance(value, Choice):
        return value._replace(when_true=_statement(value.when_true), when_false=_statement(value.when_false))
    return value._replace(fields=tuple(_members(value))) if isinstance(value, Fields) else value


def _members(statement: Fields) -> Iterator[Field]:
    for field in statement.fields:
        if field.name.holes:
            yield field
            continue
        name = _STATEMENT.get(str(field.name).lower())
        if name is not None:
            spelt = field.name if field.name.literal == name else text(name, field.name.at)
            read = _READ.get(name)
            yield Field(spelt, field.value if read is None else read(field.value))


def _principal(value: Value) -> Value:
    """The provider takes any text for `"*"`: it does not look at it."""
    if isinstance(value, Choice):
        return value._replace(when_true=_principal(value.when_true), when_false=_principal(value.when_false))
    return text("*", value.at) if isinstance(value, Text) and value.literal != "*" else value


def _condition(value: Value) -> Value:
    if not isinstance(value, Fields):
        return value
    return value._replace(fields=tuple(field._replace(value=_tests(field.value)) for field in value.fields))


def _tests(value: Value) -> Value:
    if not isinstance(value, Fields):
        return value
    return value._replace(fields=tuple(field._replace(value=_tested(field.value)) for field in value.fields))


def _tested(value: Value) -> Value:
    """The provider forgets a number, and stops at one in a list; some of its versions forget `true` as well."""
    among = value.items if isinstance(value, Items) else (value,)
    if any(isinstance(one, Text) and one.typed and one.literal not in ("true", "false") for one in among):
        return unknown("a number in a condition, which aws_iam_policy_document does not keep", value.at)
    return value


_READ: dict[str, Callable[[Value], Value]] = {
    "Principal": _principal,
    "NotPrincipal": _principal,
    "Condition": _condition,
}
