"""In which accounts the providers of a plan work: what the configuration, data sources and ARNs say of them."""

from __future__ import annotations

import json

import pytest

from kmslint.location import Source
from kmslint.terraform.plan_providers import PlanProviders
from kmslint.terraform.plan_reading import PlanText
from kmslint.values import Json
from terraform_plans import Change, configured, module, plan, resource

ONE, TWO = "111122223333", "444455556666"


def config(**expressions: Json) -> Json:
    return {"name": "aws", "expressions": expressions}


def constant(value: Json) -> Json:
    return {"constant_value": value}


def role(account: str) -> Json:
    return {"role_arn": constant(f"arn:aws:iam::{account}:role/r")}


def arn(account: str, kind: str = "role/r") -> str:
    return f"arn:aws:iam::{account}:{kind}"


def read(*changes: Change, root: Json = None, **providers: Json) -> tuple[PlanText, PlanProviders]:
    """`providers` are those of the configuration, with `__` for a dot and `___` for a colon."""
    named = {name.replace("___", ":").replace("__", "."): one for name, one in providers.items()}
    data = plan(list(changes), root or module(), provider_config=named)
    text = PlanText(Source("plan.json", json.dumps(data)))
    return text, PlanProviders(text)


@pytest.mark.parametrize(
    ("expressions", "account"),
    [
        ({"allowed_account_ids": constant([ONE]), "assume_role": [role(TWO)]}, ONE),
        ({"allowed_account_ids": constant(["x"]), "assume_role": [role(TWO)]}, TWO),
        ({"allowed_account_ids": constant([1])}, None),
        ({"allowed_account_ids": constant(ONE)}, None),
        ({"allowed_account_ids": constant([])}, None),
        ({"assume_role": [{}, role(TWO)]}, TWO),
        ({"assume_role": role(TWO)}, TWO),
        ({"assume_role": [{}], "assume_role_with_web_identity": [role(TWO)]}, TWO),
        ({"assume_role": [{"role_arn": constant(f"arn:aws:iam::{ONE}")}]}, None),
        ({"assume_role": [{"role_arn": constant(f"x:aws:iam::{ONE}:role/r")}]}, None),
        ({"assume_role": [{"role_arn": constant("arn:aws:iam::x:role/r")}]}, None),
        ({"assume_role": [{"role_arn": constant(5)}]}, None),
        ({"endpoints": [role(TWO)]}, None),
    ],
)
def test_the_account_that_is_configured(expressions: dict[str, Json], account: str | None) -> None:
    found = read(aws=config(**expressions))[1].accounts().configured
    assert (found if found is None else str(found)) == account


@pytest.mark.parametrize(
    ("change", "account"),
    [
        (Change("aws_iam_role.r", {"arn": arn(ONE)}), ONE),
        (Change("aws_iam_role.r", {"arn": arn("aws")}), None),
        (Change("aws_iam_role.r", {"arn": "role/r"}), None),
        (Change("aws_iam_role.r", {"arn": 5}), None),
        (Change("aws_iam_role.r", {"arn": arn(ONE)}, {"arn": True}), None),
        (Change("aws_iam_role.r", {"arn": arn(ONE)}, {"id": True}), ONE),
        (Change("data.aws_iam_role.r", {"arn": arn(ONE)}, action="read"), None),
        (Change("data.aws_caller_identity.me", {"account_id": ONE, "arn": arn(TWO)}, action="read"), ONE),
        (Change("data.aws_caller_identity.me", {"account_id": "x"}, action="read"), None),
        (Change("data.aws_caller_identity.me", {"arn": arn(TWO)}, action="read"), None),
        (Change("aws_iam_role.r", {"account_id": ONE}), None),
    ],
)
def test_the_account_that_resources_tell(change: Change, account: str | None) -> None:
    """What is there already says more than what is configured."""
    found = read(change)[1].accounts().configured
    assert (found if found is None else str(found)) == account
    configured_too = read(change, aws=config(allowed_account_ids=constant([TWO])))[1].accounts().configured
    assert str(configured_too) == (account or TWO)


PROFILE, OPEN = config(profile=constant("p")), config(profile={"references": ["var.p"]})
BOUND_ONE, BOUND_TWO = (config(allowed_account_ids=constant([one])) for one in (ONE, TWO))


