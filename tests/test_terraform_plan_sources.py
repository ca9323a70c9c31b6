"""Plans beside the configuration they were made of: where findings stand, and whether both have to be judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kmslint.values import Json
from terraform_plans import Change, module, plan
from test_terraform_plans import MAIN, UNKNOWN_KEY, places, planned, policy, role, run

ROTATED: dict[str, Json] = {"enable_key_rotation": True}
KEYS = """
variable "names" {}
variable "admin" {
  default = "arn:aws:iam::111122223333:root"
}
resource "aws_kms_key" "a" {
  enable_key_rotation = true
  tags                = { Name = "a" }
}
"""
SECOND = """
resource "aws_kms_key" "b" {
  enable_key_rotation = true
  %s
}
"""
EACH = """
resource "aws_kms_key" "each" {
  for_each            = { x = 10, y = 20 }
  enable_key_rotation = true
  deletion_window_in_days = each.value
}
"""
INLINE = """
resource "aws_iam_role" "r" {
  name = "r"
  inline_policy {
    name   = "first"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
  %s {
    name   = "second"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = %s, Resource = "*" }] })
  }
}
"""
DYNAMIC = """dynamic "inline_policy" {
    for_each = var.names
    content {
      name = "third"
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
    }
  }
  inline_policy"""
NO_INLINE = """
resource "aws_iam_role" "r" {
  name = "r"
  inline_policy {}
}
"""
GRANT = """
resource "aws_kms_grant" "g" {
  operations = ["Decrypt"]
  %s
}
"""
ATTACHED = """
resource "aws_iam_role_policy_attachment" "p" {
  role       = "%s"
  policy_arn = "arn:aws:iam::aws:policy/%s"
}
"""
WRITTEN = """
resource "aws_kms_key" "b" {
  enable_key_rotation = true
  policy              = %s
}
"""
SPELT = 'jsonencode({ Version = "2012-10-17", Statement = %s })'
STATEMENT = '{ Sid = "S%d", Effect = "Allow", Principal = { AWS = "%s" }, Action = "kms:*", Resource = "*" }'
ONE, TWO, LISTED = (SPELT % each for each in (f"[{STATEMENT % (0, 1)}]", f"[{STATEMENT % (0, 2)}]", "var.names"))
MORE = SPELT % f"concat([{STATEMENT % (0, 1)}], var.names)"
CONSTRAINTS = 'constraints {\n    encryption_context_equals = { a = "b" }\n  }'


def inline_role(action: str) -> Change:
    """In another order than it is written in."""
    texts = {
        name: json.dumps({"Statement": [{"Effect": "Allow", "Action": one, "Resource": "*"}]})
        for name, one in (("second", action), ("first", "s3:*"))
    }
    return role(inline_policy=[{"name": name, "policy": text} for name, text in texts.items()])


def each_key(name: str, days: int) -> Change:
    return Change(f'aws_kms_key.each["{name}"]', {**ROTATED, "deletion_window_in_days": days}, UNKNOWN_KEY)


def attached(name: str, policy: str) -> Change:
    arn = f"arn:aws:iam::aws:policy/{policy}"
    return Change("aws_iam_role_policy_attachment.p", {"role": name, "policy_arn": arn})


def planned_key(*who: str) -> Change:
    return Change("aws_kms_key.b", {**ROTATED, "policy": policy(*who)}, UNKNOWN_KEY)


GRANTED = Change("aws_kms_grant.g", {"operations": ["Decrypt"], "constraints": []})
CONSTRAINED = GRANTED._replace(
    after={"operations": ["Decrypt"], "constraints": [{"encryption_context_equals": {"a": "b"}}]}
)


@pytest.mark.parametrize(
    ("more", "changes", "variables", "told"),
    [
        pytest.param("", [], {}, True, id="the same"),
        pytest.param(SECOND % "", [], {}, False, id="a key that is not planned"),
        pytest.param(SECOND % "count = length(var.names)", [], {}, True, id="one that may not be there"),
        pytest.param("", [Change("aws_kms_key.b", ROTATED, UNKNOWN_KEY)], {}, False, id="a key that is not written"),
        pytest.param(EACH, [each_key("x", 10), each_key("y", 20)], {}, True, id="each instance with its own"),
        pytest.param(EACH, [each_key("x", 10), each_key("y", 10)], {}, False, id="one with another's"),
        pytest.param(INLINE % ("inline_policy", '"kms:*"'), [inline_role("kms:*")], {}, True, id="inline policies"),
        pytest.param(INLINE % ("inline_policy", '"kms:*"'), [inline_role("ec2:*")], {}, False, id="another of them"),
        pytest.param(INLINE % (DYNAMIC, '"kms:*"'), [inline_role("kms:*")], {}, True, id="one perhaps"),
        pytest.param(NO_INLINE, [role(inline_policy=[{"name": "", "policy": ""}])], {}, True, id="none of them"),
        pytest.param(GRANT % CONSTRAINTS, [CONSTRAINED], {}, True, id="a constrained grant"),
        pytest.param(GRANT % "", [CONSTRAINED], {}, False, id="constrained in the plan alone"),
        pytest.param(ATTACHED % ("r", "a"), [attached("r", "a")], {}, True, id="an attachment"),
        pytest.param(ATTACHED % ("r", "a"), [attached("r", "b")], {}, False, id="of another policy"),
        pytest.param(ATTACHED % ("r-${var.names}", "a"), [attached("r-1", "a")], {}, True, id="perhaps to that role"),
        pytest.param(ATTACHED % ("r-${var.names}", "a"), [attached("s", "a")], {}, False, id="certainly to another"),
        pytest.param(WRITTEN % ONE, [planned_key("1")], {}, True, id="a policy"),
        pytest.param(WRITTEN % TWO, [planned_key("1")], {}, False, id="another policy"),
        pytest.param(WRITTEN % LISTED, [planned_key("1")], {}, True, id="statements that are not known"),
        pytest.param(WRITTEN % MORE, [planned_key("1", "2")], {}, False, id="not known how many more"),
        pytest.param(WRITTEN % "var.names", [planned_key("1")], {}, True, id="a policy that is not known"),
        pytest.param(WRITTEN % f"var.names ? {TWO} : {ONE}", [planned_key("1")], {}, True, id="one of two"),
        # Nothing that is compared says so, but for the variable.
        pytest.param("", [], {"admin": "*"}, False, id="another variable"),
        pytest.param("", [], {"admin": "arn:aws:iam::111122223333:root", "names": ["x"]}, True, id="no other variable"),
    ],
)
def test_the_sources_are_judged_too_unless_the_plan_tells_all_of_them(
    more: str, changes: list[Change], variables: dict[str, Json], told: bool, tmp_path: Path
) -> None:
    first = Change("aws_kms_key.a", {**ROTATED, "tags": {"Name": "other"}}, UNKNOWN_KEY)
    given: Json = {name: {"value": value} for name, value in variables.items()}
    text = json.dumps(plan([first, *changes], module(), variables=given))
    outcome = run(tmp_path, main_tf=KEYS + more, plan_json=text)
    assert not outcome.problems
    assert outcome.counts.estates == (1 if told else 2)


def test_findings_stand_in_the_branch_that_the_plan_took(tmp_path: Path) -> None:
    either = MAIN.replace("policy = jsonencode(", "policy = var.other ? var.other : jsonencode(") % '"*"'
    no_key = either.replace("var.other : ", 'jsonencode({ Version = "2012-10-17", Statement = [] }) : ')
    assert places(run(tmp_path / "a", main_tf=no_key, plan_json=planned("*"))) == [("KMS201", "main.tf", 12)]
    # Where the other branch is not known the plan may be either.
    assert places(run(tmp_path / "b", main_tf=either, plan_json=planned("*"))) == [("KMS201", "main.tf", 7)]
