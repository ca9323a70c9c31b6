"""Account ids that begin with a zero and stand without quotes: whoever reads them as numbers makes others of them."""

from __future__ import annotations

from typing import NamedTuple

from kmslint.location import Location


class LostZero(NamedTuple):
    """An account id that is not deployed as it is written."""

    written: str
    read_as: str
    """What stands in the policy that is deployed: `1402433619`."""
    how: str
    """Who makes it of the id: `YAML reads it as an octal number`."""
    at: Location
