"""What was once passed over without a word: each text, and what has to be said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kmslint.lint import lint

KEY = 'resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n  policy = %s\n}\n'
STAR = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
OF_VARIABLE = KEY % (
    'jsonencode({ Version = "2012-10-17", Statement = '
    '[{ Effect = "Allow", Principal = { AWS = var.principals }, Action = "kms:*", Resource = "*" }] })'
)
DECLARED = 'variable "principals" {\n  default = "arn:aws:iam::111122223333:root"\n}\n'
DOCUMENT = 'data "aws_iam_policy_document" "d" {\n  source_policy_documents = [%s]\n}\n'
OF_DOCUMENT = KEY % "data.aws_iam_policy_document.d.json"
LOWER = 'jsonencode({ statement = [{ effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }] })'
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STAR]})
ESCAPED_JSON = r'{"resource": {"aws\u005fkms_key": {"k": {"policy": POLICY}}}}'
INCLUDE = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k.yaml}}\n"
TEMPLATE = "Resources:\n  T: {Type: AWS::SNS::Topic}\n  Alias: {Type: AWS::KMS::Alias, Properties: {TargetKeyId: k}}\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(
            {"m.tf": DECLARED + OF_VARIABLE, "terraform.tfvars.json": '{"principals": "*"}'},
            {"KMS201"},
            id="a variable with the name of a block",
        ),
        pytest.param(
            {
                "m.tf": KEY % 'jsonencode({ Version = "2012-10-17", Statement = local.statement })',
                "l.tf.json": json.dumps({"locals": {"statement": [STAR]}}),
            },
            {"KMS201"},
            id="a local value with the name of a block",
        ),
        pytest.param(
            {"m.tf.json": ESCAPED_JSON.replace("POLICY", json.dumps(POLICY))},
            {"KMS201", "KMS501"},
            id="a type with an escape in JSON",
        ),
        pytest.param(
            {"m.tf": (KEY % f"jsonencode({POLICY})").replace("aws_kms", r"aws\u005fkms")},
            {"KMS201"},
            id="a type with an escape in HCL",
        ),
        pytest.param({"m.tf": (KEY % f"jsonencode({POLICY})").encode("utf-16")}, {"KMS201"}, id="a wide encoding"),
        pytest.param(
            {"m.tf": KEY % '""', "b.c_override.tf": KEY % f"jsonencode({POLICY})"},
            {"KMS201"},
            id="an override file with a dot",
        ),
        pytest.param({"m.tf": DOCUMENT % LOWER + OF_DOCUMENT}, {"KMS201"}, id="statement in lower case"),
        pytest.param(
            {"m.tf": DOCUMENT % f"[{LOWER}]" + OF_DOCUMENT},
            {"KMS001", "not analysed"},
            id="a list that is no document",
        ),
        pytest.param({"m.tf": KEY.replace(' "k"', "") % '""'}, {"not analysed"}, id="a resource without a name"),
        pytest.param({"t.yaml": TEMPLATE + INCLUDE}, {"not analysed"}, id="a transform of the whole template"),
        pytest.param(
            {"t.yaml": f"Description: AWS::KMS::Key\nResources:\n  {INCLUDE}"},
            {"not analysed"},
            id="a transform alone in Resources",
        ),
    ],
)
def test_it_is_said(files: dict[str, str | bytes], said: set[str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    outcome = lint([str(tmp_path)])
    found = {finding.rule_id for finding in outcome.findings}
    found |= {"not analysed"} if outcome.counts.not_analysed else set()
    assert found - {"KMS000"} == said
