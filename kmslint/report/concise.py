"""One line a finding, for editors, scripts and long lists."""

from __future__ import annotations

from kmslint.engine.finding import Finding, Severity
from kmslint.engine.outcome import Outcome
from kmslint.report.ink import paint, severity_ink
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, without_commands
from kmslint.report.summary import said_by_files, severities


def render(outcome: Outcome, options: Options) -> str:
    """`path:line:column: severity KMS101 message`; statistics; `# ...`, what files hold back and switch off."""
    severity_of = severities(outcome)
    lines = [_line(finding, severity_of[finding.rule_id], options) for finding in outcome.findings]
    for one in outcome.suppressed if options.suppressed else ():
        line = _line(one.finding, severity_of[one.finding.rule_id], options)
        lines.append(f"{line} ({'known' if one.external else 'ignored'}: {safe_text(one.reason)})")
    if options.statistics:
        from kmslint.report.statistics import statistics  # only where it is asked for

        lines.extend(statistics(outcome.findings, outcome.rules, options.color))
    lines.extend(f"# {line}" for line in said_by_files(outcome))
    return without_commands("".join(f"{line}\n" for line in lines))


def _line(finding: Finding, severity: Severity, options: Options) -> str:
    region = finding.at.region
    shown = paint(severity.value, severity_ink(severity), options.color)
    place = f"{safe_text(finding.at.path)}:{region.line}:{region.column}"
    return f"{place}: {shown} {finding.rule_id} {safe_text(finding.message)}"
