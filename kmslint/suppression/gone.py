"""Whether what a baseline knows, and a run does not find, is certainly no more: only then is it dropped."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from typing import Final

from kmslint.access.open_parts import open_in
from kmslint.discovery import TERRAFORM
from kmslint.engine.baseline import Known
from kmslint.model.estate import Estate, Key
from kmslint.suppression.scene import Scene
from kmslint.suppression.seen import UndecidedKeys, broken_in
from kmslint.suppression.sources import Contents


def home_of(path: str) -> str:
    """What a file is read for where nothing else is said: a Terraform file for the module in its directory."""
    return (posixpath.dirname(path) or ".") if path.endswith(TERRAFORM) else path


class Gone:
    """What a run looked at, and what of it is open."""

    def __init__(self, scene: Scene, undecided: UndecidedKeys, contents: Contents) -> None:
        self._given: Final = frozenset(scene.discovered.given)
        self._homes: Final = {estate.path for estate in scene.estates}
        self._broken: Final = broken_in(scene.discovered, scene.estates)
        self._unread: Final[set[str]] = set()
        """Addresses and files of what may hold more than is seen."""
        self._open: Final[set[str]] = set()
        """Addresses of what is seen, and not decided."""
        self._marks: Final[set[str]] = set()
        """What the statements of the run say, and those that are open among them."""
        self._open_marks: Final[set[str]] = set()
        for estate in scene.estates:
            self._unread.update(_unread(estate, undecided))
            self._open.update(key.address for key in estate.keys if _is_among(undecided, key))
            for address, document in estate.documents():
                for statement in document.statements:
                    mark = contents.mark(statement.at)
                    self._marks.add(mark)
                    if any(True for _ in open_in(statement)):
                        self._open.add(address)
                        self._open_marks.add(mark)

    def is_gone(self, known: Known) -> bool:
        """Whether it would have been found, were it still there."""
        home = known.seen_from or home_of(known.path)
        if self._broken & {home, known.path, *_above(known.path)}:
            return False
        if home not in self._homes and self._given.isdisjoint((home, *_above(home))):
            return False
        if known.path in self._unread or _names(known, self._unread):
            return False
        if known.content and known.content not in self._marks:
            return True  # nobody says that any more, so whatever is open is another statement
        return known.content not in self._open_marks and not _names(known, self._open)


def _is_among(undecided: UndecidedKeys, key: Key) -> bool:
    return (key.at.path, key.address, key.at.line) in undecided


def _unread(estate: Estate, undecided: UndecidedKeys) -> Iterator[str]:
    for key in estate.switched_off:
        yield key.address
    for key in estate.keys:
        if key.policy.document is None and _is_among(undecided, key):
            yield key.address
    for address, document in estate.documents():
        if document.unseen:
            yield from (address, document.at.path, *(unseen.at.path for unseen in document.unseen))
    for policy in estate.policies:
        if policy.document is None:
            yield policy.address


def _names(known: Known, addresses: Collection[str]) -> bool:
    return any(address in text for address in addresses for text in (known.resource, known.subject, known.about))


def _above(path: str) -> Iterator[str]:
    """The directories that a path lies in."""
    while path not in ("/", "."):
        path = posixpath.dirname(path) or "."
        yield path
