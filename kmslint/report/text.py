"""The report for a terminal: each finding with its source, what belongs to it, and what to do next."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Outcome, Suppressed
from kmslint.engine.rule import Rule
from kmslint.location import Location
from kmslint.report.advice import next_step
from kmslint.report.cells import cell_width, fill
from kmslint.report.excerpt import draw, first_line
from kmslint.report.ink import Ink, paint, severity_ink
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, without_commands
from kmslint.report.summary import UNDECIDED, said_of_run

_RELATED_SHOWN: Final = 8
_NARROWEST: Final = 40
"""Some terminals say that they have no columns at all."""


class _Mark(NamedTuple):
    """A place to be shown, and how it is underlined."""

    at: Location
    sign: str
    message: str
    ink: Ink


def render(outcome: Outcome, options: Options) -> str:
    """The findings, then the summary; without it, what files have suppressed and switched off all the same."""
    options = options._replace(width=max(_NARROWEST, options.width))
    rules = {rule.id: rule for rule in outcome.rules}
    lines: list[str] = []
    shown = [each for each in outcome.findings if options.verbose or each.rule_id != UNDECIDED]
    for finding in shown:
        lines.extend(_finding(finding, rules[finding.rule_id], options))
        lines.append("")
    for suppressed in outcome.suppressed if options.suppressed else ():
        lines.extend(_suppressed(suppressed, rules[suppressed.finding.rule_id], options))
        lines.append("")
    if options.statistics and shown:
        from kmslint.report.statistics import statistics  # only where it is asked for

        lines.extend((*statistics(shown, outcome.rules, options.color), ""))
    lines.extend(said_of_run(outcome, options.quiet, options.verbose))
    return without_commands("".join(f"{line}\n" for line in lines))


def _finding(finding: Finding, rule: Rule, options: Options) -> Iterator[str]:
    yield _header(finding, rule, options)
    yield from fill(safe_text(finding.message), "  ", options.width)
    marks = _marks(finding, rule, options.verbose)
    if marks:
        yield ""
        yield from _excerpts(finding, marks, options)
    if len(finding.related) > _RELATED_SHOWN and not options.verbose:
        yield f"   and {len(finding.related) - _RELATED_SHOWN} more places (-v shows them)"
    advice = f"next: {safe_text(next_step(finding, rule))}."
    first, *rest = fill(advice, "  ", options.width, last=f"`kmslint explain {rule.id}`")
    yield first.replace("next:", paint("next:", Ink.STRONG, options.color), 1)
    yield from rest


def _suppressed(suppressed: Suppressed, rule: Rule, options: Options) -> Iterator[str]:
    """What it is, and why it is left as it is."""
    yield _header(suppressed.finding, rule, options)
    yield from fill(safe_text(suppressed.finding.message), "  ", options.width)
    until = f" until {suppressed.until}" if suppressed.until else ""
    place = f"{safe_text(suppressed.at.path)}:{suppressed.at.line}"
    word = "known" if suppressed.external else "ignored"
    first, *rest = fill(f"{word}{until} ({place}): {safe_text(suppressed.reason)}", "  ", options.width)
    yield first.replace(word, paint(word, Ink.STRONG, options.color), 1)
    yield from rest


def _header(finding: Finding, rule: Rule, options: Options) -> str:
    severity = rule.severity.value
    name = f"{rule.id} {rule.name}"
    region = finding.at.region
    place = f"{safe_text(finding.at.path)}:{region.line}:{region.column}"
    gap = max(2, options.width - cell_width(f"{severity}  {name}{place}"))
    shown = paint(severity, severity_ink(rule.severity), options.color)
    return f"{shown}  {paint(name, Ink.STRONG, options.color)}{' ' * gap}{place}"


def _marks(finding: Finding, rule: Rule, verbose: bool) -> list[_Mark]:
    """The finding's own place and the related ones, those of one file together."""
    marks = [_Mark(finding.at, "^", "", severity_ink(rule.severity))] if finding.at.shown.source.text else []
    related = finding.related if verbose else finding.related[:_RELATED_SHOWN]
    marks.extend(_Mark(other.at, "~", safe_text(other.message), Ink.RELATED) for other in related)
    paths = {path: place for place, path in enumerate(dict.fromkeys(mark.at.path for mark in marks))}
    return sorted(marks, key=lambda mark: paths[mark.at.path])


def _excerpts(finding: Finding, marks: Sequence[_Mark], options: Options) -> Iterator[str]:
    gutter = max(3, *(len(str(mark.at.line)) + 1 for mark in marks))
    headings = len({mark.at.path for mark in marks} | {finding.at.path}) > 1
    path = ""
    for mark in marks:
        if headings and mark.at.path != path:
            path = mark.at.path
            yield f"   {safe_text(path)}"
        if mark.sign == "^":
            yield from _context(finding, gutter, options)
        yield from _marked_line(mark, gutter, options)


def _context(finding: Finding, gutter: int, options: Options) -> Iterator[str]:
    """The first line of the statement around the finding, if it stands above."""
    around = finding.statement.at if finding.statement else None
    if around and around.path == finding.at.path and around.line < finding.at.line:
        text = first_line(around.shown.source, around.line, options.width - gutter - 5)
        yield _row(str(around.line), text, gutter, options)


def _marked_line(mark: _Mark, gutter: int, options: Options) -> Iterator[str]:
    region = mark.at.region
    if not mark.at.shown.source.text:
        yield _row(str(region.line), mark.message, gutter, options)
        return
    width = options.width - gutter - 5
    drawing = draw(mark.at.shown.source, region, width)
    yield _row(str(region.line), drawing.text, gutter, options)
    line = " " * drawing.indent + paint(mark.sign * drawing.length, mark.ink, options.color)
    beside = drawing.indent + drawing.length + 1 + cell_width(mark.message) <= width
    if mark.message and beside:
        line += f" {mark.message}"
    yield _row("", line, gutter, options)
    if not beside:
        yield from (_row("", text, gutter, options) for text in fill(mark.message, "  ", width))


def _row(number: str, text: str, gutter: int, options: Options) -> str:
    edge = paint(f"  {number:>{gutter}} |", Ink.FAINT, options.color)
    return f"{edge} {text}" if text else edge
