"""Plans as Terraform 1.11 writes them, built from what they say of each resource."""

from __future__ import annotations

import re
from typing import NamedTuple

from kmslint.values import Json

AWS = "registry.terraform.io/hashicorp/aws"
_MODULES = re.compile(r'(?:module\.[\w-]+(?:\["[^"]*"\])?\.)*')


class Change(NamedTuple):
    """One member of `resource_changes`."""

    address: str
    after: Json
    unknown: Json = {}  # noqa: RUF012 - never changed
    action: str = "create"
    sensitive: Json = {}  # noqa: RUF012 - never changed

    def as_json(self) -> Json:
        is_gone = self.action == "delete"
        change: Json = {
            "actions": [self.action],
            "before": None,
            "after": None if is_gone else self.after,
            "after_unknown": self.unknown,
            "before_sensitive": False,
            "after_sensitive": self.sensitive,
        }
        return {**resource(self.address), "change": change}


def resource(address: str) -> dict[str, Json]:
    """How a resource is called in a plan."""
    modules = _MODULES.match(address)
    local = address[modules.end() :] if modules else address
    mode = "data" if local.startswith("data.") else "managed"
    type_, name = local.removeprefix("data.").partition("[")[0].split(".")
    return {"address": address, "mode": mode, "type": type_, "name": name, "provider_name": AWS}


def configured(address: str, provider: str = "aws", **expressions: Json) -> Json:
    """One member of `resources` in the configuration."""
    found: dict[str, Json] = {**resource(address), "provider_config_key": provider, "schema_version": 0}
    return found | {"expressions": expressions} if expressions else found


def to(*references: str) -> Json:
    """An expression that refers to attributes, as Terraform spells it: each before its resource."""
    return {"references": [one for each in references for one in (each, each.rpartition(".")[0])]}


def module(*resources: Json, **more: Json) -> dict[str, Json]:
    """A module of the configuration."""
    return {"resources": list(resources), **more}


def plan(changes: list[Change], root: Json, **more: Json) -> dict[str, Json]:
    """A whole plan."""
    providers = more.pop("provider_config", {"aws": {"name": "aws", "full_name": AWS}})
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [change.as_json() for change in changes],
        "configuration": {"provider_config": providers, "root_module": root},
        **more,
    }


def caller(account: str) -> Json:
    """A `prior_state` that knows in which account Terraform runs."""
    values: Json = {"account_id": account, "id": account}
    found = {**resource("data.aws_caller_identity.current"), "values": values}
    return {"format_version": "1.0", "values": {"root_module": {"resources": [found]}}}
