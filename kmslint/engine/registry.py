"""The rules there are: the modules of `rules/`, in id order."""

from __future__ import annotations

import importlib
import os
import re
from functools import lru_cache
from typing import Final, cast

from kmslint.engine.rule import Profile, Rule, RuleModule
from kmslint.errors import UsageError

_PACKAGE: Final = "kmslint.rules"
_MODULE: Final = re.compile(r"(kms\d{3}_\w+)\.py\Z")


@lru_cache(maxsize=1)
def all_rules() -> tuple[RuleModule, ...]:
    """Every rule. A rule is a module called after its id: nothing else registers it.

    Raises ValueError if two rules share an id or a module is not called after its rule.
    """
    package = importlib.import_module(_PACKAGE)
    names = {match.group(1) for path in package.__path__ for match in map(_MODULE.match, os.listdir(path)) if match}
    modules: dict[str, RuleModule] = {}
    for name in sorted(names):
        module = cast(RuleModule, importlib.import_module(f"{_PACKAGE}.{name}"))
        rule = module.RULE
        if rule.id in modules or not name.startswith(rule.id.lower() + "_"):
            raise ValueError(f"{_PACKAGE}.{name} is not the one module of {rule.id}")
        modules[rule.id] = module
    return tuple(modules.values())


def find_rule(wanted: str) -> Rule | None:
    """The rule of that id or name."""
    rules = (module.RULE for module in all_rules())
    return next((rule for rule in rules if wanted.upper() == rule.id or wanted == rule.name), None)


def rules_about(foreign: str) -> tuple[str, ...]:
    """The ids of the rules on the same matter as that id of another catalogue or tool: CKV_AWS_33."""
    rules = (module.RULE for module in all_rules())
    wanted = foreign.casefold()
    return tuple(
        rule.id
        for rule in rules
        if any(wanted == name.casefold() for counterpart in rule.counterparts for name in counterpart.ids)
    )


def select_rules(
    profile: str,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
) -> tuple[RuleModule, ...]:
    """The rules that take part in a run. Prefixes stand for all ids that begin so.

    Raises UsageError for a prefix that no rule has.
    """
    modules = all_rules()
    for prefix in (*select, *extend_select, *ignore):
        if not any(is_meant(module.RULE, (prefix,)) for module in modules):
            raise UsageError(f"no rule has an id that begins with {prefix!r}; `kmslint rules` lists them")
    return tuple(
        module
        for module in modules
        if not is_meant(module.RULE, ignore)
        and (
            is_meant(module.RULE, extend_select)
            or (is_meant(module.RULE, select) if select else is_in_profile(module.RULE, profile))
        )
    )


def is_meant(rule: Rule, prefixes: tuple[str, ...]) -> bool:
    """Whether the id of the rule begins with one of the prefixes."""
    return any(prefix and rule.id.startswith(prefix.upper()) for prefix in prefixes)


def is_in_profile(rule: Rule, profile: str) -> bool:
    """Whether the rule takes part in runs of that profile that select nothing."""
    return rule.profile is Profile.DEFAULT or (rule.profile is Profile.STRICT and profile == "strict")
