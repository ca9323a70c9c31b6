"""Findings and the resources they are about: a policy may stand far from the resource that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.engine.finding import Finding
from kmslint.model.estate import Estate


def with_declarations(findings: Iterable[Finding], estate: Estate) -> Iterator[Finding]:
    """The findings, each with the place where its resource is declared."""
    places = {
        one.address: one.at
        for found in (
            estate.aliases,
            estate.grants,
            estate.uses.consumers,
            estate.policies,
            estate.identities,
            estate.switched_off,
            estate.keys,
        )
        for one in found
    }
    return (finding._replace(declared=places.get(finding.resource)) for finding in findings)
