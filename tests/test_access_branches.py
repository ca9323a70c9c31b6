"""`kmslint access` where keys, roles and IAM policies are there in some branches of a template only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cases import ROOT
from commands import run

BRANCHES = "fixtures/access/branches.yaml"
PRESUMED = "fixtures/access/presumed.yaml"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """The keys of the report by address."""
    monkeypatch.chdir(ROOT)
    report = json.loads(run(capsys, "access", "--format", "json", BRANCHES).out)
    return {key["address"]: key for key in report["keys"]}


def row(key: dict[str, Any], principal: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [each for each in key["principals"] if each["principal"] == principal]
    (only,) = found
    return only


def answer(key: dict[str, Any], principal: str, action: str) -> tuple[str, str]:
    actions = (each["actions"] for each in row(key, principal)["uses"])
    (found,) = [each[action] for each in actions if action in each]
    return found["answer"], found["conditions"]


def test_who_is_there_in_some_branches_says_so_and_is_judged_where_it_is_there(
    keys: dict[str, dict[str, Any]],
) -> None:
    assert row(keys["Key"], "role NotProdRole")["only_when"] == ["IsProd is false"]
    assert answer(keys["Key"], "role NotProdRole", "kms:Decrypt") == ("yes", "")


def test_what_a_policy_gives_in_one_branch_says_in_which(keys: dict[str, dict[str, Any]]) -> None:
    assert answer(keys["Key"], "role Role", "kms:Encrypt") == ("conditional", "only when IsProd is true")


def test_a_table_takes_for_granted_what_its_key_hangs_on(keys: dict[str, dict[str, Any]]) -> None:
    assert keys["ProdKey"]["only_when"] == ["IsProd is true"]
    assert answer(keys["ProdKey"], "role Role", "kms:Encrypt") == ("yes", "")
    assert row(keys["ProdKey"], "role Role")["only_when"] == []
    assert "role NotProdRole" not in {each["principal"] for each in keys["ProdKey"]["principals"]}


def test_who_is_never_there_beside_the_key_may_do_nothing_with_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    arguments = ("access", "--format", "json", "--key", "ProdKey", "--principal", "NotProdRole", BRANCHES)
    (key,) = json.loads(run(capsys, *arguments).out)["keys"]
    assert answer(key, "role NotProdRole", "kms:Decrypt") == ("no", "")


def test_one_organisation_is_not_everybody_whichever_it_is(keys: dict[str, dict[str, Any]]) -> None:
    assert keys["Key"]["classes_unknown"] == []
    assert answer(keys["Key"], "anybody, in any account", "kms:Verify") == ("no", "")


def test_the_text_says_who_is_there_when(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    lines = run(capsys, "access", "--key", "Key", BRANCHES).out.splitlines()
    assert any(line.startswith("  role NotProdRole 3 ") for line in lines)
    assert "   3  there only when IsProd is false" in lines


def test_a_presumed_account_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (key,) = json.loads(run(capsys, "access", "--format", "json", PRESUMED).out)["keys"]
    assert key["presumed_account"] == "111122223333"
    remark = "  111122223333 is taken for the key's own account: no other stands in the policies"
    assert remark in run(capsys, "access", PRESUMED).out.splitlines()
    (known,) = json.loads(run(capsys, "access", "--format", "json", "--account", "111122223333", PRESUMED).out)["keys"]
    assert known["presumed_account"] is None


IN_ONE_BRANCH = """
Parameters:
  Env: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:*", Resource: "*"}
          - !If
            - IsProd
            - {Sid: Prod, Effect: Allow, Principal: {AWS: &dev !GetAtt Dev.Arn}, Action: "kms:Sign", Resource: "*"}
            - Sid: Rest
              Effect: Allow
              Principal: {AWS: *dev}
              Action: "kms:Sign"
              Resource: "*"
              Condition: {StringEquals: {"kms:SigningAlgorithm": RSASSA_PSS_SHA_256}}
          - !If
            - IsProd
            - {Sid: InProd, Effect: Allow, Principal: {AWS: *dev}, Action: ["kms:Verify", "kms:Encrypt"], Resource: "*"}
            - {Sid: InTest, Effect: Allow, Principal: {AWS: *dev}, Action: "kms:Verify", Resource: "*"}
  Dev:
    Type: AWS::IAM::Role
    Properties: &properties
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]
  ProdRole:
    Type: AWS::IAM::Role
    Condition: IsProd
    Properties:
      <<: *properties
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - !If
                - IsProd
                - {Effect: Allow, Action: "kms:Decrypt", Resource: "*"}
                - {Effect: Allow, Action: "kms:Encrypt", Resource: "*"}
  EitherRole:
    Type: AWS::IAM::Role
    Properties:
      <<: *properties
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - !If
                - IsProd
                - {Effect: Allow, Action: "kms:Decrypt", Resource: "*"}
                - {Effect: Allow, Action: "kms:Encrypt", Resource: "*"}
  ProdKey:
    Type: AWS::KMS::Key
    Condition: IsProd
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:*", Resource: "*"}
"""


@pytest.mark.parametrize(
    ("principal", "action", "expected", "in_prod"),
    [
        pytest.param("role Dev", "kms:Verify", ("yes", ""), "no", id="another statement in each branch"),
        pytest.param("role Dev", "kms:Encrypt", ("conditional", "only when IsProd is true"), "no", id="in one branch"),
        pytest.param("role Dev", "kms:Sign", ("unknown", ""), "no", id="on another condition in each branch"),
        pytest.param("role ProdRole", "kms:Decrypt", ("yes", ""), "yes", id="the branch in which there is the role"),
        pytest.param("role ProdRole", "kms:Encrypt", ("no", ""), "no", id="the branch in which there is no such role"),
        pytest.param(
            "role EitherRole", "kms:Decrypt", ("conditional", "only when IsProd is true"), "yes", id="the key's branch"
        ),
        pytest.param(
            "role EitherRole", "kms:Encrypt", ("conditional", "only when IsProd is false"), "no", id="the other branch"
        ),
    ],
)
def test_each_branch_is_asked(
    principal: str,
    action: str,
    expected: tuple[str, str],
    in_prod: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "t.yaml").write_text(IN_ONE_BRANCH, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = json.loads(run(capsys, "access", "--format", "json", "t.yaml").out)["keys"]
    key, prod_key = sorted(found, key=lambda one: str(one["address"]))
    assert answer(key, principal, action) == expected
    assert answer(prod_key, principal, action) == (in_prod, "")
