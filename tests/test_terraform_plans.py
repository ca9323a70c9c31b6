"""Terraform plans: what they say of keys, and what they leave open."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import FIXTURES
from kmslint import limits
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.location import Source
from kmslint.model.estate import Estate, Key, PolicyOrigin
from kmslint.model.policy import Document
from kmslint.report.excerpt import draw
from kmslint.settings import Settings
from kmslint.terraform.plan import read_plan
from kmslint.values import Json
from terraform_plans import Change, caller, configured, module, plan, resource, to

ACCOUNT = "111122223333"
ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
UNKNOWN_KEY: Json = {"arn": True, "id": True, "key_id": True, "multi_region": True}


def policy(*principals: str) -> str:
    statements = [
        {"Sid": f"S{index}", "Effect": "Allow", "Principal": {"AWS": one}, "Action": "kms:*", "Resource": "*"}
        for index, one in enumerate(principals)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


ROOT_ONLY = policy(f"arn:aws:iam::{ACCOUNT}:root")


def estate(data: Json) -> Estate:
    return read_plan(Source("plan.json", json.dumps(data))).estate


def only_key(data: Json) -> Key:
    found = estate(data)
    assert not found.problems
    (key,) = found.keys
    return key


def document(key: Key) -> Document:
    assert key.policy.document is not None, key.policy.missing
    return key.policy.document


def principals(key: Key) -> list[str]:
    return [str(one.value) for statement in document(key).statements for one in statement.principals or ()]


def run(root: Path, **files: str) -> Outcome:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_tf", ".tf").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return lint([str(root)], Settings(root=str(root)))


def test_what_the_plan_takes_away_is_not_there() -> None:
    gone = Change("aws_kms_key.a", {}, action="delete")
    assert estate(plan([gone], module())).keys == ()


@pytest.mark.parametrize("action", ["create", "update", "no-op"])
def test_keys_go_by_their_planned_addresses(action: str) -> None:
    change = Change('module.a["x.y"].aws_kms_key.b[0]', {"policy": ROOT_ONLY}, UNKNOWN_KEY, action)
    key = only_key(plan([change], module()))
    assert key.address == 'module.a["x.y"].aws_kms_key.b[0]'
    assert principals(key) == [f"arn:aws:iam::{ACCOUNT}:root"]


def test_a_policy_nobody_wrote_is_the_default_one() -> None:
    change = Change("aws_kms_key.a", {}, {"policy": True, **dict.fromkeys(("arn", "id", "key_id"), True)})
    assert only_key(plan([change], module(configured("aws_kms_key.a")))).policy.origin is PolicyOrigin.DEFAULT


def test_a_written_policy_that_is_not_known_says_which() -> None:
    change = Change("aws_kms_key.a", {}, {"policy": True, "arn": True})
    key = only_key(plan([change], module(configured("aws_kms_key.a", policy=to("local.policy")))))
    assert key.policy.missing is not None
    assert key.policy.missing.hole.label == "aws_kms_key.a.policy (known after apply)"


def test_two_arguments_that_are_not_known_are_not_the_same() -> None:
    """They stand nowhere in the plan, so nothing but their names tells them apart."""
    change = Change("aws_kms_key.a", {}, {"policy": True, "description": True, "custom_key_store_id": True})
    written = configured("aws_kms_key.a", policy=to("local.a"), description=to("local.b"), custom_key_store_id={})
    key = only_key(plan([change], module(written)))
    assert str(key.settings.custom_key_store) == "${aws_kms_key.a.custom_key_store_id (known after apply)}"
    assert str(key.policy.missing) == "${aws_kms_key.a.policy (known after apply)}"


def role(address: str = "aws_iam_role.r", **more: Json) -> Change:
    return Change(address, {"name": "r", "path": "/", "assume_role_policy": "", **more}, {"arn": True, "id": True})


def read_later(address: str, identifiers: list[Json], unknown: list[Json]) -> Change:
    statement: Json = {
        "actions": ["kms:*"],
        "condition": [],
        "effect": None,
        "not_actions": None,
        "principals": [{"identifiers": identifiers, "type": "AWS"}],
        "resources": ["*"],
        "sid": None,
    }
    missing: Json = {"actions": [False], "principals": [{"identifiers": unknown}], "resources": [False]}
    return Change(address, {"statement": [statement]}, {"json": True, "statement": [missing]}, "read")


def test_a_document_that_is_read_later_is_there_as_far_as_it_is_known() -> None:
    changes = [
        role(),
        read_later("data.aws_iam_policy_document.d", [ACCOUNT, None], [False, True]),
        Change("aws_kms_key.a", {}, {"policy": True}),
    ]
    written = configured(
        "data.aws_iam_policy_document.d",
        statement=[{"principals": [{"identifiers": to("aws_iam_role.r.arn", "var.account.id")}]}],
    )
    key = configured("aws_kms_key.a", policy=to("data.aws_iam_policy_document.d.json"))
    unsure = only_key(plan(changes, module(written, key)))
    assert principals(unsure)[1].endswith("identifiers[1] (known after apply)}")
    only_role: Json = to("aws_iam_role.r.arn")
    written = configured("data.aws_iam_policy_document.d", statement=[{"principals": [{"identifiers": only_role}]}])
    sure = only_key(plan(changes, module(written, key)))
    assert principals(sure) == [ACCOUNT, "arn:${partition}:iam::${account}:role/r"]


def test_an_attribute_is_followed_only_where_nothing_can_be_added_to_it() -> None:
    """`"${aws_iam_role.r.arn}/*"` and `aws_iam_role.r.arn` look alike in a plan."""
    changes = [role(), Change("aws_kms_grant.g", {"operations": []}, {"grantee_principal": True, "name": True})]
    written = configured("aws_kms_grant.g", grantee_principal=to("aws_iam_role.r.name"), name=to("aws_iam_role.r.name"))
    (grant,) = estate(plan(changes, module(written))).grants
    assert str(grant.grantee) == "${aws_kms_grant.g.grantee_principal (known after apply)}"


def attached_through_modules() -> list[str]:
    """The policies of a role whose name goes through an output of one module and a variable of another."""
    changes = [
        role("module.roles.aws_iam_role.r[0]"),
        Change(
            "module.grants.aws_iam_role_policy.p", {"policy": ROOT_ONLY.replace('"Principal"', '"X"')}, {"role": True}
        ),
    ]
    roles = module(configured("aws_iam_role.r"), outputs={"id": {"expression": to("aws_iam_role.r[0].id")}})
    grants = module(configured("aws_iam_role_policy.p", role=to("var.role")))
    root = module(
        module_calls={
            "roles": {"source": "./roles", "module": roles},
            "grants": {"source": "./grants", "expressions": {"role": to("module.roles.id")}, "module": grants},
        }
    )
    (identity,) = estate(plan(changes, root)).identities
    return [one.address for one in identity.policies]


def test_policies_are_attached_through_modules() -> None:
    assert attached_through_modules() == ["module.grants.aws_iam_role_policy.p"]
    with limits.within({"module-depth": 1}):
        assert attached_through_modules() == []


def test_a_configuration_that_is_nested_too_deep_is_none_that_writes_nothing() -> None:
    change = Change("module.a.module.b.aws_kms_key.k", {}, {"policy": True, "arn": True})
    inner: Json = {"module": module(configured("aws_kms_key.k"))}
    root = module(module_calls={"a": {"module": module(module_calls={"b": inner})}})
    assert only_key(plan([change], root)).policy.origin is PolicyOrigin.DEFAULT
    with limits.within({"module-depth": 0}):
        assert only_key(plan([change], root)).policy.origin is PolicyOrigin.UNKNOWN


def test_an_inline_policy_that_is_a_resource_is_read_once() -> None:
    text = ROOT_ONLY.replace('"Principal"', '"X"')
    role_: Json = {"name": "r", "path": "/", "inline_policy": [{"name": "p", "policy": text}]}
    changes = [
        Change("aws_iam_role.r", role_, action="no-op"),
        Change("aws_iam_role_policy.p", {"role": "r", "name": "p", "policy": text}, action="no-op"),
    ]
    root = module(configured("aws_iam_role.r", name={}), configured("aws_iam_role_policy.p", policy={}))
    (identity,) = estate(plan(changes, root)).identities
    assert [one.address for one in identity.policies] == ["aws_iam_role_policy.p"]
    (identity,) = estate(plan(changes[:1], root)).identities
    assert [one.address for one in identity.policies] == ["aws_iam_role.r"]


def test_a_policy_apart_finds_its_key_by_each_key_and_by_a_known_id() -> None:
    by_each = [
        Change('aws_kms_key.a["x"]', {}, {"policy": True, **dict.fromkeys(("arn", "id"), True)}),
        Change('aws_kms_key_policy.a["x"]', {"policy": ROOT_ONLY}, {"key_id": True}),
    ]
    each: Json = {"references": ["aws_kms_key.a", "each.key"]}
    root = module(configured("aws_kms_key.a"), configured("aws_kms_key_policy.a", key_id=each))
    assert principals(only_key(plan(by_each, root))) == [f"arn:aws:iam::{ACCOUNT}:root"]
    over: dict[str, Json] = {
        **resource("aws_kms_key_policy.a"),
        "for_each_expression": {"references": ["aws_kms_key.a"]},
    }
    by_value: Json = {**over, "expressions": {"key_id": to("each.value.id")}, "provider_config_key": "aws"}
    assert principals(only_key(plan(by_each, module(configured("aws_kms_key.a"), by_value)))) == principals(
        only_key(plan(by_each, root))
    )
    known: Json = {"arn": ARN, "id": ARN.rpartition("/")[2], "key_id": ARN.rpartition("/")[2], "policy": policy("*")}
    by_id = [
        Change("aws_kms_key.a", known, action="no-op"),
        Change("aws_kms_key_policy.a", {"policy": ROOT_ONLY, "key_id": ARN.rpartition("/")[2]}, action="no-op"),
    ]
    key = only_key(plan(by_id, module()))
    assert principals(key) == [f"arn:aws:iam::{ACCOUNT}:root"]
    assert key.arn.literal == ARN


def test_the_account_is_known_from_data_sources_arns_and_providers() -> None:
    key = Change("aws_kms_key.a", {"policy": ROOT_ONLY}, UNKNOWN_KEY)
    asked = estate(plan([key], module(), prior_state=caller(ACCOUNT)))
    assert str(asked.accounts.configured) == ACCOUNT
    existing = Change("aws_kms_key.a", {"policy": ROOT_ONLY, "arn": ARN}, action="no-op")
    assert str(estate(plan([existing], module())).accounts.configured) == ACCOUNT
    allowed: Json = {"aws": {"name": "aws", "expressions": {"allowed_account_ids": {"constant_value": [ACCOUNT]}}}}
    assert str(estate(plan([key], module(), provider_config=allowed)).accounts.configured) == ACCOUNT


def test_providers_that_hang_on_expressions_do_not_share_an_account() -> None:
    key = Change("aws_kms_key.a", {"policy": ROOT_ONLY}, UNKNOWN_KEY)
    profile: Json = {"profile": {"references": ["var.environment"]}}
    providers: Json = {"aws": {"expressions": profile}, "aws.west": {"alias": "west", "expressions": profile}}
    root = module(configured("aws_kms_key.a", provider="aws.west", policy={}))
    assert only_key(plan([key], root, provider_config=providers)).account == "west"
    regions: Json = {"aws": {}, "aws.west": {"alias": "west", "expressions": {"region": {"constant_value": "a"}}}}
    assert only_key(plan([key], root, provider_config=regions)).account == ""


def test_what_is_sensitive_is_not_told(tmp_path: Path) -> None:
    changes = [
        Change("aws_kms_key.a", {"policy": policy("hush-1")}, UNKNOWN_KEY, sensitive={"policy": True}),
        Change("aws_kms_key.b", {"policy": policy("*"), "description": "hush-2"}, sensitive={"description": True}),
        Change("aws_db_instance.c", {"password": "hush-3"}, sensitive={"password": True}),
        role(managed_policy_arns=["arn:aws:iam::aws:policy/hush-5"])._replace(sensitive={"managed_policy_arns": True}),
        # Marked as a list would be, which it is not.
        Change("aws_kms_key.e", {"policy": policy("*"), "description": "hush-6"}, sensitive={"description": [True]}),
    ]
    text = json.dumps(plan(changes, module(), variables={"secret": {"value": "hush-4"}}))
    outcome = run(tmp_path, plan_json=text)
    assert {finding.resource for finding in outcome.findings} >= {"aws_kms_key.a", "aws_kms_key.b"}
    sources = {finding.at.source.text for finding in outcome.findings}
    assert not any("hush" in source for source in sources)
    assert not any("hush" in finding.message for finding in outcome.findings)
    assert {len(source) for source in sources} == {len(text)}


def test_the_excerpt_of_a_plan_on_one_line_is_a_window() -> None:
    changes = [Change(f"aws_kms_key.a{one}", {"policy": policy("*")}, UNKNOWN_KEY) for one in range(3000)]
    found = estate(plan(changes, module()))
    at = document(found.keys[1500]).statements[0].at
    assert at.line == 1
    drawn = draw(at.source, at.region, 100)
    assert len(drawn.text) <= 100
    assert "Sid" in drawn.text


MAIN = """variable "admin" {
  default = "arn:aws:iam::111122223333:root"
}

