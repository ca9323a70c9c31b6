"""Values of a plan: what is sensitive, what is not known yet, and whose account a provider has."""

from __future__ import annotations

import json

import pytest

from kmslint.location import Source
from kmslint.model.estate import Estate, Key
from kmslint.terraform.plan import read_plan
from kmslint.values import Json
from terraform_modules import statements_of
from terraform_plans import Change, configured, module, plan, resource, to

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
MADE: dict[str, Json] = {"arn": True, "id": True, "key_id": True}
LATER: Json = {"policy": True, **MADE}


def estate(data: Json) -> Estate:
    return read_plan(Source("plan.json", json.dumps(data))).estate


def the_key(data: Json, address: str = "aws_kms_key.a") -> Key:
    found = estate(data)
    assert not found.problems
    return next(key for key in found.keys if key.address == address)


def document(identifiers: list[Json], resources: list[Json], unknown: Json, sensitive: Json) -> Change:
    """A policy document that is read once the rest is there."""
    principals: Json = [{"identifiers": identifiers, "type": "AWS"}]
    statement: Json = {"actions": ["kms:*"], "principals": principals, "resources": resources}
    after_unknown: Json = {"json": True, "statement": [unknown]}
    return Change(
        "data.aws_iam_policy_document.d", {"statement": [statement]}, after_unknown, "read", {"statement": [sensitive]}
    )


def key_with(change: Change, *expressions: Json, **written: Json) -> tuple[list[Change], Json]:
    statement: Json = dict(written)
    root = module(
        configured("data.aws_iam_policy_document.d", statement=[statement]),
        configured("aws_kms_key.a", policy=to("data.aws_iam_policy_document.d.json")),
        *expressions,
    )
    return [change, Change("aws_kms_key.a", {}, LATER)], root


def test_what_is_sensitive_in_a_list_is_not_told() -> None:
    hidden: Json = {"principals": [{"identifiers": [True, False]}]}
    changes, root = key_with(document(["hush", ACCOUNT], ["*"], {}, hidden))
    key = the_key(plan(changes, root))
    (statement,) = statements_of(key)
    told = [str(one.value) for one in statement.principals or ()]
    assert told[1] == ACCOUNT
    assert "sensitive" in told[0]
    assert "hush" not in statement.at.source.text
    assert ACCOUNT in statement.at.source.text


def test_a_resource_that_is_not_known_yet_is_followed_to_its_key() -> None:
    changes, root = key_with(
        document([ACCOUNT], [None], {"resources": [True]}, {}),
        configured("aws_kms_key.other"),
        resources=to("aws_kms_key.other.arn"),
    )
    changes.append(Change("aws_kms_key.other", {"policy": ""}, MADE))
    (statement,) = statements_of(the_key(plan(changes, root)))
    assert [str(one) for one in statement.resources or ()] == [
        "arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.other.key_id}"
    ]


@pytest.mark.parametrize("reference", ["aws_kms_key.other.id", "aws_sns_topic.t.arn", "var.arn"])
def test_a_resource_that_may_be_something_else_is_not(reference: str) -> None:
    changes, root = key_with(
        document([ACCOUNT], [None], {"resources": [True]}, {}),
        configured("aws_kms_key.other"),
        configured("aws_sns_topic.t"),
        resources=to(reference),
    )
    changes += [Change("aws_kms_key.other", {"policy": ""}, MADE), Change("aws_sns_topic.t", {}, {"arn": True})]
    (statement,) = statements_of(the_key(plan(changes, root)))
    assert [str(one) for one in statement.resources or ()] == [
        "${data.aws_iam_policy_document.d.statement[0].resources[0] (known after apply)}"
    ]


def role(account: str) -> Json:
    return {"constant_value": f"arn:aws:iam::{account}:role/deployer"}


@pytest.mark.parametrize(
    ("expressions", "account"),
    [
        ({"assume_role": [{"role_arn": role(ACCOUNT)}]}, ACCOUNT),
        ({"assume_role_with_web_identity": {"role_arn": role(ACCOUNT)}}, ACCOUNT),
        ({"allowed_account_ids": {"constant_value": [ACCOUNT]}}, ACCOUNT),
        ({"allowed_account_ids": {"constant_value": [ACCOUNT, "444455556666"]}}, "None"),
        ({"allowed_account_ids": {"constant_value": ["x"]}}, "None"),
        ({"allowed_account_ids": {"references": ["var.accounts"]}}, "None"),
        ({"assume_role": [{"role_arn": {"references": ["var.role"]}}]}, "None"),
        ({"assume_role": [{"role_arn": {"constant_value": "deployer"}}]}, "None"),
        ({"region": {"constant_value": "eu-west-1"}}, "None"),
    ],
)
def test_the_account_that_a_provider_names(expressions: Json, account: str) -> None:
    providers: Json = {"aws": {"name": "aws", "expressions": expressions}}
    data = plan([Change("aws_kms_key.a", {"policy": ""}, MADE)], module(), provider_config=providers)
    assert str(estate(data).accounts.configured) == account


def test_a_provider_that_the_plan_does_not_tell_of_has_an_account_of_its_own() -> None:
    root = module(configured("aws_kms_key.a", provider="aws.west", policy={}))
    data = plan([Change("aws_kms_key.a", {"policy": ""}, MADE)], root, provider_config={"aws": {"name": "aws"}})
    assert the_key(data).account == "west"


def test_the_first_account_that_is_known_of_a_provider_counts() -> None:
    other = ARN.replace(ACCOUNT, "444455556666")
    changes = [
        Change("aws_kms_key.a", {"policy": "", "arn": ARN}, action="no-op"),
        Change("aws_kms_key.b", {"policy": "", "arn": other}, action="no-op"),
    ]
    assert str(estate(plan(changes, module())).accounts.configured) == ACCOUNT


