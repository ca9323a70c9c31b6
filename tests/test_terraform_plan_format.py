"""The parts of a plan one by one: which resources it has, and what is no plan that Terraform writes."""

from __future__ import annotations

import json
import re

import pytest

from kmslint.location import Source
from kmslint.syntax.json import read_json
from kmslint.syntax.tree import Node
from kmslint.terraform.plan_format import (
    FormatError,
    Planned,
    called_modules,
    configured_module,
    existing,
    matters,
    plain,
    planned,
    references,
    without_indexes,
)
from kmslint.values import Json
from terraform_outline import text_at
from terraform_plans import Change, configured, module, resource


def located(data: Json) -> Node:
    return read_json(Source("plan.json", json.dumps(data))).documents[0]


def of_key(**changed: Json) -> dict[str, Json]:
    """A member of `resource_changes`."""
    found = Change("aws_kms_key.a", {"a": 1}, {"b": True}, sensitive={"c": True}).as_json()
    assert isinstance(found, dict)
    return {**found, **changed}


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("aws_kms_key.a", ("", "aws_kms_key", "a", "")),
        ("aws_kms_key.a[0]", ("", "aws_kms_key", "a", "[0]")),
        ('aws_kms_key.a["x.y[0]"]', ("", "aws_kms_key", "a", '["x.y[0]"]')),
        ('aws_kms_key.a["\\""]', ("", "aws_kms_key", "a", '["\\""]')),
        ("module.m.aws_kms_key.a", ("module.m", "aws_kms_key", "a", "")),
        (
            'module.m["x.y"].module.n-1[2].aws_kms_key.a[3]',
            ('module.m["x.y"].module.n-1[2]', "aws_kms_key", "a", "[3]"),
        ),
        ("data.aws_region.here", ("", "aws_region", "here", "")),
        ("module.m.data.aws_region.here[0]", ("module.m", "aws_region", "here", "[0]")),
    ],
)
def test_addresses(address: str, parts: tuple[str, ...]) -> None:
    mode = "data" if "data." in address else "managed"
    data = {**of_key(), "address": address, "type": parts[1], "name": parts[2], "mode": mode}
    found = planned(located(data))
    assert found is not None
    assert (found.address, found.is_data) == (address, mode == "data")
    assert (found.module, found.type, found.name, found.instance) == parts
    assert found.local == f"{'data.' if mode == 'data' else ''}{parts[1]}.{parts[2]}"
    assert text_at(found.at) == json.dumps(address)
    assert (text_at(found.values.at), found.unknown, found.sensitive) == ('{"a": 1}', {"b": True}, {"c": True})


def test_resources_of_a_state() -> None:
    data: Json = {**resource("aws_kms_key.a"), "values": {"x": "y"}, "sensitive_values": {"x": True}}
    found = existing(located(data))
    assert (found.address, plain(found.values), found.unknown, found.sensitive) == (
        "aws_kms_key.a",
        {"x": "y"},
        None,
        {"x": True},
    )


@pytest.mark.parametrize(
    ("actions", "there"),
    [
        (["create"], True),
        (["no-op"], True),
        (["delete", "create"], True),
        (["create", "forget"], True),
        (["delete"], False),
        (["forget"], False),
    ],
)
def test_what_a_plan_takes_away(actions: Json, there: bool) -> None:
    change: Json = {"actions": actions, "after": {}}
    assert isinstance(planned(located(of_key(change=change))), Planned) is there


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (1, "a resource whose change is no object"),
        (of_key(change=[]), "a resource whose change is no object"),
        (of_key(change={}), "a change without actions"),
        (of_key(change={"actions": []}), "a change without actions"),
        (of_key(change={"actions": ["create", 1]}), "a change without actions"),
        (of_key(change={"actions": "create"}), "a change without actions"),
        (of_key(change={"actions": ["create"], "after": None}), "a resource whose after is no object"),
        *(
            (of_key(**{name: value}), "a resource without address, type, name or mode")
            for name, value in (("address", {}), ("address", []), ("type", ""), ("type", 1), ("name", None))
        ),
        (of_key(mode="other"), "a resource without address, type, name or mode"),
        *(
            (of_key(address=address), "a resource whose address is not that of its type and name")
            for address in ("aws_kms_key.b", "data.aws_kms_key.a", "aws_kms_key.ab", "aws_kms_key.a[x]", "x")
        ),
        (of_key(mode="data"), "a resource whose address is not that of its type and name"),
    ],
)
def test_what_terraform_does_not_write(data: Json, reason: str) -> None:
    with pytest.raises(FormatError, match=f"^{re.escape(reason)}$"):
        planned(located(data))


