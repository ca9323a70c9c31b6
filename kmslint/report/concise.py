"""One line a finding, for editors, scripts and long lists."""

from __future__ import annotations

from kmslint.engine.outcome import Outcome
from kmslint.report.ink import paint, severity_ink
from kmslint.report.options import Options
from kmslint.report.sanitise import safe_text, without_commands
from kmslint.report.summary import severities


def render(outcome: Outcome, options: Options) -> str:
    """`path:line:column: severity KMS101 message`, every finding, nothing else."""
    severity_of = severities(outcome)
    lines = []
    for finding in outcome.findings:
        region = finding.at.region
        severity = severity_of[finding.rule_id]
        shown = paint(severity.value, severity_ink(severity), options.color)
        place = f"{safe_text(finding.at.path)}:{region.line}:{region.column}"
        lines.append(f"{place}: {shown} {finding.rule_id} {safe_text(finding.message)}\n")
    return without_commands("".join(lines))
