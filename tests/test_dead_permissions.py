"""The keys that a statement names are found without asking about each of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from cases import FIXTURES
from kmslint.access.dead_permissions import Keys
from kmslint.access.resources import names_key
from kmslint.discovery import discover
from kmslint.estates import read_estates
from kmslint.lint import lint_text
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Estate, PolicyOrigin
from kmslint.model.policy import Statement, texts
from kmslint.verdict import YES


def estates() -> Iterator[Estate]:
    for name in ("KMS301", "KMS304", "templates", "articles", "equivalent"):
        yield from read_estates(discover([str(FIXTURES / name)], str(FIXTURES)), None).estates


def named_one_by_one(statement: Statement, estate: Estate) -> list[tuple[str, int]]:
    found = []
    for key, _ in estate.key_documents():
        for element in texts(statement.resources) if key.policy.origin is PolicyOrigin.EXPLICIT else ():
            arn = parse_arn(element)
            if arn and "*" not in str(arn.resource) and names_key(element, key, estate.accounts_of(key)) is YES:
                found.append((key.address, element.at.start))
                break
    return found


def test_the_same_keys_are_found_one_by_one() -> None:
    named = 0
    for estate in estates():
        keys = Keys(estate)
        for policy in estate.policies:
            for statement in policy.document.statements if policy.document else ():
                found = [(key.address, element.at.start) for key, _, element in keys.named_in(statement)]
                assert found == named_one_by_one(statement, estate)
                named += len(found)
    assert named > 20


def test_many_keys_and_roles_are_judged_in_time() -> None:
    count = 150
    resources: dict[str, object] = {}
    for number in range(count):
        root = {"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}}
        policy = {"Version": "2012-10-17", "Statement": [{**root, "Action": "kms:*", "Resource": "*"}] * 3}
        resources[f"Key{number}"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
        allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": {"Fn::GetAtt": [f"Key{number}", "Arn"]}}
        inline = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow] * 3}}
        resources[f"Role{number}"] = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [inline]}}
    started = time.process_time()
    outcome = lint_text("t.json", json.dumps({"Resources": resources}).encode())
    assert time.process_time() - started < 5
    assert len(outcome.keys) == count
