"""The options of linting under headings: a reader looks for what he wants to do."""

from __future__ import annotations

from typing import Final

import click

GROUPS: Final = (
    ("What is judged", ("select", "ignore", "extend_select", "extend_ignore", "profile", "changed", "stdin_filename")),
    (
        "What is known of the deployment",
        (
            *("account", "deployer", "variables", "variable_files", "parameters", "parameter_files"),
            *("joined", "config_file", "no_config"),
        ),
    ),
    (
        "What is reported",
        ("targets", "min_severity", "statistics", "color", "quiet", "verbose"),
    ),
    ("What it may cost", ("limits",)),
    (
        "What counts",
        ("fail_on", "exit_zero", "no_ignores", "show_suppressed", "add_ignore", "baseline", "write_baseline"),
    ),
)
"""Headings, and the names of the parameters below them. What is not among these comes last, without a heading of its
own."""


class GroupedCommand(click.Command):
    """A command whose help has its options in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and nothing of those that are hidden."""
        options = (one for one in self.get_params(ctx) if isinstance(one, click.Option))
        records = {option.name: option.get_help_record(ctx) for option in options}
        shown = {name: record for name, record in records.items() if record is not None}
        for heading, names in (*GROUPS, ("Other", tuple(shown))):
            rows = [shown.pop(name) for name in names if name in shown]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)
