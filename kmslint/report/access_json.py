"""`kmslint access` as JSON, for scripts: every key and every principal, with the proof of each answer."""

from __future__ import annotations

from collections.abc import Iterable

from kmslint import __version__
from kmslint.access.matrix import Row
from kmslint.errors import Problem
from kmslint.key_access import Access, KeyAccess
from kmslint.key_verdicts import administrators
from kmslint.report.access_view import StatementView, UseView, arn_of, head, use_views
from kmslint.report.json import JsonObject, dumps
from kmslint.report.sanitise import valid_unicode
from kmslint.values import Json


def render(access: Access) -> str:
    """One object. Members are added to it; none ever changes its meaning while `version` is 1."""
    document: JsonObject = {
        "version": 1,
        "tool": {"name": "kmslint", "version": __version__},
        "keys": [_key(one) for one in access.keys],
        "not_analysed": not_analysed(access.problems),
    }
    return dumps(document)


def not_analysed(problems: Iterable[Problem]) -> list[Json]:
    """What could not be read."""
    return [
        {"path": valid_unicode(problem.path), "line": problem.line, "reason": valid_unicode(problem.reason)}
        for problem in problems
    ]


def statements(views: Iterable[StatementView]) -> list[Json]:
    """The statements that decide."""
    return [
        {"what": valid_unicode(one.what), "path": valid_unicode(one.place.path), "line": one.place.line}
        for one in views
    ]


def _key(one: KeyAccess) -> Json:
    said = head(one)
    lockout = one.classification.lockout if one.classification is not None else None
    return {
        "address": valid_unicode(said.address),
        "path": valid_unicode(said.place.path),
        "line": said.place.line,
        "policy": said.policy,
        "missing": valid_unicode(said.missing) or None,
        "only_when": list(map(valid_unicode, said.guards)),
        "presumed_account": valid_unicode(said.presumed) or None,
        "classes": list(said.classes),
        "classes_unknown": list(said.classes_unknown),
        "lockout": said.lockout,
        "administrators": list(map(valid_unicode, sorted(administrators(lockout)))) if lockout is not None else [],
        "delegates": list(said.delegated),
        "principals": [_principal(row, one) for row in one.rows],
        "unlisted": [
            {"name": valid_unicode(each.name), "path": valid_unicode(each.place.path), "line": each.place.line}
            for each in said.unlisted
        ],
    }


def _principal(row: Row, one: KeyAccess) -> Json:
    arn = arn_of(row.asker)
    return {
        "principal": valid_unicode(row.asker.label),
        "kind": row.asker.standing.value,
        "arn": None if arn is None else valid_unicode(arn),
        "only_when": [valid_unicode(str(guard)) for guard in sorted(row.guards)],
        "uses": [_use(view) for view in use_views(row, one)],
    }


def _use(view: UseView) -> Json:
    return {
        "use": view.name,
        "answer": view.answer,
        "conditions": valid_unicode(view.conditions),
        "actions": {
            action.name: {
                "answer": action.answer,
                "reason": action.reason,
                "conditions": valid_unicode(action.conditions),
            }
            for action in view.actions
        },
        "why": valid_unicode(view.why),
        "statements": statements(view.statements),
        "next": valid_unicode(view.next_step),
    }
