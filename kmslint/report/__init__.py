"""The reporters: one module for each format, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final, Protocol, cast

from kmslint.engine.outcome import Outcome
from kmslint.report.composed import Report
from kmslint.report.options import Options
from kmslint.report.short_names import with_short_names

FORMATS: Final[tuple[str, ...]] = (
    "text",
    "concise",
    "json",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "markdown",
)
"""The names of the formats; each is the name of its module too."""


class Reporter(Protocol):
    """A module of this package that writes a format."""

    def render(self, outcome: Outcome, options: Options) -> str:
        """The whole report, with a newline at its end unless it is empty."""
        ...


def render(format_name: str, outcome: Outcome, options: Options) -> str:
    """The outcome in one of `FORMATS`; any other name is a KeyError."""
    return compose(format_name, outcome, options).text


def compose(format_name: str, outcome: Outcome, options: Options) -> Report:
    """The same, and how many findings the format has no room for."""
    if format_name not in FORMATS:
        raise KeyError(format_name)
    outcome = with_short_names(outcome)
    if format_name == "sarif":
        from kmslint.report import sarif  # the only one that leaves any out

        return sarif.compose(outcome, options)
    # Only now, because a run in one format should not pay for loading the others.
    reporter = cast(Reporter, import_module(f"{__name__}.{format_name}"))
    return Report(reporter.render(outcome, options))
