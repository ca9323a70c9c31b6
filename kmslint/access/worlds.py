"""The ways a key policy can come out when some of its statements hang on open conditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from kmslint import limits
from kmslint.model.policy import Document


def worlds(document: Document) -> Iterator[Document]:
    """The document in each combination of its open conditions; beyond `limits.CHOICES` of them only as it stands.

    A statement that is left with a guard is one that may not be there.
    """
    conditions = sorted(document.guards())
    if not conditions or len(conditions) > limits.CHOICES:
        yield document
        return
    for outcome in product((True, False), repeat=len(conditions)):
        yield document.in_world(dict(zip(conditions, outcome, strict=True)))
