"""The estates of CloudFormation templates. A crash in one leaves the others standing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kmslint.accounting import Accounting
from kmslint.crashes import Crashes, crash_problem
from kmslint.discovery import Discovered
from kmslint.errors import InputError
from kmslint.given_variables import GivenParameters
from kmslint.model.estate import Estate, unreadable
from kmslint.raw import RawFile
from kmslint.template_library import TemplateLibrary
from kmslint.watch import Steps


class Templates(NamedTuple):
    """The estates of templates."""

    estates: list[Estate]
    accounting: Accounting


def read_templates(
    discovered: Discovered,
    files: Sequence[RawFile],
    joined: bool,
    parameters: GivenParameters,
    steps: Steps,
    crashes: Crashes,
) -> Templates:
    """The estates of templates. One that others nest is read as they make it, and by itself only if it is named or
    if nobody made it after all."""
    library = TemplateLibrary(discovered, joined, parameters)
    found: list[Estate] = []
    excluded: set[str] = set()
    analysed: set[str] = set()

    def read(file: RawFile) -> None:
        nested = set(library.nested)
        try:
            of_file, complete = crashes.all_of("reading", file.path, lambda: library.read(file))
        except InputError as error:
            found.append(unreadable(error.problem))
            return
        found.extend(of_file)
        if not complete:
            found.append(unreadable(crash_problem(file.path)))
            library.nested &= nested  # what it nests has still to be read
        elif of_file:
            analysed.add(file.path)
        else:
            excluded.add(file.path)

    called = [file for file in files if file.path in discovered.nested and not file.named]
    for file in (*(file for file in files if file not in called), *called):
        steps.begin(file.path)
        if not (file in called and file.path in library.nested):
            read(file)
    exporters = library.exporters()
    for file in exporters:
        read(file)
    library.check_given()
    found.extend(map(unreadable, library.failures.values()))
    # No template, and not readable as what another one takes it for: a manifest, say.
    excluded -= {problem.path for estate in found for problem in estate.problems}
    beside = library.nested | {file.path for file in exporters}
    analysed |= library.nested
    accounting = Accounting(*map(frozenset, (beside, analysed, excluded, library.opened)))
    return Templates(found, accounting)
