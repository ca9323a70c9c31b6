"""Policies, keys and callers from plain data, by way of kmslint's own readers.

In a text `<own>` is the own account as a template names it, `<partition>`, `<region>`, `<suffix>`, `<deployer>` and
`<key>` likewise; `<role X>` is the ARN of the estate's role X, and any other name in angle brackets is a parameter that
nobody set. A text that is nothing but `<<name>>` cannot be known at all: it may be a text, a list or a map. A map
`{if: C, then: x, else: y}` is a choice by the open condition C.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Union

from kmslint.access.caller import ANYBODY, ROOT_USER, SOME_ROLE, SOME_USER, Caller, CallerKind, named, service
from kmslint.aws.actions import ACTIONS, Action
from kmslint.location import Location, Source
from kmslint.model.accounts import Accounts, collect_evidence
from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy, Key, KeyKind, KeyPolicy, KeySettings
from kmslint.model.estate import PolicyOrigin as Origin
from kmslint.model.policy import Document
from kmslint.model.read_policy import read_policy
from kmslint.values import Choice, Field, Fields, Hole, HoleKind, Items, Null, Part, Text, Value, join, text, unknown

Plain = Union[None, bool, int, float, str, Sequence["Plain"], "dict[str, Plain]"]

OWN: Final = "111122223333"
FOREIGN: Final = "444455556666"

HERE: Final = Location(Source("policy", ""), 0, 0)

_MARK: Final = re.compile(r"<([^<>]+)>")
_UNKNOWN: Final = re.compile(r"<<([^<>]+)>>")
_HOLES: Final = {
    "own": Hole(HoleKind.OWN_ACCOUNT, "AWS::AccountId"),
    "partition": Hole(HoleKind.PARTITION, "AWS::Partition"),
    "region": Hole(HoleKind.REGION, "AWS::Region"),
    "suffix": Hole(HoleKind.URL_SUFFIX, "AWS::URLSuffix"),
    "deployer": Hole(HoleKind.DEPLOYER, "data.aws_caller_identity.current.arn"),
    "key": Hole(HoleKind.RESOURCE, "Key", resource="Key"),
    "other key": Hole(HoleKind.RESOURCE, "OtherKey", resource="OtherKey"),
}


def words(plain: str) -> Text:
    """A text with its marks as holes."""
    pieces: list[Part] = []
    for number, piece in enumerate(_MARK.split(plain)):
        pieces.append(_hole(piece) if number % 2 else piece)
    return join(pieces, HERE)


def _hole(mark: str) -> Hole:
    if mark.startswith("role "):
        name = mark.removeprefix("role ")
        return Hole(HoleKind.RESOURCE, f"{name}.Arn", resource=name)
    return _HOLES.get(mark) or Hole(HoleKind.PARAMETER, mark)


def value(plain: Plain) -> Value:
    """What a parser would have made of the data."""
    if plain is None:
        return Null(HERE)
    if isinstance(plain, bool | int | float):
        return text(str(plain).lower(), HERE, typed=True)
    if isinstance(plain, str):
        mark = _UNKNOWN.fullmatch(plain)
        return unknown(mark[1], HERE) if mark else words(plain)
    if isinstance(plain, dict):
        if set(plain) == {"if", "then", "else"}:
            return Choice(str(plain["if"]), value(plain["then"]), value(plain["else"]), HERE)
        return Fields(tuple(Field(words(name), value(member)) for name, member in plain.items()), HERE)
    return Items(tuple(map(value, plain)), HERE)


def document(plain: Plain, version: str = "2012-10-17") -> Document:
    """A policy: its statements, or a whole document if the data is a map with a Statement."""
    whole = plain if isinstance(plain, dict) and "Statement" in plain else {"Version": version, "Statement": plain}
    read = read_policy(value(whole))
    assert isinstance(read, Document), read
    return read


def key_with(settings: KeySettings | None = None, kind: KeyKind = KeyKind.KEY) -> Key:
    """The key that all questions are about; its policy is handed over beside it."""
    arn = words("arn:<partition>:kms:<region>:<own>:key/<key>")
    return Key("Key", kind, HERE, arn, KeyPolicy(Origin.DEFAULT, HERE), settings or KeySettings())


KEY: Final = key_with()


def action_of(name: str) -> Action:
    return next(action for action in ACTIONS if action.name == name)


def caller_of(plain: str) -> Caller:
    """`root user`, `some role`, `some user`, `anybody`; `role/Dev` or `assumed-role/Dev/s` of the own account; any
    of these but the abstract ones behind another account's id; the name of a service; the mark of a role of the
    estate or of the deployer.
    """
    abstract = {"root user": ROOT_USER, "some role": SOME_ROLE, "some user": SOME_USER, "anybody": ANYBODY}
    if plain in abstract:
        return abstract[plain]
    if plain.endswith(".amazonaws.com"):
        return service(words(plain))
    if plain.startswith("<"):
        return named(words(plain))
    account, _, rest = plain.rpartition(" ") if not plain.endswith("root user") else plain.partition(" ")
    own = named(words(_arn(account or OWN, rest)))
    if not account:
        return own
    kind = CallerKind.ROOT_USER if rest == "root user" else own.kind
    return own._replace(kind=kind, account=text(account, HERE), own=False)


def _arn(account: str, rest: str) -> str:
    service = "sts" if rest.startswith(("assumed-role/", "federated-user/")) else "iam"
    return f"arn:aws:{service}::{account}:{'root' if rest == 'root user' else rest}"


def identity_with(
    statements: Iterable[Plain], boundary: Plain = None, kind: IdentityKind = IdentityKind.ROLE
) -> Identity:
    """An identity with one policy of these statements."""
    policy = IdentityPolicy("Policy", HERE, document(list(statements)))
    limit = IdentityPolicy("Boundary", HERE, document(boundary)) if boundary is not None else None
    return Identity("Dev", kind, HERE, words(f"arn:aws:iam::{OWN}:role/Dev"), (policy,), boundary=limit)


def accounts_of(*documents: Document, configured: str | None = OWN) -> Accounts:
    """The evidence of these policies, and what `--account` says."""
    return collect_evidence(documents, None if configured is None else text(configured, HERE))
