"""Where a reference of a plan leads, and which arguments it is followed for."""

from __future__ import annotations

import json

import pytest

from kmslint.location import Source
from kmslint.terraform.plan_format import Planned
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.plan_references import References, heads
from kmslint.values import Json
from terraform_plans import Change, configured, module, plan, resource, to

ADDRESSES = (
    "aws_kms_key.k",
    'aws_kms_key.each["x"]',
    "aws_kms_key.counted[0]",
    "aws_kms_alias.a",
    "aws_iam_role.r",
    "aws_iam_user.u",
    "aws_iam_group.g",
    "aws_iam_policy.p",
    "aws_sqs_queue.q",
    "aws_lambda_function.f",
    "aws_lambda_alias.l",
    "data.aws_iam_policy_document.d",
    "data.aws_iam_policy_document.e",
    "module.m.aws_iam_role.r",
    'module.n["x"].module.m.aws_iam_role.r',
)


def output(*references: str) -> Json:
    return {"expression": {"references": list(references)}}


INNER = module(
    configured("aws_iam_role.r"),
    configured("aws_iam_role_policy.p"),
    outputs={
        "role": output("aws_iam_role.r.arn", "aws_iam_role.r"),
        "given": output("var.given"),
        "mixed": output("aws_iam_role.r.arn", "aws_iam_role.r", "var.given"),
        "round": output("var.round"),
        "none": {},
    },
)
OUTER = module(
    module_calls={"m": {"module": INNER, "expressions": {"given": {"references": ["var.given"]}}}},
    outputs={"role": output("module.m.role", "module.m")},
)
ROOT = module(
    module_calls={
        "m": {
            "module": INNER,
            "expressions": {"given": to("aws_iam_role.r.arn"), "round": {"references": ["module.m.round"]}},
        },
        "n": {"module": OUTER, "expressions": {"given": to("aws_iam_user.u.arn")}},
    }
)
READ = PlanText(Source("plan.json", json.dumps(plan([Change(address, {}) for address in ADDRESSES], ROOT))))
REFERENCES = References(READ)


def asking(instance: str = "", within: str = "") -> Planned:
    """A resource of which an argument is asked for."""
    return READ.resources["aws_kms_key.k"]._replace(instance=instance, module=within)


DOCUMENT = "data.aws_iam_policy_document.d"


@pytest.mark.parametrize(
    ("argument", "reference", "followed"),
    [
        ("policy", f"{DOCUMENT}.json", True),
        ("policy", f"{DOCUMENT}.minified_json", True),
        ("policy", f"{DOCUMENT}.id", False),
        ("policy", "aws_iam_policy.p.policy", False),
        ("assume_role_policy", f"{DOCUMENT}.json", True),
        ("policies", f"{DOCUMENT}.json", False),
        ("description", f"{DOCUMENT}.json", False),
        ("grantee_principal", "aws_iam_role.r.arn", True),
        ("grantee_principal", "aws_iam_user.u.arn", True),
        ("grantee_principal", "aws_iam_group.g.arn", False),
        ("grantee_principal", "aws_iam_role.r.name", False),
        ("grantee_principal", "aws_kms_key.k.arn", False),
        ("key_id", "aws_kms_key.k.arn", True),
        ("key_id", "aws_kms_key.k.key_id", True),
        ("key_id", "aws_kms_key.k.policy", False),
        ("key_id", "aws_kms_alias.a.target_key_arn", True),
        ("key_id", "aws_kms_alias.a.name", True),
        ("key_id", "aws_kms_alias.a.target_key_id", True),
        ("key_id", "aws_kms_alias.a.id", True),
        ("key_id", "aws_iam_role.r.id", False),
        ("permissions_boundary", "aws_iam_policy.p.arn", True),
        ("user", "aws_iam_user.u.name", True),
        ("group", "aws_iam_group.g.id", True),
        ("kms_key_id", "aws_kms_alias.a.arn", True),
        ("kms_key_id", "aws_sqs_queue.q.arn", False),
        ("target_key_id", "aws_kms_key.k.id", True),
        ("target_key_id", "aws_sqs_queue.q.id", False),
        ("policy_arn", "aws_iam_policy.p.arn", True),
        ("policy_arn", "aws_iam_policy.p.id", True),
        ("policy_arn", "aws_iam_policy.p.path", False),
        ("role", "aws_iam_role.r.name", True),
        ("event_source_arn", "aws_sqs_queue.q.arn", True),
        ("event_source_arn", "aws_sqs_queue.q.name", False),
        ("event_source_arn", "aws_kms_key.k.arn", False),
        ("function_name", "aws_lambda_function.f.function_name", True),
        ("function_name", "aws_lambda_alias.l.arn", True),
        ("function_name", "aws_lambda_function.f.role", False),
        ("role", "aws_iam_role.missing.name", False),
        ("role", "local.role", False),
        ("role", "var.role", False),
    ],
)
def test_an_argument_is_an_attribute_that_makes_sense_there(argument: str, reference: str, followed: bool) -> None:
    target = REFERENCES.one(asking(), argument, to(reference))
    assert (target and f"{target.address}.{target.attribute}") == (reference if followed else None)


