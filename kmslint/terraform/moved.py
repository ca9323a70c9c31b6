"""Trees that were read from a decoded text, moved to where the text stands in its file."""

from __future__ import annotations

from typing import Any

from kmslint.location import Excerpt, Location


class Places:
    """Moves what was read from an excerpt's text to where the excerpt stands."""

    def __init__(self, excerpt: Excerpt, shift: int = 0) -> None:
        """`shift` characters stood before the text when it was read."""
        self._excerpt = excerpt
        self._shift = shift

    def moved(self, node: Any) -> Any:
        """The same nodes with all their places moved."""
        if isinstance(node, Location):
            return Location(self._excerpt.source, self._offset(node.start), self._offset(node.end))
        if isinstance(node, Excerpt):
            return Excerpt(self._excerpt.source, node.text, tuple(map(self._offset, node.offsets)))
        if isinstance(node, tuple):
            inner = map(self.moved, node)
            return type(node)(*inner) if hasattr(node, "_fields") else tuple(inner)
        return node

    def _offset(self, offset: int) -> int:
        index = min(max(offset - self._shift, 0), len(self._excerpt.text))
        return self._excerpt.offsets[index]
