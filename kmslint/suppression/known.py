"""Takes out of the findings what a baseline knows, and says what of the baseline no longer applies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from hashlib import sha256
from typing import Final

from kmslint import limits
from kmslint.engine.baseline import Baseline, Comparison, Entry, Known
from kmslint.engine.finding import Finding
from kmslint.engine.outcome import Suppressed
from kmslint.engine.precedence import Heard, order, settle_estates, tell
from kmslint.location import Location
from kmslint.suppression.baseline_file import OF_THE_ANALYSIS
from kmslint.suppression.gone import Gone, home_of
from kmslint.suppression.scene import Scene
from kmslint.suppression.seen import UndecidedKeys
from kmslint.suppression.sources import Contents

_CALL: Final = re.compile(r'(?<![\w.-])(?:module\.[\w-]+(?:\[(?:\d+|"[^"]*")\])?\.)+')
"""The calls that an address begins with."""

_Place = tuple[str, int, int, int]
_Told = tuple[str, _Place, str]
"""Rule, place and resource: what stays of a finding when it is told."""


class KnownFindings:
    """A baseline beside what a run finds.

    Findings are compared before those of several keys are told as one, so a key that comes to share a known
    statement is new. Of several places that are known by the same, as many are known as the entry counts.
    """

    def __init__(self, baseline: Baseline) -> None:
        self._baseline: Final = baseline
        self._entries: Final = {entry.known: entry for entry in baseline.entries}
        self._by_itself: Final = _by_itself(baseline)
        self._places: defaultdict[Known, set[_Place]] = defaultdict(set)
        self._taken: defaultdict[str, list[Finding]] = defaultdict(list)
        """What is known, by the reason: what is left for one reason is told as one."""
        self._said_at: dict[_Told, Location] = {}
        self._new: dict[tuple[Known, _Place], Finding] = {}
        self._contents: Final = Contents()

    def sift(self, heard: Heard) -> Heard:
        """The findings of an estate that are new."""
        kept: list[Finding] = []
        taken: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in sorted(heard.findings, key=order):
            if finding.rule_id.startswith(OF_THE_ANALYSIS):
                kept.append(finding)
                continue
            known, place = self.known_by(finding, heard.estate.path), _place(finding.at)
            entry = self._entries.get(known) or self._by_itself.get(known)
            places = self._places[known]
            if entry is not None and entry.at is not None and (place in places or len(places) < entry.times):
                places.add(place)
                taken[entry.reason].append(finding)
                self._said_at.setdefault((finding.rule_id, place, finding.resource), entry.at)
            else:
                kept.append(finding)
            if entry is None or entry.known != known or place not in places:
                self._new.setdefault((known, place), finding)
        for reason, findings in taken.items():
            self._taken[reason].extend(tell(heard._replace(findings=tuple(findings))))
        return heard._replace(findings=tuple(kept))

    def suppressed(self) -> Iterator[Suppressed]:
        """What is known and found."""
        for reason, findings in self._taken.items():
            for finding in settle_estates(findings):
                at = self._said_at[finding.rule_id, _place(finding.at), finding.resource]
                yield Suppressed(finding, reason, "", at, external=True)

    def comparison(self, rules: Collection[str], scene: Scene, undecided: UndecidedKeys) -> Comparison:
        """What is left of the baseline, as far as the rules that ran on what was looked at can tell."""
        missing = {entry for entry in self._baseline.entries if len(self._places[entry.known]) < entry.times}
        missing = {entry for entry in missing if entry.known.rule in rules}
        gone = Gone(scene, undecided, self._contents) if missing and not scene.in_part else None
        entries: list[Entry] = []
        outdated = 0
        for entry in self._baseline.entries:
            left = entry.times
            if gone is not None and entry in missing and gone.is_gone(entry.known):
                left = len(self._places[entry.known])
            outdated += entry.times - left
            if left:
                entries.append(entry._replace(times=left))
        new = tuple((known, finding) for (known, _), finding in self._new.items())
        return Comparison(self._baseline.path, tuple(entries), outdated, new)

    def known_by(self, finding: Finding, estate: str) -> Known:
        """What a finding of the estate is known by."""
        path, subject, content = finding.at.path, finding.subject, ""
        if finding.statement is not None:
            content = self._contents.mark(finding.statement.at)
            if not finding.statement.sid:  # a statement that is put above it would change its number
                subject = subject.replace(f"[number {finding.statement.position + 1}]", "[]", 1)
        seen_from = "" if estate == home_of(path) else estate
        texts = (path, finding.resource, finding.rule_id, subject, finding.about, seen_from, content)
        return Known._make(map(_writable, texts))


def _by_itself(baseline: Baseline) -> dict[Known, Entry]:
    """What is known of modules that others call, as it is found in a run that looks at such a module alone.

    The files of a change bring a module without its callers, and its own resources are then the same under a shorter
    address. Nothing is hidden so from a run that looks at the callers: there the module is not judged by itself.
    """
    found: dict[Known, Entry] = {}
    for entry in baseline.entries:
        path, resource, rule, subject, about, seen_from, content = entry.known
        if seen_from and resource.startswith("module."):
            resource, subject, about = (_CALL.sub("", text) for text in (resource, subject, about))
            known = Known(path, resource, rule, subject, about, "", content)
            if known not in found or found[known].times < entry.times:
                found[known] = entry
    return found


def _place(at: Location) -> _Place:
    return (at.path, at.shown.start, at.start, at.end)


def _writable(text: str) -> str:
    """The text without lone surrogates, which JSON readers do not take, and no longer than it may be."""
    data = text.encode("utf-8", "backslashreplace")
    text = data.decode("utf-8")
    if len(text) <= limits.BASELINE_TEXT:
        return text
    mark = f"...{sha256(data).hexdigest()}"
    return text[: limits.BASELINE_TEXT - len(mark)] + mark
