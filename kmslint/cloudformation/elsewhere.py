"""What one template knows, as another one sees it: the names in it are those of the other file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from kmslint.cloudformation.functions import IMPORT
from kmslint.location import Excerpt, Location, Source
from kmslint.values import Choice, Guard, Hole, HoleKind

_SHARED = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION, HoleKind.URL_SUFFIX})
"""What is the same in all stacks of an account and region."""

Known = TypeVar("Known")
_Rename = Callable[[str], str]


def elsewhere(known: Known, path: str) -> Known:
    """What the template at the path knows, as seen from another: `Key` there is `path:Key` here."""
    return at_home(known, "", path)


def at_home(known: Known, home: str, path: str) -> Known:
    """What the template at `path` knows, as that at `home` sees it, whose own names it may hold."""
    its_own = f"{home}:"

    def renamed(name: str) -> str:
        if home and name.startswith(its_own):
            return name.removeprefix(its_own)
        return name if ":" in name else f"{path}:{name}"  # a logical id has no colon: it is of a third template

    def scoped(scope: str) -> str:
        return scope.removeprefix(its_own) if home and scope.startswith(its_own) else f"{path}:{scope}"

    return cast(Known, _rename(known, renamed, scoped))


def names_in(known: object) -> set[str]:
    """The resources that holes in it come from; an empty name for holes that come from none."""
    if isinstance(known, Hole):
        return {known.resource}
    if isinstance(known, Location):
        return set()
    if isinstance(known, (tuple, frozenset)):
        return {name for member in cast(Iterable[object], known) for name in names_in(member)}
    return set()


def _rename(node: object, renamed: _Rename, scoped: _Rename) -> object:
    if isinstance(node, Hole):
        return _hole(node, renamed, scoped)
    if isinstance(node, (Location, Source, Excerpt)):
        return node
    if isinstance(node, frozenset):
        return frozenset(_rename(member, renamed, scoped) for member in node)
    if not isinstance(node, tuple):
        return node
    members = [_rename(member, renamed, scoped) for member in cast(Iterable[object], node)]
    if isinstance(node, (Guard, Choice)):
        members[0] = scoped(node.condition)
    if not hasattr(node, "_fields"):
        return tuple(members)
    named: Callable[..., object] = type(node)
    return named(*members)


def _hole(hole: Hole, renamed: _Rename, scoped: _Rename) -> Hole:
    if hole.kind is HoleKind.RESOURCE:
        return hole._replace(label=renamed(hole.label), resource=renamed(hole.resource))
    if hole.kind in _SHARED:
        return hole._replace(resource=renamed(hole.resource)) if hole.resource else hole
    if hole.label.startswith(IMPORT) and not hole.scope:
        return hole  # the same for everybody
    return hole._replace(scope=scoped(hole.scope))