@pytest.mark.parametrize("values", [None, [], "x"])
def test_a_resource_of_a_state_without_values(values: Json) -> None:
    with pytest.raises(FormatError, match="a resource whose values is no object"):
        existing(located({**resource("aws_kms_key.a"), "values": values}))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ('module.a["x"].aws_kms_key.b[0]', "module.a.aws_kms_key.b"),
        ('module.a["x\\"]."].module.b[12]', "module.a.module.b"),
        ("aws_kms_key.b", "aws_kms_key.b"),
    ],
)
def test_addresses_without_indexes(address: str, expected: str) -> None:
    assert without_indexes(address) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *(
            ({"type": name}, True)
            for name in (*("aws_kms_key", "awscc_iam_role", "aws_region", "aws_partition", "aws_caller_identity"),)
        ),
        ({"type": "aws_sns_topic"}, True),
        ({"type": "aws_vpc"}, False),
        ({"type": ["aws_kms_key"]}, False),
        ({"name": "aws_kms_key"}, False),
        ("aws_kms_key", False),
    ],
)
def test_what_has_to_do_with_keys(data: Json, expected: bool) -> None:
    assert matters(data) is expected


def test_the_configuration_of_a_module() -> None:
    key: Json = {**resource("aws_kms_key.b"), "for_each_expression": {"references": ["var.x"]}}
    data = module(
        configured("aws_kms_key.a", provider="aws.west", policy={"constant_value": "p"}),
        key,
        configured("aws_vpc.v"),
        {"address": 1, "type": "aws_kms_key"},
        "x",
        module_calls={"m": {"expressions": {"v": {}}, "module": {"resources": []}}, "n": 1},
        outputs={"o": {"expression": {"references": ["var.y"]}}, "p": None},
    )
    found = configured_module(data)
    assert {name: tuple(one) for name, one in found.resources.items()} == {
        "aws_kms_key.a": ({"policy": {"constant_value": "p"}}, None, "aws.west"),
        "aws_kms_key.b": ({}, {"references": ["var.x"]}, ""),
    }
    assert found.calls == {"m": {"v": {}}, "n": None}
    assert found.outputs == {"o": {"references": ["var.y"]}, "p": None}
    assert list(called_modules(data)) == [("m", {"resources": []}), ("n", None)]


@pytest.mark.parametrize("data", [None, 1, [], {"resources": {}, "module_calls": [], "outputs": "x"}])
def test_a_module_that_terraform_does_not_write_is_empty(data: Json) -> None:
    assert configured_module(data) == ({}, {}, {})
    assert list(called_modules(data)) == []


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ({"references": ["a", 1, "b"]}, ["a", "b"]),
        ({"references": "a"}, []),
        ({}, []),
        (None, []),
        (["references"], []),
    ],
)
def test_references_of_an_expression(expression: Json, found: list[str]) -> None:
    assert references(expression) == found


def test_plain_data_without_numbers() -> None:
    data: Json = {"a": ["x", "true", True, False, None], "b": {"c": {}}}
    assert plain(located(data)) == data
    assert plain(located([1, "1"])) == [None, "1"]
    assert plain(None) is None