resource "aws_kms_key" "a" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "S0"
      Effect    = "Allow"
      Principal = { AWS = %s }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
"""


def planned(principal: str, **more: Json) -> str:
    change = Change("aws_kms_key.a", {"policy": policy(principal), "enable_key_rotation": True}, UNKNOWN_KEY)
    written = configured("aws_kms_key.a", policy=to("var.admin.x"), enable_key_rotation={"constant_value": True})
    return json.dumps(plan([change], module(written), **more))


def places(outcome: Outcome) -> list[tuple[str, str, int]]:
    return [(finding.rule_id, finding.at.path, finding.at.line) for finding in outcome.findings]


def test_findings_stand_in_the_sources_beside_the_plan(tmp_path: Path) -> None:
    alone = run(tmp_path / "a", plan_json=planned("*"))
    assert [place[1] for place in places(alone)] == ["plan.json"]
    beside = run(tmp_path / "b", main_tf=MAIN % "var.other", plans__dev__plan_json=planned("*"))
    assert places(beside) == [("KMS201", "main.tf", 12)]
    assert beside.counts.estates == 1, "the plan tells all that the configuration does"


def test_a_module_from_a_registry_is_seen_in_the_plan_alone(tmp_path: Path) -> None:
    main = 'module "kms" {\n  source = "example/kms/aws"\n}\n'
    change = Change("module.kms.aws_kms_key.this[0]", {"policy": policy("*")}, UNKNOWN_KEY)
    call: Json = {"source": "example/kms/aws", "module": module(configured("aws_kms_key.this"))}
    outcome = run(tmp_path, main_tf=main, plan_json=json.dumps(plan([change], module(module_calls={"kms": call}))))
    assert [(key.address, key.path) for key in outcome.keys] == [("module.kms.aws_kms_key.this[0]", "plan.json")]


def test_modules_on_disk_are_found_for_every_instance(tmp_path: Path) -> None:
    main = 'variable "names" {\n}\nmodule "keys" {\n  source   = "./keys"\n  for_each = var.names\n}\n'
    changes = [
        Change(f'module.keys["{name}"].aws_kms_key.a', {"policy": policy("*"), "enable_key_rotation": True})
        for name in "xy"
    ]
    call: Json = {"source": "./keys", "module": module(configured("aws_kms_key.a", policy={}, enable_key_rotation={}))}
    text = json.dumps(plan(changes, module(module_calls={"keys": call})))
    outcome = run(tmp_path, main_tf=main, keys__main_tf=MAIN % '"*"', plan_json=text)
    assert {(key.address, key.path, key.line) for key in outcome.keys} == {
        ('module.keys["x"].aws_kms_key.a', "keys/main.tf", 5),
        ('module.keys["y"].aws_kms_key.a', "keys/main.tf", 5),
    }
    assert places(outcome) == [("KMS201", "keys/main.tf", 12)]


def test_where_plan_and_sources_differ_both_are_judged(tmp_path: Path) -> None:
    outcome = run(tmp_path, main_tf=MAIN % '"*"', plan_json=planned(f"arn:aws:iam::{ACCOUNT}:root"))
    assert outcome.counts.estates == 2
    assert ("KMS201", "main.tf", 12) in places(outcome)


def test_variables_of_a_plan_do_not_explain_the_sources_away(tmp_path: Path) -> None:
    main = (MAIN % "var.admin").replace("arn:aws:iam::111122223333:root", "*")
    given: Json = {"admin": {"value": f"arn:aws:iam::{ACCOUNT}:root"}}
    outcome = run(tmp_path, main_tf=main, plan_json=planned(f"arn:aws:iam::{ACCOUNT}:root", variables=given))
    assert ("KMS201", "main.tf", 2) in places(outcome)


def test_sources_tell_what_the_plan_does_not_know_yet(tmp_path: Path) -> None:
    change = Change("aws_kms_key.a", {"enable_key_rotation": True}, {"policy": True, "arn": True})
    written = configured("aws_kms_key.a", policy=to("var.admin.x"))
    text = json.dumps(plan([change], module(written), variables={"admin": {"value": "*"}}))
    outcome = run(tmp_path, main_tf=MAIN % "var.admin", plan_json=text)
    assert "KMS201" in {finding.rule_id for finding in outcome.findings}


def test_roles_of_the_cloud_control_provider_are_planned_too() -> None:
    inline: Json = [{"policy_name": "p", "policy_document": policy("*")}]
    role = Change("awscc_iam_role.a", {"role_name": "a", "assume_role_policy_document": ROOT_ONLY, "policies": inline})
    found = estate(plan([role], module()))
    assert not found.problems
    assert [(one.address, len(one.policies)) for one in found.identities] == [("awscc_iam_role.a", 1)]


def test_a_state_is_read_like_a_plan() -> None:
    key_in_state: Json = {
        "address": "module.m.aws_kms_key.a",
        "mode": "managed",
        "type": "aws_kms_key",
        "name": "a",
        "values": {"arn": ARN, "policy": policy("*")},
        "sensitive_values": {},
    }
    root: Json = {"resources": [], "child_modules": [{"resources": [key_in_state], "address": "module.m"}]}
    key = only_key({"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}})
    assert (key.address, key.arn.literal, principals(key)) == ("module.m.aws_kms_key.a", ARN, ["*"])


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"errored": True}, "the plan is not whole: Terraform stopped with an error"),
        ({"complete": False}, "the plan is not whole: Terraform put changes off"),
        ({"format_version": "2.0"}, "a format of plans that is not known"),
        ({"resource_changes": {}}, "resources that are no array"),
    ],
)
def test_a_plan_that_is_not_whole_says_so(more: dict[str, Json], reason: str) -> None:
    found = estate({**plan([], module()), **more})
    assert [problem.reason for problem in found.problems] == [reason]


def nodes(data: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inner:
        yield from nodes(value, (*path, name))


def instead(data: Json, path: tuple[str | int, ...], value: Json) -> Json:
    changed = copy.deepcopy(data)
    *outer, last = path
    part = changed
    for step in outer:
        part = part[step]  # type: ignore[index]
    part[last] = value  # type: ignore[index]
    return changed


@pytest.mark.parametrize("value", [None, {}, [], "x", 1, True])
def test_nothing_in_a_broken_plan_raises_or_hides_a_key(value: Json) -> None:
    data = json.loads((FIXTURES / "equivalent" / "account_and_workload" / "plan.json").read_text())
    for path in nodes(data):
        if path:
            found = estate(instead(data, path, value))
            assert found.keys or found.problems, path


def test_a_plan_cut_off_anywhere_is_a_problem() -> None:
    text = (FIXTURES / "equivalent" / "anybody" / "plan.json").read_text().rstrip()
    for end in range(0, len(text), 7):
        assert read_plan(Source("plan.json", text[:end])).estate.problems


def test_nesting_does_not_bring_the_reader_down() -> None:
    for deep in ('{"a":' * 200_000, "[" * 200_000):
        whole = '{"format_version": "1.2", "checks": ' + deep
        assert read_plan(Source("plan.json", whole)).estate.problems
    nested: Json = {"resources": []}
    for _ in range(limits.MODULE_DEPTH + 5):
        nested = {"child_modules": [nested]}
    found = estate({"format_version": "1.0", "values": {"root_module": nested}})
    assert [problem.reason for problem in found.problems] == [
        f"modules nested deeper than {limits.MODULE_DEPTH}; --limit module-depth=N raises this"
    ]
