"""A tree in which a run asks the file system for about everything that it ever asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from hostile_companions import PLAN_TEXT
from hostile_inputs import POLICY, TEMPLATE, hcl_key

_NESTS: Final = """\
Resources:
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested/key.yaml}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../include.yaml}}
"""
_INCLUDED: Final = """\
- PolicyName: p
  PolicyDocument: {Statement: [{Effect: Allow, Action: "kms:*", Resource: "*"}]}
"""
_EXPORTS: Final = "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: '*', Export: {Name: everybody}}}\n"
_PARAMETER: Final = "Parameters: {Who: {Type: String}}\n"
_IMPORTED: Final = TEMPLATE.replace('Principal: "*"', "Principal: {AWS: !ImportValue everybody}")
_GIVEN: Final = TEMPLATE.replace('Principal: "*"', "Principal: {AWS: !Ref Who}")
_CONFIGURED: Final = """\
variable-files: [configured.tfvars]
parameter-files: [parameters.json]
overrides:
  - {paths: [nothing/], ignore: [KMS2]}
"""
_CALLER: Final = f"""\
module "local" {{
  source = "../modules/key"
  who    = var.who
}}
module "fetched" {{
  source = "example/key/aws"
}}
variable "who" {{}}
{hcl_key('file("policy.json")', name="read")}"""
_CALLEE: Final = 'variable "who" {}\n' + hcl_key(
    'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = var.who }, '
    'Action = "kms:*", Resource = "*" }] })'
)
_MANIFEST: Final = json.dumps(
    {"Modules": [{"Key": "fetched", "Source": "registry.terraform.io/example/key/aws", "Dir": ".terraform/modules/f"}]}
)
_ASSEMBLY: Final = json.dumps(
    {
        "version": "36.0.0",
        "artifacts": {
            "S": {
                "type": "aws:cloudformation:stack",
                "environment": "aws://111122223333/eu-west-1",
                "properties": {"templateFile": "S.template.json", "parameters": {"Whom": "*"}},
            }
        },
    }
)
_SYNTHESIZED: Final = json.dumps(
    {
        "Parameters": {"Whom": {"Type": "String"}},
        "Resources": {
            "K": {
                "Type": "AWS::KMS::Key",
                "Properties": {"KeyPolicy": json.loads(POLICY.replace('"*"', '{"Ref": "Whom"}', 1))},
            }
        },
    }
)
BASELINE: Final = "baseline.json"
FILES: Final = {
    ".kmslint.yaml": _CONFIGURED,
    ".gitignore": "ignored/\n",
    BASELINE: '{"version": 1, "findings": []}\n',
    "configured.tfvars": 'who = "*"\n',
    "parameters.json": '{"Who": "*"}\n',
    "ignored/key.yaml": TEMPLATE,
    "cfn/nests.yaml": _NESTS,
    "cfn/nested/key.yaml": TEMPLATE,
    "include.yaml": _INCLUDED,
    "cfn/exports.yaml": _EXPORTS,
    "cfn/imports.yaml": _IMPORTED,
    "cfn/given.yaml": f"{_PARAMETER}{_GIVEN}",
    "cfn/suppressed.yaml": f"# kmslint: ignore-file[KMS201] a reason\n{TEMPLATE}",
    "cdk.out/S.template.json": _SYNTHESIZED,
    "cdk.out/manifest.json": _ASSEMBLY,
    "live/main.tf": _CALLER,
    "live/policy.json": POLICY,
    "live/terraform.tfvars": 'who = "*"\n',
    "live/.terraform/modules/modules.json": _MANIFEST,
    "live/.terraform/modules/f/main.tf": hcl_key(name="fetched"),
    "modules/key/main.tf": _CALLEE,
    "plans/plan.json": PLAN_TEXT,
    "plans/main.tf": hcl_key(),
}


def make_tree(root: Path) -> None:
    """Write the tree, with a link in it, as a repository."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / ".git").mkdir()
    (root / "cfn" / "linked.yaml").symlink_to("nested/key.yaml")
