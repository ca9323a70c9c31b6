"""A grammar of Terraform modules of one file: keys whose policies are written in each of the ways there are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Final

from fuzzing import tokens
from fuzzing.inputs import Value
from fuzzing.policies import Policies
from fuzzing.values import odd_value
from terraform_generator import AROUND, Generator

_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_-]*")
_BLOCKS: Final = (
    *('variable "v" {\n  default = "x"\n}\n', 'variable "v" {\n  type = list(string)\n}\n', 'variable "v" {}\n'),
    *('locals {\n  l = "arn:aws:iam::111122223333:root"\n  m = { a = local.l }\n}\n', "locals {\n  l = local.l\n}\n"),
    *('provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}\n', 'data "aws_caller_identity" "c" {}\n'),
    *(
        'resource "aws_iam_role" "r" {\n  name = "r"\n  assume_role_policy = jsonencode({})\n}\n',
        'output "o" {\n  value = 1\n}\n',
    ),
    *('resource "aws_kms_alias" "a" {\n  target_key_id = aws_kms_key.k.id\n}\n', 'module "m" {\n  source = "./m"\n}\n'),
    *(
        'resource "aws_kms_grant" "g" {\n  key_id = aws_kms_key.k.id\n  operations = ["Decrypt"]\n}\n',
        "moved {}\n",
        "\n",
    ),
    *(
        'resource "aws_kms_key_policy" "p" {\n  key_id = aws_kms_key.k.id\n  policy = local.l\n}\n',
        "# kmslint: ignore\n",
    ),
    *(
        "/* comment */\n",
        "terraform {}\n",
        'import {\n  to = aws_kms_key.k\n  id = "x"\n}\n',
        'check "c" {}\n',
        "x = 1\n",
    ),
)
_USED: Final = (
    *(
        "local.l",
        "var.v",
        "data.aws_caller_identity.c.account_id",
        "aws_iam_role.r.arn",
        "null",
        "each.value",
        "count.index",
    ),
    *(
        "aws_kms_key.k.arn",
        "local.m.a",
        "local.m[*]",
        "var.v[0]",
        "path.module",
        "terraform.workspace",
        "self.x",
        "module.m.o",
    ),
    *(
        '"${local.l}"',
        '"arn:aws:iam::${data.aws_caller_identity.c.account_id}:root"',
        '"%{ if true }a%{ endif }"',
        '"${"',
        "-1",
    ),
    *(
        'file("x.json")',
        'templatefile("t", {})',
        "[for x in var.v : x]",
        "{ for x in var.v : x => x }",
        "var.v...",
        "<<E\na\nE\n",
    ),
    *(
        'try(var.v, "*")',
        'coalesce("", local.l)',
        'concat(["*"], var.v)',
        'format("%s", var.v)',
        "var.v ? 1 : 2",
        'lookup({}, "a")',
    ),
)
_META: Final = (
    *(
        "count = 1\n",
        "count = var.v\n",
        'for_each = toset(["a", "b"])\n',
        "for_each = var.v\n",
        "provider = aws.x\n",
        "count = 0\n",
    ),
    *(
        "lifecycle {\n  prevent_destroy = true\n}\n",
        "depends_on = [aws_iam_role.r]\n",
        "enable_key_rotation = local.l\n",
        "tags = {}\n",
    ),
    *(
        'policy = "{}"\n',
        "bypass_policy_lockout_safety_check = true\n",
        'key_usage = "SIGN_VERIFY"\n',
        "multi_region = true\n",
    ),
    *('dynamic "timeouts" {\n  for_each = [1]\n  content {}\n}\n', "deletion_window_in_days = 7\n", "is_enabled = 1\n"),
)


class Modules:
    """Writes modules. The same state of the random numbers gives the same ones."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.policies = Policies(random)
        self.expressions = Generator(0)
        self.expressions.random = random
        self.open = random.choice((0.0, 0.02, 0.05))
        """How likely an expression stands in the place of a value."""
        self.declares = random.random() < 0.1
        """The names that random expressions use are declared."""

    def module(self) -> str:
        random = self.random
        parts = [self.key("k")]
        if random.random() < 0.1:
            parts.append(self.key(random.choice("kz")))
        parts += random.choices(_BLOCKS, k=random.choice((0, 1, 2, 3, 4)))
        if self.declares:
            parts.append(AROUND)
        random.shuffle(parts)
        text = "".join(parts)
        return text.replace("\n", "\r\n") if random.random() < 0.03 else text

    def key(self, name: str) -> str:
        random = self.random
        before, policy = self.policy()
        meta = "  " + random.choice(_META) if random.random() < 0.3 else ""
        kind = random.choice(("aws_kms_key",) * 8 + ("aws_kms_replica_key", "aws_kms_external_key"))
        return f'{before}resource "{kind}" "{name}" {{\n  policy = {policy}\n{meta}}}\n'

    def policy(self) -> tuple[str, str]:
        """The expression of a policy, and blocks that it needs."""
        random = self.random
        document = self.policies.document()
        text = json.dumps(document, ensure_ascii=random.random() < 0.7, indent=random.choice((None, None, 2)))
        ways: tuple[Callable[[], tuple[str, str]], ...] = (
            lambda: ("", f"jsonencode({self.value(document)})"),
            lambda: ("", f"jsonencode({self.value(document)})"),
            lambda: ("", f"<<{random.choice(('', '-'))}EOT\n{self.interpolated(text)}\nEOT"),
            lambda: ("", json.dumps(text).replace("${", "$${")),
            lambda: (f"locals {{\n  p = {self.value(document)}\n}}\n", "jsonencode(local.p)"),
            lambda: (self.document(document), "data.aws_iam_policy_document.d.json"),
            lambda: (self.document(document), "data.aws_iam_policy_document.d.json"),
            lambda: ("", random.choice(("", "jsonencode", "tostring")) + f"({random.choice(_USED)})"),
            lambda: ("", f"jsonencode(merge({self.value(document)}, {{ Statement = {random.choice(_USED)} }}))"),
            lambda: ("", f"{random.choice(_USED)} == 1 ? jsonencode({self.value(document)}) : null"),
        )
        return random.choice(ways)()

    def interpolated(self, text: str) -> str:
        """A text with some of its places filled by expressions."""
        random = self.random
        text = text.replace("${", "$${") if random.random() < 0.8 else text
        if random.random() < 0.3:
            return text.replace(tokens.ACCOUNT, "${" + random.choice(_USED[:8]) + "}", 1)
        return text

    def value(self, value: Value, indent: int = 0) -> str:
        """A value as an expression."""
        random = self.random
        if self.open and random.random() < self.open:
            return self.expression()
        if isinstance(value, dict):
            if not value:
                return "{}"
            if random.random() < 0.3:
                return (
                    "{ " + ", ".join(f"{self._name(name)} = {self.value(each)}" for name, each in value.items()) + " }"
                )
            margin = "\n" + " " * (indent + 2)
            rows = (f"{margin}{self._name(name)} = {self.value(each, indent + 2)}" for name, each in value.items())
            return "{" + "".join(rows) + "\n" + " " * indent + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.value(each, indent + 2) for each in value) + "]"
        if isinstance(value, str):
            return self._text(value)
        return json.dumps(value)

    def expression(self) -> str:
        if self.random.random() < 0.7 or not self.declares:
            return self.random.choice(_USED)
        return self.expressions.of(self.random.choice(("string", "list", "any")), self.random.choice((1, 2, 3)))

    def document(self, value: Value) -> str:
        """A policy as a data source, as far as it has the shape for it."""
        statements = value.get("Statement") if isinstance(value, dict) else None
        rows = statements if isinstance(statements, list) else [statements]
        blocks = "".join(self.statement(row) for row in rows if isinstance(row, dict))
        more = self.random.choice(("", "", "", '  version = "2008-10-17"\n', "  source_policy_documents = [var.v]\n"))
        return f'data "aws_iam_policy_document" "d" {{\n{more}{blocks}}}\n'

    def statement(self, statement: dict[str, Value]) -> str:
        random = self.random
        rows = [f"sid = {self.value(statement['Sid'])}"] if "Sid" in statement else []
        rows.append(f"effect = {self.value(statement.get('Effect'))}")
        for name, argument in (("Action", "actions"), ("NotAction", "not_actions"), ("Resource", "resources")):
            if name in statement:
                written = self.value(statement[name])
                rows.append(f"{argument} = {written if written.startswith('[') else f'[{written}]'}")
        principal = statement.get("Principal")
        for kind, who in principal.items() if isinstance(principal, dict) else (("*", "*"),):
            listed = self.value(who) if isinstance(who, list) else f"[{self.value(who)}]"
            rows.append(f"principals {{\n      type = {json.dumps(kind)}\n      identifiers = {listed}\n    }}")
        condition = statement.get("Condition")
        for operator, tests in condition.items() if isinstance(condition, dict) else ():
            for key, values in tests.items() if isinstance(tests, dict) else ():
                listed = self.value(values) if isinstance(values, list) else f"[{self.value(values)}]"
                told = (json.dumps(operator), json.dumps(key).replace("${", "$${"), listed)
                rows.append(
                    "condition {{\n      test = {}\n      variable = {}\n      values = {}\n    }}".format(*told)
                )
        if random.random() < 0.05:
            rows.append(
                f"{random.choice(('actions', 'principals', 'odd', 'effect'))} = {self.value(odd_value(random))}"
            )
        block = "  statement {\n" + "".join(f"    {row}\n" for row in rows) + "  }\n"
        if random.random() < 0.06:
            inner = block.replace("  statement {", "    content {", 1)
            return f'  dynamic "statement" {{\n    for_each = {self.expression()}\n{inner}  }}\n'
        return block

    def _name(self, name: str) -> str:
        if _NAME.fullmatch(name) and self.random.random() < 0.7:
            return name
        return self._text(name) if self.random.random() < 0.98 else f"({self.expression()})"

    def _text(self, text: str) -> str:
        quoted = json.dumps(text, ensure_ascii=self.random.random() < 0.3)
        return quoted.replace("${", "$${").replace("%{", "%%{") if self.random.random() < 0.8 else quoted
