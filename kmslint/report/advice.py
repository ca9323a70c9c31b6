"""What a finding says to do next."""

from __future__ import annotations

import re
from typing import Final

from kmslint.engine.finding import Finding
from kmslint.engine.rule import Rule

_SENTENCE_END: Final = r"(?<=[.!?])\s+(?=[A-Z`])"
_CAPITAL: Final = r"^[A-Z](?=[a-z]* )"


def next_step(finding: Finding, rule: Rule) -> str:
    """What the finding advises, or else the first sentence of what its rule does; no full stop, not sanitised."""
    if finding.advice:
        return finding.advice.rstrip(".")
    step = " ".join(re.split(_SENTENCE_END, rule.remediation.strip(), maxsplit=1)[0].split())
    return re.sub(_CAPITAL, lambda match: match[0].lower(), step).rstrip(".")
