"""Version constraints of modules.

https://developer.hashicorp.com/terraform/language/expressions/version-constraints
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_VERSION = re.compile(r"v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?")
_CONSTRAINT = re.compile(r"\s*(=|!=|>=|<=|>|<|~>)?\s*([\w.+-]+)\s*")

Version = tuple[int, int, int]


class _Constraint(NamedTuple):
    operator: str
    version: Version
    upper: Version
    """The first version that `~>` leaves out."""

    def allows(self, version: Version) -> bool:
        if self.operator == "~>":
            return self.version <= version < self.upper
        return {
            "=": version == self.version,
            "!=": version != self.version,
            ">": version > self.version,
            ">=": version >= self.version,
            "<": version < self.version,
            "<=": version <= self.version,
        }[self.operator]


def version(written: str) -> Version | None:
    """A version without a suffix: what is missing at its end is zero."""
    found = _VERSION.fullmatch(written)
    return None if found is None else (int(found[1]), int(found[2] or 0), int(found[3] or 0))


def chosen(constraint: str, releases: Sequence[Version]) -> Version | None:
    """The version that `terraform init` fetches, if it is as one of the known releases; None if nobody can tell.

    `releases` are in order and need not be all: a version that is asked for by its number, later than the first of
    them and of a major version that is among them, is taken as it is.
    """
    constraints = _constraints(constraint)
    if constraints is None:
        return None
    allowed = [release for release in releases if all(one.allows(release) for one in constraints)]
    if allowed:
        return allowed[-1]
    majors = {release[0] for release in releases}
    named = [one.version for one in constraints if one.operator in ("=", ">=", "~>")]
    wanted = max(named, default=None)
    if wanted is None or wanted < releases[0] or wanted[0] not in majors:
        return None
    return wanted if all(one.allows(wanted) for one in constraints) else None


def _constraints(written: str) -> list[_Constraint] | None:
    """The constraints; None if one of them is not read."""
    found = []
    for part in written.split(",") if written.strip() else ():
        match = _CONSTRAINT.fullmatch(part)
        lowest = version(match[2]) if match is not None else None
        if match is None or lowest is None:
            return None
        major, minor, _ = lowest
        upper = (major, minor + 1, 0) if match[2].count(".") > 1 else (major + 1, 0, 0)
        found.append(_Constraint(match[1] or "=", lowest, upper))
    return found
