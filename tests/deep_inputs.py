"""Templates and modules in which something nests as deep as is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final


def _in_policy(value: str) -> str:
    return (
        "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy:\n        Statement:\n"
        f'          - {{Effect: Allow, Principal: "*", Action: "kms:*", Resource: {value}}}\n'
    )


def _in_json(value: str) -> str:
    policy = f'{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": {value}}}]}}'
    return f'{{"Resources": {{"K": {{"Type": "AWS::KMS::Key", "Properties": {{"KeyPolicy": {policy}}}}}}}}}'


def _in_text(value: str) -> str:
    policy = f'{{"Statement": [{{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": {value}}}]}}'
    return f'{{"Resources": {{"K": {{"Type": "AWS::KMS::Key", "Properties": {{"KeyPolicy": {json.dumps(policy)}}}}}}}}}'


def _key(expression: str) -> str:
    return f'resource "aws_kms_key" "k" {{\n  policy = jsonencode({expression})\n}}\n'


def _locals(depth: int) -> str:
    chain = "".join(f"  a{number} = [local.a{number + 1}]\n" for number in range(depth))
    return f"locals {{\n{chain}  a{depth} = 1\n}}\n{_key('local.a0')}"


def _around(opening: str, inside: str, closing: str = "") -> Callable[[int], str]:
    return lambda depth: opening * depth + inside + closing * depth


def _of(write: Callable[[str], str], inner: Callable[[int], str]) -> Callable[[int], str]:
    return lambda depth: write(inner(depth))


_TEMPLATES: Final = {
    "lists": _around("[", "a", "]"),
    "maps": _around("{a: ", "a", "}"),
    "Join": _around("!Join ['', [x, ", "a", "]]"),
    "If": _around("!If [C, x, ", "a", "]"),
    "Sub": _around("!Sub ['${a}', {a: ", "a", "}]"),
    "ToJsonString": _around("{Fn::ToJsonString: ", "a", "}"),
    "Select": _around("!Select [0, [", "a", "]]"),
}
_EXPRESSIONS: Final = {
    "parentheses": _around("(", "1", ")"),
    "tuples": _around("[", "1", "]"),
    "objects": _around("{a=", "1", "}"),
    "conditionals": _around("var.x ? 1 : ", "1"),
    "sums": _around("1 + ", "1"),
    "negations": _around("!", "true"),
    "calls": _around("upper(", '"a"', ")"),
    "templates": _around('"${', "1", '}"'),
    "directives": lambda depth: '"' + "%{ if var.x }" * depth + "1" + "%{ endif }" * depth + '"',
    "loops": _around("[for a in ", "[1]", " : a]"),
    "indexes": lambda depth: "a" + "[0]" * depth,
    "attributes": lambda depth: "a" + ".b" * depth,
    "splats": lambda depth: "a" + "[*]" * depth,
    "jsonencode": _around("jsonencode(", "1", ")"),
    "jsondecode": _around("jsondecode(", '"1"', ")"),
    "flatten": lambda depth: f"flatten({'[' * depth}1{']' * depth})",
    "broken": _around("[", "1 +* ", "]"),
}
DEEP: Final[dict[str, tuple[str, Callable[[int], str]]]] = {
    **{f"template {name}": ("a.yaml", _of(_in_policy, inner)) for name, inner in _TEMPLATES.items()},
    "JSON": ("a.json", _of(_in_json, _around("[", "1", "]"))),
    "policy text": ("a.json", _of(_in_text, _around("[", "1", "]"))),
    **{f"module {name}": ("a.tf", _of(_key, inner)) for name, inner in _EXPRESSIONS.items()},
    "module blocks": ("a.tf", lambda depth: 'resource "aws_kms_key" "k" {\n' + "b {\n" * depth + "}\n" * depth + "}\n"),
    "module locals": ("a.tf", _locals),
    "Terraform JSON": (
        "a.tf.json",
        lambda depth: f'{{"resource": {{"aws_kms_key": {{"k": {{"policy": {"[" * depth}{"]" * depth}}}}}}}}}',
    ),
}
"""By name: the file that it is, and its text."""
