"""Findings in what the CDK has made of an app: people know their constructs, not the ids that the CDK makes up.

https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.engine.finding import Finding
from kmslint.engine.shortened import shortened
from kmslint.model.estate import Construct


def with_constructs(findings: Iterable[Finding], constructs: Iterable[Construct]) -> Iterator[Finding]:
    """The findings; those about a construct name it."""
    paths = {construct.address: construct.path for construct in constructs}
    for finding in findings:
        path = paths.get(finding.resource)
        yield finding if path is None else finding._replace(message=f"{finding.message} (construct {shortened(path)})")
