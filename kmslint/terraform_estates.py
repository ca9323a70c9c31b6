"""The estates of Terraform modules and plans. A crash in one leaves the others standing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kmslint.accounting import Accounting
from kmslint.crashes import Crashes, crash_problem
from kmslint.discovery import Discovered
from kmslint.errors import InputError, UsageError
from kmslint.given_variables import GivenVariables
from kmslint.model.estate import Estate, unreadable
from kmslint.raw import RawFile
from kmslint.syntax.bytes import decode
from kmslint.terraform_library import TerraformLibrary
from kmslint.watch import Steps


class Terraform(NamedTuple):
    """The estates of plans and of root modules."""

    estates: list[Estate]
    accounting: Accounting
    undeclared: list[str]
    """Given variables that no root module declares."""


def read_terraform(
    discovered: Discovered, plans: Sequence[RawFile], given: GivenVariables, steps: Steps, crashes: Crashes
) -> Terraform:
    """The estates of plans and of root modules.

    A module whose plan is here is left out if the plan tells all that it does, and nothing else.
    """
    try:
        library = TerraformLibrary(discovered, given)
    except InputError as error:
        raise UsageError(f"--var-file {error}") from None
    reading = _Reading(library, crashes)
    for directory in discovered.roots:
        steps.begin(directory)
        reading.read(directory)
    for file in plans:
        steps.begin(file.path)
        reading.read_plan(file, discovered.plans.get(file.path, ""))
    for directory in library.others():
        reading.read(directory)
    undeclared, _ = crashes.all_of("the search for variables", discovered.root, library.undeclared)
    candidates = library.files.union(*map(library.own_files, discovered.roots))
    beside = {*library.opened, *given.origins()}
    accounting = Accounting(*map(frozenset, (candidates, library.files | reading.plans, (), beside)))
    return Terraform(reading.estates(), accounting, undeclared)


class _Reading:
    """Modules and plans being read."""

    def __init__(self, library: TerraformLibrary, crashes: Crashes) -> None:
        self._library = library
        self._crashes = crashes
        self._of_modules: dict[str, Estate] = {}
        self._others: list[Estate] = []
        """Of plans, and of what cannot be read."""
        self._failed: set[str] = set()
        """The files that a crash has kept from being judged."""
        self.plans: set[str] = set()
        """Those that were read."""

    def estates(self) -> list[Estate]:
        """All that was read."""
        failed = (unreadable(crash_problem(path)) for path in sorted(self._failed))
        return [*self._others, *self._of_modules.values(), *failed]

    def read(self, directory: str) -> None:
        """A root module."""
        library, before = self._library, self._library.files
        found, complete = self._crashes.all_of("reading", directory, lambda: (library.read_estate(directory),))
        self._of_modules.update((directory, estate) for estate in found)
        if not complete:
            self._failed.update(library.own_files(directory), library.files - before)

    def read_plan(self, file: RawFile, directory: str) -> None:
        """A plan, which may have been made of the module in the directory."""
        library = self._library
        try:
            found, complete = self._crashes.all_of(
                "reading", file.path, lambda: (library.read_plan(decode(file.path, file.data), directory),)
            )
        except InputError as error:
            self._others.append(unreadable(error.problem))
            return
        if not complete:
            self._failed.add(file.path)
        for plan in found:
            self.plans.add(file.path)
            estate, configured = plan.estate, self._of_modules.get(directory)
            if plan.tells_all and configured is not None and not configured.problems:
                # What Terraform takes without a word shows in no plan.
                del self._of_modules[directory]
                estate = estate._replace(duplicates=configured.duplicates, lost_zeros=configured.lost_zeros)
            self._others.append(estate)