def test_what_has_drifted_is_passed_over() -> None:
    drift: Json = [{**resource("aws_kms_key.gone"), "change": {"actions": ["delete"], "before": {}, "after": None}}]
    data = plan([Change("aws_kms_key.a", {"policy": ""}, MADE)], module(), resource_drift=drift)
    assert [key.address for key in estate(data).keys] == ["aws_kms_key.a"]


def test_a_role_that_is_looked_up_later_is_known_by_its_name() -> None:
    changes, root = key_with(
        document([None], ["*"], {"principals": [{"identifiers": [True]}]}, {}),
        configured("data.aws_iam_role.r", name={"constant_value": "r"}),
        principals=[{"identifiers": to("data.aws_iam_role.r.arn")}],
    )
    changes.append(Change("data.aws_iam_role.r", {"name": "r"}, {"arn": True}, "read"))
    (statement,) = statements_of(the_key(plan(changes, root)))
    (principal,) = statement.principals or ()
    assert str(principal.value) == "arn:${partition}:iam::${account}:role/${data.aws_iam_role.r.path}r"


def test_elements_of_blocks_in_no_order_are_not_followed() -> None:
    """Of two `principals` blocks, which are a set, nobody knows which expression is that of which."""
    principals: Json = [{"identifiers": [None], "type": "AWS"}, {"identifiers": [ACCOUNT], "type": "AWS"}]
    statement: Json = {"actions": ["kms:*"], "principals": principals, "resources": ["*"]}
    unknown: Json = {"json": True, "statement": [{"principals": [{"identifiers": [True]}, {}]}]}
    change = Change("data.aws_iam_policy_document.d", {"statement": [statement]}, unknown, "read")
    written: list[Json] = [{"identifiers": to("aws_iam_role.r.arn")}, {"identifiers": {"constant_value": [ACCOUNT]}}]
    changes, root = key_with(change, configured("aws_iam_role.r"), principals=written)
    changes.append(Change("aws_iam_role.r", {"name": "r"}, {"arn": True}))
    (found,) = statements_of(the_key(plan(changes, root)))
    assert [str(one.value) for one in found.principals or ()] == [
        "${data.aws_iam_policy_document.d.statement[0].principals[0].identifiers[0] (known after apply)}",
        ACCOUNT,
    ]


def test_the_key_of_an_alias_that_the_plan_does_not_make_stays_what_is_written() -> None:
    change = Change("aws_kms_alias.x", {"name": "alias/x", "target_key_id": ARN}, {"arn": True})
    changes = [change, Change("aws_kms_key.a", {"policy": ""}, MADE)]
    (alias,) = estate(plan(changes, module())).aliases
    assert str(alias.key) == ARN


def test_the_account_of_a_key_that_is_looked_up_may_be_another() -> None:
    looked_up = Change("data.aws_kms_key.theirs", {"key_id": ARN, "arn": ARN}, {}, "read")
    data = plan([looked_up, Change("aws_kms_key.a", {"policy": ""}, MADE)], module())
    assert estate(data).accounts.configured is None
    own = Change("aws_kms_key.b", {"policy": "", "arn": ARN}, {}, "no-op")
    assert str(estate(plan([looked_up, own], module())).accounts.configured) == ACCOUNT


def test_what_else_a_plan_tells_is_passed_over() -> None:
    """Outputs, and whatever a later Terraform adds to a configuration or to a variable."""
    document = '{"prior_state": {"values": {"outputs": {"root_module": 1}, "root_module": %s}}, "variables": %s, %s}'
    known: Json = {"resources": [{**resource("data.aws_caller_identity.me"), "values": {"account_id": ACCOUNT}}]}
    change = {**Change("aws_kms_key.a", {"policy": ""}, MADE).as_json()}  # type: ignore[dict-item]
    more = '"configuration": {"root_module": {}, "more": {"root_module": 1}}, "resource_changes": [%s]'
    text = document % (json.dumps(known), '{"v": {"type": "string", "value": "x"}}', more % json.dumps(change))
    found = read_plan(Source("plan.json", text)).estate
    assert found.problems == ()
    assert [key.address for key in found.keys] == ["aws_kms_key.a"]
    assert str(found.accounts.configured) == ACCOUNT


@pytest.mark.parametrize(
    ("arn", "is_primary"), [(ARN, True), (ARN.replace("1234", "4321", 1), False), ("arn:aws:kms", False), ("x", False)]
)
def test_a_replica_is_that_of_the_key_whose_arn_it_has(arn: str, is_primary: bool) -> None:
    changes = [
        Change("aws_kms_key.a", {"arn": arn}, action="no-op"),
        Change("aws_kms_replica_key.r", {"primary_key_arn": ARN}),
    ]
    replica_of_it = configured("aws_kms_replica_key.r", primary_key_arn={"constant_value": ARN})
    found = estate(plan(changes, module(configured("aws_kms_key.a"), replica_of_it)))
    key, replica = sorted(found.keys, key=lambda one: one.address)
    assert found.primary_of(replica) == (key if is_primary else None)


def test_what_exists_is_called_as_aws_says() -> None:
    """The account and the path in an ARN that a plan knows are not guessed from the arguments."""
    arn = f"arn:aws-cn:iam::{ACCOUNT}:role/team/r"
    changes = [
        Change("aws_iam_role.r", {"name": "r", "path": "/", "arn": arn}, action="no-op"),
        Change("aws_iam_role.s", {"name": "s", "path": "/"}, {"arn": True}),
    ]
    found, later = estate(plan(changes, module())).identities
    assert (str(found.arn), str(later.arn)) == (arn, "arn:${partition}:iam::${account}:role/s")
