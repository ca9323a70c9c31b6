"""Trees of several files: fixtures of modules, stacks and configurations with changes in them."""

from __future__ import annotations

import json
from random import Random
from typing import Final

from fuzzing.inputs import File, Input, Value
from fuzzing.mutations import mutated
from fuzzing.sources import MARKERS, Pool
from fuzzing.tokens import ACCOUNT, FOREIGN, WORDS
from fuzzing.values import odd_value, varied
from fuzzing.yaml_writer import YamlWriter

_TEMPLATE: Final = b"""Parameters: {P: {Type: String}}
Resources:
  K:
    Type: AWS::KMS::Key  # kmslint: ignore[KMS501] rotated by hand
    Properties:
      KeyPolicy:
        Statement: {Effect: Allow, Principal: "*", Action: "kms:*", Resource: !Ref P}
"""
_MODULE: Final = b"""variable "v" {}
# kmslint: ignore[KMS201] reason=known until=2099-01-01
resource "aws_kms_key" "k" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = var.v, Action = "kms:*", Resource = "*" }] })
}
"""
_CONFIGURED: Final[dict[str, Value]] = {
    "select": ["KMS2"],
    "ignore": ["KMS501", "KMS4"],
    "extend_select": ["KMS3"],
    "profile": "strict",
    "min_severity": "low",
    "fail_on": "never",
    "account": ACCOUNT,
    "deployer": f"arn:aws:iam::{ACCOUNT}:role/Deploy",
    "trusted_accounts": [FOREIGN],
    "organizations": ["o-a1b2c3d4e5"],
    "durable_administrators": ["role/Admin*"],
    "variables": {"v": "*"},
    "variable_files": ["v.tfvars"],
    "parameters": {"P": "x"},
    "parameter_files": ["p.json"],
    "join": False,
    "overrides": [{"paths": ["legacy/"], "ignore": ["KMS"], "account": FOREIGN}],
}
_BASELINE: Final = b"""{"version": 1, "findings": [
  {"path": "t.yaml", "resource": "K", "rule": "KMS201", "subject": "*", "reason": "x", "count": 2}
]}"""
_BESIDE: Final[dict[str, bytes]] = {
    "v.tfvars": b'v = "*"\n',
    "terraform.tfvars": b'v = { AWS = "*" }\n',
    "x.auto.tfvars.json": b'{"v": "*"}',
    "p.json": b'[{"ParameterKey": "P", "ParameterValue": "x"}]',
    "samconfig.toml": b'version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "P=x"\n',
    "pyproject.toml": b'[tool.kmslint]\nignore = ["KMS501"]\n',
    ".gitignore": b"legacy/\n!x\n",
    ".kmslint-baseline.json": _BASELINE,
    "legacy/t.yaml": _TEMPLATE,
    "template.yaml": b"Resources:\n  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml}}\n",
    "modules/a/main.tf": _MODULE,
    "calls.tf": b'module "a" {\n  source = "./modules/a"\n  v = "*"\n}\n',
}
_OPTIONS: Final[tuple[tuple[str, Value], ...]] = (
    ("variables", ["v=*"]),
    ("variable_files", ["v.tfvars"]),
    ("parameters", ["P=x"]),
    ("parameter_files", ["p.json"]),
    ("parameter_files", ["samconfig.toml"]),
    ("account", ACCOUNT),
    ("deployer", f"arn:aws:iam::{ACCOUNT}:role/Deploy"),
    ("profile", "strict"),
    ("no_config", True),
)
_ANYWHERE: Final = ("account", "deployer", "profile", "no_config")
"""Options that name nothing of a tree."""


def configured(random: Random, _: Pool) -> Input:
    """A template and a module with a configuration, and some of the other files that kmslint reads, any of them odd."""
    names = random.sample(tuple(_CONFIGURED), random.choice((1, 2, 3, 5)))
    value: Value = {name.replace("_", "-"): _CONFIGURED[name] for name in names}
    value = varied(random, value, random.choice((0, 0, 0, 1, 2)))
    if random.random() < 0.02:
        value = odd_value(random)
    text = YamlWriter(random).document(value)
    if random.random() < 0.02:
        text += f"{random.choice(WORDS)}: {json.dumps(random.choice(WORDS))}\n"
    files = {"t.yaml": _TEMPLATE, "main.tf": _MODULE, ".kmslint.yaml": text.encode("utf-8", "surrogatepass")}
    beside = random.sample(tuple(_BESIDE), random.choice((0, 1, 2, 4)))
    files.update({name: _BESIDE[name] for name in ("v.tfvars", "p.json", *beside)})
    how = _changed(random, files) if random.random() < 0.4 else ""
    return _tree(random, "config", how, files)


def mutated_tree(random: Random, pool: Pool) -> Input:
    """A directory of fixtures with changes to some of its files."""
    files = {file.path: file.data for file in random.choice(pool.trees)}
    how = _changed(random, files)
    if random.random() < 0.1:
        # A file under the name of another one: a module that calls itself, a template that nests itself.
        names = random.choices(tuple(files), k=2)
        files[names[0]] = files[names[1]]
    return _tree(random, "tree", how, files)


def _changed(random: Random, files: dict[str, bytes]) -> str:
    """Changes some of the files, and says how."""
    told = []
    for name in random.sample(tuple(files), min(len(files), random.choice((1, 1, 2, 3)))):
        other = files[random.choice(tuple(files))]
        files[name], how = mutated(random, files[name], other or b"x", MARKERS)
        told.append(f"{name}: {how}")
    return ", ".join(told)


def _tree(random: Random, kind: str, how: str, files: dict[str, bytes]) -> Input:
    fitting = [option for option in _OPTIONS if kind == "config" or option[0] in _ANYWHERE]
    options = random.sample(fitting, random.choice((0, 0, 0, 0, 1, 2)))
    return Input(kind, how, tuple(File(name, data) for name, data in files.items()), True, tuple(options))
