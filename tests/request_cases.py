"""The requests of fixtures/decisions/requests: everything that has a say, and what must come of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import yaml

from cases import FIXTURES

Data = dict[str, Any]

_DEFAULTS: Final = {
    "resource": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "account": "111122223333",
}
_MEMBERS: Final = {"name", "page", "request", "decision", "reason", "statements", "error"}
_DOCUMENTS: Final = ("resourcePolicy", "session")
_LISTS: Final = ("identityPolicies", "boundary", "vpce")
_LEVELS: Final = ("scps", "rcps")
_PLACE: Final = re.compile(r"(.+)\[([0-9]+)\]")


class RequestCase(NamedTuple):
    """One request, and the answer that is right."""

    name: str
    page: str
    """Where AWS says so."""
    line: str
    decision: str | None
    """None: the line is to be answered with an error."""
    reason: str | None
    statements: tuple[tuple[str, int], ...]
    """The policies and the places in them of the statements that decide."""

    def __str__(self) -> str:
        return self.name


def request_cases() -> Iterator[RequestCase]:
    """Every case of every file."""
    for path in sorted((FIXTURES / "decisions" / "requests").glob("*.yaml")):
        yield from _in_file(path)


def _in_file(path: Path) -> Iterator[RequestCase]:
    data = cast(Data, yaml.safe_load(path.read_text(encoding="utf-8")))
    for case in data["cases"]:
        assert set(case) <= _MEMBERS, f"{path.name}: a case has no {set(case) - _MEMBERS}"
        yield RequestCase(
            f"{path.stem}: {case['name']}",
            data["pages"][case["page"]],
            json.dumps(_request(case["request"])),
            None if case.get("error") else case["decision"],
            case.get("reason"),
            tuple(_place(each) for each in case.get("statements", ())),
        )


def _request(plain: Any) -> Any:
    """The request with what a file leaves out: the key, and the shell of each document."""
    if not isinstance(plain, dict):
        return plain
    full = {**_DEFAULTS, **plain}
    full.update({name: _document(full[name]) for name in _DOCUMENTS if name in full})
    full.update({name: _documents(full[name]) for name in _LISTS if name in full})
    full.update({name: [_documents(level) for level in full[name]] for name in _LEVELS if name in full})
    return {name: value for name, value in full.items() if value != "<absent>"}


def _documents(plain: Any) -> Any:
    return [_document(each) for each in plain] if isinstance(plain, list) else plain


def _document(plain: Any) -> Any:
    return {"Version": "2012-10-17", "Statement": plain} if isinstance(plain, list) else plain


def _place(written: str) -> tuple[str, int]:
    match = _PLACE.fullmatch(written)
    assert match is not None, f"{written!r} is no place of a statement"
    return match[1], int(match[2])
