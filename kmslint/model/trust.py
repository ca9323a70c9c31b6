"""Whom the user trusts, whatever the policies say: the configuration names them."""

from typing import Final, NamedTuple


class Trust(NamedTuple):
    """The accounts, organizations and administrators that the user vouches for."""

    accounts: frozenset[str] = frozenset()
    """Ids of other accounts that may be given anything."""
    organizations: frozenset[str] = frozenset()
    """Ids of organizations whose accounts may be given keys."""
    administrators: tuple[str, ...] = ()
    """Users and roles that nobody deletes: `role/KeyAdmin`, or an ARN; `*` stands for any text."""


NOBODY_TRUSTED: Final = Trust()
