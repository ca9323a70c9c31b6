"""`awscc_*` in plans: what Terraform does not know yet of them is followed like that of `aws_*`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kmslint.location import Source
from kmslint.model.estate import Estate
from kmslint.terraform.plan import read_plan
from kmslint.values import Json
from terraform_plans import Change, configured, module, plan, to
from test_terraform_identities import described as identity_in_words
from test_terraform_keys import described as key_in_words
from test_terraform_plans import places, run


def document(sid: str, principal: str = "") -> str:
    statement: dict[str, Json] = {"Sid": sid, "Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    if principal:
        statement["Principal"] = {"AWS": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def read_with_the_plan(name: str) -> Change:
    """A document of which only a part is not known yet, so that its text is not known either."""
    statement: Json = {
        "actions": ["kms:*"],
        "effect": None,
        "principals": [{"identifiers": ["111122223333"], "type": "AWS"}],
        "resources": ["*"],
        "sid": name,
    }
    return Change(f"data.aws_iam_policy_document.{name}", {"statement": [statement]}, {"json": True}, "read")


def planned(changes: list[Change], *blocks: Json) -> Estate:
    documents = [read_with_the_plan(name) for name in ("First", "Second")]
    written = [configured(f"data.aws_iam_policy_document.{name}", statement=[{}]) for name in ("First", "Second")]
    found = read_plan(Source("plan.json", json.dumps(plan([*documents, *changes], module(*written, *blocks))))).estate
    assert found.problems == ()
    return found


DOCUMENTS = [f"data.aws_iam_policy_document.{name}.json" for name in ("First", "Second")]
FIRST, SECOND = map(to, DOCUMENTS)


def test_policies_that_a_plan_does_not_know_yet_are_followed_to_their_documents() -> None:
    role: Json = {"role_name": "r", "policies": [{"policy_name": "p"}, {"policy_name": "q"}]}
    not_known: Json = {"assume_role_policy_document": True, "policies": [{"policy_document": True}] * 2, "arn": True}
    changes = [
        Change("awscc_kms_key.k", {}, {"key_policy": True, "arn": True}),
        Change("awscc_iam_role.r", role, not_known),
        Change("awscc_iam_role_policy.s", {"policy_name": "s", "role_name": "r"}, {"policy_document": True}),
    ]
    estate = planned(
        changes,
        configured("awscc_kms_key.k", key_policy=FIRST),
        configured("awscc_iam_role.r", assume_role_policy_document=SECOND, policies=to(*DOCUMENTS)),
        configured("awscc_iam_role_policy.s", policy_document=FIRST),
    )
    (key,), (identity,) = estate.keys, estate.identities
    assert key_in_words(key) == "explicit: First"
    assert identity_in_words(identity).partition(": ")[2] == "First, Second, First"
    assert identity.trust is not None
    assert [one.sid for one in identity.trust.statements] == ["Second"]


@pytest.mark.parametrize(
    ("unknown", "references"),
    [
        pytest.param([{"policy_document": True}, {}], DOCUMENTS, id="which of two"),
        pytest.param([{"policy_document": True}, {}], [DOCUMENTS[0], "local.names"], id="or something else"),
        pytest.param([True, {}], DOCUMENTS[:1], id="nothing of it is known"),
        pytest.param([{"policy_document": True, "policy_name": True}, {}], DOCUMENTS[:1], id="not its name"),
    ],
)
def test_inline_policies_that_may_be_others_are_not_followed(unknown: Json, references: list[str]) -> None:
    known: Json = [{"policy_name": "p"}, {"policy_name": "q", "policy_document": document("Known")}]
    role = Change("awscc_iam_role.r", {"role_name": "r", "policies": known}, {"policies": unknown})
    estate = planned([role], configured("awscc_iam_role.r", policies=to(*references)))
    (identity,) = estate.identities
    assert "First" not in identity_in_words(identity)
    assert "Known" in identity_in_words(identity)


def test_identities_and_policies_that_a_plan_does_not_know_yet_are_followed() -> None:
    changes = [
        Change(
            "awscc_iam_role.r",
            {"managed_policy_arns": [None]},
            {"role_name": True, "arn": True, "managed_policy_arns": [True]},
        ),
        Change(
            "awscc_iam_managed_policy.m", {"policy_document": document("Managed")}, {"policy_arn": True, "id": True}
        ),
        Change("awscc_iam_role_policy.s", {"policy_document": document("Inline")}, {"role_name": True}),
        Change('awscc_iam_role.e["x"]', {}, {"role_name": True, "permissions_boundary": True}),
        Change(
            'awscc_iam_managed_policy.e["x"]', {"policy_document": document("Each")}, {"policy_arn": True, "id": True}
        ),
        Change("aws_kms_grant.g", {"operations": ["Decrypt"]}, {"grantee_principal": True, "key_id": True}),
        Change("awscc_kms_key.k", {"key_policy": document("Key", "111122223333")}, {"arn": True, "key_id": True}),
    ]
    each: Json = {"references": ["awscc_iam_managed_policy.e", "each.key"]}
    estate = planned(
        changes,
        configured("awscc_iam_role.r", managed_policy_arns=to("awscc_iam_managed_policy.m.policy_arn"), role_name={}),
        configured("awscc_iam_role_policy.s", role_name=to("awscc_iam_role.r.role_name"), policy_document={}),
        configured("awscc_iam_role.e", permissions_boundary=each, role_name={}),
        configured("awscc_iam_managed_policy.e", policy_document={}),
        configured("awscc_iam_managed_policy.m", policy_document={}),
        configured("awscc_kms_key.k", key_policy={}),
        configured("aws_kms_grant.g", grantee_principal=to("awscc_iam_role.r.arn"), key_id=to("awscc_kms_key.k.arn")),
    )
    words = [identity_in_words(identity).partition(": ")[2] for identity in estate.identities]
    assert words == ["Managed, Inline", "bounded by Each"]
    (grant,) = estate.grants
    assert ":role/${awscc_iam_role.r.role_name" in str(grant.grantee)
    assert "awscc_kms_key.k" in str(grant.key)


def test_the_policy_of_a_key_that_exists_is_the_one_it_has() -> None:
    """Nobody has written it, and AWS tells what it is."""
    key = Change("awscc_kms_key.k", {"key_policy": document("Own", "111122223333")}, action="no-op")
    (found,) = planned([key], configured("awscc_kms_key.k")).keys
    assert key_in_words(found) == "explicit: Own"


def test_inline_policies_of_a_plan_stand_in_the_sources(tmp_path: Path) -> None:
    main = """
resource "awscc_iam_role" "r" {
  role_name = "r"
  policies = [
    {
      policy_name = "p"
      policy_document = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Sid = "P", Effect = "Allow", Action = "kms:*", Resource = "*" }]
      })
    },
  ]
}
"""
    role: Json = {"role_name": "r", "policies": [{"policy_name": "p", "policy_document": document("P")}]}
    root = module(configured("awscc_iam_role.r", role_name={}, policies={}))
    text = json.dumps(plan([Change("awscc_iam_role.r", role, {"arn": True})], root))
    outcome = run(tmp_path, main_tf=main, plan_json=text)
    assert places(outcome) == [("KMS207", "main.tf", 9)]
    assert outcome.counts.estates == 1
