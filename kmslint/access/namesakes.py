"""Which of many principals may be a caller: whoever is certainly called otherwise need not be compared.

A policy names some hundred roles, and each of them is asked about: without this, every one is held against all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from kmslint.access.caller import Caller, CallerKind
from kmslint.access.once import once
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import Text

FEW: Final = 16
"""So many are compared one by one: there is nothing to gain."""
_NAMED: Final = ("role", "user", "assumed-role", "federated-user")
_SECOND: Final = ("assumed-role", "federated-user")
"""Of these the name is the second part of the resource; of a role or a user it is the last one, behind the path."""


class _Sorted(NamedTuple):
    """Principals by the names of roles and users that they spell out."""

    by_name: Mapping[str, tuple[Principal, ...]]
    others: tuple[Principal, ...]
    """Everybody else: accounts, services, and what is not known."""


def namesakes(principals: tuple[Principal, ...], caller: Caller) -> tuple[Principal, ...]:
    """Those of the principals that may reach the caller, and maybe others."""
    if len(principals) <= FEW:
        return principals
    names = _names_of(caller)
    if names is None:
        return principals
    by_name, others = _sorted(principals)
    return (*others, *(principal for name in names for principal in by_name.get(name, ())))


@once
def _sorted(principals: tuple[Principal, ...]) -> _Sorted:
    by_name: dict[str, dict[tuple[str, bool], Principal]] = {}
    others = []
    for principal in principals:
        value = principal.value
        if principal.type is not PrincipalType.AWS or not isinstance(value, Text):
            others.append(principal)
            continue
        name = _name(value)
        if name is None:
            others.append(principal)
        else:
            # Whoever stands there twice reaches nobody else.
            by_name.setdefault(name, {}).setdefault((str(value), value.typed), principal)
    return _Sorted({name: tuple(each.values()) for name, each in by_name.items()}, tuple(others))


@once
def _names_of(caller: Caller) -> frozenset[str] | None:
    """The names under which a principal may mean the caller; None if they are not known."""
    if caller.unnamed or caller.kind in (CallerKind.ROOT_USER, CallerKind.SERVICE):
        return frozenset()
    texts = (caller.arn,) if caller.session is None else (caller.arn, caller.session)
    names = [_name(text) for text in texts]
    return None if None in names else frozenset(name for name in names if name is not None)


def _name(arn: Text) -> str | None:
    """The name of the role or the user in an ARN without holes; None for all else, and where no account is named:
    an empty one is one that a variable was to fill in."""
    literal = arn.literal
    parts = literal.split(":", 5) if literal is not None else []
    if len(parts) != 6 or parts[0] != "arn" or not parts[4]:
        return None
    resource = parts[5].split("/")
    if len(resource) < 2 or resource[0] not in _NAMED:
        return None
    return resource[1] if resource[0] in _SECOND else resource[-1]
