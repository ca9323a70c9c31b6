"""Every type of fixtures/terraform/consumers.tf: what uses a key, and what has a service send, as its comment says."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from cases import FIXTURES
from kmslint.terraform.consumer_types import ENCRYPTIONS, SENDINGS, USES
from kmslint.values import Value
from terraform_modules import module, spelt

WRITTEN = (FIXTURES / "terraform" / "consumers.tf").read_text(encoding="utf-8")
BLOCK = re.compile(r'^resource "(\w+)" "(\w+)" \{(?: # (.+))?$', re.MULTILINE)


def expected() -> dict[str, list[str]]:
    return {f"{type_}.{name}": sorted(said.split(", ")) if said else [] for type_, name, said in BLOCK.findall(WRITTEN)}


def by(role: Value | None) -> str:
    """The name of the role that uses the key, if one does."""
    return f" by {spelt(role).rpartition('/')[2]}".rstrip('"') if role is not None else ""


def test_each_type_is_seen_as_what_it_is() -> None:
    uses = module(WRITTEN).uses
    found: dict[str, list[str]] = defaultdict(list)
    for one in uses.consumers:
        assert spelt(one.key) == "${var.key}"
        found[one.address].append(f"{one.purpose.value}{by(one.role)}")
    for sent in uses.deliveries:
        found[sent.address].append(f"{sent.sender.value} {spelt(sent.to)}".replace('"', ""))
    assert {address: sorted(found[address]) for address in expected()} == expected()


def test_every_type_is_there() -> None:
    types = {type_ for type_, _, _ in BLOCK.findall(WRITTEN)}
    assert types == USES.keys() | SENDINGS.keys() | ENCRYPTIONS.keys()


@pytest.mark.parametrize(
    ("enabled", "reads"),
    [("enabled = true", True), ("", True), ("enabled = false", False), ("enabled = var.enabled", False)],
)
def test_an_event_source_is_one_where_it_is_certainly_not_switched_off(enabled: str, reads: bool) -> None:
    mapping = f'event_source_arn = "arn:aws:sqs:eu-west-1:111122223333:q"\n  function_name = "f"\n  {enabled}'
    estate = module(f'variable "enabled" {{}}\nresource "aws_lambda_event_source_mapping" "m" {{\n  {mapping}\n}}\n')
    assert [spelt(one.source).rpartition(":")[2] for one in estate.uses.event_sources] == (['q"'] if reads else [])
