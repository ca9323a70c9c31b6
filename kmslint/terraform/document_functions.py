"""Terraform's functions for documents: JSON, YAML and CSV.

https://developer.hashicorp.com/terraform/language/functions/jsonencode
"""

from __future__ import annotations

import re

from kmslint import limits
from kmslint.model.duplicates import last_reading
from kmslint.model.policy_text import decode_json
from kmslint.terraform import parameters
from kmslint.terraform.calls import Function, Given
from kmslint.terraform.json_values import decoded
from kmslint.terraform.kinds import ListItems, ObjectFields
from kmslint.terraform.text_functions import known_text
from kmslint.terraform.yaml_values import from_yaml, to_yaml
from kmslint.values import Encoded, Field, HoleKind, Text, Unknown, Value, text

_ODD = re.compile(r"[\U00100000-\U0010fffd]|\\u[dD][89a-fA-F]")
"""Characters that stand for holes here, and halves of characters."""

_FIELD = re.compile(r'(?:"((?:[^"\r]|"")*)"|([^",\r\n]*))(,|\r?\n|\Z)')


def _jsonencode(given: Given) -> Value:
    return Encoded(given.values[0], given.at)


def _jsondecode(given: Given) -> Value:
    value = given.values[0]
    if isinstance(value, Encoded):
        return decoded(value.value)
    if not isinstance(value, Text):
        return given.unknown()
    found = decode_json(value)
    if isinstance(found, Unknown) and found.hole.kind is HoleKind.UNREADABLE:
        literal = value.literal
        return given.failure() if literal is not None and _is_readable(literal) else given.unknown()
    if isinstance(found, Unknown):
        return given.unknown()
    reading = last_reading(found)
    given.oddities.add_duplicates(reading.duplicates)
    # Terraform reads the first of several members as of the type of the last, and may refuse it.
    return decoded(reading.value) if reading.of_one_type else given.unknown()


def _is_readable(document: str) -> bool:
    """Whether only what is no JSON keeps a document from being read here."""
    small = len(document) <= limits.POLICY_CHARACTERS and sum(map(document.count, "[{")) < limits.DEPTH
    return small and not _ODD.search(document)


def _yamldecode(given: Given) -> Value:
    known = known_text(given, 0)
    if known is None:
        return given.unknown()
    if len(known) > limits.POLICY_CHARACTERS:
        return given.beyond("policy-characters")
    return from_yaml(known, given.at) or given.unknown()


def _yamlencode(given: Given) -> Value:
    spelt = to_yaml(given.values[0])
    if spelt is None:
        return given.unknown()
    return given.beyond("text") if len(spelt) > limits.TEXT else text(spelt, given.at)


def _csvdecode(given: Given) -> Value:
    known = known_text(given, 0)
    if known is not None and len(known) > limits.POLICY_CHARACTERS:
        return given.beyond("policy-characters")
    rows = None if known is None else _rows(known)
    if rows is None:
        return given.unknown()
    header, *rest = rows or [[]]
    if len(set(header)) < len(header) or not header or any(len(row) != len(header) for row in rest):
        return given.failure()
    if len(header) * len(rest) > limits.ELEMENTS:
        return given.beyond("elements")
    objects = (
        tuple(Field(text(name, given.at), text(field, given.at)) for name, field in zip(header, row, strict=True))
        for row in rest
    )
    return ListItems(tuple(ObjectFields(fields, given.at) for fields in objects), given.at)


def _rows(document: str) -> list[list[str]] | None:
    """The rows of a CSV document without its blank lines; None if it is not spelt in the common way."""
    rows: list[list[str]] = []
    row: list[str] = []
    position = 0
    while position < len(document) or row:
        match = _FIELD.match(document, position)
        if match is None:
            return None
        is_blank = not row and not match[2] and match[1] is None and match[3] != ","
        if not is_blank:
            row.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        position = match.end()
        if match[3] != ",":
            rows += [row] if row else []
            row = []
    return rows


DOCUMENT_FUNCTIONS: dict[str, Function] = {
    "csvdecode": Function(_csvdecode, (parameters.string,)),
    "jsondecode": Function(_jsondecode, (parameters.string,)),
    "jsonencode": Function(_jsonencode, (parameters.nullable,), decide=None),
    "yamldecode": Function(_yamldecode, (parameters.string,)),
    "yamlencode": Function(_yamlencode, (parameters.nullable,)),
}
