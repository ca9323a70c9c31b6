"""Who can do what with each key of a scan: what `kmslint access` and `kmslint can` tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing, abstract_askers, askers, principal_asker
from kmslint.access.caller import NOWHERE, own_arn
from kmslint.access.classes import Classification, classify
from kmslint.access.matrix import Reply, Row, reply, row
from kmslint.access.open_parts import hole_name
from kmslint.access.principals import Form, form
from kmslint.aws.actions import ACTIONS, Action
from kmslint.discovery import discover, find_root
from kmslint.errors import Problem, UsageError
from kmslint.estates import read_estates
from kmslint.model.default_policy import default_document
from kmslint.model.estate import Estate, Key, PolicyOrigin
from kmslint.model.policy import Document, Principal, PrincipalType
from kmslint.values import Text, text
from kmslint.wildcard import fold


class KeyAccess(NamedTuple):
    """One key, and who may do what with it."""

    key: Key
    estate: Estate
    document: Document | None
    """None: the policy cannot be seen; then there are no rows."""
    missing: str
    """What cannot be resolved, if the policy cannot be seen."""
    classification: Classification | None
    rows: tuple[Row, ...]


class Access(NamedTuple):
    """Every key of a scan that was asked for."""

    keys: tuple[KeyAccess, ...]
    problems: tuple[Problem, ...]
    """What could not be read."""


def access(paths: Sequence[str], account: str | None, key: str | None, principal: str | None) -> Access:
    """Who can do what with the keys below the paths: all of them, or those that are called so; for everybody, or for
    one principal. Raises UsageError where nothing is called so."""
    read = read_estates(discover(paths, find_root(paths[0])), account)
    found = tuple(_key_access(each, estate, principal) for estate, each in _keys(read.estates, key))
    problems = {problem for estate in read.estates for problem in estate.problems}
    return Access(found, tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.reason))))


class Question(NamedTuple):
    """One question, and what it is about once the names are resolved."""

    key: Key
    asker: Asker
    reply: Reply
    problems: tuple[Problem, ...]


def ask(principal: str, action: str, key: str, paths: Sequence[str], account: str | None) -> Question:
    """Whether a principal may use an action on a key. Raises UsageError for names that fit nothing, or several."""
    read = read_estates(discover(paths, find_root(paths[0])), account)
    named = list(_keys(read.estates, key))
    if len(named) > 1:
        places = ", ".join(f"{one.address} ({one.at.path}:{one.at.line})" for _, one in named[:5])
        raise UsageError(f"{len(named)} keys are called {key!r}: {places}; give a path that holds one of them")
    (estate, one) = named[0]
    document = _document(one)
    if document is None:
        raise UsageError(f"the policy of {one.address} cannot be seen: {_missing(one)}")
    (asker,) = _asked_for(principal, askers(document, estate), estate)
    problems = tuple(problem for each in read.estates for problem in each.problems)
    return Question(one, asker, reply(document, _action(action), one, asker, estate), problems)


def _keys(estates: Sequence[Estate], name: str | None) -> Iterator[tuple[Estate, Key]]:
    """The keys that are called so; all of them, for no name. Raises UsageError if there is none."""
    listed = [(estate, key) for estate in estates for key in estate.keys]
    found = [(estate, key) for estate, key in listed if name is None or name in _names(key, estate)]
    if name is not None and not found:
        known = sorted({key.address for _, key in listed})
        raise UsageError(f"no key is called {name!r}; {_offer(known, 'key')}")
    return iter(found)


def _names(key: Key, estate: Estate) -> set[str]:
    """What a key may be called: its address or the end of it, its ARN, its aliases."""
    names = {key.address, key.address.rpartition(".")[2], str(key.arn)}
    for alias in estate.aliases:
        holes = alias.key.holes if isinstance(alias.key, Text) else ()
        if any(hole.resource == key.address for hole in holes):
            names |= {alias.address, str(alias.name)}
    return names


def _offer(known: list[str], what: str) -> str:
    """What there is instead."""
    if not known:
        return f"there is no {what} here"
    shown = ", ".join(known[:10])
    return f"there are {shown}" + (f" and {len(known) - 10} more" if len(known) > 10 else "")


def _key_access(key: Key, estate: Estate, principal: str | None) -> KeyAccess:
    document = _document(key)
    if document is None:
        return KeyAccess(key, estate, None, _missing(key), None, ())
    everybody = askers(document, estate)
    asked = everybody if principal is None else _asked_for(principal, everybody, estate)
    rows = tuple(row(document, key, asker, estate) for asker in asked)
    return KeyAccess(key, estate, document, "", classify(document, key, estate, everybody), rows)


def _document(key: Key) -> Document | None:
    """The policy of a key: where none is written, AWS's default one."""
    return default_document(key.at) if key.policy.origin is PolicyOrigin.DEFAULT else key.policy.document


