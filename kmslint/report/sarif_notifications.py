"""What SARIF says of the run rather than of the code: files not analysed, rules that failed, results left out."""

from __future__ import annotations

from typing import Final

from kmslint.engine.outcome import Outcome
from kmslint.errors import Problem
from kmslint.report.json import JsonObject
from kmslint.report.sarif_location import artifact, physical_location
from kmslint.report.sarif_message import message, sentence
from kmslint.report.summary import held_back, switched_off


def _descriptor(identifier: str, name: str, short: str, full: str, remedy: str) -> JsonObject:
    return {
        "id": identifier,
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": remedy},
        "messageStrings": {"default": {"text": "{0}."}},
    }


_NOT_ANALYSED, _INTERNAL_ERROR, _LEFT_OUT, _SWITCHED_OFF, _HELD_BACK = range(5)

_MOST: Final = 1_000
"""Of one kind. GitHub names no bound for them, but one for the file."""

NOTIFICATIONS: Final = [
    _descriptor(
        "not-analysed",
        "NotAnalysed",
        "A part of the input was not analysed.",
        "A file or a block could not be read, so nothing is known of the keys and policies in it.",
        "Correct the file where the message points.",
    ),
    _descriptor(
        "internal-error",
        "InternalError",
        "A rule of kmslint failed.",
        "The rule could not be carried out on a part of the input; the other rules were.",
        "This is a defect of kmslint: please report it with the message.",
    ),
    _descriptor(
        "results-left-out",
        "ResultsLeftOut",
        "The report does not hold every finding.",
        "GitHub keeps the 5,000 worst results of a run, in a file of a bounded size, so the others are left out.",
        "The JSON format holds all of them.",
    ),
    _descriptor(
        "rules-switched-off",
        "RulesSwitchedOff",
        "Some rules were not asked.",
        "An option or a configuration file switches rules off, everywhere or in some paths.",
        "`kmslint config show` tells who says so.",
    ),
    _descriptor(
        "findings-held-back",
        "FindingsHeldBack",
        "Some findings are suppressed, or less severe than what is shown.",
        "Somebody left them as they are, in a comment or in a baseline with a reason, or by a setting.",
        "`--show-suppressed` shows what is suppressed, in SARIF too.",
    ),
]
"""The descriptors, in the order of their numbers."""


def notifications(outcome: Outcome, cut: str) -> list[JsonObject]:
    """The notifications of a run, in the order of their descriptors; `cut` says what the results have no room for."""
    problems, errors = outcome.problems, outcome.internal_errors
    written = [_not_analysed(problem) for problem in problems[:_MOST]]
    written.extend(_notification(_INTERNAL_ERROR, "error", error) for error in errors[:_MOST])
    if cut:
        written.append(_notification(_LEFT_OUT, "warning", cut))
    more = max(0, len(problems) - _MOST) + max(0, len(errors) - _MOST)
    if more:
        written.append(_notification(_LEFT_OUT, "warning", f"{more} notifications like these are left out"))
    off = outcome.switched_off
    written.extend(_notification(_SWITCHED_OFF, "note", line) for line in switched_off(off[:_MOST]))
    written.extend(_notification(_HELD_BACK, "note", line) for line in held_back(outcome))
    return written


def _not_analysed(problem: Problem) -> JsonObject:
    notification = _notification(_NOT_ANALYSED, "error", f"{problem.path}:{problem.line} {problem.reason}")
    place = physical_location(problem.at) if problem.at else {"artifactLocation": artifact(problem.path)}
    notification["locations"] = [{"physicalLocation": place}]
    return notification


def _notification(index: int, level: str, text: str) -> JsonObject:
    return {
        "descriptor": {"id": NOTIFICATIONS[index]["id"], "index": index},
        "level": level,
        "message": message(sentence(text)),
    }
