"""Called modules: what each call makes of them, under which address, and where a finding then stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cases import FIXTURES, ROOT, announced_keys, cases_in, files_of, keys_of, lint_alone
from expectations import differences, read_expectations
from kmslint.engine.outcome import Outcome
from kmslint.lint import lint
from kmslint.settings import Settings
from trees import write

CASES = list(cases_in(FIXTURES / "modules"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_case(case: Path, tmp_path: Path) -> None:
    """The keys of every call with their verdicts, and the findings at their lines."""
    outcome = lint_alone(case, tmp_path, Settings())
    assert not outcome.internal_errors
    assert keys_of(outcome) == announced_keys(case)
    assert not (found := differences(read_expectations(ROOT, files_of(case)), outcome.findings)), "\n".join(found)


def related(outcome: Outcome, rule: str) -> list[tuple[str, int, str]]:
    (finding,) = [finding for finding in outcome.findings if finding.rule_id == rule]
    places = [(one.at.path, one.at.line, one.message) for one in finding.related]
    return [place for place in places if "reaches only" not in place[2]]


def linted(root: Path, *paths: str) -> Outcome:
    return lint([str(root / path) for path in paths or (".",)], Settings(root=str(root)))


def addresses(outcome: Outcome) -> list[str]:
    return [key.address for key in outcome.keys]


LOCKED = """resource "aws_kms_key" "k" {
  enable_key_rotation = true
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "logs.amazonaws.com" }, Action = "kms:*", Resource = "*" }]
  })
}
"""


def test_a_finding_in_a_module_shows_every_call_of_it(tmp_path: Path) -> None:
    write(tmp_path, "m/main.tf", text=LOCKED)
    write(tmp_path, "main.tf", text='module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}\n')
    write(tmp_path, "other/main.tf", text='module "c" {\n  source = "../m"\n}\n')
    outcome = linted(tmp_path)
    assert addresses(outcome) == ["module.a.aws_kms_key.k", "module.b.aws_kms_key.k", "module.c.aws_kms_key.k"]
    assert related(outcome, "KMS101") == [
        ("main.tf", 1, "module.a is called here"),
        ("m/main.tf", 1, "the same holds for module.b.aws_kms_key.k"),
        ("main.tf", 4, "module.b is called here"),
        ("m/main.tf", 1, "the same holds for module.c.aws_kms_key.k"),
        ("other/main.tf", 1, "module.c is called here"),
    ]


def test_instances_of_one_block_are_told_once(tmp_path: Path) -> None:
    write(tmp_path, "main.tf", text=LOCKED.replace("{", "{\n  count = 3", 1))
    outcome = linted(tmp_path)
    assert addresses(outcome) == ["aws_kms_key.k[0]", "aws_kms_key.k[1]", "aws_kms_key.k[2]"]
    assert [message for _, _, message in related(outcome, "KMS101")] == [
        "the same holds for aws_kms_key.k[1]",
        "the same holds for aws_kms_key.k[2]",
    ]


def test_a_called_module_is_read_by_itself_only_if_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, "live/main.tf", text='module "a" {\n  source = "../m"\n}\n')
    write(tmp_path, "m/main.tf", text=LOCKED)
    assert addresses(linted(tmp_path)) == ["module.a.aws_kms_key.k"]
    assert addresses(linted(tmp_path, "m")) == ["aws_kms_key.k"]
    assert addresses(linted(tmp_path, "live")) == ["module.a.aws_kms_key.k"]
    assert addresses(linted(tmp_path, "live", "m/main.tf")) == ["aws_kms_key.k", "module.a.aws_kms_key.k"]


def test_a_called_module_with_variables_of_its_own_is_a_root_module_too(tmp_path: Path) -> None:
    write(tmp_path, "live/main.tf", text='module "a" {\n  source = "../m"\n}\n')
    write(tmp_path, "m/main.tf", text=LOCKED)
    write(tmp_path, "m/terraform.tfvars", text='x = "y"\n')
    assert addresses(linted(tmp_path)) == ["aws_kms_key.k", "module.a.aws_kms_key.k"]


def test_modules_that_call_each_other_in_a_circle_are_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a/main.tf", text='module "b" {\n  source = "../b"\n}\n' + LOCKED)
    write(tmp_path, "b/main.tf", text='module "a" {\n  source = "../a"\n}\n')
    outcome = linted(tmp_path)
    assert addresses(outcome) == ["aws_kms_key.k"]
    assert [problem.reason for problem in outcome.problems] == [
        'module "a": ../a leads back to a module that it is called from'
    ]


def test_of_a_module_without_keys_only_the_outputs_are_read(tmp_path: Path) -> None:
    write(tmp_path, "label/main.tf", text='output "id" {\n  value = "name"\n}\n')
    write(tmp_path, "network/main.tf", text="not Terraform at all {{{")
    write(
        tmp_path,
        "main.tf",
        text='module "l" {\n  source = "./label"\n}\nmodule "n" {\n  source = "./network"\n}\n'
        'resource "aws_kms_alias" "a" {\n  name = "alias/${module.l.id}"\n}\n' + LOCKED,
    )
    outcome = linted(tmp_path)
    assert outcome.problems == ()
    assert (outcome.counts.candidates, outcome.counts.analysed) == (2, 2)


def test_a_role_in_a_module_that_says_nothing_of_keys_is_seen(tmp_path: Path) -> None:
    trust = '{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }'
    role = f"""resource "aws_iam_role" "r" {{
  name               = "worker"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{trust}] }})
}}
output "arn" {{
  value = aws_iam_role.r.arn
}}
"""
    write(tmp_path, "worker/main.tf", text=role)
    key = LOCKED.replace('{ Service = "logs.amazonaws.com" }', "{ AWS = module.w.arn }")
    write(tmp_path, "main.tf", text='module "w" {\n  source = "./worker"\n}\n' + key)
    assert "KMS203" in {finding.rule_id for finding in linted(tmp_path).findings}


def test_actions_on_keys_may_be_given_to_a_module_that_makes_the_policy(tmp_path: Path) -> None:
    policy = """variable "actions" {}
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}
"""
    write(tmp_path, "policy/main.tf", text=policy)
    write(tmp_path, "main.tf", text='module "p" {\n  source  = "./policy"\n  actions = ["kms:*"]\n}\n')
    assert [finding.rule_id for finding in linted(tmp_path).findings] == ["KMS207"]


def test_a_variable_that_cannot_be_null_has_its_default_in_the_place_of_null(tmp_path: Path) -> None:
    public = LOCKED.replace("jsonencode({", "jsonencode(var.policy == null ? null : {").replace(
        '{ Service = "logs.amazonaws.com" }', "{ AWS = var.policy }"
    )
    write(tmp_path, "m/main.tf", text='variable "policy" {\n  nullable = false\n  default = "*"\n}\n' + public)
    call = 'variable "open" {}\nmodule "m" {\n  source = "./m"\n  policy = var.open ? null : null\n}\n'
    write(tmp_path, "main.tf", text=call)
    assert "KMS201" in {finding.rule_id for finding in linted(tmp_path).findings}


def test_a_module_behind_a_link_out_of_the_root_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere/main.tf", text=LOCKED)
    write(tmp_path, "root/main.tf", text='module "a" {\n  source = "./m"\n}\n')
    (tmp_path / "root" / "m").symlink_to(tmp_path / "elsewhere")
    outcome = lint([str(tmp_path / "root" / "main.tf")], Settings(root=str(tmp_path / "root")))
    assert addresses(outcome) == []
    assert [problem.reason for problem in outcome.problems] == [
        'module "a": ./m holds no Terraform files, or is not inside the repository'
    ]


def test_many_modules_end_at_a_bound(tmp_path: Path) -> None:
    """Each calls the next one twice: 2^25 instances."""
    for number in range(25):
        calls = "".join(f'module "{name}" {{\n  source = "../m{number + 1}"\n}}\n' for name in "ab")
        write(tmp_path, f"m{number}/main.tf", text=calls)
    write(tmp_path, "m25/main.tf", text=LOCKED)
    outcome = linted(tmp_path)
    reasons = {re.sub(r"^module \"[ab]\": ", "", problem.reason) for problem in outcome.problems}
    assert reasons == {
        "more than 500 modules; --limit modules=N raises this",
        "nested deeper than 20 modules; --limit module-depth=N raises this",
    }


POLICY = '{"Version": "2012-10-17", "Statement": []}'


def test_an_output_by_a_name_that_is_not_known_is_any_of_them(tmp_path: Path) -> None:
    outputs = "".join(f'output "{name}" {{\n  value = <<EOT\n{POLICY}\nEOT\n}}\n' for name in ("one", "two"))
    write(tmp_path, "m/main.tf", text=outputs)
    calls = 'variable "name" {}\nmodule "m" {\n  source = "./m"\n}\n'
    keys = "".join(
        f'resource "aws_kms_key" "k{number}" {{\n  policy = module.m[{index}]\n}}\n'
        for number, index in enumerate(('"one"', "var.name", '"three"'))
    )
    write(tmp_path, "main.tf", text=calls + keys)
    assert [key.policy for key in linted(tmp_path).keys] == ["explicit", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("given", "policy"),
    [
        (f"{{ name = 1, policy = <<EOT\n{POLICY}\nEOT\n}}", "explicit"),
        ("merge({ name = 1 }, var.more)", "unknown"),
        ("merge(var.more, { name = 1 })", "unknown"),
        (f"merge(var.more, {{ name = 1, policy = <<EOT\n{POLICY}\nEOT\n}})", "explicit"),
        ("{ name = 1, (var.more) = 2 }", "unknown"),
        # What is not given is null, and the key has AWS's default policy.
        ("{ name = 1 }", "default"),
    ],
)
def test_an_attribute_may_come_from_a_map_that_is_not_known(given: str, policy: str, tmp_path: Path) -> None:
    types = ("object({ name = string, policy = string })", "object({ name = string, policy = optional(string) })")
    for type_ in types if policy != "default" else types[1:]:
        wanted = f'variable "v" {{\n  type = {type_}\n}}\nresource "aws_kms_key" "k" {{\n  policy = var.v.policy\n}}\n'
        write(tmp_path, "m/main.tf", text=wanted)
        write(tmp_path, "main.tf", text=f'variable "more" {{}}\nmodule "m" {{\n  source = "./m"\n  v = {given}\n}}\n')
        (key,) = linted(tmp_path, str(tmp_path / "main.tf")).keys
        assert (key.address, key.policy) == ("module.m.aws_kms_key.k", policy)
