"""What goes into reading a plan, and what comes out of it."""

from __future__ import annotations

from typing import NamedTuple

from kmslint.model.estate import Estate
from kmslint.terraform.declarations import Declarations
from kmslint.terraform.root import Library


class Sources(NamedTuple):
    """A root module on disk: what its directory declares, and the modules that it may call."""

    directory: str
    declared: Declarations
    library: Library


class ReadPlan(NamedTuple):
    """What a plan comes to."""

    estate: Estate
    tells_all: bool
    """The configuration beside it adds nothing."""
