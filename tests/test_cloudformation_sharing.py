"""The policies of what a template encrypts under keys that AWS manages."""

from __future__ import annotations

import json

import pytest

from kmslint.lint import lint_text

SHARED = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}]}


@pytest.mark.parametrize(
    ("policy", "shares"),
    [
        pytest.param(SHARED, ["Policy"], id="written"),
        pytest.param(json.dumps(SHARED), ["Policy"], id="as a text"),
        pytest.param({"Ref": "Open"}, [], id="not seen"),
        pytest.param({"Ref": "AWS::NoValue"}, [], id="none"),
        pytest.param("no policy", [], id="no policy"),
    ],
)
def test_the_policy_of_a_secret_is_read_where_it_can_be_seen(policy: object, shares: list[str]) -> None:
    properties = {"SecretId": {"Ref": "Secret"}, "ResourcePolicy": policy}
    resources = {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {}},
        "Policy": {"Type": "AWS::SecretsManager::ResourcePolicy", "Properties": properties},
    }
    template = {"Parameters": {"Open": {"Type": "String"}}, "Resources": resources}
    (estate,) = lint_text("a.json", json.dumps(template).encode()).estates
    assert [share.address for share in estate.sharing.shares] == shares
