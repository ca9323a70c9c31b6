"""In which accounts the providers of a plan work.

https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.location import Location
from kmslint.model.accounts import Accounts
from kmslint.model.arn import ACCOUNT_ID
from kmslint.syntax.tree import Scalar, Style
from kmslint.terraform.plan_format import Planned, member
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.providers import ASSUMING, DECIDING
from kmslint.values import Json, Text, text

_DEFAULT = "aws"


class PlanProviders:
    """What the configuration, data sources and ARNs of a plan say of the accounts."""

    def __init__(self, plan: PlanText) -> None:
        self._configs = plan.providers if isinstance(plan.providers, dict) else {}
        self._known: dict[str, Text] = {}
        for resource in plan.resources.values():
            self._learn(self.alias(plan, resource), resource)
        start = Location(plan.source, 0, 0)
        for key, config in self._configs.items():
            account = _configured(member(config, "expressions"))
            if account is not None:
                self._known.setdefault(_alias(key), text(account, start))

    def alias(self, plan: PlanText, resource: Planned) -> str:
        """How the provider of a resource is called: empty for the root module's default one."""
        configured = plan.configured(resource)
        key = configured.provider if configured is not None else _DEFAULT
        return _alias(key if key in self._configs else key.rpartition(":")[2])

    def account_scope(self, alias: str) -> str:
        """The scope of the own account under that alias; empty if it is that of the root module's default provider."""
        own, default = self._known.get(alias), self._known.get("")
        if own is not None and default is not None:
            return "" if str(own) == str(default) else alias
        return "" if alias == "" or self._shares_credentials(alias) else alias

    def region_scope(self, alias: str) -> str:
        """The scope of the region under that alias."""
        return alias

    def assumed_role(self, alias: str) -> Text | None:
        """None: a plan shows expressions, and not what they came to."""

    def accounts(self) -> Accounts:
        """Which account is the own one."""
        configured = self._known.get("")
        others = [(alias, account) for alias, account in self._known.items() if self.account_scope(alias)]
        related = frozenset(str(account) for _, account in others) - {str(configured)}
        return Accounts(configured, related=related, providers=tuple(others))

    def _learn(self, alias: str, resource: Planned) -> None:
        name = "account_id" if resource.type == "aws_caller_identity" else "arn"
        node = resource.values.get(name)
        if alias in self._known or not isinstance(node, Scalar) or node.style is not Style.QUOTED:
            return
        if name == "arn" and (resource.is_data or member(resource.unknown, "arn")):
            return
        account = node.text if name == "account_id" else _account_in(node.text)
        if account is not None and ACCOUNT_ID.match(account):
            self._known[alias] = text(account, resource.at)

    def _shares_credentials(self, alias: str) -> bool:
        deciding = [dict(_deciding(config)) for key, config in self._configs.items() if _alias(key) in (alias, "")]
        if not any(_alias(key) == alias for key in self._configs):
            return False
        default = dict(_deciding(self._configs.get(_DEFAULT)))
        # Two expressions may refer to the same variable and still come to different texts.
        return all(one == default for one in deciding) and "references" not in str(default)


def _alias(key: str) -> str:
    module, _, name = key.rpartition(":")
    alias = name.partition(".")[2]
    return f"{module} aws.{alias}".rstrip(".") if module else alias


def _deciding(config: Json) -> Iterator[tuple[str, Json]]:
    expressions = member(config, "expressions")
    for name, expression in expressions.items() if isinstance(expressions, dict) else ():
        if name in DECIDING or name in ASSUMING:
            yield name, expression


def _configured(expressions: Json) -> str | None:
    allowed = member(member(expressions, "allowed_account_ids"), "constant_value")
    if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], str) and ACCOUNT_ID.match(allowed[0]):
        return allowed[0]
    for kind in ASSUMING:
        blocks = member(expressions, kind)
        for block in blocks if isinstance(blocks, list) else [blocks]:
            role = member(member(block, "role_arn"), "constant_value")
            account = _account_in(role) if isinstance(role, str) else None
            if account is not None:
                return account
    return None


def _account_in(arn: str) -> str | None:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[0] == "arn" and ACCOUNT_ID.match(parts[4]) else None
