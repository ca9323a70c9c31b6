"""`--write-baseline`: what a run finds is known from then on."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.discovery import find_root
from kmslint.engine.baseline import Comparison, Entry, Known
from kmslint.engine.finding import Severity
from kmslint.errors import UsageError
from kmslint.lint import lint
from kmslint.looking import real_path
from kmslint.reading import reason_of
from kmslint.report.json import dumps
from kmslint.report.write import write
from kmslint.settings import Settings
from kmslint.suppression.baseline_file import baseline_document
from kmslint.suppression.rewriting import UnwritableError, own_path

DEFAULT: Final = ".kmslint-baseline.json"
_REASON: Final = "in the baseline of {}"


class Written(NamedTuple):
    """What was written."""

    path: str
    """Relative to the root."""
    full: str
    entries: int
    added: int
    """Entries that are new, or count more than before."""
    outdated: int
    """Known findings that are no more."""


def write_baseline(paths: Sequence[str], settings: Settings, severity: Severity) -> Written:
    """Brings the baseline up to date: with what is found of that severity or worse, and without what certainly is no
    more. What the run cannot tell of stays, and so does every reason. Raises UsageError."""
    root = settings.root or find_root(paths[0])
    path = settings.baseline or os.path.join(root, DEFAULT)
    try:
        real = real_path(root)
        full = own_path(real, os.path.join(real_path(os.path.dirname(path)), os.path.basename(path)))
    except (UnwritableError, ValueError) as error:
        raise UsageError(f"--write-baseline {path}: {error}") from None
    except OSError as error:
        raise UsageError(f"--write-baseline {path}: {reason_of(error)}") from None
    outcome = lint(paths, settings._replace(root=real, baseline=full, begins_baseline=True))
    if outcome.internal_errors:
        raise UsageError(f"--write-baseline: a rule failed, so nothing was written: {outcome.internal_errors[0]}")
    assert outcome.baseline is not None  # because there is one in the settings
    ranks = {rule.id: rule.severity.rank for rule in outcome.rules}
    new = Counter(known for known, finding in outcome.baseline.new if ranks[finding.rule_id] <= severity.rank)
    entries = _joined(outcome.baseline, new, settings.today or time.strftime("%Y-%m-%d", time.gmtime()))
    text = dumps(baseline_document(entries))
    if len(text) > limits.BASELINE_BYTES:
        reason = f"--write-baseline: more than {limits.BASELINE_BYTES} bytes: narrow it with --select"
        raise UsageError(limits.named(reason, "baseline-bytes"))
    write(text, full)
    return Written(outcome.baseline.path, full, len(entries), len(new), outcome.baseline.outdated)


def _joined(comparison: Comparison, new: Counter[Known], today: str) -> list[Entry]:
    """The entries that stay, and those of what is new."""
    kept = {entry.known: entry for entry in comparison.entries}
    for known, times in new.items():
        entry = kept.get(known, Entry(known, _REASON.format(today), 0))
        kept[known] = entry._replace(times=entry.times + times)
    return list(kept.values())
