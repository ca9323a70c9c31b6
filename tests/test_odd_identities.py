"""Identities of a plan whose ARN is none: somebody has written the plan by hand, or AWS has a new form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kmslint.access.matrix import Answer
from kmslint.key_access import ask
from kmslint.lint import lint
from kmslint.settings import Settings
from terraform_plans import Change, configured, module, plan

ACCOUNT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
NAMED = {**ACCOUNT, "Principal": {"AWS": "arn:aws:iam::111122223333:role/r"}}


def written(root: Path, statement: dict[str, Any], kind: str) -> Path:
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    addresses = ("aws_kms_key.k", f"aws_iam_{kind}.r")
    changes = [Change(addresses[0], {"policy": policy}), Change(addresses[1], {"name": "r", "arn": "odd"})]
    file = root / "plan.json"
    file.write_text(json.dumps(plan(changes, module(*map(configured, addresses)))))
    return file


@pytest.mark.parametrize("kind", ["role", "user"])
@pytest.mark.parametrize("statement", [ACCOUNT, NAMED], ids=["delegated", "named"])
def test_an_identity_whose_arn_is_odd_is_nobody_whom_a_policy_names(
    tmp_path: Path, kind: str, statement: dict[str, Any]
) -> None:
    file = written(tmp_path, statement, kind)
    asked = ask(f"aws_iam_{kind}.r", "Decrypt", "aws_kms_key.k", [str(file)], Settings(account="111122223333"))
    assert asked.answered is not None
    assert asked.answered[1].answer is Answer.NO
    outcome = lint([str(tmp_path)], Settings(root=str(tmp_path)))
    assert not outcome.internal_errors