@pytest.mark.parametrize(
    ("within", "references", "target"),
    [
        ("", ["module.m.role", "module.m"], "module.m.aws_iam_role.r.arn"),
        ("", ["module.m.given", "module.m"], "aws_iam_role.r.arn"),
        ("", ["module.m.mixed", "module.m"], None),
        ("", ["module.m.none", "module.m"], None),
        ("", ["module.m.other", "module.m"], None),
        ("", ["module.m.round", "module.m"], None),
        ("", ["module.other.role", "module.other"], None),
        ("", ['module.n["x"].role', 'module.n["x"]', "module.n"], 'module.n["x"].module.m.aws_iam_role.r.arn'),
        ("", ["aws_iam_role.r.arn", "aws_iam_role.r", "aws_iam_user.u.arn", "aws_iam_user.u"], None),
        ("", [], None),
        ("module.m", ["aws_iam_role.r.arn", "aws_iam_role.r"], "module.m.aws_iam_role.r.arn"),
        ("module.m", ["var.given"], "aws_iam_role.r.arn"),
        ("module.m", ["var.other"], None),
        ("module.other", ["var.given"], None),
        ('module.n["x"].module.m', ["var.given"], "aws_iam_user.u.arn"),
        ('module.n["x"].module.m', ["aws_iam_user.u.arn", "aws_iam_user.u"], None),
    ],
)
def test_references_are_followed_through_modules(within: str, references: list[Json], target: str | None) -> None:
    found = REFERENCES.one(asking(within=within), "grantee_principal", {"references": references})
    assert (found and f"{found.address}.{found.attribute}") == target


@pytest.mark.parametrize(
    ("argument", "instance", "references", "target"),
    [
        ("key_id", '["x"]', ["aws_kms_key.each", "each.key"], 'aws_kms_key.each["x"].id'),
        ("key_id", '["y"]', ["aws_kms_key.each", "each.key"], None),
        ("key_id", "[0]", ["aws_kms_key.counted", "count.index"], "aws_kms_key.counted[0].id"),
        ("key_id", '["x"]', ["aws_kms_key.each", "each.value"], None),
        ("key_id", '["x"]', ["each.key", "aws_kms_key.each"], None),
        ("key_id", '["x"]', ["aws_kms_key.each", "each.key", "var.x"], None),
        ("key_id", "", ['aws_kms_key.each["x"].arn', 'aws_kms_key.each["x"]'], 'aws_kms_key.each["x"].arn'),
        ("grantee_principal", "", ["aws_iam_role.r", "each.key"], "aws_iam_role.r.arn"),
        ("role", "", ["aws_iam_role.r", "each.key"], "aws_iam_role.r.id"),
        ("policy", "", [DOCUMENT, "each.key"], None),
    ],
)
def test_instances_of_one_index_belong_together(
    argument: str, instance: str, references: list[Json], target: str | None
) -> None:
    found = REFERENCES.one(asking(instance), argument, {"references": references})
    assert (found and f"{found.address}.{found.attribute}") == target


