"""Which of many principals, statements, or ARNs in a condition may mean a caller: what certainly names somebody else
need not be compared.

A policy names some hundred roles, and each of them is asked about: without this, every one is held against all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from kmslint.access.caller import Caller, CallerKind
from kmslint.access.effort import spend
from kmslint.access.once import once
from kmslint.model.arn import parse_arn
from kmslint.model.policy import Element, Principal, Statement
from kmslint.values import Text, TextIdentity
from kmslint.wildcard import fold

FEW: Final = 16
"""So many are compared one by one: there is nothing to gain."""
_SORTED_AS_ONE: Final = 8
"""Statements that are sorted in the time of one decision."""
_NAMED: Final = ("role", "user", "assumed-role", "federated-user")
_SECOND: Final = ("assumed-role", "federated-user")
"""Of these the name is the second part of the resource; of a role or a user it is the last one, behind the path."""
_SESSIONS: Final = (CallerKind.SESSION, CallerKind.FEDERATED)
_OPEN: Final = re.compile(r"[*?$]")
"""Wildcards, and policy variables."""

_arn: Final = once(parse_arn)
_Index = dict[str, dict[tuple[TextIdentity, bool], Principal]]
"""Principals by a name, each text once."""


class _Sorted(NamedTuple):
    """Principals by the names of roles and users that they spell out."""

    by_name: Mapping[str, tuple[Principal, ...]]
    """Roles, users and sessions."""
    beside_sessions: Mapping[str, tuple[Principal, ...]]
    """Roles and users alone."""
    sessions: Mapping[str, tuple[Principal, ...]]
    """Sessions by their whole ARNs."""
    others: tuple[Principal, ...]
    """Everybody else: accounts, services, and what is not known."""


def namesakes(principals: tuple[Principal, ...], caller: Caller) -> tuple[Principal, ...]:
    """Those of the principals that may reach the caller, and maybe others."""
    if len(principals) <= FEW:
        return principals
    names = _names_of(caller)
    if names is None:
        return principals
    of_all = _sorted(principals)
    if caller.kind not in _SESSIONS:
        return (*of_all.others, *(principal for name in names for principal in of_all.by_name.get(name, ())))
    itself = of_all.sessions.get(str(caller.session or caller.arn), ())  # no session is another one
    beside = (principal for name in names for principal in of_all.beside_sessions.get(name, ()))
    return (*of_all.others, *itself, *beside)


@once
def _sorted(principals: tuple[Principal, ...]) -> _Sorted:
    by_name: _Index = {}
    beside: _Index = {}
    sessions: _Index = {}
    others = []
    for principal in principals:
        value = principal.value
        if not isinstance(value, Text) or (name := _name(value)) is None:
            others.append(principal)
            continue
        # Whoever stands there twice reaches nobody else.
        same = value.identity, value.typed
        by_name.setdefault(name, {}).setdefault(same, principal)
        if any(f":{kind}/" in str(value) for kind in _SECOND):
            sessions.setdefault(str(value), {}).setdefault(same, principal)
        else:
            beside.setdefault(name, {}).setdefault(same, principal)
    return _Sorted(_listed(by_name), _listed(beside), _listed(sessions), tuple(others))


def _listed(index: _Index) -> dict[str, tuple[Principal, ...]]:
    return {name: tuple(each.values()) for name, each in index.items()}


@once
def _names_of(caller: Caller) -> frozenset[str] | None:
    """The names under which a principal may mean the caller; None if they are not known."""
    if caller.unnamed or caller.kind in (CallerKind.ROOT_USER, CallerKind.SERVICE):
        return frozenset()
    texts = (caller.arn,) if caller.session is None else (caller.arn, caller.session)
    names = [_name(text) for text in texts]
    return None if None in names else frozenset(name for name in names if name is not None)


def speaking(statements: tuple[Statement, ...], caller: Caller) -> tuple[Statement, ...]:
    """Those of the statements that may speak of the caller, in their order, and maybe others."""
    names = _names_of(caller) if len(statements) > FEW else None
    if names is None:
        return statements
    by_name, others = _by_speech(statements)
    found = {*others, *(at for name in names for at in by_name.get(name, ()))}
    return tuple(statements[at] for at in sorted(found))


@once
def _by_speech(statements: tuple[Statement, ...]) -> tuple[Mapping[str, tuple[int, ...]], tuple[int, ...]]:
    """The places of statements that name roles and users only, by their names; and of all others."""
    spend(len(statements) // _SORTED_AS_ONE)
    by_name: dict[str, list[int]] = {}
    others = []
    for at, statement in enumerate(statements):
        named = _sorted(statement.principals) if statement.principals and statement.not_principals is None else None
        if named is None or named.others:
            others.append(at)
        else:
            for name in named.by_name:
                by_name.setdefault(name, []).append(at)
    return {name: tuple(places) for name, places in by_name.items()}, tuple(others)


def like(wanted: tuple[Element, ...], value: Text) -> tuple[Element, ...]:
    """Those of the values of a condition that may be the ARN of a caller, or cover it, and maybe others."""
    if len(wanted) <= FEW:
        return wanted
    parts = _arn(value)
    resource = parts.resource.literal if parts is not None else None
    if resource is None:
        return wanted
    by_resource, others = _by_resource(wanted)
    return (*others, *by_resource.get(fold(resource), ()))


@once
def _by_resource(wanted: tuple[Element, ...]) -> tuple[Mapping[str, tuple[Element, ...]], tuple[Element, ...]]:
    """Values that spell an ARN out by what stands behind the account in them, in small letters; and all others."""
    by_resource: dict[str, list[Element]] = {}
    others = []
    for one in wanted:
        literal = one.literal if isinstance(one, Text) else None
        parts = literal.split(":", 5) if literal is not None and literal.isascii() else []
        if literal is None or len(parts) != 6 or parts[0] != "arn" or _OPEN.search(literal):
            others.append(one)
        else:
            by_resource.setdefault(fold(parts[5]), []).append(one)
    return {resource: tuple(each) for resource, each in by_resource.items()}, tuple(others)


def _name(arn: Text) -> str | None:
    """The name of the role or the user that an ARN spells out; None for all else, and where no account is named: an
    empty one is one that a variable was to fill in."""
    parts = _arn(arn)
    if parts is None or not parts.account.parts or parts.resource.literal is None:
        return None
    if arn.literal is None and parts.service.literal != "iam":
        return None  # the session of a role is compared as a whole
    resource = parts.resource.literal.split("/")
    if len(resource) < 2 or resource[0] not in _NAMED:
        return None
    return resource[1] if resource[0] in _SECOND else resource[-1]
