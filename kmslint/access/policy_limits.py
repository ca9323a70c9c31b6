"""What KMS does not take as a key policy, however it is meant: too many bytes, and characters that it does not know.

https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kmslint.location import Location
from kmslint.model.policy import Document, Principal, Statement, Test, texts
from kmslint.values import Text

MAXIMUM_BYTES: Final = 32_768
_REFUSED: Final = re.compile("[^\x00-\xff]")
"""Control characters are escaped in JSON, and so are none by the time that KMS reads it."""


def refused_characters(statement: Statement) -> Iterator[tuple[Location, str]]:
    """Where a statement has characters that KMS refuses, and the first such character of each place."""
    sid = () if statement.sid is None else ((statement.header, statement.sid),)
    written = ((text.at, part) for text in _texts(statement) for part in text.parts if isinstance(part, str))
    for at, part in (*sid, *written):
        found = _REFUSED.search(part)
        if found is not None:
            yield at, found[0]


def least_bytes(document: Document) -> int:
    """How long the policy is at least: the texts that are certainly in it, with their quotation marks, and no more."""
    always = (statement for statement in document.statements if not statement.guards)
    return sum(_length(text) for statement in always for text in _texts(statement))


def _length(text: Text) -> int:
    return 2 + sum(len(part.encode("utf-8", "surrogatepass")) for part in text.parts if isinstance(part, str))


def _texts(statement: Statement) -> Iterator[Text]:
    named: tuple[Principal, ...] = (*(statement.principals or ()), *(statement.not_principals or ()))
    yield from texts(tuple(principal.value for principal in named))
    for entries in (statement.actions, statement.not_actions, statement.resources, statement.not_resources):
        yield from texts(entries)
    for test in statement.conditions:
        if isinstance(test, Test):
            yield test.key
            yield from texts(test.values)
