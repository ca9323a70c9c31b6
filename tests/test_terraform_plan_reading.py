"""What is taken out of the text of a plan or a state, what is passed over, and where problems stand."""

from __future__ import annotations

import json

import pytest

from kmslint import limits
from kmslint.location import Source
from kmslint.terraform.plan_reading import PlanText
from kmslint.values import Json
from terraform_plans import Change, configured, module, plan, resource

KEY = Change("aws_kms_key.a", {"description": "x"}).as_json()
GONE = Change("aws_kms_key.a", {}, action="delete").as_json()


def read(data: Json) -> PlanText:
    return PlanText(Source("plan.json", json.dumps(data)))


def existing(address: str) -> Json:
    return {**resource(address), "values": {}}


def below(*resources: Json, **more: Json) -> dict[str, Json]:
    return {"values": {"root_module": {"resources": list(resources)}, **more}}


def nested(depth: int) -> Json:
    """A state with a key in a module that is so deep."""
    inner: Json = {"resources": [existing("module.m." * depth + "aws_kms_key.a")]}
    for _ in range(depth):
        inner = {"address": "module.m", "child_modules": [inner]}
    return {"values": {"root_module": inner}}


@pytest.mark.parametrize(
    ("data", "reason", "place"),
    [
        ([], "a plan that is no object", "["),
        ({"format_version": 1}, "a format of plans that is not known", "1}"),
        ({"format_version": "1.x"}, "a format of plans that is not known", '"1.x"'),
        ({"errored": True}, "the plan is not whole: Terraform stopped with an error", "true"),
        ({"complete": False}, "the plan is not whole: Terraform put changes off", "false"),
        ({"resource_changes": "x"}, "resources that are no array", '"x"'),
        ({"resource_changes": [{"name": "a"}]}, "a resource without a type", '{"name"'),
        ({"resource_changes": [1]}, "a resource without a type", "1]"),
        ({"resource_changes": [{"type": "aws_kms_key"}]}, "a resource whose change is no object", '{"type"'),
        ({"configuration": []}, "a configuration that is no object", "[]"),
        (
            {"planned_values": {"root_module": {"resources": [existing("aws_kms_key.b")]}}, "resource_changes": [KEY]},
            "aws_kms_key.b is planned, and resource_changes does not tell of it",
            '"aws_kms_key.b"',
        ),
        (
            nested(limits.MODULE_DEPTH + 1),
            f"modules nested deeper than {limits.MODULE_DEPTH}; --limit module-depth=N raises this",
            '{"resources"',
        ),
    ],
)
def test_problems_stand_where_the_plan_is_wrong(data: Json, reason: str, place: str) -> None:
    (problem,) = read(data).problems
    assert (problem.path, problem.reason) == ("plan.json", reason)
    assert problem.at is not None
    assert problem.at.source.text[problem.at.start :].startswith(place)


@pytest.mark.parametrize(
    ("data", "addresses"),
    [
        ({"errored": False, "complete": True, "format_version": "0.2", "later": ["x"], "resource_changes": [KEY]}, "a"),
        ({"resource_changes": [KEY, GONE, Change("aws_kms_key.b", {}).as_json()]}, "a b"),
        ({"resource_changes": [GONE]}, ""),
        ({"resource_changes": [{"type": "random_id"}]}, ""),
        (plan([Change("aws_kms_key.a", {})], module(), planned_values=below(existing("aws_kms_key.a"))["values"]), "a"),
        (nested(limits.MODULE_DEPTH), "a"),
        (below(existing("aws_kms_key.a"), outputs={"resources": {"value": []}}), "a"),
        ({"values": {"root_module": {"later": [{"resources": [existing("aws_kms_key.a")]}]}}}, ""),
        ({"prior_state": below(existing("aws_kms_key.a"), existing("data.aws_caller_identity.b"))}, "b"),
        ({"prior_state": {"checks": below(existing("data.aws_caller_identity.b"))["values"]}}, ""),
        ({"resource_drift": [KEY], "deferred_changes": [{"resource_change": KEY}]}, ""),
    ],
)
def test_what_will_be_there(data: Json, addresses: str) -> None:
    """The names of the resources; nothing of it is a problem."""
    found = read(data)
    assert [one.name for one in found.resources.values()] == addresses.split()
    assert [key == one.address for key, one in found.resources.items()] == [True] * len(found.resources)
    assert found.problems == []


def test_of_two_resources_of_one_address_the_first_counts() -> None:
    twice = [KEY, Change("aws_kms_key.a", {"description": "y"}).as_json()]
    (found,) = read({"resource_changes": twice}).resources.values()
    assert getattr(found.values.get("description"), "text", "") == "x"


def test_variables_but_for_sensitive_ones() -> None:
    """A variable of an inner module is another one, whatever it is called."""
    given: Json = {name: {"sensitive": "no", "value": name} for name in ("open", "secret", "undeclared")}
    inner = module(variables={"secret": {}, "open": {"sensitive": True}})
    declared: Json = {"open": {}, "secret": {"sensitive": True}}
    calls: Json = {"m": {"module": inner}}
    found = read(plan([], module(variables=declared, module_calls=calls), variables=given))
    assert [(name, getattr(node, "text", "")) for name, node in found.variables] == [
        ("open", "open"),
        ("undeclared", "undeclared"),
    ]
    assert found.problems == []


@pytest.mark.parametrize("declared", [[], "x", None])
def test_variables_that_are_declared_in_no_known_way(declared: Json) -> None:
    found = read(plan([], module(variables=declared), variables={"a": {"value": "x"}}))
    assert [name for name, _ in found.variables] == ["a"]


def calling(depth: int) -> Json:
    """The configuration of a module with a key, called by that many others."""
    inner: Json = module(configured("aws_kms_key.a"))
    for _ in range(depth):
        inner = module(module_calls={"m": {"module": inner}})
    return inner


@pytest.mark.parametrize(("depth", "instance"), [(0, ""), (1, 'module.m["0"].'), (2, 'module.m["x.y"].module.m.')])
def test_the_block_of_a_resource_is_found_in_its_module(depth: int, instance: str) -> None:
    found = read(plan([Change(f"{instance}aws_kms_key.a", {})], calling(depth)))
    (one,) = found.resources.values()
    block = found.configured(one)
    assert block is not None
    assert block.provider == "aws"
    assert found.module("module.other") is None
    assert found.configured(one._replace(module="module.other")) is None
    assert found.configured(one._replace(name="other")) is None


def test_what_else_a_configuration_holds_is_passed_over() -> None:
    data = plan([Change("aws_kms_key.a", {})], calling(0))
    configuration = data["configuration"]
    assert isinstance(configuration, dict)
    found = read({**data, "configuration": {"early": {}, **configuration, "late": {}}})
    assert found.configured(found.resources["aws_kms_key.a"]) is not None
    assert found.providers == configuration["provider_config"]


def test_modules_are_found_to_a_depth() -> None:
    found = read(plan([], calling(limits.MODULE_DEPTH + 1)))
    deepest = ".".join(["module.m"] * limits.MODULE_DEPTH)
    assert found.module(deepest) is not None
    assert found.module(f"{deepest}.module.m") is None
