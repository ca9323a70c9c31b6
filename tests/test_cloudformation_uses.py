"""The resources of a template that use keys or send to what is encrypted: one of each type, as the fixture says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kmslint.cloudformation.consumer_types import SENDINGS, USES
from kmslint.cloudformation.stack import read_stack
from kmslint.location import Source
from kmslint.model.consumers import Name, Uses
from kmslint.syntax.yaml import read_yaml
from kmslint.values import Guards, Text, Value

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "cloudformation" / "uses.yaml"
MARK = "  #=> "
RESOURCE = re.compile(r"  (?P<name>\w+):( &\w+| \*\w+)?")


@cache
def source() -> Source:
    return Source("uses.yaml", FIXTURE.read_text(encoding="utf-8"))


@cache
def uses() -> Uses:
    estate = read_stack(read_yaml(source()).documents[0], source())
    assert estate.problems == ()
    return estate.uses


def expected() -> dict[str, list[str]]:
    """What the comments above a resource say of it."""
    found: dict[str, list[str]] = {}
    said: list[str] = []
    _, resources = FIXTURE.read_text(encoding="utf-8").split("\nResources:\n")
    for line in resources.splitlines():
        named = RESOURCE.fullmatch(line)
        if line.startswith(MARK):
            continued = line.startswith(f"{MARK}or ")
            said[-1:] = [f"{said[-1]} {line[len(MARK) :]}"] if continued else [*said[-1:], line[len(MARK) :]]
        elif named:
            found[named["name"]], said = said, []
    return found


def spelt(value: Value | None) -> str:
    return "nothing" if value is None else shortened(value.parts if isinstance(value, Text) else (str(value),))


def shortened(name: Name) -> str:
    """A name; the ARN of a role by the way it is referred to."""
    text = "".join(map(str, name))
    return re.sub(r"arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:role/\$\{(\w+)\}", r"${\1.Arn}", text)


def if_(guards: Guards) -> str:
    return "".join(f" if {'' if holds else 'not '}{condition}" for condition, holds in sorted(guards))


def called(names: tuple[Name, ...]) -> str:
    return f", called {' or '.join(map(shortened, names))}" if names else ""


def described(address: str) -> Iterator[str]:
    found = uses()
    for consumer in found.consumers:
        if consumer.address == address:
            by = "" if consumer.role is None else f" by {spelt(consumer.role)}"
            under = f"{consumer.purpose.value} under {spelt(consumer.key)}"
            yield f"{under}{by}{if_(consumer.guards)}{called(consumer.names)}"
    for function in found.functions:
        if function.address == address:
            yield f"works with {spelt(function.role)}{called(function.names)}"
    for event in found.event_sources:
        if event.address == address:
            yield f"reads {spelt(event.source)} for {spelt(event.function)}"
    for delivery in found.deliveries:
        if delivery.address == address:
            yield f"{delivery.sender.value} to {spelt(delivery.to)}{if_(delivery.guards)}"
    for replication in found.replications:
        if replication.address == address:
            rules = "; ".join(f"{spelt(rule.kms_objects)} to {spelt(rule.replica_key)}" for rule in replication.rules)
            yield f"replicates with {spelt(replication.role)}: {rules}"


def test_each_resource_is_read_as_the_fixture_says() -> None:
    told = expected()
    assert {name: list(described(name)) for name in told} == told


def test_every_type_of_the_tables_is_in_the_fixture() -> None:
    assert {*USES, *SENDINGS} <= set(re.findall(r"Type: (AWS::\w+::\w+)\n", source().text))


def test_a_replication_is_shown_where_the_bucket_says_so() -> None:
    lines = source().text.splitlines()
    (replication,) = uses().replications
    assert "ReplicationConfiguration:" in lines[replication.at.line - 2]
    assert ["Enabled" in lines[rule.at.line - 1] for rule in replication.rules] == [True, True]


def test_a_key_is_shown_where_the_resource_names_it() -> None:
    lines = source().text.splitlines()
    for consumer in uses().consumers:
        assert re.search("key|SSEAlgorithm|Transform", lines[consumer.key_at.line - 1], re.IGNORECASE), consumer.address
