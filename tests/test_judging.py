"""A policy that would take too long to judge is judged as far as it goes, and told of."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from kmslint import limits
from kmslint.engine.outcome import Outcome
from kmslint.errors import KmslintError
from kmslint.key_access import access
from kmslint.lint import lint, lint_text
from kmslint.settings import Settings

ACCOUNT = "arn:aws:iam::111122223333:"
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}


def costly(count: int) -> dict[str, object]:
    """A key whose policy gives it to many roles and spares each of many networks a Deny."""
    roles = [f"{ACCOUNT}role/r{number}" for number in range(count)]
    denials = [
        {**OPEN, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpc": f"vpc-{number}"}}}
        for number in range(count)
    ]
    statements = [OPEN, {**OPEN, "Principal": {"AWS": roles}}, *denials]
    return {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True, "KeyPolicy": {"Statement": statements}}}


SPARING_ONE = """
effect    = "Allow"
actions   = ["*"]
resources = ["*"]
principals {
  type        = "AWS"
  identifiers = [%s]
}
condition {
  test     = "StringNotEquals"
  variable = "aws:PrincipalArn"
  values   = ["arn:aws:iam::111122223333:role/Dev"]
}
"""
TO_ROOT_AND_TO = """
statement {
  sid       = "Root"
  effect    = "Allow"
  actions   = ["kms:*"]
  resources = [%s]
  principals {
    type        = "AWS"
    identifiers = ["arn:aws:iam::111122223333:root"]
  }
}
dynamic "statement" {
  for_each = %s
  content {
    %s
  }
}
"""


def excepting(count: int) -> str:
    """A module whose key policy hangs on what Terraform refuses, and gives everything to all but one, many times."""
    refused, other = 'lookup({}, "a")', '"arn:aws-cn:iam::111122223333:root"'
    open_lengths = [("null", refused, other), ('"a"', '"*"', other), ('"a"', '"*"', refused)]
    statements = [TO_ROOT_AND_TO % (resource, each, SPARING_ONE % who) for each, resource, who in open_lengths]
    statements += [f"statement {{\n{SPARING_ONE % other}}}\n"] * count
    document = f'data "aws_iam_policy_document" "d" {{\n{"".join(statements)}}}\n'
    return f'{document}resource "aws_kms_key" "k" {{\n  policy = data.aws_iam_policy_document.d.json\n}}\n'


def template(resources: dict[str, object]) -> bytes:
    return json.dumps({"Resources": resources}).encode()


def linted(resources: dict[str, object], decisions: int) -> Outcome:
    return lint_text("a.json", template(resources), Settings(limits=(f"decisions={decisions}",)))


def test_what_was_found_before_still_comes_out() -> None:
    whole, part = (linted({"K": costly(8)}, decisions) for decisions in (100_000, 60))
    assert not whole.problems
    (problem,) = part.problems
    assert problem.reason.startswith("takes more than 60 decisions to judge; --limit decisions=N raises this: KMS")
    assert problem.line == 1
    found = {one.rule_id for one in part.findings}
    assert found > {"KMS000"}
    unsaid = {one.rule_id for one in whole.findings} - found
    assert unsaid
    assert all(rule in problem.reason for rule in unsaid)
    assert [one.rule_id for one in part.findings].count("KMS000") == 1
    assert part.counts.not_analysed == 1
    assert not part.internal_errors


def test_a_key_that_takes_too_much_has_no_verdict() -> None:
    outcome = lint_text("a.json", template({"K": costly(8)}), Settings(limits=("decisions=1",), select=("KMS501",)))
    (key,) = outcome.keys
    assert (key.lockout, key.undecided) == ("unknown", True)
    (problem,) = outcome.problems
    assert problem.reason.endswith("raises this: the verdict on its keys may have more to say")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", template({"K": costly(150)})),
        ("a.json", template({f"K{number}": costly(150) for number in range(20)})),
        ("main.tf", excepting(200).encode()),
    ],
)
def test_nothing_takes_long(name: str, text: bytes) -> None:
    """The bound is that of the whole template or module, however many keys there are."""
    began = time.process_time()
    outcome = lint_text(name, text)
    assert time.process_time() - began < 20, "some seconds; a machine may be slow"
    assert [problem.path for problem in outcome.problems if problem.reason.startswith("takes more than")] == [name]


def test_access_says_why_it_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Resources": {"K": costly(8)}}))
    with (
        limits.within({"decisions": 3}),
        pytest.raises(KmslintError, match="takes more than 3 decisions to judge; --limit decisions=N raises this"),
    ):
        access([str(tmp_path)], Settings(), None, None)


def test_the_next_run_has_all_of_it_again(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Resources": {"K": costly(3)}}))
    assert lint([str(tmp_path)], Settings(limits=("decisions=1",))).problems
    assert not lint([str(tmp_path)]).problems