@pytest.mark.parametrize(
    ("over", "references", "target"),
    [
        (["aws_kms_key.each"], ["each.value.arn", "each.value"], 'aws_kms_key.each["x"].id'),
        (["aws_kms_key.each"], ["each.key"], None),
        (["aws_kms_key.each", "var.x"], ["each.value.arn", "each.value"], None),
        (["aws_kms_key.each"], ["each.value.arn", "each.value", "var.x"], None),
        ([], ["each.value.arn", "each.value"], None),
    ],
)
def test_each_value_is_the_instance_that_is_gone_over(
    over: list[Json], references: list[Json], target: str | None
) -> None:
    written: Json = {**resource("aws_kms_alias.a"), "for_each_expression": {"references": over}}
    changes = [Change('aws_kms_key.each["x"]', {}), Change('aws_kms_alias.a["x"]', {})]
    read = PlanText(Source("plan.json", json.dumps(plan(changes, module(written)))))
    alias = read.resources['aws_kms_alias.a["x"]']
    found = References(read).one(alias, "target_key_id", {"references": references})
    assert (found and f"{found.address}.{found.attribute}") == target


@pytest.mark.parametrize(
    ("argument", "references", "count", "targets"),
    [
        ("identifiers", ("aws_iam_role.r.arn", "aws_iam_user.u.arn"), 2, "aws_iam_role.r aws_iam_user.u"),
        ("identifiers", ("aws_iam_role.r.arn", "aws_iam_user.u.arn"), 1, ""),
        ("identifiers", ("aws_iam_role.r.arn", "aws_iam_group.g.arn"), 2, ""),
        ("identifiers", ("aws_iam_role.r.arn", "aws_iam_group.g.arn"), 1, ""),
        ("identifiers", ("aws_iam_role.r.arn", "var.x"), 1, ""),
        ("resources", ("aws_kms_key.k.arn",), 1, "aws_kms_key.k"),
        ("resources", ("aws_kms_key.k.id",), 1, ""),
        ("resources", ("aws_sqs_queue.q.arn",), 1, ""),
        ("policies", (f"{DOCUMENT}.json",), 1, DOCUMENT),
        ("policies", ("aws_iam_policy.p.arn",), 1, ""),
        ("managed_policy_arns", ("aws_iam_policy.p.arn",), 1, "aws_iam_policy.p"),
        ("policy_arns", ("aws_iam_policy.p.id",), 1, "aws_iam_policy.p"),
        ("policy_names", ("aws_iam_policy.p.name",), 1, "aws_iam_policy.p"),
        ("groups", ("aws_iam_group.g.name",), 1, "aws_iam_group.g"),
        ("roles", ("aws_iam_role.r.name",), 1, "aws_iam_role.r"),
        ("users", ("aws_iam_user.u.name",), 1, "aws_iam_user.u"),
        ("values", ("aws_iam_policy.p.arn",), 1, ""),
        ("key_id", ("aws_kms_key.k.arn",), 1, ""),
        ("identifiers", (), 0, ""),
    ],
)
def test_unknown_elements_are_the_attributes_if_there_are_as_many(
    argument: str, references: tuple[str, ...], count: int, targets: str
) -> None:
    found = REFERENCES.several(asking(), argument, to(*references), count)
    assert [target.address for target in found] == targets.split()


@pytest.mark.parametrize(
    ("references", "found"),
    [
        (["a.b.c", "a.b"], "a.b.c"),
        (["a.b[0].c", "a.b[0]", "a.b"], "a.b[0].c"),
        (["a.b.c", "a.bx"], "a.b.c a.bx"),
        (["a.bc", "a.b"], "a.bc a.b"),
        (["a.b.c", "a.b", "a.d.c", "a.d"], "a.b.c a.d.c"),
        (["a.b.c", "a.b", "a.b.c", "a.b"], "a.b.c"),
        (["a.b", "a.b.c"], "a.b a.b.c"),
        (["a", 1, "b"], "a b"),
        ([], ""),
        ("a", ""),
    ],
)
def test_heads_of_references(references: Json, found: str) -> None:
    assert heads({"references": references}) == tuple(found.split())


@pytest.mark.parametrize(("name", "apart"), [("r", True), ("s", False)])
def test_roles_with_policies_that_are_resources_of_their_own(name: str, apart: bool) -> None:
    changes = [
        Change("aws_iam_role.a", {"name": name}),
        Change("aws_iam_role_policy.p", {"role": "r"}),
        Change("aws_iam_user_policy.p", {"role": "s", "user": "s"}),
    ]
    read = PlanText(Source("plan.json", json.dumps(plan(changes, module()))))
    assert References(read).has_policies_apart(read.resources["aws_iam_role.a"]) is apart
