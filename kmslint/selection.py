"""Which rules take part in a run, and which somebody has switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kmslint.engine.finding import Finding
from kmslint.engine.outcome import SwitchedOff
from kmslint.engine.registry import all_rules, is_in_profile, is_meant, select_rules
from kmslint.engine.rule import RuleModule
from kmslint.settings import Settings

_ACCOUNT_OPTION: Final = "--account"


class Selection(NamedTuple):
    """The rules of a run, and what is said of single paths."""

    modules: tuple[RuleModule, ...]
    """Those that take part anywhere."""
    hears: Callable[[Finding], bool]
    """Whether a finding counts where it stands."""
    switched_off: Callable[[], tuple[SwitchedOff, ...]]
    """What is switched off, with the findings that are not heard; asked when all are made."""


def selection(settings: Settings) -> Selection:
    """The rules by the settings. Raises UsageError for a prefix that no rule has."""
    ignored = (*settings.ignore, *settings.extend_ignore)
    modules = select_rules(settings.profile, settings.select, settings.extend_select, ignored)
    off = tuple(_switched_off(settings, modules))
    if not settings.overrides:
        return Selection(modules, lambda _: True, lambda: off)
    from kmslint.path_settings import PathSettings  # only where there are any

    more = tuple(prefix for override in settings.overrides for prefix in override.extend_select)
    anywhere = tuple(module for module in all_rules() if module in modules or is_meant(module.RULE, more))
    by_id = {module.RULE.id: module.RULE for module in anywhere}
    selected = frozenset(module.RULE.id for module in modules)
    places = PathSettings(settings.overrides, settings.refused)
    return Selection(
        anywhere,
        lambda finding: places.hears(finding, by_id[finding.rule_id], selected),
        lambda: (*off, *places.switched_off(tuple(by_id.values()))),
    )


def accounts_by_path(settings: Settings) -> Callable[[str], str | None]:
    """The account of what lies at a path, if the configuration names one for it and the command line none for all."""
    if all(one.account is None for one in settings.overrides) or settings.origins.get("account") == _ACCOUNT_OPTION:
        return lambda _: None
    from kmslint.path_settings import PathSettings  # only where there are any

    return PathSettings(settings.overrides).account


def _switched_off(settings: Settings, modules: tuple[RuleModule, ...]) -> Iterator[SwitchedOff]:
    """The rules of the profile that do not take part, by whoever said so."""
    parting = {module.RULE.id for module in modules}
    left = [module.RULE for module in all_rules() if is_in_profile(module.RULE, settings.profile)]
    left = [rule for rule in left if rule.id not in parting]
    for name in ("ignore", "extend_ignore", "select"):
        prefixes: tuple[str, ...] = getattr(settings, name)
        said = [rule for rule in left if name == "select" or is_meant(rule, prefixes)]
        if said:
            by = settings.origins.get(name, f"--{name.replace('_', '-')}")
            yield SwitchedOff(tuple(rule.id for rule in said), by)
            left = [rule for rule in left if rule not in said]
