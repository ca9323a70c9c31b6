"""All rules, for the terminal or for scripts."""

from __future__ import annotations

from collections.abc import Sequence

import kmslint
from kmslint.engine.rule import Examples, Rule
from kmslint.report.counterparts import counterparts_object
from kmslint.report.json import JsonObject, dumps


def render_rules(rules: Sequence[Rule], as_json: bool) -> str:
    """A line a rule, in the order given; as JSON, everything that is said of each."""
    if as_json:
        return dumps(
            {
                "version": 1,
                "tool": {"name": "kmslint", "version": kmslint.__version__},
                "rules": [_rule(rule) for rule in rules],
            }
        )
    name_width = max((len(rule.name) for rule in rules), default=0)
    return "".join(_line(rule, name_width) for rule in rules)


def _line(rule: Rule, name_width: int) -> str:
    return f"{rule.id}  {rule.severity.value:8}  {rule.profile.value:7}  {rule.name:{name_width}}  {rule.title}\n"


def _rule(rule: Rule) -> JsonObject:
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity.value,
        "precision": rule.precision.value,
        "profile": rule.profile.value,
        "rationale": rule.rationale.strip(),
        "remediation": rule.remediation.strip(),
        "references": list(rule.references),
        "cloudformation": _examples(rule.cloudformation) if rule.cloudformation else None,
        "terraform": _examples(rule.terraform) if rule.terraform else None,
        "silenced_by": [{"rule": silence.by, "scope": silence.scope.value} for silence in rule.silenced_by],
        "counterparts": counterparts_object(rule),
    }


def _examples(examples: Examples) -> JsonObject:
    return {"bad": examples.bad, "good": examples.good}