def _missing(key: Key) -> str:
    return hole_name(key.policy.missing.hole) if key.policy.missing is not None else "it is not here"


def _asked_for(name: str, everybody: tuple[Asker, ...], estate: Estate) -> tuple[Asker, ...]:
    """Those whom a name means: by label, address or ARN; else the principal of that ARN, which no template makes."""
    found = tuple(asker for asker in everybody if name in _called(asker))
    if found:
        return found[:1]
    asker = _unseen(name, estate)
    if asker is None:
        labels = sorted(asker.label for asker in everybody)
        raise UsageError(
            f"nobody is called {name!r}; {_offer(labels, 'principal')} (an ARN, role/NAME and user/NAME do as well)"
        )
    return (asker,)


def _called(asker: Asker) -> set[str]:
    """What somebody may be called."""
    names = {asker.label, *_SHORT.get(asker.standing, ())}
    if asker.identity is not None:
        address = asker.identity.address
        names |= {address, address.rpartition(".")[2], f"{asker.identity.kind.value}/{address}"}
    if asker.identity is not None or asker.standing in (Standing.NAMED, Standing.FOREIGN):
        arn = str(asker.caller.session or asker.caller.arn)
        kind_and_path = arn.rpartition(":")[2]
        kind, _, path = kind_and_path.partition("/")
        names |= {arn, kind_and_path, f"{kind}/{path.rpartition('/')[2]}"}
    if asker.principal is not None:
        names.add(str(asker.principal.value))
    return names


_SHORT: Final = {
    Standing.ROOT_USER: ("root",),
    Standing.ADMINISTRATORS: ("administrator", "administrators"),
    Standing.ANYONE: ("anyone",),
    Standing.ANYBODY: ("*", "anybody"),
}
_KIND_AND_NAME: Final = re.compile(r"(role|user)/[\w+=,.@/-]+\Z", re.ASCII)


def _unseen(name: str, estate: Estate) -> Asker | None:
    """A principal that no template makes and no policy names, by its ARN, its account, or its kind and name."""
    if name.endswith(".amazonaws.com"):
        return principal_asker(Principal(PrincipalType.SERVICE, text(name, NOWHERE)), estate)
    value = text(name, NOWHERE)
    if _KIND_AND_NAME.match(name):
        value = own_arn(name)
    principal = Principal(PrincipalType.AWS, value)
    if form(principal) is Form.INVALID:
        return None
    asker = principal_asker(principal, estate)
    if asker is None and form(principal) is Form.ACCOUNT:
        return next(one for one in abstract_askers() if one.standing is Standing.ROOT_USER)
    return asker


def _action(name: str) -> Action:
    """The KMS action of that name, with or without its prefix, in any case. Raises UsageError."""
    wanted = fold(name if ":" in name else f"kms:{name}")
    for action in ACTIONS:
        if fold(action.name) == wanted:
            return action
    near = sorted(action.name for action in ACTIONS if wanted[:8] == fold(action.name)[:8])
    raise UsageError(f"KMS has no action {name!r}" + (f"; there are {', '.join(near)}" if near else ""))
