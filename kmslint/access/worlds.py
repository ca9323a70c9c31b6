"""The ways a key policy can come out when some of its statements hang on open conditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from kmslint import limits
from kmslint.model.policy import Document
from kmslint.values import Guard


class World(NamedTuple):
    """One way a document can come out."""

    document: Document
    outcome: frozenset[Guard]
    """How its open conditions came out."""


def outcomes(document: Document) -> Iterator[World]:
    """The document in each combination of its open conditions; beyond `limits.CHOICES` of them only as it stands.

    A statement that is left with a guard is one that may not be there.
    """
    conditions = sorted(document.guards())
    if not conditions or len(conditions) > limits.CHOICES:
        yield World(document, frozenset())
        return
    for outcome in product((True, False), repeat=len(conditions)):
        decided = dict(zip(conditions, outcome, strict=True))
        yield World(document.in_world(decided), frozenset(Guard(*each) for each in decided.items()))


def worlds(document: Document) -> Iterator[Document]:
    """The documents of these."""
    return (world.document for world in outcomes(document))
