"""What a run has looked at, and whether a suppression may be in it: most runs have none, and pay for a byte search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.discovery import Discovered
from kmslint.location import Source
from kmslint.model.estate import Estate

MARK: Final = "kmslint"
"""What every suppression begins with."""

_BYTES: Final = MARK.encode()
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
"""UTF-16 and UTF-32: no search for bytes finds anything in them."""


def may_suppress(data: bytes) -> bool:
    """Whether the bytes of a file may hold a suppression."""
    return _BYTES in data or data.startswith(_WIDE)


class Scene(NamedTuple):
    """What a run has looked at."""

    discovered: Discovered
    estates: tuple[Estate, ...]
    today: str = ""
    """The day of the run, `2027-03-31`; empty: today, in UTC."""
    in_part: bool = False
    """There may be more, from which findings would come: the files of a change, a text from standard input."""

    def may_suppress(self) -> bool:
        """Whether any file may hold a suppression."""
        files = (*self.discovered.templates, *(file for module in self.discovered.modules for file in module.files))
        return any(may_suppress(file.data) for file in files) or any(MARK in one.text for one in self.nested())

    def nested(self) -> Iterator[Source]:
        """The files that were found only on the way: templates that others nest."""
        known = {estate.path for estate in self.estates}
        known |= {file.path for module in self.discovered.modules for file in module.files}
        for estate in self.estates:
            for found in (estate.keys, estate.policies, estate.identities):
                for one in found:
                    source = one.at.shown.source
                    if source.path not in known:
                        known.add(source.path)
                        yield source