@pytest.mark.parametrize(
    ("providers", "scope"),
    [
        ({"aws": {}, "aws__far": config(region=constant("x"))}, ""),
        ({"aws": {}, "aws__far": PROFILE}, "far"),
        ({"aws": PROFILE, "aws__far": PROFILE}, ""),
        ({"aws": OPEN, "aws__far": OPEN}, "far"),
        ({"aws": PROFILE, "aws__far": {}}, "far"),
        ({"aws": config(assume_role=[role(ONE)]), "aws__far": config(region=constant("x"))}, "far"),
        ({"aws": {}}, "far"),
        ({"aws__far": {}}, ""),
        ({}, "far"),
        ({"aws": BOUND_ONE, "aws__far": BOUND_ONE}, ""),
        ({"aws": BOUND_ONE, "aws__far": BOUND_TWO}, "far"),
        ({"aws": {}, "aws__far": BOUND_TWO}, "far"),
    ],
)
def test_whether_an_alias_has_an_account_of_its_own(providers: dict[str, Json], scope: str) -> None:
    found = read(**providers)[1]
    assert (found.account_scope("far"), found.account_scope("")) == (scope, "")
    assert (found.region_scope("far"), found.region_scope(""), found.assumed_role("far")) == ("far", "", None)


@pytest.mark.parametrize(
    ("providers", "configured_account", "others", "related"),
    [
        ({"aws": BOUND_ONE, "aws__far": BOUND_TWO}, ONE, {"far": TWO}, {TWO}),
        ({"aws": BOUND_ONE, "aws__far": BOUND_ONE}, ONE, {}, set()),
        ({"aws__far": BOUND_TWO}, "None", {"far": TWO}, {TWO}),
        ({"aws": {}, "module__m___aws__far": BOUND_TWO}, "None", {"module.m aws.far": TWO}, {TWO}),
    ],
)
def test_accounts(
    providers: dict[str, Json], configured_account: str, others: dict[str, str], related: set[str]
) -> None:
    found = read(**providers)[1].accounts()
    assert str(found.configured) == configured_account
    assert {alias: str(account) for alias, account in found.providers} == others
    assert found.related == related


@pytest.mark.parametrize(
    ("key", "providers", "alias"),
    [
        ("aws", ("aws",), ""),
        ("aws.far", ("aws",), "far"),
        ("module.m:aws.far", ("aws", "module__m___aws__far"), "module.m aws.far"),
        ("module.m:aws", ("aws", "module__m___aws"), "module.m aws"),
        # One that only is handed over is not told of; by its name it is that of the caller.
        ("module.m:aws.far", ("aws", "aws__far"), "far"),
        ("module.m:aws", ("aws",), ""),
    ],
)
def test_how_the_provider_of_a_resource_is_called(key: str, providers: tuple[str, ...], alias: str) -> None:
    configs: dict[str, Json] = {name: {} for name in providers}
    text, found = read(Change("aws_kms_key.a", {}), root=module(configured("aws_kms_key.a", provider=key)), **configs)
    assert found.alias(text, text.resources["aws_kms_key.a"]) == alias


def test_a_resource_whose_configuration_is_not_told_is_of_the_default_provider() -> None:
    text, found = read(Change("aws_kms_key.a", {}), aws=BOUND_ONE, aws__far=BOUND_TWO)
    assert found.alias(text, text.resources["aws_kms_key.a"]) == ""


@pytest.mark.parametrize("providers", [[], "x", None])
def test_providers_that_are_told_in_no_known_way(providers: Json) -> None:
    data = plan([Change("aws_kms_key.a", {})], module(), provider_config=providers)
    found = PlanProviders(PlanText(Source("plan.json", json.dumps(data))))
    assert found.accounts().configured is None
    assert found.account_scope("far") == "far"


def test_the_account_of_a_resource_is_that_of_its_provider() -> None:
    far = configured("aws_iam_role.r", provider="aws.far")
    found = read(Change("aws_iam_role.r", {"arn": arn(TWO)}), root=module(far), aws={}, aws__far={})[1].accounts()
    assert found.configured is None
    assert [(alias, str(account)) for alias, account in found.providers] == []
    own: Json = {**resource("aws_iam_role.s"), "provider_config_key": "aws"}
    changes = (Change("aws_iam_role.r", {"arn": arn(TWO)}), Change("aws_iam_role.s", {"arn": arn(ONE)}))
    both = read(*changes, root=module(far, own), aws={}, aws__far={})[1].accounts()
    assert (str(both.configured), [(alias, str(account)) for alias, account in both.providers]) == (ONE, [("far", TWO)])
    place = both.providers[0][1].at
    assert place.source.text[place.start : place.end] == '"aws_iam_role.r"'
