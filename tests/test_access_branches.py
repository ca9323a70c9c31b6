"""`kmslint access` where keys, roles and IAM policies are there in some branches of a template only."""

from __future__ import annotations

import json
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
