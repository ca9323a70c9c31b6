"""The counterparts of a rule, as reports give them."""

from __future__ import annotations

from kmslint.engine.rule import Rule
from kmslint.report.json import JsonObject


def counterparts_object(rule: Rule) -> JsonObject:
    """The ids by the name of their catalogue."""
    return {each.catalogue.value: list(each.ids) for each in rule.counterparts}


def counterparts_text(rule: Rule) -> str:
    """All of them in one phrase: "AWS Security Hub KMS.4; checkov CKV_AWS_7"."""
    return "; ".join(f"{each.catalogue.value} {', '.join(each.ids)}" for each in rule.counterparts)
