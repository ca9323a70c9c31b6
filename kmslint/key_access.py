"""Who can do what with each key of a scan: what `kmslint access` and `kmslint can` tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.access.askers import Asker, Standing, abstract_askers, askers, principal_asker
from kmslint.access.caller import NOWHERE, own_arn
from kmslint.access.classes import Classification, classify
from kmslint.access.deployer import deployer_of
from kmslint.access.effort import bounded
from kmslint.access.matrix import Reply, Row, is_beside, reply, row
from kmslint.access.open_parts import hole_name
from kmslint.access.principals import Form, form
from kmslint.aws.actions import ACTIONS, Action
from kmslint.discovery import discover, find_root
from kmslint.errors import Problem, UsageError
from kmslint.estates import Read
from kmslint.given import read_given
from kmslint.model.default_policy import key_document
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Document, Principal, PrincipalType
from kmslint.settings import Settings
from kmslint.values import Text, text
from kmslint.wildcard import fold

_DEFAULTS: Final = Settings()


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
    crashes: tuple[str, ...]
    """What failed inside kmslint, in words."""


def _read(paths: Sequence[str], settings: Settings) -> Read:
    root = settings.root or find_root(paths[0])
    return read_given(discover(paths, root), settings, root)


def access(paths: Sequence[str], settings: Settings, key: str | None, principal: str | None) -> Access:
    """Who can do what with the keys below the paths: all of them, or those that are called so; for everybody, or for
    one principal, and then a key where nobody is called so has no rows. Raises UsageError where nothing is."""
    read = _read(paths, settings)
    keys = list(_keys(read, key))
    asked = None if principal is None else _asked_in(principal, [estate for estate, _ in keys])
    found = tuple(key_access(each, estate, None if asked is None else asked[id(estate)]) for estate, each in keys)
    problems = {problem for estate in read.estates for problem in estate.problems}
    ordered = tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.reason)))
    return Access(found, ordered, read.crashes)


class Question(NamedTuple):
    """One question, and what it is about once the names are resolved."""

    principal: str
    """What the principal is called; as it was asked for, if the policy of the key cannot be seen."""
    action: Action
    key: Key
    answered: tuple[Asker, Reply] | None
    """None: the policy of the key cannot be seen."""
    missing: str
    """What cannot be resolved then."""
    problems: tuple[Problem, ...]
    crashes: tuple[str, ...]
    """What failed inside kmslint, in words."""


def ask(principal: str, action: str, key: str, paths: Sequence[str], settings: Settings = _DEFAULTS) -> Question:
    """Whether a principal may use an action on a key. Raises UsageError for names that fit nothing, or several."""
    read = _read(paths, settings)
    problems = tuple(problem for each in read.estates for problem in each.problems)
    wanted = _action(action)
    named = list(_keys(read, key))
    if len(named) > 1:
        places = ", ".join(f"{one.address} ({one.at.path}:{one.at.line})" for _, one in named[:5])
        raise UsageError(f"{len(named)} keys are called {key!r}: {places}; give a path that holds one of them")
    (estate, one) = named[0]
    document = key_document(one)
    if document is None:
        return Question(principal, wanted, one, None, _missing(one), problems, read.crashes)
    asker = _deployer(one, estate) if principal == _DEPLOYER else None
    if asker is None:
        (asker,) = _asked_in(principal, [estate])[id(estate)]
    with bounded():
        answered = asker, reply(document, wanted, one, asker, estate)
    return Question(asker.label, wanted, one, answered, "", problems, read.crashes)


def _keys(read: Read, name: str | None) -> Iterator[tuple[Estate, Key]]:
    """The keys that are called so; all of them, for no name. Raises UsageError if there is none."""
    listed = [(estate, key) for estate in read.estates for key in estate.keys]
    found = [(estate, key) for estate, key in listed if name is None or name in _names(key, estate)]
    if name is not None and not found:
        known = sorted({key.address for _, key in listed})
        raise UsageError("; ".join((f"no key is called {name!r}", _offer(known, "key"), *read.crashes)))
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


def key_access(key: Key, estate: Estate, asked: tuple[Asker, ...] | None = None) -> KeyAccess:
    """Who may do what with one key: those who are asked for, or else everybody. Raises EffortError."""
    with bounded():
        return _key_access(key, estate, asked)


def _key_access(key: Key, estate: Estate, asked: tuple[Asker, ...] | None) -> KeyAccess:
    document = key_document(key)
    if document is None:
        return KeyAccess(key, estate, None, _missing(key), None, ())
    seen = estate.seen_by(key)
    everybody = askers(document, seen)
    deployer = _deployer(key, estate)
    if deployer is not None and not any(_is_same(deployer, asker) for asker in everybody):
        everybody = (*everybody, deployer._replace(label=f"{deployer.label} ({_DEPLOYER})"))
    rows = tuple(
        row(document, key, asker, seen)
        for asker in (everybody if asked is None else asked)
        if asked is not None or is_beside(asker, document)
    )
    return KeyAccess(key, seen, document, "", classify(document, key, seen, everybody), rows)


def _deployer(key: Key, estate: Estate) -> Asker | None:
    """Whoever was said to run the deployment; None if nobody was, or if another account is the key's."""
    return deployer_of(key, estate) if estate.deployer is not None else None


def _is_same(deployer: Asker, asker: Asker) -> bool:
    if deployer.standing is not asker.standing or deployer.identity is not asker.identity:
        return False
    return deployer.standing is not Standing.NAMED or str(deployer.caller.arn) == str(asker.caller.arn)


def _missing(key: Key) -> str:
    return hole_name(key.policy.missing.hole) if key.policy.missing is not None else "it is not here"


def _asked_in(name: str, estates: Iterable[Estate]) -> dict[int, tuple[Asker, ...]]:
    """Whom a name means in each estate, by `id`, for a file may hold several. Raises UsageError for nobody at all."""
    found: dict[int, tuple[Asker, ...]] = {}
    labels = set()
    for estate in estates:
        if id(estate) in found:
            continue
        documents = ((key_document(key), estate.seen_by(key)) for key in estate.keys)
        everybody = [asker for document, seen in documents if document is not None for asker in askers(document, seen)]
        labels |= {asker.label for asker in everybody}
        found[id(estate)] = _asked_for(name, everybody, estate)
    if not any(found.values()):
        raise UsageError(
            f"nobody is called {name!r}; {_offer(sorted(labels), 'principal')} (an ARN, role/NAME and user/NAME do as "
            "well)"
        )
    return found


def _asked_for(name: str, everybody: Iterable[Asker], estate: Estate) -> tuple[Asker, ...]:
    """Who is called so: by label, address or ARN; else the principal of that ARN, which no template makes; else none.

    Of several the first. They are those whom any key of the estate names.
    """
    asker = next((asker for asker in everybody if name in _called(asker)), None) or _unseen(name, estate)
    return () if asker is None else (asker,)


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
_DEPLOYER: Final = "deployer"
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
