"""What KMS402 says to do about a statement without effect: a step that is to be taken as it is read."""

from __future__ import annotations

import pytest

from kmslint.lint import lint_text

TEMPLATE = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "{version}"
        Statement:
          - {{Effect: Allow, Principal: {{AWS: !Ref AWS::AccountId}}, Action: "kms:*", Resource: "*"}}
          - {{Effect: Allow, Principal: {principal}, Action: "kms:Decrypt", Resource: "{resource}"}}
"""
ROLE = '{AWS: !Sub "arn:aws:iam::${AWS::AccountId}:role/App"}'


@pytest.mark.parametrize(
    ("version", "principal", "resource", "advice"),
    [
        pytest.param("2012-10-17", ROLE, "arn:aws:s3:::b", 'write Resource: "*", which means this key', id="resource"),
        pytest.param("2012-10-17", '"*"', "arn:aws:s3:::b", "name the principals, for everybody could", id="public"),
        pytest.param("2012-10-17T00:00:00Z", ROLE, "*", 'write Version: "2012-10-17"', id="version"),
        pytest.param("2012-10-17", "{CanonicalUser: 79a5}", "*", "name the account by its id or ARN", id="canonical"),
    ],
)
def test_advice(version: str, principal: str, resource: str, advice: str) -> None:
    text = TEMPLATE.format(version=version, principal=principal, resource=resource)
    (finding,) = (one for one in lint_text("t.yaml", text.encode()).findings if one.rule_id == "KMS402")
    assert finding.advice.startswith(advice)
