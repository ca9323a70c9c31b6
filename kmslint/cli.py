"""The command line: flags to calls, outcomes to exit codes, and nothing else."""

import os
import sys
from collections.abc import Sequence
from functools import partial
from io import StringIO
from typing import Final, NamedTuple, NoReturn

import click

from kmslint import __version__, limits
from kmslint.commands import COMMANDS
from kmslint.console import (
    CLEAN,
    COLORS,
    ERROR,
    FINDINGS,
    INCOMPLETE,
    INTERRUPTED,
    complain,
    progress,
    shown,
    wants_color,
    width,
)
from kmslint.crashes import Crashes, described
from kmslint.engine.finding import Severity
from kmslint.engine.outcome import Outcome
from kmslint.errors import ConfigError, KmslintError, UsageError
from kmslint.given_limits import within_limits
from kmslint.grouped_help import GroupedCommand
from kmslint.lint import lint, lint_text
from kmslint.report import FORMATS, compose
from kmslint.report.options import Options
from kmslint.report.summary import said_by_files
from kmslint.report.write import print_text, write
from kmslint.setting_options import setting_options, settled_call
from kmslint.settings import Settings
from kmslint.watch import Watch

_COMPLETE: Final = "_KMSLINT_COMPLETE"
"""Set where a shell asks what may come next."""
_FOR_STATISTICS: Final = ("text", "concise")
_WITHOUT_REMARKS: Final = ("gitlab",)
"""Formats that hold findings and nothing else: what is held back goes to standard error."""
_EPILOG: Final = """\b
Other commands:
  kmslint access PATH...                      who can do what with each key
  kmslint can PRINCIPAL ACTION KEY PATH...    one question, one answer, and why
  kmslint completion bash|zsh|fish            what a shell completes
  kmslint config show [PATH...]               every setting, and who said it
  kmslint config limits                       every bound that --limit sets
  kmslint explain KMS101                      the page of a rule
  kmslint rules                               all rules
  kmslint simulate                            decisions on requests, as JSON lines

\b
Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 usage, configuration or internal error,
3 something could not be analysed (findings are still reported), or SARIF had no room for all, 130 interrupted.
"""


class Target(NamedTuple):
    """A report: in which format, and to which file (None: standard output)."""

    format: str
    file: str | None


def _targets(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Target, ...]:
    targets = []
    for value in values or ("text",):
        name, colon, file = value.partition(":")
        if colon and not file:
            raise click.BadParameter(f"{value!r} names no file")
        if name not in FORMATS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(FORMATS)}")
        targets.append(Target(name, file or None))
    files = [target.file for target in targets if target.file is not None]
    if len(set(files)) < len(files):
        raise click.BadParameter("two reports to one file: the second would replace the first")
    if sum(target.file is None for target in targets) > 1:
        raise click.BadParameter("only one report fits on standard output: give the others a file, as in sarif:FILE")
    return tuple(targets)


@click.command("kmslint", cls=GroupedCommand, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-f",
    "--format",
    "targets",
    multiple=True,
    callback=_targets,
    metavar="FORMAT[:FILE]",
    help=f"Report format: {', '.join(FORMATS)}. Repeat it for several reports of one run.",
)
@setting_options()
@click.option("--changed", is_flag=True, help="The paths are the files of a change: leave alone what is no template.")
@click.option("--stdin-filename", metavar="NAME", help="With - as the path: the name that standard input goes under.")
@click.option("--no-ignores", is_flag=True, help="Suppressions in the files, and a baseline, count for nothing.")
@click.option("--show-suppressed", is_flag=True, help="Show what is suppressed too, with the reason.")
@click.option("--add-ignore", metavar="REASON", help="Suppress what is found, in the files, and report what is left.")
@click.option("--baseline", metavar="FILE", help="The findings in this file are known: only others are reported.")
@click.option(
    "--write-baseline", is_flag=True, help="Write all that is found to the baseline, or to .kmslint-baseline.json."
)
@click.option("--color", type=click.Choice(COLORS), default="auto", show_default=True)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 where it would be 1.")
@click.option("--statistics", is_flag=True, help="In text and concise: how often each rule fired.")
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no summary, no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Show undecided keys and what was missing.")
@click.version_option(__version__, prog_name="kmslint")
def lint_command(
    paths: tuple[str, ...],
    targets: tuple[Target, ...],
    changed: bool,
    stdin_filename: str | None,
    color: str,
    exit_zero: bool,
    statistics: bool,
    quiet: bool,
    verbose: bool,
    no_ignores: bool,
    show_suppressed: bool,
    add_ignore: str | None,
    baseline: str | None,
    write_baseline: bool,
    **options: object,
) -> int:
    """Find AWS KMS keys that nobody can manage, that too many can use, or whose permissions do nothing.

    PATH is a CloudFormation template, a Terraform file (its directory is read with it), or a directory.
    """
    settings = settled_call(paths, options).settings
    settings = settings._replace(changed=changed, ignores=not no_ignores, baseline=baseline)
    if statistics and not any(target.format in _FOR_STATISTICS for target in targets):
        raise UsageError(f"--statistics needs the format {' or '.join(_FOR_STATISTICS)}")
    look = Options(wants_color(color), verbose, quiet, show_suppressed, statistics, width())
    unwritten = False
    with within_limits(settings.limits):
        if add_ignore is not None:
            unwritten = _add_ignores(paths, settings, add_ignore, Severity(settings.min_severity))
        if write_baseline:
            settings = _write_baseline(paths, settings, add_ignore)
        with progress(quiet) as watch:
            outcome = _lint(paths, stdin_filename, settings, watch)
        of_reports, arrived = _report(_at_least(outcome, Severity(settings.min_severity)), targets, look)
    code = ERROR if unwritten else _exit_code(outcome, settings.fail_on)
    if code == FINDINGS and exit_zero:
        code = CLEAN
    if ERROR in (code, of_reports):
        return ERROR
    return max(code, of_reports) if arrived else max(code, ERROR)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if _COMPLETE in os.environ:
        from kmslint.completion import complete

        sys.exit(complete(os.environ[_COMPLETE], lint_command, COMMANDS))
    command = COMMANDS.get(given[0]) if given else None
    try:
        if command is not None:
            code = command.main(given[1:], prog_name=f"kmslint {given[0]}", standalone_mode=False)
        else:
            code = lint_command.main(given or ["--help"], prog_name="kmslint", standalone_mode=False)
    except click.ClickException as error:
        usage = StringIO()
        error.show(usage)  # may hold the name of a file, where a hook passes names on
        click.echo("\n".join(map(shown, usage.getvalue().split("\n"))), err=True, nl=False)
        code = ERROR
    except ConfigError as error:
        for problem in error.problems:
            complain(f"{problem.path}:{problem.line}: {problem.reason}")
        code = ERROR
    except KmslintError as error:
        complain(str(error))
        code = ERROR
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug in what all the rest of a run needs: 1 would mean findings
        complain(f"kmslint failed: {described(error)}")
        code = ERROR
    sys.exit(code if isinstance(code, int) else CLEAN)


