"""Calls of modules that are written to mislead: no directory with keys is passed over, whoever seems to call it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kmslint.discovery import discover
from kmslint.engine.outcome import Outcome
from kmslint.estates import read_estates
from kmslint.lint import lint
from kmslint.settings import Settings
from measured import in_its_own_time
from trees import MODULE, write

CALL = 'module "m" {\n  source = "%s"\n}\n'


def outcome_of(root: Path, *paths: str) -> Outcome:
    return lint([str(root / path) for path in paths or (".",)], Settings(root=str(root)))


def keys(outcome: Outcome) -> list[tuple[str, str]]:
    return [(key.path, key.address) for key in outcome.keys]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"main.tf": '# source = "./m"\n'}, id="in a comment"),
        pytest.param({"main.tf": 'locals {\n  x = { source = "./m" }\n}\n'}, id="in an object"),
        pytest.param({"main.tf": "locals {}\n", "terraform.tfvars": 'x = { source = "./m" }\n'}, id="in a value"),
        pytest.param({"main.tf": CALL % "./m", "main_override.tf": CALL % "./n"}, id="overridden"),
        pytest.param({"main.tf": CALL % "./m\0"}, id="a NUL"),
    ],
)
def test_what_only_seems_to_be_called_is_read_by_itself(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        write(tmp_path, name, text=text)
    write(tmp_path, "m/main.tf", text=MODULE)
    write(tmp_path, "n/main.tf", text="locals {}\n")
    assert keys(outcome_of(tmp_path)) == [("m/main.tf", "aws_kms_key.key")]


def test_every_key_of_a_long_chain_is_found(tmp_path: Path) -> None:
    """A call beyond the last level is a problem, and what is called there is read by itself."""
    for number in range(100):
        write(tmp_path, f"d{number}/main.tf", text=MODULE + CALL % f"../d{number + 1}")
    write(tmp_path, "d100/main.tf", text=MODULE)
    start = time.process_time()
    outcome = outcome_of(tmp_path)
    assert time.process_time() - start < 10
    assert len({key.path for key in outcome.keys}) == 101
    assert {problem.reason for problem in outcome.problems} == {
        'module "m": nested deeper than 20 modules; --limit module-depth=N raises this'
    }


def test_a_source_on_a_line_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "env/main.tf.json", text='{"module": {"m": {"source":\n"../m"}}}')
    write(tmp_path, "m/main.tf", text=MODULE)
    assert keys(outcome_of(tmp_path, "env")) == [("m/main.tf", "module.m.aws_kms_key.key")]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("main.tf", '("../m")'),
        ("main.tf", '/* it is */ "../m"'),
        ("main.tf", r'"\u002e./m"'),
        ("main.tf", "<<END\n../m\nEND"),
        ("main.tf", '"../${"m"}"'),
        ("main.tf.json", r'"\u002e./m"'),
    ],
)
def test_a_source_that_no_search_finds_is_a_problem(name: str, source: str, tmp_path: Path) -> None:
    text = f'module "m" {{\n  source = {source}\n}}\n'
    if name.endswith(".json"):
        text = f'{{"module": {{"m": {{"source": {source}}}}}}}'
    write(tmp_path, f"env/{name}", text=text)
    write(tmp_path, "m/main.tf", text=MODULE)
    assert [problem.path for problem in outcome_of(tmp_path, "env").problems] == [f"env/{name}"]


@in_its_own_time
def test_instances_of_instances_are_few(tmp_path: Path) -> None:
    """64 times 64 times 64 keys: beyond some number, one stands for all."""
    each = "  for_each = toset([for one in range(64) : tostring(one)])\n"
    call = 'module "m" {\n' + each + '  source = "%s"\n}\n'
    write(tmp_path, "main.tf", text=call % "./m")
    write(tmp_path, "m/main.tf", text=call % "../n")
    write(tmp_path, "n/main.tf", text='resource "aws_kms_key" "key" {\n' + each + "}\n")
    start = time.process_time()
    outcome = outcome_of(tmp_path)
    assert time.process_time() - start < 10
    assert len(outcome.keys) < 3_000
    assert {problem.path for problem in outcome.problems} == {"main.tf", "m/main.tf", "n/main.tf"}


def test_a_large_module_is_not_called_without_end(tmp_path: Path) -> None:
    write(tmp_path, "main.tf", text="".join(CALL.replace('"m"', f'"m{n}"') % "./m" for n in range(60)))
    write(tmp_path, "m/main.tf", text="".join(MODULE.replace('"key"', f'"k{n}"') for n in range(100)))
    outcome = outcome_of(tmp_path)
    assert len(outcome.keys) == 3_100
    assert {problem.line for problem in outcome.problems} == {1 + 3 * n for n in range(31, 60)}


ROLE = """
# of kms
variable "action" {}
resource "aws_iam_role" "r" {
  name = "same"
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = var.action, Resource = "*" }] })
}
"""
PROVIDERS = 'provider "aws" {}\nprovider "aws" {\n  alias   = "b"\n  profile = "b"\n}\n'


@pytest.mark.parametrize("providers", ["", "  providers = { aws = aws.b }\n"])
def test_roles_of_one_name_in_two_modules_have_their_own_policies(providers: str, tmp_path: Path) -> None:
    calls = [f'module "{n}" {{\n  source = "./m"\n  action = "kms:{n}"\n' for n in ("Encrypt", "Decrypt")]
    write(tmp_path, "main.tf", text=f"{PROVIDERS}{calls[0]}}}\n{calls[1]}{providers}}}\n")
    write(tmp_path, "m/main.tf", text=ROLE)
    (estate,) = read_estates(discover([str(tmp_path)], str(tmp_path)), None).estates
    found = {identity.address: [policy.address for policy in identity.policies] for identity in estate.identities}
    assert found == {
        f"module.{n}.aws_iam_role.r": [f"module.{n}.aws_iam_role_policy.p"] for n in ("Encrypt", "Decrypt")
    }


def test_a_policy_goes_to_the_role_of_its_own_account(tmp_path: Path) -> None:
    role = 'resource "aws_iam_role" "%s" {\n  name = "same"\n%s}\n'
    policy = 'resource "aws_iam_role_policy" "%s" {\n  role = "same"\n%s  policy = "{}"\n}\n'
    other = "  provider = aws.b\n"
    text = PROVIDERS + role % ("a", "") + role % ("b", other) + policy % ("a", "") + policy % ("b", other)
    write(tmp_path, "main.tf", text=text + MODULE)
    (estate,) = read_estates(discover([str(tmp_path)], str(tmp_path)), None).estates
    found = {identity.address: [policy.address for policy in identity.policies] for identity in estate.identities}
    assert found == {f"aws_iam_role.{n}": [f"aws_iam_role_policy.{n}"] for n in "ab"}


def test_a_call_opens_no_directory_to_expressions(tmp_path: Path) -> None:
    """Without a repository only the given directories are readable, whatever is called from them."""
    read = (
        'jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = file("../.ssh/id") }, Action = "kms:*" }] })'
    )
    write(tmp_path, "p/main.tf", text=CALL % "../.ssh" + f'resource "aws_kms_key" "k" {{\n  policy = {read}\n}}\n')
    write(tmp_path, ".ssh/id", text="hidden")
    assert "hidden" not in repr(read_estates(discover([str(tmp_path / "p")], str(tmp_path)), None))


@pytest.mark.parametrize("others", ["", "    random = random\n", "    kubernetes = kubernetes.b\n    awscc = awscc\n"])
def test_a_provider_of_another_kind_takes_nobodys_place(others: str, tmp_path: Path) -> None:
    call = CALL.replace("}\n", "  providers = {\n    aws = aws.b\n%s  }\n}\n") % ("./m", others)
    write(tmp_path, "main.tf", text=PROVIDERS + call)
    write(tmp_path, "m/main.tf", text='resource "aws_kms_key" "k" {}\n')
    (estate,) = read_estates(discover([str(tmp_path)], str(tmp_path)), None).estates
    assert [key.account for key in estate.keys] == ["b"]


def test_a_long_chain_of_conditions_costs_little(tmp_path: Path) -> None:
    """Each says which collection is the `for_each`."""
    maps = "".join(f'var.v{number} ? {{ k{number} = "" }} : ' for number in range(40))
    variables = "".join(f'variable "v{number}" {{}}\n' for number in range(40))
    write(tmp_path, "main.tf", text=f'{variables}resource "aws_kms_key" "k" {{\n  for_each = {maps}{{}}\n}}\n')
    started = time.process_time()
    assert len(outcome_of(tmp_path).keys) == 40
    assert time.process_time() - started < 5