def _lint(paths: tuple[str, ...], stdin_filename: str | None, settings: Settings, watch: Watch) -> Outcome:
    if "-" not in paths:
        return lint(paths, settings, watch)
    if paths != ("-",) or stdin_filename is None:
        raise UsageError("- stands alone and needs --stdin-filename: the name decides how the text is read")
    return lint_text(stdin_filename, sys.stdin.buffer.read(max(limits.FILE_BYTES, limits.PLAN_BYTES) + 1), settings)


def _add_ignores(paths: tuple[str, ...], settings: Settings, reason: str, severity: Severity) -> bool:
    """Write suppressions into the files, and say how many. Returns whether the system did not take some."""
    from kmslint.ignoring import add_ignores  # few runs write anything

    if "-" in paths:
        raise UsageError("--add-ignore writes into files, and - is none")
    added = add_ignores(paths, settings, reason, severity)
    findings = f"{added.findings} finding{'' if added.findings == 1 else 's'}"
    complain(f"{findings} ignored in {added.files} file{'' if added.files == 1 else 's'}")
    for refused in added.refused:
        complain(f"not ignored: {refused}")
    return any(refused.failed for refused in added.refused)


def _write_baseline(paths: tuple[str, ...], settings: Settings, add_ignore: str | None) -> Settings:
    """Write the baseline, say what is in it, and count on it."""
    from kmslint.baselining import write_baseline  # few runs write anything

    if "-" in paths or add_ignore is not None or not settings.ignores:
        raise UsageError("--write-baseline goes with files, and without --add-ignore and --no-ignores")
    written = write_baseline(paths, settings, Severity(settings.min_severity))
    entries = f"{written.entries} entr{'y' if written.entries == 1 else 'ies'}"
    dropped = f", {written.outdated} that no longer appl{'ies' if written.outdated == 1 else 'y'} dropped"
    complain(f"{written.path}: {entries}, {written.added} of them new{dropped if written.outdated else ''}")
    return settings._replace(baseline=written.full)


def _at_least(outcome: Outcome, severity: Severity) -> Outcome:
    shown = tuple(one for one in outcome.findings if outcome.rule(one.rule_id).severity.rank <= severity.rank)
    suppressed = (one for one in outcome.suppressed if outcome.rule(one.finding.rule_id).severity.rank <= severity.rank)
    hidden = len(outcome.findings) - len(shown)
    return outcome._replace(findings=shown, suppressed=tuple(suppressed), hidden=hidden)


def _report(outcome: Outcome, targets: Sequence[Target], look: Options) -> tuple[int, bool]:
    """Write all reports. Returns the exit code that they come to, and whether somebody was there to read standard
    output."""
    arrived = True
    code = CLEAN
    crashes = Crashes()
    for target in targets:
        to_file = target.file is not None
        draw = partial(compose, target.format, outcome, look._replace(color=False) if to_file else look)
        # The other reports are still written.
        for report in crashes.all_of("the report", target.format, lambda draw=draw: (draw(),))[0]:  # type: ignore[misc]
            if target.file is None:
                arrived = print_text(report.text)
            else:
                write(report.text, target.file)
            if report.left_out:
                complain(f"findings left out of the report in {target.format}: {report.left_out}; json holds all")
                code = INCOMPLETE
    for error in (*outcome.internal_errors, *crashes.told):
        complain(error)
    if all(target.format in _WITHOUT_REMARKS for target in targets):
        for remark in said_by_files(outcome):
            complain(remark)
    return ERROR if crashes.told else code, arrived


def _exit_code(outcome: Outcome, fail_on: str) -> int:
    if outcome.internal_errors:
        return ERROR
    if outcome.counts.not_analysed:
        return INCOMPLETE
    if fail_on == "never":
        return CLEAN
    limit = Severity(fail_on).rank
    bad = any(outcome.rule(finding.rule_id).severity.rank <= limit for finding in outcome.findings)
    return FINDINGS if bad else CLEAN
